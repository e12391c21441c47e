"""Names of areas and organisations for whatever names a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isthmus.apps.core import directory
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import PUBLIC_AREAS, Area, Organisation
from isthmus.apps.register.queries.search import matching


def _area_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))


def _organisation_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))


def _around_area(number: int) -> Scope:
    """The area whose people made this one; the installation around those that follow from public facts."""
    owner = Area.objects.filter(pk=number).values_list("owner_id", flat=True).first()
    return Scope(ScopeKind.AREA, owner) if owner else INSTALLATION


def _area_of(number: int) -> Scope | None:
    area = Organisation.objects.filter(pk=number).values_list("authority_id", flat=True).first()
    return Scope(ScopeKind.AREA, area) if area else None


def _organisations_in(number: int, text: str) -> Iterable[tuple[Scope, str]]:
    found = matching(Organisation.objects.filter(authority_id=number), text).order_by("sort_name", "pk")
    for pk, name in found.values_list("pk", "name"):
        yield Scope(ScopeKind.ORGANISATION, pk), name


directory.register(
    ScopeKind.AREA,
    directory.Entry(names=_area_names, parent=_around_area, inside=_organisations_in),
)
directory.register(
    ScopeKind.ORGANISATION,
    directory.Entry(names=_organisation_names, parent=_area_of, inside=lambda _number, _text: ()),
)
directory.register(
    ScopeKind.INSTALLATION,
    directory.Entry(
        names=lambda ids: dict.fromkeys(ids, "Isthmus"),
        parent=lambda _number: None,
        inside=lambda _number, _text: (
            (Scope(ScopeKind.AREA, pk), name)
            for pk, name in Area.objects.filter(kind__in=PUBLIC_AREAS)
            .order_by("fictional", "name")
            .values_list("pk", "name")
        ),
    ),
)
