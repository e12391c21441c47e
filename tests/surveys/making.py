"""Questionnaires made with one call, for tests of other parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.surveys.actions import keep_instrument, open_wave, start_wave
from isthmus.apps.surveys.adapters.instruments import codes, read
from isthmus.apps.surveys.models import Response, Step, Wave, WaveSchool, Who
from tests.surveys.conftest import TEXT, asking


def a_wave(
    scope: Scope,
    schools: Sequence[Organisation],
    *,
    by: Any = None,
    owner: Area | None = None,
    opened: bool = True,
    text: str = TEXT,
    **changes: Any,
) -> Wave:
    """A wave of `scope` that asks these schools; its instrument is `owner`'s, or shipped."""
    made = start_wave(
        by=by,
        scope=scope,
        instrument=keep_instrument(by=by, text=text, owner=owner),
        asking=asking(**changes),
        schools=schools,
        token=uuid4(),
    )
    if opened:
        assert open_wave(by=by, wave=made)
    made.refresh_from_db()
    return made


def row_of(school: WaveSchool, who: Who, given: dict[str, int]) -> bytes:
    """Answers as they are kept."""
    return codes(read(school.wave.instrument.text), who, given)


def a_response(school: WaveSchool, person: Any, **more: Any) -> Response:
    """A leader's answer with a name."""
    fields: dict[str, Any] = {
        "person": person,
        "name": person.name if person else "",
        "ballot": uuid4().int >> 66,
        "who": Who.LEADERS,
        "codes": row_of(school, Who.LEADERS, {"know-1": 4, "share-1": -3}),
        "comments": {"share-3": "The minibus"},
        **more,
    }
    return Response.objects.create(wave=school.wave, school=school, **fields)


def a_step(wave: Wave, **more: Any) -> Step:
    """An open action of everybody's."""
    fields = {"what": "Visit", "who": "Ash Lane", "due": today(), "token": uuid4(), **more}
    return Step.objects.create(wave=wave, **fields)
