"""Single-use links: one answer each, marked late and many at once, with nothing that leads from a link to an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from isthmus.apps.core import mail_delivery
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.tokens import derived
from isthmus.apps.surveys import actions, emails, intake, spending, tasks
from isthmus.apps.surveys.actions import rosters
from isthmus.apps.surveys.marking import mark_used
from isthmus.apps.surveys.models import (
    Answer,
    Ballot,
    Invited,
    Response,
    Roster,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
    Who,
)
from isthmus.apps.surveys.queries.rosters import Listed

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, settings: Any) -> Path:
    """A list of used links of each test's own."""
    settings.MEMORY = tmp_path
    return tmp_path


def linked(make_wave: Make, people: Any, number: int = 12, **changes: Any) -> WaveSchool:
    """The first school of an open wave, whose staff have links that count."""
    wave = make_wave(**changes)
    school: WaveSchool = wave.schools.select_related("wave__instrument", "organisation").order_by("pk")[0]
    listed = [Listed(f"p{n}@school.example", Who.STAFF) for n in range(number)]
    assert rosters.give_list(by=people.officer, school=school, people=listed)
    assert rosters.send_links(by=people.officer, wave=wave)
    return school


def token(one: Invited, wave: Wave) -> str:
    made = emails.token_of(one, wave)
    return derived(made.purpose, made.reference)


def tokens(school: WaveSchool) -> list[str]:
    return [token(one, school.wave) for one in school.invited.order_by("email")]


def send(client: Client, school: WaveSchool, key: str, **more: str) -> Any:
    given = {"ballot": str(intake.draw()), "who": "staff", "page": "2", "q-know-1": "4", "do": "send"}
    return client.post(f"/a/{school.code}/link/{key}/questions/", {**given, **more})


def test_a_link_leads_to_the_questions_and_counts_once(make_wave: Make, people: Any, client: Client) -> None:
    school = linked(make_wave, people)
    key = tokens(school)[0]
    page = client.get(f"/a/{school.code}/link/{key}/").content.decode()
    assert "What is known of your link" in page
    started = client.post(f"/a/{school.code}/link/{key}/questions/", {"do": "start"}).content.decode()
    assert f'action="/a/{school.code}/link/{key}/questions/"' in started
    assert 'name="who" value="staff"' in started, "the list says as whom they answer"
    first = send(client, school, key)
    assert (first.status_code, first.url) == (302, f"/a/{school.code}/thanks/")
    again = send(client, school, key)
    assert "Your link was used before" in again.content.decode()
    assert Ballot.objects.count() == 1
    assert client.get(f"/a/{school.code}/link/{key}/").content.decode() == page, "a link does not tell"


def test_the_same_form_sent_twice_is_one_answer_and_no_mistake(
    make_wave: Make, people: Any, client: Client
) -> None:
    school = linked(make_wave, people)
    key = tokens(school)[0]
    assert [send(client, school, key, ballot="77").status_code for _ in range(3)] == [302, 302, 302]
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("path", ["", "questions/", "link/{bad}/questions/", "link//questions/"])
def test_nobody_gets_round_the_links(make_wave: Make, people: Any, client: Client, path: str) -> None:
    school = linked(make_wave, people)
    given = {"ballot": "5", "who": "staff", "page": "2", "q-know-1": "4"}
    for do in ("send", "start", "next"):
        for more in ({}, {"token": ""}, {"link": tokens(school)[0]}, {"mark": "0"}):
            client.post(f"/a/{school.code}/{path.format(bad='x' * 43)}", {**given, **more, "do": do})
    assert not Ballot.objects.exists()
    assert "by a link of their own" in client.get(f"/a/{school.code}/").content.decode()
    other = school.wave.schools.exclude(pk=school.pk).get()
    wrong = client.post(f"/a/{other.code}/link/{tokens(school)[0]}/questions/", {**given, "do": "send"})
    assert wrong.status_code == 200
    assert not Ballot.objects.exists(), "a link is of its school"
    client.post(
        f"/a/{school.code}/link/{tokens(school)[0]}/questions/", {**given, "who": "leaders", "do": "send"}
    )
    assert not Ballot.objects.exists(), "and of its kind of people"
    assert client.post(f"/a/{other.code}/questions/", {**given, "do": "send"}).status_code == 302
    assert Ballot.objects.count() == 1, "where no links were sent the code does"


def test_marks_come_for_so_many_of_a_kind_at_once_and_no_sooner(
    make_wave: Make, people: Any, client: Client
) -> None:
    school = linked(make_wave, people, number=14)
    assert school.wave.k == 10
    for key in tokens(school)[:9]:
        assert send(client, school, key).status_code == 302
    assert mark_used() == 0
    assert not Invited.objects.filter(answered=True).exists()
    assert len(spending.waiting()) == 9
    for key in tokens(school)[9:11]:
        send(client, school, key)
    assert mark_used() == 11
    assert Invited.objects.filter(answered=True).count() == 11
    assert spending.waiting() == []
    assert "Your link was used before" in send(client, school, tokens(school)[3]).content.decode()
    assert Ballot.objects.count() == 11


def test_the_list_in_memory_shows_no_order_and_nothing_but_hashes(
    make_wave: Make, people: Any, client: Client, memory: Path
) -> None:
    school = linked(make_wave, people)
    for key in tokens(school)[:8]:
        send(client, school, key)
    (file,) = memory.iterdir()
    lines = file.read_text().splitlines()
    assert lines == sorted(lines)
    assert set(lines) < set(Invited.objects.values_list("mark", flat=True))
    assert file.stat().st_mode & 0o77 == 0
    ballots = b"".join(str(n).encode() for n in Ballot.objects.values_list("pk", flat=True))
    assert not any(line.encode() in ballots for line in lines)


def test_somebody_killed_before_the_mark_leaves_a_link_and_loses_no_answer(
    make_wave: Make, people: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = linked(make_wave, people)
    key = tokens(school)[0]

    class Killed(BaseException):
        """As SIGKILL: nothing after it runs."""

    def dies(_mark: str) -> None:
        raise Killed

    monkeypatch.setattr(spending, "used", dies)
    monkeypatch.setattr(spending, "release", dies)
    with pytest.raises(Killed):
        send(client, school, key, ballot="77")
    assert Ballot.objects.count() == 1, "the answer came first"
    monkeypatch.undo()
    monkeypatch.setattr(spending, "PATIENCE", 0.1)
    monkeypatch.setattr(spending, "TOO_LONG", 0.0)
    assert send(client, school, key, ballot="77").status_code == 302, "the same form is the same answer"
    assert Ballot.objects.count() == 1


def test_a_database_that_fails_leaves_the_link(make_wave: Make, people: Any, client: Client) -> None:
    school = linked(make_wave, people)
    key = tokens(school)[0]

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if "INTO surveys_ballot" in sql:
            raise OperationalError("no")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        failed = send(client, school, key)
    assert failed.status_code == 503
    assert f'action="/a/{school.code}/link/{key}/questions/"' in failed.content.decode()
    assert spending.waiting() == []
    assert send(client, school, key).status_code == 302


def test_one_link_used_by_twenty_at_once_is_claimed_by_one(settings: Any) -> None:
    mark, won = "a" * 64, []
    barrier = threading.Barrier(20)

    def use() -> None:
        barrier.wait()
        if spending.claim(mark):
            spending.used(mark)
            won.append(1)

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert spending.waiting() == [mark]


@pytest.mark.parametrize("second", [100.0006, 100.0])
def test_a_claim_of_this_very_moment_holds(second: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written in thousandths, a time may be rounded to one to come."""
    monkeypatch.setattr("time.monotonic", lambda: second)
    monkeypatch.setattr(spending, "PATIENCE", -1.0)
    assert spending.claim("a" * 64)
    assert not spending.claim("a" * 64)


def test_a_torn_list_costs_marks_and_nothing_else(memory: Path) -> None:
    spending.used("a" * 64)
    spending.used("b" * 64)
    (file,) = memory.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert spending.waiting() == ["a" * 64]
    assert spending.claim("b" * 64)


def test_the_mail_goes_to_those_asked_and_nothing_of_it_stays(
    make_wave: Make, people: Any, client: Client
) -> None:
    school = linked(make_wave, people, number=3)
    run_mail(school.wave, 0)
    run_mail(school.wave, 0)
    rows = Message.objects.filter(kind="survey.link")
    assert rows.count() == 3, "a task that is done twice writes once"
    assert mail_delivery.deliver() == 3
    for row in rows:
        assert (row.to, row.letter, row.token, row.state) == ("", {}, None, "sent")
        one = school.invited.all()[0]
        assert str(one.pk) not in row.key
        assert str(one.mark) != row.key
    run_mail(school.wave, 1)
    assert {row.to for row in rows.filter(state="waiting")} == {f"p{n}@school.example" for n in range(3)}


def run_mail(wave: Wave, reminder: int) -> None:
    class Job:
        params = {"wave": wave.pk, "reminder": reminder}
        message = ""

        def progress(self, *_words: Any) -> None:
            """Nobody looks."""

    tasks.send_mail(Job())  # type: ignore[arg-type]  # as much of a task as it uses


def test_reminders_go_to_those_not_marked_and_tell_nobody_who(
    make_wave: Make, people: Any, client: Client
) -> None:
    school = linked(make_wave, people, number=12)
    run_mail(school.wave, 0)
    mail_delivery.deliver()
    for key in tokens(school)[:10]:
        send(client, school, key)
    assert rosters.remind(by=people.officer, wave=school.wave) is None, (
        "not on the day of the links themselves"
    )
    Roster.objects.update(reminded_on=today() - timedelta(days=2))
    assert rosters.remind(by=people.officer, wave=school.wave)
    run_mail(school.wave, 1)
    due = Message.objects.filter(kind="survey.link", state="waiting")
    emails_ = sorted(f"p{n}@school.example" for n in range(12))
    assert {row.to for row in due} == set(emails_[10:]), "those without a mark"
    assert rosters.remind(by=people.officer, wave=school.wave) is None, "not twice in two days"
    assert AuditEvent.objects.filter(action="roster.remind").count() == 1


def test_closing_removes_lists_marks_and_unsent_mail(make_wave: Make, people: Any, client: Client) -> None:
    school = linked(make_wave, people)
    run_mail(school.wave, 0)
    send(client, school, tokens(school)[0])
    actions.start_close(by=people.officer, wave=school.wave)
    actions.mix(by=None, wave=school.wave)
    assert Answer.objects.count() == 1
    assert not Invited.objects.exists()
    assert not Roster.objects.exists()
    assert (
        not Message.objects.filter(kind="survey.link").exclude(to="", token=None, state="withdrawn").exists()
    )
    mark_used()
    assert spending.waiting() == []


def test_a_link_after_the_close_says_that_it_is_closed(make_wave: Make, people: Any, client: Client) -> None:
    school = linked(make_wave, people)
    key = tokens(school)[0]
    actions.start_close(by=people.officer, wave=school.wave)
    actions.mix(by=None, wave=school.wave)
    assert "is closed" in client.get(f"/a/{school.code}/link/{key}/").content.decode()
    late = send(client, school, key)
    assert late.status_code == 302
    assert late.url == f"/a/{school.code}/link/{key}/"
    assert not Ballot.objects.exists()


def test_a_confidential_answer_by_a_link_is_marked_at_once(
    make_wave: Make, people: Any, client: Client
) -> None:
    school = linked(make_wave, people, kind=WaveKind.CONFIDENTIAL, reader_id=people.officer.pk)
    key = tokens(school)[0]
    assert send(client, school, key, name="Pat", ballot="7").status_code == 302
    assert send(client, school, key, name="Pat", ballot="7", **{"q-know-1": "1"}).url.endswith("/thanks/")
    assert "Your link was used before" in send(client, school, key, name="Other").content.decode()
    assert Response.objects.get().name == "Pat"
    assert Invited.objects.filter(answered=True).count() == 1
    plain = {"ballot": "9", "who": "staff", "page": "2", "name": "X", "do": "send"}
    assert "/thanks/" not in client.post(f"/a/{school.code}/questions/", plain).headers["Location"]


def test_lists_are_fixed_once_links_were_sent(make_wave: Make, people: Any) -> None:
    school = linked(make_wave, people)
    more = [Listed("new@school.example", Who.STAFF)]
    assert not rosters.give_list(by=people.officer, school=school, people=more)
    assert not rosters.draw_sample(by=people.officer, wave=school.wave, asked=None)
    assert not rosters.ask_school(by=people.officer, school=school)
    assert rosters.send_links(by=people.officer, wave=school.wave) is None
    assert school.invited.count() == 12


def test_a_draft_takes_lists_and_an_attributed_one_none(make_wave: Make, people: Any) -> None:
    listed = [Listed("a@school.example", Who.STAFF)]
    draft = make_wave(opened=False)
    school = draft.schools.order_by("pk")[0]
    assert rosters.give_list(by=people.officer, school=school, people=listed)
    assert rosters.send_links(by=people.officer, wave=draft) is None, "nobody can answer yet"
    named = make_wave(kind=WaveKind.ATTRIBUTED).schools.order_by("pk")[0]
    assert not rosters.give_list(by=people.officer, school=named, people=listed)
    assert draft.state == WaveState.DRAFT
