"""What every layout has: a name, a header it knows, and a way from rows to records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from isthmus.apps.register.adapters.records import Problem, Problems, Record, SourceInfo
from isthmus.apps.register.adapters.values import BadValue, digits

RESERVED = ("900001", "999999")


@dataclass
class Context:
    """One file being read: what it is called, its date, and what is found on the way."""

    file: str
    date: date
    datasets: dict[str, SourceInfo] = field(default_factory=dict)
    errors: Problems = field(default_factory=Problems)
    warnings: Problems = field(default_factory=Problems)
    rows: int = 0
    left_out: int = 0
    secret: bytes = b""
    authorities: dict[str, str] = field(default_factory=dict)

    def source(self, info: SourceInfo) -> str:
        """Note that `info` is a source of this file; returns its code."""
        self.datasets.setdefault(info.code, info)
        return info.code

    def wrong(self, row: int, column: str, value: str, what_to_do: str) -> None:
        """Note an error: the whole file is refused."""
        self.errors.add(Problem(self.file, row, column, value, what_to_do))

    def odd(self, row: int, column: str, value: str, what_to_do: str) -> None:
        """Note something odd that does no harm."""
        self.warnings.add(Problem(self.file, row, column, value, what_to_do))


class Layout(ABC):
    """A kind of file."""

    kind: str
    title: str
    one_row_per_urn = False
    ends_its_lines = False
    """Whether the published files end their last line too."""
    dated_within = False
    """Whether the rows carry their dates, so that the file needs none."""

    @abstractmethod
    def knows(self, names: set[str]) -> bool:
        """Whether a file with the columns `names` is of this kind."""

    @abstractmethod
    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        """A function from (row number, cells) to records; problems go to `context`."""


def columns(header: Sequence[str]) -> dict[str, int]:
    """Position of each column by its name."""
    return {name.strip(): position for position, name in reversed(list(enumerate(header)))}


def read_urn(context: Context, row: int, column: str, cell: str) -> str | None:
    """A URN as text, or None after noting what is wrong with it."""
    try:
        urn = digits(5, 7, cell)
    except BadValue as error:
        context.wrong(row, column, cell, str(error))
        return None
    if not urn:
        context.wrong(row, column, cell, "give the URN of the school, or take the row out")
        return None
    if RESERVED[0] <= urn <= RESERVED[1]:
        context.wrong(
            row, column, cell, "URNs from 900001 belong to the fictional authority; take the row out"
        )
        return None
    return urn


def attempt(context: Context, row: int, column: str, cell: str, read: Callable[[str], Any]) -> Any:
    """`read(cell)`, or None after noting what is wrong with it."""
    try:
        return read(cell)
    except BadValue as error:
        context.wrong(row, column, cell, str(error))
        return None
