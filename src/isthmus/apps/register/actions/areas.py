"""Making and changing areas, and what belongs to them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import SchoolYear
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import (
    Area,
    AreaKind,
    AreaPartner,
    AreaSchool,
    Kind,
    Organisation,
    Term,
    Theme,
)
from isthmus.apps.register.queries.search import search_text, sort_name
from isthmus.apps.register.themes import SEEDS


@dataclass(frozen=True)
class Extent:
    """Which schools an area has: of a list or picked by hand, inside a drawn line, or those of other areas."""

    kind: AreaKind
    schools: Sequence[Organisation] = ()
    boundary: dict[str, Any] | None = None
    parts: Sequence[Area] = field(default=())

    def in_words(self) -> str:
        """What it is, for the record."""
        if self.kind == AreaKind.DRAWN:
            return f"a line of {len((self.boundary or {})['coordinates'][0])} points"
        if self.kind == AreaKind.JOINED:
            return ", ".join(part.name for part in self.parts)
        return f"{len(self.schools)} schools"


def _locked(area: int) -> Area:
    """The area, whose changes are made one after the other."""
    return Area.objects.select_for_update(of=("self",)).get(pk=area)


def _scope(area: Area) -> Scope:
    return Scope(ScopeKind.AREA, area.in_charge_id)


@transaction.atomic
def open_area(
    *, by: Actor | None, kind: AreaKind, organisation: Organisation | None = None, value: str = ""
) -> Area:
    """The area of a trust, or of a diocese or region by what the register's column says; made where it is not there."""
    if organisation:
        code = organisation.group_uid or f"O{organisation.pk}"
    else:
        code = "V" + hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()[:10]
    area = Area.objects.filter(kind=kind, organisation=organisation, register_value=value).first()
    if area is not None:
        return area
    # Two at once: the code is one, so the database makes one.
    area, made = Area.objects.get_or_create(
        kind=kind,
        code=code,
        defaults={
            "name": (organisation.name if organisation else value)[:120],
            "organisation": organisation,
            "register_value": value,
            "fictional": organisation.fictional if organisation else False,
        },
    )
    if not made:
        return area
    audit.record("area.open", by=by, target=area, scope=INSTALLATION, after={"name": area.name})
    return area


@transaction.atomic
def make_area(*, by: Actor, owner: Area, name: str, extent: Extent, token: UUID | None = None) -> Area:
    """An area of somebody's own. The area in charge of it is `owner`, or the owner's owner. The same `token` a second
    time (a double click) gives the first area again."""
    owner = _locked(owner.in_charge_id)
    code = "L" + (token or uuid4()).hex[:10]
    first = Area.objects.filter(owner=owner, code=code).first()
    if first is not None:
        return first
    area = Area(kind=extent.kind, code=code, name=name, owner=owner, fictional=owner.fictional)
    area.boundary = extent.boundary
    area.save()
    _fill(area, extent)
    after = {"name": name, "schools": extent.in_words()}
    audit.record("area.make", by=by, target=area, scope=_scope(area), after=after)
    return area


@transaction.atomic
def change_area(*, by: Actor, area: Area, name: str, extent: Extent) -> Area:
    """Give an area of one's own another name or other schools; the kind may change too."""
    area = _locked(area.pk)
    before = {"name": area.name, "kind": area.get_kind_display()}
    if (area.name, *_what(area)) == (name, *_wanted(extent)):
        return area
    area.name, area.kind, area.boundary = name, extent.kind, extent.boundary
    area.save()
    _fill(area, extent)
    after = {"name": name, "kind": area.get_kind_display(), "schools": extent.in_words()}
    audit.record("area.change", by=by, target=area, scope=_scope(area), before=before, after=after)
    return area


def _what(area: Area) -> tuple[str, Any, set[int], set[int]]:
    """Kind, line, schools and parts as they are."""
    listed = set(area.listed.values_list("organisation", flat=True))
    return area.kind, area.boundary, listed, set(area.parts.values_list("pk", flat=True))


def _wanted(extent: Extent) -> tuple[str, Any, set[int], set[int]]:
    return extent.kind, extent.boundary, {s.pk for s in extent.schools}, {part.pk for part in extent.parts}


def _fill(area: Area, extent: Extent) -> None:
    AreaSchool.objects.filter(area=area).delete()
    AreaSchool.objects.bulk_create(
        (AreaSchool(area=area, organisation=school) for school in extent.schools), batch_size=2000
    )
    area.parts.set(extent.parts)


@transaction.atomic
def remove_area(*, by: Actor, area: Area) -> None:
    """Remove an area of one's own. Raises `ProtectedError` where networks, plans or other areas stand on it."""
    there = Area.objects.select_for_update(of=("self",)).filter(pk=area.pk).first()
    if there is None:
        return
    audit.record("area.remove", by=by, target=there, scope=_scope(there), before={"name": there.name})
    there.delete()


@transaction.atomic
def set_terms(*, by: Actor, area: Area, year: SchoolYear, terms: Sequence[tuple[str, date, date]]) -> None:
    """Say the terms of one school year: name, first and last day of each. They replace what was said before."""
    area = _locked(area.pk)
    old = Term.objects.filter(area=area, year=year.start)
    before = {term.name: f"{term.starts} to {term.ends}" for term in old}
    after = {name: f"{starts} to {ends}" for name, starts, ends in terms}
    if before == after:
        return
    old.delete()
    Term.objects.bulk_create(
        Term(area=area, year=year.start, name=name, starts=starts, ends=ends) for name, starts, ends in terms
    )
    audit.record(
        "area.terms",
        by=by,
        target=area,
        scope=_scope(area),
        detail={"year": str(year)},
        before=before,
        after=after,
    )


@transaction.atomic
def seed_themes(*, by: Actor | None, area: Area) -> int:
    """Give an area the themes that the source documents name; gives how many were new. Its own stay as they are."""
    area = _locked(area.pk)
    have = {name.casefold() for name in area.themes.values_list("name", flat=True)}
    new = [
        Theme(area=area, name=name, description=what, source=source)
        for name, what, source in SEEDS
        if name.casefold() not in have
    ]
    if not new:
        return 0
    Theme.objects.bulk_create(new)
    before, after = {"themes": len(have)}, {"themes": len(have) + len(new)}
    audit.record("area.seed_themes", by=by, target=area, scope=_scope(area), before=before, after=after)
    return len(new)


@transaction.atomic
def keep_theme(
    *, by: Actor, area: Area, theme: Theme | None, name: str, description: str, in_use: bool
) -> Theme:
    """Add a theme (`theme` None) or change one. A theme is put aside, not removed: what was said about it stays."""
    area = _locked(area.pk)
    there = area.themes.filter(pk=theme.pk) if theme else area.themes.filter(name__iexact=name)
    theme = there.first() or theme or Theme(area=area)
    before = {"name": theme.name, "description": theme.description, "in use": theme.in_use}
    after = {"name": name, "description": description, "in use": in_use}
    if theme.pk and before == after:
        return theme
    theme.name, theme.description, theme.in_use = name, description, in_use
    theme.save()
    audit.record("area.theme", by=by, target=theme, scope=_scope(area), before=before, after=after)
    return theme


@transaction.atomic
def add_partner(*, by: Actor, area: Area, name: str, kind: Kind) -> Organisation:
    """Name an organisation of another kind that works with the area; the same name and kind again gives the first."""
    area = _locked(area.pk)
    there = AreaPartner.objects.filter(area=area, organisation__kind=kind, organisation__name__iexact=name)
    if found := there.select_related("organisation").first():
        return found.organisation
    partner = Organisation(kind=kind, name=name, sort_name=sort_name(name), fictional=area.fictional)
    if area.kind == AreaKind.AUTHORITY:
        partner.authority = area
    partner.search = search_text(partner, area.name)
    partner.save()
    AreaPartner.objects.create(area=area, organisation=partner)
    audit.record("area.add_partner", by=by, target=area, scope=_scope(area), after={"partner": name})
    return partner


@transaction.atomic
def end_partner(*, by: Actor, area: Area, partner: Organisation) -> None:
    """The organisation works with the area no more. It stays in the register, and in the networks it is in."""
    area = _locked(area.pk)
    if not AreaPartner.objects.filter(area=area, organisation=partner).delete()[0]:
        return
    if partner.authority_id == area.pk and partner.urn is None:
        Organisation.objects.filter(pk=partner.pk).update(authority=None)
    audit.record("area.end_partner", by=by, target=area, scope=_scope(area), before={"partner": partner.name})
