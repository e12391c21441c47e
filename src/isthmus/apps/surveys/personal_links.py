"""Personal data of links by mail and of paper forms: both are there only while a questionnaire is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject
from isthmus.apps.surveys.models import Invited, PaperBatch


def _mine(subject: Subject) -> QuerySet[Invited]:
    return Invited.objects.filter(email=subject.email).order_by("pk")


def _lists_of(subject: Subject) -> Iterator[Part]:
    """On which lists they stand. Whether they answered is not told: nobody is, and they know it."""
    found = list(_mine(subject).select_related("school__wave", "school__organisation"))
    names = personal.redacted([one.school.wave.name for one in found], subject)
    yield Part(
        "Questionnaires for which you are on a list",
        ("Questionnaire", "For", "As", "Group", "Asked", "Until"),
        [
            (
                name,
                one.school.organisation.name,
                str(one.get_who_display()),
                one.stratum,
                "Yes" if one.drawn else "Not drawn",
                in_words(one.school.wave.until),
            )
            for one, name in zip(found, names, strict=True)
        ],
    )


def _dispose_lists(cutoff: datetime, held: Held) -> int:
    """The close removes lists; what is left is of questionnaires that were never opened, or whose close was stopped."""
    old = Invited.objects.filter(school__wave__until__lt=cutoff.date()).exclude(email__in=held.emails)
    return Invited.objects.filter(pk__in=personal.batch(old)).delete()[0]


personal.declare(
    PersonalData(
        key="survey-lists",
        title="Lists of people who are asked by links",
        subjects="People whom a school asks to answer an anonymous or confidential questionnaire",
        what="Mail address, school, role, a group to draw within, whether they were drawn, a scrambled form of their "
        "link, and whether they are marked as having answered. Marks are set late, and for as many people of one "
        "school and role at once as the questionnaire's smallest group. Of an answer nothing is kept there",
        purpose="To let each person answer once, and to remind only those who have not",
        basis=Basis.PUBLIC_TASK,
        recipients="Whoever gives the list sees it; marks are shown to nobody",
        source="The school, or whoever runs the questionnaire",
        columns={"surveys.Invited": ("email", "who", "stratum", "mark")},
        keep=Keep(
            days=30,
            since="the last day of a questionnaire; the close, which is usually sooner, removes them at once",
            least=1,
            most=92,
            why="Long enough for a close that was stopped to be taken up again",
        ),
        dispose=_dispose_lists,
        of=_lists_of,
        erase=lambda subject: Erased(_mine(subject).delete()[0]),
        risks=(
            "Somebody works out who gave which answer from when people were marked → marks are set for many at once, "
            "hours later, from a list in memory that no disk holds; a test attacks it with all that the database keeps",
            "A colleague sees who has not answered → no page shows it, and reminders are sent by the system",
        ),
    )
)


def _dispose_forms(cutoff: datetime, _held: Held) -> int:
    """Of nobody by name, so nobody's hold keeps them; a hold on the class does."""
    rows = personal.batch(PaperBatch.objects.filter(begun_on__lt=cutoff.date()))
    return PaperBatch.objects.filter(pk__in=rows).delete()[0]


personal.declare(
    PersonalData(
        key="survey-papers",
        title="Paper forms that are being typed",
        subjects="People who answer an anonymous questionnaire on paper",
        what="What stands on a form, by a number that somebody wrote on the sheet, for the time between the first and "
        "the second typing. Neither who filled it in nor who typed it nor the time of day",
        purpose="To find mistakes of typing before an answer counts",
        basis=Basis.PUBLIC_TASK,
        recipients="Whoever types the forms of the school",
        source="The person themselves, on paper",
        columns={"surveys.PaperBatch": ("who",), "surveys.PaperSheet": ("codes", "comments")},
        keep=Keep(
            days=14,
            since="the day on which typing began; handing in and the close remove them at once",
            least=1,
            most=30,
            why="Time for a second person to type them again",
        ),
        dispose=_dispose_forms,
        # Nobody can find, show or erase one person's: no form has a name.
        of=lambda _subject: (),
        erase=lambda _subject: Erased(),
    )
)
