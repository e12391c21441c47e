"""What becomes of an answer where the database takes nothing, and what the database keeps of the order of answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from isthmus.apps.surveys import intake, tasks
from isthmus.apps.surveys.models import Ballot, Wave
from isthmus.apps.surveys.queries import opened_school
from isthmus.apps.surveys.scrubbing import scrub, stir

Make = Callable[..., Wave]
FORM = {
    "ballot": "77",
    "who": "staff",
    "page": "2",
    "q-know-1": "4",
    "t-share-3": "<b>Books</b>",
    "do": "send",
}


def code(wave: Wave) -> str:
    return str(wave.schools.order_by("pk").values_list("code", flat=True)[0])


@pytest.mark.django_db
def test_where_the_database_takes_nothing_all_answers_stay_in_the_form(
    make_wave: Make, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = f"/a/{code(make_wave(comments=True))}/questions/"

    def full(**_given: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "take", full)
        response = client.post(at, FORM)
    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "Your answers are not sent yet" in page
    for name, value in FORM.items():
        shown = value.replace("<", "&lt;").replace(">", "&gt;")
        assert f'name="{name}" value="{shown}"' in page, name
    assert not Ballot.objects.exists()
    assert client.post(at, FORM).status_code == 302
    assert Ballot.objects.get().comments == {"share-3": "<b>Books</b>"}


@pytest.mark.django_db
def test_a_number_that_no_form_drew_is_refused_however_long(make_wave: Make, client: Client) -> None:
    school = code(make_wave())
    response = client.post(f"/a/{school}/questions/", {**FORM, "ballot": "0" * 19 + "77" * 10})
    assert response.url == f"/a/{school}/"
    assert not Ballot.objects.exists()


@pytest.mark.django_db
def test_what_is_remembered_of_a_school_does_not_keep_its_wave_open(
    make_wave: Make, client: Client, people: Any
) -> None:
    from isthmus.apps.surveys import actions

    wave = make_wave()
    school = code(wave)
    assert client.post(f"/a/{school}/questions/", FORM).url.endswith("/thanks/")
    assert opened_school(school) is opened_school(school)
    assert actions.start_close(by=people.officer, wave=wave) is not None
    response = client.post(f"/a/{school}/questions/", {**FORM, "ballot": "78"})
    assert response.url == f"/a/{school}/"
    assert Ballot.objects.count() == 1


@pytest.mark.django_db
def test_a_school_of_a_wave_that_is_not_open_is_not_remembered(make_wave: Make, people: Any) -> None:
    from isthmus.apps.surveys import actions

    wave = make_wave(opened=False)
    assert opened_school(code(wave)) is None
    assert actions.open_wave(by=people.officer, wave=wave)
    assert opened_school(code(wave)) is not None


@pytest.mark.django_db
def test_tables_are_not_written_anew_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        scrub()


def places() -> list[tuple[Any, ...]]:
    """Rows of ballots as PostgreSQL holds them: number and transaction, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text FROM surveys_ballot ORDER BY ctid")
        return list(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_stirring_keeps_every_ballot_and_takes_out_the_order(make_wave: Make, answer: Any) -> None:
    wave = make_wave(comments=True)
    school = wave.schools.select_related("wave__instrument").first()
    for number in range(30):
        answer(school, comments={"share-3": f"said {number}"})
    before = list(Ballot.objects.order_by("pk").values_list())
    if connection.vendor == "postgresql":
        assert [pk for pk, _ in places()] != sorted(pk for pk, _ in places())
    tasks.stir_what_is_open()
    assert [(*row[:4], bytes(row[4]), row[5]) for row in Ballot.objects.order_by("pk").values_list()] == [
        (*row[:4], bytes(row[4]), row[5]) for row in before
    ]
    if connection.vendor == "postgresql":
        assert [pk for pk, _ in places()] == sorted(pk for pk, _ in places())
        assert len({number for _, number in places()}) == 1
    answer(school)
    stir()
    scrub()
    assert Ballot.objects.count() == 31


@pytest.mark.parametrize("broken", [False, True])
def test_answers_that_wait_for_each_other_are_written_together(
    monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    """While one is written others wait; the next writes all of them, and where that goes wrong each its own."""
    batches: list[int] = []

    def write(batch: list[Any]) -> None:
        batches.append(len(batch))
        if broken and len(batch) > 1:
            raise OperationalError("not together")
        for row in batch:
            row.kept = True

    monkeypatch.setattr(intake, "_write", write)
    rows = [intake._Waiting([number]) for number in range(4)]
    threads = [threading.Thread(target=intake._write_in_turn, args=(row,)) for row in rows]
    with intake._TURN:
        for thread in threads:
            thread.start()
        while len(intake._waiting) < len(rows):
            time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert batches == ([4, 1, 1, 1, 1] if broken else [4])
    assert [row.kept for row in rows] == [True] * 4
    assert intake._waiting == []


def test_what_could_not_be_written_is_told_to_nobody_as_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_batch: list[Any]) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(intake, "_write", full)
    row = intake._Waiting([1])
    with pytest.raises(OperationalError):
        intake._write_in_turn(row)
    assert row.kept is None
    assert intake._waiting == []
