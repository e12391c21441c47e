"""Samples that are not everybody alike: weights, clusters, strata; post-stratification and raking.

Standard errors are those of R's `survey` package: linearised, between clusters within strata (ultimate clusters), with
the finite population correction of the first stage; calibration enters by its residuals (Särndal, Swensson and Wretman
1992; Deville, Särndal and Sautory 1993).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.model import (
    LEVEL,
    Figure,
    Floats,
    Ints,
    Key,
    SurveyError,
    at_level,
    column,
    labels,
    nothing,
    t_of,
)

SWEEPS = 10
"""Rounds in which a raking's margins are taken out of the residuals, as R survey does."""


@dataclass(frozen=True)
class Margin:
    """A calibration that a design went through: which post-stratum each row is in, and the weights before and after."""

    place: Ints
    before: Floats
    after: Floats


@dataclass(frozen=True)
class Design:
    """How rows (n) were drawn: ``weights``; ``clusters`` and ``strata`` numbered from 0; ``sampled_of`` (strata,) how
    many clusters each stratum has in the population, infinite where that is not known; ``calibrated`` in order, a tuple
    of margins each (several where they were raked together)."""

    weights: Floats
    clusters: Ints
    strata: Ints
    sampled_of: Floats
    calibrated: tuple[tuple[Margin, ...], ...] = ()


def design(
    *,
    weights: ArrayLike | None = None,
    clusters: Iterable[Key] | None = None,
    strata: Iterable[Key] | None = None,
    population: int | Mapping[Key, int] | None = None,
    rows: int | None = None,
) -> Design:
    """A sample of rows. ``clusters`` are what was drawn (rows, where not given), ``strata`` what it was drawn within.
    ``population`` is the number of clusters there are: one number, or one for each stratum. Without ``weights`` each
    row counts population/drawn of its stratum, or 1. Raises where lengths disagree or more was drawn than there is."""
    given = None if weights is None else column(weights, "weights")
    listed = {
        name: list(one) for name, one in (("clusters", clusters), ("strata", strata)) if one is not None
    }
    sizes = {len(one) for one in listed.values()} | ({len(given)} if given is not None else set())
    sizes |= {rows} if rows is not None else set()
    if len(sizes) != 1:
        raise SurveyError("Weights, clusters and strata must have one entry for each row.")
    n = sizes.pop()
    names, stratum = labels(listed.get("strata", [0] * n), n, "strata")
    _, cluster = labels(listed.get("clusters", range(n)), n, "clusters")
    drawn = np.array([len(np.unique(cluster[stratum == one])) for one in range(len(names))], dtype=np.float64)
    if drawn.sum() != len(np.unique(cluster)):
        raise SurveyError("A cluster lies in two strata.")
    there = _population(population, names, drawn)
    if given is None:
        given = np.where(np.isfinite(there), there / drawn, 1.0)[stratum]
    if np.isnan(given).any() or (given <= 0).any():
        raise SurveyError("Weights must be more than nought.")
    return Design(given, cluster, stratum, there)


def post_stratify(of: Design, groups: Iterable[Key], totals: Mapping[Key, float]) -> Design:
    """Weights moved so that each group's add up to how many there are of it. Raises where a group in the sample has no
    total, or one of the totals nobody in the sample: join groups until each has somebody."""
    place, wanted = _totals(groups, totals, len(of.weights))
    after = _fitted(of.weights, place, wanted)
    return replace(of, weights=after, calibrated=(*of.calibrated, (Margin(place, of.weights, after),)))


def rake(
    of: Design,
    margins: Sequence[tuple[Iterable[Key], Mapping[Key, float]]],
    *,
    most: int = 1000,
    near: float = 1e-10,
) -> Design:
    """Weights moved so that several groupings at once add up (iterative proportional fitting, Deming and Stephan 1940).
    Raises where they do not settle in ``most`` rounds, or the totals of groupings add up to different numbers."""
    asked = [_totals(groups, totals, len(of.weights)) for groups, totals in margins]
    if not asked:
        raise SurveyError("Raking needs a grouping or more.")
    sums = [float(wanted.sum()) for _, wanted in asked]
    if max(sums) - min(sums) > 1e-6 * max(sums):
        raise SurveyError(
            f"The groupings add up to different totals ({', '.join(f'{one:g}' for one in sums)})."
        )
    weights = of.weights
    for _ in range(most):
        for place, wanted in asked:
            weights = _fitted(weights, place, wanted)
        apart = max(
            float(np.abs(np.bincount(place, weights, len(wanted)) / wanted - 1).max())
            for place, wanted in asked
        )
        if apart < near:
            done = tuple(Margin(place, of.weights, weights) for place, _ in asked)
            return replace(of, weights=weights, calibrated=(*of.calibrated, done))
    raise SurveyError(
        "The weights do not settle: some groups hardly meet in the sample. Join groups, or rake by fewer."
    )


def mean_of(of: Design, values: ArrayLike, *, level: float = LEVEL) -> Figure:
    """The weighted mean of values (n,); rows with NaN do not count. Interval by Student's t with clusters less strata
    degrees of freedom."""
    given, there = _values(of, values)
    if not there.any():
        return nothing(0, "Nobody answered.", at_level(level))
    weights = np.where(there, of.weights, 0.0)
    value = float(weights @ given / weights.sum())
    return _figure(of, value, np.where(there, given - value, 0.0) / weights.sum(), int(there.sum()), level)


def total_of(of: Design, values: ArrayLike, *, level: float = LEVEL) -> Figure:
    """The weighted total of values (n,). No figure where one is missing: a sum with a part left out is wrong."""
    given, there = _values(of, values)
    if not there.all():
        return nothing(int(there.sum()), "A value is missing, so the total is not known.", at_level(level))
    return _figure(of, float(of.weights @ given), given, len(given), level)


def _figure(of: Design, value: float, influence: Floats, base: int, level: float) -> Figure:
    at_level(level)
    part = _residuals(of, influence * of.weights)
    variance, single = 0.0, False
    for stratum in range(len(of.sampled_of)):
        inside = of.strata == stratum
        _, place = np.unique(of.clusters[inside], return_inverse=True)
        sums = np.bincount(place, part[inside])
        m, there = len(sums), of.sampled_of[stratum]
        if m >= there:
            continue
        if m < 2:
            single = True
            continue
        variance += (1 - m / there) * m / (m - 1) * float(np.square(sums - sums.mean()).sum())
    df = len(np.unique(of.clusters)) - len(of.sampled_of)
    if single or (variance > 0 and df < 1):
        return Figure(
            value, base, level=level, why="One stratum holds a single cluster, so its spread is not known."
        )
    se = math.sqrt(variance)
    if se == 0 and any(np.bincount(of.strata, minlength=len(of.sampled_of)) < of.sampled_of):
        return Figure(
            value, base, level=level, why="All values are alike, so how much they differ is not known."
        )
    reach = t_of(level, df) * se if se else 0.0
    return Figure(value, base, value - reach, value + reach, se, level)


def _residuals(of: Design, part: Floats) -> Floats:
    """(n,) weighted influences less what calibration explains of them."""
    for margins in of.calibrated:
        for _ in range(SWEEPS if len(margins) > 1 else 1):
            for margin in margins:
                plain = part / margin.after
                explained = np.bincount(margin.place, margin.before * plain) / np.bincount(
                    margin.place, margin.before
                )
                part = part - margin.after * explained[margin.place]
    return part


def _population(population: int | Mapping[Key, int] | None, names: Sequence[Key], drawn: Floats) -> Floats:
    if population is None:
        return np.full(len(names), np.inf)
    known = population if isinstance(population, Mapping) else dict.fromkeys(names, population)
    if not isinstance(population, Mapping) and len(names) > 1:
        raise SurveyError("Give the population of each stratum.")
    missing = [name for name in names if name not in known]
    if missing:
        raise SurveyError(f"No population is given for stratum {missing[0]}.")
    there = np.array([known[name] for name in names], dtype=np.float64)
    if (there < drawn).any():
        raise SurveyError("More was drawn from a stratum than there is in it.")
    return there


def _totals(groups: Iterable[Key], totals: Mapping[Key, float], n: int) -> tuple[Ints, Floats]:
    names, place = labels(groups, n, "groups")
    lacking = [name for name in names if name not in totals]
    unmet = [name for name, total in totals.items() if total > 0 and name not in names]
    if lacking or unmet:
        problem = (
            f"group {lacking[0]} has no total" if lacking else f"nobody in the sample is of group {unmet[0]}"
        )
        raise SurveyError(f"Weights cannot be moved: {problem}. Join groups until each has both.")
    wanted = np.array([totals[name] for name in names], dtype=np.float64)
    if not (np.isfinite(wanted) & (wanted > 0)).all():
        raise SurveyError("The total of a group that somebody is in must be more than nought.")
    return place, wanted


def _fitted(weights: Floats, place: Ints, wanted: Floats) -> Floats:
    return weights * (wanted / np.bincount(place, weights, len(wanted)))[place]


def _values(of: Design, values: ArrayLike) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    given = column(values)
    if given.shape != of.weights.shape:
        raise SurveyError("There must be one value for each row of the design.")
    there = ~np.isnan(given)
    return np.where(there, given, 0.0), there
