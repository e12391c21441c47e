"""Rules, from what people say to what a plan keeps; and a plan that is put together before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.core.jobs import run_job
from isthmus.apps.core.models import AuditEvent, Job
from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.rules import NotNow
from isthmus.apps.networks.models import Plan, PlanRule, PlanState, RuleKind
from isthmus.methods.coordinates import to_latitude_longitude
from tests.conftest import People
from tests.networks.conftest import choices
from tests.networks.test_working_out import groups

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Any], Client]
FREE: dict[str, Any] = {"secondary_each": False, "mixed_phases": 0, "mixed_disadvantage": 0}


@pytest.fixture
def draft(people: People, twelve_schools: list[Any]) -> Callable[..., Plan]:
    """A plan that was not asked for yet."""

    def make(**changed: Any) -> Plan:
        return actions.put_together(
            by=people.officer,
            owner=people.area,
            about=people.area,
            name="September",
            choices=choices(**{**FREE, **changed}),
            token=uuid4(),
            like=changed.pop("like", None),
        )

    return make


@pytest.fixture
def under(people: People, draft: Callable[..., Plan]) -> Callable[..., Plan]:
    """A plan worked out under one rule, which was set on its page."""

    def done(client: Client, kind: str, answers: dict[str, Any], **changed: Any) -> Plan:
        plan = draft(**changed)
        page = client.post(reverse("networks:plan_rule_new", args=[plan.pk, kind]), answers)
        assert page.status_code == 302, page.context["form"].errors
        client.post(reverse("networks:plan_rules", args=[plan.pk]))
        return worked(plan)

    return done


def worked(plan: Plan) -> Plan:
    plan.refresh_from_db()
    assert plan.job is not None
    run_job.call(str(plan.job_id), plan.job.attempt)
    plan.refresh_from_db()
    return plan


def share(plan: Plan, *schools: Any) -> bool:
    """Whether these schools share a network."""
    return any({school.urn for school in schools} <= group for group in groups(plan))


def named(*schools: Any) -> str:
    return "\n".join(school.urn for school in schools)


def test_together_by_urn_and_by_name(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    far = twelve_schools[1], twelve_schools[9]
    twelve_schools[9].name = "The Only Hill School"
    twelve_schools[9].save()
    client = client_for(people.officer)
    said = f"{far[0].urn}\n  the only  hill school \n"
    assert share(under(client, "together", {"schools": said}), *far)
    page = client.get(reverse("networks:plan", args=[Plan.objects.get().pk])).content.decode()
    assert "Together: " in page
    assert "The Only Hill School" in page


def test_apart(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    near = twelve_schools[0], twelve_schools[1]
    plan = under(client_for(people.officer), "apart", {"schools": named(*near)})
    assert plan.state == PlanState.READY
    assert not share(plan, *near)


def test_fixed_in_a_network_that_keeps_its_name(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    far = twelve_schools[2], twelve_schools[6]
    answers = {"network": "Hillside", "schools": named(*far)}
    plan = under(client_for(people.officer), "fixed", answers)
    inside = plan.networks.get(name="Hillside").members.values_list("organisation__urn", flat=True)
    assert {school.urn for school in far} <= set(inside)


@pytest.mark.parametrize(("kind", "most"), [("at-least", False), ("at-most", True)])
def test_at_least_and_at_most_of_a_kind(
    people: People,
    twelve_schools: list[Any],
    under: Callable[..., Plan],
    client_for: ClientFor,
    kind: str,
    most: bool,
) -> None:
    for number, school in enumerate(twelve_schools):
        school.type_group = "Special schools" if number in (0, 1, 2) else "Other types"
        school.save()
    plan = under(client_for(people.officer), kind, {"count": 1, "what": "special"})
    special = {school.urn for school in twelve_schools[:3]}
    counted = [len(special & group) for group in groups(plan)]
    assert counted == [1, 1, 1]


def test_pupils_at_most(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    for number, school in enumerate(twelve_schools):
        school.pupils = 900 if number < 4 else 100
        school.save()
    plan = under(client_for(people.officer), "pupils", {"most": 2_300})
    large = {school.urn for school in twelve_schools[:4]}
    assert max(len(large & group) for group in groups(plan)) == 2


def test_reach_that_nobody_can_keep_says_so_in_words(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    client = client_for(people.officer)
    plan = under(client, "reach", {"km": "0.6"})
    assert plan.state == PlanState.NO_PLAN
    page = client.get(reverse("networks:plan", args=[plan.pk])).content.decode()
    assert "No two schools of a network are more than 0.6 km apart" in page
    assert "reach:" not in page


def test_no_pair_of_an_earlier_plan_again(
    people: People,
    twelve_schools: list[Any],
    under: Callable[..., Plan],
    worked_out: Callable[..., Plan],
    client_for: ClientFor,
) -> None:
    first = worked_out(smallest=4, largest=4, **FREE)
    again = under(
        client_for(people.officer), "no-repeat", {"source": f"plan-{first.pk}"}, smallest=3, largest=3
    )
    pairs = {frozenset(pair) for group in groups(first) for pair in combinations(group, 2)}
    second = {frozenset(pair) for group in groups(again) for pair in combinations(group, 2)}
    assert len(pairs) == 18
    assert not pairs & second


def test_nobody_crosses_a_line_that_was_typed(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    # North to south through the first town: its second school stands at easting 440,400, its third at 440,800.
    y, x = to_latitude_longitude([440_600, 440_600], [140_000, 100_000])
    lines = f"{y[0]}, {x[0]}\n{y[1]}, {x[1]}"
    answers = {"name": "the river", "way": "line", "lines": lines, "crossing": "never"}
    plan = under(client_for(people.officer), "barrier", answers, smallest=2, largest=10)
    west, east = twelve_schools[:2], twelve_schools[2:]
    assert plan.state == PlanState.READY
    assert not any(share(plan, a, b) for a in west for b in east)


def test_the_same_line_by_the_schools_on_one_side(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    answers = {"name": "the river", "way": "side", "side": named(*twelve_schools[:2]), "crossing": "never"}
    plan = under(client_for(people.officer), "barrier", answers, smallest=2, largest=10)
    assert not any(share(plan, a, b) for a in twelve_schools[:2] for b in twelve_schools[2:])


def test_competing_schools_are_kept_apart_and_not_named(
    people: People, twelve_schools: list[Any], under: Callable[..., Plan], client_for: ClientFor
) -> None:
    from isthmus.apps.core.dates import today
    from isthmus.apps.needs.models import Competition

    first, second = sorted(twelve_schools[:2], key=lambda school: school.pk)
    Competition.objects.create(
        area=people.area,
        first=first,
        second=second,
        over="pupils",
        reason="The same streets",
        said_on=today(),
    )
    client = client_for(people.officer)
    plan = under(client, "competitors", {})
    assert plan.given["competing"]
    assert not share(plan, first, second)
    page = client.get(reverse("networks:plan", args=[plan.pk])).content.decode()
    rule = page.split("each of which is kept")[1].split("</ul>")[0]
    assert first.name not in rule


@pytest.mark.parametrize(
    ("kind", "answers", "says"),
    [
        ("together", {"schools": "123"}, "‘123’ is no school of this plan"),
        ("together", {"schools": ""}, "name the schools"),
        ("reach", {"km": "far"}, "must be a number"),
        ("at-least", {"count": "0", "what": "secondary"}, "enter 1 or more"),
        ("at-most", {"count": "1", "what": "faith:None such"}, "choose from the list"),
        ("no-repeat", {"source": "plan-1"}, "choose from the list"),
        ("barrier", {"name": "x", "way": "line", "lines": "51.2", "crossing": "never"}, "is no latitude"),
        (
            "barrier",
            {"name": "x", "way": "line", "lines": '{"type":"Point"}', "crossing": "never"},
            "is no line",
        ),
        (
            "barrier",
            {"name": "x", "way": "line", "lines": "51,-1\n51,-2", "crossing": "further"},
            "such as 2.5",
        ),
        (
            "barrier",
            {"name": "x", "way": "line", "lines": "10,-1\n51,-2", "crossing": "never"},
            "near England",
        ),
        ("travel", {"way": "table"}, "choose a file"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(
    people: People,
    draft: Callable[..., Plan],
    client_for: ClientFor,
    kind: str,
    answers: dict[str, Any],
    says: str,
) -> None:
    plan = draft()
    page = client_for(people.officer).post(reverse("networks:plan_rule_new", args=[plan.pk, kind]), answers)
    assert says in page.content.decode()
    assert not PlanRule.objects.exists()


def test_namesakes_are_told_apart(
    people: People, twelve_schools: list[Any], draft: Callable[..., Plan], client_for: ClientFor
) -> None:
    for school in twelve_schools[:2]:
        school.name = "St Mary"
        school.save()
    address = reverse("networks:plan_rule_new", args=[draft().pk, "apart"])
    page = client_for(people.officer).post(address, {"schools": f"St Mary\n{twelve_schools[2].urn}"})
    text = page.content.decode()
    assert "2 schools are called ‘St Mary’" in text
    assert twelve_schools[0].urn in text


def test_a_rule_sent_twice_is_one_rule(
    people: People, draft: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = draft()
    sent = {"km": "9", "token": str(uuid4())}
    for _click in range(2):
        client_for(people.officer).post(reverse("networks:plan_rule_new", args=[plan.pk, "reach"]), sent)
    assert PlanRule.objects.count() == 1
    other = client_for(people.officer).post(
        reverse("networks:plan_rule_new", args=[plan.pk, "reach"]), {"km": "12"}, follow=True
    )
    assert "has a rule of this kind already" in other.content.decode()
    assert PlanRule.objects.get().data == {"km": 9.0}


def test_after_it_was_asked_for_nothing_changes(people: People, draft: Callable[..., Plan]) -> None:
    plan = draft()
    actions.set_rule(by=people.officer, plan=plan, kind=RuleKind.REACH, data={"km": 500.0}, token=uuid4())
    for _click in range(2):
        actions.send_draft(by=people.officer, plan=plan)
    assert Job.objects.count() == 1
    with pytest.raises(NotNow):
        actions.set_rule(by=people.officer, plan=plan, kind=RuleKind.PUPILS, data={"most": 9}, token=uuid4())
    with pytest.raises(NotNow):
        actions.take_rule_away(by=people.officer, plan=plan, number=plan.rules.get().pk)
    with pytest.raises(NotNow):
        actions.change_draft(by=people.officer, plan=plan, name="Other", choices=choices())
    assert [e.action for e in AuditEvent.objects.filter(target_kind="networks.plan").order_by("pk")] == [
        "plan.begin",
        "plan.rule_set",
        "plan.ask",
    ]


def test_rules_come_along_when_it_is_asked_again(
    people: People, draft: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = draft()
    actions.set_rule(by=people.officer, plan=plan, kind=RuleKind.REACH, data={"km": 500.0}, token=uuid4())
    worked(actions.send_draft(by=people.officer, plan=plan))
    from tests.networks.test_pages import answers

    sent = answers(people, again=plan.pk, then="rules", name="Again")
    page = client_for(people.officer).post(reverse("networks:plan_new"), sent, follow=True)
    again = Plan.objects.get(name="Again")
    assert again.state == PlanState.DRAFT
    assert "more than 500 km apart" in page.content.decode()
    number = again.rules.get().pk
    address = reverse("networks:plan_rule_remove", args=[again.pk, number])
    assert "more than 500 km apart" in client_for(people.officer).get(address).content.decode()
    client_for(people.officer).post(address)
    assert not again.rules.exists()
    assert plan.rules.exists()


def test_another_officer_finds_nothing(
    people: People, draft: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = draft()
    client = client_for(people.other_officer)
    for name in ("plan_rules", "plan_choices", "plan_lines", "plan_schools"):
        assert client.get(reverse(f"networks:{name}", args=[plan.pk])).status_code == 404
    assert client.post(reverse("networks:plan_rules", args=[plan.pk])).status_code == 404
    assert Plan.objects.get().state == PlanState.DRAFT
