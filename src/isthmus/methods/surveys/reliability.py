"""Whether the items of a section go together: Cronbach's alpha."""

from __future__ import annotations

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

OPPOSED = (
    "Some items are answered the opposite way from others: look for one that should be scored in reverse."
)
TOO_FEW = "Fewer than two people answered every item."
ALL_ALIKE = "Everybody has the same total, so there is nothing in which items could go together."


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of a section. ``raw`` from covariances with Feldt's interval, ``standardised`` from
    correlations (no interval); ``left_out`` people missed at least one item and do not count."""

    raw: Figure
    standardised: Figure
    items: int
    left_out: int


def cronbach(answers: ArrayLike, *, level: float = LEVEL) -> Alpha:
    """Alpha of answers (people, items), NaN where one is missing; only complete rows count (listwise).

    raw = k/(k−1) · (1 − Σ s²ᵢ / s²ₜₒₜₐₗ); standardised = k r̄ / (1 + (k−1) r̄) with r̄ the mean correlation (Cronbach
    1951). Interval: Feldt (1965), 1 − (1−α) F with n−1 and (n−1)(k−1) degrees of freedom, as psych's `alpha.ci`.
    Alpha may be negative; that is told as it is. Raises where there are fewer than two items.
    """
    at_level(level)
    whole = table(answers)
    people, items = whole.shape
    if items < 2:
        raise SurveyError("Alpha needs a section of two items or more.")
    kept = complete(whole)
    left_out = people - len(kept)
    if len(kept) < 2:
        missing = nothing(len(kept), TOO_FEW, level)
        return Alpha(missing, missing, items, left_out)
    return Alpha(_raw(kept, level), _standardised(kept, level), items, left_out)


def _raw(kept: Floats, level: float) -> Figure:
    n, k = kept.shape
    total = float(kept.sum(axis=1).var(ddof=1))
    if total <= 1e-12 * max(1.0, float(np.square(kept).mean())):
        return nothing(n, ALL_ALIKE, level)
    value = k / (k - 1) * (1 - float(kept.var(axis=0, ddof=1).sum()) / total)
    tail = (1 - level) / 2
    low = 1 - (1 - value) * f_of(1 - tail, n - 1, (n - 1) * (k - 1))
    high = 1 - (1 - value) * f_of(tail, n - 1, (n - 1) * (k - 1))
    return Figure(value, n, low, high, level=level, caution=OPPOSED if value < 0 else "")


def _standardised(kept: Floats, level: float) -> Figure:
    n = len(kept)
    if (np.ptp(kept, axis=0) == 0).any():
        return nothing(
            n, "Everybody gave the same answer to one of the items, so it correlates with nothing.", level
        )
    return alpha_of_correlations(correlations(kept), n, level)


def correlations(kept: Floats) -> Floats:
    """(items, items) correlations of answers (people, items) of which none is missing."""
    return np.asarray(np.corrcoef(kept, rowvar=False), dtype=np.float64)


def alpha_of_correlations(matrix: Floats, n: int, level: float) -> Figure:
    """Standardised alpha from correlations (items, items) of n people."""
    k = len(matrix)
    mean = float(matrix[np.triu_indices(k, 1)].mean())
    below = 1 + (k - 1) * mean
    if below <= 1e-12:
        return nothing(n, "The items cancel each other out, so alpha is not defined.", level)
    value = k * mean / below
    return Figure(
        value, n, level=level, why="No interval is worked out.", caution=OPPOSED if value < 0 else ""
    )
