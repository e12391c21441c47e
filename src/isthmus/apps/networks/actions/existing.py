"""Changes to layers and networks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import hashed
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
    """Add a layer (`layer` None), or change one. Adding a second one of the same name changes the first."""
    area = Area.objects.select_for_update(of=("self",)).get(pk=area.pk)
    there = Layer.objects.filter(area=area, **({"pk": layer.pk} if layer else {"name__iexact": name}))
    layer = there.first() or layer or Layer(area=area)
    before = {"name": layer.name, "kind": layer.kind, "for every school": layer.for_every_school}
    after = {"name": name, "kind": str(kind), "for every school": for_every_school}
    if layer.pk and before == after:
        return layer
    layer.name, layer.kind, layer.for_every_school = name, kind, for_every_school
    layer.save()
    audit.record("layer.keep", by=by, target=layer, scope=area_scope(area), before=before, after=after)
    return layer


@transaction.atomic
def remove_layer(*, by: Actor, layer: Layer) -> None:
    """Remove a layer that has no networks. Raises `ProtectedError` where it has."""
    there = Layer.objects.select_for_update(of=("self",)).select_related("area").filter(pk=layer.pk).first()
    if there is None:
        return
    scope = area_scope(there.area)
    audit.record("layer.remove", by=by, target=there, scope=scope, before={"name": there.name})
    there.delete()


@transaction.atomic
def found_network(*, by: Actor | None, layer: Layer, details: Details) -> Network:
    """Write down a network that exists, or found one. The same name in the layer again gives the first."""
    layer = Layer.objects.select_for_update(of=("self",)).select_related("area").get(pk=layer.pk)
    first = Network.objects.filter(layer=layer, name__iexact=details.name).first()
    if first is not None:
        return first
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


class ChangedMeanwhile(Exception):
    """Somebody else changed it since the person saw it; nothing was written."""


def mark_of(network: Network) -> str:
    """What tells whether what is said of a network changed since somebody saw it."""
    shown = [str(getattr(network, name)) for name in Details.__dataclass_fields__]
    return hashed(json.dumps([network.layer_id, *shown]))


@transaction.atomic
def change_network(
    *,
    by: Actor | None,
    network: Network,
    layer: Layer,
    details: Details,
    why: str = "",
    seen: str | None = None,
) -> Network:
    """Change what is said of a network. `seen` is the mark of what its maker saw; None where that does not matter.
    Raises `ChangedMeanwhile`."""
    network = Network.objects.select_for_update(of=("self",)).select_related("layer").get(pk=network.pk)
    was = Details(**{name: getattr(network, name) for name in Details.__dataclass_fields__})
    before = {**_told(was), "layer": network.layer.name}
    after = {**_told(details), "layer": layer.name}
    if before == after:
        return network
    if seen is not None and seen != mark_of(network):
        raise ChangedMeanwhile
    for name, value in asdict(details).items():
        setattr(network, name, value)
    network.layer = layer
    network.save()
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
    rows = Network.objects.select_for_update(of=("self",)).select_related("layer__area")
    there = rows.filter(pk=network.pk).first()
    if there is None:
        return True
    if there.memberships.exists():
        return False
    scope = area_scope(there.layer.area)
    audit.record("network.remove", by=by, target=there, scope=scope, before={"name": there.name})
    there.delete()
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
    network = Network.objects.select_for_update(of=("self",)).get(pk=network.pk)
    there = network.sub_groups.filter(**({"pk": sub_group.pk} if sub_group else {"name__iexact": name}))
    sub_group = there.first() or sub_group or SubGroup(network=network)
    before = _told_of_group(sub_group.name, sub_group.purpose, sub_group.ended_on)
    after = _told_of_group(name, purpose, ended_on)
    if sub_group.pk and before == after:
        return sub_group
    sub_group.name, sub_group.purpose, sub_group.ended_on = name, purpose, ended_on
    sub_group.save()
    audit.record("network.sub_group", by=by, target=network, scope=network.scope, before=before, after=after)
    return sub_group


def _told_of_group(name: str, purpose: str, ended_on: date | None) -> dict[str, str]:
    said = {"sub-group": name, "its purpose": purpose}
    return {**said, "its last day": ended_on.isoformat()} if ended_on else said
