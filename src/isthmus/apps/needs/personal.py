"""Personal data of needs: who said what of a school, and who gave a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.needs.models import Competition, GivenFile, Statement, Tie

NAMELESS = "a spreadsheet"
STATEMENTS = Made(Statement, "said_by", "said_on", {"said_as": ""})
COMPETITION = Made(Competition, "said_by", "said_on", {"said_as": ""})
TIES = Made(Tie, "said_by", "said_on", {"said_as": ""})
FILES = Made(GivenFile, also={"file_name": NAMELESS})
EVERY = (STATEMENTS, COMPETITION, TIES)


def _of(subject: Subject) -> Iterator[Part]:
    said = list(STATEMENTS.of(subject).select_related("organisation", "theme"))
    texts = personal.redacted([" ".join(row.note.split()) for row in said], subject)
    yield Part(
        "What you said of a school's needs and strengths",
        ("On", "School", "Theme", "What", "Note", "As"),
        [
            (
                in_words(row.said_on),
                row.organisation.name,
                row.theme.name,
                str(row.get_level_display()),
                text,
                row.said_as,
            )
            for row, text in zip(said, texts, strict=True)
        ],
    )
    for title, made, text_of in (
        ("Where you recorded that schools compete", COMPETITION, "reason"),
        ("Ties between schools that you recorded", TIES, "note"),
    ):
        found = list(made.of(subject).select_related("first", "second"))
        texts = personal.redacted([" ".join(getattr(row, text_of).split()) for row in found], subject)
        yield Part(
            title,
            ("On", "Schools", "What you wrote", "As"),
            [
                (in_words(row.said_on), f"{row.first.name} and {row.second.name}", text, row.said_as)
                for row, text in zip(found, texts, strict=True)
            ],
        )


def _files_of(subject: Subject) -> Iterator[Part]:
    found = list(FILES.of(subject))
    names = personal.redacted([row.file_name for row in found], subject)
    rows = [
        (in_words(row.created_at), name, str(row.get_what_display()), str(row.get_state_display()))
        for row, name in zip(found, names, strict=True)
    ]
    yield Part(
        "Spreadsheets of needs and ties that you gave", ("Given", "File", "What it holds", "State"), rows
    )


personal.declare(
    PersonalData(
        key="needs",
        title="Who said what of a school's needs, ties and competition",
        subjects="People who answer for a school, and officers of its area",
        what="Who said what of which school, in which role and when",
        purpose="To ask back, and to know what a school said itself and what others said for it",
        basis=Basis.PUBLIC_TASK,
        recipients="The school and people of its area; competition is for officers of the area alone",
        source="The person themselves",
        columns={
            "needs.Statement": ("said_by", "said_as"),
            "needs.Competition": ("said_by", "said_as"),
            "needs.Tie": ("said_by", "said_as"),
        },
        keep=Keep(
            days=1098,
            since="it was said",
            least=90,
            most=2192,
            why="Three school years, over which needs are compared; what was said of the school stays",
        ),
        dispose=personal.dispose_each(*EVERY),
        of=_of,
        erase=lambda subject: Erased(sum(made.erase(subject) for made in EVERY)),
    )
)
personal.declare(
    PersonalData(
        key="need-files",
        title="Spreadsheets of needs and ties that were given",
        subjects="Officers who give spreadsheets of needs, ties and competition",
        what="Who gave which spreadsheet and when, and what it was called. Of the file itself nothing is kept but "
        "what it says of schools, and that only until it is applied or put aside",
        purpose="To ask whoever gave a spreadsheet about it",
        basis=Basis.PUBLIC_TASK,
        recipients="People who look after the needs of the area",
        source="The person themselves",
        columns={"needs.GivenFile": ("by", "file_name")},
        keep=Keep(
            days=366,
            since="the spreadsheet was given",
            least=30,
            most=2192,
            why="To look into what it changed during a school year",
        ),
        dispose=FILES.dispose,
        of=_files_of,
        erase=lambda subject: Erased(FILES.erase(subject)),
    )
)
_OF_SCHOOLS = "what is said of schools; the forms ask for no person's name"
personal.not_personal("needs.Statement", _OF_SCHOOLS, "note", "affected", "their_words", "solution")
personal.not_personal("needs.Statement", "a level or a source", "level", "source")
personal.not_personal("needs.Competition", _OF_SCHOOLS, "reason")
personal.not_personal("needs.Competition", "what schools compete for", "over")
personal.not_personal("needs.Tie", _OF_SCHOOLS, "note")
personal.not_personal("needs.Tie", "a kind", "kind")
personal.not_personal("needs.GivenFile", _OF_SCHOOLS, "rows", "report")
personal.not_personal("needs.GivenFile", "a kind, a checksum or a state", "what", "digest", "state")
