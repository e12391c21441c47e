"""The questionnaire on paper: a form a school and kind of respondent, of the same questions in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse

from isthmus.apps.core.components import Cell, Column, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.documents import Block, Document
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.instruments import Instrument, Item, Respondent, options_of, sections_for
from isthmus.apps.surveys.models import Wave, WaveSchool, Who
from isthmus.apps.surveys.presenters.answering import promise
from isthmus.apps.surveys.presenters.waves import spaced

SORTS = {"school": Sort("School", ("organisation__sort_name", "organisation__name"))}
LINE = ". " * 60
BOX, TICKED = "\u2610", "\u2612"
SHORT = 120
"""Options of so many letters in all stand side by side."""
TYPED = (
    "Do not write your name. Somebody types what you ticked into the computer, twice, and sees this sheet. Then it "
    "counts as every other answer, and the sheet is destroyed."
)


def document(school: WaveSchool, who: str, instrument: Instrument) -> Document:
    """The form of one school's people of one kind."""
    wave = school.wave
    blocks = [
        Block(text=f"{wave.asks} asks: {wave.why}"),
        Block(lines=[*promise(wave), TYPED]),
        Block(
            text=f"Tick one box for each question, or none. Give the form back in a closed envelope by "
            f"{in_words(wave.until)}. You can answer on a phone or computer instead: not both. {wave.consent}".strip()
        ),
        Block(text=f"{TICKED} You answer as: {Who(who).label}"),
    ]
    number = 0
    for section in sections_for(instrument, who):
        blocks += _section(section.title, section.help, section.items, number, instrument, who, wave)
        number += len(section.items)
    ends = f"Thank you. Results come from {in_words(wave.results_on)}."
    subtitle = f"{school.organisation.name} · {Who(who).label} · code {spaced(school.code)}"
    return Document(wave.name, subtitle, (*blocks, Block(text=ends)))


def _section(
    title: str, words: str, items: Sequence[Item], before: int, instrument: Instrument, who: str, wave: Wave
) -> list[Block]:
    respondent = Respondent(who)
    numbered = list(enumerate(items, before + 1))
    options = [options_of(item, instrument, respondent) for _n, item in numbered if not item.open]
    short = bool(options) and sum(len(name) for _code, name in options[0]) <= SHORT
    alike = short and all(one == options[0] for one in options)
    blocks = [Block(heading=title, text=words)]
    if alike:
        columns = [Column("Question"), *(Column(name) for _code, name in options[0])]
        boxes = [f"{BOX} {key}" for key in range(1, len(options[0]) + 1)]
        rows = [(f"{n}. {item.wording(respondent)}", *boxes) for n, item in numbered if not item.open]
        blocks.append(Block(table=Table(f"{title}: tick one box in each line", columns, rows)))
    for n, item in numbered:
        if not item.open and not alike:
            lines = [
                f"{BOX} {key}  {name}"
                for key, (_code, name) in enumerate(options_of(item, instrument, respondent), 1)
            ]
            blocks.append(Block(text=f"{n}. {item.wording(respondent)}", lines=lines))
        if wave.comments:
            for key in item.text_keys:
                more = {"evidence": item.evidence, "comment": item.comment}.get(key.partition(":")[2])
                text = f"{n}. {more or item.wording(respondent)}"
                blocks += [Block(text=text), Block(text=LINE), Block(text=LINE)]
    return blocks


def schools_table(page: Listing[WaveSchool], wave: Wave, *, types: bool) -> Table:
    """For each school and kind of respondent, its form and where it is typed."""
    columns = [page.column("School", "school"), page.column("As"), page.column("Form"), page.column("File")]
    if types:
        columns.append(page.column("Answers"))
    rows: list[tuple[object, ...]] = []
    for school in page.page:
        for who in asked(wave):
            at = [wave.pk, school.pk, who]
            row = [
                school.organisation.name,
                str(Who(who).label),
                Cell("To print", url=reverse("surveys:paper_form", args=at)),
                Cell("PDF", url=reverse("surveys:paper_pdf", args=at)),
            ]
            row += [Cell("Type answers", url=reverse("surveys:paper_entry", args=at))] if types else []
            rows.append(tuple(row))
    return Table(count(page.total, "school or organisation", "schools and organisations"), columns, rows)


def asked(wave: Wave) -> Iterable[str]:
    """Who is asked, in the usual order."""
    return [who for who in Who.values if who in wave.asked]
