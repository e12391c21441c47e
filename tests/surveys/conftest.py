"""A wave of the collaboration diagnostic in two schools, and people who answer it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions import Asking, keep_instrument, open_wave, start_wave
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.models import Instrument, Wave, WaveKind, WaveSchool, Who
from tests import factories
from tests.conftest import People

TEXT = """
format: 1
id: working-together
version: 1
title: Working together
purpose: To see how schools work together.
licence: CC BY 4.0
ours: All of it.
who: [leaders, staff]
scoring: totals
reading: Read sections first.
scales:
  agree:
    options:
      - {code: 1, label: Not at all}
      - {code: 2, label: A little}
      - {code: 3, label: Mostly}
      - {code: 4, label: Fully}
    dont_know: I cannot say
sections:
  - id: know
    title: Knowing each other
    scale: agree
    items:
      - {id: know-1, text: We know what other schools do well.}
      - {id: know-2, text: We visit each other., comment: What helped?}
  - id: share
    title: Sharing
    scale: agree
    items:
      - {id: share-1, text: We share what we have.}
      - {id: share-2, text: We decide together., who: [leaders]}
      - {id: share-3, text: What should we share next?, open: true}
"""

# The same, at whose end the group agrees where it stands.
JOINT = (
    TEXT.replace("id: working-together", "id: agreeing")
    + """\
  - id: agreed
    title: What we agree
    scale: agree
    together: true
    items:
      - {id: agreed-1, text: We know each other., evidence: What shows it?}
      - {id: agreed-2, text: What comes next?, open: true}
"""
)


@pytest.fixture
def diagnostic(db: None) -> Instrument:
    """A small instrument with a question for leaders alone, a comment and an open question."""
    return keep_instrument(by=None, text=TEXT)


def asking(**changes: Any) -> Asking:
    """What is said of a wave that nobody would object to."""
    given: dict[str, Any] = {
        "name": "How we work together",
        "why": "To see where we stand before we agree terms.",
        "asks": "The Test Partnership",
        "kind": WaveKind.ANONYMOUS,
        "until": today() + timedelta(days=10),
        "results_on": today() + timedelta(days=20),
        "asked": [Who.LEADERS, Who.STAFF],
        **changes,
    }
    return Asking(**given)


@pytest.fixture
def make_wave(people: People, diagnostic: Instrument) -> Callable[..., Wave]:
    """`make_wave(schools=2, opened=True, **changes)`: a wave of the officer's area."""

    def make(
        *, schools: int = 2, opened: bool = True, instrument: Instrument | None = None, **changes: Any
    ) -> Wave:
        asked = [people.school, *(factories.school(people.area) for _ in range(schools - 1))]
        wave = start_wave(
            by=people.officer,
            scope=Scope(ScopeKind.AREA, people.area.pk),
            instrument=instrument or diagnostic,
            asking=asking(**changes),
            schools=asked,
            token=uuid4(),
        )
        if opened:
            assert open_wave(by=people.officer, wave=wave)
        wave.refresh_from_db()
        return wave

    return make


@pytest.fixture
def answer() -> Callable[..., int]:
    """`answer(school, who, codes={}, comments={})`: one anonymous answer; gives its ballot."""

    def take(school: WaveSchool, who: Who = Who.STAFF, ballot: int = 0, **given: Any) -> int:
        from isthmus.apps.surveys.adapters.instruments import codes

        drawn = ballot or intake.draw()
        instrument = read(school.wave.instrument.text)
        chosen = given.get("codes", {item.id: 3 for item in instrument.scored})
        row = codes(instrument, who, chosen)
        kept = intake.take(
            school=school, ballot=drawn, who=who, codes=row, comments=given.get("comments", {})
        )
        assert kept == intake.Taken.KEPT
        return drawn

    return take
