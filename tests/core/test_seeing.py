"""Who may see what, and why: closed unless a role or sharing opens it, on that day."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.actions import end_role
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core import seeing, sharing
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Sharing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.queries import jobs_of
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.waiting import waiting_for
from isthmus.apps.networks.access import PLANS, PROPOSAL, WORKING, get_plan, plans_for
from isthmus.apps.networks.models import Plan, PlanState
from tests import factories
from tests.conftest import People
from tests.meta import sweep

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def area_of(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.area.pk)


def other_area(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.other_area.pk)


def shared(people: People, **changed: Any) -> Sharing:
    """The officer's area shares its plans with the other."""
    return sharing.share(
        by=people.officer,
        owner=area_of(people),
        **{
            "to": other_area(people),
            "dataset": PLANS.name,
            "purpose": "compare networks along our border",
            "starts": today(),
            "ends": today() + 30 * DAY,
            **changed,
        },
    )


def fields(people: People, **changed: Any) -> dict[str, Any]:
    """What the officer types to share."""
    first, last = today(), today() + 30 * DAY
    return {
        "owner": str(area_of(people)),
        "to": str(other_area(people)),
        "dataset": PLANS.name,
        "purpose": "compare networks along our border",
        "starts_day": first.day, "starts_month": first.month, "starts_year": first.year,
        "ends_day": last.day, "ends_month": last.month, "ends_year": last.year,
        **changed,
    }  # fmt: skip


def decided(viewer: Any, people: People, day: Any = None) -> seeing.Decision:
    return seeing.may_see(viewer, PLANS.name, area_of(people), day)


def test_closed_unless_something_opens_it(people: People) -> None:
    assert not seeing.may_see(None, PLANS.name, area_of(people))
    for viewer in (people.other_officer, people.head, people.administrator):
        decision = decided(viewer, people)
        assert not decision
        assert decision.classes == frozenset()
        assert "Nothing opens the plans of networks" in decision.why
    assert decided(people.officer, people)
    assert "is authority officer of" in decided(people.officer, people).why


def test_a_role_counts_on_its_own_days(people: People) -> None:
    adviser, now = factories.person(), today()
    holding = give_role(
        by=None,
        person=adviser,
        role=Role.ADVISER,
        scope=area_of(people),
        starts=now - 9 * DAY,
        ends=now - DAY,
    )
    seen = [bool(decided(adviser, people, now + n * DAY)) for n in (-10, -9, -1, 0, 1)]
    assert seen == [False, True, True, False, False]
    RoleHolding.objects.filter(pk=holding.pk).update(starts=now + DAY, ends=None)
    again = Person.objects.get(pk=adviser.pk)
    assert not decided(again, people)
    assert decided(again, people, now + DAY)
    assert "holds no role on" in decided(again, people).why


def test_a_role_that_was_ended_is_closed_now_and_was_open_then(people: People) -> None:
    adviser = factories.person(Role.ADVISER, area_of(people))
    holding = adviser.holdings.get()
    RoleHolding.objects.filter(pk=holding.pk).update(starts=today() - 9 * DAY)
    end_role(by=people.officer, holding=holding)
    RoleHolding.objects.filter(pk=holding.pk).update(ended_at=timezone.now() - 3 * DAY)
    gone = Person.objects.get(pk=adviser.pk)
    seen = [bool(decided(gone, people, today() + n * DAY)) for n in (-10, -9, -3, -2, 0, 1)]
    assert seen == [False, True, True, False, False, False]


def test_sharing_opens_reading_and_nothing_else(people: People) -> None:
    plan = sweep._plan(people.area)
    waiting = Plan.objects.create(
        owner=people.area, about=people.area, name="Not ready", choices=plan.choices
    )
    row = shared(people)
    decision = decided(people.other_officer, people)
    assert decision.classes == {PROPOSAL}
    assert "shares its plans of networks with" in decision.why
    assert "compare networks along our border" in decision.why
    assert get_plan(people.other_officer, plan.pk) == plan
    with pytest.raises(Http404):
        get_plan(people.other_officer, waiting.pk)
    with pytest.raises(Http404):
        get_plan(people.other_officer, plan.pk, Permission.PLAN_MAKE)
    # It opens one way, to roles of the area that see plans there.
    assert not seeing.may_see(people.officer, PLANS.name, other_area(people))
    governor = factories.person(
        Role.HEAD, Scope(ScopeKind.ORGANISATION, factories.school(people.other_area).pk)
    )
    assert not decided(governor, people)
    assert sharing.take_back(by=people.officer, sharing=row, why="done")
    assert not decided(people.other_officer, people)
    assert list(plans_for(people.other_officer)) == []
    assert not sharing.take_back(by=people.officer, sharing=row), "a second click does nothing"


def test_sharing_asks_for_the_permission_in_the_area_that_it_opens_to(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not elsewhere: a role that sees plans of a third area counts for nothing here."""
    shared(people)
    third = Scope(ScopeKind.AREA, factories.area().pk)
    adviser = factories.person(Role.ADVISER, third)
    give_role(by=None, person=adviser, role=Role.LOCAL_LEADER, scope=other_area(people))
    assert decided(Person.objects.get(pk=adviser.pk), people)
    assert seeing.may_see(Person.objects.get(pk=adviser.pk), PLANS.name, other_area(people))
    silent = replace(DESCRIPTIONS[Role.LOCAL_LEADER], permissions=frozenset({Permission.REGISTER_VIEW}))
    monkeypatch.setitem(DESCRIPTIONS, Role.LOCAL_LEADER, silent)
    assert not decided(Person.objects.get(pk=adviser.pk), people)
    assert not seeing.may_see(Person.objects.get(pk=adviser.pk), PLANS.name, other_area(people))


def test_sharing_counts_on_its_own_days(people: People) -> None:
    row = shared(people, starts=today() + DAY, ends=today() + 2 * DAY)
    holding = people.other_officer.holdings.get()
    RoleHolding.objects.filter(pk=holding.pk).update(starts=today() - 90 * DAY)
    viewer = Person.objects.get(pk=people.other_officer.pk)
    assert [bool(decided(viewer, people, today() + n * DAY)) for n in range(4)] == [False, True, True, False]
    Sharing.objects.filter(pk=row.pk).update(starts=today() - 9 * DAY, ends=today() + 9 * DAY)
    assert decided(viewer, people)
    Sharing.objects.filter(pk=row.pk).update(open=False, taken_back_at=timezone.now() - 4 * DAY)
    seen = [bool(decided(viewer, people, today() + n * DAY)) for n in (-10, -9, -4, -3, 0, 1)]
    assert seen == [False, True, True, False, False, False]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example sets every day anew
@given(
    starts=st.integers(-5, 5),
    length=st.integers(0, 5),
    taken=st.one_of(st.none(), st.integers(-5, 0)),
    asked=st.integers(-8, 12),
    role_starts=st.integers(-8, 8),
)
def test_the_days_agree_with_a_count_by_hand(
    transactional_rows: Any, starts: int, length: int, taken: int | None, asked: int, role_starts: int
) -> None:
    people, row = transactional_rows
    Sharing.objects.filter(pk=row.pk).update(
        starts=today() + starts * DAY,
        ends=today() + (starts + length) * DAY,
        open=taken is None,
        taken_back_at=None if taken is None else timezone.now() + taken * DAY,
    )
    RoleHolding.objects.filter(person=people.other_officer).update(starts=today() + role_starts * DAY)
    viewer = Person.objects.get(pk=people.other_officer.pk)
    # A past day still had what was taken back in its course; today and after, what is taken back is closed.
    still = taken is None or (asked < 0 and taken >= asked)
    want = starts <= asked <= starts + length and still and role_starts <= asked
    assert bool(decided(viewer, people, today() + asked * DAY)) is want


@pytest.fixture
def transactional_rows(people: People) -> tuple[People, Sharing]:
    return people, shared(people)


def test_many_decisions_cost_as_much_as_one(people: People) -> None:
    shared(people)
    people.other_officer.held  # noqa: B018 - read before counting
    subjects = [Scope(ScopeKind.AREA, n) for n in range(1, 600)]
    subjects += [area_of(people), other_area(people)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = seeing.may_see_many(people.other_officer, [PLANS.name], subjects)
    assert len(queries) == 1
    assert {s for (_name, s), decision in found.items() if decision} == {area_of(people), other_area(people)}


def test_a_way_of_another_app_opens_data_with_its_own_words(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What signed terms will do: open one class of one subject to the roles of another scope."""
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    monkeypatch.setattr(seeing, "WAYS", dict(seeing.WAYS))

    def grounds(viewer: seeing.Viewer, datasets: Any, day: Any) -> Any:
        if any(role.scope == school for role in viewer.roles) and day == today():
            yield seeing.Ground(
                PLANS.name, area_of(people), frozenset({PROPOSAL}), lambda: "The terms open it."
            )

    seeing.opens_by("terms", seeing.Way(grounds, lambda _d, _s, _day: [school]))
    decision = decided(people.head, people)
    assert (decision.allowed, decision.why, decision.classes) == (True, "The terms open it.", {PROPOSAL})
    assert not decided(people.head, people, today() + DAY)
    who = seeing.who_could_see(PLANS.name, area_of(people))
    assert [viewer.name for viewer, _d, _on in who] == sorted([people.head.name, people.officer.name])


def test_who_could_see_agrees_with_asking_each(people: People) -> None:
    shared(people)
    factories.person(Role.EVALUATOR, other_area(people))
    for day in (today(), today() + 31 * DAY, today() - DAY):
        told = {
            viewer.name for viewer, decision, _on in seeing.who_could_see(PLANS.name, area_of(people), day)
        }
        assert told == {str(p) for p in Person.objects.all() if decided(p, people, day)}


def test_every_column_of_a_dataset_stands_in_one_class() -> None:
    for dataset in seeing.DATASETS.values():
        named = [(m, c) for part in dataset.classes for m, cs in part.columns.items() for c in cs]
        assert len(named) == len(set(named))
        for label in {model for model, _ in named}:
            columns = {field.name for field in apps.get_model(label)._meta.concrete_fields}
            assert {c for m, c in named if m == label} == columns, (
                f"{label}: say in which class each column is"
            )


def test_both_chains_tell_and_a_double_click_has_one_effect(people: People) -> None:
    row = shared(people)
    assert shared(people) == row
    assert Sharing.objects.count() == 1
    sharing.take_back(by=people.officer, sharing=row, why="it is done")
    told = AuditEvent.objects.filter(target_kind="core.sharing").order_by("pk")
    assert [(event.action, event.scope) for event in told] == [
        ("sharing.open", area_of(people)),
        ("sharing.opened_to_us", other_area(people)),
        ("sharing.take_back", area_of(people)),
        ("sharing.taken_back_from_us", other_area(people)),
    ]
    assert [event.told and event.told["why"] for event in told][2:] == ["it is done"] * 2
    assert shared(people) != row, "it can be shared again"


def test_what_makes_no_sense_is_refused(people: People) -> None:
    shared(people)
    with pytest.raises(sharing.CannotShare, match="already, until"):
        shared(people, ends=today() + 60 * DAY)
    for changed in (
        {"dataset": "nothing"},
        {"to": area_of(people)},
        {"to": Scope(ScopeKind.AREA, 10**9)},
        {"starts": today() - DAY},
        {"ends": today() - DAY},
    ):
        with pytest.raises(sharing.CannotShare):
            shared(people, **changed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sharing.objects.create(
            scope_kind="area", scope_id=1, to_kind="area", to_id=1, dataset="x", purpose="y", ends=today()
        )


def test_what_has_run_out_makes_room(people: People) -> None:
    row = shared(people)
    Sharing.objects.filter(pk=row.pk).update(starts=today() - 9 * DAY, ends=today() - DAY)
    assert shared(people, purpose="once more") != row
    assert not sharing.take_back(by=people.officer, sharing=row)


def test_a_long_task_is_shown_only_while_its_starter_has_a_role_there(people: People) -> None:
    from isthmus.apps.core import jobs

    job = jobs.start("networks.plan", by=people.officer, params={"plan": 0}, scope=area_of(people))
    give_role(by=None, person=people.officer, role=Role.ADVISER, scope=other_area(people))
    assert list(jobs_of(Person.objects.get(pk=people.officer.pk))) == [job]
    end_role(by=people.officer, holding=people.officer.holdings.get(role=Role.AUTHORITY_OFFICER))
    assert list(jobs_of(Person.objects.get(pk=people.officer.pk))) == []


# --- pages ---


def test_the_pages_from_sharing_to_taking_back(people: People, client_for: Callable[..., Client]) -> None:
    plan = sweep._plan(people.area)
    Plan.objects.filter(pk=plan.pk).update(name="Along the border")
    plan.refresh_from_db()
    ours, theirs = client_for(people.officer), client_for(people.other_officer)
    page, pages = (
        reverse("networks:plan", args=[plan.pk]),
        [
            reverse("networks:plan", args=[plan.pk]),
            reverse("networks:plan_map", args=[plan.pk]),
            *(
                reverse("networks:plan_export", args=[plan.pk, ending])
                for ending in ("csv", "xlsx", "geojson")
            ),
        ],
    )
    assert [theirs.get(url).status_code for url in pages] == [404] * 5
    made = ours.post(reverse("core:sharing_new"), fields(people), follow=True)
    assert "You can take it back at any time" in made.text
    row = Sharing.objects.get()

    assert [theirs.get(url).status_code for url in pages] == [200] * 5
    text = theirs.get(page).text
    assert "shares its plans of networks with" in text
    assert "What has happened" not in text
    assert "Remove this plan" not in text
    assert plan.name in theirs.get(reverse("networks:plans")).text
    assert "shares its plans of networks" in theirs.get("/").text
    told = theirs.get(reverse("core:sharing", args=[row.pk])).text
    assert people.officer.name in told
    assert "Take it back" not in told
    assert theirs.post(reverse("core:sharing_take_back", args=[row.pk])).status_code == 404
    assert theirs.post(reverse("networks:plan_remove", args=[plan.pk])).status_code == 404
    assert Plan.objects.filter(pk=plan.pk).exists()

    who = ours.get(reverse("core:sharing_who")).text
    assert people.officer.name in who
    assert people.other_officer.name not in who
    assert "1 person, because it is shared" in who

    done = ours.post(reverse("core:sharing_take_back", args=[row.pk]), {"why": "finished"}, follow=True)
    assert "Taken back" in done.text
    assert [theirs.get(url).status_code for url in pages] == [404] * 5
    assert plan.name not in theirs.get(reverse("networks:plans")).text
    assert "has taken back its plans of networks" in theirs.get("/").text
    assert "finished" in theirs.get(reverse("core:sharing", args=[row.pk])).text


def test_bad_input_says_what_to_do(people: People, client_for: Callable[..., Client]) -> None:
    client = client_for(people.officer)
    late = today() - DAY
    for changed, words in (
        ({"purpose": " "}, "Enter a purpose"),
        ({"to": ""}, "Choose from the list"),
        ({"to": "area:999999999"}, "Choose from the list"),
        ({"to": str(area_of(people))}, "Choose"),
        ({"dataset": "accounts.people"}, "Choose from the list"),
        ({"starts_year": "20"}, "First day"),
        (
            {"starts_day": late.day, "starts_month": late.month, "starts_year": late.year},
            "must be today or later",
        ),
        ({"ends_year": today().year - 1}, "must be the same as the first day, or later"),
        ({"ends_year": today().year + 9}, "within two years"),
    ):
        response = client.post(reverse("core:sharing_new"), fields(people, **changed))
        assert words in response.text, changed
        assert not Sharing.objects.exists()
    shared(people)
    again = client.post(reverse("core:sharing_new"), fields(people, purpose="other"))
    assert "Take that back first" in again.text
    assert "Enter a day as" in client.get(reverse("core:sharing_who"), {"day": "soon"}).text


def test_an_area_of_somebody_else_cannot_be_opened(people: People, client_for: Callable[..., Client]) -> None:
    client = client_for(people.other_officer)
    for owner in (str(area_of(people)), "area:999999999"):
        response = client.post(
            reverse("core:sharing_new"), fields(people, owner=owner, to=str(area_of(people)))
        )
        assert response.status_code == 200
        assert "Choose from the list" in response.text
    assert not Sharing.objects.exists()


def test_the_list_is_found_sorted_and_saved(
    people: People, client_for: Callable[..., Client], list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)

    def more() -> None:
        sharing.share(
            by=people.officer,
            owner=area_of(people),
            to=Scope(ScopeKind.AREA, factories.area(f"Far {uuid4().hex[:5]}").pk),
            dataset=PLANS.name,
            purpose="x",
            starts=today(),
            ends=today(),
        )

    list_query_count(more, lambda: client.get(reverse("core:sharings")))
    row = shared(people)
    name = people.other_area.name
    asked = client.get(reverse("core:sharings"), {"q": name, "way": "out", "sort": "-until"})
    assert "1 sharing" in asked.text
    assert "0 sharing" not in asked.text
    assert "Nothing is shared that fits" in client.get(reverse("core:sharings"), {"way": "in"}).text
    sharing.take_back(by=people.officer, sharing=row)
    assert "Nothing is shared that fits" in client.get(reverse("core:sharings"), {"q": name}).text
    saved = client.get(reverse("core:sharing_export"), {"q": name, "state": "all"})
    rows = list(csv.DictReader(io.StringIO(saved.content.decode("utf-8-sig"))))
    assert [(r["Shown to"], r["State"], r["Opened by"]) for r in rows] == [
        (name, "Taken back", people.officer.name)
    ]


def test_home_says_it_for_two_weeks(people: People) -> None:
    row = shared(people)
    assert any("shares its plans" in item.title for item in waiting_for(people.other_officer))
    assert not any("shares its plans" in item.title for item in waiting_for(people.officer))
    Sharing.objects.filter(pk=row.pk).update(made_at=timezone.now() - 15 * DAY)
    assert not any("shares its plans" in item.title for item in waiting_for(people.other_officer))


def test_a_plan_on_the_way_is_the_areas_own(people: People) -> None:
    """Every state but ready stays closed, so that nothing half-made is read elsewhere."""
    shared(people)
    for state in PlanState.values:
        plan = sweep._plan(people.area)
        Plan.objects.filter(pk=plan.pk).update(state=state)
        try:
            seen = get_plan(people.other_officer, plan.pk)
        except (Http404, ObjectDoesNotExist):
            seen = None
        assert (seen is not None) is (state == PlanState.READY), state
    assert WORKING in seeing.opened(people.officer, PLANS.name)[area_of(people)]
