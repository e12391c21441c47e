"""What happened in an area, as those read it who look after it, and the reasons that people give."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.accounts.actions import change_way_in, end_sessions
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, jobs, mail, sealing
from isthmus.apps.core.models import AuditEvent, Frequency
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.networks.models import Plan
from isthmus.site import ledger as site_ledger
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def scope(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.area.pk)


def page(scope: Scope, name: str = "record_events") -> str:
    return reverse(f"core:{name}", args=[scope.kind.value, scope.id])


def asked(people: People, scope: Scope, name: str = "Ada") -> Invitation:
    return actions.invite(
        by=people.officer, email=f"{name}@example.org", name=name, role=Role.ADVISER, scope=scope
    )


def told(action: str) -> dict[str, Any]:
    """What the newest event of an action tells."""
    return AuditEvent.objects.filter(action=action).latest("pk").told or {}


def test_an_officer_reads_who_did_what_to_what_and_why(
    people: People, scope: Scope, client_for: ClientFor
) -> None:
    one = asked(people, scope)
    actions.take_back(by=people.officer, invitation=one, why="The wrong address")
    sealing.seal()
    text = client_for(people.officer).get(page(scope)).text
    assert people.officer.name in text
    assert "took the invitation back" in text
    words = AuditEvent.objects.get(action="invitation.take_back").told or {}
    before, after = words["before"]["state"], words["after"]["state"]
    assert f"State: {before}, now {after}. Why: The wrong address." in text
    assert reverse("accounts:invited", args=[one.pk]) in text
    assert page(scope) in client_for(people.officer).get(page(scope, "record")).text


def test_nobody_else_reads_it(people: People, scope: Scope, client_for: ClientFor) -> None:
    sealing.seal()
    for person, status in ((people.head, 403), (people.other_officer, 404), (people.administrator, 404)):
        client = client_for(person)
        assert client.get(page(scope)).status_code == status
        assert client.post(page(scope, "record_events_export")).status_code == status
    assert client_for(people.administrator).get(page(INSTALLATION)).status_code == 200
    assert page(scope) not in client_for(people.head).get(page(scope, "record")).text


def test_events_are_found_by_whom_what_and_when(people: People, scope: Scope, client_for: ClientFor) -> None:
    asked(people, scope)
    audit.record("plan.ask", by=people.head, target=people.area, scope=scope, after={"name": "Mine"})
    sealing.seal()
    client = client_for(people.officer)
    today = timezone.localdate()

    def count(**given: str) -> int:
        response = client.get(page(scope), given)
        assert response.status_code == 200
        return int(response.context["list"].total)

    every = count()
    assert every >= 3
    assert count(what="plan.ask") == 1
    assert count(q=people.head.name) == 1
    assert count(q=people.head.name, what="invitation.send") == 0
    assert count(until=f"{today.day}/{today.month}/{today.year}") == every
    assert count(until="2020-01-01") == 0
    assert count(**{"from": today.isoformat()}) == every
    assert count(what="no.such") == every
    for wrong in ({"from": "soon"}, {"from": "2026-02-30"}, {"from": "2026-03-02", "until": "2026-03-01"}):
        response = client.get(page(scope), wrong)
        assert response.status_code == 422
        assert "must be" in response.text


def test_a_saved_copy_is_an_event_and_runs_no_formula(
    people: People, scope: Scope, client_for: ClientFor
) -> None:
    one = asked(people, scope)
    actions.take_back(by=people.officer, invitation=one, why="=1+1")
    sealing.seal()
    client = client_for(people.officer)
    answer = client.post(page(scope, "record_events_export"), {"what": "invitation.take_back"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["What", "took the invitation back"]
    assert told("record.export")["detail"] == {"entries": 1}
    assert client.get(page(scope, "record_events_export")).status_code == 405


def test_the_command_line_records_its_export_too(people: People, scope: Scope, tmp_path: Any) -> None:
    asked(people, scope)
    written = site_ledger.export(people.area.name, tmp_path / "a")
    assert told("record.export")["detail"] == {"entries": written - 1}
    assert "record.export" in (tmp_path / "a").read_text()


def test_what_was_erased_is_said_to_be_erased(people: People, scope: Scope, client_for: ClientFor) -> None:
    one = asked(people, scope)
    sealing.seal()
    events = AuditEvent.objects.filter(action="invitation.send")
    audit.erase(events, by=people.officer, target=one, scope=scope, why="They asked")
    sealing.seal()
    text = client_for(people.officer).get(page(scope)).text
    assert "What this told was erased." in text
    assert "erased what earlier events told" in text
    shown = client_for(people.officer).get(reverse("accounts:invited", args=[one.pk])).text
    assert "What this told was erased." in shown


def test_a_long_record_costs_as_many_queries_as_a_short_one(
    people: People, scope: Scope, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)
    names = iter("abcdef")

    def another() -> None:
        asked(people, scope, next(names))
        sealing.seal()

    assert list_query_count(another, lambda: client.get(page(scope))) < 15


def test_people_say_why_and_the_record_keeps_it(people: People, scope: Scope, client_for: ClientFor) -> None:
    client = client_for(people.officer)
    one, other = asked(people, scope, "one"), asked(people, scope, "other")
    client.post(reverse("accounts:take_back", args=[one.pk]), {"why": "  The wrong\n address "})
    assert told("invitation.take_back")["why"] == "The wrong address"
    actions.accept(by=None, invitation=other)
    other.refresh_from_db()
    assert other.holding
    where = reverse("accounts:end_role", args=[other.holding.pk])
    assert 'name="why"' in client.get(where).text
    client.post(where, {"why": "Moved away"})
    said = told("role.end")
    assert said["why"] == "Moved away"
    assert (said["before"]["until"], said["after"]["until"]) != (None, None)
    plan = Plan.objects.create(owner=people.area, about=people.area, name="A", choices={})
    plan.job = jobs.start("networks.plan", by=people.officer, scope=scope, params={"plan": plan.pk})
    plan.save()
    client.post(reverse("core:job_cancel", args=[plan.job.pk]), {"why": "Wrong area"})
    assert told("job.cancel")["why"] == "Wrong area"
    assert "Why: Wrong area" in client.get(reverse("core:job", args=[plan.job.pk])).text
    client.post(reverse("networks:plan_remove", args=[plan.pk]), {"why": "x" * 900})
    assert told("plan.remove")["why"] == "x" * audit.MOST_WORDS


def test_the_history_of_a_role_begins_with_its_invitation(
    people: People, scope: Scope, client_for: ClientFor
) -> None:
    one = asked(people, scope)
    actions.accept(by=None, invitation=one)
    one.refresh_from_db()
    assert one.holding
    text = client_for(people.officer).get(reverse("accounts:holding", args=[one.holding.pk])).text
    assert "sent the invitation" in text
    assert "accepted the invitation" in text


def test_changes_of_how_somebody_signs_in_are_told(people: People) -> None:
    change_way_in(by=people.head, person=people.head, change="add", kind="webauthn")
    assert told("way_in.add")["after"] == {"way_in": "passkey"}
    change_way_in(by=people.head, person=people.head, change="remove", kind="totp")
    assert told("way_in.remove")["before"] == {"way_in": "authenticator app"}
    for key in ("a", "b", "c"):
        SignInSession.objects.create(session_key=key, person=people.head, expire_date=timezone.now())
    others = SignInSession.objects.exclude(session_key="a")
    assert end_sessions(by=people.head, person=people.head, sessions=others) == 2
    assert told("session.end")["before"] == {"open_sessions": 3}
    assert told("session.end")["after"] == {"open_sessions": 1}


def test_a_choice_of_mail_is_one_event_and_the_same_again_is_none(people: People) -> None:
    assert mail.choose("a@example.org", TASK.name, Frequency.DAILY, by=people.head)
    assert not mail.choose("a@example.org", TASK.name, Frequency.DAILY, by=people.head)
    event = AuditEvent.objects.get(action="mail.choose")
    assert (event.told or {})["after"] == {TASK.words: "In one summary a day"}
    assert mail.choose("a@example.org", TASK.name, Frequency.NEVER)
    assert AuditEvent.objects.get(action="mail.choose_by_link").actor_id is None
