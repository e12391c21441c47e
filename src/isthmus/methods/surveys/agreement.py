"""Whether people in a group answer alike, and whether groups differ: rwg, average deviation, ICC(1), ICC(2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.model import (
    LEVEL,
    Figure,
    Ints,
    Key,
    SurveyError,
    at_level,
    column,
    complete,
    f_of,
    labels,
    nothing,
)

ONE_ONLY = "Only one person answered, so there is nobody to agree with."
NOBODY = "Nobody answered."
NO_AGREEMENT = "The answers differ more than answers given at random would; there may be two camps."
NO_INTERVAL = "No interval is worked out."


def even_spread(options: int) -> float:
    """The variance of answers spread evenly over a scale's options, (A² − 1)/12: 2 for five. Raises under two."""
    if options < 2:
        raise SurveyError("A scale has two options or more.")
    return (options * options - 1) / 12


def within_group(values: ArrayLike, *, expected: float) -> Figure:
    """rwg of one item in one group (n,): 1 − s²/σ²ₑ, and 0 where that is negative (James, Demaree and Wolf 1984;
    R multilevel's `rwg`). ``expected`` is σ²ₑ, as a rule ``even_spread``. Missing answers do not count."""
    _positive(expected)
    kept = column(values)
    kept = kept[~np.isnan(kept)]
    if len(kept) < 2:
        return nothing(len(kept), ONE_ONLY if len(kept) else NOBODY)
    return _agreed(1 - float(kept.var(ddof=1)) / expected, len(kept))


def within_group_items(answers: ArrayLike, *, expected: float) -> Figure:
    """rwg(j) of a section in one group (people, items), complete rows only: J(1 − v)/(J(1 − v) + v) with v the mean
    variance over σ²ₑ, and 0 where v > 1 (James, Demaree and Wolf 1984; R multilevel's `rwg.j`)."""
    _positive(expected)
    kept = complete(answers)
    n, items = kept.shape
    if items < 1:
        raise SurveyError("Agreement needs a section of one item or more.")
    if n < 2:
        return nothing(n, ONE_ONLY if n else NOBODY)
    share = float(kept.var(axis=0, ddof=1).mean()) / expected
    return _agreed(items * (1 - share) / (items * (1 - share) + share) if share <= 1 else -1.0, n)


def average_deviation(answers: ArrayLike) -> Figure:
    """The mean distance from the group's mean, in points of the scale, item by item and then averaged (Burke,
    Finkelstein and Dusig 1999; R multilevel's `ad.m`). Answers (people, items), complete rows only."""
    kept = complete(answers)
    if kept.shape[1] < 1:
        raise SurveyError("Agreement needs one item or more.")
    if len(kept) < 2:
        return nothing(len(kept), ONE_ONLY if len(kept) else NOBODY)
    value = float(np.abs(kept - kept.mean(axis=0)).mean(axis=0).mean())
    return Figure(value, len(kept), why=NO_INTERVAL)


@dataclass(frozen=True)
class Icc:
    """``one``, ICC(1): the share of one person's answer that is the group's. ``two``, ICC(2): how far groups' means
    can be relied on. ``between`` and ``within`` mean squares; ``size`` the mean number of answers a group;
    ``left_out`` rows without an answer."""

    one: Figure
    two: Figure
    between: float | None
    within: float | None
    size: float
    groups: int
    left_out: int


def icc_of_groups(values: ArrayLike, groups: Iterable[Key], *, level: float = LEVEL) -> Icc:
    """ICC(1) and ICC(2) of values (n,) in groups (n labels), from one-way analysis of variance (Bliese 2000):
    (MSB − MSW)/(MSB + (k − 1) MSW) and (MSB − MSW)/MSB with k the **mean** size of groups, as R multilevel's `ICC1`.

    Interval of ICC(1) from F = MSB/MSW with its degrees of freedom (Shrout and Fleiss 1979, with k the mean size:
    approximate where sizes differ). Both may be negative, and are told as they are.
    """
    at_level(level)
    given = column(values)
    _, codes = labels(groups, len(given), "groups")
    there = ~np.isnan(given)
    kept = given[there]
    number, codes = _renumbered(codes[there])
    n, left_out = len(kept), int((~there).sum())
    size = n / number if number else 0.0
    if number < 2 or n <= number:
        why = "It takes two groups or more." if number < 2 else "No group has two answers or more."
        return Icc(nothing(n, why, level), nothing(n, why, level), None, None, size, number, left_out)
    counts = np.bincount(codes, minlength=number)
    means = np.bincount(codes, kept, number) / counts
    between = float((counts * np.square(means - kept.mean())).sum()) / (number - 1)
    within = float(np.square(kept - means[codes]).sum()) / (n - number)
    if between + within <= 1e-12 * max(1.0, float(np.square(kept).mean())):
        why = "Everybody gave the same answer, so groups cannot be told apart."
        return Icc(nothing(n, why, level), nothing(n, why, level), between, within, size, number, left_out)
    one = _icc_one(between, within, size, (number - 1, n - number), level)
    two = nothing(n, "Groups do not differ at all.", level)
    if between > 0:
        two = Figure((between - within) / between, n, level=level, why=NO_INTERVAL)
    return Icc(one, two, between, within, size, number, left_out)


def _icc_one(between: float, within: float, k: float, df: tuple[int, int], level: float) -> Figure:
    value = (between - within) / (between + (k - 1) * within)
    base = sum(df) + 1
    if within <= 0 or between <= 1e-12 * within:
        why = "Nobody differs from their group" if within <= 0 else "Groups do not differ at all"
        return Figure(value, base, level=level, why=f"{why}, so no interval can be worked out.")
    ratio, tail = between / within, (1 - level) / 2
    low, high = ratio / f_of(1 - tail, *df), ratio / f_of(tail, *df)
    return Figure(value, base, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1), level=level)


def _agreed(value: float, n: int) -> Figure:
    caution = NO_AGREEMENT if value < 0 else ""
    return Figure(max(value, 0.0), n, why=NO_INTERVAL, caution=caution)


def _positive(expected: float) -> None:
    if not 0 < expected < np.inf:
        raise SurveyError(f"The expected variance must be more than nought, not {expected}.")


def _renumbered(codes: Ints) -> tuple[int, Ints]:
    kept, again = np.unique(codes, return_inverse=True)
    return len(kept), again
