"""An area from its schools, each with its own share of people who answered: stratified estimates and weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isthmus.methods.surveys.estimates import Summary
from isthmus.methods.surveys.model import LEVEL, Figure, Floats, Key, SurveyError, at_level, nothing, t_of

BORROWED = "Where a group has one answer, its spread was taken to be that of the other groups."


@dataclass(frozen=True)
class Stratum:
    """``population`` people, of whom ``base`` answered, with their ``mean`` and ``variance`` (n − 1; None for one)."""

    population: int
    base: int
    mean: float
    variance: float | None

    def __post_init__(self) -> None:
        if not 0 < self.base <= self.population:
            raise SurveyError(f"{self.base} answers of {self.population} people cannot be a stratum.")
        if self.variance is not None and self.variance < 0:
            raise SurveyError("A variance cannot be less than nought.")


def stratified_mean(strata: Sequence[Stratum], *, level: float = LEVEL) -> Figure:
    """The mean of everybody when each stratum counts by its people, not by its answers (Cochran 1977, chapter 5).

    SE² = Σ W² (1 − n/N) s²/n; Student's t with n less strata degrees of freedom, as R survey. A stratum of one answer
    takes the mean spread of the others, and the figure says so; where there are no others, it has no interval.
    """
    at_level(level)
    if not strata:
        return nothing(0, "Nobody answered.", level)
    whole, base = sum(one.population for one in strata), sum(one.base for one in strata)
    value = sum(one.population * one.mean for one in strata) / whole
    known = [one.variance for one in strata if one.variance is not None and one.base > 1]
    lone = [one for one in strata if one.base == 1 and one.population > 1]
    if lone and not known:
        return Figure(
            value, base, level=level, why="No group has two answers, so how much answers differ is not known."
        )
    spare = sum(known) / len(known) if known else 0.0
    square = 0.0
    for one in strata:
        spread = one.variance if one.base > 1 and one.variance is not None else spare
        square += (one.population / whole) ** 2 * (1 - one.base / one.population) * spread / one.base
    se = math.sqrt(square)
    if se == 0 and any(one.base < one.population for one in strata):
        return Figure(
            value,
            base,
            level=level,
            why="Answers do not differ within groups, so no interval can be worked out.",
        )
    reach = t_of(level, max(base - len(strata), 1)) * se if se else 0.0
    return Figure(value, base, value - reach, value + reach, se, level, caution=BORROWED if lone else "")


def stratified_summary(
    groups: Mapping[Key, Summary], *, level: float = LEVEL
) -> tuple[Figure, tuple[Key, ...]]:
    """An area's mean from summaries of its schools, and the schools nobody of which answered: they are not in the
    figure. Raises where a school's number of people is not known."""
    strata, silent = [], []
    for key, one in groups.items():
        if one.population is None:
            raise SurveyError(f"It is not known how many people could have answered in {key}.")
        if one.mean is None:
            silent.append(key)
        else:
            strata.append(Stratum(one.population, one.base, one.mean, one.variance))
    figure = stratified_mean(strata, level=level)
    ends = {(one.lowest, one.highest) for one in groups.values()}
    if len(ends) == 1 and figure.low is not None and figure.high is not None:
        lowest, highest = ends.pop()
        low = figure.low if lowest is None else max(figure.low, lowest)
        high = figure.high if highest is None else min(figure.high, highest)
        figure = Figure(figure.value, figure.base, low, high, figure.se, level, figure.why, figure.caution)
    return figure, tuple(silent)


@dataclass(frozen=True)
class Weights:
    """``weight`` of each answer in a group, 1 on average over all answers. ``uncovered`` groups have people and no
    answer: nobody speaks for ``share_uncovered`` of all people. ``effect``: by how much the unequal weights swell the
    variance (Kish 1965, 1 + cv²)."""

    weight: Mapping[Key, float]
    uncovered: tuple[Key, ...]
    share_uncovered: float
    effect: float


def response_weights(answered: Mapping[Key, int], population: Mapping[Key, int]) -> Weights:
    """Weights for unequal response: N/n of each group, scaled to 1 on average. Raises where more answered than there
    are, or a group's number of people is not given."""
    for key, n in answered.items():
        if n < 0 or key not in population or population[key] < n:
            raise SurveyError(
                f"{n} answers of {population.get(key, 'an unknown number of')} people cannot be: {key}."
            )
    covered = [key for key in population if answered.get(key, 0) > 0]
    uncovered = tuple(key for key, n in population.items() if n > 0 and key not in covered)
    people, base = sum(population[key] for key in covered), sum(answered[key] for key in covered)
    whole = people + sum(population[key] for key in uncovered)
    weight = {key: population[key] / answered[key] * base / people for key in covered}
    squares = sum(answered[key] * weight[key] ** 2 for key in covered)
    effect = squares / base if base else 1.0
    return Weights(weight, uncovered, 1 - people / whole if whole else 0.0, effect)


@dataclass(frozen=True)
class Shrunk:
    """A group's figure drawn towards the mean of all by as much as it is uncertain. ``effect`` is the shrunken distance
    from that mean, ``raw`` the distance before; ``reliability`` λ the share of it that is kept; ``figure`` the shrunken
    mean with its interval, which leaves out that the variances are estimates themselves."""

    effect: float
    raw: float
    reliability: float
    figure: Figure


@dataclass(frozen=True)
class Shrinkage:
    """``mean`` of all (generalised least squares), variance ``between`` groups and ``within`` them (REML). Where
    ``why`` is set the variances cannot be told and ``groups`` is empty."""

    mean: float | None
    between: float | None
    within: float | None
    groups: Mapping[Key, Shrunk]
    why: str = ""


def shrink(groups: Mapping[Key, Summary], *, level: float = LEVEL) -> Shrinkage:
    """Best linear unbiased predictions of groups' means, variances by restricted maximum likelihood (one-way random
    effects, as lme4's `lmer(y ~ 1 + (1 | group))`). Unweighted summaries; groups without answers are left out. Use it
    where small groups would be ranked: otherwise the smallest are first and last by chance."""
    at_level(level)
    there = {key: one for key, one in groups.items() if one.mean is not None}
    if any(one.effective != one.base for one in there.values()):
        raise SurveyError("Shrinkage takes unweighted answers.")
    n = np.array([one.base for one in there.values()], dtype=np.float64)
    mean = np.array([one.mean for one in there.values()], dtype=np.float64)
    inside = float(sum((one.variance or 0.0) * max(one.base - 1, 0) for one in there.values()))
    if len(n) < 3 or n.sum() <= len(n):
        why = (
            "It takes three groups or more."
            if len(n) < 3
            else "No group has two answers, so nothing can be told."
        )
        return Shrinkage(None, None, None, {}, why)
    if inside <= 0:
        return Shrinkage(
            None, None, None, {}, "Answers do not differ within groups, so there is nothing to shrink by."
        )
    ratio = _ratio(n, mean, inside)
    weight = n / (1 + n * ratio)
    middle = float(weight @ mean / weight.sum())
    within = (inside + float(weight @ np.square(mean - middle))) / (float(n.sum()) - 1)
    kept = n * ratio / (1 + n * ratio)
    # What the mean of all is uncertain by comes on top (Henderson 1975).
    square = within * (ratio * (1 - kept) + np.square(1 - kept) / weight.sum())
    reach = t_of(level, float(n.sum()) - len(n))
    out: dict[Key, Shrunk] = {}
    for i, key in enumerate(there):
        effect, se = float(kept[i] * (mean[i] - middle)), math.sqrt(square[i])
        figure = Figure(
            middle + effect, int(n[i]), middle + effect - reach * se, middle + effect + reach * se, se, level
        )
        out[key] = Shrunk(effect, float(mean[i] - middle), float(kept[i]), figure)
    return Shrinkage(middle, ratio * within, within, out)


def _ratio(n: Floats, mean: Floats, inside: float) -> float:
    """Variance between groups over that within them at which the restricted likelihood, profiled, is greatest."""
    from scipy.optimize import minimize_scalar

    def cost(ratio: float) -> float:
        weight = n / (1 + n * ratio)
        middle = weight @ mean / weight.sum()
        left = inside + float(weight @ np.square(mean - middle))
        return float((n.sum() - 1) * math.log(left) + np.log1p(n * ratio).sum() + math.log(weight.sum()))

    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1e6, 141)])
    costs = [cost(one) for one in grid]
    best = int(np.argmin(costs))
    if best == 0:
        return 0.0
    ends = float(grid[best - 1]), float(grid[min(best + 1, len(grid) - 1)])
    found = minimize_scalar(cost, bounds=ends, method="bounded", options={"xatol": 1e-12 * max(1.0, ends[1])})
    return float(found.x)
