"""What a layout makes of a file: sources, facts about organisations, joins; and what was wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

OGL = "Open Government Licence v3.0"
DFE_ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."
OS_ATTRIBUTION = DFE_ATTRIBUTION + " Contains OS data © Crown copyright and database right."


@dataclass(frozen=True)
class SourceInfo:
    """A dataset: `date` is the day its facts were true, `published` the day of the file they came in."""

    code: str
    title: str
    date: dt.date
    published: dt.date
    licence: str = OGL
    attribution: str = DFE_ATTRIBUTION

    @property
    def rank(self) -> tuple[dt.date, dt.date]:
        """Newer facts win; of two files with facts of one day, the newer file."""
        return self.date, self.published


class Group(NamedTuple):
    """A trust or federation by its UID; `name` alone identifies one only where no UID is known."""

    kind: str
    uid: str
    name: str


class Authority(NamedTuple):
    """A local authority by GSS code where known, else by the register's number."""

    code: str
    number: str
    name: str


@dataclass(slots=True)
class SchoolRecord:
    """Facts of one row. A fact that is absent is not known to the file; None says that there is none."""

    row: int
    urn: str
    facts: dict[str, Any]
    sources: dict[str, str]
    must_exist: bool = False


@dataclass(slots=True)
class GroupRecord:
    """Facts about a trust or federation."""

    row: int
    group: Group
    facts: dict[str, Any]
    sources: dict[str, str]


@dataclass(slots=True)
class MembershipRecord:
    """A school's time in a group; of two groups of one kind that it is in now, the lower `order` counts."""

    row: int
    urn: str
    group: Group
    since: dt.date | None
    until: dt.date | None
    source: str
    order: int = 0


@dataclass(slots=True)
class LinkRecord:
    """A join between two URNs."""

    row: int
    predecessor: str
    successor: str
    kind: str
    established_on: dt.date | None
    predecessor_name: str
    successor_name: str
    source: str


Record = SchoolRecord | GroupRecord | MembershipRecord | LinkRecord


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where it is, what stands there, and what to do."""

    file: str
    row: int
    column: str
    value: str
    what_to_do: str

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value[:80],
            "what_to_do": self.what_to_do,
        }


MOST_KEPT = 200


@dataclass
class Problems:
    """Counts every problem, and keeps the first two hundred in full."""

    count: int = 0
    kept: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count `problem`, and keep it if there is room."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(problem)
