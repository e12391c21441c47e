"""What questionnaires tell the rest of the house: what waits, what is found, what changed, what a school takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from isthmus.apps.core import changes
from isthmus.apps.core.dates import today
from isthmus.apps.core.personal import Subject, find
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.search import search
from isthmus.apps.core.waiting import open_for, waiting_for
from isthmus.apps.surveys import actions, organisations
from isthmus.apps.surveys.models import Comment, Report, Response, Wave, WaveKind, WaveState
from tests import factories
from tests.conftest import People
from tests.surveys.making import a_response, a_wave

pytestmark = pytest.mark.django_db


def wave_of(people: People, **changes: Any) -> Wave:
    """A wave of the officer's area that asks the head's school."""
    scope = Scope(ScopeKind.AREA, people.area.pk)
    return a_wave(scope, [people.school, factories.school(people.area)], by=people.officer, **changes)


def close(wave: Wave, **report: Any) -> None:
    Wave.objects.filter(pk=wave.pk).update(state=WaveState.CLOSED, closed_at=timezone.now())
    Report.objects.create(wave=wave, content="{}", digest="x", **report)


def titles(person: Any) -> list[str]:
    return [item.title for item in waiting_for(person)]


def test_a_head_is_told_until_somebody_answered_for_the_school(people: People) -> None:
    wave = wave_of(people, kind=WaveKind.ATTRIBUTED)
    wave_of(people)  # an anonymous one waits for nobody by name
    wanted = f"‘{wave.name}’ asks {people.school.name}"
    assert titles(people.head).count(wanted) == 1
    assert wanted not in titles(people.other_officer)
    a_response(wave.schools.get(organisation=people.school), people.head)
    assert wanted not in titles(people.head)


def test_an_end_that_is_near_waits_for_whoever_runs_it(people: People) -> None:
    wave_of(people, until=today() + timedelta(days=9), name="Far")
    wave_of(people, until=today() + timedelta(days=2), name="Near")
    assert "The last day of ‘Near’ is near" in titles(people.officer)
    assert not any("Far" in title for title in titles(people.officer))
    assert not any("Near" in title for title in [*titles(people.head), *titles(people.other_officer)])


def test_a_report_waits_for_a_week(people: People) -> None:
    fresh, old = wave_of(people, name="Fresh"), wave_of(people, name="Old")
    close(fresh)
    close(old, made_at=timezone.now() - timedelta(days=8))
    found = titles(people.officer)
    assert "The report of ‘Fresh’ is ready" in found
    assert "The report of ‘Old’ is ready" not in found
    assert not any("Fresh" in title for title in titles(people.other_officer))


def test_comments_wait_only_where_enough_people_wrote(people: People) -> None:
    wave = wave_of(people, comments=True)
    few, many = wave.schools.order_by("pk")
    for school, number in ((few, 9), (many, 11)):
        for _ in range(number):
            Comment.objects.create(wave=wave, school=school, item="share-3", text="x")
    close(wave)
    assert f"11 comments on ‘{wave.name}’ to look at" in titles(people.officer)
    Comment.objects.filter(school=many).update(looked_at=True)
    assert not any("comment" in title for title in titles(people.officer))


def test_what_is_not_closed_goes_to_a_successor(people: People) -> None:
    wave, over = wave_of(people, name="Going on"), wave_of(people, name="Over")
    close(over)
    found = [item.title for item in open_for(people.officer, wave.scope)]
    assert "Questionnaire ‘Going on’" in found
    assert "Questionnaire ‘Over’" not in found
    assert open_for(people.officer, Scope(ScopeKind.NETWORK, people.area.pk)) == []


def test_search_finds_what_the_person_may_see(people: People) -> None:
    wave_of(people, name="Otters and badgers")
    wave_of(people, name="Otters not open", opened=False)
    wave_of(people, name="Otters confidential", kind=WaveKind.CONFIDENTIAL, reader_id=people.officer.pk)

    def found(person: Any) -> set[str]:
        return {one.title for group in search(person, "otters") for one in group.results}

    assert found(people.officer) == {"Otters and badgers", "Otters not open", "Otters confidential"}
    assert found(people.head) == {"Otters and badgers"}
    assert found(people.other_officer) == found(None) == set()


def test_who_answered_is_told_to_those_who_run_it_alone(people: People) -> None:
    since = timezone.now() - timedelta(minutes=1)
    wave = wave_of(people, kind=WaveKind.ATTRIBUTED)
    school = wave.schools.select_related("wave__instrument").get(organisation=people.school)
    row = a_response(school, None, name="")
    codes = bytes(row.codes)
    row.delete()
    colleague = factories.person(name="Wilma Writer")
    actions.respond(by=colleague, school=school, ballot=5, who="leaders", codes=codes, comments={})

    def lines(person: Any) -> list[str]:
        return [
            line for group in changes.since(person, since) for thing in group.things for line in thing.lines
        ]

    # The officer opened it herself, so is told only what others did.
    assert any("Wilma Writer" in line for line in lines(people.officer))
    assert any("opened the wave" in line for line in lines(people.head))
    assert not any("Wilma" in line for line in lines(people.head))
    assert not any("wave" in line or "Wilma" in line for line in lines(people.other_officer))


def test_an_erasure_takes_a_school_s_answer_its_name_and_all_else_away(people: People) -> None:
    data = find("survey-responses")
    assert data
    own = a_response(wave_of(people, kind=WaveKind.ATTRIBUTED).schools.order_by("pk")[0], people.head)
    room = a_response(wave_of(people, kind=WaveKind.IN_ROOM).schools.order_by("pk")[0], people.head)
    others = a_response(wave_of(people, kind=WaveKind.IN_ROOM).schools.order_by("pk")[0], people.officer)
    done = data.erase(Subject(people.head.email, people.head.pk))
    assert (done.count, done.kept) == (2, 0)
    own.refresh_from_db()
    assert (own.person_id, own.name) == (None, "")
    assert own.comments
    assert list(Response.objects.order_by("pk")) == [own, others]
    assert room.pk not in Response.objects.values_list("pk", flat=True)


def test_what_a_closed_report_counted_stays_and_says_so(people: People) -> None:
    data = find("survey-responses")
    assert data
    wave = wave_of(people, kind=WaveKind.IN_ROOM)
    a_response(wave.schools.order_by("pk")[0], people.head)
    close(wave)
    done = data.erase(Subject(people.head.email, people.head.pk))
    assert (done.count, done.kept) == (1, 1)
    assert "The report of a closed questionnaire had counted it" in done.why_kept
    assert not Response.objects.exists()
    assert Report.objects.exists()


def test_a_school_takes_its_own_along_and_leaves_what_people_said(people: People) -> None:
    own, other = wave_of(people, kind=WaveKind.ATTRIBUTED).schools.order_by("pk")
    a_response(own, people.head, comments={"share-3": "Our minibus"})
    a_response(other, people.officer, comments={"share-3": "Their piano"})
    quiet = wave_of(people, kind=WaveKind.CONFIDENTIAL, reader_id=people.officer.pk).schools.order_by("pk")[0]
    secret = a_response(quiet, people.officer, comments={"share-3": "Between us"})
    told = str(list(organisations._of(Scope(ScopeKind.ORGANISATION, people.school.pk))))
    assert "Our minibus" in told
    assert "Their piano" not in told
    assert "Between us" not in told, "who said what to one person is not the school's to know"
    done = organisations._purge(Scope(ScopeKind.ORGANISATION, people.school.pk))
    assert (done.count, done.kept) == (2, 2)
    assert "without a name" in done.why_kept
    assert [row.school_id for row in Response.objects.all()] == [other.pk]
    assert secret.pk not in Response.objects.values_list("pk", flat=True)
