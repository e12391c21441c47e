"""What the races of areas, networks and plans need: one thing a race."""

from __future__ import annotations

from typing import Any
from uuid import uuid4


def build(officer: Any, area: Any) -> dict[str, Any]:
    """Everything by its name in `races_networks`."""
    from isthmus.apps.networks.models import Plan
    from isthmus.apps.networks.queries.consultation import heads_of
    from isthmus.apps.register.queries import area_members
    from tests.harness import stage_consulting, stage_needs, stage_plans, stage_rights

    leaving = [school.pk for school in stage_rights.leaving_schools()]
    every = list(area_members(area).filter(urn__isnull=False).exclude(pk__in=leaving).order_by("urn"))
    heads = heads_of(school.pk for school in every)
    led = next(school for school in every if school.pk in heads)
    rest = [school for school in every if school.pk not in heads]
    schools = [*rest[:23], led]
    given: dict[str, Any] = {"urn": schools[0].urn, "school_pk": schools[0].pk}
    given |= _areas(officer, area, schools) | _networks(officer, area, schools)
    given |= _plans(officer, area, schools)
    given |= stage_needs.build(officer, area, rest[23:35])
    given |= stage_plans.build(officer, area, Plan.objects.get(pk=given["plan_moved"]))
    return given | stage_consulting.build(officer, area, [led, *rest[35:42]])


def _areas(officer: Any, area: Any, schools: list[Any]) -> dict[str, Any]:
    from isthmus.apps.register import actions
    from isthmus.apps.register.models import Area, AreaKind, Kind, Organisation

    given = {}
    for name, kind, some in (
        ("area_changed", AreaKind.LIST, schools[:1]),
        ("area_picked", AreaKind.PICKED, schools[:2]),
        ("area_gone", AreaKind.LIST, schools[:1]),
    ):
        extent = actions.Extent(kind, schools=some)
        given[name] = actions.make_area(by=officer, owner=area, name=name, extent=extent).pk
    opened = Area.objects.filter(organisation__isnull=False).values("organisation")
    trusts = Organisation.objects.filter(kind=Kind.TRUST, fictional=True).exclude(pk__in=opened)
    given["trust"] = trusts[0].pk
    actions.seed_themes(by=officer, area=area)
    renamed = area.themes.exclude(source="")[0]
    area.themes.filter(pk=renamed.pk).update(name="Called otherwise")
    theme = actions.keep_theme(by=officer, area=area, theme=None, name="Race", description="", in_use=True)
    given["theme"] = theme.pk
    given["partner"] = actions.add_partner(by=officer, area=area, name="Runs along", kind=Kind.CHARITY).pk
    return given


def _networks(officer: Any, area: Any, schools: list[Any]) -> dict[str, Any]:
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.actions.existing import Details
    from isthmus.apps.networks.models import LayerKind, MemberRole

    def layer(name: str) -> Any:
        return actions.keep_layer(
            by=officer, area=area, layer=None, name=name, kind=LayerKind.OTHER, for_every_school=False
        )

    track = layer("Race")
    given = {"layer": track.pk, "layer_gone": layer("Gone").pk}
    made = {
        name: actions.found_network(by=officer, layer=track, details=Details(name))
        for name in ("network", "network_ends", "network_gone")
    }
    given |= {name: network.pk for name, network in made.items()}
    for name, school in (("member", schools[1]), ("member_gone", schools[2])):
        row = actions.join(
            by=officer, network=made["network"], organisation=school, role=MemberRole.MEMBER, since=None
        )
        given[name] = row.pk
    group = actions.keep_sub_group(
        by=officer, network=made["network"], sub_group=None, name="Race", purpose="", ended_on=None
    )
    given["sub_group"] = group.pk
    # Another layer: its name is not changed by a race.
    layer("Files")
    for name in ("applied", "aside"):
        content = f"Layer,Network,URN\nFiles,{name},{schools[3].urn}\n".encode()
        kept = actions.give_memberships(by=officer, area=area, name="a.csv", content=content, token=uuid4())
        given[f"file_{name}"] = kept.pk
    return given


def _plans(officer: Any, area: Any, schools: list[Any]) -> dict[str, Any]:
    """Two plans of a small area, worked out; a school of the first that may move, and a step in the second."""
    from isthmus.apps.core.jobs import run_job
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.actions import workbench
    from isthmus.apps.networks.choices import Choices
    from isthmus.apps.networks.models import ProposedMember
    from isthmus.apps.register import actions as register
    from isthmus.apps.register.models import AreaKind

    extent = register.Extent(AreaKind.LIST, schools=schools)
    about = register.make_area(by=officer, owner=area, name="Planned", extent=extent)
    asked = Choices(
        smallest=3, largest=9, phases=tuple(sorted({school.phase for school in schools})), nearness=10,
        mixed_phases=0, faith=0, faith_way="mixed", mixed_disadvantage=0, secondary_each=False,
    )  # fmt: skip
    given: dict[str, Any] = {}
    for name in ("plan_moved", "plan_undone"):
        plan = actions.ask_for_plan(
            by=officer, owner=area, about=about, name=name, choices=asked, token=uuid4()
        )
        assert plan.job is not None
        run_job.call(str(plan.job_id), plan.job.attempt)
        given[name] = plan.pk
        placed = ProposedMember.objects.filter(plan=plan, network__isnull=False).select_related("network")
        member = placed.order_by("-network__size", "pk")[0]
        assert member.network is not None
        to = plan.networks.exclude(pk=member.network_id).order_by("size")[0].number
        if name == "plan_undone":
            workbench.move(by=officer, plan=plan, base=0, school=member.organisation.urn, to=to, why="x")
        else:
            given |= {"moved_urn": member.organisation.urn, "moved_to": to}
    return given
