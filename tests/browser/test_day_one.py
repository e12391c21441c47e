"""From the clusters of a predecessor to networks that schools join: an officer's day one, a colleague who works on the
same plan, and a head on a phone. One way through; what each page does otherwise is tested beside its app."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.jobs import run_job
from isthmus.apps.core.models import Job
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import AdoptionAnswer, Answer, Membership, Plan, PlanStep, PlanStudy
from tests import factories
from tests.browser.support.visitor import NARROW, Visitor
from tests.conftest import People
from tests.networks.conftest import twelve_schools

__all__ = ["twelve_schools"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = today() + timedelta(days=40)


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"day-one-{name}")


def work(job: Job | None) -> None:
    """What the worker does."""
    assert job is not None
    run_job.call(str(job.pk), job.attempt)


def brings_in(officer: Visitor, area: int, schools: list[Any], file: Path) -> None:
    """The spreadsheet of the predecessor: all schools but the last, two of them in each other's town."""
    towns = [0] * 4 + [1] * 4 + [2] * 3
    towns[1], towns[5] = 1, 0
    rows = [
        f"Localities,Cluster {town},{school.urn},01/09/2023\n"
        for town, school in zip(towns, schools, strict=False)
    ]
    file.write_text("Layer,Network,URN,From\n" + "".join(rows))
    officer.opens(f"/areas/{area}/networks/")
    officer.presses("Bring in a spreadsheet")
    officer.page.get_by_label("Spreadsheet", exact=True).set_input_files(file)
    officer.presses("Check the spreadsheet")
    officer.presses("Apply it")


def plans_from_what_exists(officer: Visitor) -> Plan:
    """From the findings to a plan that begins from these networks, and what it says of them."""
    officer.sees("1 of 12 schools is in no network")
    looked_at(officer, "1-findings")
    officer.follows("Plan better networks from these")
    expect(officer.page.get_by_label("Fewest schools in a network")).to_have_value("3")
    officer.fills("Name of this plan", "September")
    officer.presses("Ask for the plan")
    plan = Plan.objects.select_related("job").get()
    work(plan.job)  # the page comes anew by itself
    officer.sees("Today and this plan, by the same measure")
    officer.sees("1 more school")
    looked_at(officer, "2-result")
    return plan


def looks_closer(officer: Visitor, plan: Plan) -> None:
    """What its rules cost."""
    officer.follows("A closer look")
    officer.presses("Look into this")
    work(PlanStudy.objects.select_related("job").get().job)
    officer.sees("At least one secondary in each network")
    looked_at(officer, "3-closer-look")


def both_move(officer: Visitor, colleague: Visitor, plan: Plan, school: Any) -> None:
    """Two officers look at the same school; the second to press is told, and loses nothing."""
    home = plan.members.get(organisation=school).network
    assert home is not None
    other = plan.networks.exclude(pk=home.pk).order_by("number")[0]
    for one in (officer, colleague):
        one.opens(f"/plans/{plan.pk}/schools/{school.urn}/move/?to={other.number}")
        one.sees("What would change")
    looked_at(officer, "4-move")
    officer.presses("Move it")
    officer.sees("Version 1.")
    colleague.presses("Move it")
    colleague.sees("Somebody else changed this plan while you looked at it")
    looked_at(colleague, "5-meanwhile")
    colleague.problems = [p for p in colleague.problems if "status of 409" not in p]
    assert PlanStep.objects.filter(plan=plan).count() == 1
    officer.presses("Undo version 1")


def adopts(officer: Visitor, plan: Plan) -> None:
    """In the layer that the plan began from, and every school that moves is named first."""
    officer.opens(f"/plans/{plan.pk}/")
    officer.follows("Adopt this plan")
    for part, value in (("Day", SOON.day), ("Month", SOON.month), ("Year", SOON.year)):
        officer.fills(part, str(value))
    officer.presses("Prepare the adoption")
    officer.page.get_by_text("Every school that changes network").click()
    officer.sees("3 schools change network")
    looked_at(officer, "6-prepared")
    officer.presses("Adopt the plan and invite the schools")
    officer.sees("Link to hand over")
    looked_at(officer, "7-adopted")


def test_from_the_clusters_there_are_to_networks_that_schools_join(
    visit: Callable[..., Visitor], people: People, twelve_schools: list[Any], tmp_path: Path
) -> None:
    people.area.fictional = True
    people.area.save()
    leads = factories.person(Role.HEAD, Scope(ScopeKind.ORGANISATION, twelve_schools[1].pk))
    officer = visit(people.officer)
    brings_in(officer, people.area.pk, twelve_schools, tmp_path / "clusters.csv")
    plan = plans_from_what_exists(officer)
    looks_closer(officer, plan)
    second = factories.person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk))
    both_move(officer, visit(second), plan, twelve_schools[2])
    adopts(officer, plan)
    assert Membership.objects.filter(since=SOON).count() == 3

    head = visit(leads, javascript=False, width=NARROW)
    head.opens("/")
    looked_at(head, "8-home-of-a-head")
    head.page.get_by_role("link", name=re.compile("is invited to the network")).click()
    head.sees("Nobody has to join")
    head.chooses("We join")
    looked_at(head, "9-invitation")
    head.presses("Send the answer")
    head.sees("Your answer was kept")
    asked = AdoptionAnswer.objects.get(organisation=twelve_schools[1])
    assert asked.answer == Answer.JOINS
