"""The sweep's part for areas of one's own and for networks, with whose each is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import (
    Layer,
    LayerKind,
    MemberRole,
    MembershipImport,
    Network,
    Plan,
    PlanRule,
    PlanState,
    RuleKind,
    SubGroup,
)
from isthmus.apps.register import actions as register
from isthmus.apps.register.models import Area, AreaKind, Kind, Organisation, Theme
from isthmus.apps.register.queries import partners
from tests import factories
from tests.conftest import People
from tests.meta.sweep import Arguments, World, names


def build(people: People) -> None:
    """For each officer: an area of their own, a theme, a partner, a layer, a network with a member, a spreadsheet."""
    for officer, area in ((people.officer, people.area), (people.other_officer, people.other_area)):
        area.fictional = True  # as its schools are: the two must agree
        area.save()
        school = people.school if area == people.area else factories.school(area)
        extent = register.Extent(AreaKind.LIST, schools=[school])
        register.make_area(by=officer, owner=area, name="Own", extent=extent)
        register.seed_themes(by=officer, area=area)
        register.add_partner(by=officer, area=area, name="Health visitors", kind=Kind.HEALTH)
        layer = actions.keep_layer(
            by=officer, area=area, layer=None, name="L", kind=LayerKind.OTHER, for_every_school=False
        )
        actions.keep_layer(
            by=officer, area=area, layer=None, name="Empty", kind=LayerKind.OTHER, for_every_school=False
        )
        for name, public in (("Open", True), ("Closed", False)):
            network = actions.found_network(by=officer, layer=layer, details=Details(name, public=public))
            actions.join(by=officer, network=network, organisation=school, role=MemberRole.LEAD, since=None)
            actions.keep_sub_group(
                by=officer, network=network, sub_group=None, name="G", purpose="", ended_on=None
            )
        _draft(officer, area)
        content = f"Layer,Network,URN\nL,New,{school.urn}\n".encode()
        actions.give_memberships(by=officer, area=area, name="a.csv", content=content, token=uuid4())


def _draft(officer: Any, area: Area) -> None:
    """A plan that was not asked for yet, with a rule."""
    sizes: dict[str, Any] = {"phases": ("primary",), "smallest": 3, "largest": 5}
    matters: dict[str, Any] = {"nearness": 10, "mixed_phases": 0, "faith": 0, "mixed_disadvantage": 0}
    choices = Choices(**sizes, **matters, faith_way="mixed", secondary_each=False)
    plan = actions.put_together(
        by=officer, owner=area, about=area, name="Draft", choices=choices, token=uuid4(), like=None
    )
    actions.set_rule(by=officer, plan=plan, kind=RuleKind.REACH, data={"km": 9.0}, token=uuid4())


def _area(world: World, who: str, *, own: bool) -> Area:
    theirs = who != "other_officer"
    return world.people.area if theirs == own else world.people.other_area


Find = Callable[[Area], dict[str, Any]]


def of_area(*addresses: str, find: Find, without: tuple[str, ...] = ("head",)) -> None:
    """These addresses name something of an area. The people in `without` may have the permission, but on no area."""

    def own(world: World, who: str) -> Arguments:
        return None if who in without else find(_area(world, who, own=True))

    names(*addresses, own=own, other=lambda world, who: find(_area(world, who, own=False)))


def _network(area: Area, *, public: bool = False) -> Network:
    return Network.objects.get(layer__area=area, layer__name="L", public=public)


def _in_network(area: Area) -> dict[str, Any]:
    network = _network(area)
    return {"pk": network.pk, "number": network.memberships.get().pk}


def _sub_group(area: Area) -> dict[str, Any]:
    network = _network(area)
    return {"pk": network.pk, "number": SubGroup.objects.get(network=network).pk}


def _owned(area: Area) -> dict[str, Any]:
    return {"pk": Area.objects.get(owner=area).pk}


def _partner(area: Area) -> Organisation:
    return partners(area).get(name="Health visitors")


of_area(
    *("networks:area", "networks:networks", "networks:map", "networks:schools", "networks:matrix"),
    *("networks:changes", "networks:network_new", "networks:layers", "networks:layer_new"),
    *("networks:uploads", "networks:upload_new"),
    find=lambda area: {"pk": area.pk},
)
of_area(
    *("networks:schools_file", "networks:memberships_file", "networks:template"),
    find=lambda area: {"pk": area.pk, "ending": "csv"},
)
of_area(
    *("networks:layer", "networks:layer_remove"),
    find=lambda area: {"pk": area.pk, "number": Layer.objects.get(area=area, name="Empty").pk},
)
of_area(
    "networks:upload", find=lambda area: {"pk": area.pk, "number": MembershipImport.objects.get(area=area).pk}
)
of_area("networks:network", find=lambda area: {"pk": _network(area).pk}, without=())
of_area(
    *("networks:network_change", "networks:network_dissolve", "networks:network_remove"),
    *("networks:member_add", "networks:sub_group_new"),
    find=lambda area: {"pk": _network(area).pk},
)
of_area("networks:membership", "networks:membership_remove", find=_in_network)
of_area("networks:sub_group", find=_sub_group)
names(
    "networks:visitor",
    own=lambda world, who: {"pk": _network(world.people.area, public=True).pk},
    other=lambda world, who: {"pk": _network(world.people.area).pk},
)
of_area(
    *("register:area_terms", "register:area_themes", "register:area_theme_new", "register:area_partners"),
    find=lambda area: {"pk": area.pk},
    without=("administrator",),
)
of_area(
    "register:area_change",
    "register:area_remove",
    "register:area_pick",
    find=_owned,
    without=("administrator",),
)
of_area(
    "register:area_theme",
    find=lambda area: {"pk": area.pk, "number": Theme.objects.filter(area=area)[0].pk},
    without=("administrator",),
)
of_area(
    "register:area_partner_end",
    find=lambda area: {"pk": area.pk, "number": _partner(area).pk},
    without=("administrator",),
)


def _of_draft(area: Area) -> dict[str, Any]:
    return {"pk": Plan.objects.get(owner=area, state=PlanState.DRAFT).pk}


of_area(
    *("networks:plan_rules", "networks:plan_choices", "networks:plan_lines", "networks:plan_schools"),
    find=_of_draft,
)
of_area("networks:plan_rule_new", find=lambda area: {**_of_draft(area), "kind": "barrier"})
of_area(
    "networks:plan_rule_remove",
    find=lambda area: {**_of_draft(area), "number": PlanRule.objects.get(plan__owner=area).pk},
)
of_area(
    "networks:plan_studies",
    find=lambda area: {"pk": Plan.objects.get(owner=area, state=PlanState.READY, name="A plan").pk},
    without=(),
)
