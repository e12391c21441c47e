"""The sweep's part for questionnaires: as those run them who look after an area, and by a school's code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members
from isthmus.apps.surveys import actions, intake
from isthmus.apps.surveys.actions import Asking, meetings
from isthmus.apps.surveys.adapters import drafting, present, reporting
from isthmus.apps.surveys.adapters.instruments import by_id, read, to_text
from isthmus.apps.surveys.models import (
    Comment,
    Instrument,
    InstrumentDraft,
    Meeting,
    Step,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
    Way,
    Who,
)
from tests.conftest import People
from tests.meta import sweep_links
from tests.meta.sweep import Arguments, World, names
from tests.meta.sweep_networks import of_area
from tests.surveys.conftest import JOINT, TEXT
from tests.surveys.making import a_step, a_wave


def build(people: People) -> None:
    """For each officer: an instrument of the area's own, a wave that is open and anonymous, and one with names."""
    text = to_text(by_id("collaboration-diagnostic"))
    for officer, area in ((people.officer, people.area), (people.other_officer, people.other_area)):
        kept = actions.keep_instrument(by=officer, text=text, owner=area)
        _draft(officer, area)
        for kind in (WaveKind.ANONYMOUS, WaveKind.ATTRIBUTED):
            until = today() + timedelta(days=9)
            asking = Asking("Asked", "Why", "Us", kind, until, until, [Who.LEADERS])
            wave = actions.start_wave(
                by=officer,
                scope=Scope(ScopeKind.AREA, area.pk),
                instrument=kept,
                asking=asking,
                schools=list(area_members(area)),
                token=uuid4(),
            )
            actions.open_wave(by=officer, wave=wave)
        _closed(officer, area)
        here = people.school if area == people.area else area_members(area).order_by("pk")[0]
        sweep_links.build(officer, area, here)
        _met(officer, area)
        _to_read(officer, area)
        _joint(officer, area)


def _draft(officer: Person, area: Area) -> None:
    """An instrument that is being written."""
    content = drafting.copied(by_id("collaboration-diagnostic"), credit=True)
    actions.start_draft(by=officer, owner=area, content=content, token=uuid4())


def _of_draft(area: Area) -> dict[str, Any]:
    return {"pk": InstrumentDraft.objects.get(owner=area).pk}


def _part_of_draft(area: Area) -> dict[str, Any]:
    return {**_of_draft(area), "kind": "section", "part": "know"}


def _closed(officer: Person, area: Area) -> None:
    """An anonymous wave with a report and comments, of so many answers that both are shown."""
    until = today() + timedelta(days=9)
    asking = Asking("Closed", "Why", "Us", WaveKind.ANONYMOUS, until, until, [Who.STAFF], comments=True)
    wave = actions.start_wave(
        by=officer,
        scope=Scope(ScopeKind.AREA, area.pk),
        instrument=actions.keep_instrument(by=officer, text=TEXT, owner=area),
        asking=asking,
        schools=list(area_members(area).order_by("pk"))[:1],
        token=uuid4(),
    )
    actions.open_wave(by=officer, wave=wave)
    school = wave.schools.get()
    for code in (1, 2, 3, 4) * 6:
        row = bytes([code, 1 + code % 4, 5 - code, 255])
        intake.take(
            school=school, ballot=intake.draw(), who="staff", codes=row, comments={"share-3": "A word"}
        )
    actions.start_close(by=officer, wave=wave)
    actions.mix(by=None, wave=wave)
    wave.refresh_from_db()
    content = reporting.make(wave, read(wave.instrument.text), progress=lambda _share, _words: None)
    actions.end_close(by=None, wave=wave, content=content)


def _met(officer: Person, area: Area) -> None:
    """A meeting that goes on, with a section opened; an action from the closed wave."""
    scope, schools = Scope(ScopeKind.AREA, area.pk), list(area_members(area).order_by("pk"))[:1]
    wave = a_wave(scope, schools, by=officer, owner=area, kind=WaveKind.IN_ROOM, name="Met")
    meeting = meetings.start_meeting(by=officer, wave=wave, way=Way.APART)
    assert meeting is not None
    figures = present.section_now(meeting, "know").as_json()
    meetings.open_section(by=officer, meeting=meeting, section="know", figures=figures)
    a_step(Wave.objects.get(scope_id=area.pk, name="Closed"))


def _to_read(officer: Person, area: Area) -> None:
    """A closed confidential wave that the officer reads."""
    scope, schools = Scope(ScopeKind.AREA, area.pk), list(area_members(area).order_by("pk"))[:1]
    given = {"kind": WaveKind.CONFIDENTIAL, "reader_id": officer.pk, "name": "To read"}
    wave = a_wave(scope, schools, by=officer, owner=area, **given)
    Wave.objects.filter(pk=wave.pk).update(state=WaveState.CLOSED, closed_at=timezone.now())


def _of_meeting(area: Area) -> dict[str, Any]:
    return {"pk": Wave.objects.get(scope_id=area.pk, name="Met").pk}


def _in_meeting(area: Area) -> dict[str, Any]:
    return {**_of_meeting(area), "section": "know"}


def _of_step(area: Area) -> dict[str, Any]:
    step = Step.objects.get(wave__scope_id=area.pk)
    return {"pk": step.wave_id, "number": step.pk}


def _of_reader(area: Area) -> dict[str, Any]:
    wave = Wave.objects.get(scope_id=area.pk, name="To read")
    return {"pk": wave.pk, "number": wave.schools.get().pk}


def _read_by(world: World, who: str, named: tuple[str, ...], *, own: bool) -> Arguments:
    """An officer reads what names them; of everybody else, nothing."""
    if own and who not in ("officer", "other_officer"):
        return None
    found = _of_reader(_area_of(world, who, own=own))
    return {name: found[name] for name in named}


def _wave(area: Area, kind: WaveKind = WaveKind.ANONYMOUS) -> Wave:
    return Wave.objects.get(scope_id=area.pk, kind=kind, name="Asked")


def _of_closed(area: Area) -> dict[str, Any]:
    return {"pk": Wave.objects.get(scope_id=area.pk, name="Closed").pk}


def _of_comment(area: Area) -> dict[str, Any]:
    comment = Comment.objects.filter(wave__scope_id=area.pk).order_by("pk")[0]
    return {"pk": comment.wave_id, "number": comment.pk}


def _joint(officer: Person, area: Area) -> None:
    """A wave that ends with a joint statement."""
    kept = actions.keep_instrument(by=officer, text=JOINT, owner=area)
    until = today() + timedelta(days=9)
    asking = Asking("Together", "Why", "Us", WaveKind.ANONYMOUS, until, until, [Who.LEADERS])
    wave = actions.start_wave(
        by=officer,
        scope=Scope(ScopeKind.AREA, area.pk),
        instrument=kept,
        asking=asking,
        schools=list(area_members(area)),
        token=uuid4(),
    )
    actions.open_wave(by=officer, wave=wave)


def _of_joint(area: Area) -> dict[str, Any]:
    return {"pk": Wave.objects.get(scope_id=area.pk, name="Together").pk}


def _of_wave(area: Area) -> dict[str, Any]:
    return {"pk": _wave(area).pk}


def _key(area: Area) -> dict[str, Any]:
    return {"key": f"own-{Instrument.objects.filter(owner=area).order_by('pk')[0].pk}"}


def _area_of(world: World, who: str, *, own: bool) -> Area:
    """The person's area, or another."""
    here, there = world.people.area, world.people.other_area
    return there if (who == "other_officer") == own else here


def _school(area: Area, kind: WaveKind = WaveKind.ANONYMOUS) -> WaveSchool:
    return _wave(area, kind).schools.order_by("organisation")[0]


def _to_answer(world: World, who: str, *, own: bool) -> Arguments:
    """The head's own school, in a wave with names; of everybody else, one for which they cannot answer."""
    if own and who != "head":
        return None
    row = _school(_area_of(world, who, own=own), WaveKind.ATTRIBUTED)
    if own:
        row = row.wave.schools.get(organisation=world.people.school)
    return {"pk": row.wave_id, "number": row.pk}


of_area(
    *(
        "surveys:change",
        "surveys:schools",
        "surveys:open",
        "surveys:extend",
        "surveys:close",
        "surveys:remove",
    ),
    find=_of_wave,
)
of_area("surveys:build", "surveys:build_look", "surveys:build_finish", "surveys:build_drop", find=_of_draft)
of_area("surveys:build_part", "surveys:build_remove", find=_part_of_draft)
of_area("surveys:together_say", find=lambda area: {**_of_joint(area), "item": "agreed-1"})
of_area("surveys:together", find=_of_joint, without=("head",))
of_area(
    *("surveys:meeting", "surveys:meeting_end", "surveys:projector", "surveys:meeting_record"),
    *("surveys:meeting_hand_on", "surveys:meeting_beside"),
    find=_of_meeting,
)
of_area("surveys:meeting_document", find=lambda area: {**_of_meeting(area), "ending": "docx"})
of_area("surveys:meeting_section", "surveys:meeting_room", find=_in_meeting)
of_area("surveys:actions", "surveys:action_new", find=_of_closed, without=())
of_area("surveys:actions_file", find=lambda area: {**_of_closed(area), "ending": "csv"}, without=())
of_area("surveys:action", find=_of_step, without=())
of_area("surveys:action_change", find=_of_step)
for _address, _named in (("surveys:reader", ("pk",)), ("surveys:reader_school", ("pk", "number"))):
    names(
        _address,
        own=lambda world, who, named=_named: _read_by(world, who, named, own=True),
        other=lambda world, who, named=_named: _read_by(world, who, named, own=False),
    )
names(
    "surveys:present",
    own=lambda world, who: {"code": Meeting.objects.get(wave__scope_id=world.people.area.pk).code},
    other=lambda world, who: {"code": "nothere1"},
)
of_area("surveys:comments", find=_of_closed)
of_area("surveys:comment", find=_of_comment)
of_area("surveys:report", find=_of_closed, without=())
of_area("surveys:report_file", find=lambda area: {**_of_closed(area), "ending": "csv"}, without=())
of_area("surveys:report_document", find=lambda area: {**_of_closed(area), "ending": "docx"}, without=())
# A head sees what asks the own school, and the instruments of the own area.
of_area("surveys:wave", "surveys:posters", find=_of_wave, without=())
of_area("surveys:links_file", find=lambda area: {**_of_wave(area), "ending": "csv"}, without=())
of_area("surveys:instrument", "surveys:instrument_file", find=_key, without=())
names(
    "surveys:answer",
    own=lambda world, who: _to_answer(world, who, own=True),
    other=lambda world, who: _to_answer(world, who, own=False),
)
# Whoever has the code may answer; any other code opens nothing.
names(
    *("surveys:intro", "surveys:questions", "surveys:thanks"),
    own=lambda world, who: {"code": _school(world.people.area).code},
    other=lambda world, who: {"code": "nothere1"},
)
names(
    *("surveys:home_file", "surveys:instruments_file"),
    own=lambda world, who: {"ending": "csv"},
    other=lambda world, who: None,
)
