"""One history of a school across its URNs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Q

from isthmus.apps.register.models import Link, LinkKind, Organisation, Status
from isthmus.apps.register.models.records import SUCCESSION_KINDS

MOST_GENERATIONS = 25
LONG = ("measures", "provenance", "search")


@dataclass(frozen=True)
class Step:
    """One join in a history. Either end may be a school that the register here does not hold."""

    predecessor_urn: str
    predecessor_name: str
    predecessor: Organisation | None
    successor_urn: str
    successor_name: str
    successor: Organisation | None
    kind: LinkKind
    on: date | None


def history(urn: str) -> list[Step]:
    """What came before `urn` and what came after it, all generations, oldest first; empty where nothing is known.

    Forward only from what came after, and backward only from what came before: a school that merged shows its
    own forebears, not the whole family of its partner's other links.
    """
    found = _walk(urn, back=False) | _walk(urn, back=True)
    links = [link for link, _generation in found.values()]
    urns = {link.predecessor_urn for link in links} | {link.successor_urn for link in links}
    held = {
        school.urn: school for school in Organisation.objects.filter(urn__in=urns).select_related("authority")
    }
    links.sort(key=lambda link: (found[link.pk][1], link.established_on or date.min, link.predecessor_urn))
    return [
        Step(
            link.predecessor_urn,
            _name(held.get(link.predecessor_urn), link.predecessor_name),
            held.get(link.predecessor_urn),
            link.successor_urn,
            _name(held.get(link.successor_urn), link.successor_name),
            held.get(link.successor_urn),
            LinkKind(link.kind),
            link.established_on,
        )
        for link in links
    ]


def _name(school: Organisation | None, name: str) -> str:
    return school.name if school else name


def _walk(urn: str, *, back: bool) -> dict[int, tuple[Link, int]]:
    """All links reached from `urn` in one direction, by key, each with its generation (below 0 going back).

    A ring of links ends where it began.
    """
    here, there = ("successor_urn", "predecessor_urn") if back else ("predecessor_urn", "successor_urn")
    seen, frontier = {urn}, {urn}
    found: dict[int, tuple[Link, int]] = {}
    for generation in range(1, MOST_GENERATIONS + 1):
        links = list(Link.objects.filter(Q(**{f"{here}__in": frontier}), kind__in=SUCCESSION_KINDS))
        found |= {link.pk: (link, -generation if back else generation) for link in links}
        frontier = {getattr(link, there) for link in links} - seen
        seen |= frontier
        if not frontier:
            break
    return found


def successors(urn: str) -> list[str]:
    """URNs that directly follow `urn`."""
    found = Link.objects.filter(predecessor_urn=urn, kind__in=SUCCESSION_KINDS)
    return list(found.order_by("successor_urn").values_list("successor_urn", flat=True))


class HasUrn(Protocol):
    """A school as far as its history needs it."""

    @property
    def pk(self) -> int: ...
    @property
    def urn(self) -> str | None: ...
    @property
    def status(self) -> int: ...


def carried_on_by(schools: Iterable[HasUrn]) -> dict[int, Organisation]:
    """For each closed school, the one in the register that carries it on today, by key, over all generations.

    Only where that is one school: where a school split, nobody can say here which part goes on. A query a generation.
    """
    urns = {school.pk: school.urn for school in schools if school.urn and school.status == Status.CLOSED}
    now = {urn: urn for urn in urns.values() if urn}
    frontier = set(now)
    for _generation in range(MOST_GENERATIONS):
        if not frontier:
            break
        next_of: dict[str, set[str]] = {}
        links = Link.objects.filter(predecessor_urn__in=frontier, kind__in=SUCCESSION_KINDS)
        for before, after in links.values_list("predecessor_urn", "successor_urn"):
            next_of.setdefault(before, set()).add(after)
        only = {before: next(iter(after)) for before, after in next_of.items() if len(after) == 1}
        now = {urn: only.get(at, at) for urn, at in now.items()}
        frontier = set(only.values()) - frontier
    held = {
        school.urn: school
        for school in Organisation.objects.filter(urn__in=set(now.values())).defer(*LONG)
        if school.status != Status.CLOSED
    }
    return {pk: held[now[urn]] for pk, urn in urns.items() if urn and now[urn] in held}


def forebears(urns: Iterable[str | None]) -> set[str]:
    """Every URN that came before any of `urns`, over all generations."""
    seen = {urn for urn in urns if urn}
    frontier, found = set(seen), set[str]()
    for _generation in range(MOST_GENERATIONS):
        if not frontier:
            break
        links = Link.objects.filter(successor_urn__in=frontier, kind__in=SUCCESSION_KINDS)
        frontier = set(links.values_list("predecessor_urn", flat=True)) - seen
        seen |= frontier
        found |= frontier
    return found
