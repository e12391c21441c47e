"""Names of networks and sub-groups for whatever names a scope, and where their roles are given from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isthmus.apps.core import directory
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Network, NetworkState, SubGroup


def _network_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(Network.objects.filter(pk__in=ids).values_list("pk", "name"))


def _sub_group_names(ids: Sequence[int]) -> dict[int, str]:
    rows = SubGroup.objects.filter(pk__in=ids).values_list("pk", "name", "network__name")
    return {pk: f"{name} ({network})" for pk, name, network in rows}


def _area_of(number: int) -> Scope | None:
    """The area whose people look after the network."""
    found = Network.objects.filter(pk=number).values_list("layer__area__owner_id", "layer__area_id").first()
    return Scope(ScopeKind.AREA, found[0] or found[1]) if found else None


def _network_of(number: int) -> Scope | None:
    found = SubGroup.objects.filter(pk=number).values_list("network_id", flat=True).first()
    return Scope(ScopeKind.NETWORK, found) if found else None


def _networks_in(number: int, text: str) -> Iterable[tuple[Scope, str]]:
    """The networks of an area and of the areas that its people made; dissolved ones have no more roles to give."""
    rows = Network.objects.filter(layer__area=number) | Network.objects.filter(layer__area__owner=number)
    rows = rows.filter(name__icontains=text, state=NetworkState.ACTIVE).order_by("name", "pk")
    for pk, name in rows.values_list("pk", "name"):
        yield Scope(ScopeKind.NETWORK, pk), name


def _sub_groups_in(number: int, text: str) -> Iterable[tuple[Scope, str]]:
    rows = SubGroup.objects.filter(network=number, name__icontains=text, ended_on=None)
    for pk, name in rows.order_by("name", "pk").values_list("pk", "name"):
        yield Scope(ScopeKind.SUB_GROUP, pk), name


directory.register(
    ScopeKind.NETWORK, directory.Entry(names=_network_names, parent=_area_of, inside=_sub_groups_in)
)
directory.register(
    ScopeKind.SUB_GROUP,
    directory.Entry(names=_sub_group_names, parent=_network_of, inside=lambda _number, _text: ()),
)
directory.also_inside(ScopeKind.AREA, _networks_in)
