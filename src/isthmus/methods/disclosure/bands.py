"""How figures are printed, and which counts a print allows.

The edges of bands depend on the base alone, never on the answers: a band tells only that the count lies in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from isthmus.methods.disclosure.model import Band, Cell, Detail, Group, Ints, Item, Mean

AT_LEAST = 3
SPREAD_OUT = (Detail.FULL, Detail.COARSE, Detail.SHARES)
STEPS = tuple(Fraction(step, 100) for step in (50, 20, 10))


def step_of(base: int) -> int:
    """How many counts a band covers: three, or a fiftieth of the base where that is more."""
    return max(AT_LEAST, base // 50)


def band_of(count: int, base: int, wide: int = 1) -> Band:
    """The band of a count of ``base`` people; ``wide`` bands of 1 or 2 steps. The last takes what is over."""
    step = step_of(base) * wide
    last = max((base + 1) // step_of(base) // wide - 1, 0)
    which = min(count // step, last)
    return Band(which * step, base if which == last else (which + 1) * step - 1)


def mean_step(base: int, item: Item) -> Fraction:
    """How finely a mean is printed: so that one print stands for sums that two people could make between them.

    With five answers 0.5 below a base of 40, 0.2 below 80, else 0.1: finer means of large groups cost those of small
    ones, and say little more.
    """
    reach = 2 * (item.scores[-1] - item.scores[0]) if item.scores else 0
    return min((step for step in STEPS if step * base >= reach), default=STEPS[0])


def _rounded(total: int, base: int, step: Fraction) -> int:
    return math.floor(Fraction(total, base) / step + Fraction(1, 2))


def mean_of(total: int, base: int, item: Item) -> Mean | None:
    """A mean as printed: rounded, and near the ends 'or less', 'or more'.

    The ends reach so far that two people may have given the answer at the other end, so no mean says that nobody did.
    None where no mean of that base would say anything, or the item has no scores.
    """
    if item.scores is None:
        return None
    least, most, step = item.scores[0], item.scores[-1], mean_step(base, item)
    reach = (AT_LEAST - 1) * (most - least)
    low, high = _rounded(base * least + reach, base, step), _rounded(base * most - reach, base, step)
    if low >= high:
        return None
    value = min(max(_rounded(total, base, step), low), high)
    first = math.ceil(base * step * (value - Fraction(1, 2)))
    last = math.ceil(base * step * (value + Fraction(1, 2))) - 1
    words = " or less" if value == low else " or more" if value == high else ""
    band = Band(base * least if value == low else first, base * most if value == high else last)
    text = f"{float(value * step):.1f}{words}"
    return Mean(text, float(value * step), float(step), band)


def print_cell(group: Group, item: Item, counts: Ints, detail: Detail) -> Cell:
    """What is shown of (C,) true counts at a detail below HIDDEN. Nothing else of them is shown anywhere."""
    base, wide = int(counts.sum()), 1 if detail <= Detail.FULL else 2
    total = int(counts @ np.array(item.scores)) if item.scores is not None else 0
    agree = int(counts[sorted(item.favourable)].sum())
    return Cell(
        group=group,
        item=item.name,
        detail=detail,
        base=base,
        mean=mean_of(total, base, item) if detail <= Detail.ALONE else None,
        shares=tuple(band_of(int(k), base, wide) for k in counts) if detail in SPREAD_OUT else (),
        favourable=band_of(agree, base, wide) if item.favourable and detail != Detail.ALONE else None,
    )


def ladder(item: Item, base: int) -> tuple[Detail, ...]:
    """The details that make a difference for an item of this base, fullest first, HIDDEN last. Each allows all that the
    one before it allows, so what is open stays open on the way down."""
    if mean_of(base, base, item) is None:
        favourable = (Detail.FAVOURABLE,) if item.favourable else ()
        return (Detail.FULL, Detail.SHARES, *favourable, Detail.HIDDEN)
    agree = (Detail.MEAN,) if item.favourable else ()
    return (Detail.FULL, Detail.COARSE, *agree, Detail.ALONE, Detail.HIDDEN)


@dataclass(frozen=True)
class Rows:
    """What a print says of the counts of a group: ``low`` ≤ ``weight`` (r, C) · counts ≤ ``high``."""

    weight: Ints
    low: Ints
    high: Ints


def rows_of(cell: Cell, item: Item, counts: Ints) -> Rows:
    """The print of a cell as inequalities. For a standard deviation the sum of scores is taken as known, which is more
    than is printed: what is safe then is safe."""
    found: list[tuple[Ints, int, int]] = []
    each = np.eye(item.categories, dtype=np.int64)
    found += [(each[c], band.low, band.high) for c, band in enumerate(cell.shares)]
    if cell.favourable is not None:
        found.append((each[sorted(item.favourable)].sum(axis=0), cell.favourable.low, cell.favourable.high))
    if item.scores is not None and cell.mean is not None:
        scores = np.array(item.scores, dtype=np.int64)
        if cell.sd is None or cell.base is None:
            found.append((scores, cell.mean.total.low, cell.mean.total.high))
        else:
            total, base = int(counts @ scores), cell.base
            found.append((scores, total, total))
            ends = [(base - 1) * max(cell.sd + side, 0) ** 2 + total**2 / base for side in (-0.05, 0.05)]
            found.append((scores**2, math.ceil(ends[0] - 1e-9), math.floor(ends[1] + 1e-9)))
    weight = np.array([row[0] for row in found], dtype=np.int64).reshape(len(found), item.categories)
    low, high = (np.array([row[at] for row in found], dtype=np.int64) for at in (1, 2))
    return Rows(weight, low, high)
