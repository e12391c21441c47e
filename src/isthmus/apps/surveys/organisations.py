"""What questionnaires keep of an organisation that leaves: that it was asked, its results, and answers with a name.

It takes along what is its own: by which questionnaires it was asked, the results of it that were let through, and the
answers that were given in its name. What people said without a name is theirs: they said it to whoever asked, on the
word that nobody, their school included, reads single answers. So it is neither taken along nor removed with the school,
and goes when its time is over. Reports stay as they are: taking one school out of a report would tell what it said.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from isthmus.apps.core import leaving
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.leaving import OrganisationData
from isthmus.apps.core.numbers import NOT_AVAILABLE
from isthmus.apps.core.personal import Erased, Part
from isthmus.apps.core.scopes import Scope
from isthmus.apps.surveys.adapters import results
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.adapters.told import said
from isthmus.apps.surveys.models import Report, Response, Step, WaveKind, WaveSchool, WaveState

STAYS = (
    "What people answered without a name was said to whoever asked, and goes when its time is over; a report that was "
    "made stays as it is"
)


def _asked(scope: Scope) -> QuerySet[WaveSchool]:
    rows = WaveSchool.objects.filter(organisation=scope.id).exclude(wave__state=WaveState.DRAFT)
    return rows.select_related("wave__instrument").order_by("wave__opened_at", "pk")


def _named(scope: Scope) -> QuerySet[Response]:
    """Answers with a name. Only those of attributed questionnaires are the school's own to read."""
    rows = Response.objects.filter(school__organisation=scope.id)
    return rows.select_related("wave__instrument").order_by("answered_at", "pk")


def _of(scope: Scope) -> Iterator[Part]:
    asked = list(_asked(scope))
    yield Part(
        "Questionnaires",
        ("Questionnaire", "Kind", "Opened", "Last day", "Counted in", "People asked"),
        [
            (
                row.wave.name,
                str(row.wave.get_kind_display()),
                in_words(row.wave.opened_at) if row.wave.opened_at else NOT_AVAILABLE,
                in_words(row.wave.until),
                row.group,
                str(row.expected or ""),
            )
            for row in asked
        ],
    )
    given = [row for row in _named(scope) if row.wave.kind == WaveKind.ATTRIBUTED]
    yield Part(
        "What was answered in its name",
        ("On", "Questionnaire", "Question", "Answer"),
        [
            (in_words(row.answered_at), row.wave.name, question, text)
            for row in given
            for question, text in said(row)
        ],
    )
    yield Part(
        "Actions of its own",
        ("Taken on", "Questionnaire", "What", "Who", "By when", "State", "Why dropped"),
        [
            (
                *(in_words(step.made_at), step.wave.name, step.what, step.who, in_words(step.due)),
                *(str(step.get_state_display()), step.why),
            )
            for step in _steps(scope).select_related("wave")
        ],
    )
    yield Part(
        "Its own results",
        ("Questionnaire", "Part", "Question", "Mean", "Answers"),
        [line for row in asked for line in _results(row)],
    )


def _results(row: WaveSchool) -> Iterator[tuple[str, ...]]:
    """The school's own figures of a closed questionnaire: only what its report lets everybody of the school see."""
    kept = Report.objects.filter(wave=row.wave_id).first()
    if kept is None:
        return
    told = thaw(kept.content)
    if told["report"] is None:
        return
    found, instrument = told["report"], read(row.wave.instrument.text)
    name = told["schools"].get(str(row.organisation_id))
    for line in found.lines:
        if line.shown and not line.group.attribute and tuple(line.group.members) == (name,):
            for part in results.parts(found, instrument, line.group):
                for q in part.questions:
                    mean, base = (
                        q.mean.text or NOT_AVAILABLE,
                        NOT_AVAILABLE if q.base is None else str(q.base),
                    )
                    yield row.wave.name, part.title, q.text, mean, base
            return


def _steps(scope: Scope) -> QuerySet[Step]:
    """The actions that are the school's own."""
    return Step.objects.filter(organisation=scope.id).order_by("made_at", "pk")


def _purge(scope: Scope) -> Erased:
    gone = _named(scope).order_by().delete()[1].get("surveys.Response", 0)
    gone += _steps(scope).order_by().delete()[0]
    stays = WaveSchool.objects.filter(organisation=scope.id).exclude(wave__state=WaveState.DRAFT).count()
    drafts = WaveSchool.objects.filter(organisation=scope.id, wave__state=WaveState.DRAFT)
    return Erased(gone + drafts.delete()[0], stays, STAYS if stays else "")


leaving.keeps(
    OrganisationData(
        key="questionnaires",
        title="Questionnaires that asked it",
        of=_of,
        purge=_purge,
        people=lambda scope: (
            (row.person_id, row.person.email if row.person else "")
            for row in _named(scope).filter(person__isnull=False).select_related("person")
        ),
    )
)
