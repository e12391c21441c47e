"""Certified bounds on the objective of any plan.

In a group of s, each school is grouped with s − 1 others, so a plan costs at least half the sum, over schools, of the
cheapest s − 1 partners each could have. Two schools need not agree that they are partners; splitting a pair's cost
unevenly between them (a multiplier for each pair, moved by subgradients; Held and Karp 1971) makes disagreement
expensive and lifts the bound. It stays valid whatever the multipliers, so no convergence has to be trusted.

Sizes vary within their bounds: the number of partners over all schools is at least what level sizes need (convexity),
and the cheapest further partners pay for it. Under bounds on weight each school solves a fractional knapsack.
Rules only forbid plans, so a bound that leaves most of them out stays valid; pairs kept apart are used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.construct import target_sizes
from isthmus.methods.formation.geometry import nearest
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.terms import Nearness

Floats = NDArray[np.float64]
FULL = 800
CANDIDATES, CANDIDATES_MAP = 40, 32
WORK = 25_000_000


@dataclass(frozen=True)
class Candidates:
    """For each school its possible partners: ``cost`` (n, m), ``other`` (n, m), ``back`` (n, m) the flat position of
    the same pair in the partner's row (−1 where it is not there), ``floor`` (n,) below any pair not listed."""

    cost: Floats
    other: NDArray[np.integer[Any]]
    back: NDArray[np.integer[Any]]
    floor: Floats


def lower_bound(model: Model, upper: float) -> float | None:
    """A number that the energy of no plan is below; None where nothing better than −∞ can be said.

    ``upper`` is the energy of some plan: it guides the step size and does not enter the bound.
    """
    d = model.data
    largest = int(min(d.high[:, 0].max(), model.costs.n))
    weighted = model.labels[1:2] == (None,)
    rows = _candidates(model, largest, weighted)
    if rows is None:
        return None
    best = _ascend(rows, _by_size(model, rows), upper)
    if weighted and model.problem.objective != "mean":
        best = max(best, _ascend(rows, _by_weight(model, rows), upper))
    if model.problem.objective == "between" and float(d.dense.max(initial=0.0)) <= 0:
        # What is summed between groups is not negative.
        best = max(best, -model.constant)
    return best - 1e-10 * abs(best) if math.isfinite(best) else None


def _candidates(model: Model, largest: int, weighted: bool) -> Candidates | None:
    n = model.costs.n
    if n < 2:
        nobody = np.zeros((n, 0), dtype=np.int64)
        return Candidates(np.zeros((n, 0)), nobody, nobody, np.zeros(n))
    m = min(n - 1, max(CANDIDATES, largest + 5))
    other: NDArray[np.integer[Any]]
    if len(model.data.dense):
        cost = by_school(model)
        m = n - 1 if n <= FULL or weighted else m
        other = np.argpartition(cost, m - 1, axis=1)[:, :m] if m < n - 1 else _all_others(n)
        listed = np.take_along_axis(cost, other, axis=1)
        if m < n - 1:
            np.put_along_axis(cost, other, np.inf, axis=1)
            floor = cost.min(axis=1)
        else:
            floor = np.full(n, np.inf)
    else:
        near = [term for term in model.costs.terms if isinstance(term, Nearness)]
        m = min(n - 1, max(CANDIDATES_MAP, largest + 5))
        km, other = nearest(model.costs.km, m)
        every = np.arange(n)[:, None]
        listed = sum(model.costs.values(every, other.astype(np.int64)).values(), np.zeros(other.shape))
        # Every other cost is zero or more, so a pair not listed costs at least its distance.
        floor = km[:, -1] * sum(term.weight for term in near)
    keys = np.arange(n)[:, None] * n + other
    order = np.argsort(keys, axis=None)
    wanted = other.astype(np.int64) * n + np.arange(n)[:, None]
    at = np.minimum(np.searchsorted(keys.ravel()[order], wanted), keys.size - 1)
    back = np.where(keys.ravel()[order][at] == wanted, order[at], -1).astype(np.int32)
    return Candidates(np.minimum(listed, 1e300), other, back, np.minimum(floor, 1e300))


def _all_others(n: int) -> NDArray[np.int64]:
    every = np.arange(n - 1)
    return every + (every >= np.arange(n)[:, None])


def by_school(model: Model) -> Floats:
    """(n, n) energy of pairs of schools, infinite on the diagonal and where a rule keeps them apart."""
    d = model.data
    sign = -1 if model.problem.sense == "max" or model.problem.objective == "between" else 1
    cost = model.costs.matrix() * sign
    np.fill_diagonal(cost, np.inf)
    if len(d.foe):
        blocks = len(d.first) - 1
        apart = np.zeros((blocks, blocks), dtype=np.bool_)
        apart[np.repeat(np.arange(blocks), np.diff(d.foe_first)), d.foe] = True
        cost[apart[model.block_of[:, None], model.block_of[None, :]]] = np.inf
    return cost


Choice = Callable[[Floats], tuple[float, NDArray[np.bool_]]]


def _ascend(rows: Candidates, choose: Choice, upper: float) -> float:
    """The best bound over a fixed number of subgradient steps (Polyak's step, halved when it does not help)."""
    split = np.zeros(rows.cost.shape)
    mutual = rows.back >= 0
    best, theta, stuck = -math.inf, 1.0, 0
    turns = int(min(max(WORK // max(rows.cost.size * 8, 1), 12), 200))
    for _ in range(turns):
        value, chosen = choose(rows.cost + split)
        if value > best + 1e-12 * abs(value):
            best, stuck = value, 0
        else:
            stuck += 1
            if stuck >= 4:
                theta, stuck = theta / 2, 0
        theirs = chosen.ravel()[np.maximum(rows.back, 0)]
        slope = np.where(mutual, chosen.astype(np.float64) - theirs, 0.0)
        length = float(np.square(slope).sum()) / 2
        if length == 0 or not math.isfinite(value) or upper - value <= 1e-12 * abs(upper):
            break
        split += theta * (upper - value) / length * slope
    return best


def _by_size(model: Model, rows: Candidates) -> Choice:
    """Bounds on size: each school takes its cheapest partners, as many as some sizes allow."""
    d, n, k = model.data, model.costs.n, model.groups
    low, high = d.low[:, 0], np.minimum(d.high[:, 0], n)
    least, most = max(int(low.min()), 1), max(int(high.max()), 1)
    level = target_sizes(low, high, n).astype(np.float64)
    fewest = int((level * np.maximum(level - 1, 0)).sum())
    greatest = _most_pairs(low, high, n)
    columns = min(most - 1, n - 1)

    def choose(value: Floats) -> tuple[float, NDArray[np.bool_]]:
        order = np.argsort(value, axis=1)[:, :columns]
        ranked = np.minimum(np.take_along_axis(value, order, axis=1), rows.floor[:, None])
        if ranked.shape[1] < columns:
            wider = np.repeat(rows.floor[:, None], columns - ranked.shape[1], axis=1)
            ranked = np.concatenate([ranked, wider], axis=1)
        if model.problem.objective == "mean":
            total, taken = _mean_choice(ranked, least, most, k, float(n))
        else:
            total, taken = _sum_choice(ranked, least, fewest, greatest)
        chosen = np.zeros(value.shape, dtype=np.bool_)
        np.put_along_axis(chosen, order, taken[:, : order.shape[1]], axis=1)
        return total, chosen

    return choose


def _sum_choice(ranked: Floats, least: int, fewest: int, greatest: int) -> tuple[float, NDArray[np.bool_]]:
    n = len(ranked)
    must = ranked[:, : least - 1]
    free = ranked[:, least - 1 :]
    wanted = min(max(fewest - n * (least - 1), 0), free.size)
    limit = min(max(greatest - n * (least - 1), 0), free.size)
    flat = np.sort(free, axis=None)
    # What has to be taken, then what is worth taking.
    number = max(wanted, min(limit, int(np.searchsorted(flat, 0.0))))
    total = float(must.sum() + flat[:number].sum()) / 2
    taken = np.ones(ranked.shape, dtype=np.bool_)
    taken[:, least - 1 :] = free <= (flat[number - 1] if number else -np.inf)
    return total, taken


def _mean_choice(ranked: Floats, least: int, most: int, k: int, n: float) -> tuple[float, NDArray[np.bool_]]:
    """A school in a group of s costs its sum / (s (s − 1)); 1 / s over all schools adds up to K, which a price on
    1 / s enforces (the best price by ternary search; any price gives a valid bound)."""
    sizes = np.arange(least, most + 1)
    sizes = sizes[sizes - 1 <= ranked.shape[1]]
    prefix = np.concatenate([np.zeros((len(ranked), 1)), np.cumsum(ranked, axis=1)], axis=1)
    scale = np.where(sizes > 1, 1.0 / np.maximum(sizes * (sizes - 1), 1), 0.0)
    each = prefix[:, sizes - 1] * scale

    def value(price: float) -> float:
        return float((each + price / sizes).min(axis=1).sum()) - price * k

    reach = float(np.abs(each[np.isfinite(each)]).max(initial=1.0)) * most * most * 4
    low, high = -reach, reach
    for _ in range(60):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        if value(one) < value(two):
            low = one
        else:
            high = two
    price = (low + high) / 2
    size = sizes[(each + price / sizes).argmin(axis=1)]
    return max(value(price), value(0.0)), np.arange(ranked.shape[1]) < (size - 1)[:, None]


def _most_pairs(low: Floats, high: Floats, n: int) -> int:
    """The greatest Σ s (s − 1) with low ≤ s ≤ high and Σ s = n, or above it: by convexity, groups filled one by one."""
    size = np.minimum(low, high).copy()
    left = n - size.sum()
    for g in np.argsort(-high, kind="stable"):
        more = min(max(left, 0), high[g] - size[g])
        size[g] += more
        left -= more
    if np.ptp(low) or np.ptp(high):
        # Filling in one order need not be best when bounds differ; everything at its highest is above any plan.
        size = high
    return int((size * np.maximum(size - 1, 0)).sum())


def _by_weight(model: Model, rows: Candidates) -> Choice:
    """Bounds on weight: each school fills a fractional knapsack of partners, L − w ≤ weight ≤ U − w (Dantzig 1957)."""
    d = model.data
    weight = np.empty(model.costs.n)
    bounds = model.problem.bounds
    weight[:] = np.array(bounds.item_weights, dtype=np.float64)[model.costs.index]  # type: ignore[union-attr]  # weights imply GroupBounds
    least = np.maximum(d.low[:, 1].min() - weight, 0.0)
    most = np.maximum(d.high[:, 1].max() - weight, 0.0)
    partner = weight[rows.other]

    def choose(value: Floats) -> tuple[float, NDArray[np.bool_]]:
        ratio = value / np.maximum(partner, 1e-12)
        order = np.argsort(ratio, axis=1)
        cost = np.take_along_axis(value, order, axis=1)
        heavy = np.take_along_axis(partner, order, axis=1)
        before = np.cumsum(heavy, axis=1) - heavy
        room = np.where(cost < 0, most[:, None], least[:, None]) - before
        share = np.clip(room / np.maximum(heavy, 1e-12), 0.0, 1.0)
        share = np.where((heavy <= 0) & (cost < 0), 1.0, share)
        total = float(np.where(share > 0, cost * share, 0.0).sum()) / 2
        chosen = np.zeros(value.shape, dtype=np.bool_)
        np.put_along_axis(chosen, order, share > 0.5, axis=1)
        return total, chosen

    return choose
