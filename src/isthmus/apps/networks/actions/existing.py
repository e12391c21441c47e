"""Changes to layers and networks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Form, Layer, LayerKind, Network, NetworkState, SubGroup
from isthmus.apps.register.models import Area


@dataclass(frozen=True)
class Details:
    """What is said of a network; empty where nothing is."""

    name: str
    form: str = Form.LOOSE
    purpose: str = ""
    driver: str = ""
    initiative: str = ""
    depth: str = ""
    starts: date | None = None
    review_on: date | None = None
    public: bool = False


def area_scope(area: Area) -> Scope:
    """The scope of events about an area's networks: the area in charge."""
    return Scope(ScopeKind.AREA, area.in_charge_id)


def _told(details: Details) -> dict[str, Any]:
    """The details as the record tells them."""
    said = asdict(details)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


@transaction.atomic
def keep_layer(
    *, by: Actor | None, area: Area, layer: Layer | None, name: str, kind: LayerKind, for_every_school: bool
) -> Layer:
    """Add a layer (`layer` None), or change one."""
    layer = layer or Layer(area=area)
    before = {"name": layer.name, "kind": layer.kind, "for every school": layer.for_every_school}
    layer.name, layer.kind, layer.for_every_school = name, kind, for_every_school
    layer.save()
    after = {"name": name, "kind": str(kind), "for every school": for_every_school}
    audit.record("layer.keep", by=by, target=layer, scope=area_scope(area), before=before, after=after)
    return layer


@transaction.atomic
def remove_layer(*, by: Actor, layer: Layer) -> None:
    """Remove a layer that has no networks. Raises `ProtectedError` where it has."""
    scope = area_scope(layer.area)
    audit.record("layer.remove", by=by, target=layer, scope=scope, before={"name": layer.name})
    layer.delete()


@transaction.atomic
def found_network(*, by: Actor | None, layer: Layer, details: Details) -> Network:
    """Write down a network that exists, or found one."""
    network = Network.objects.create(layer=layer, **asdict(details))
    scope = area_scope(layer.area)
    audit.record(
        "network.found",
        by=by,
        target=network,
        scope=scope,
        after={**_told(details), "layer": layer.name},
    )
    return network


@transaction.atomic
def change_network(
    *, by: Actor | None, network: Network, layer: Layer, details: Details, why: str = ""
) -> Network:
    """Change what is said of a network."""
    network = Network.objects.select_for_update(of=("self",)).select_related("layer").get(pk=network.pk)
    was = Details(**{name: getattr(network, name) for name in Details.__dataclass_fields__})
    before = {**_told(was), "layer": network.layer.name}
    for name, value in asdict(details).items():
        setattr(network, name, value)
    network.layer = layer
    network.save()
    after = {**_told(details), "layer": layer.name}
    audit.record(
        "network.change", by=by, target=network, scope=network.scope, before=before, after=after, why=why
    )
    return network


@transaction.atomic
def dissolve_network(*, by: Actor | None, network: Network, last_day: date, why: str) -> bool:
    """End a network, and with it every membership that lasts longer. False where it was dissolved already."""
    network = Network.objects.select_for_update(of=("self",)).get(pk=network.pk)
    if network.state == NetworkState.DISSOLVED:
        return False
    network.state, network.ends = NetworkState.DISSOLVED, last_day
    network.starts = min(network.starts, last_day) if network.starts else None
    network.save()
    lasting = network.memberships.filter(until=None) | network.memberships.filter(until__gt=last_day)
    lasting.filter(since__gt=last_day).delete()  # they would have joined later
    ended = lasting.update(until=last_day, why_left="The network was dissolved")
    audit.record(
        "network.dissolve",
        by=by,
        target=network,
        scope=network.scope,
        detail={"memberships": ended},
        after={"last day": last_day.isoformat()},
        why=why,
    )
    return True


@transaction.atomic
def remove_network(*, by: Actor, network: Network) -> bool:
    """Remove a network that was written down by mistake. False where somebody is or was in it: dissolve it instead."""
    network = Network.objects.select_for_update(of=("self",)).select_related("layer__area").get(pk=network.pk)
    if network.memberships.exists():
        return False
    scope = area_scope(network.layer.area)
    audit.record("network.remove", by=by, target=network, scope=scope, before={"name": network.name})
    network.delete()
    return True


@transaction.atomic
def keep_sub_group(
    *,
    by: Actor | None,
    network: Network,
    sub_group: SubGroup | None,
    name: str,
    purpose: str,
    ended_on: date | None,
) -> SubGroup:
    """Add a sub-group (`sub_group` None), change one, or end one by its last day."""
    sub_group = sub_group or SubGroup(network=network)
    before = {"sub-group": sub_group.name, "its purpose": sub_group.purpose}
    sub_group.name, sub_group.purpose, sub_group.ended_on = name, purpose, ended_on
    sub_group.save()
    after = {"sub-group": name, "its purpose": purpose}
    if ended_on:
        after["its last day"] = ended_on.isoformat()
    audit.record("network.sub_group", by=by, target=network, scope=network.scope, before=before, after=after)
    return sub_group
