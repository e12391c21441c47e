"""What two officers need who change the same thing at the same moment: copies of one plan, and consultations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

EACH_ROUND = 6


def build(rounds: int) -> dict[str, Any]:
    """`plans`, all with the same `groups` (URNs by network), the form to `adopt` one, what is `adopted` in one layer,
    consultations that are `open` (links by number) and `drafts`, and two officers under `sessions`."""
    from isthmus.apps.accounts.models import Person, RoleHolding
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.models import LayerKind, ProposedMember
    from isthmus.apps.register.models import Area, AreaKind
    from tests.harness.stage import session
    from tests.harness.stage_plans import copied

    area = Area.objects.get(fictional=True, kind=AreaKind.AUTHORITY)
    held = RoleHolding.objects.get(role=Role.AUTHORITY_OFFICER, scope_id=area.pk)
    first, second = held.person, Person.objects.create(email="second@example.org", name="Sian Second")
    held.pk, held.person = None, second
    held.save()
    plan, schools = _plan(first, area)
    groups: dict[int, list[str]] = {}
    for member in ProposedMember.objects.filter(plan=plan).select_related("network", "organisation"):
        assert member.network is not None
        groups.setdefault(member.network.number, []).append(member.organisation.urn or "")
    layer = actions.keep_layer(
        by=first, area=area, layer=None, name="At once", kind=LayerKind.OTHER, for_every_school=False
    )
    day = _soon()
    return {
        "plans": [copied(plan, f"At once {number}").pk for number in range(rounds * EACH_ROUND)],
        "groups": groups,
        "adopt": {
            "layer": str(layer.pk), "starts_day": str(day.day), "starts_month": str(day.month),
            "starts_year": str(day.year),
        },
        "area": area.pk,
        "adopted": [_adoptions(first, area, plan, number) for number in range(rounds)],
        **_consultations(first, area, schools, rounds),
        "sessions": {"first": session(first), "second": session(second)},
    }  # fmt: skip


def _soon() -> Any:
    from isthmus.apps.core.dates import today

    return today() + timedelta(days=30)


def _plan(officer: Any, area: Any) -> tuple[Any, list[Any]]:
    """A plan of four networks, worked out."""
    from isthmus.apps.core.jobs import run_job
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.choices import Choices
    from isthmus.apps.register import actions as register
    from isthmus.apps.register.models import AreaKind
    from isthmus.apps.register.queries import area_members

    schools = list(area_members(area).filter(phase="primary", easting__isnull=False).order_by("urn")[:16])
    extent = register.Extent(AreaKind.LIST, schools=schools)
    about = register.make_area(by=officer, owner=area, name="At once", extent=extent)
    asked = Choices(
        smallest=3, largest=5, phases=("primary",), nearness=10, mixed_phases=0, faith=0, faith_way="mixed",
        mixed_disadvantage=0, secondary_each=False,
    )  # fmt: skip
    plan = actions.ask_for_plan(
        by=officer, owner=area, about=about, name="At once", choices=asked, token=uuid4()
    )
    assert plan.job is not None
    run_job.call(str(plan.job_id), plan.job.attempt)
    plan.refresh_from_db()
    assert plan.networks.count() == 4
    return plan, schools


def _adoptions(officer: Any, area: Any, plan: Any, number: int) -> dict[str, Any]:
    """Two adoptions in one layer, a network of it that both keep, and a file that founds one of theirs."""
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.actions import adopting
    from isthmus.apps.networks.actions.existing import Details
    from isthmus.apps.networks.models import LayerKind
    from tests.harness.stage_plans import copied

    layer = actions.keep_layer(
        by=officer, area=area, layer=None, name=f"Adopted {number}", kind=LayerKind.OTHER,
        for_every_school=False,
    )  # fmt: skip
    names = dict(plan.networks.values_list("number", "name"))
    kept = actions.found_network(by=officer, layer=layer, details=Details(names[1]))
    school = plan.members.filter(network__number=1).select_related("organisation")[0].organisation
    content = f"Layer,Network,URN\n{layer.name},{names[2]},{school.urn}\n".encode()
    file = actions.give_memberships(by=officer, area=area, name="a.csv", content=content, token=uuid4())
    adoptions = [
        adopting.prepare_adoption(
            by=officer, plan=copied(plan, f"Adopted {number} {at}"), layer=layer, starts=_soon()
        ).pk
        for at in range(2)
    ]
    return {
        "layer": layer.pk, "adoptions": adoptions, "network": kept.pk, "name": names[3], "file": file.pk,
        "school": school.pk, "urn": school.urn,
    }  # fmt: skip


def _consultations(officer: Any, area: Any, schools: list[Any], rounds: int) -> dict[str, Any]:
    from isthmus.apps.core.tokens import derived
    from isthmus.apps.networks.actions import consultation as actions
    from isthmus.apps.networks.models import CONSULTATION_PURPOSE

    opened: dict[int, list[str]] = {}
    drafts: list[int] = []
    for number in range(2 * rounds):
        asking = actions.Asking(f"At once {number}", "", _soon())
        made = actions.start_consultation(
            by=officer, area=area, asking=asking, schools=schools[:9], token=uuid4()
        )
        if number % 2:
            drafts.append(made.pk)
            continue
        actions.open_consultation(by=officer, consultation=made)
        answers = made.answers.order_by("pk")
        opened[made.pk] = [derived(CONSULTATION_PURPOSE, answer.reference) for answer in answers]
    return {"open": opened, "drafts": drafts}
