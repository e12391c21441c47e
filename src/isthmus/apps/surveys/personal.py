"""Personal data of questionnaires: who runs them, answers with a name, answers without one, and reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.surveys.adapters.told import said
from isthmus.apps.surveys.models import (
    Answer,
    Comment,
    Instrument,
    InstrumentDraft,
    JointAnswer,
    Report,
    Response,
    Wave,
    WaveKind,
    WaveState,
)

WAVES = Made(Wave, "made_by", "made_at")
INSTRUMENTS = Made(Instrument, "made_by", "made_at")
TOGETHER = Made(JointAnswer, "changed_by", "changed_at")
DRAFTS = Made(InstrumentDraft, "changed_by", "changed_at")
COUNTED = (
    "The report of a closed questionnaire had counted it. Reports are figures of groups, or what a school answered; "
    "they name no person, are made once, and stay as they are"
)
READS = (
    "Those who answered a confidential questionnaire were told that this account reads who said what; it stays there "
    "by its number"
)
_CLOSED = (WaveState.CLOSING, WaveState.CLOSED)


def _mine(subject: Subject) -> QuerySet[Response]:
    return Response.objects.filter(person__isnull=False, person=subject.person_id or 0).order_by("pk")


def _responses_of(subject: Subject) -> Iterator[Part]:
    found = list(_mine(subject).select_related("wave__instrument", "school__organisation"))
    names = personal.redacted([row.wave.name for row in found], subject)
    own = found[0].person.name if found and found[0].person else ""
    yield Part(
        "Questionnaires that you answered under your name",
        ("Answered", "Questionnaire", "For", "As", "Name that you gave"),
        [
            (
                in_words(row.answered_at),
                name,
                row.school.organisation.name,
                str(row.get_who_display()),
                row.name,
            )
            for row, name in zip(found, names, strict=True)
        ],
    )
    answers = [
        (name, question, text) for row, name in zip(found, names, strict=True) for question, text in said(row)
    ]
    texts = personal.redacted([text for *_, text in answers], subject, own)
    yield Part(
        "What you answered there",
        ("Questionnaire", "Question", "Answer"),
        [(name, question, text) for (name, question, _), text in zip(answers, texts, strict=True)],
    )


def _dispose_responses(cutoff: datetime, held: Held) -> int:
    old = Response.objects.filter(wave__state=WaveState.CLOSED, wave__closed_at__lt=cutoff)
    old = old.exclude(person__isnull=False, person__in=held.people)
    rows = personal.batch(old.exclude(person__isnull=False, person__email__in=held.emails))
    return Response.objects.filter(pk__in=rows).delete()[0]


def _erase_responses(subject: Subject) -> Erased:
    """A school's own answer stays without whoever gave it; every other answer goes."""
    mine = list(_mine(subject).select_for_update(of=("self",)).select_related("wave"))
    counted = sum(row.wave.state in _CLOSED for row in mine)
    of_schools = [row.pk for row in mine if row.wave.kind == WaveKind.ATTRIBUTED]
    Response.objects.filter(pk__in=of_schools).update(person=None, name="")
    Response.objects.filter(pk__in={row.pk for row in mine} - set(of_schools)).delete()
    return Erased(len(mine), counted, COUNTED if counted else "")


personal.declare(
    PersonalData(
        key="survey-responses",
        title="Answers to questionnaires with a name",
        subjects="People who answer a questionnaire that is attributed, in the room or confidential",
        what="Who answered which questionnaire for which school, as which kind of person and when, what they chose "
        "and what they wrote. The first page of each questionnaire says who will see it",
        purpose="To work on what a school, or those who are present, said of their own work",
        basis=Basis.PUBLIC_TASK,
        recipients="As the questionnaire said before its first question: people of the school and those who look "
        "after it, those present, or the one person who is named there",
        source="The person themselves",
        columns={"surveys.Response": ("person", "name", "who", "codes", "comments")},
        keep=Keep(
            days=366,
            since="the questionnaire was closed",
            least=30,
            most=732,
            why="A school year, in which the report is worked on; the report itself stays",
        ),
        dispose=_dispose_responses,
        of=_responses_of,
        erase=_erase_responses,
        rectify=("surveys.Response.name",),
        risks=(
            "An answer is read by others than people were told → who will see it is chosen before it opens, stands "
            "before the first question, and the database refuses to change it afterwards",
        ),
    )
)


def _dispose_answers(cutoff: datetime, _held: Held) -> int:
    """Nobody can be held back from it by name: the answers are nobody's. A hold on the whole class keeps them."""
    for table in (Answer, Comment):
        old = table._base_manager.filter(wave__state=WaveState.CLOSED, wave__closed_at__lt=cutoff)
        if rows := personal.batch(old):
            return table._base_manager.filter(pk__in=rows).delete()[0]
    return 0


personal.declare(
    PersonalData(
        key="survey-answers",
        title="Answers to questionnaires without a name",
        subjects="People who answer an anonymous questionnaire",
        what="For which school and as which kind of person somebody answered, what they chose, and apart from that "
        "what they wrote. No name, account, address, time or order is kept, so that nothing leads from an answer to "
        "whoever gave it. It is protected as personal data all the same: what somebody wrote may give them away",
        purpose="To make a report of groups that are large enough",
        basis=Basis.PUBLIC_TASK,
        recipients="Nobody reads single answers; what people wrote is read by those who look after the "
        "questionnaire, who take out what tells of a person before anybody else sees it",
        source="The person themselves",
        columns={
            "surveys.Ballot": ("who", "codes", "comments"),
            "surveys.Answer": ("who", "codes"),
            "surveys.Comment": ("text", "shown"),
        },
        keep=Keep(
            days=366,
            since="the questionnaire was closed",
            least=30,
            most=732,
            why="A school year, in which the report may be checked; the report itself stays",
        ),
        dispose=_dispose_answers,
        # Nobody can find, show or erase one person's: that is what people were promised.
        of=lambda _subject: (),
        erase=lambda _subject: Erased(),
        risks=(
            "Somebody works out who said what → no name, time or order is kept, tables are written anew at the "
            "close, and figures of small groups are withheld together with all from which they could be worked out",
            "Somebody asks for their own anonymous answers and cannot have them → the first page says that nobody "
            "can find them, before the first question",
        ),
    )
)


def _made_of(subject: Subject) -> Iterator[Part]:
    made = list(WAVES.of(subject))
    names = personal.redacted([row.name for row in made], subject)
    yield Part(
        "Questionnaires that you wrote down",
        ("On", "Questionnaire", "State"),
        [
            (in_words(row.made_at), name, str(row.get_state_display()))
            for row, name in zip(made, names, strict=True)
        ],
    )
    read_by = list(_read_by(subject))
    names = personal.redacted([row.name for row in read_by], subject)
    yield Part(
        "Confidential questionnaires that you alone read",
        ("Questionnaire", "State"),
        [(name, str(row.get_state_display())) for row, name in zip(read_by, names, strict=True)],
    )
    kept = [(row.made_at, row.title) for row in INSTRUMENTS.of(subject)]
    kept += [(row.changed_at, f"{row.title} (a draft)") for row in DRAFTS.of(subject)]
    kept += [
        (row.changed_at, f"{row.wave.name}: what the group agreed together")
        for row in TOGETHER.of(subject).select_related("wave")
    ]
    titles = personal.redacted([title for _when, title in kept], subject)
    yield Part(
        "Instruments that you wrote or brought in, and joint statements that you wrote down",
        ("On", "What"),
        [(in_words(when), title) for (when, _title), title in zip(kept, titles, strict=True)],
    )


def _read_by(subject: Subject) -> QuerySet[Wave]:
    return Wave.objects.filter(reader__isnull=False, reader=subject.person_id or 0).order_by("made_at", "pk")


def _erase_makers(subject: Subject) -> Erased:
    stays = _read_by(subject).count()
    gone = sum(rows.erase(subject) for rows in (WAVES, INSTRUMENTS, DRAFTS, TOGETHER))
    return Erased(gone, stays, READS if stays else "")


personal.declare(
    PersonalData(
        key="survey-makers",
        title="Who runs questionnaires",
        subjects="People who ask schools questions, and people who read confidential answers",
        what="Who wrote down which questionnaire, wrote or brought in which instrument, and reads the answers of which "
        "confidential questionnaire. Who reads stays, as the number of an account: people were told so",
        purpose="To know on whose word people were asked",
        basis=Basis.PUBLIC_TASK,
        recipients="People who may see the questionnaire",
        source="The person themselves, or a colleague who names them as the one who reads",
        columns={
            "surveys.Wave": ("made_by", "reader"),
            "surveys.Instrument": ("made_by",),
            "surveys.InstrumentDraft": ("changed_by",),
            "surveys.JointAnswer": ("changed_by",),
        },
        keep=Keep(
            days=2192,
            since="it was written down or brought in",
            least=366,
            most=2557,
            why="As long as the reports that were made of it",
        ),
        dispose=personal.dispose_each(WAVES, INSTRUMENTS, DRAFTS, TOGETHER),
        of=_made_of,
        erase=_erase_makers,
    )
)


def _dispose_reports(cutoff: datetime, _held: Held) -> int:
    rows = personal.batch(Report.objects.filter(made_at__lt=cutoff))
    return Report.objects.filter(pk__in=rows).delete()[0]


personal.declare(
    PersonalData(
        key="survey-reports",
        title="Reports of questionnaires",
        subjects="People who answered a questionnaire",
        what="Figures of groups that are large enough, as disclosure control let them through; of attributed "
        "questionnaires and those in the room, what was answered for each school. No person is named",
        purpose="To compare over the years what schools said of their work together",
        basis=Basis.PUBLIC_TASK,
        recipients="Those who may see the questionnaire, each the part that is theirs to see",
        source="Worked out from the answers, once, after the close",
        columns={"surveys.Report": ("content",)},
        keep=Keep(
            days=2192,
            since="the report was made",
            least=366,
            most=2557,
            why="Six years, over which repeated questionnaires are compared",
        ),
        dispose=_dispose_reports,
        # No person is named there, so nothing in it can be found for one.
        of=lambda _subject: (),
        erase=lambda _subject: Erased(),
    )
)

personal.not_personal(
    "surveys.Wave", "what is asked and by which partnership; the form asks for no person's name", "name", "why",
    "asks", "consent",
)  # fmt: skip
personal.not_personal(
    "surveys.Wave", "a kind of place, of people or of wave, or a state", "scope_kind", "kind"
)
personal.not_personal("surveys.Wave", "which kinds of people are asked, and a state", "asked", "state")
personal.not_personal(
    "surveys.WaveSchool",
    "a group and a phase of schools, and a code that names a school",
    "group",
    "phase",
    "code",
)
personal.not_personal("surveys.Instrument", "the text of questions", "key", "title", "text", "fingerprint")
personal.not_personal(
    "surveys.JointAnswer", "what a group agreed; the form asks for no person's name", "item", "texts", "heard",
    "moderated",
)  # fmt: skip
personal.not_personal("surveys.InstrumentDraft", "the text of questions", "title", "content")
personal.not_personal("surveys.Comment", "a question, and a word by which it is sorted", "item", "theme")
personal.not_personal("surveys.Report", "a checksum", "digest")
