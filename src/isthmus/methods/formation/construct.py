"""A first plan to improve: along a space-filling curve, by weight, or from a plan given."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.model import Model
from isthmus.methods.formation.terms import AtLeast, Nearness

Group = NDArray[np.int32]


def target_sizes(low: NDArray[np.float64], high: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Sizes within the bounds that add up to n, as level as they can be (as near to n as the bounds allow)."""
    size = low.astype(np.int64)
    heap = [(int(s), g) for g, s in enumerate(size) if s < high[g]]
    heapq.heapify(heap)
    for _ in range(n - int(size.sum())):
        if not heap:
            break
        s, g = heapq.heappop(heap)
        size[g] += 1
        if s + 1 < high[g]:
            heapq.heappush(heap, (s + 1, g))
    return size


def extreme_sizes(low: NDArray[np.float64], high: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Sizes within the bounds that add up to n with the most pairs, by dynamic programming over the groups."""
    best = np.full(n + 1, -np.inf)
    best[0] = 0.0
    choices = []
    for least, most in zip(low.astype(int), np.minimum(high, n).astype(int), strict=True):
        sizes = np.arange(least, most + 1)
        # before[total, c]: the best of the groups so far when this one takes sizes[c].
        at = np.arange(n + 1)[:, None] - sizes
        before = np.where(at >= 0, best[np.maximum(at, 0)], -np.inf) + sizes * (sizes - 1)
        chosen = before.argmax(axis=1)
        choices.append(sizes[chosen])
        best = before[np.arange(n + 1), chosen]
    if not np.isfinite(best[n]):
        return target_sizes(low, high, n)
    size, left = np.zeros(len(low), dtype=np.int64), n
    for g in range(len(low) - 1, -1, -1):
        size[g] = choices[g][left]
        left -= size[g]
    return size


def first_plan(model: Model, rng: np.random.Generator) -> Group:
    """A plan that meets the bounds on size or weight, and 'at least' rules, where it easily can; repair sees to the
    rest."""
    group = _by_size(model, rng)
    for c, rule in enumerate(model.labels):
        if isinstance(rule, AtLeast):
            _spread(model, group, c)
    return group


def _spread(model: Model, group: Group, c: int) -> None:
    """Give groups short of resource c a block that has it, from the nearest group with one to spare, in exchange for
    a block of the same size."""
    d = model.data
    what, size = d.resource[:, c], d.resource[:, 0]
    load = np.bincount(group, weights=what, minlength=model.groups)
    heart = np.add.reduceat(model.costs.km[d.schools], d.first[:-1], axis=0) / np.diff(d.first)[:, None]
    having = np.flatnonzero((what > 0) & ~d.pinned)
    members = [np.flatnonzero(group == g).tolist() for g in np.flatnonzero(load < d.low[:, c])]
    for g, mine in zip(np.flatnonzero(load < d.low[:, c]), members, strict=True):
        middle = heart[mine].mean(axis=0) if mine else heart.mean(axis=0)
        near = having[np.argsort(np.square(heart[having] - middle).sum(axis=1), kind="stable")]
        for i in near:
            if load[g] >= d.low[g, c]:
                break
            source = group[i]
            if source == g or load[source] - what[i] < d.low[source, c]:
                continue
            swaps = [j for j in mine if not d.pinned[j] and what[j] == 0 and size[j] == size[i]]
            if not swaps:
                break
            j = min(swaps, key=lambda j: float(np.square(heart[j] - heart[i]).sum()))
            group[i], group[j] = g, source
            mine[mine.index(j)] = int(i)
            load[g] += what[i]
            load[source] -= what[i]


def _by_size(model: Model, rng: np.random.Generator) -> Group:
    d = model.data
    group = model.target.copy()
    free = np.flatnonzero(group < 0)
    # Blocks are numbered along a space-filling curve where there are coordinates.
    if not any(isinstance(term, Nearness) for term in model.costs.terms):
        rng.shuffle(free)
    elif len(free) == len(group) == model.costs.n and (runs := best_runs(model)) is not None:
        return np.repeat(np.arange(model.groups, dtype=np.int32), runs)
    weight = d.resource[:, 1] if model.labels[1:2] == (None,) else None
    if weight is not None:
        _by_weight(model, group, free, weight)
    else:
        _in_runs(model, group, free)
    return group


def best_runs(model: Model) -> list[int] | None:
    """Sizes of K consecutive runs along the curve with the least cost, by dynamic programming; None where too large
    or where no exact K is found. A sum over pairs wants large groups where schools are dense and small ones where
    they are sparse, and exchanging schools one at a time hardly gets there.

    The number of runs is met by a price on each run (a Lagrange multiplier), found by bisection; two solutions on
    either side of K are joined at a cut they share.
    """
    d, n, k = model.data, model.costs.n, model.groups
    low, high = int(d.low[:, 0].min()), int(d.high[:, 0].max())
    sizes = range(max(low, 1), min(high, n) + 1)
    if len(sizes) < 2 or len(sizes) * n > 2_000_000 or np.ptp(d.low[:, 0]) or np.ptp(d.high[:, 0]):
        return None
    schools = d.schools.astype(np.int64)
    window, tail = np.zeros(n), np.zeros(n)
    costs = []
    for size in range(2, sizes[-1] + 1):
        # tail[e]: cost of school e to the size − 1 before it; window[p]: cost of the run of this size from p.
        i, j = schools[: n - size + 1], schools[size - 1 :]
        tail[size - 1 :] += sum(model.costs.values(i, j).values())
        window[: n - size + 1] += tail[size - 1 :]
        if size >= sizes[0]:
            costs.append(window[: n - size + 1] * d.factor[size])
    if sizes[0] == 1:
        costs.insert(0, np.zeros(n))
    _dear_where_short(model, sizes, costs)
    return _runs(sizes, [cost.tolist() for cost in costs], n, k)


def _dear_where_short(model: Model, sizes: range, costs: list[NDArray[np.float64]]) -> None:
    """Make runs that lack what every group must have dear, but not impossible."""
    d = model.data
    dear = 10.0 * float(np.mean([cost.mean() for cost in costs]))
    for c, rule in enumerate(model.labels):
        if isinstance(rule, AtLeast):
            so_far = np.concatenate([[0.0], np.cumsum(d.resource[:, c])])
            for size, cost in zip(sizes, costs, strict=True):
                cost += dear * np.maximum(rule.count - (so_far[size:] - so_far[:-size]), 0.0)


def _runs(sizes: range, costs: list[list[float]], n: int, k: int) -> list[int] | None:
    """K runs by bisection on the price of a run."""
    above: list[int] = []
    below: list[int] = []
    least, most = -float(max(map(max, costs))), float(max(map(max, costs)))
    for _ in range(40):
        price = (least + most) / 2
        cuts = _cuts(costs, sizes, n, price)
        if len(cuts) - 1 == k:
            return [int(size) for size in np.diff(cuts)]
        if len(cuts) - 1 > k:
            above, least = cuts, price
        else:
            below, most = cuts, price
        # Joining is cheap only when the two are nearly alike.
        if above and below and len(above) - len(below) <= 1 + k // 200 and (joined := _join(above, below, k)):
            return [int(size) for size in np.diff(joined)]
    return None


def _cuts(costs: list[list[float]], sizes: range, n: int, price: float) -> list[int]:
    """Cut points 0 … n of the cheapest runs when each run also costs ``price``."""
    best = [0.0] + [math.inf] * n
    back = [0] * (n + 1)
    options = list(zip(sizes, costs, strict=True))
    for end in range(sizes[0], n + 1):
        least, chosen = math.inf, 0
        for size, cost in options:
            if size > end:
                break
            value = best[end - size] + cost[end - size]
            if value < least:
                least, chosen = value, size
        best[end], back[end] = least + price, chosen
    cuts = [n]
    while cuts[-1] > 0 and back[cuts[-1]]:
        cuts.append(cuts[-1] - back[cuts[-1]])
    return cuts[::-1]


def _join(above: list[int], below: list[int], k: int) -> list[int] | None:
    """The first cuts of one solution and the last of the other, k runs in all."""
    at = {cut: p for p, cut in enumerate(below)}
    for p, cut in enumerate(above):
        if cut in at:
            if p + len(below) - 1 - at[cut] == k:
                return above[:p] + below[at[cut] :]
            if at[cut] + len(above) - 1 - p == k:
                return below[: at[cut]] + above[p:]
    return None


def _gains(model: Model) -> bool:
    """Whether a pair in one group is worth having on the whole."""
    dense = model.data.dense
    return bool(len(dense) and model.problem.objective != "mean" and dense.mean() < 0)


def _in_runs(model: Model, group: Group, order: NDArray[np.int64]) -> None:
    d = model.data
    size = d.resource[:, 0]
    # A sum over pairs that gains by every pair wants extreme sizes; one that pays for every pair, level ones.
    sizes = (extreme_sizes if _gains(model) else target_sizes)(d.low[:, 0], d.high[:, 0], int(size.sum()))
    room = sizes.astype(np.float64)
    pinned = group >= 0
    np.subtract.at(room, group[pinned], size[pinned])
    g = 0
    for block in order:
        while room[g] <= 0 and g < len(room) - 1:
            g += 1
        group[block] = g
        room[g] -= size[block]


def _by_weight(model: Model, group: Group, order: NDArray[np.int64], weight: NDArray[np.float64]) -> None:
    """The heaviest first, each to the group furthest below what it should carry."""
    d = model.data
    load = np.zeros(model.groups)
    pinned = group >= 0
    np.add.at(load, group[pinned], weight[pinned])
    finite = np.where(np.isfinite(d.high[:, 1]), d.high[:, 1], weight.sum())
    goal = (np.maximum(d.low[:, 1], 0) + finite) / 2
    # Only where it counts more how many pairs there are than which.
    if not pinned.any() and _gains(model) and -2.0 * d.dense.mean() > d.dense.std():
        _like_with_like(model, group, order[np.argsort(weight[order], kind="stable")], weight)
        return
    heap = [(load[g] - goal[g], g) for g in range(model.groups)]
    heapq.heapify(heap)
    for block in order[np.argsort(-weight[order], kind="stable")]:
        lack, g = heapq.heappop(heap)
        group[block] = g
        heapq.heappush(heap, (lack + weight[block], g))


def _like_with_like(
    model: Model, group: Group, order: NDArray[np.int64], weight: NDArray[np.float64]
) -> None:
    """The lightest together, as many as a group may carry, while enough is left for the rest: where every pair
    gains, a plan of few heavy and many light groups has the most pairs."""
    low, high = np.maximum(model.data.low[:, 1], 0.0), model.data.high[:, 1]
    g, load, left = 0, 0.0, float(weight[order].sum())
    for block in order:
        kept = float(low[g + 1 :].sum())
        full = load + weight[block] > high[g] or (load >= low[g] and left - weight[block] < kept)
        if full and g < len(low) - 1:
            g, load = g + 1, 0.0
        group[block] = g
        load += weight[block]
        left -= weight[block]


def from_groups(model: Model, groups: Sequence[Sequence[str]]) -> tuple[Group, NDArray[np.int16]]:
    """A plan given by ids as (group of each block (b,), members of each block from elsewhere than a group (b, K)).

    Schools of one block that the plan puts in different groups go to the group most of them are in. A school of a
    group beyond the K-th is away wherever it goes; one that the plan does not have is away nowhere.
    """
    position = {model.problem.ids[i]: p for p, i in enumerate(model.costs.index)}
    votes = np.zeros((len(model.target), model.groups), dtype=np.int16)
    known = np.zeros(len(model.target), dtype=np.int16)
    for id_, g in {id_: g for g, members in enumerate(groups) for id_ in members}.items():
        if id_ in position:
            known[model.block_of[position[id_]]] += 1
            if g < model.groups:
                votes[model.block_of[position[id_]], g] += 1
    home = np.where(votes.any(axis=1), votes.argmax(axis=1), -1)
    group = np.where(model.target >= 0, model.target, home).astype(np.int32)
    lost = np.flatnonzero(group < 0)
    if len(lost):
        found = np.flatnonzero(group >= 0)
        if model.problem.coordinates is not None and len(found):
            from scipy.spatial import cKDTree

            km = model.costs.km[model.data.schools[model.data.first[:-1]]]
            group[lost] = group[found[cKDTree(km[found]).query(km[lost])[1]]]
        else:
            group[lost] = np.arange(len(lost)) % model.groups
    return group, known[:, None] - votes
