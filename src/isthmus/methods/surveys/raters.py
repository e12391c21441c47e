"""Whether several people who judge the same things judge alike: the six correlations of Shrout and Fleiss."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.model import (
    LEVEL,
    Figure,
    Floats,
    SurveyError,
    at_level,
    complete,
    f_of,
    nothing,
    table,
)

NO_ENDS = "The ratings are too few, or too much alike, to work out an interval."
End = tuple[float | None, float | None]


@dataclass(frozen=True)
class Raters:
    """Of a single rating: ``one`` (each target has raters of its own), ``two`` (raters drawn from many, the same for
    all), ``three`` (these raters and no others); of the mean of all raters: ``one_mean``, ``two_mean``,
    ``three_mean``. ``left_out`` targets lack a rating."""

    one: Figure
    two: Figure
    three: Figure
    one_mean: Figure
    two_mean: Figure
    three_mean: Figure
    targets: int
    raters: int
    left_out: int


@dataclass(frozen=True)
class Squares:
    """Mean squares of ``n`` targets by ``k`` raters: between ``targets``, between ``raters``, ``within`` targets, and
    ``error``."""

    targets: float
    raters: float
    within: float
    error: float
    n: int
    k: int


def icc_of_raters(ratings: ArrayLike, *, level: float = LEVEL) -> Raters:
    """The six intraclass correlations of ratings (targets, raters), with the intervals of Shrout and Fleiss (1979);
    only targets rated by everybody count. They may be negative. Raises where there are fewer than two raters."""
    at_level(level)
    whole = table(ratings, "ratings")
    k = whole.shape[1]
    if k < 2:
        raise SurveyError("It takes two raters or more.")
    kept = complete(whole, "ratings")
    n, left_out = len(kept), len(whole) - len(kept)
    if n < 2:
        missing = nothing(n, "Fewer than two targets were rated by everybody.", level)
        return _six([missing] * 6, n, k, left_out)
    found = _squares(kept)
    floor = 1e-12 * max(1.0, float(np.square(kept).mean()))
    if found.targets <= floor:
        missing = nothing(n, "All targets have the same mean rating, so they cannot be told apart.", level)
        return _six([missing] * 6, n, k, left_out)
    single, mean = _values(found)
    no_end = (None, None)
    ends = [no_end] * 3 if found.error <= floor else _intervals(found, single[1], level)
    singles = [_figure(value, end, n, level) for value, end in zip(single, ends, strict=True)]
    means = [
        _figure(value, (_stepped(low, k), _stepped(high, k)), n, level)
        for value, (low, high) in zip(mean, ends, strict=True)
    ]
    return _six([*singles, *means], n, k, left_out)


def _figure(value: float | None, end: End, n: int, level: float) -> Figure:
    if value is None:
        return nothing(
            n, "The raters contradict each other so far that a mean of them has no reliability.", level
        )
    low, high = end
    if low is None or high is None or not low <= value <= high:
        return Figure(value, n, level=level, why=NO_ENDS)
    return Figure(value, n, low, high, level=level)


def _six(of: list[Figure], n: int, k: int, left_out: int) -> Raters:
    return Raters(of[0], of[1], of[2], of[3], of[4], of[5], n, k, left_out)


def _squares(kept: Floats) -> Squares:
    n, k = kept.shape
    middle = kept.mean()
    targets = k * float(np.square(kept.mean(axis=1) - middle).sum())
    raters = n * float(np.square(kept.mean(axis=0) - middle).sum())
    inside = float(np.square(kept - kept.mean(axis=1, keepdims=True)).sum())
    error = max(inside - raters, 0.0) / ((n - 1) * (k - 1))
    return Squares(targets / (n - 1), raters / (k - 1), inside / (n * (k - 1)), error, n, k)


def _values(s: Squares) -> tuple[tuple[float, float, float], tuple[float, float | None, float]]:
    """Of a single rating and of the mean, for models one, two and three."""
    shift = (s.raters - s.error) / s.n
    single = (
        (s.targets - s.within) / (s.targets + (s.k - 1) * s.within),
        (s.targets - s.error) / (s.targets + (s.k - 1) * s.error + s.k * shift),
        (s.targets - s.error) / (s.targets + (s.k - 1) * s.error),
    )
    mean = (
        (s.targets - s.within) / s.targets,
        (s.targets - s.error) / (s.targets + shift) if s.targets + shift > 0 else None,
        (s.targets - s.error) / s.targets,
    )
    return single, mean


def _intervals(s: Squares, two: float, level: float) -> list[End]:
    """Intervals of single ratings, models one, two and three; None where there are too few degrees of freedom."""
    high, above = 1 - (1 - level) / 2, s.n - 1

    def ends(ratio: float, below: int) -> End:
        lower, upper = ratio / f_of(high, above, below), ratio * f_of(high, below, above)
        return (lower - 1) / (lower + s.k - 1), (upper - 1) / (upper + s.k - 1)

    # Satterthwaite's degrees of freedom for a mixture of raters' and error's mean squares.
    ratio = s.raters / s.error
    mixed = s.n * (1 + (s.k - 1) * two) - s.k * two
    df = (s.k - 1) * above * (s.k * two * ratio + mixed) ** 2
    df /= above * s.k**2 * two**2 * ratio**2 + mixed**2
    own, third = ends(s.targets / s.within, s.n * (s.k - 1)), ends(s.targets / s.error, above * (s.k - 1))
    small, large = f_of(high, above, df), f_of(high, df, above)
    if not (math.isfinite(small) and math.isfinite(large)):
        return [own, (None, None), third]
    spread = s.k * s.raters + (s.k * s.n - s.k - s.n) * s.error
    lower = s.n * (s.targets - small * s.error) / (small * spread + s.n * s.targets)
    upper = s.n * (large * s.targets - s.error) / (spread + s.n * large * s.targets)
    return [own, (lower, upper), third]


def _stepped(single: float | None, k: int) -> float | None:
    """Of the mean of k ratings, from one rating (Spearman 1910, Brown 1910), which is never below −1/(k − 1)."""
    return None if single is None else k * single / max(1 + (k - 1) * single, 1e-6)
