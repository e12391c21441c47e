"""What a plan tells of single schools is told to those alone who may know it from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks import actions
from isthmus.apps.networks.models import Plan, PlanRule, ProposedMember, RuleKind
from tests import factories
from tests.conftest import People
from tests.networks.conftest import choices

pytestmark = pytest.mark.django_db
CLIENT = Callable[..., Any]


@pytest.fixture
def plan(people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan]) -> Plan:
    """A plan that weighs needs and wishes: two schools of one network wished for each other, and one helps the other;
    a third has a need that nobody meets."""
    made = worked_out()
    network = made.networks.order_by("number")[0]
    inside = list(
        ProposedMember.objects.filter(plan=made, network=network).values_list("organisation__urn", flat=True)
    )
    one, other = inside[:2]
    made.choices |= {"needs_met": 5, "wishes": 5}
    made.given |= {
        "needs": {one: ["Early reading"], other: ["Governance"]},
        "strengths": {other: ["Early reading"]},
        "wishes": [[one, other], [other, one]],
    }
    made.save()
    return made


def readers(people: People) -> tuple[Any, Any, Any]:
    """Who may know all, needs alone, and neither."""
    area = Scope(ScopeKind.AREA, people.area.pk)
    return people.officer, factories.person(Role.ADVISER, area), factories.person(Role.EVALUATOR, area)


def test_why_here_names_needs_and_wishes_to_those_who_may_know(
    client_for: CLIENT, people: People, plan: Plan
) -> None:
    urn = next(iter(plan.given["needs"]))
    url = reverse("networks:plan_school", args=[plan.pk, urn])
    officer, adviser, evaluator = (client_for(who).get(url).content.decode() for who in readers(people))
    assert "Early reading" in officer
    assert "Wished to work with" in officer
    assert "Early reading" in adviser
    assert "ished" not in adviser, "answers to a consultation are read by officers alone"
    assert "Why" in evaluator
    assert "Early reading" not in evaluator
    assert "ished" not in evaluator
    assert "Needs" not in evaluator.split("<main")[1].split("</main")[0]


def test_a_comparison_names_needs_to_those_who_may_know(
    client_for: CLIENT, people: People, plan: Plan, worked_out: Callable[..., Plan]
) -> None:
    other = worked_out(name="October")
    url = f"{reverse('networks:compare', args=[plan.pk])}?with=plan:{other.pk}"
    file = f"{reverse('networks:compare_file', args=[plan.pk, 'csv'])}?with=plan:{other.pk}"
    officer, adviser, evaluator = readers(people)
    for who in (officer, adviser):
        assert "Needs open" in client_for(who).get(url).content.decode()
        assert "Governance" in client_for(who).get(file).content.decode()
    page = client_for(evaluator).get(url).content.decode()
    assert "Pairs kept" in page
    assert "Needs open" not in page
    assert "Needs that nobody meets" not in page
    assert "With a need" not in page
    assert "Governance" not in client_for(evaluator).get(file).content.decode()


def test_the_page_of_a_plan_is_silent_on_competition_to_those_who_may_not_know(
    client_for: CLIENT, people: People, plan: Plan
) -> None:
    PlanRule.objects.create(plan=plan, kind=RuleKind.COMPETITORS, data={})
    url = reverse("networks:plan", args=[plan.pk])
    officer, adviser, evaluator = readers(people)
    assert "Schools that compete are kept apart" in client_for(officer).get(url).content.decode()
    for who in (adviser, evaluator):
        assert "ompet" not in client_for(who).get(url).content.decode()


def test_the_history_of_a_plan_is_silent_on_competition(
    client_for: CLIENT, people: People, twelve_schools: list[Any]
) -> None:
    draft = actions.put_together(
        by=people.officer,
        owner=people.area,
        about=people.area,
        name="September",
        choices=choices(),
        token=uuid4(),
        like=None,
    )
    actions.set_rule(
        by=people.officer, plan=draft, kind=RuleKind.COMPETITORS, data={"estimated": True}, token=uuid4()
    )
    evaluator = readers(people)[2]
    page = client_for(evaluator).get(reverse("networks:plan", args=[draft.pk])).content.decode()
    assert "added a rule" in page
    assert "told to officers alone" in page
    assert "ompet" not in page
