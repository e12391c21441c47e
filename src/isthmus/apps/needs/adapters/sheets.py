"""Spreadsheets of needs, ties and competition: their columns, and rows as plain values for a JSON column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from isthmus.apps.core import sheet_rows
from isthmus.apps.core.sheet_rows import Column, Read, Unreadable, plain_heading, urn_of
from isthmus.apps.core.spreadsheets import Sheet, SpreadsheetRefused
from isthmus.apps.needs.models import Level, Over, TieKind, What
from isthmus.apps.register.models import Theme

Line = dict[str, Any]
LEVELS = {
    **{level.value: level.value for level in Level},
    **dict.fromkeys(("n", "needs", "development", "we would welcome help", "area for development"), "need"),
    **dict.fromkeys(("s", "strengths", "offer", "we can help others", "can help"), "strength"),
    **dict.fromkeys(("b", "need and strength", "strength and need"), "both"),
    **dict.fromkeys(("none", "no", "neither at present", "0"), "neither"),
}
YES_NO = {"yes": True, "no": False, "y": True, "n": False, "true": True, "false": False}
KINDS = {kind.value: kind.value for kind in TieKind} | {"feeds": "feeder", "feeder school": "feeder"}
URN = Column(
    "URN", urn_of, ("schoolurn", "urnnumber", "uniquereferencenumber", "firsturn", "fromurn"), needed=True
)
OTHER = Column("Other URN", urn_of, ("urntwo", "secondurn", "tourn", "othersurn"), needed=True)
SCHOOL = Column("School", None, ("schoolname", "establishmentname", "name", "firstschool"))
OTHER_SCHOOL = Column("Other school", None, ("secondschool", "othername"))
NEEDS = {
    "urn": URN,
    "school": SCHOOL,
    "theme": Column("Theme", sheet_rows.text(80, needed="write the theme"), ("topic",), needed=True),
    "level": Column(
        "Need or strength",
        sheet_rows.one_of(LEVELS),
        ("level", "needorstrengh", "says", "status"),
        needed=True,
    ),
    "note": Column("What exactly", sheet_rows.text(600), ("note", "notes", "details", "comment")),
    "affected": Column("People affected", sheet_rows.text(200), ("affected", "whoisaffected")),
    "their_words": Column("What they said", sheet_rows.text(1000), ("theirwords",)),
    "solution": Column("Solution", sheet_rows.text(600), ("whatmetit", "metby")),
    "met_on": Column("Met on", sheet_rows.day(), ("datemet",)),
    "said_as": Column("Who said so", sheet_rows.text(120), ("saidby", "role", "who")),
    "said_on": Column("Said on", sheet_rows.day(), ("date", "when", "on")),
}
TIES = {
    "kind": Column("Tie", sheet_rows.one_of(KINDS), ("kind", "type", "kindoftie"), needed=True),
    "urn": URN,
    "school": SCHOOL,
    "other": OTHER,
    "other_school": OTHER_SCHOOL,
    "note": Column("Note", sheet_rows.text(300), ("notes", "details")),
    "since": Column("From", sheet_rows.day(), ("since", "start", "started")),
    "until": Column("To", sheet_rows.day(year_ends=True), ("until", "end", "ended")),
}
COMPETITION = {
    "urn": URN,
    "school": SCHOOL,
    "other": OTHER,
    "other_school": OTHER_SCHOOL,
    "over": Column(
        "Over",
        sheet_rows.one_of({over.value: over.value for over in Over}),
        ("for", "competefor"),
        needed=True,
    ),
    "competes": Column("They compete", sheet_rows.one_of(YES_NO, True), ("compete", "competes")),
    "reason": Column(
        "Reason", sheet_rows.text(300, needed="write a few words on why"), ("why", "because"), needed=True
    ),
}
COLUMNS = {What.NEEDS: NEEDS, What.TIES: TIES, What.COMPETITION: COMPETITION}
NOTHING = "There is no row below the headings. Write one row for each school, or fill in the template."
THEME = "theme:"


def headings(what: What) -> list[str]:
    """The headings of a spreadsheet of this kind."""
    return [column.label for column in COLUMNS[what].values()]


def read_file(what: What, sheets: Sequence[Sheet], themes: Sequence[Theme]) -> Read[Line]:
    """The rows of a file. Raises `SpreadsheetRefused`.

    Needs come in either of two shapes: a row for each school and theme, or a row for each school with a column for
    each theme; both become a row for each school and theme.
    """
    if what != What.NEEDS:
        return sheet_rows.read_rows(sheets, COLUMNS[what], _line, nothing=NOTHING)
    try:
        return sheet_rows.read_rows(sheets, NEEDS, _line, nothing=NOTHING)
    except SpreadsheetRefused as refused:
        wide = _wide(sheets, themes)
        if wide is None:
            what_to_do = f"{refused} Or give a column for each theme, headed with its name."
            raise SpreadsheetRefused(what_to_do) from None
        return wide


def _wide(sheets: Sequence[Sheet], themes: Sequence[Theme]) -> Read[Line] | None:
    """The rows of a table of schools × themes; None where no heading is a theme's name."""
    columns: dict[str, Column] = {
        "urn": URN,
        "school": SCHOOL,
        "said_as": NEEDS["said_as"],
        "said_on": NEEDS["said_on"],
    }
    level = sheet_rows.one_of(LEVELS, "")
    #
    columns |= {f"{THEME}{theme.name}": Column(theme.name, level) for theme in themes}
    heads = {plain_heading(cell) for sheet in sheets for _n, row in sheet.rows[:20] for cell in row}
    if not heads & {plain_heading(theme.name) for theme in themes}:
        return None
    read: Read[list[Line]] = sheet_rows.read_rows(
        sheets,
        columns,
        _lines,
        nothing=NOTHING,
        enough=lambda found: any(name.startswith(THEME) for name in found),
    )
    names = {name: head for name, head in read.headings.items() if not name.startswith(THEME)}
    lines = [line for row in read.rows for line in row]
    return Read(lines, names | {"theme": "Theme", "level": "Theme"}, read.problems)


def _lines(number: int, values: Mapping[str, Any]) -> list[Line]:
    rest = {name: value for name, value in values.items() if not name.startswith(THEME)}
    return [
        _line(number, {**rest, "theme": name.removeprefix(THEME), "level": value})
        for name, value in values.items()
        if name.startswith(THEME) and value
    ]


def _line(number: int, values: Mapping[str, Any]) -> Line:
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        what = f"the last day is before the first, {since:%d/%m/%Y}: change one of the two"
        raise Unreadable(what, name="until", value=f"{until:%d/%m/%Y}")
    plain = {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}
    return {"row": number, **plain}


def day_of(line: Line, name: str) -> date | None:
    """A day of a row."""
    return date.fromisoformat(line[name]) if line.get(name) else None
