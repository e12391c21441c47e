"""Figures of many answers taken together (reliability, agreement), printed so that no few people move the print.

Bounds of counts say nothing of such figures. So they are shown for the whole alone, on many people, and as a range of
tenths that would be the same had any small group not answered, or any two people of one group answered otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.disclosure.model import STANDARD, Ints, Rules

Floats = NDArray[np.float64]
Figure = Callable[[Floats, Ints], float | None]
LEAST_PEOPLE, LEAST_UNITS, MOST_OF_ALL = 100, 3, 0.5
MARGIN, WIDEST = 0.01, 0.3


@dataclass(frozen=True)
class Range:
    """A figure as it may be printed: from ``low`` to ``high``, in tenths; or both None and ``why``."""

    low: float | None
    high: float | None
    why: str = ""


def printed(
    answers: Floats,
    units: Ints,
    atoms: Ints,
    ends: tuple[float, float],
    figure: Figure,
    rules: Rules = STANDARD,
) -> Range:
    """What may be said of ``figure(answers, units)``.

    ``answers`` (n, items) of complete rows; ``units`` (n,) the school and ``atoms`` (n,) the finest group of each;
    ``ends`` of the scale. Nothing is shown under 100 people or three units, where a unit has more than half of the
    people, where the figure is not there in one of the cases tried, or where its range would be wider than 0.3.
    """
    counts = np.bincount(units) if len(units) else np.zeros(1, int)
    if len(answers) < LEAST_PEOPLE:
        return Range(None, None, f"Shown for {LEAST_PEOPLE} people or more who answered every question")
    if (counts > 0).sum() < LEAST_UNITS or counts.max() > MOST_OF_ALL * len(answers):
        return Range(
            None, None, f"Shown for {LEAST_UNITS} schools or more, none with over half of the answers"
        )
    values = [figure(*case) for case in _cases(answers, units, atoms, ends, rules)]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return Range(None, None, "The answers do not carry this figure")
    low = math.floor(10 * (min(known) - MARGIN)) / 10
    high = min(math.ceil(10 * (max(known) + MARGIN)) / 10, 1.0)
    if high - low > WIDEST + 1e-9:
        return Range(None, None, "A few people would change it too much")
    return Range(low, high)


def _cases(
    answers: Floats, units: Ints, atoms: Ints, ends: tuple[float, float], rules: Rules
) -> Iterator[tuple[Floats, Ints]]:
    """The answers; without each small group; and with two people of each group at either end of the scale."""
    yield answers, units
    low, high = ends
    for atom in np.unique(atoms):
        inside = np.flatnonzero(atoms == atom)
        if len(inside) < rules.threshold + rules.colluders:
            left = np.delete(np.arange(len(answers)), inside)
            yield answers[left], units[left]
        # The same people whatever order they come in: those with the least and the greatest totals.
        order = inside[np.lexsort((*answers[inside].T, answers[inside].sum(axis=1)))]
        for pair in (order[:2], order[-2:]):
            for pattern in ((low, low), (high, high), (low, high)):
                moved = answers.copy()
                for person, answer in zip(pair, pattern, strict=False):
                    moved[person] = answer
                yield moved, units
            moved = answers.copy()
            moved[pair] = np.where(np.arange(answers.shape[1]) % 2, low, high)
            yield moved, units
