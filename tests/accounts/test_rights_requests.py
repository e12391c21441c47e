"""Asking about one's own data: the clock, the copy, putting right, restricting, objecting; who sees what."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions as people_actions
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.privacy.models import Retention
from isthmus.apps.accounts.rights import actions, columns, queries, tasks
from isthmus.apps.accounts.rights.models import (
    Bundle,
    Came,
    RequestState,
    Restriction,
    Right,
    SubjectRequest,
)
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import mail, personal
from isthmus.apps.core.dates import after_months, today
from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.waiting import waiting_for
from tests.accounts.rights import data_folder, opened, work
from tests.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]
__all__ = ["data_folder"]
Clients = Callable[[Person | None], Client]


def fresh(person: Person) -> Person:
    """The person as the next request finds them."""
    return Person.objects.get(pk=person.pk)


def area_of(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.area.pk)


def letter(people: People, right: Right, email: str, **given: Any) -> SubjectRequest:
    fields: dict[str, Any] = {
        "name": "Una Unknown",
        "came": Came.LETTER,
        "received_on": today(),
        "identity_how": "Called back at the school's number",
        **given,
    }
    return actions.record(by=people.officer, right=right, email=email, **fields)


def invited(people: People, email: str = "una@example.org") -> Invitation:
    return people_actions.invite(
        by=people.officer, email=email, name="Una Unknown", role=Role.ADVISER, scope=area_of(people)
    )


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2027, 1, 31), date(2027, 2, 28), date(2027, 4, 30)),
        (date(2028, 1, 30), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 11, 22), date(2026, 12, 22), date(2027, 2, 22)),
        (date(2026, 12, 1), date(2027, 1, 1), date(2027, 3, 1)),
    ],
)
def test_the_clock_runs_by_the_calendar(received: date, due: date, extended: date) -> None:
    assert (after_months(received, 1), after_months(received, 3)) == (due, extended)


def test_a_copy_is_made_for_the_subject_alone(people: People, client_for: Clients) -> None:
    invited(people, "third@example.org")
    client = client_for(people.head)
    assert client.get("/your-information/").status_code == 200
    response = client.post("/your-information/ask/copy/")
    asked = SubjectRequest.objects.get()
    assert response.headers["Location"] == f"/your-information/requests/{asked.pk}/"
    assert (asked.person, asked.scope, asked.due_on) == (
        people.head,
        area_of(people),
        after_months(today(), 1),
    )
    assert "waits to be made" in client.get(response.headers["Location"]).content.decode()

    bundle = work(asked)
    asked.refresh_from_db()
    assert (asked.state, bundle.keep_until) == (RequestState.DONE, today() + timedelta(days=14))
    assert [w.title for w in waiting_for(fresh(people.head))] == ["The copy of your information is ready"]
    url = f"/your-information/copies/{bundle.pk}/save/"
    assert client.get(url).status_code == 405
    for other in (people.officer, people.administrator, people.other_officer):
        assert client_for(other).post(url).status_code == 404
    saved = client.post(url)
    name = saved.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="isthmus-copy-\d{4}-\d\d-\d\d\.zip"', name)
    files = opened(b"".join(saved.streaming_content))  # type: ignore[attr-defined]  # a stream
    assert people.head.email in files["index.html"]
    assert any("Head" in text for file, text in files.items() if file.endswith(".csv"))
    titles = [chapter["title"] for chapter in json.loads(files["data.json"])]
    assert titles == [data.title for data in personal.declared()]
    assert not any("third@example.org" in text for text in files.values())
    assert not any(people.head.name in file or people.head.email in file for file in files)
    assert AuditEvent.objects.filter(action="rights.copy_saved", actor=people.head).count() == 1


def test_how_long_is_said_as_the_controller_has_set_it(people: People, client_for: Clients) -> None:
    Retention.objects.create(key="invitations", days=99, before=99, least=14, most=732)
    assert "99 days after" in client_for(people.head).get("/your-information/").content.decode()


def test_a_copy_is_disposed_of_after_its_days(people: People, data_folder: Path, settings: Any) -> None:
    asked = actions.ask(by=people.head, right=Right.COPY)
    bundle = work(asked)
    path = data_folder / "copies" / bundle.file
    assert path.stat().st_mode & 0o077 == 0
    stray = path.with_name("0" * 32 + ".zip")
    stray.write_bytes(b"left by a worker that died")
    assert tasks.dispose() == 0
    assert path.exists()
    Bundle.objects.update(keep_until=today())
    assert tasks.dispose() == 0
    Bundle.objects.update(keep_until=today() - timedelta(days=1))
    os.utime(stray, (0, 0))
    assert tasks.dispose() == 1
    assert tasks.dispose() == 0
    bundle.refresh_from_db()
    assert bundle.gone_at is not None
    assert not stray.exists()
    again = actions.ask(by=people.head, right=Right.COPY)
    assert again.pk != asked.pk


def test_the_file_goes_when_the_change_is_committed(
    people: People, data_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    bundle = work(actions.ask(by=people.head, right=Right.COPY))
    path = data_folder / "copies" / bundle.file
    with django_capture_on_commit_callbacks(execute=True):
        actions.dispose_of_copy(by=None, bundle=bundle)
    assert not path.exists()


def test_a_copy_that_fails_can_be_begun_again(
    people: People, monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    asked = actions.ask(by=people.head, right=Right.COPY)
    monkeypatch.setattr("isthmus.apps.accounts.rights.bundling.write", lambda *_: 1 / 0)
    bundle = work(asked)
    assert bundle.gone_at is not None
    assert list((data_folder / "copies").iterdir()) == []
    monkeypatch.undo()
    actions.make_copy(by=people.officer, thing=asked)
    assert work(asked).is_ready


def test_twice_is_once(people: People) -> None:
    assert actions.ask(by=people.head, right=Right.COPY) == actions.ask(by=people.head, right=Right.COPY)
    assert AuditEvent.objects.filter(action="rights.ask").count() == 1
    assert Bundle.objects.count() == 1


def test_nobody_judges_their_own_request(people: People, client_for: Clients) -> None:
    asked = actions.ask(by=people.officer, right=Right.OBJECT, text="No lists")
    assert asked.scope == INSTALLATION
    assert client_for(people.officer).get(f"/privacy/requests/{asked.pk}/").status_code == 404
    assert client_for(people.administrator).get(f"/privacy/requests/{asked.pk}/").status_code == 200
    own = actions.ask(by=people.administrator, right=Right.OBJECT, text="No lists")
    assert client_for(people.administrator).get(f"/privacy/requests/{own.pk}/").status_code == 404


def test_a_letter_is_recorded_with_who_checked_identity(people: People, client_for: Clients) -> None:
    invited(people)
    client = client_for(people.officer)
    come = today() - timedelta(days=3)
    form = {
        "right": "copy",
        "name": "Una Unknown",
        "email": "Una@Example.org",
        "came": "letter",
        "received_on_day": come.day,
        "received_on_month": come.month,
        "received_on_year": come.year,
    }
    assert (
        "Say how you checked who they are" in client.post("/privacy/requests/record/", form).content.decode()
    )
    assert not SubjectRequest.objects.exists()
    form["identity_how"] = "Called back"
    assert client.post("/privacy/requests/record/", form).status_code == 302
    asked = SubjectRequest.objects.get()
    assert (asked.email, asked.due_on, asked.identity_by) == (
        "una@example.org",
        after_months(come, 1),
        people.officer,
    )
    told = Message.objects.get(kind="rights.request")
    assert (told.to, told.person) == ("una@example.org", None)
    waits = [w for w in waiting_for(fresh(people.officer)) if w.url == f"/privacy/requests/{asked.pk}/"]
    assert [w.due for w in waits] == [asked.due_on]
    # Without an account the officer who deals with it has the copy made, saves it and answers.
    client.post(f"/privacy/requests/{asked.pk}/copy/")
    bundle = work(asked)
    asked.refresh_from_db()
    assert asked.is_open
    page = client.get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert "Save the copy" in page
    assert (
        client_for(people.other_officer).post(f"/your-information/copies/{bundle.pk}/save/").status_code
        == 404
    )
    assert client.post(f"/your-information/copies/{bundle.pk}/save/").status_code == 200
    client.post(f"/privacy/requests/{asked.pk}/answer/", {"outcome": "done", "answer": "Sent by post"})
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (RequestState.DONE, "Sent by post")


def test_somebody_of_another_area_is_not_the_officers(people: People, client_for: Clients) -> None:
    there = Scope(ScopeKind.AREA, people.other_area.pk)
    people_actions.invite(
        by=people.other_officer, email="both@example.org", name="B", role=Role.ADVISER, scope=there
    )
    asked = letter(people, Right.COPY, "both@example.org")
    assert asked.scope == there
    assert client_for(people.officer).get(f"/privacy/requests/{asked.pk}/").status_code == 404
    invited(people, "both@example.org")
    asked.delete()
    assert letter(people, Right.COPY, "both@example.org").scope == INSTALLATION


def test_more_time_is_taken_once_and_told(people: People, client_for: Clients) -> None:
    asked = letter(people, Right.OBJECT, invited(people).email, received_on=today() - timedelta(days=20))
    client = client_for(people.officer)
    client.post(f"/privacy/requests/{asked.pk}/extend/", {"reason": "Three years of minutes"})
    asked.refresh_from_db()
    assert asked.due_on == after_months(asked.received_on, 3)
    client.post(f"/privacy/requests/{asked.pk}/extend/", {"reason": "More"})
    assert AuditEvent.objects.filter(action="rights.extend").count() == 1
    texts = [json.dumps(m.letter) for m in Message.objects.filter(kind="rights.request")]
    assert sum("Three years of minutes" in text for text in texts) == 1
    assert {mail.kind_of(m).subject for m in Message.objects.filter(kind="rights.request")} == {
        "Your request about your information"
    }


def test_what_is_wrong_is_put_right_with_before_and_after(people: People, client_for: Clients) -> None:
    asked = actions.ask(by=people.head, right=Right.RECTIFY, text="My name has two n")
    client = client_for(people.officer)
    url = f"/privacy/requests/{asked.pk}/put-right/"
    page = client.get(url).content.decode()
    assert people.head.name in page
    places = columns.places(queries.subject_of(people.head.email))
    name = next(n for n, place in enumerate(places) if place.column == "name")
    same = {f"place{n}": place.value() for n, place in enumerate(places)}
    before = people.head.name
    assert "Nothing was changed" in client.post(url, {**same, "answer": "Done"}).content.decode()
    assert client.post(url, {**same, f"place{name}": "Anna Head", "answer": "Done"}).status_code == 302
    assert fresh(people.head).name == "Anna Head"
    told = AuditEvent.objects.get(action="rights.put_right").told
    assert told is not None
    label = places[name].label
    assert (told["before"], told["after"], told["why"]) == ({label: before}, {label: "Anna Head"}, "Done")


def test_the_slower_of_two_who_put_it_right_is_told_no_error(
    people: People, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = actions.ask(by=people.head, right=Right.RECTIFY, text="My name has two n")
    places = columns.places(queries.subject_of(people.head.email))
    name = next(n for n, place in enumerate(places) if place.column == "name")
    sent = {f"place{n}": place.value() for n, place in enumerate(places)} | {f"place{name}": "Anna Head"}
    find = columns.places

    def quicker(subject: personal.Subject) -> list[columns.Place]:
        actions.put_right(by=people.officer, asked=asked, values={places[name]: "Anna Head"}, answer="Done")
        return find(subject)

    monkeypatch.setattr(columns, "places", quicker)
    url = f"/privacy/requests/{asked.pk}/put-right/"
    assert client_for(people.officer).post(url, {**sent, "answer": "Done"}).status_code == 302
    assert AuditEvent.objects.filter(action="rights.put_right").count() == 1


def test_who_could_see_what_counts_a_restricted_person_without_their_name(
    people: People, client_for: Clients
) -> None:
    invitation = invited(people)
    people_actions.accept(by=None, invitation=invitation)
    client = client_for(people.officer)
    assert "Una Unknown is adviser" in client.get("/sharing/who/").content.decode()
    asked = letter(people, Right.RESTRICT, "una@example.org")
    actions.restrict(by=people.officer, asked=asked, answer="Done")
    page = client.get("/sharing/who/").content.decode()
    assert "Una Unknown" not in page
    assert "Somebody whose information may not be used is adviser" in page


def test_an_address_of_somebody_else_is_refused_whole(people: People) -> None:
    asked = actions.ask(by=people.head, right=Right.RECTIFY, text="My address")
    places = columns.places(queries.subject_of(people.head.email))
    email = [place for place in places if place.model == "accounts.Person" and place.column == "email"]
    values = dict.fromkeys(email, people.officer.email)
    if not email:
        email = [place for place in places if place.column == "name"]
        values = dict.fromkeys(email, "x" * 200)
    with pytest.raises(ValidationError):
        actions.put_right(by=people.officer, asked=asked, values=values, answer="Done")
    assert fresh(people.head).email == people.head.email
    asked.refresh_from_db()
    assert asked.is_open


def test_restricted_data_is_kept_and_not_used(people: People, client_for: Clients) -> None:
    head = people.head
    mail.send(TASK, mail.letter("It ended."), to=head.email, key="before", person_id=head.pk)
    asked = actions.ask(by=head, right=Right.RESTRICT)
    client = client_for(people.officer)
    assert (
        client.post(f"/privacy/requests/{asked.pk}/restrict/", {"reason": "Until we know"}).status_code == 302
    )
    assert personal.is_restricted(head.email.upper())
    assert Message.objects.get(key="before").state == MessageState.WITHDRAWN
    assert mail.send(TASK, mail.letter("It ended."), to=head.email, key="after") is None
    assert Message.objects.filter(
        to=head.email, kind="rights.request", letter__icontains="Until we know"
    ).exists()
    held = RoleHolding.objects.get(person=head)
    assert head.name not in client.get("/people/").content.decode()
    assert "may not be used" in client.get(f"/people/roles/{held.pk}/").content.decode()
    own = client_for(head).get("/your-information/")
    assert "used for nothing but your rights" in own.content.decode()
    assert client_for(head).post("/your-information/ask/copy/").status_code == 302

    assert client.post(f"/privacy/requests/{asked.pk}/lift/", {"reason": "It was right"}).status_code == 302
    assert not personal.is_restricted(head.email)
    assert head.name in client.get("/people/").content.decode()
    client.post(f"/privacy/requests/{asked.pk}/lift/", {"reason": "It was right"})
    assert AuditEvent.objects.filter(action="rights.lift_restriction").count() == 1


def test_a_restriction_follows_a_new_address(people: People) -> None:
    asked = actions.ask(by=people.head, right=Right.RESTRICT)
    actions.restrict(by=people.officer, asked=asked, answer="Done")
    people.head.email = "new@example.org"
    people.head.save()
    assert personal.is_restricted("new@example.org")
    assert Restriction.objects.count() == 1


def test_an_objection_is_decided_with_a_reason(people: People, client_for: Clients) -> None:
    asked = actions.ask(by=people.head, right=Right.OBJECT, text="No more lists")
    client = client_for(people.officer)
    url = f"/privacy/requests/{asked.pk}/answer/"
    assert "Choose the answer" in client.post(url, {"answer": "No"}).content.decode()
    assert "Say what you tell the person" in client.post(url, {"outcome": "refused"}).content.decode()
    client.post(url, {"outcome": "refused", "answer": "Others must see who leads the school"})
    client.post(url, {"outcome": "done", "answer": "Yes after all"})
    asked.refresh_from_db()
    assert (asked.state, asked.closed_by) == (RequestState.REFUSED, people.officer)
    assert AuditEvent.objects.filter(target_id=str(asked.pk)).count() == 2
    story = client.get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert "answered: not done" in story
    own = client_for(people.head).get(f"/your-information/requests/{asked.pk}/").content.decode()
    assert "Others must see who leads the school" in own


def test_the_subject_takes_a_request_back(people: People, client_for: Clients) -> None:
    asked = actions.ask(by=people.head, right=Right.OBJECT, text="No")
    url = f"/your-information/requests/{asked.pk}/withdraw/"
    assert client_for(people.officer).post(url).status_code == 404
    client_for(people.head).post(url)
    client_for(people.head).post(url)
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN
    assert AuditEvent.objects.filter(action="rights.withdraw").count() == 1


def test_the_list_is_searched_filtered_sorted_and_saved(
    people: People, client_for: Clients, list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)
    numbers = iter(range(100))

    def one() -> None:
        letter(people, Right.OBJECT, invited(people, f"n{next(numbers)}@example.org").email)

    list_query_count(one, lambda: client.get("/privacy/requests/"))
    found = SubjectRequest.objects.order_by("pk").first()
    assert found is not None
    page = client.get("/privacy/requests/", {"q": found.reference, "sort": "-due"}).content.decode()
    assert page.count("/privacy/requests/" + str(found.pk)) == 1
    assert "1 request<" in page.replace("\n", "")
    assert "No request fits" in client.get("/privacy/requests/", {"right": "erase"}).content.decode()
    actions.refuse(by=people.officer, asked=found, reason="No")
    assert found.reference not in client.get("/privacy/requests/").content.decode()
    assert found.reference in client.get("/privacy/requests/", {"state": "refused"}).content.decode()
    saved = client.get("/privacy/requests/export/", {"state": "all"}).content.decode("utf-8-sig")
    assert len(saved.splitlines()) == 1 + SubjectRequest.objects.count()
    assert (
        "No request fits"
        in client_for(people.other_officer).get("/privacy/requests/?state=all").content.decode()
    )
    assert client_for(people.head).get("/privacy/requests/").status_code == 403


def test_who_looks_after_privacy(people: People) -> None:
    assert people.officer.scopes(Permission.PRIVACY_MANAGE) == [area_of(people)]
    assert people.head.scopes(Permission.PRIVACY_MANAGE) == []
