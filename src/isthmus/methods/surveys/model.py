"""Words that every part shares: how an answer is coded, a figure with its uncertainty, and what is refused.

Two ways of saying no. What is not a question (shapes that disagree, more answers than people, a level of 2) raises
``SurveyError``. What is a question that these answers cannot carry (one answer, all alike, everything missing) gives
a ``Figure`` without a value, or without an interval, and ``why`` in words.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]
Key = Hashable

LEVEL = 0.95
MISSING = -1
"""Asked and not answered."""
NOT_APPLICABLE = -2
"""Answered 'does not apply to me': neither an answer on the scale nor a refusal."""


class SurveyError(ValueError):
    """What was asked makes no sense; the message says what to change."""


@dataclass(frozen=True)
class Figure:
    """One figure as it may be shown. ``base`` answers stand behind it; ``low`` to ``high`` is its interval at
    ``level``. Where ``value`` is None, or the interval is, ``why`` says so in words; ``caution`` says what to beware
    of in a figure that is there. Never NaN, never infinite."""

    value: float | None
    base: int
    low: float | None = None
    high: float | None = None
    se: float | None = None
    level: float = LEVEL
    why: str = ""
    caution: str = ""

    def __post_init__(self) -> None:
        for number in (self.value, self.low, self.high, self.se):
            if number is not None and not math.isfinite(number):
                raise SurveyError(
                    "A figure must be a finite number; the values given are too large to compute with."
                )
        if self.value is None and not self.why:
            raise SurveyError("A figure without a value must say why.")

    def excludes(self, number: float = 0.0) -> bool:
        """Whether the interval is there and lies wholly on one side of a number."""
        return self.low is not None and self.high is not None and not self.low <= number <= self.high


def nothing(base: int, why: str, level: float = LEVEL) -> Figure:
    """No figure, and why."""
    return Figure(None, base, level=level, why=why)


def column(values: ArrayLike, what: str = "values") -> Floats:
    """(n,) numbers; NaN is a missing one. Raises where they have another shape or are infinite."""
    array = _numbers(values, what)
    if array.ndim != 1:
        raise SurveyError(f"The {what} must be one list of numbers, not {array.ndim} dimensions.")
    return array


def table(values: ArrayLike, what: str = "answers") -> Floats:
    """(people, items) numbers; NaN is a missing one. Raises where they have another shape or are infinite."""
    array = _numbers(values, what)
    if array.ndim != 2:
        raise SurveyError(f"The {what} must be a table: a row a person, a column an item.")
    return array


def complete(values: ArrayLike, what: str = "answers") -> Floats:
    """The rows (m, items) in which nothing is missing (listwise)."""
    array = table(values, what)
    out: Floats = array[~np.isnan(array).any(axis=1)]
    return out


def at_level(level: float) -> float:
    """A level of confidence that lies between nought and one, or an error."""
    if not 0.0 < level < 1.0:
        raise SurveyError(f"The level of confidence must lie between 0 and 1 (0.95, say), not {level}.")
    return level


def labels(values: Any, n: int, what: str) -> tuple[tuple[Key, ...], Ints]:
    """Distinct labels in order of first appearance, and (n,) which of them each row has. None is refused."""
    listed = list(values)
    if len(listed) != n:
        raise SurveyError(f"There are {len(listed)} {what} for {n} rows.")
    place: dict[Key, int] = {}
    codes = np.array([place.setdefault(one, len(place)) for one in listed], dtype=np.int64)
    if None in place:
        raise SurveyError(
            f"Some rows have no {what}: leave those rows out, or give them a label of their own."
        )
    return tuple(place), codes


def _numbers(values: ArrayLike, what: str) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as bad:
        raise SurveyError(f"The {what} must be numbers, with NaN where one is missing.") from bad
    if np.isinf(array).any():
        raise SurveyError(f"The {what} hold an infinite number.")
    return array


def z_of(level: float) -> float:
    """The normal deviate that leaves (1 − level)/2 in each tail."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + at_level(level) / 2))


def t_of(level: float, df: float) -> float:
    """Student's deviate that leaves (1 − level)/2 in each tail."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + at_level(level) / 2))


def f_of(share: float, above: float, below: float) -> float:
    """The quantile of F with ``above`` and ``below`` degrees of freedom."""
    from scipy.special import fdtri

    return float(fdtri(above, below, share))
