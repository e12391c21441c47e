"""Paper forms: printed with the school's code, typed twice, and then answers like all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.surveys import actions, intake, papering
from isthmus.apps.surveys.models import (
    Answer,
    Ballot,
    PaperBatch,
    PaperSheet,
    Wave,
    WaveKind,
    WaveSchool,
    Who,
)
from isthmus.apps.surveys.presenters.waves import spaced

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]
ONE = {"q-know-1": "4", "q-know-2": "", "q-share-1": "5"}
TWO = {"q-know-1": "1", "q-know-2": "2", "q-share-1": "3"}


def first(wave: Wave) -> WaveSchool:
    return wave.schools.select_related("wave__instrument", "organisation").order_by("pk")[0]


def at(school: WaveSchool, name: str = "paper_entry", who: str = "staff") -> str:
    return reverse(f"surveys:{name}", args=[school.wave_id, school.pk, who])


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def post(client: Any, school: WaveSchool, do: str, number: int = 0, **fields: str) -> Any:
    return client.post(at(school), {"do": do, "number": str(number), **fields})


def typed_twice(client: Any, school: WaveSchool) -> None:
    for do in ("keep", "check"):
        for number, answers in ((1, ONE), (2, TWO)):
            assert post(client, school, do, number, **answers).status_code == 302
        post(client, school, "again")


def test_a_form_carries_code_role_promise_and_every_question(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    school = first(make_wave(comments=True))
    client = client_for(people.officer)
    assert at(school, "paper_form") in words(client.get(reverse("surveys:paper", args=[school.wave_id])))
    page = words(client.get(at(school, "paper_form")))
    for said in (spaced(school.code), "A member of staff", "anonymous", "1. We know what other schools do well.",
                 "☐ 4", "I cannot say", "What should we share next?", "Do not write your name"):  # fmt: skip
        assert said in page, said
    assert "We decide together." not in page, "that is for leaders"
    assert "We decide together." in words(client.get(at(school, "paper_form", "leaders")))
    printed = client.get(at(school, "paper_pdf"))
    assert printed.content.startswith(b"%PDF")


def test_forms_count_once_they_were_typed_twice(make_wave: Make, people: Any, client_for: Any) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    typed_twice(client, school)
    assert not Ballot.objects.exists(), "nothing counts before the end"
    assert "2 forms are ready to count" in words(client.get(at(school)))
    for _ in range(2):
        post(client, school, "hand-in")
    rows = {bytes(row.codes): row.who for row in Ballot.objects.all()}
    assert rows == {bytes([4, 255, 253, 255]): Who.STAFF, bytes([1, 2, 3, 255]): Who.STAFF}
    assert not PaperBatch.objects.exists()
    assert not PaperSheet.objects.exists()


def test_the_record_tells_neither_how_many_nor_whether_they_counted(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    before = AuditEvent.objects.count()
    typed_twice(client, school)
    post(client, school, "hand-in")
    kept = list(AuditEvent.objects.order_by("pk")[before:])
    post(client, school, "keep", 1, **ONE)
    post(client, school, "throw")
    thrown = list(AuditEvent.objects.order_by("pk")[before + len(kept) :])
    assert (
        [event.action for event in kept] == ["paper.begin", "paper.end"] == [event.action for event in thrown]
    )
    for one, other in zip(kept, thrown, strict=True):
        assert (one.target_id, one.scope) == (other.target_id, other.scope)
    assert Ballot.objects.count() == 2


def test_what_differs_is_shown_and_settled_by_the_sheet(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    post(client, school, "keep", 1, **ONE)
    post(client, school, "again")
    page = words(client.get(at(school)))
    assert "Form 1, for the second time" in page
    assert 'value="4"' not in page, "the first pass is not given away"
    differs = post(client, school, "check", 1, **{**ONE, "q-know-1": "3", "q-know-2": "2"})
    assert differs.status_code == 200
    assert "1. was typed as 4 (Fully) the first time" in words(differs)
    assert "2. was typed as nothing the first time" in words(differs)
    assert 'name="settled" value="1"' in words(differs)
    assert post(client, school, "hand-in").status_code == 302
    assert not Ballot.objects.exists(), "a form that was not settled holds all back"
    post(client, school, "check", 1, **{**ONE, "q-know-1": "3"}, settled="1")
    post(client, school, "hand-in")
    assert bytes(Ballot.objects.get().codes) == bytes([3, 255, 253, 255])


def test_a_form_that_is_not_there_is_left_out(make_wave: Make, people: Any, client_for: Any) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    for number in (1, 2):
        post(client, school, "keep", number, **ONE)
    post(client, school, "again")
    post(client, school, "check", 1, **ONE)
    post(client, school, "drop", 2)
    post(client, school, "hand-in")
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("typed", ["6", "0", "x", "-1", "1.5", "²"])
def test_a_number_that_is_not_on_the_form_is_refused(
    make_wave: Make, people: Any, client_for: Any, typed: str
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    page = post(client, school, "keep", 1, **{**ONE, "q-know-1": typed})
    assert "Type a number from 1 to 5, or nothing" in words(page)
    assert not PaperBatch.objects.exists()


def test_two_who_type_the_same_number_do_not_write_over_each_other(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    post(client, school, "keep", 1, **ONE)
    assert post(client, school, "keep", 1, **ONE).status_code == 302, "a double click"
    other = post(client, school, "keep", 1, **TWO)
    assert "was typed by somebody else meanwhile" in words(other)
    assert bytes(PaperSheet.objects.get().codes) == bytes([4, 255, 253, 255])


def test_a_killed_hand_in_counts_each_form_once(
    make_wave: Make, people: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    typed_twice(client, school)
    monkeypatch.setattr(papering, "end_typing", lambda **_given: False)
    post(client, school, "hand-in")
    assert PaperSheet.objects.count() == 2, "as if it had been killed before the drafts were removed"
    monkeypatch.undo()
    post(client, school, "hand-in")
    assert Ballot.objects.count() == 2


def test_the_close_takes_along_what_was_handed_in_and_no_draft(
    make_wave: Make, people: Any, client_for: Any
) -> None:
    school, client = first(make_wave()), client_for(people.officer)
    typed_twice(client, school)
    assert "Paper forms are being typed" in words(client.get(reverse("surveys:close", args=[school.wave_id])))
    actions.start_close(by=people.officer, wave=school.wave)
    post(client, school, "hand-in")
    actions.mix(by=None, wave=school.wave)
    assert not PaperSheet.objects.exists()
    assert not Answer.objects.exists()
    assert "cannot be typed now" in words(client.get(at(school)))


def test_who_may_type(make_wave: Make, people: Any, client_for: Any) -> None:
    school = first(make_wave())
    assert school.organisation == people.school
    head, other = client_for(people.head), client_for(people.other_officer)
    assert head.get(at(school)).status_code == 200, "whoever runs questionnaires for the school"
    assert at(school) in words(head.get(reverse("surveys:paper", args=[school.wave_id])))
    neighbour = school.wave.schools.exclude(pk=school.pk).get()
    assert head.get(at(neighbour)).status_code == 404
    assert at(neighbour) not in words(head.get(reverse("surveys:paper", args=[school.wave_id])))
    assert other.get(at(school)).status_code == 404
    assert head.get(at(school, who="pupils")).status_code == 404, "nobody asks them"


@pytest.mark.parametrize("kind", [WaveKind.ATTRIBUTED, WaveKind.IN_ROOM, WaveKind.CONFIDENTIAL])
def test_only_anonymous_ones_are_typed(make_wave: Make, people: Any, client_for: Any, kind: WaveKind) -> None:
    reader = {"reader_id": people.officer.pk} if kind == WaveKind.CONFIDENTIAL else {}
    school = first(make_wave(kind=kind, **reader))
    client = client_for(people.officer)
    assert client.get(at(school)).status_code == 404
    assert client.get(reverse("surveys:paper", args=[school.wave_id])).status_code == 404


def test_paper_is_taken_where_links_were_sent(make_wave: Make, people: Any, client_for: Any) -> None:
    from isthmus.apps.surveys.actions import rosters
    from isthmus.apps.surveys.queries.rosters import Listed

    school = first(make_wave())
    rosters.give_list(by=people.officer, school=school, people=[Listed("a@x.example", Who.STAFF)])
    assert rosters.send_links(by=people.officer, wave=school.wave)
    client = client_for(people.officer)
    typed_twice(client, school)
    post(client, school, "hand-in")
    assert Ballot.objects.count() == 2
    plain = intake.take(school=school, ballot=intake.draw(), who=Who.STAFF, codes=b"\xff" * 4, comments={})
    assert plain == intake.Taken.LINKED
