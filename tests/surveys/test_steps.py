"""Actions from a report: taken by whoever may, seen by those whose they are, done, dropped with a reason, exported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import changes
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.personal import Held, Subject, find
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.waiting import open_for, waiting_for
from isthmus.apps.surveys import organisations
from isthmus.apps.surveys.actions import steps as actions
from isthmus.apps.surveys.actions.steps import Deed
from isthmus.apps.surveys.models import Report, Step, StepState, Wave, WaveKind, WaveState
from tests import factories
from tests.conftest import People
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def wave(people: People) -> Wave:
    """A closed wave of the officer's area, which asked the head's school and another."""
    scope = Scope(ScopeKind.AREA, people.area.pk)
    made = a_wave(scope, [people.school, factories.school(people.area)], by=people.officer)
    Wave.objects.filter(pk=made.pk).update(state=WaveState.CLOSED, closed_at=timezone.now())
    told = '{"format": 1, "kind": "anonymous", "open": [], "report": null, "schools": {}}'
    Report.objects.create(wave=made, content=told, digest="x")
    made.refresh_from_db()
    return made


def take(people: People, wave: Wave, what: str = "Visit each other", **given: Any) -> Step:
    own = given.pop("organisation", None)
    deed = Deed(**{"what": what, "who": "Ash Lane", "due": today() + timedelta(days=3), **given})
    by = people.head if own else people.officer
    return actions.take_step(by=by, wave=wave, deed=deed, token=uuid4(), organisation=own)


def day(due: date) -> dict[str, str]:
    return {"due_day": str(due.day), "due_month": str(due.month), "due_year": str(due.year)}


def given(**changes: str) -> dict[str, str]:
    token = str(uuid4())
    later = today() + timedelta(days=30)
    return {
        "what": "Visit each other",
        "who": "Ash Lane",
        "about": "know/",
        "token": token,
        **day(later),
        **changes,
    }


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def titles(person: Person) -> list[str]:
    return [item.title for item in waiting_for(person)]


def test_whoever_runs_it_takes_an_action_from_the_report(
    people: People, wave: Wave, client_for: ClientFor
) -> None:
    officer = client_for(people.officer)
    assert f"/surveys/{wave.pk}/actions/new/" in text(officer.get(f"/surveys/{wave.pk}/report/"))
    fields = given(email=people.officer.email)
    for _ in range(2):
        assert officer.post(f"/surveys/{wave.pk}/actions/new/", fields).status_code == 302
    step = Step.objects.get()
    assert (step.section, step.item, step.in_meeting, step.organisation) == ("know", "", False, None)
    assert step.responsible == people.officer
    assert AuditEvent.objects.filter(action="step.take").count() == 1
    assert "Visit each other" in text(officer.get(f"/surveys/{wave.pk}/report/"))
    assert "Knowing each other" in text(officer.get(f"/surveys/{wave.pk}/actions/{step.pk}/"))
    assert "Visit each other" in text(client_for(people.head).get(f"/surveys/{wave.pk}/actions/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": " "}, "Enter"),
        (day(date(2020, 1, 1)), "By when must be today"),
        (day(date(2060, 1, 1)), "By when must be within 3 years"),
        ({"about": "nothing/"}, "What it answers"),
        ({"email": "nobody@example.org"}, "Nobody who may read this report has this address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    people: People, wave: Wave, client_for: ClientFor, changes: dict[str, str], words: str
) -> None:
    response = client_for(people.officer).post(f"/surveys/{wave.pk}/actions/new/", given(**changes))
    assert response.status_code == 200
    assert words in text(response)
    assert not Step.objects.exists()


def test_nobody_is_responsible_who_could_not_see_it(
    people: People, wave: Wave, client_for: ClientFor
) -> None:
    response = client_for(people.officer).post(
        f"/surveys/{wave.pk}/actions/new/", given(email=people.other_officer.email)
    )
    assert "Nobody who may read this report has this address" in text(response)


def test_a_head_takes_actions_for_the_own_school_alone(
    people: People, wave: Wave, client_for: ClientFor
) -> None:
    head, officer = client_for(people.head), client_for(people.officer)
    other = wave.schools.exclude(organisation=people.school).get().organisation_id
    url = f"/surveys/{wave.pk}/actions/new/"
    for school in ("all", str(other)):
        assert head.post(url, given(for_school=school)).status_code == 200
        assert not Step.objects.exists()
    head.post(url, given(for_school=str(people.school.pk)))
    step = Step.objects.get()
    assert step.organisation == people.school
    assert "Visit each other" in text(head.get(f"/surveys/{wave.pk}/actions/"))
    # What a school decides for itself is seen by nobody else: not on pages, not in files, not in the record.
    for page in ("actions/", "actions.csv", "report/"):
        assert "Visit each other" not in text(officer.get(f"/surveys/{wave.pk}/{page}")), page
    assert officer.get(f"/surveys/{wave.pk}/actions/{step.pk}/").status_code == 404
    event = AuditEvent.objects.get(action="step.take")
    assert "Visit each other" not in str(event.told)
    record = text(officer.get(f"/record/area/{people.area.pk}/events/"))
    assert "Visit each other" not in record


def test_nothing_is_taken_before_there_are_results(people: People, client_for: ClientFor) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    for kind in (WaveKind.ANONYMOUS, WaveKind.IN_ROOM):
        still = a_wave(scope, [people.school], kind=kind)
        assert (
            client_for(people.officer).post(f"/surveys/{still.pk}/actions/new/", given()).status_code == 404
        )
    assert not Step.objects.exists()


def test_done_dropped_and_taken_up_again(people: People, wave: Wave, client_for: ClientFor) -> None:
    step, officer = take(people, wave), client_for(people.officer)
    url = f"/surveys/{wave.pk}/actions/{step.pk}/"
    assert "Say why it is dropped" in text(officer.post(url, {"do": "drop", "why": ""}))
    for _ in range(2):
        officer.post(url, {"do": "drop", "why": "The bus is gone"})
    step.refresh_from_db()
    assert (step.state, step.why) == (StepState.DROPPED, "The bus is gone")
    assert "The bus is gone" in text(officer.get(url))
    assert officer.get(f"{url}change/").status_code == 404
    officer.post(url, {"do": "done"})
    step.refresh_from_db()
    assert step.state == StepState.DROPPED, "what was dropped is not done by a button that came late"
    officer.post(url, {"do": "reopen"})
    officer.post(f"{url}change/", given(what="Visit twice"))
    officer.post(url, {"do": "done"})
    step.refresh_from_db()
    assert (step.what, step.state, step.why) == ("Visit twice", StepState.DONE, "")
    done = (
        AuditEvent.objects.filter(target_kind="surveys.step").order_by("pk").values_list("action", flat=True)
    )
    assert list(done) == ["step.take", "step.end", "step.reopen", "step.change", "step.end"]


def test_only_whose_it_is_changes_it(people: People, wave: Wave, client_for: ClientFor) -> None:
    step = take(people, wave)
    url = f"/surveys/{wave.pk}/actions/{step.pk}/"
    head = client_for(people.head)
    assert "It is done" not in text(head.get(url))
    assert head.post(url, {"do": "done"}).status_code == 404
    assert head.get(f"{url}change/").status_code == 404
    assert client_for(people.other_officer).get(url).status_code == 404
    Step.objects.update(responsible=people.head)
    assert head.post(url, {"do": "done"}).status_code == 302
    step.refresh_from_db()
    assert step.state == StepState.DONE


def test_what_is_due_waits_for_whoever_it_concerns(people: People, wave: Wave) -> None:
    take(people, wave, "Soon")
    take(people, wave, "Far", due=today() + timedelta(days=30))
    take(people, wave, "Own", organisation=people.school.pk)
    late = take(people, wave, "Late")
    Step.objects.filter(pk=late.pk).update(due=today() - timedelta(days=1), responsible=people.head)
    assert {"Soon", "Late"} <= set(titles(people.officer))
    assert not {"Far", "Own"} & set(titles(people.officer))
    assert {"Own", "Late"} <= set(titles(people.head))
    assert "Soon" not in titles(people.head)
    assert not {"Soon", "Late", "Own"} & set(titles(people.other_officer))
    states = {item.title: item.state for item in waiting_for(people.officer)}
    assert (states["Soon"], states["Late"]) == ("Due soon", "Overdue")
    actions.end_step(by=people.officer, step=late, state=StepState.DONE)
    assert "Late" not in [*titles(people.officer), *titles(people.head)]


def test_open_actions_go_to_a_successor(people: People, wave: Wave) -> None:
    take(people, wave, "Ours")
    take(people, wave, "Own", organisation=people.school.pk)
    found = [item.title for item in open_for(people.officer, wave.scope)]
    assert "Action: Ours" in found
    assert "Action: Own" not in found
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    assert [item.title for item in open_for(people.head, school) if "Action" in item.title] == ["Action: Own"]


def test_the_list_is_searched_filtered_and_saved(people: People, wave: Wave, client_for: ClientFor) -> None:
    take(people, wave, "=2+2 visits")
    take(people, wave, "Share the minibus")
    officer = client_for(people.officer)
    page = text(officer.get(f"/surveys/{wave.pk}/actions/", {"q": "minibus"}))
    assert "Share the minibus" in page
    assert "visits" not in page
    assert "No action fits" in text(officer.get(f"/surveys/{wave.pk}/actions/", {"state": "done"}))
    saved = officer.get(f"/surveys/{wave.pk}/actions.csv", {"q": "visits"}).content.decode()
    assert "'=2+2 visits" in saved
    assert "minibus" not in saved
    assert officer.get(f"/surveys/{wave.pk}/actions.xlsx").status_code == 200


def test_the_list_costs_the_same_however_long(
    people: People, wave: Wave, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    officer = client_for(people.officer)
    for page in ("actions/", "actions.csv", "report/"):
        list_query_count(
            lambda: take(people, wave, responsible_id=people.head.pk),
            lambda page=page: officer.get(f"/surveys/{wave.pk}/{page}"),  # type: ignore[misc]  # a lambda of a loop
        )


def test_what_happens_is_told_to_those_who_look_after_it(people: People, wave: Wave) -> None:
    moment = timezone.now() - timedelta(minutes=1)
    colleague = factories.person(name="Wilma Writer")
    RoleHolding.objects.create(
        person=colleague, role=Role.AUTHORITY_OFFICER, scope_kind="area", scope_id=people.area.pk
    )
    actions.take_step(by=colleague, wave=wave, deed=Deed("Visit", "Ash Lane", today()), token=uuid4())
    told = {group.heading for group in changes.since(people.officer, moment)}
    assert "Actions" in told
    assert "Actions" not in {group.heading for group in changes.since(people.head, moment)}


def test_personal_data_of_actions(people: People, wave: Wave) -> None:
    data = find("survey-actions")
    assert data
    step = take(people, wave, responsible_id=people.head.pk, who="Hanna Head")
    mine = Subject(people.head.email, people.head.pk)
    assert "Visit each other" in str([part.rows for part in data.of(mine)])
    assert data.erase(mine).count == 1
    step.refresh_from_db()
    assert (step.responsible, step.who) == (None, "somebody whose name was removed")
    Step.objects.update(made_at=timezone.now() - timedelta(days=1200))
    cutoff = timezone.now() - timedelta(days=1096)
    assert data.dispose(cutoff, Held(people=frozenset({people.officer.pk}))) == 0
    assert data.dispose(cutoff, Held()) == 1
    assert data.dispose(cutoff, Held()) == 0


def test_a_school_takes_its_own_actions_along(people: People, wave: Wave) -> None:
    take(people, wave, "Ours")
    take(people, wave, "Own", organisation=people.school.pk)
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    part = next(part for part in organisations._of(school) if part.title == "Actions of its own")
    assert [row[2] for row in part.rows] == ["Own"]
    organisations._purge(school)
    assert [step.what for step in Step.objects.all()] == ["Ours"]
