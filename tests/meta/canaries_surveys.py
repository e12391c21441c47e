"""Questionnaires of two areas, with answers of every kind, and what of their texts can hold a canary."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone

from isthmus.apps.core.scopes import Scope
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions import meetings
from isthmus.apps.surveys.adapters import drafting, present
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.models import (
    Ballot,
    Comment,
    Instrument,
    InstrumentDraft,
    JointAnswer,
    MeetingNote,
    Report,
    RoomAnswer,
    Step,
    StepState,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
    Way,
    Who,
)
from tests.meta import canaries_links
from tests.surveys.conftest import JOINT, TEXT
from tests.surveys.making import a_response, a_step, a_wave, row_of

# What the database keeps as it is once a wave is open: the canaries stand there before.
KEPT_OPEN = {"surveys.Wave": {"consent"}, "surveys.WaveSchool": {"group", "phase"}}
# Read by the code: pages would break where another text stood.
STEERING = {
    **canaries_links.STEERING,
    "surveys.Wave": {"asked"},
    "surveys.WaveSchool": {"code"},
    "surveys.Instrument": {"key", "fingerprint"},
    "surveys.Comment": {"item"},
    "surveys.JointAnswer": {"item"},
    "surveys.Meeting": {"code", "showing"},
    "surveys.OpenedSection": {"section", "figures"},
    "surveys.RoomAnswer": {"item"},
    "surveys.MeetingNote": {"section"},
    "surveys.Step": {"section", "item"},
    "surveys.Report": {"digest"},
}


def rows(scope: Scope, place: Scope, person: Any) -> None:
    """An area's own instrument, and a wave of each kind that is open, closed and not open yet."""
    area, school = Area.objects.get(pk=scope.id), Organisation.objects.get(pk=place.id)
    given: dict[str, Any] = {"owner": area, "consent": "From 16."}

    def wave(kind: WaveKind = WaveKind.ANONYMOUS, *, opened: bool = True, **more: Any) -> WaveSchool:
        made = a_wave(scope, [school], kind=kind, opened=opened, **given, **more)
        return made.schools.select_related("wave__instrument").get()

    InstrumentDraft.objects.create(
        owner=area, title="x", content=drafting.copied(read(TEXT), credit=False), changed_by=person
    )
    joint = a_wave(scope, [school], opened=True, text=JOINT, **given)
    JointAnswer.objects.create(
        wave=joint, item="agreed-1", code=3, texts={"agreed-1:evidence": "x"}, heard="x", moderated="x",
        changed_by=person,
    )  # fmt: skip
    listed = wave(opened=False)
    canaries_links.rows(listed, wave(comments=True))
    a_response(wave(WaveKind.ATTRIBUTED), person)
    a_response(wave(WaveKind.CONFIDENTIAL, reader_id=person.pk), person)
    _met(wave(WaveKind.IN_ROOM), person)
    answer = {"who": Who.STAFF, "comments": {"share-3": "x"}}
    taken = wave(comments=True)
    Ballot.objects.create(
        id=intake.draw(),
        wave=taken.wave,
        school=taken,
        codes=row_of(taken, Who.STAFF, {"know-1": 4}),
        **answer,
    )
    for kind in (WaveKind.ANONYMOUS, WaveKind.ATTRIBUTED):
        closed = wave(kind, comments=kind == WaveKind.ANONYMOUS)
        if kind == WaveKind.ANONYMOUS:
            remarks = [Comment(wave=closed.wave, school=closed, item="share-3", text="x") for _ in range(11)]
            Comment.objects.bulk_create(remarks)
        Wave.objects.filter(pk=closed.wave_id).update(state=WaveState.CLOSED, closed_at=timezone.now())
        Report.objects.create(wave=closed.wave, content=_content(closed, "x"), digest=uuid4().hex)
    a_step(closed.wave, responsible=person)
    a_step(closed.wave, organisation=school, state=StepState.DROPPED, why="x", ended_at=timezone.now())


def _met(row: WaveSchool, person: Any) -> None:
    """A meeting that goes on, with a section opened, what the room said, and a note."""
    a_response(row, None, name="x")
    meeting = meetings.start_meeting(by=person, wave=row.wave, way=Way.APART)
    assert meeting is not None
    MeetingNote.objects.create(meeting=meeting, section="share", text="x", token=uuid4())
    RoomAnswer.objects.create(meeting=meeting, item="share-3", text="x")
    figures = present.section_now(meeting, "share").as_json()
    meetings.open_section(by=person, meeting=meeting, section="share", figures=figures)


def _content(school: WaveSchool, text: str) -> str:
    named = {"school": str(school.organisation_id), "who": "leaders", "codes": {}, "texts": {"share-3": text}}
    told = {
        "format": 1,
        "kind": school.wave.kind,
        "k": 10,
        "instrument": "x",
        "open": [named],
        "report": None,
    }
    return json.dumps({**told, "schools": {str(school.organisation_id): text}})


def held(row: models.Model) -> set[str]:
    """The columns of a row that the database refuses to change."""
    if isinstance(row, Step) and row.state != StepState.DROPPED:
        return {"why"}
    wave = row if isinstance(row, Wave) else row.wave if isinstance(row, WaveSchool) else None
    return KEPT_OPEN[row._meta.label] if wave is not None and wave.state != WaveState.DRAFT else set()


def text(canary: str, row: models.Model, column: str) -> str | None:
    """The canary within a text that the code reads; None where it stands by itself."""
    if isinstance(row, Instrument) and column == "text":
        marked: Sequence[tuple[str, str]] = (
            ("Knowing each other", canary),
            ("We visit each other.", f"{canary}."),
        )
        whole = row.text
        for said, instead in marked:
            whole = whole.replace(said, instead)
        assert canary in whole or not row.owner_id, "its text has changed: say here which words it has"
        return whole
    if isinstance(row, JointAnswer) and column == "texts":
        return json.dumps({"agreed-1:evidence": canary})
    if isinstance(row, InstrumentDraft) and column == "content":
        return json.dumps({**row.content, "title": canary, "purpose": canary, "reading": canary})
    if isinstance(row, Report) and column == "content":
        return _content(row.wave.schools.all()[0], canary)
    return None
