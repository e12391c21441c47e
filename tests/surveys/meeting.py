"""A meeting with answers, made with one call."""

from __future__ import annotations

from typing import Any

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions.meetings import start_meeting
from isthmus.apps.surveys.models import Meeting, Wave, WaveKind, WaveSchool, Way, Who
from tests import factories
from tests.conftest import People
from tests.surveys.making import a_response, a_wave, row_of


def room_wave(people: People, **changes: Any) -> Wave:
    """A wave in the room of the officer's area, which asks the head's school and another."""
    schools = [people.school, factories.school(people.area)]
    scope = Scope(ScopeKind.AREA, people.area.pk)
    return a_wave(scope, schools, by=people.officer, **{"kind": WaveKind.IN_ROOM, **changes})


def a_meeting(people: People, way: Way = Way.APART, **changes: Any) -> Meeting:
    """The meeting of such a wave, begun by the officer."""
    found = start_meeting(by=people.officer, wave=room_wave(people, **changes), way=way)
    assert found is not None
    return Meeting.objects.select_related("wave__instrument").get(pk=found.pk)


def said(school: WaveSchool, name: str, text: str = "", **codes: int) -> None:
    """Somebody of a school sends their answers; `know_1=4` for the item 'know-1'."""
    given = {key.replace("_", "-"): code for key, code in codes.items()}
    comments = {"share-3": text} if text else {}
    row = row_of(school, Who.LEADERS, given)
    a_response(school, None, name=name, ballot=intake.draw(), codes=row, comments=comments)
