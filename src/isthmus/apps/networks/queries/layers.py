"""Layers of networks as plans use them: who is with whom on a day, by URN."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from isthmus.apps.networks.models import Layer, Plan, ProposedMember
from isthmus.apps.networks.queries.existing import picture

Groups = tuple[tuple[str, tuple[str, ...]], ...]
"""Networks, each as (name, URNs of its schools)."""


def groups_on(layer: Layer, day: date | None = None, *, among: Collection[str] | None = None) -> Groups:
    """The networks of a layer on a day (today, where none is given), without those that have no school.

    A school keeps its place across a new URN. `among` leaves out every other URN.
    """
    seen = picture(layer.area, day)
    found = []
    for network in seen.networks:
        if network.layer_id == layer.pk:
            schools = {
                seen.schools[sat.school].urn or "" for sat in seen.members if sat.network == network.pk
            }
            urns = sorted(u for u in schools if u and (among is None or u in among))
            if urns:
                found.append((network.name, tuple(urns)))
    return tuple(found)


def groups_of_plan(plan: Plan) -> Groups:
    """The networks that a plan proposes, without schools that it could not place."""
    rows = ProposedMember.objects.filter(plan=plan, network__isnull=False, organisation__urn__isnull=False)
    found: dict[tuple[int, str], list[str]] = {}
    for number, name, urn in rows.order_by("network__number", "organisation__urn").values_list(
        "network__number", "network__name", "organisation__urn"
    ):
        found.setdefault((number, name), []).append(urn or "")
    return tuple((name, tuple(urns)) for (_number, name), urns in found.items())


def once(groups: Groups) -> tuple[Groups, int]:
    """The groups with each school in the first of its groups only, and how many places were left out for that."""
    seen: set[str] = set()
    kept, twice = [], 0
    for name, urns in groups:
        fresh = tuple(urn for urn in urns if urn not in seen)
        twice += len(urns) - len(fresh)
        seen.update(fresh)
        if fresh:
            kept.append((name, fresh))
    return tuple(kept), twice


def layers_seen(areas: Iterable[int]) -> list[Layer]:
    """The layers of these areas, by area and name."""
    return list(
        Layer.objects.filter(area__in=areas).select_related("area").order_by("area__name", "name", "pk")
    )
