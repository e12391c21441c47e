"""A spreadsheet of who is in what: its headings and cells to rows. Every mistake has its row, column and a way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from isthmus.apps.core.dates import SchoolYear
from isthmus.apps.core.spreadsheets import Sheet, SpreadsheetRefused, Value
from isthmus.apps.networks.models import MemberRole

NEEDED = {"layer": "Layer", "network": "Network", "urn": "URN"}
OPTIONAL = {
    "school": "School",
    "role": "Role",
    "since": "From",
    "until": "To",
    "why_joined": "Why joined",
    "why_left": "Why left",
}
COLUMNS = NEEDED | OPTIONAL
# Other words that people write above these columns, plain: small letters and digits only.
HEADINGS = {
    **{re.sub(r"[^a-z]", "", label.lower()): name for name, label in COLUMNS.items()},
    **dict.fromkeys(("layername", "kindofnetwork", "networktype", "tier", "type"), "layer"),
    **dict.fromkeys(
        ("networkname", "cluster", "clustername", "group", "partnership", "nameofnetwork"), "network"
    ),
    **dict.fromkeys(("schoolurn", "urnnumber", "uniquereferencenumber", "schoolcode", "urnno"), "urn"),
    **dict.fromkeys(("schoolname", "establishmentname", "nameofschool", "name", "member"), "school"),
    **dict.fromkeys(("part", "position", "memberrole", "roleinnetwork"), "role"),
    **dict.fromkeys(
        ("fromdate", "datefrom", "start", "started", "startdate", "starts", "joined", "datejoined", "since"),
        "since",
    ),
    **dict.fromkeys(
        ("todate", "dateto", "end", "ended", "enddate", "ends", "left", "dateleft", "until", "leavingdate"),
        "until",
    ),
    **dict.fromkeys(("reasonjoined", "whyjoin", "reasonforjoining"), "why_joined"),
    **dict.fromkeys(("reasonleft", "whyleave", "reasonforleaving", "reason"), "why_left"),
}
ROLES = {
    **{role.value: role for role in MemberRole},
    **dict.fromkeys(("leader", "leadschool", "lead school", "chair", "convenor", "yes"), MemberRole.LEAD),
    **dict.fromkeys(("school", "participant", "no"), MemberRole.MEMBER),
    **dict.fromkeys(("associate", "associate member", "guest"), MemberRole.PARTNER),
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
FIRST, LAST = date(1950, 1, 1), date(2100, 12, 31)
EXCEL_ZERO = date(1899, 12, 30)
MOST_KEPT = 300
LONGEST = {"layer": 80, "network": 120, "why_joined": 300, "why_left": 300}


@dataclass(frozen=True)
class Problem:
    """One mistake: the row as the spreadsheet shows it (0 for the whole file), the column, what stands there."""

    row: int
    column: str
    value: str
    what_to_do: str


@dataclass(frozen=True)
class Row:
    """One row, read. `role` is empty and dates are None where the cell was."""

    row: int
    layer: str
    network: str
    urn: str
    role: str = ""
    since: date | None = None
    until: date | None = None
    why_joined: str = ""
    why_left: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        said = asdict(self)
        return said | {name: value.isoformat() for name, value in said.items() if isinstance(value, date)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Row:
        """The row that `to_json` wrote."""
        days = {name: data[name] and date.fromisoformat(data[name]) for name in ("since", "until")}
        return cls(**{**data, **days})


@dataclass
class Read:
    """What a file holds: rows that make sense, the file's own words for its columns, and every mistake."""

    rows: list[Row] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Unreadable(ValueError):
    """A cell makes no sense; the text says what to write."""


def read_rows(sheets: Sequence[Sheet]) -> Read:
    """The rows of the first sheet that has the headings. Raises `SpreadsheetRefused` where none has."""
    for sheet in sheets:
        for at, (_number, cells) in enumerate(sheet.rows[:20]):
            columns = _columns(cells)
            if NEEDED.keys() <= columns.keys():
                return _read(sheet.rows[at + 1 :], columns, cells)
    wanted = ", ".join(NEEDED.values())
    raise SpreadsheetRefused(
        f"No row has the headings {wanted}. Write them above the columns, or fill in the template."
    )


def _columns(cells: Sequence[Value]) -> dict[str, int]:
    """Which column holds what; the first of two with the same meaning counts."""
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        plain = re.sub(r"[^a-z]", "", str(cell or "").lower())
        if plain in HEADINGS:
            found.setdefault(HEADINGS[plain], position)
    return found


def _read(
    rows: Sequence[tuple[int, Sequence[Value]]], columns: dict[str, int], heads: Sequence[Value]
) -> Read:
    read = Read(headings={name: str(heads[position]) for name, position in columns.items()})
    for number, cells in rows:
        given = {name: cells[at] if at < len(cells) else None for name, at in columns.items()}
        if any(given[name] is not None for name in given if name != "school"):
            _read_row(read, number, given)
    if not read.rows and not read.problems:
        raise SpreadsheetRefused(
            "There is no row below the headings. Write one row for each school in a network."
        )
    return read


def _read_row(read: Read, number: int, given: dict[str, Value]) -> None:
    values: dict[str, Any] = {}
    good = True
    for name in (n for n in COLUMNS if n in given and n != "school"):
        try:
            values[name] = READERS.get(name, _text)(given[name], name)
        except Unreadable as error:
            good = False
            shown = "" if given[name] is None else str(given[name])
            read.problems.append(Problem(number, read.headings[name], shown[:80], str(error)))
    since, until = values.get("since"), values.get("until")
    if good and since and until and until < since:
        good = False
        what = f"the last day is before the first, {since:%d/%m/%Y}: change one of the two"
        read.problems.append(Problem(number, read.headings["until"], f"{until:%d/%m/%Y}", what))
    if good:
        read.rows.append(Row(number, **values))


def _text(cell: Value, name: str) -> str:
    text = "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
    if not text and name in NEEDED:
        raise Unreadable(f"write the {COLUMNS[name].lower()}")
    if len(text) > LONGEST.get(name, 300):
        raise Unreadable(f"write at most {LONGEST.get(name, 300)} characters")
    return text


def urn_of(cell: Value, _name: str = "urn") -> str:
    """Six digits from whatever a spreadsheet made of them: a number, 123456.0, lost zeros, 'URN 123456'."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip().lstrip("'")
    text = re.sub(r"^urn\W*", "", text, flags=re.IGNORECASE).replace(" ", "")
    text = re.sub(r"\.0+$", "", text)
    if not text:
        raise Unreadable("write the school’s URN: six digits, as in the public register")
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise Unreadable("a URN is six digits: write it as in the public register")
    return text.zfill(6)


def _role(cell: Value, _name: str) -> str:
    if cell is None:
        return ""
    found = ROLES.get(re.sub(r"[\s_-]+", " ", str(cell)).strip().lower())
    if found is None:
        raise Unreadable(f"write one of: {', '.join(role.label.lower() for role in MemberRole)}")
    return found.value


def _day(cell: Value, name: str) -> date | None:
    """A date as Excel or a person writes it; a school year (2023/24) is its first or last day."""
    if cell is None:
        return None
    day = cell if isinstance(cell, date) else _written_day(cell, name)
    if day is None:
        raise Unreadable("write a date such as 01/09/2024, or a school year such as 2024/25")
    if not FIRST <= day <= LAST:
        raise Unreadable(f"write a date from {FIRST.year} to {LAST.year}")
    return day


def _written_day(cell: str | int | float, name: str) -> date | None:
    text = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", str(cell).strip().lower())
    if re.fullmatch(r"\d{5}(\.\d+)?", text):  # Excel's own number of a day
        return EXCEL_ZERO + timedelta(days=int(float(text)))
    if found := re.fullmatch(r"(\d{4})\s*[/-]\s*(?:20)?(\d{2})", text):
        year = SchoolYear(int(found[1]))
        if (year.start + 1) % 100 != int(found[2]):
            return None
        return year.first_day if name == "since" else year.last_day
    for pattern, order in (
        (r"(\d{1,2})[/.\s-](\d{1,2})[/.\s-](\d{4})", "dmy"),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?", "ymd"),
        (r"(\d{1,2})[\s-]([a-z]{3,9})\.?,?[\s-](\d{4})", "dmy"),
    ):
        if found := re.fullmatch(pattern, text):
            parts = dict(zip(order, found.groups(), strict=True))
            try:
                return date(int(parts["y"]), _month(parts["m"]), int(parts["d"]))
            except ValueError:
                return None
    return None


def _month(text: str) -> int:
    """The number of a month; 0, which no date has, where there is none of that name."""
    if text.isdigit():
        return int(text)
    return MONTHS.index(text[:3]) + 1 if text[:3] in MONTHS else 0


READERS: dict[str, Callable[[Value, str], Any]] = {"urn": urn_of, "role": _role, "since": _day, "until": _day}
