"""The schools of an area against its themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing, Order
from isthmus.apps.needs.forms import SHORT
from isthmus.apps.needs.models import GIVING, NEEDING, Level, Source, Statement
from isthmus.apps.needs.queries import age_in_months
from isthmus.apps.needs.queries.statements import Stands
from isthmus.apps.register.models import Area, Organisation, Phase, Theme

NOT_SAID = "not said"
MONTHS = 12


@dataclass(frozen=True)
class SchoolRow:
    """A school with what it says, by key of the theme."""

    school: Organisation
    said: Mapping[int, Stands]
    day: date
    months: int

    @property
    def needs(self) -> int:
        return sum(one.is_open(self.day) for one in self.said.values())

    @property
    def strengths(self) -> int:
        return sum(one.level in GIVING for one in self.said.values())

    @property
    def newest(self) -> date | None:
        return max((one.said_on for one in self.said.values()), default=None)

    @property
    def old(self) -> int:
        """How many statements are older than the area's period."""
        return sum(is_old(one.said_on, self.day, self.months) for one in self.said.values())


def is_old(said_on: date, day: date, months: int) -> bool:
    """Whether something was said so long ago that it is shown as old."""
    return age_in_months(said_on, day) >= months


def ago(said_on: date, day: date) -> str:
    """'said today', 'said 3 months ago'."""
    months = age_in_months(said_on, day)
    if said_on == day:
        return "said today"
    return f"said {numbers.count(months, 'month')} ago" if months else "said less than a month ago"


def rows_of(
    schools: Sequence[Organisation], said: Mapping[tuple[int, int], Stands], day: date, months: int
) -> list[SchoolRow]:
    """A row for each school, in the order they come."""
    found: dict[int, dict[int, Stands]] = {school.pk: {} for school in schools}
    for (school, theme), one in said.items():
        found[school][theme] = one
    return [SchoolRow(school, found[school.pk], day, months) for school in schools]


ORDERS: dict[str, Order[SchoolRow]] = {
    "school": Order("School", lambda row: row.school.sort_name),
    "needs": Order("Open needs", lambda row: row.needs),
    "strengths": Order("Strengths", lambda row: row.strengths),
    "said": Order("Last said", lambda row: row.newest),
}
Fits = Callable[[SchoolRow, int | None], bool]


def _any(row: SchoolRow, theme: int | None, fits: Callable[[Stands], bool]) -> bool:
    """Whether what is said of the theme fits (of any theme, where none is chosen)."""
    return any(fits(one) for key, one in row.said.items() if theme in (None, key))


FILTERS: dict[str, tuple[str, Fits]] = {
    "need": ("Would welcome help", lambda row, theme: _any(row, theme, lambda one: one.is_open(row.day))),
    "strength": ("Can help others", lambda row, theme: _any(row, theme, lambda one: one.level in GIVING)),
    "met": (
        "Need met",
        lambda row, theme: _any(row, theme, lambda one: one.level in NEEDING and not one.is_open(row.day)),
    ),
    "old": (
        "Said long ago",
        lambda row, theme: _any(row, theme, lambda one: is_old(one.said_on, row.day, row.months)),
    ),
    "nothing": ("Nothing said yet", lambda row, theme: not _any(row, theme, lambda one: True)),
}


def fitting(
    rows: Sequence[SchoolRow], *, text: str, theme: int | None, only: str, phase: str
) -> list[SchoolRow]:
    """The schools that a search and filters leave."""
    words = text.lower().split()

    def fits(row: SchoolRow) -> bool:
        school = row.school
        if phase and school.phase != phase:
            return False
        if only in FILTERS and not FILTERS[only][1](row, theme):
            return False
        findable = f"{school.name} {school.urn} {school.town} {school.postcode}".lower()
        return all(word in findable for word in words)

    return [row for row in rows if fits(row)]


def table(area: Area, page: Listing[SchoolRow], themes: Sequence[Theme]) -> Table:
    """Schools down, themes across."""
    columns = [
        page.column("School", "school"),
        page.column("Place"),
        page.column("Open needs", "needs", numeric=True),
        page.column("Strengths", "strengths", numeric=True),
        page.column("Last said", "said"),
        *(Column(theme.name) for theme in themes),
    ]
    rows = [
        [
            Cell(row.school.name, school_url(area, row.school)),
            row.school.town or row.school.postcode,
            numbers.whole(row.needs),
            numbers.whole(row.strengths),
            in_words(row.newest) if row.newest else NOT_SAID,
            *(_cell(row.said.get(theme.pk), row) for theme in themes),
        ]
        for row in page.page
    ]
    return Table(numbers.count(page.total, "school"), columns, rows)


def _cell(said: Stands | None, row: SchoolRow) -> str:
    if said is None:
        return NOT_SAID
    words = SHORT[Level(said.level)]
    if said.level in NEEDING and not said.is_open(row.day):
        words += ", met"
    return f"{words} ({ago(said.said_on, row.day)})" if is_old(said.said_on, row.day, row.months) else words


def area_url(area: Area) -> str:
    """The page of the area's schools against its themes."""
    return reverse("needs:area", args=[area.pk])


def school_url(area: Area, school: Organisation) -> str:
    """The page of a school as the area asks it."""
    return reverse("needs:school", args=[area.pk, school.urn])


def themes_table(area: Area, rows: Sequence[SchoolRow], themes: Sequence[Theme]) -> Table:
    """How many would welcome help with each theme, and how many can give it; each a link to them."""
    base = reverse("needs:area", args=[area.pk])
    body = []
    for theme in themes:
        said = [row.said[theme.pk] for row in rows if theme.pk in row.said]
        needing = sum(one.is_open(rows[0].day) for one in said)
        giving = sum(one.level in GIVING for one in said)
        link = f"{base}?theme={theme.pk}&only="
        body.append(
            [
                theme.name,
                Cell(numbers.whole(needing), f"{link}need" if needing else ""),
                Cell(numbers.whole(giving), f"{link}strength" if giving else ""),
                numbers.whole(len(said)),
            ]
        )
    columns = [
        Column("Theme"),
        Column("Would welcome help", numeric=True),
        Column("Can help others", numeric=True),
        Column("Schools that said", numeric=True),
    ]
    return Table("By theme", columns, body)


def phase_choices(schools: Sequence[Organisation]) -> list[tuple[str, str]]:
    """The phases that these schools have."""
    there = {school.phase for school in schools}
    return [(phase.value, str(phase.label)) for phase in Phase if phase.value in there]


def export_rows(
    rows: Sequence[SchoolRow], themes: Sequence[Theme], said: Mapping[tuple[int, int], Statement]
) -> Iterator[Row]:
    """One row for each school and theme that was spoken of, in the columns of the template."""
    for row in rows:
        for theme in themes:
            statement = said.get((row.school.pk, theme.pk))
            if statement is not None:
                yield (row.school.urn, row.school.name, theme.name, *statement_cells(statement))


def statement_cells(statement: Statement) -> Row:
    """What was said, in the order of the columns of the spreadsheet."""
    met = f"{statement.met_on:%d/%m/%Y}" if statement.met_on else ""
    said = (statement.level, statement.note, statement.affected, statement.their_words, statement.solution)
    return (*said, met, statement.said_as, f"{statement.said_on:%d/%m/%Y}")


def who(statement: Statement) -> str:
    """Who said so: the role, the person where known, and whether for the school."""
    name = statement.said_by.name if statement.said_by else ""
    role = statement.said_as
    words = f"{name} ({role[:1].lower()}{role[1:]})" if name and role else name or role or "Isthmus"
    if statement.source == Source.SPREADSHEET:
        return f"{words}, for the school, from a spreadsheet"
    return f"{words}, for the school" if statement.on_behalf else words
