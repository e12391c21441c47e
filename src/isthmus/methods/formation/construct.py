"""A first plan to improve: along a space-filling curve, by weight, or from a plan given."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.model import Model
from isthmus.methods.formation.terms import Nearness

Group = NDArray[np.int32]


def hilbert(km: NDArray[np.float64], order: int = 16) -> NDArray[np.int64]:
    """(n,) position of each point along a Hilbert curve over their bounding square (Skilling 2004, two dimensions)."""
    span = np.ptp(km, axis=0).max() or 1.0
    x, y = np.minimum((km - km.min(axis=0)) / span * 2**order, 2**order - 1).astype(np.int64).T
    key = np.zeros(len(km), dtype=np.int64)
    s = 1 << (order - 1)
    while s:
        rx, ry = (x & s) > 0, (y & s) > 0
        key += s * s * ((3 * rx) ^ ry)
        flip = ~ry & rx
        x, y = np.where(flip, s - 1 - (x & (s - 1)), x & (s - 1)), np.where(flip, s - 1 - (y & (s - 1)), y & (s - 1))
        x, y = np.where(~ry, y, x), np.where(~ry, x, y)
        s >>= 1
    return key


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


def first_plan(model: Model, rng: np.random.Generator) -> Group:
    """A plan that meets the bounds on size or weight where it easily can; repair sees to the rest."""
    d = model.data
    group = model.target.copy()
    free = np.flatnonzero(group < 0)
    near = any(isinstance(term, Nearness) for term in model.costs.terms)
    if near:
        heart = np.add.reduceat(model.costs.km[d.schools], d.first[:-1], axis=0) / np.diff(d.first)[:, None]
        free = free[np.argsort(hilbert(heart)[free], kind="stable")]
    else:
        rng.shuffle(free)
    weight = d.resource[:, 1] if model.labels[1:2] == (None,) else None
    if weight is not None:
        _by_weight(model, group, free, weight)
    else:
        _in_runs(model, group, free)
    return group


def _in_runs(model: Model, group: Group, order: NDArray[np.int64]) -> None:
    d = model.data
    size = d.resource[:, 0]
    room = target_sizes(d.low[:, 0], d.high[:, 0], int(size.sum())).astype(np.float64)
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
    heap = [(load[g] - goal[g], g) for g in range(model.groups)]
    heapq.heapify(heap)
    for block in order[np.argsort(-weight[order], kind="stable")]:
        lack, g = heapq.heappop(heap)
        group[block] = g
        heapq.heappush(heap, (lack + weight[block], g))


def from_groups(model: Model, groups: Sequence[Sequence[str]]) -> tuple[Group, Group]:
    """A plan given by ids as (group of each block, home of each block, −1 where it was in no group).

    Schools of one block that the plan puts in different groups go to the group most of them are in.
    """
    position = {model.problem.ids[i]: p for p, i in enumerate(model.costs.index)}
    votes = np.zeros((len(model.target), model.groups), dtype=np.int32)
    for g, members in enumerate(groups[: model.groups]):
        for id_ in members:
            if id_ in position:
                votes[model.block_of[position[id_]], g] += 1
    home = np.where(votes.any(axis=1), votes.argmax(axis=1), -1).astype(np.int32)
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
    return group, home
