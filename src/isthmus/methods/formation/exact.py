"""Proof for small problems, by mixed-integer programming (HiGHS through scipy)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.model import Model

COLUMNS = 60_000
CELLS = 40_000
Group = NDArray[np.int32]


@dataclass(frozen=True)
class Exact:
    """A plan proved to be best (``proved``), and a lower bound on the energy in any case."""

    group: Group | None
    bound: float | None
    proved: bool


def column_count(model: Model) -> int:
    """How many groups could be formed by size alone."""
    low, high = _block_range(model)
    b = len(model.target)
    total = 0
    for size in range(max(low, 0), min(high, b) + 1):
        total += math.comb(b, size)
        if total > COLUMNS:
            break
    return total


def _block_range(model: Model) -> tuple[int, int]:
    size = model.data.resource[:, 0]
    low, high = float(model.data.low[:, 0].min()), float(model.data.high[:, 0].max())
    return math.ceil(low / size.max()), int(min(high / size.min(), len(size)))


def best_partition(model: Model, seconds: float) -> Exact:
    """Choose among all groups that keep the rules, so that each block is in one (set partitioning)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    d = model.data
    kinds, kind_of, number = _kinds(model)
    members, values = _columns(model)
    load = np.array([d.resource[c].sum(axis=0) if len(c) else np.zeros(d.resource.shape[1]) for c in members])
    rows: list[int] = []
    columns: list[int] = []
    chosen: list[tuple[NDArray[np.int64], int]] = []
    costs: list[float] = []
    for kind, g in enumerate(kinds):
        slack = 1e-9 * np.maximum(1.0, np.abs(load))
        fits = ((load >= d.low[g] - slack) & (load <= d.high[g] + slack)).all(axis=1)
        for c in map(int, np.flatnonzero(fits)):
            pinned = {int(t) for t in model.target[members[c]] if t >= 0}
            pinned_kinds = {int(kind_of[t]) for t in pinned}
            if len(pinned) > 1 or (pinned_kinds - {kind}) or (_is_pinned(model, g) and pinned != {g}):
                continue
            at = len(chosen)
            rows += [*members[c].tolist(), len(model.target) + kind]
            columns += [at] * (len(members[c]) + 1)
            chosen.append((members[c], kind))
            costs.append(values[c])
    if not chosen:
        return Exact(None, None, proved=True)
    shape = (len(model.target) + len(kinds), len(chosen))
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    right = np.concatenate([np.ones(len(model.target)), number])
    result = milp(
        np.array(costs),
        constraints=LinearConstraint(matrix, right, right),
        integrality=np.ones(len(chosen)),
        bounds=Bounds(0, max(1, int(number.max()))),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": 0.0},
    )
    if result.status == 2:
        return Exact(None, None, proved=True)
    bound = float(result.mip_dual_bound) if result.mip_dual_bound is not None else None
    if result.x is None or result.status != 0:
        return Exact(None, bound, proved=False)
    group = np.empty(len(model.target), dtype=np.int32)
    free = {kind: [g for g in range(model.groups) if kind_of[g] == kind] for kind in range(len(kinds))}
    for at in map(int, np.flatnonzero(result.x > 0.5)):
        mine, kind = chosen[at]
        for _ in range(round(result.x[at])):
            group[mine] = free[kind].pop(0)
    return Exact(group, bound, proved=True)


def _is_pinned(model: Model, g: int) -> bool:
    return bool((model.target == g).any())


def _kinds(model: Model) -> tuple[list[int], NDArray[np.int64], NDArray[np.float64]]:
    """Groups that are interchangeable: a representative of each kind, each group's kind, how many of each."""
    d = model.data
    seen: dict[object, int] = {}
    kinds: list[int] = []
    kind_of = np.empty(model.groups, dtype=np.int64)
    for g in range(model.groups):
        key = ("pinned", g) if _is_pinned(model, g) else (tuple(d.low[g]), tuple(d.high[g]))
        if key not in seen:
            seen[key] = len(kinds)
            kinds.append(g)
        kind_of[g] = seen[key]
    return kinds, kind_of, np.bincount(kind_of).astype(np.float64)


def _columns(model: Model) -> tuple[list[NDArray[np.int64]], NDArray[np.float64]]:
    """Every set of blocks of a possible size with no two foes, and its energy."""
    d, b = model.data, len(model.target)
    foe = np.zeros((b, b), dtype=np.bool_)
    foe[np.repeat(np.arange(b), np.diff(d.foe_first)), d.foe] = True
    members: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    low, high = _block_range(model)
    for size in range(max(low, 0), high + 1):
        if size == 0:
            members.append(np.zeros(0, dtype=np.int64))
            values.append(np.zeros(1))
            continue
        sets = np.array(list(itertools.combinations(range(b), size)), dtype=np.int64)
        value, clash = d.inner[sets].sum(axis=1), np.zeros(len(sets), dtype=np.bool_)
        for p, q in itertools.combinations(range(size), 2):
            value += d.dense[sets[:, p], sets[:, q]]
            clash |= foe[sets[:, p], sets[:, q]]
        unmet = d.needs[sets].sum(axis=1) * (d.strengths[sets].sum(axis=1) == 0)
        schools = np.rint(d.resource[sets, 0].sum(axis=1)).astype(np.int64)
        value = (value + unmet.sum(axis=1) * d.need_cost) * d.factor[schools]
        members += list(sets[~clash])
        values.append(value[~clash])
    return members, np.concatenate(values)


def some_plan(
    model: Model, seconds: float
) -> tuple[Literal["feasible", "infeasible", "unknown"], Group | None]:
    """Any plan that keeps every rule, or the proof that there is none: one variable for each block and group."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    d, b, k = model.data, len(model.target), model.groups
    foes = [(i, int(j)) for i in range(b) for j in d.foe[d.foe_first[i] : d.foe_first[i + 1]] if i < j]
    if b * k > CELLS or len(foes) * k > 4 * CELLS:
        return "unknown", None
    rows: list[NDArray[np.int64]] = [np.repeat(np.arange(b), k)]
    columns: list[NDArray[np.int64]] = [np.arange(b * k)]
    data = [np.ones(b * k)]
    low, high = [np.ones(b)], [np.ones(b)]
    at = b
    for c in range(d.resource.shape[1]):
        rows.append(at + np.tile(np.arange(k), b))
        columns.append(np.arange(b * k))
        data.append(np.repeat(d.resource[:, c], k))
        low.append(d.low[:, c])
        high.append(d.high[:, c])
        at += k
    for i, j in foes:
        rows.append(np.tile(at + np.arange(k), 2))
        columns.append(np.concatenate([i * k + np.arange(k), j * k + np.arange(k)]))
        data.append(np.ones(2 * k))
        low.append(np.full(k, -np.inf))
        high.append(np.ones(k))
        at += k
    if len(d.away):
        rows.append(np.full(b * k, at))
        columns.append(np.arange(b * k))
        data.append(d.away.ravel().astype(np.float64))
        low.append(np.array([-np.inf]))
        high.append(np.array([float(d.most_moves)]))
        at += 1
    matrix = coo_array(
        (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(at, b * k)
    ).tocsr()
    least, most = np.zeros(b * k), np.ones(b * k)
    for i in map(int, np.flatnonzero(model.target >= 0)):
        most[i * k : (i + 1) * k] = 0.0
        least[i * k + model.target[i]] = most[i * k + model.target[i]] = 1.0
    result = milp(
        np.zeros(b * k),
        constraints=LinearConstraint(matrix, np.concatenate(low), np.concatenate(high)),
        integrality=np.ones(b * k),
        bounds=Bounds(least, most),
        options={"time_limit": max(seconds, 0.1)},
    )
    if result.status == 2:
        return "infeasible", None
    if result.x is None:
        return "unknown", None
    return "feasible", result.x.reshape(b, k).argmax(axis=1).astype(np.int32)
