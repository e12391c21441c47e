"""A finished plan under the hand: why here, move, undo, lock, again; two officers at once lose nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.jobs import run_job
from isthmus.apps.core.models import AuditEvent, Job, JobState
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.actions import workbench as actions
from isthmus.apps.networks.actions.workbench import Cannot, NeedsWhy, Stale
from isthmus.apps.networks.adapters import workbench as adapters
from isthmus.apps.networks.adapters.plans import problem_of_plan
from isthmus.apps.networks.models import Plan, PlanLock, PlanStep, ProposedMember, StepKind
from isthmus.apps.networks.queries.workbench import version_of
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]
threads = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="threads share one SQLite database in memory, which locks tables at once: tests/harness does it there",
)
CLIENT = Callable[..., Any]


@pytest.fixture
def plan(twelve_schools: list[Any], worked_out: Ask) -> Plan:
    """Three towns of four, with a rule that each network has a secondary."""
    return worked_out()


def number(plan: Plan, school: Any) -> int | None:
    """The number of a school's network as it is in the database."""
    member = ProposedMember.objects.select_related("network").get(plan=plan, organisation=school)
    return member.network.number if member.network else None


def scored(plan: Plan) -> float:
    """The objective of what the database holds, worked out afresh by the method's own scorer."""
    from isthmus.methods import formation

    groups = [
        list(n.members.values_list("organisation__urn", flat=True)) for n in plan.networks.order_by("number")
    ]
    found = formation.evaluate(problem_of_plan(plan), groups).objective
    assert found is not None
    return found


def primary(schools: list[Any], town: int, which: int = 1) -> Any:
    """A primary of a town."""
    return schools[4 * town + which]


def test_a_move_is_told_before_and_is_what_was_told(
    people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    school = primary(twelve_schools, 0)
    here, to = number(plan, school), number(plan, primary(twelve_schools, 1))
    assert here is not None
    assert to is not None
    before = plan.objective
    told = adapters.bench_of(plan).preview(school.urn, to)
    assert told.breaks == ()
    step = actions.move(by=people.officer, plan=plan, base=0, school=school.urn, to=to)
    plan.refresh_from_db()
    assert before is not None
    assert plan.objective == pytest.approx(before + told.delta)
    assert plan.objective == pytest.approx(scored(plan))
    assert math.isclose(sum(plan.terms.values()), plan.objective, rel_tol=1e-9)
    assert (step.number, step.kind, step.moves) == (1, StepKind.MOVE, [[school.pk, here, to]])
    assert [n.size for n in plan.networks.order_by("number") if n.number in (here, to)].count(5) == 1
    joined = plan.networks.get(number=to)
    after = next(then for n, _was, then in told.touched if n == to)
    assert (joined.mean_km, joined.furthest_km) == (pytest.approx(after[0]), pytest.approx(after[1]))
    event = AuditEvent.objects.get(action="plan.move")
    assert event.told is not None
    assert event.told["after"] == {"objective, km": round(plan.objective, 1)}


def test_the_journeys_told_are_the_mean_ways_to_the_others(twelve_schools: list[Any], plan: Plan) -> None:
    school, town = primary(twelve_schools, 0), twelve_schools[4:8]
    told = adapters.bench_of(plan).preview(school.urn, number(plan, town[0]) or 0)
    ways = [math.hypot(s.easting - school.easting, s.northing - school.northing) / 1000 for s in town]
    own = next(j for j in told.journeys if j.urn == school.urn)
    assert own.after == pytest.approx(sum(ways) / 4)
    assert {j.urn for j in told.journeys} == {s.urn for s in twelve_schools[:8]}


def test_two_change_places_and_undo_goes_back(people: People, twelve_schools: list[Any], plan: Plan) -> None:
    one, other = primary(twelve_schools, 0), primary(twelve_schools, 1)
    homes = {s.pk: number(plan, s) for s in twelve_schools}
    before = (plan.objective, list(plan.networks.order_by("number").values("size", "mean_km", "furthest_km")))
    actions.move(
        by=people.officer, plan=plan, base=0, school=one.urn, to=homes[other.pk] or 0, instead=other.urn
    )
    assert (number(plan, one), number(plan, other)) == (homes[other.pk], homes[one.pk])
    step = actions.undo(by=people.officer, plan=plan, base=1)
    plan.refresh_from_db()
    assert {s.pk: number(plan, s) for s in twelve_schools} == homes
    assert plan.objective == pytest.approx(before[0])
    for now, was in zip(plan.networks.order_by("number"), before[1], strict=True):
        assert (now.size, now.mean_km) == (was["size"], pytest.approx(was["mean_km"]))
    assert (step.number, step.kind) == (2, StepKind.UNDO)
    with pytest.raises(Cannot, match="nothing to undo"):
        actions.undo(by=people.officer, plan=plan, base=2)


def test_a_broken_rule_needs_a_reason_and_is_kept(
    people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    secondary, to = twelve_schools[0], number(plan, twelve_schools[4])
    assert to is not None
    with pytest.raises(NeedsWhy):
        actions.move(by=people.officer, plan=plan, base=0, school=secondary.urn, to=to)
    assert version_of(plan) == 0
    step = actions.move(by=people.officer, plan=plan, base=0, school=secondary.urn, to=to, why="Agreed")
    plan.refresh_from_db()
    assert any("secondary" in rule for rule in step.breaks)
    assert plan.gap is None
    assert not plan.proven
    assert any("secondary" in rule for rule in adapters.bench_of(plan).broken())
    actions.undo(by=people.officer, plan=plan, base=1)
    plan.refresh_from_db()
    assert plan.gap is not None  # the rules hold again, so the bound counts again


@pytest.mark.parametrize("case", ["same network", "no such network", "gone", "last one"])
def test_what_makes_no_sense_is_refused_whole(
    people: People, twelve_schools: list[Any], plan: Plan, case: str
) -> None:
    school = primary(twelve_schools, 0)
    here, there = number(plan, school), number(plan, twelve_schools[4])
    assert here is not None
    assert there is not None
    to, instead = {
        "same network": (here, None),
        "no such network": (99, None),
        "gone": (there, twelve_schools[8].urn),
        "last one": (there, None),
    }[case]
    if case == "last one":
        for mate in [s for s in twelve_schools[:4] if s != school]:
            version = version_of(plan)
            actions.move(by=people.officer, plan=plan, base=version, school=mate.urn, to=there, why="Why not")
    before = version_of(plan)
    with pytest.raises(Cannot):
        actions.move(
            by=people.officer, plan=plan, base=before, school=school.urn, to=to, instead=instead, why="x"
        )
    assert version_of(plan) == before


def test_a_change_that_theirs_does_not_touch_is_made_all_the_same(
    people: People, twelve_schools: list[Any], worked_out: Ask
) -> None:
    for town in (3, 4):  # two more towns, so that two changes need not meet
        for index in range(4):
            factories.school(
                people.area,
                phase="secondary" if index == 0 else "primary",
                easting=440_000 + town * 50_000 + index * 400,
                northing=120_000 + town * 10_000,
                fsm_percent=12.0,
            )
    plan = worked_out()
    one, other = primary(twelve_schools, 0), primary(twelve_schools, 2)
    free = {n.number for n in plan.networks.all()} - {number(plan, s) for s in (one, other)}
    first, second = sorted(free)[:2]
    actions.move(by=people.officer, plan=plan, base=0, school=one.urn, to=first)
    step = actions.move(by=people.officer, plan=plan, base=0, school=other.urn, to=second)
    assert step.number == 2
    assert (number(plan, one), number(plan, other)) == (first, second)
    plan.refresh_from_db()
    assert plan.objective == pytest.approx(scored(plan))


def test_a_stale_change_says_what_the_other_did_and_changes_nothing(
    people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    one, other = primary(twelve_schools, 0), primary(twelve_schools, 0, 2)
    to = number(plan, twelve_schools[4])
    assert to is not None
    actions.move(by=people.officer, plan=plan, base=0, school=one.urn, to=to)
    with pytest.raises(Stale) as caught:
        actions.move(by=people.officer, plan=plan, base=0, school=other.urn, to=to, why="Both")
    assert [step.number for step in caught.value.steps] == [1]
    assert version_of(plan) == 1
    with pytest.raises(Stale):
        actions.undo(by=people.officer, plan=plan, base=0)


@threads
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_lose_nothing(
    people: People, twelve_schools: list[Any], worked_out: Ask
) -> None:
    plan = worked_out()
    to = number(plan, twelve_schools[4])
    assert to is not None
    movers = [primary(twelve_schools, 0, 1), primary(twelve_schools, 0, 2), primary(twelve_schools, 2, 1)]
    start = Barrier(len(movers))

    def change(school: Any) -> str:
        try:
            start.wait(timeout=20)
            actions.move(by=people.officer, plan=plan, base=0, school=school.urn, to=to, why="At once")
        except Stale:
            return "told"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(movers)) as pool:
        said = list(pool.map(change, movers))
    assert sorted(said) == ["done", "told", "told"]
    assert PlanStep.objects.filter(plan=plan).count() == 1
    moved = [s for s, word in zip(movers, said, strict=True) if word == "done"]
    assert [s for s in movers if number(plan, s) == to] == moved
    for school, word in zip(movers, said, strict=True):
        if word == "told":  # asked again on what they now see, nothing is lost
            actions.move(
                by=people.officer, plan=plan, base=version_of(plan), school=school.urn, to=to, why="Again"
            )
    plan.refresh_from_db()
    assert {number(plan, s) for s in movers} == {to}
    assert [s.number for s in PlanStep.objects.filter(plan=plan).order_by("number")] == [1, 2, 3]
    assert plan.objective == pytest.approx(scored(plan))


@threads
@pytest.mark.django_db(transaction=True)
def test_a_double_click_moves_once(people: People, twelve_schools: list[Any], worked_out: Ask) -> None:
    plan, school = worked_out(), primary(twelve_schools, 0)
    to = number(plan, twelve_schools[4])
    assert to is not None
    start = Barrier(2)

    def click(_number: int) -> str:
        try:
            start.wait(timeout=20)
            actions.move(by=people.officer, plan=plan, base=0, school=school.urn, to=to)
        except (Stale, Cannot):
            return "not again"
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == ["moved", "not again"]
    assert PlanStep.objects.count() == 1


def test_what_is_locked_stays(people: People, twelve_schools: list[Any], plan: Plan) -> None:
    school, to = primary(twelve_schools, 0), number(plan, twelve_schools[4])
    assert to is not None
    assert actions.lock(by=people.officer, plan=plan, on=True, school=school)
    assert not actions.lock(by=people.officer, plan=plan, on=True, school=school)
    with pytest.raises(Cannot, match="is locked in its network"):
        actions.move(by=people.officer, plan=plan, base=1, school=school.urn, to=to)
    actions.lock(by=people.officer, plan=plan, on=False, school=school)
    network = plan.networks.get(number=to)
    actions.lock(by=people.officer, plan=plan, on=True, network=network)
    with pytest.raises(Cannot, match="Unlock it first"):
        actions.move(by=people.officer, plan=plan, base=3, school=school.urn, to=to)
    assert PlanLock.objects.count() == 1


def spoil(people: People, twelve_schools: list[Any], plan: Plan) -> tuple[Any, Any, int]:
    """Two primaries of far towns change places: a plan that can be improved."""
    one, other = primary(twelve_schools, 0), primary(twelve_schools, 1)
    to = number(plan, other)
    assert to is not None
    actions.move(by=people.officer, plan=plan, base=0, school=one.urn, to=to, instead=other.urn)
    return one, other, to


def do(job: Job) -> Job:
    """Let the worker do it."""
    run_job.call(str(job.pk), job.attempt)
    job.refresh_from_db()
    return job


def test_working_out_again_keeps_what_is_locked(
    people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    one, other, to = spoil(people, twelve_schools, plan)
    spoilt = plan.networks.get(number=to)
    actions.lock(by=people.officer, plan=plan, on=True, network=spoilt)
    inside = set(spoilt.members.values_list("organisation", flat=True))
    job = do(actions.work_out_again(by=people.officer, plan=plan))
    assert job.state == JobState.DONE, job.message
    assert set(spoilt.members.values_list("organisation", flat=True)) == inside
    actions.lock(by=people.officer, plan=plan, on=False, network=spoilt)
    job = do(actions.work_out_again(by=people.officer, plan=plan))
    assert job.state == JobState.DONE, job.message
    plan.refresh_from_db()
    assert (number(plan, one), number(plan, other)) != (to, number(plan, twelve_schools[0]))
    assert plan.objective == pytest.approx(scored(plan))
    step = PlanStep.objects.filter(plan=plan).order_by("-number")[0]
    assert (step.kind, step.by) == (StepKind.AGAIN, people.officer)
    actions.undo(by=people.officer, plan=plan, base=step.number)
    assert (number(plan, one), number(plan, other)) == (to, number(plan, twelve_schools[0]))


def test_what_people_did_meanwhile_stands(people: People, twelve_schools: list[Any], plan: Plan) -> None:
    spoil(people, twelve_schools, plan)
    job = actions.work_out_again(by=people.officer, plan=plan)
    assert actions.work_out_again(by=people.officer, plan=plan) == job
    school = primary(twelve_schools, 2)
    actions.move(
        by=people.officer,
        plan=plan,
        base=1,
        school=school.urn,
        to=number(plan, twelve_schools[0]) or 0,
        why="Meanwhile",
    )
    job = do(job)
    assert job.state == JobState.FAILED
    assert "changed while this was worked out" in job.message
    assert version_of(plan) == 2


# Pages


def test_a_school_in_a_plan_says_why(
    client_for: CLIENT, people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    page = client_for(people.officer).get(
        reverse("networks:plan_school", args=[plan.pk, twelve_schools[0].urn])
    )
    text = page.content.decode()
    assert "Journey to the others" in text
    assert "At least one secondary in each network" in text  # a place that a rule forbids


def test_moving_by_hand_on_the_page(
    client_for: CLIENT, people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    school, to = primary(twelve_schools, 0), number(plan, twelve_schools[4])
    client, url = client_for(people.officer), reverse("networks:plan_move", args=[plan.pk, school.urn])
    told = client.get(url, {"to": to}).content.decode()
    assert "What would change" in told
    assert 'name="base" value="0"' in told
    assert version_of(plan) == 0
    assert client.post(url, {"base": 0, "to": to}).status_code == 302
    assert number(plan, school) == to
    stale = client.post(
        reverse("networks:plan_move", args=[plan.pk, primary(twelve_schools, 0, 2).urn]),
        {"base": 0, "to": to, "why": "x"},
    )
    assert stale.status_code == 409
    assert "Somebody else changed this plan" in stale.content.decode()
    assert 'name="base" value="1"' in stale.content.decode()


def test_others_of_the_area_see_why_and_move_nothing(
    client_for: CLIENT, people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    adviser = factories.person(Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk))
    url = reverse("networks:plan_school", args=[plan.pk, twelve_schools[1].urn])
    page = client_for(adviser).get(url).content.decode()
    assert "Move it by hand" not in page
    assert client_for(people.other_officer).get(url).status_code == 404
    undo = reverse("networks:plan_undo", args=[plan.pk])
    assert client_for(adviser).post(undo, {"base": 0}).status_code == 403


def test_competition_is_not_told_to_those_who_may_not_know(
    people: People, twelve_schools: list[Any], plan: Plan
) -> None:
    from isthmus.apps.networks.adapters.workbench import Option
    from isthmus.apps.networks.presenters.workbench import options
    from isthmus.apps.networks.views.workbench import known_of

    adviser = factories.person(Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk))
    secret = Option(1, None, -3.0, ("no_repeat: pairs of competitors",))
    mixed = Option(2, None, -2.0, ("no_repeat: pairs of competitors", "size 3 to 5"))
    assert len(options([secret, mixed], known_of(people.officer, plan))) == 2
    told = options([secret, mixed], known_of(adviser, plan))
    assert len(told) == 1
    assert "ompet" not in str(told)


def test_the_pages_of_the_workbench_cost_the_same_however_many_steps(
    client_for: CLIENT, people: People, twelve_schools: list[Any], plan: Plan, list_query_count: Any
) -> None:
    url = reverse("networks:workbench", args=[plan.pk])
    client = client_for(people.officer)
    school = primary(twelve_schools, 0)

    def add() -> None:
        version = version_of(plan)
        here, there = number(plan, school), number(plan, twelve_schools[4])
        target = there if here != there else number(plan, twelve_schools[0])
        actions.move(
            by=people.officer, plan=plan, base=version, school=school.urn, to=target or 0, why="Again"
        )

    assert list_query_count(add, lambda: client.get(url)) < 40
    page = client.get(url, {"q": school.name}).content.decode()
    assert "Version 3" in page
    assert client.get(reverse("networks:plan_versions_file", args=[plan.pk, "csv"])).status_code == 200
