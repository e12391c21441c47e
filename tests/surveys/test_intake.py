"""Anonymous answers: taken once, without a trace of who, when or in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.test import Client

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.surveys import actions, intake
from isthmus.apps.surveys.models import Answer, Ballot, Comment, Wave, WaveKind, WaveSchool, Who

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


def first(wave: Wave) -> WaveSchool:
    school = wave.schools.select_related("wave__instrument", "organisation").order_by("pk").first()
    assert school is not None
    return school


def send(client: Client, school: WaveSchool, **more: str) -> Any:
    """Start as staff, answer two questions of the first part, go on to the end and send."""
    ballot = str(intake.draw())
    given = {"ballot": ballot, "who": "staff", "page": "2", "q-know-1": "4", "q-share-1": "-3", "do": "send"}
    return client.post(f"/a/{school.code}/questions/", {**given, **more})


def test_the_tables_of_answers_hold_no_person_and_no_moment() -> None:
    for table in (Ballot, Answer, Comment):
        for field in table._meta.get_fields():
            assert not isinstance(field, (models.DateField, models.TimeField, models.DurationField)), field
            assert field.related_model in (None, Wave, WaveSchool), field


def test_an_answer_is_kept_and_nothing_else(make_wave: Make, client: Client) -> None:
    school = first(make_wave())
    before = AuditEvent.objects.count()
    response = send(client, school)
    assert response.status_code == 302
    assert response.url == f"/a/{school.code}/thanks/"
    row = Ballot.objects.get()
    assert (row.school_id, row.who) == (school.pk, Who.STAFF)
    assert bytes(row.codes) == bytes([4, 255, 253, 255])
    assert row.comments == {}
    assert AuditEvent.objects.count() == before
    assert not response.cookies


def test_a_signed_in_person_is_not_known_there(make_wave: Make, people: Any, client_for: Any) -> None:
    school = first(make_wave())
    client = client_for(people.officer)
    page = client.get(f"/a/{school.code}/").content.decode()
    assert people.officer.name not in page
    assert "Sign out" not in page


def test_the_same_ballot_is_one_answer(make_wave: Make, client: Client) -> None:
    school = first(make_wave())
    for code in "44321":
        send(client, school, ballot="77", **{"q-know-1": code})
    row = Ballot.objects.get()
    assert bytes(row.codes)[0] == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"ballot": ""},
        {"ballot": "0"},
        {"ballot": "-5"},
        {"ballot": "9" * 30},
        {"ballot": "seven"},
        {"who": "pupils"},
        {"who": ""},
    ],
)
def test_what_is_no_form_of_the_wave_is_not_kept(
    make_wave: Make, client: Client, wrong: dict[str, str]
) -> None:
    school = first(make_wave())
    assert send(client, school, **wrong).url == f"/a/{school.code}/"
    assert not Ballot.objects.exists()


def test_what_is_not_on_the_scale_or_not_asked_is_left_out(make_wave: Make, client: Client) -> None:
    school = first(make_wave())
    send(
        client,
        school,
        **{"q-know-1": "9", "q-know-2": "-2", "q-share-1": "x", "q-share-2": "4", "t-share-3": "?"},
    )
    row = Ballot.objects.get()
    assert bytes(row.codes) == bytes([255] * 4)
    assert row.comments == {}, "this wave asks for no comments"


def test_comments_only_where_the_wave_asks_for_them(make_wave: Make, client: Client) -> None:
    school = first(make_wave(comments=True))
    send(
        client,
        school,
        **{"t-share-3": " Our\x00 library ", "t-know-2:comment": "Visits", "t-know-1": "no such"},
    )
    assert Ballot.objects.get().comments == {"share-3": "Our library", "know-2:comment": "Visits"}


def test_a_closed_wave_takes_nothing(make_wave: Make, client: Client, people: Any) -> None:
    wave = make_wave()
    assert actions.start_close(by=people.officer, wave=wave) is not None
    school = first(wave)
    assert send(client, school).url == f"/a/{school.code}/"
    assert not Ballot.objects.exists()
    assert "closed" in client.get(f"/a/{school.code}/").content.decode()
    taken = intake.take(school=school, ballot=5, who="staff", codes=b"\xff" * 4, comments={})
    assert taken == intake.Taken.CLOSED
    assert not Ballot.objects.exists()


def test_a_wave_that_is_not_open_is_not_there(make_wave: Make, client: Client) -> None:
    school = first(make_wave(opened=False))
    for path in ("", "thanks/"):
        assert client.get(f"/a/{school.code}/{path}").status_code == 404
    assert send(client, school).status_code == 404


def test_pages_before_travel_along(make_wave: Make, client: Client) -> None:
    school = first(make_wave(comments=True))
    at = f"/a/{school.code}/questions/"
    page = client.post(at, {"do": "start", "who": "leaders"}).content.decode()
    assert "Knowing each other" in page
    given = {"ballot": "12", "who": "leaders", "page": "0", "q-know-1": "4", "t-know-2:comment": "<b>"}
    page = client.post(at, {**given, "do": "next"}).content.decode()
    assert '<input type="hidden" name="q-know-1" value="4">' in page
    assert 'value="&lt;b&gt;"' in page
    assert "We decide together." in page
    last = client.post(at, {**given, "page": "1", "q-share-2": "1", "do": "next"}).content.decode()
    assert "You answered 2 of 4 questions" in last
    again = client.post(at, {**given, "page": "1", "do": "back"}).content.decode()
    assert "Knowing each other" in again


def test_who_answers_must_be_said_where_several_are_asked(make_wave: Make, client: Client) -> None:
    school = first(make_wave())
    page = client.post(f"/a/{school.code}/questions/", {"do": "start"}).content.decode()
    assert "Choose as whom you are answering" in page
    alone = first(make_wave(asked=[Who.STAFF]))
    assert (
        "Knowing each other" in client.post(f"/a/{alone.code}/questions/", {"do": "start"}).content.decode()
    )


def test_a_code_is_read_as_people_type_it(make_wave: Make, client: Client) -> None:
    school = first(make_wave())
    typed = f" {school.code[:4].upper()} {school.code[4:]} "
    assert client.post("/a/", {"code": typed}).url == f"/a/{school.code}/"
    assert "There is no questionnaire with this code" in client.post("/a/", {"code": "zzzz"}).content.decode()


def test_the_promise_stands_before_the_first_question(make_wave: Make, client: Client) -> None:
    school = first(make_wave(k=12))
    page = client.get(f"/a/{school.code}/").content.decode()
    assert "This questionnaire is anonymous." in page
    assert "groups of 12 people or more" in page
    room = first(make_wave(kind=WaveKind.IN_ROOM))
    assert "shared by those who are present" in client.get(f"/a/{room.code}/").content.decode()
