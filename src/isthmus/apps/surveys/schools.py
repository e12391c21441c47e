"""Which organisations a scope is about and how they are grouped, said by the apps that know.

An area's schools come from the register; a network's, and the networks by which an area's schools are grouped, from the
app of networks, which surveys must not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Q

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import SCHOOL_KINDS, Area, Organisation, Status
from isthmus.apps.register.queries import area_members

Find = Callable[[int], Sequence[Organisation]]
Groupings = Callable[[Scope, Sequence[int]], Sequence[tuple[str, dict[int, str]]]]
_SCHOOLS: dict[ScopeKind, Find] = {}
_GROUPINGS: list[Groupings] = []
Within = Callable[[Sequence[int]], Sequence[int]]
_NETWORKS: list[Within] = []


def schools_in(kind: ScopeKind, find: Find) -> None:
    """Say how the organisations of a scope of `kind` are found."""
    _SCHOOLS[kind] = find


def groupings(find: Groupings) -> None:
    """Say by what the organisations of a scope can be grouped: (name of the grouping, {organisation: group})."""
    if find not in _GROUPINGS:
        _GROUPINGS.append(find)


def networks_within(find: Within) -> None:
    """Say which networks lie in areas."""
    if find not in _NETWORKS:
        _NETWORKS.append(find)


def networks_of(areas: Sequence[int]) -> list[Scope]:
    """The networks of these areas, as scopes: whoever asks people for an area asks those of its networks, too."""
    return [Scope(ScopeKind.NETWORK, pk) for find in _NETWORKS for pk in find(areas)] if areas else []


def schools_of(scope: Scope) -> list[Organisation]:
    """The organisations that a wave of this scope may ask, by name; of one organisation, itself."""
    found = _SCHOOLS[scope.kind](scope.id) if scope.kind in _SCHOOLS else []
    return sorted(found, key=lambda one: (one.name, one.pk))


def groupings_of(scope: Scope, organisations: Sequence[int]) -> list[tuple[str, dict[int, str]]]:
    """By what these organisations can be grouped, each grouping with a name."""
    return [grouping for find in _GROUPINGS for grouping in find(scope, organisations)]


def _of_area(pk: int) -> list[Organisation]:
    area = Area.objects.filter(pk=pk).first()
    return list(area_members(area)) if area else []


def _of_organisation(pk: int) -> list[Organisation]:
    """A trust's or federation's schools that are open, or the school itself."""
    one = Organisation.objects.filter(pk=pk).first()
    if one is None or one.kind in SCHOOL_KINDS:
        return [one] if one else []
    return list(
        Organisation.objects.filter(
            Q(trust=pk) | Q(federation=pk),
            kind__in=SCHOOL_KINDS,
            status__in=(Status.OPEN, Status.PROPOSED_TO_CLOSE),
        )
    )


schools_in(ScopeKind.AREA, _of_area)
schools_in(ScopeKind.ORGANISATION, _of_organisation)
