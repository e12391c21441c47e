"""What a group of people said, on average, and how sure that is.

A ``Summary`` holds what is needed of the answers and no answer: its figure can be read at any level, compared and
tested. The interval of a mean is Student's, of a share Wilson's, both with the finite population correction: they say
how far the figure could lie from that of everybody who could have answered, if those who did not answer are like those
who did. They say nothing of answers that people did not mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.model import LEVEL, Figure, Floats, SurveyError, at_level, column, nothing, t_of
from isthmus.methods.surveys.shares import counted, less, score_interval

NOBODY = "Nobody answered."
ONE_ONLY = "Only one person answered, so how much answers differ is not known."
ALL_ALIKE = "All who answered gave the same answer, so how much answers differ is not known."
ALIKE_BOUNDED = (
    "All who answered gave the same answer; the interval comes from how many others could have differed."
)


@dataclass(frozen=True)
class Summary:
    """Answers of one group, summed up. ``variance`` with n − 1; ``se`` before the finite population correction;
    ``effective`` what the ``base`` answers are worth after weights (Kish); ``population`` who could have answered;
    ``lowest`` and ``highest`` the ends of the scale; ``is_share`` where answers are yes (1) or no (0)."""

    base: int
    mean: float | None
    variance: float | None
    se: float | None
    effective: float
    population: int | None = None
    lowest: float | None = None
    highest: float | None = None
    is_share: bool = False

    def figure(self, level: float = LEVEL) -> Figure:
        """The mean or share with its interval at a level."""
        at_level(level)
        if self.mean is None:
            return nothing(0, NOBODY, level)
        if self.is_share:
            worth = counted(self.effective, self.population, self.base)
            low, high = score_interval(self.mean, worth, level)
            return Figure(self.mean, self.base, low, high, self._corrected(), level)
        if self.base == self.population:
            return Figure(self.mean, self.base, self.mean, self.mean, 0.0, level)
        if self.base < 2 or self.se is None:
            return Figure(self.mean, self.base, level=level, why=ONE_ONLY)
        if self.se == 0:
            return self._alike(level)
        se = self._corrected() or 0.0
        reach = t_of(level, max(self.effective - 1, 1e-3)) * se
        low, high = self._within(self.mean - reach), self._within(self.mean + reach)
        return Figure(self.mean, self.base, low, high, se, level)

    def _corrected(self) -> float | None:
        if self.se is None or self.population is None:
            return self.se
        return self.se * math.sqrt(1 - self.base / self.population)

    def _within(self, end: float) -> float:
        low = -math.inf if self.lowest is None else self.lowest
        high = math.inf if self.highest is None else self.highest
        return min(max(end, low), high)

    def _alike(self, level: float) -> Figure:
        """All gave one answer: the share that would have given it bounds the mean on a scale with ends."""
        if self.mean is None or self.lowest is None or self.highest is None:
            return Figure(self.mean, self.base, level=level, why=ALL_ALIKE)
        share, _ = score_interval(1.0, counted(self.effective, self.population, self.base), level)
        low = share * self.mean + (1 - share) * self.lowest
        high = share * self.mean + (1 - share) * self.highest
        return Figure(self.mean, self.base, low, high, None, level, caution=ALIKE_BOUNDED)

    def without(self, part: Summary) -> Summary:
        """The rest of a group when a part of it is taken out (a school out of its area). Unweighted summaries only."""
        if self.effective != self.base or part.effective != part.base:
            raise SurveyError("A part can be taken out of unweighted answers only.")
        base = self.base - part.base
        population = None
        if self.population is not None and part.population is not None:
            population = self.population - part.population
        if base < 0 or (population is not None and population < base):
            raise SurveyError("The part taken out is not a part of the whole.")
        totals = [_moments(one) for one in (self, part)]
        first, second = (totals[0][i] - totals[1][i] for i in (0, 1))
        return _summed(base, first, second, population, self.lowest, self.highest, self.is_share)


def summarise(
    values: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    population: int | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> Summary:
    """Sum up values (n,), NaN where somebody gave no answer (they do not count). ``weights`` (n,) are positive; the
    standard error of a weighted mean is linearised (Taylor, as R survey's `svymean` with one stratum). Raises where a
    value lies outside the scale, or more answered than could."""
    given = column(values)
    there = ~np.isnan(given)
    kept = given[there]
    _on_scale(kept, lowest, highest)
    if weights is None:
        middle = float(kept[0]) if len(kept) else 0.0  # sums about an answer: exact where all are alike
        moved = kept - middle
        found = _summed(
            len(kept), float(moved.sum()), float(moved @ moved), population, lowest, highest, False
        )
        return found if found.mean is None else replace(found, mean=found.mean + middle)
    w = column(weights, "weights")
    if w.shape != given.shape or not (w[there] > 0).all():
        raise SurveyError("There must be a weight for each value, and weights must be more than nought.")
    return _weighted(kept, w[there], population, lowest, highest)


def summarise_counts(counts: ArrayLike, values: ArrayLike, *, population: int | None = None) -> Summary:
    """Sum up an item from how many (c,) chose each of its options and what those are worth (c,). The scale's ends are
    the least and the greatest worth."""
    many, worth = column(counts, "counts"), column(values)
    if many.shape != worth.shape or not len(many):
        raise SurveyError("There must be a count for each option.")
    if np.isnan(many).any() or np.isnan(worth).any() or (many < 0).any() or (many != np.round(many)).any():
        raise SurveyError("Counts must be whole numbers from nought, and every option must have a value.")
    middle = float(worth[int(np.argmax(many))])
    moved = worth - middle
    ends = float(worth.min()), float(worth.max())
    found = _summed(
        int(many.sum()), float(many @ moved), float(many @ (moved * moved)), population, *ends, False
    )
    return found if found.mean is None else replace(found, mean=found.mean + middle)


def summarise_share(yes: int, base: int, *, population: int | None = None) -> Summary:
    """Sum up a share: ``yes`` of ``base`` answers."""
    if not 0 <= yes <= base:
        raise SurveyError(
            f"{yes} of {base} is no share: it must be at least 0 and at most the number of answers."
        )
    return _summed(base, float(yes), float(yes), population, 0.0, 1.0, True)


def response_rate(answered: int, asked: int | None) -> Figure:
    """The share of those asked who answered. It is counted, not estimated, so it has no interval. No figure where it
    is not known how many were asked (an open link), or nobody was. Raises where more answered than were asked."""
    if answered < 0 or (asked is not None and asked < answered):
        raise SurveyError(
            f"{answered} answers from {asked} people asked cannot be: check how many were asked."
        )
    if asked is None:
        return nothing(answered, "It is not known how many people were asked.")
    if asked == 0:
        return nothing(0, "Nobody was asked.")
    return Figure(answered / asked, asked, why="It is counted, not estimated.")


@dataclass(frozen=True)
class Compared:
    """A difference and ``p``, how often one at least as far from nought would be met if there were none: one less the
    highest level at which the interval still excludes nought, so that the two never disagree. None where there is no
    interval; numbers below a billionth are given as a billionth."""

    figure: Figure
    p: float | None

    @property
    def told_apart(self) -> bool:
        """Whether the difference's interval excludes nought."""
        return self.figure.excludes(0.0)


def difference(one: Summary, other: Summary, *, level: float = LEVEL) -> Compared:
    """One group's figure less that of another group of other people (leaders less staff, one wave less an earlier one
    that cannot be linked, a school less the rest of its area). Interval from the two intervals (MOVER; for shares that
    is Newcombe's). Raises where one is a share and the other a mean."""
    if one.is_share != other.is_share:
        raise SurveyError("A share cannot be compared with a mean.")
    return _compared(lambda at: less(one.figure(at), other.figure(at)), level)


def against(summary: Summary, number: float = 0.0, *, level: float = LEVEL) -> Compared:
    """A group's figure less a number that is known exactly (nought for changes of linked people)."""

    def at(level: float) -> Figure:
        exact = Figure(number, summary.base, number, number, 0.0, level)
        return less(summary.figure(level), exact)

    return _compared(at, level)


def _compared(at: Callable[[float], Figure], level: float) -> Compared:
    figure = at(at_level(level))
    if figure.low is None:
        return Compared(figure, None)
    least, most = 1e-9, 1.0
    if figure.value == 0 or not at(1e-9).excludes():
        return Compared(figure, 1.0)
    if at(1 - least).excludes():
        return Compared(figure, least)
    while most - least > 1e-10 + 1e-6 * least:
        middle = math.sqrt(least * most)
        least, most = (least, middle) if at(1 - middle).excludes() else (middle, most)
    return Compared(figure, most)


def _summed(
    base: int,
    total: float,
    squares: float,
    population: int | None,
    low: float | None,
    high: float | None,
    share: bool,
) -> Summary:
    if population is not None and population < base:
        raise SurveyError(f"There are more answers ({base}) than people who could answer ({population}).")
    if base == 0:
        return Summary(0, None, None, None, 0.0, population, low, high, share)
    mean = total / base
    if base == 1:
        return Summary(1, mean, None, None, 1.0, population, low, high, share)
    variance = max(squares - total * mean, 0.0) / (base - 1)
    variance = 0.0 if variance < 1e-12 * max(1.0, squares / base) else variance
    return Summary(
        base, mean, variance, math.sqrt(variance / base), float(base), population, low, high, share
    )


def _weighted(
    kept: Floats, w: Floats, population: int | None, low: float | None, high: float | None
) -> Summary:
    n = len(kept)
    if n < 2:
        return _summed(n, float(kept.sum()), float(kept @ kept), population, low, high, False)
    _summed(n, 0.0, 0.0, population, low, high, False)  # refuses what cannot be
    w = w / w.sum()
    mean = float(w @ kept)
    away = kept - mean
    effective = 1.0 / float(w @ w)
    if np.ptp(kept) == 0:
        return Summary(n, float(kept[0]), 0.0, 0.0, effective, population, low, high, False)
    variance = n / (n - 1) * float(w @ (away * away))
    se = math.sqrt(n / (n - 1) * float(np.square(w * away).sum()))
    return Summary(n, mean, variance, se, effective, population, low, high, False)


def _moments(one: Summary) -> tuple[float, float]:
    """The sum of answers, and of their squares."""
    mean = one.mean or 0.0
    return mean * one.base, (one.variance or 0.0) * max(one.base - 1, 0) + one.base * mean * mean


def _on_scale(kept: Floats, lowest: float | None, highest: float | None) -> None:
    low = -math.inf if lowest is None else lowest
    high = math.inf if highest is None else highest
    if low > high or (len(kept) and (kept.min() < low or kept.max() > high)):
        raise SurveyError(f"An answer lies outside its scale of {lowest} to {highest}.")
