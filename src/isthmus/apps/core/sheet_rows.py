"""Rows of a spreadsheet under headings people write: each cell read, each mistake with row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from isthmus.apps.core.dates import SchoolYear
from isthmus.apps.core.spreadsheets import Sheet, SpreadsheetRefused, Value

R = TypeVar("R")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
FIRST, LAST = date(1950, 1, 1), date(2100, 12, 31)
EXCEL_ZERO = date(1899, 12, 30)
MOST_KEPT = 300
"""Mistakes that a report keeps in full."""


@dataclass(frozen=True)
class Problem:
    """One mistake: the row as the spreadsheet shows it (0 for the whole file), the column, what stands there."""

    row: int
    column: str
    value: str
    what_to_do: str


class Unreadable(ValueError):
    """A cell makes no sense; the text says what to write. `name` and `value` where it is another column's cell."""

    def __init__(self, what_to_do: str, *, name: str = "", value: str = "") -> None:
        super().__init__(what_to_do)
        self.name, self.value = name, value


@dataclass(frozen=True)
class Column:
    """A column: its heading, other words for it (plain: small letters only), and what reads a cell.

    A column without `read` is for the reader's own eyes. `read` raises `Unreadable`.
    """

    label: str
    read: Callable[[Value], Any] | None = None
    also: tuple[str, ...] = ()
    needed: bool = False


@dataclass
class Read(Generic[R]):
    """What a file holds: rows that make sense, the file's own words for its columns, and every mistake."""

    rows: list[R] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def plain_heading(cell: Value) -> str:
    """A heading as it is compared: 'Date From' is 'datefrom'."""
    return re.sub(r"[^a-z]", "", str(cell or "").lower())


def read_rows(
    sheets: Sequence[Sheet],
    columns: Mapping[str, Column],
    make: Callable[[int, dict[str, Any]], R],
    *,
    nothing: str,
    enough: Callable[[set[str]], bool] = lambda _found: True,
) -> Read[R]:
    """The rows of the first sheet that has the needed headings (and whose headings are `enough`).

    `make` makes a row of its number and cells; it may raise `Unreadable` with `name`. Raises `SpreadsheetRefused`
    where no sheet fits, and with the text `nothing` where there is no row below the headings.
    """
    needed = {name for name, column in columns.items() if column.needed}
    words = {plain_heading(column.label): name for name, column in columns.items()}
    words |= {other: name for name, column in columns.items() for other in column.also}
    for sheet in sheets:
        for at, (_number, cells) in enumerate(sheet.rows[:20]):
            found = _columns(cells, words)
            if needed <= found.keys() and enough(set(found)):
                read: Read[R] = Read(
                    headings={name: str(cells[position]) for name, position in found.items()}
                )
                _read_sheet(read, sheet.rows[at + 1 :], columns, found, make)
                if not read.rows and not read.problems:
                    raise SpreadsheetRefused(nothing)
                return read
    wanted = ", ".join(columns[name].label for name in columns if name in needed)
    raise SpreadsheetRefused(
        f"No row has the headings {wanted}. Write them above the columns, or fill in the template."
    )


def _columns(cells: Sequence[Value], words: Mapping[str, str]) -> dict[str, int]:
    """Which column holds what; the first of two with the same meaning counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        plain = plain_heading(cell)
        if plain in words:
            found.setdefault(words[plain], position)
    return found


def _read_sheet(
    read: Read[R],
    rows: Sequence[tuple[int, Sequence[Value]]],
    columns: Mapping[str, Column],
    found: Mapping[str, int],
    make: Callable[[int, dict[str, Any]], R],
) -> None:
    readers = {name: column.read for name, column in columns.items() if name in found and column.read}
    for number, cells in rows:
        given = {name: cells[found[name]] if found[name] < len(cells) else None for name in readers}
        if all(cell is None for cell in given.values()):
            continue
        values: dict[str, Any] = {}
        before = len(read.problems)
        for name, reader in readers.items():
            try:
                values[name] = reader(given[name])
            except Unreadable as error:
                shown = "" if given[name] is None else str(given[name])
                read.problems.append(Problem(number, read.headings[name], shown[:80], str(error)))
        if len(read.problems) == before:
            try:
                read.rows.append(make(number, values))
            except Unreadable as error:
                heading = read.headings.get(error.name, columns[error.name].label)
                read.problems.append(Problem(number, heading, error.value[:80], str(error)))


def text(longest: int, *, needed: str = "") -> Callable[[Value], str]:
    """A reader of text of at most `longest` characters; with `needed`, what to write where the cell is empty."""

    def read(cell: Value) -> str:
        written = "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
        if not written and needed:
            raise Unreadable(needed)
        if len(written) > longest:
            raise Unreadable(f"write at most {longest} characters")
        return written

    return read


def one_of(words: Mapping[str, R], empty: R | None = None) -> Callable[[Value], R]:
    """A reader of one of some words, however spaced and capitalised; an empty cell is `empty`, or refused."""
    shown = ", ".join(dict.fromkeys(_first_words(words)))

    def read(cell: Value) -> R:
        if cell is None and empty is not None:
            return empty
        found = words.get(re.sub(r"[\s_-]+", " ", str(cell or "")).strip().lower())
        if found is None:
            raise Unreadable(f"write one of: {shown}")
        return found

    return read


def _first_words(words: Mapping[str, Any]) -> list[str]:
    """The first word for each meaning."""
    seen: dict[Any, str] = {}
    for word, meaning in words.items():
        seen.setdefault(meaning, word)
    return list(seen.values())


def urn_of(cell: Value) -> str:
    """Six digits from whatever a spreadsheet made of them: a number, 123456.0, lost zeros, 'URN 123456'."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = "" if cell is None else str(cell).strip().lstrip("'")
    written = re.sub(r"^urn\W*", "", written, flags=re.IGNORECASE).replace(" ", "")
    written = re.sub(r"\.0+$", "", written)
    if not written:
        raise Unreadable("write the school’s URN: six digits, as in the public register")
    if not (written.isascii() and written.isdigit() and len(written) <= 7):
        raise Unreadable("a URN is six digits: write it as in the public register")
    return written.zfill(6)


def day(*, year_ends: bool = False) -> Callable[[Value], date | None]:
    """A reader of a date as Excel or a person writes it; a school year is its first (`year_ends`: last) day."""

    def read(cell: Value) -> date | None:
        if cell is None:
            return None
        found = cell if isinstance(cell, date) else _written_day(cell, year_ends=year_ends)
        if found is None:
            raise Unreadable("write a date such as 01/09/2024, or a school year such as 2024/25")
        if not FIRST <= found <= LAST:
            raise Unreadable(f"write a date from {FIRST.year} to {LAST.year}")
        return found

    return read


def _written_day(cell: str | int | float, *, year_ends: bool) -> date | None:
    written = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", str(cell).strip().lower())
    if re.fullmatch(r"\d{5}(\.\d+)?", written):  # Excel's own number of a day
        return EXCEL_ZERO + timedelta(days=int(float(written)))
    if found := re.fullmatch(r"(\d{4})\s*[/-]\s*(?:20)?(\d{2})", written):
        year = SchoolYear(int(found[1]))
        if (year.start + 1) % 100 != int(found[2]):
            return None
        return year.last_day if year_ends else year.first_day
    for pattern, order in (
        (r"(\d{1,2})[/.\s-](\d{1,2})[/.\s-](\d{4})", "dmy"),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?", "ymd"),
        (r"(\d{1,2})[\s-]([a-z]{3,9})\.?,?[\s-](\d{4})", "dmy"),
    ):
        if found := re.fullmatch(pattern, written):
            parts = dict(zip(order, found.groups(), strict=True))
            try:
                return date(int(parts["y"]), _month(parts["m"]), int(parts["d"]))
            except ValueError:
                return None
    return None


def _month(written: str) -> int:
    """The number of a month; 0, which no date has, where there is none of that name."""
    if written.isdigit():
        return int(written)
    return MONTHS.index(written[:3]) + 1 if written[:3] in MONTHS else 0
