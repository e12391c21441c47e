"""Personal data of meetings and of actions: who led, what was noted, who does what by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.surveys.models import Meeting, MeetingNote, Step

LED = Made(Meeting, "started_by", "started_at")
NOTED = Made(MeetingNote, "made_by", "made_at")
TOOK = Made(Step, "made_by", "made_at")
NAMELESS = "somebody whose name was removed"


def _meetings_of(subject: Subject) -> Iterator[Part]:
    led = list(LED.of(subject).select_related("wave"))
    names = personal.redacted([row.wave.name for row in led], subject)
    yield Part(
        "Meetings that you led",
        ("Began", "Questionnaire"),
        [(in_words(row.started_at), name) for row, name in zip(led, names, strict=True)],
    )
    noted = list(NOTED.of(subject).select_related("meeting__wave"))
    texts = personal.redacted([" ".join(row.text.split()) for row in noted], subject)
    yield Part(
        "Notes that you took in meetings",
        ("On", "Questionnaire", "Note"),
        [
            (in_words(row.made_at), row.meeting.wave.name, text)
            for row, text in zip(noted, texts, strict=True)
        ],
    )


def _dispose_meetings(cutoff: datetime, held: Held) -> int:
    old = Meeting.objects.filter(started_at__lt=cutoff)
    for by in ("started_by", "notes__made_by"):
        kept = Meeting.objects.filter(
            Q(**{f"{by}__in": held.people}) | Q(**{f"{by}__email__in": held.emails})
        )
        old = old.exclude(pk__in=kept.values("pk"))
    rows = personal.batch(old)
    Meeting.objects.filter(pk__in=rows).delete()
    return len(rows)


personal.declare(
    PersonalData(
        key="survey-meetings",
        title="Meetings that answer a questionnaire in the room",
        subjects="People who lead a meeting, answer in it, or are spoken of in its notes",
        what="Who led which meeting and when, what the room as a whole said, notes and who took them, and the figures "
        "of each section as they were opened: of all present and of each school. No person is named in the figures; "
        "of a school with one person present they are that person's",
        purpose="To talk over what was said, and to know afterwards what was opened, noted and decided",
        basis=Basis.PUBLIC_TASK,
        recipients="Figures: those present, while the meeting goes on. The record with its notes: those who look after "
        "the questionnaire, and whomever they hand it to",
        source="Those present, and whoever leads the meeting",
        columns={
            "surveys.Meeting": ("started_by",),
            "surveys.MeetingNote": ("text", "made_by"),
            "surveys.OpenedSection": ("figures",),
            "surveys.RoomAnswer": ("code", "text"),
        },
        keep=Keep(
            days=1096,
            since="the meeting began",
            least=366,
            most=2192,
            why="Three years, in which what was decided is carried out and looked at again",
        ),
        dispose=_dispose_meetings,
        of=_meetings_of,
        erase=lambda subject: Erased(LED.erase(subject) + NOTED.erase(subject)),
        rectify=("surveys.MeetingNote.text",),
        risks=(
            "Somebody sees what was said who was not there → figures are opened by whoever leads, seen by the code "
            "while the meeting goes on and not afterwards, and never put together with what others answered",
            "A note tells who said what → the form asks for what was said and not by whom; notes can be taken back",
        ),
    )
)


def _steps(subject: Subject) -> QuerySet[Step]:
    return Step.objects.filter(responsible__isnull=False, responsible=subject.person_id or 0).order_by("pk")


def _steps_of(subject: Subject) -> Iterator[Part]:
    for title, rows in (
        ("Actions that you are responsible for", _steps(subject)),
        ("Actions that you took from results", TOOK.of(subject)),
    ):
        found = list(rows.select_related("wave"))
        texts = personal.redacted([f"{row.what} ({row.who})" for row in found], subject)
        yield Part(
            title,
            ("Taken on", "Questionnaire", "What, and who does it", "By when", "State"),
            [
                (in_words(row.made_at), row.wave.name, text, in_words(row.due), str(row.get_state_display()))
                for row, text in zip(found, texts, strict=True)
            ],
        )


def _dispose_steps(cutoff: datetime, held: Held) -> int:
    old = Step.objects.filter(made_at__lt=cutoff)
    for by in ("made_by", "responsible"):
        kept = Step.objects.filter(Q(**{f"{by}__in": held.people}) | Q(**{f"{by}__email__in": held.emails}))
        old = old.exclude(pk__in=kept.values("pk"))
    rows = personal.batch(old)
    return Step.objects.filter(pk__in=rows).delete()[0]


def _erase_steps(subject: Subject) -> Erased:
    """The action stays; that it was theirs goes, with the name that stood there."""
    mine = list(_steps(subject).values_list("pk", flat=True))
    Step.objects.filter(pk__in=mine).update(responsible=None, who=NAMELESS)
    return Erased(len(mine) + TOOK.erase(subject))


personal.declare(
    PersonalData(
        key="survey-actions",
        title="Actions taken from results",
        subjects="People who are to do something about the results of a questionnaire, and who said so",
        what="What is done, who does it (a role, a school or a name, and the account where there is one), by when, "
        "whether it was done or dropped and why, and who wrote it down",
        purpose="That what people decide on results is done, and can be seen to be",
        basis=Basis.PUBLIC_TASK,
        recipients="Those who may read the report; of a school's own actions, people of that school",
        source="The person themselves or a colleague",
        columns={"surveys.Step": ("what", "who", "responsible", "why", "made_by")},
        keep=Keep(
            days=1096,
            since="it was taken",
            least=366,
            most=2192,
            why="Three years, in which it is done and looked at again",
        ),
        dispose=_dispose_steps,
        of=_steps_of,
        erase=_erase_steps,
        rectify=("surveys.Step.who",),
    )
)

personal.not_personal(
    "surveys.Meeting", "a way of answering, a code, and what stands on a screen", "way", "code", "showing"
)
personal.not_personal("surveys.Joined", "a number that a form drew", "ballot")
personal.not_personal("surveys.OpenedSection", "a section of questions", "section")
personal.not_personal("surveys.RoomAnswer", "a question", "item")
personal.not_personal("surveys.MeetingNote", "a section of questions", "section")
personal.not_personal("surveys.Step", "a section, a question and a state", "section", "item", "state")
