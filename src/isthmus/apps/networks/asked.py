"""Whom questionnaires may ask in a network, and the networks by which an area's schools can be grouped, as of today."""

from __future__ import annotations

from collections.abc import Sequence

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Membership, Network, NetworkState
from isthmus.apps.networks.queries.existing import in_force
from isthmus.apps.register.models import SCHOOL_KINDS, Organisation, Status
from isthmus.apps.register.queries import carried_on_by
from isthmus.apps.surveys.schools import groupings, networks_within, schools_in

WORKING = (Status.OPEN, Status.PROPOSED_TO_CLOSE)


def members_of(pk: int) -> list[Organisation]:
    """The organisations that are in a network today and work; whoever carries on a closed school is in its place."""
    ids = Membership.objects.filter(in_force(today()), network=pk).values("organisation")
    sat = list(Organisation.objects.filter(pk__in=ids))
    now = carried_on_by(sat)
    found = {one.pk: one for one in (now.get(one.pk, one) for one in sat)}
    return [one for one in found.values() if one.status in WORKING or one.kind not in SCHOOL_KINDS]


def layers_of(scope: Scope, organisations: Sequence[int]) -> list[tuple[str, dict[int, str]]]:
    """For each layer of an area, the network that each organisation is in: of several, the first by name."""
    if scope.kind != ScopeKind.AREA:
        return []
    rows = Membership.objects.filter(
        in_force(today()), network__state=NetworkState.ACTIVE, network__layer__area=scope.id
    ).select_related("network__layer", "organisation")
    sat = list(rows.order_by("network__layer__name", "network__name", "network", "pk"))
    now = carried_on_by(row.organisation for row in sat)
    wanted = set(organisations)
    found: dict[str, dict[int, str]] = {}
    for row in sat:
        one = now.get(row.organisation_id, row.organisation).pk
        if one in wanted:
            found.setdefault(row.network.layer.name, {}).setdefault(one, row.network.name)
    return list(found.items())


def networks_in(areas: Sequence[int]) -> list[int]:
    """The networks of these areas; those that are over, too: somebody looks after what was asked there."""
    rows = Network.objects.filter(layer__area__in=list(areas)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


schools_in(ScopeKind.NETWORK, members_of)
networks_within(networks_in)
groupings(layers_of)
