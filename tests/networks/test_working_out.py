"""From a wish to a plan: what the worker keeps, and when it keeps nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from isthmus.apps.core import jobs
from isthmus.apps.core.models import AuditEvent, Job, JobState
from isthmus.apps.networks import actions
from isthmus.apps.networks.models import Plan, PlanState, ProposedMember, ProposedNetwork
from tests import factories
from tests.conftest import People
from tests.networks.conftest import choices

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]


def groups(plan: Plan) -> set[frozenset[str]]:
    """The plan as sets of URNs."""
    return {
        frozenset(network.members.values_list("organisation__urn", flat=True))
        for network in plan.networks.all()
    }


def test_each_town_becomes_a_network_with_its_secondary(twelve_schools: list[Any], worked_out: Ask) -> None:
    plan = worked_out()
    assert plan.state == PlanState.READY
    towns = {frozenset(s.urn for s in twelve_schools[at : at + 4]) for at in (0, 4, 8)}
    assert groups(plan) == towns
    assert plan.objective is not None
    assert math.isclose(sum(plan.terms.values()), plan.objective, rel_tol=1e-9)
    assert plan.bound is not None
    assert plan.bound <= plan.objective + 1e-6
    assert [n.size for n in plan.networks.all()] == [4, 4, 4]


def test_networks_are_numbered_from_north_to_south(twelve_schools: list[Any], worked_out: Ask) -> None:
    plan = worked_out()
    norths = [
        sum(m.organisation.northing or 0 for m in network.members.select_related("organisation"))
        / network.size
        for network in plan.networks.order_by("number")
    ]
    assert norths == sorted(norths, reverse=True)


def test_spread_is_the_mean_and_the_greatest_distance(twelve_schools: list[Any], worked_out: Ask) -> None:
    plan = worked_out()
    network = plan.networks.get(number=3)
    # Four schools in a row, 500 m apart: the six distances are 0.5 (three), 1.0 (two) and 1.5 km.
    assert network.mean_km == pytest.approx(5 / 6)
    assert network.furthest_km == pytest.approx(1.5)


def test_a_school_without_a_place_is_listed_and_not_lost(
    people: People, twelve_schools: list[Any], worked_out: Ask
) -> None:
    lost = factories.school(people.area, easting=None, northing=None, latitude=None, longitude=None)
    plan = worked_out()
    assert [m.organisation for m in plan.members.filter(network=None)] == [lost]
    assert plan.members.count() == 13


def test_closed_schools_other_phases_and_other_areas_stay_out(
    people: People, twelve_schools: list[Any], worked_out: Ask
) -> None:
    from isthmus.apps.register.models import Phase, Status

    factories.school(people.area, status=Status.CLOSED)
    factories.school(people.area, phase=Phase.NURSERY)
    factories.school(people.other_area)
    assert worked_out().members.count() == 12


def test_rules_that_cannot_hold_say_which(twelve_schools: list[Any], worked_out: Ask) -> None:
    plan = worked_out(smallest=2, largest=3)  # four networks at least, three secondaries
    assert plan.state == PlanState.NO_PLAN
    assert plan.conflict
    assert any("secondary" in rule for rule in plan.conflict)
    assert not plan.networks.exists()


def test_the_same_wish_gives_the_same_plan(twelve_schools: list[Any], worked_out: Ask) -> None:
    first, second = worked_out(mixed_phases=7, faith=4), worked_out(mixed_phases=7, faith=4)
    assert groups(first) == groups(second)
    assert first.objective == second.objective


def test_what_matters_changes_the_plan(twelve_schools: list[Any], worked_out: Ask) -> None:
    near = worked_out(secondary_each=False, mixed_phases=0, mixed_disadvantage=0)
    faithful = worked_out(
        secondary_each=False, nearness=0, mixed_phases=0, mixed_disadvantage=0, faith=10, faith_way="same"
    )
    together = next(g for g in groups(faithful) if twelve_schools[1].urn in g)
    assert {twelve_schools[at].urn for at in (1, 5, 9)} <= together
    assert groups(near) != groups(faithful)


def test_a_double_click_asks_once(people: People, twelve_schools: list[Any], ask: Ask) -> None:
    plan = ask()
    again = actions.ask_for_plan(
        by=people.officer,
        owner=people.area,
        about=people.area,
        name="Another name",
        choices=choices(),
        token=plan.request_token,
    )
    assert again == plan
    assert Job.objects.count() == 1


def test_a_stopped_job_keeps_nothing(people: People, twelve_schools: list[Any], ask: Ask) -> None:
    plan = ask()
    assert plan.job is not None
    jobs.cancel(plan.job, by=people.officer)
    jobs.run_job.call(str(plan.job_id), 1)  # the worker comes to it after all
    plan.refresh_from_db()
    assert plan.state == PlanState.STOPPED
    assert not ProposedMember.objects.exists()


def test_a_worker_that_lost_its_job_keeps_nothing(
    twelve_schools: list[Any], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = ask()
    from isthmus.apps.networks import tasks

    search = tasks._search

    def taken_over_meanwhile(job: Any, *args: Any) -> Any:
        result = search(job, *args)
        Job.objects.filter(pk=job.job.pk).update(attempt=2)
        return result

    monkeypatch.setattr(tasks, "_search", taken_over_meanwhile)
    jobs.run_job.call(str(plan.job_id), 1)
    plan.refresh_from_db()
    assert plan.state == PlanState.WAITING
    assert not ProposedNetwork.objects.exists()
    assert Job.objects.get().state == JobState.RUNNING


def test_the_second_try_goes_on_from_the_checkpoint(
    twelve_schools: list[Any], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isthmus.apps.networks import adapters

    plan = ask()
    urns = [s.urn for s in twelve_schools]
    saved = [urns[0:4], urns[4:8], urns[8:12]]
    Job.objects.filter(pk=plan.job_id).update(saved={"groups": saved})
    seen: list[Any] = []
    solve = adapters.solve
    monkeypatch.setattr(adapters, "solve", lambda *a, **k: seen.append(k["saved"]) or solve(*a, **k))
    jobs.run_job.call(str(plan.job_id), 1)
    assert seen == [saved]


def test_an_area_without_schools_says_so(people: People, ask: Ask) -> None:
    people.school.delete()
    plan = ask()
    jobs.run_job.call(str(plan.job_id), 1)
    plan.refresh_from_db()
    assert plan.state == PlanState.FAILED
    assert plan.job is not None
    assert "no open schools" in plan.job.message


def test_removing_a_plan_leaves_the_schools_and_the_record(
    people: People, twelve_schools: list[Any], worked_out: Ask
) -> None:
    plan = worked_out()
    number = plan.pk
    assert actions.remove_plan(by=people.officer, plan=plan, why="It was a trial")
    assert not actions.remove_plan(by=people.officer, plan=plan), "a second click finds nothing"
    assert not Plan.objects.exists()
    events = AuditEvent.objects.filter(target_kind="networks.plan", target_id=str(number)).order_by("pk")
    assert [e.action for e in events] == ["plan.ask", "plan.worked_out", "plan.remove"]
    told = events[2].told or {}
    assert told["before"] == {"name": "September", "schools_of": people.area.name, "state": "Ready"}
    assert told["why"] == "It was a trial"


def test_every_network_has_the_name_of_a_place_and_no_two_the_same(
    twelve_schools: list[Any], worked_out: Ask
) -> None:
    names = list(worked_out().networks.values_list("name", flat=True))
    assert len(set(names)) == 3
    assert all(names)
