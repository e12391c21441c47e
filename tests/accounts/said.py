"""What somebody did with plans, networks and needs, for what privacy tells, disposes of and erases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.needs.models import (
    Competition,
    FileState,
    GivenFile,
    Level,
    Over,
    Statement,
    Tie,
    TieKind,
    What,
)
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    Consultation,
    ConsultationAnswer,
    Layer,
    MembershipImport,
    Plan,
    PlanComment,
    PlanShare,
    PlanStep,
    StepKind,
    UploadState,
)
from isthmus.apps.register.models import Theme
from isthmus.apps.surveys.models import (
    Answer,
    Comment,
    Invited,
    Meeting,
    MeetingNote,
    PaperBatch,
    PaperSheet,
    Report,
    Wave,
    WaveKind,
    WaveState,
    Way,
    Who,
)
from tests import factories
from tests.accounts.signing import real
from tests.surveys.making import a_response, a_step, a_wave, row_of


def of_plans(person: Person, other: str, at: Any = None) -> dict[str, models.Model]:
    """A plan that the person changed, prepared for adoption, reads and answers; a spreadsheet that they gave."""
    at, area = at or timezone.now(), factories.area()
    plan = Plan.objects.create(owner=area, about=area, name="P")
    layer = Layer.objects.create(area=area, name="L")
    step = PlanStep.objects.create(
        plan=plan, number=1, kind=StepKind.MOVE, words="x", why=f"Moved as {other} asked", by=person, at=at
    )
    adoption = Adoption.objects.create(
        plan=plan, layer=layer, version=1, starts=today(), prepared_by=person, prepared_at=at
    )
    answer = AdoptionAnswer.objects.create(
        adoption=adoption,
        organisation=factories.school(area),
        network_name="N",
        name=person.name,
        email=person.email,
        reason=f"Joins, says {person.name.split()[0]}",
        token_hash=uuid4().hex,
    )
    share = PlanShare.objects.create(
        plan=plan, email=person.email, name=person.name, token_hash=uuid4().hex, expires_at=at, made_by=person
    )
    comment = PlanComment.objects.create(
        plan=plan,
        share=share,
        by=person,
        name=person.name,
        text=f"{person.name.split()[0]} likes it, {other} does not",
        token=uuid4(),
        at=at,
    )
    file = MembershipImport.objects.create(
        area=area, file_name="memberships of ada.csv", state=UploadState.APPLIED, token=uuid4(), by=person
    )
    MembershipImport.objects.filter(pk=file.pk).update(created_at=at)
    return {
        "step": step, "adoption": adoption, "answer": answer, "share": share, "comment": comment, "file": file
    }  # fmt: skip


def of_consultations(person: Person, other: str, at: Any = None) -> dict[str, models.Model]:
    """A consultation that the person began, that they answer for a school, and in which they are named."""
    at, area = at or timezone.now(), factories.area()
    asked = Consultation.objects.create(
        area=area, name="Wishes", until=today(), token=uuid4(), made_by=person, made_at=at
    )
    answer = ConsultationAnswer.objects.create(
        consultation=asked,
        organisation=factories.school(area),
        name=person.name,
        email=person.email,
        token_hash=uuid4().hex,
        not_now_reason="x",
        nominee_name=person.name,
        nominee_email=person.email,
        nominee_agreed=True,
        note=f"Written with {other}",
    )
    return {"asked": asked, "answer": answer}


def of_needs(person: Person, other: str, at: Any = None) -> dict[str, models.Model]:
    """A need, a competition and a tie that the person told, and a spreadsheet that they gave."""
    at, area = at or timezone.now(), factories.area()
    schools = sorted((factories.school(area) for _ in range(2)), key=lambda school: school.pk)
    said: dict[str, Any] = {"said_on": at.date(), "said_by": person, "said_as": f"{person.name}, head"}
    pair = {"area": area, "first": schools[0], "second": schools[1], **said}
    file = GivenFile.objects.create(
        area=area,
        what=What.NEEDS,
        file_name="needs of ada.csv",
        state=FileState.APPLIED,
        token=uuid4(),
        by=person,
    )
    GivenFile.objects.filter(pk=file.pk).update(created_at=at)
    return {
        "statement": Statement.objects.create(
            organisation=schools[0],
            theme=Theme.objects.create(area=area, name="T"),
            level=Level.NEED,
            note=f"A need, says {other}",
            **said,
        ),
        "competition": Competition.objects.create(over=Over.PUPILS, reason="x", **pair),
        "tie": Tie.objects.create(kind=TieKind.OTHER, **pair),
        "file": file,
    }


def of_surveys(person: Person, other: str, at: Any = None) -> dict[str, models.Model]:
    """A closed questionnaire that the person wrote down, reads and answered, an answer of nobody's, a report."""
    at, area = at or timezone.now(), factories.area()
    given = {"kind": WaveKind.CONFIDENTIAL, "reader_id": person.pk, "name": f"Asked with {other}"}
    wave = a_wave(Scope(ScopeKind.AREA, area.pk), [factories.school(area)], by=person, owner=area, **given)
    school = wave.schools.select_related("wave__instrument").get()
    response = a_response(school, person, comments={"share-3": f"The minibus, says {other}"})
    Wave.objects.filter(pk=wave.pk).update(state=WaveState.CLOSED, closed_at=at, made_at=at)
    wave.refresh_from_db()
    instrument = wave.instrument
    type(instrument).objects.filter(pk=instrument.pk).update(made_at=at)
    return {
        "wave": wave,
        "instrument": instrument,
        "response": response,
        "unnamed": Answer.objects.create(
            wave=wave, school=school, who=Who.STAFF, codes=row_of(school, Who.STAFF, {"know-1": 4})
        ),
        "remark": Comment.objects.create(wave=wave, school=school, item="share-3", text="x"),
        "report": Report.objects.create(wave=wave, content="{}", digest="x", made_at=at),
    }


def of_meetings(person: Person, other: str, at: Any = None) -> dict[str, models.Model]:
    """A meeting that the person led, with a note and an action of theirs; a list that they are on; a typed form."""
    at, area = at or timezone.now(), factories.area()
    wave = a_wave(Scope(ScopeKind.AREA, area.pk), [factories.school(area)], owner=area)
    Wave.objects.filter(pk=wave.pk).update(until=at.date(), results_on=at.date())
    school = wave.schools.get()
    meeting = Meeting.objects.create(
        wave=wave, way=Way.APART, code=f"m{wave.pk}", started_by=person, started_at=at
    )
    papers = PaperBatch.objects.create(school=school, who=Who.STAFF, begun_on=at.date())
    return {
        "meeting": meeting,
        "note": MeetingNote.objects.create(
            meeting=meeting, text=f"Noted with {other}", token=uuid4(), made_by=person, made_at=at
        ),
        "action": a_step(wave, what=f"Do it with {other}", made_by=person, made_at=at),
        "listed": Invited.objects.create(school=school, email=person.email, who=Who.STAFF),
        "papers": papers,
        "form": PaperSheet.objects.create(batch=papers, number=1, codes=b"1"),
    }


Aged = Callable[[int], Callable[[], bool]]


def _aged(make: Callable[..., dict[str, models.Model]], name: str, *columns: str) -> Aged:
    """Make one of these so many days ago; gives what says whether it still tells who."""

    def made(days: int) -> Callable[[], bool]:
        rows = make(real(), "nobody", timezone.now() - timedelta(days=days))
        kept = rows[name]
        for other, row in rows.items():
            if other != name and other in ONE_CLASS.get(name, ()):
                row.delete()

        def there() -> bool:
            now = type(kept)._base_manager.filter(pk=kept.pk).values(*columns).first()
            told = [bool(value) and value != "a spreadsheet" for value in (now or {}).values()]
            assert len(set(told)) <= 1, f"half of it is left: {now}"
            return any(told)

        return there

    return made


def _without(
    make: Callable[..., dict[str, models.Model]], name: str
) -> Callable[..., dict[str, models.Model]]:
    """The same, of which one row tells nobody."""

    def made(*given: Any) -> dict[str, models.Model]:
        rows = make(*given)
        type(rows[name])._base_manager.filter(pk=rows[name].pk).update(made_by=None)
        return rows

    return made


ONE_CLASS = {
    "step": ("answer", "adoption"),
    "adoption": ("step",),
    "share": ("comment",),
    "comment": (),
    "asked": ("answer",),
    "statement": ("competition", "tie"),
    "competition": ("statement", "tie"),
    "tie": ("statement", "competition"),
    "papers": ("form",),
    "unnamed": ("remark",),
    "remark": ("unnamed",),
}
AGED: dict[str, Aged] = {
    "adoption-answers": _aged(of_plans, "answer", "name", "email", "reason", "token_hash"),
    "consultations": _aged(of_consultations, "asked", "made_by"),
    "membership-files": _aged(of_plans, "file", "by", "file_name"),
    "plan-readers": _aged(of_plans, "share", "name", "email"),
    "needs": _aged(of_needs, "statement", "said_by", "said_as"),
    "need-files": _aged(of_needs, "file", "by", "file_name"),
    "survey-actions": _aged(of_meetings, "action", "what", "made_by"),
    "survey-answers": _aged(of_surveys, "remark", "text"),
    "survey-lists": _aged(of_meetings, "listed", "email"),
    "survey-meetings": _aged(of_meetings, "note", "text", "made_by"),
    "survey-papers": _aged(of_meetings, "papers", "who"),
    "survey-makers": _aged(_without(of_surveys, "instrument"), "wave", "made_by"),
    "survey-reports": _aged(of_surveys, "report", "content"),
    "survey-responses": _aged(of_surveys, "response", "person", "codes"),
}
MORE: dict[str, tuple[str, Aged]] = {
    "steps": ("plan-makers", _aged(of_plans, "step", "by")),
    "adoptions": ("plan-makers", _aged(of_plans, "adoption", "prepared_by")),
    "competition": ("needs", _aged(of_needs, "competition", "said_by", "said_as")),
    "ties": ("needs", _aged(of_needs, "tie", "said_by", "said_as")),
    "anonymous answers": ("survey-answers", _aged(of_surveys, "unnamed", "codes")),
    "typed forms": ("survey-papers", _aged(of_meetings, "form", "codes")),
    "meetings": ("survey-meetings", _aged(of_meetings, "meeting", "started_by")),
    "instruments": ("survey-makers", _aged(_without(of_surveys, "wave"), "instrument", "made_by")),
}
"""Other tables of the same classes."""
