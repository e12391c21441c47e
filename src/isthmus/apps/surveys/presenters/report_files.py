"""The report of a wave as files: the tables of its page for a spreadsheet, and all that it says as a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from isthmus.apps.core.components import Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.documents import Block, Document
from isthmus.apps.core.exports import Cell, Row
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.adapters.results import Question
from isthmus.apps.surveys.models import Wave, WaveKind
from isthmus.apps.surveys.presenters import report as page
from isthmus.apps.surveys.presenters.report_taken import Taken
from isthmus.apps.surveys.queries import is_fictional

NUMBER = re.compile(r"−?[0-9]{1,9}(\.[0-9]{1,9})?")
ALL = "(all of the section)"
FICTIONAL = "Fictional: these schools and these answers were invented."
ABOUT_HEADER = ("What", "Value")
COMMENTS_HEADER = ("Question", "In their own words")
COMMENTED = (
    "A person took out what tells who wrote it. Each question’s comments stand in an order of their own."
)
TOKENS = (
    ("[c]", "is kept back, so that nobody can work out what a few people said"),
    ("[x]", "is not available"),
    ("[z]", "does not apply"),
    (
        "‘12 to 14’",
        "means a number somewhere from 12 to 14: exact numbers would tell more than was promised",
    ),
)
BETWEEN = "A mean ‘probably lies between’ two numbers: if everybody had answered, it would lie there 95 times in 100."


def _cell(text: object) -> Cell:
    """What a page shows as a spreadsheet holds it: plain numbers as numbers, all else as text."""
    shown = str(text)
    if NUMBER.fullmatch(shown):
        plain = shown.replace("−", "-")
        return float(plain) if "." in plain else int(plain)
    return shown


def _texts(table: Table) -> list[list[str]]:
    return [[str(cell.text) for _column, cell in row] for row in table.body]


def section_rows(taken: Taken) -> tuple[list[str], list[Row]]:
    """Header and rows of the sheet of sections: exactly the page's table."""
    return table_rows(taken.sections)


def _by_part(taken: Taken) -> tuple[list[str], list[tuple[str, list[Row]]]]:
    """The columns of all the page's tables of questions together, and for each section its title and rows."""
    tables = [(part, page.questions_table(part)) for part in taken.parts]
    header = list(dict.fromkeys(column.label for _part, table in tables for column in table.columns))
    found = []
    for part, table in tables:
        labels = [column.label for column in table.columns]
        rows: list[Row] = []
        for question, texts in zip(part.questions, _texts(table), strict=True):
            told = {**_untold(taken.instrument, question), **dict(zip(labels, texts, strict=True))}
            name, *figures = (told.get(label, "[z]") for label in header)
            rows.append([part.title, name, *map(_cell, figures)])
        found.append((part.title, rows))
    return ["Section", *header], found


def _untold(instrument: Instrument, question: Question) -> dict[str, str]:
    """What stands for each answer to a question where the page's table has no column for it, as no question of the
    section tells how its answers spread."""
    token = "[z]" if question.agree == "[z]" else "[c]"
    return {option.label: token for option in instrument.scale_of(instrument.item(question.id)).options}


def question_rows(taken: Taken) -> tuple[list[str], list[Row]]:
    """Header and rows of the sheet of questions: the page's tables below each other, a column for each answer there is
    anywhere; '[z]' where a question has no such answer."""
    header, found = _by_part(taken)
    return header, [row for _title, rows in found for row in rows]


def csv_rows(taken: Taken) -> tuple[list[str], list[Row]]:
    """One table for all: whose answers, then each section's mean followed by its questions."""
    header, found = _by_part(taken)
    rest = ["[z]"] * (len(header) - 4)
    rows: list[Row] = []
    for (title, questions), (_title, mean, between, *_others) in zip(
        found, _texts(taken.sections), strict=True
    ):
        rows.append([taken.name, title, ALL, _cell(mean), between, *rest])
        rows += [[taken.name, *row] for row in questions]
    for heading, _text, table in taken.more:
        for first, *cells in _texts(table):
            told = [f"{c.label}: {text}" for c, text in zip(table.columns[1:], cells, strict=True)]
            rows.append([taken.name, heading, first, *told, *["[z]"] * (len(header) - 2 - len(told))])
    rows += [[taken.name, "Comment", *row, *["[z]"] * (len(header) - 3)] for row in comment_rows(taken)]
    return ["Whose answers", *header], rows


def about_rows(taken: Taken) -> list[Row]:
    """What the report is, and how to read it."""
    wave = taken.wave
    rows: list[Row] = [
        ("Questionnaire", wave.name),
        ("Whose answers", taken.name),
        ("Asked by", wave.asks),
        ("Questions", str(wave.instrument)),
        ("Kind", str(WaveKind(wave.kind).label)),
    ]
    rows += [("Schools", FICTIONAL)] if is_fictional(wave) else []
    rows += [
        (fact.label, f"{fact.value}. {fact.note}" if fact.note else str(fact.value)) for fact in taken.facts
    ]
    rows += [
        ("Closed on", in_words(wave.closed_at)),
        ("Mark of the report", taken.digest),
        ("How to read it", taken.instrument.reading),
        *(("Kept back", told) for told in taken.kept_back),
        *((token, f"{means[0].upper()}{means[1:]}.") for token, means in TOKENS),
        ("Probably between", BETWEEN),
        *((heading, text) for heading, text, _table in taken.more),
    ]
    return rows


def about_group(taken: Taken) -> list[str]:
    """On whose answers a report of a group stands, a line each."""
    return [f"{fact.label}: {fact.value}{f'. {fact.note}' if fact.note else ''}" for fact in taken.facts]


def sheets(taken: Taken) -> list[tuple[str, Sequence[str], list[Row]]]:
    """The sheets of the workbook: title, header, rows."""
    return [
        ("Sections", *section_rows(taken)),
        ("Questions", *question_rows(taken)),
        *((heading, *table_rows(table)) for heading, _text, table in taken.more),
        *([("Comments", COMMENTS_HEADER, comment_rows(taken))] if taken.comments else []),
        ("About", ABOUT_HEADER, about_rows(taken)),
    ]


def table_rows(table: Table) -> tuple[list[str], list[Row]]:
    """A table as a sheet."""
    return [c.label for c in table.columns], [[_cell(text) for text in row] for row in _texts(table)]


def comment_rows(taken: Taken) -> list[Row]:
    """What is shown of comments, each beside its question."""
    return [(question, told) for question, shown in taken.comments for told in shown]


def document(taken: Taken) -> Document:
    """All that the page says but for its drawing, whose figures are in the table of sections."""
    ranked = taken.ranked
    blocks = [
        Block(text=FICTIONAL if is_fictional(taken.wave) else "", facts=taken.facts),
        Block(heading="Sections", text=taken.instrument.reading),
        Block(table=taken.sections),
        *([Block(lines=taken.kept_back)] if taken.kept_back else []),
        Block(heading="What stands out", text=stands_out(ranked)),
    ]
    for heading, lines in (("Strengths", ranked.strengths), ("To talk about", ranked.gaps)):
        blocks += [Block(heading=heading, small=True, lines=lines)] if lines else []
    for heading, text, more in taken.more:
        blocks += [Block(heading=heading, text=text), Block(table=more)]
    blocks.append(Block(heading="Question by question"))
    for part in taken.parts:
        blocks.append(Block(heading=part.title, small=True, anchor=part.id, table=page.questions_table(part)))
    blocks += [Block(heading="In their own words", text=COMMENTED)] if taken.comments else []
    blocks += [Block(heading=question, small=True, lines=told) for question, told in taken.comments]
    blocks += [
        Block(heading="How to read the figures", lines=[f"{token} {means}." for token, means in TOKENS]),
        Block(text=BETWEEN),
        Block(
            text=f"The report was made once, on {in_words(taken.wave.closed_at)}, and is the same for all. "
            f"Its mark: {taken.digest[:12]}."
        ),
    ]
    return Document(taken.title, taken.name, tuple(blocks))


def named_document(wave: Wave, table: Table, reading: str, digest: str) -> Document:
    """Answers that carry a school's name, as their page has them."""
    blocks = [
        Block(text=FICTIONAL if is_fictional(wave) else ""),
        Block(text=reading),
        Block(table=table),
        Block(text=f"Made once, on {in_words(wave.closed_at)}. Its mark: {digest[:12]}."),
    ]
    return Document(f"Report of {wave.name}", wave.asks, tuple(blocks))


def stands_out(ranked: page.Ranked) -> str:
    """How the questions that stand out were found, or that there are none."""
    if ranked.strengths or ranked.gaps:
        return (
            f"Of {ranked.looked_at} questions, these differ from the rest of what this group said by more than "
            "chance would make, all of them looked at together."
        )
    return "No question differs from the rest by more than chance would make."
