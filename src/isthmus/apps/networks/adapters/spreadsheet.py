"""A spreadsheet of who is in what: its headings and cells to rows. Every mistake has its row, column and a way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from isthmus.apps.core import sheet_rows
from isthmus.apps.core.sheet_rows import MOST_KEPT, Column, Problem, Unreadable, urn_of
from isthmus.apps.core.spreadsheets import Sheet
from isthmus.apps.networks.models import MemberRole

__all__ = ["COLUMNS", "MOST_KEPT", "Problem", "Read", "Row", "read_rows"]

ROLES = {
    **{role.value: role.value for role in MemberRole},
    **dict.fromkeys(
        ("leader", "leadschool", "lead school", "chair", "convenor", "yes"), MemberRole.LEAD.value
    ),
    **dict.fromkeys(("school", "participant", "no"), MemberRole.MEMBER.value),
    **dict.fromkeys(("associate", "associate member", "guest"), MemberRole.PARTNER.value),
}
LAYOUT = {
    "layer": Column(
        "Layer",
        sheet_rows.text(80, needed="write the layer"),
        ("layername", "kindofnetwork", "networktype", "tier", "type"),
        needed=True,
    ),
    "network": Column(
        "Network",
        sheet_rows.text(120, needed="write the network"),
        ("networkname", "cluster", "clustername", "group", "partnership", "nameofnetwork"),
        needed=True,
    ),
    "urn": Column(
        "URN", urn_of, ("schoolurn", "urnnumber", "uniquereferencenumber", "schoolcode", "urnno"), needed=True
    ),
    "school": Column("School", None, ("schoolname", "establishmentname", "nameofschool", "name", "member")),
    "role": Column("Role", sheet_rows.one_of(ROLES, ""), ("part", "position", "memberrole", "roleinnetwork")),
    "since": Column(
        "From",
        sheet_rows.day(),
        ("fromdate", "datefrom", "start", "started", "startdate", "starts", "joined", "datejoined", "since"),
    ),
    "until": Column(
        "To",
        sheet_rows.day(year_ends=True),
        ("todate", "dateto", "end", "ended", "enddate", "ends", "left", "dateleft", "until", "leavingdate"),
    ),
    "why_joined": Column("Why joined", sheet_rows.text(300), ("reasonjoined", "whyjoin", "reasonforjoining")),
    "why_left": Column(
        "Why left", sheet_rows.text(300), ("reasonleft", "whyleave", "reasonforleaving", "reason")
    ),
}
COLUMNS = {name: column.label for name, column in LAYOUT.items()}


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


Read = sheet_rows.Read[Row]


def read_rows(sheets: Sequence[Sheet]) -> Read:
    """The rows of the first sheet that has the headings. Raises `SpreadsheetRefused` where none has."""
    return sheet_rows.read_rows(
        sheets,
        LAYOUT,
        _row,
        nothing="There is no row below the headings. Write one row for each school in a network.",
    )


def _row(number: int, values: dict[str, Any]) -> Row:
    row = Row(number, **values)
    if row.since and row.until and row.until < row.since:
        what = f"the last day is before the first, {row.since:%d/%m/%Y}: change one of the two"
        raise Unreadable(what, name="until", value=f"{row.until:%d/%m/%Y}")
    return row
