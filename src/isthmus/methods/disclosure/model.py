"""What is asked of disclosure control, and what it answers. All of a report may be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Progress = Callable[[float, str], None]

NOT_ANSWERED, NOT_ASKED = -1, -2
LOWEST_THRESHOLD = 5


class DisclosureError(ValueError):
    """What was asked cannot be judged, so nothing is shown; the message says what to change."""


class Token(StrEnum):
    """Shorthand of government statistics for a figure that is not there, or is to be read with care."""

    CONFIDENTIAL = "[c]"
    NOT_AVAILABLE = "[x]"
    NOT_APPLICABLE = "[z]"
    LOW = "[low]"
    UNRELIABLE = "[u]"


class Detail(IntEnum):
    """How much is shown of an item in a group. Each step shows a part of what the step before it shows."""

    FULL = 0
    """Mean, shares in fine bands."""
    COARSE = 1
    """Mean, shares in bands twice as wide."""
    MEAN = 2
    """Mean, and the favourable share in bands twice as wide."""
    ALONE = 3
    """The mean alone."""
    SHARES = 4
    """Shares in wide bands, where a mean makes no sense."""
    FAVOURABLE = 5
    """The favourable share alone, in wide bands."""
    HIDDEN = 6


@dataclass(frozen=True)
class Rules:
    """What a wave promises on its first page. ``threshold`` is K: no result of fewer people. ``colluders`` is how many
    people may pool their own answers; ``commenters`` how many must have commented before comments are shown; below
    ``poor_rate`` a response rate is marked [u]. Raises DisclosureError for a threshold below 5."""

    threshold: int = 10
    colluders: int = 2
    commenters: int = 10
    poor_rate: float = 0.3

    def __post_init__(self) -> None:
        if self.threshold < LOWEST_THRESHOLD:
            raise DisclosureError(
                f"The smallest group that may be shown is {LOWEST_THRESHOLD}, not {self.threshold}"
            )
        if not 0 <= self.colluders <= 2:
            raise DisclosureError("The audit knows none, one or two colluders")
        if self.commenters < 10:
            raise DisclosureError("Comments are shown from ten commenters on, not fewer")


STANDARD = Rules()


@dataclass(frozen=True)
class Item:
    """A question with ``categories`` answers, coded 0 … categories − 1. ``scores`` are whole numbers, rising, for a
    mean; None where a mean makes no sense. ``favourable`` are the codes that count as agreeing."""

    name: str
    categories: int
    scores: tuple[int, ...] | None = None
    favourable: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not 2 <= self.categories <= 11:
            raise DisclosureError(f"{self.name}: an item has 2 to 11 answers, not {self.categories}")
        if self.scores is not None and (
            len(self.scores) != self.categories or sorted(set(self.scores)) != list(self.scores)
        ):
            raise DisclosureError(f"{self.name}: give each answer a score, in rising order, or none at all")
        if not self.favourable <= set(range(self.categories)):
            raise DisclosureError(f"{self.name}: a favourable answer is not among its answers")


@dataclass(frozen=True, order=True)
class Group:
    """The people of some finest units (schools), all of them or those with one value of one attribute.

    Two groups are the same where ``members``, ``attribute`` and ``value`` are the same, whatever their names: a
    network that a school left is another group.
    """

    members: tuple[str, ...]
    attribute: str = ""
    value: str = ""
    level: str = field(default="", compare=False)
    unit: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        """How a person would call it."""
        place = self.unit or "everybody"
        return f"{place}, {self.attribute}: {self.value}" if self.attribute else place


@dataclass(frozen=True)
class Band:
    """A whole number somewhere from ``low`` to ``high``, both included; for shares, a count of people."""

    low: int
    high: int


@dataclass(frozen=True)
class Mean:
    """A mean as it may be printed: ``text``, its ``value``, rounded to a multiple of ``step``. ``total`` is the band of
    the sum of scores that the print allows."""

    text: str
    value: float
    step: float
    total: Band


@dataclass(frozen=True)
class Cell:
    """What may be shown of one item in one group. ``base`` people answered; ``shares`` are counts per answer, in
    bands; ``sd``, with one decimal, is in reports of format 1 alone. Where hidden, all of them are empty and ``token``
    and ``why`` say so."""

    group: Group
    item: str
    detail: Detail
    base: int | None = None
    mean: Mean | None = None
    sd: float | None = None
    shares: tuple[Band, ...] = ()
    favourable: Band | None = None
    token: Token | None = None
    why: str = ""

    @property
    def shown(self) -> bool:
        """Whether anything is shown."""
        return self.detail != Detail.HIDDEN


@dataclass(frozen=True)
class Line:
    """What may be said of a group itself: how many answered, of how many, or why not."""

    group: Group
    base: int | None = None
    invited: int | None = None
    token: Token | None = None
    why: str = ""

    @property
    def shown(self) -> bool:
        """Whether the group has results of its own."""
        return self.base is not None

    @property
    def rate(self) -> float | None:
        """Share of those invited who answered."""
        return self.base / self.invited if self.base is not None and self.invited else None


@dataclass(frozen=True)
class Report:
    """The frozen result for one wave. Every page, export and viewer shows a part of it and nothing else.

    ``withheld`` is empty, or says in words why there is no report at all; then every line and cell is hidden.
    """

    wave: str
    rules: Rules
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    cells: tuple[Cell, ...]
    withheld: str = ""

    def line(self, group: Group) -> Line:
        """What may be said of a group. Raises KeyError for one that was not declared."""
        return self._lines[group]

    def cell(self, group: Group, item: str) -> Cell:
        """What may be shown of an item in a group. Raises KeyError."""
        return self._cells[group, item]

    @cached_property
    def fullest(self) -> dict[str, Cell]:
        """Of each item that shows shares anywhere, the cell of the largest group that does."""
        found: dict[str, Cell] = {}
        for cell in sorted((one for one in self.cells if one.shares), key=lambda one: one.base or 0):
            found[cell.item] = cell
        return found

    @cached_property
    def _lines(self) -> dict[Group, Line]:
        return {line.group: line for line in self.lines}

    @cached_property
    def _cells(self) -> dict[tuple[Group, str], Cell]:
        return {(cell.group, cell.item): cell for cell in self.cells}
