"""From a problem to the arrays that the search works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts, crossings, hilbert, nearest
from isthmus.methods.formation.kernels import (
    ALIKE_CATEGORY,
    ALIKE_NUMBER,
    MIXED_CATEGORY,
    MIXED_NUMBER,
    Data,
    State,
)
from isthmus.methods.formation.problem import GroupBounds, Problem, Sizes
from isthmus.methods.formation.terms import (
    Alike,
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Fixed,
    Mixed,
    Nearness,
    NoRepeat,
    ProblemError,
    Rule,
    Together,
)

DENSE_MOST = 5_000
NEAR, NEAR_DENSE = 8, 16


@dataclass(frozen=True)
class Model:
    """A problem in arrays. Positions are among the placed schools; ``labels[c]`` is the rule behind resource c, None
    for the problem's own bounds."""

    problem: Problem
    costs: PairCosts
    names: tuple[str, ...]
    block_of: NDArray[np.int32]
    target: NDArray[np.int32]
    data: Data
    labels: tuple[Rule | None, ...]
    constant: float
    sign: int

    @property
    def groups(self) -> int:
        return len(self.names)

    def objective(self, energy: float) -> float:
        """The problem's objective from the sum that the search minimises."""
        return self.constant + self.sign * energy


def group_names(problem: Problem, groups: int, given: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the groups: as given, with the networks of fixed rules, else numbers from 1."""
    names = list(given or ())[:groups]
    names += [str(g + 1) for g in range(len(names), groups)]
    wanted = list(dict.fromkeys(rule.network for rule in problem.rules if isinstance(rule, Fixed)))
    free = [g for g in range(groups - 1, -1, -1) if names[g] not in wanted]
    for network in wanted:
        if network not in names:
            names[free.pop()] = network
    return tuple(names)


def matches(problem: Problem, rule: AtLeast | AtMost) -> NDArray[np.bool_]:
    """(n,) True for each school for which all of ``rule.where`` holds."""
    found = np.ones(len(problem.ids), dtype=np.bool_)
    for name, wanted in rule.where.items():
        options = {_plain(v) for v in (wanted if isinstance(wanted, list | tuple) else [wanted])}
        values = problem.attributes[name]
        found &= np.array([v is not None and v != "" and _plain(v) in options for v in values])
    return found


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).casefold()
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        return str(value).strip().casefold()


def numbers(problem: Problem, column: str) -> NDArray[np.float64]:
    """(n,) a column's numbers, 0 where unknown (unknown is left out of a sum)."""
    values = problem.attributes[column]
    return np.array([float(v) if isinstance(v, int | float) else 0.0 for v in values])


def blocks_of(problem: Problem, position: dict[str, int], along: NDArray[np.int64]) -> NDArray[np.int32]:
    """(placed,) the block of each placed school: schools that are to be together share one. Blocks are numbered in
    the order of ``along``, so that near blocks lie near in memory."""
    parent = list(range(len(position)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for rule in problem.rules:
        if isinstance(rule, Together):
            members = [position[id_] for id_ in rule.ids]
            for other in members[1:]:
                parent[root(other)] = root(members[0])
    roots = [root(i) for i in range(len(position))]
    order = {r: b for b, r in enumerate(dict.fromkeys(roots[i] for i in np.argsort(along, kind="stable")))}
    return np.array([order[r] for r in roots], dtype=np.int32)


def foe_pairs(problem: Problem, position: dict[str, int], km: NDArray[np.float64]) -> list[tuple[Rule, int, int]]:
    """Pairs of placed schools that a rule keeps apart, with the rule."""
    found: list[tuple[Rule, int, int]] = []
    for rule in problem.rules:
        if isinstance(rule, Apart):
            at = sorted({position[id_] for id_ in rule.ids if id_ in position})
            found += [(rule, i, j) for p, i in enumerate(at) for j in at[p + 1 :]]
        elif isinstance(rule, NoRepeat):
            for a, b in rule.pairs:
                if a in position and b in position and a != b:
                    found.append((rule, position[a], position[b]))
        elif isinstance(rule, Barrier) and rule.detour_factor is None:
            rows, columns = np.nonzero(np.triu(crossings(km * 1000.0, rule)))
            found += [(rule, int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
    return found


def pinned_groups(problem: Problem, position: dict[str, int], names: Sequence[str]) -> list[tuple[Fixed, int, int]]:
    """(rule, position, group) of each school with a fixed group."""
    return [
        (rule, position[id_], names.index(rule.network))
        for rule in problem.rules
        if isinstance(rule, Fixed)
        for id_ in rule.ids
    ]


def resources(
    problem: Problem, groups: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], tuple[Rule | None, ...]]:
    """What each placed school adds (n, C), each group's bounds low and high (K, C), and the rule behind each."""
    placed = problem.placed
    n = int(placed.sum())
    bounds = problem.bounds
    size = (bounds.smallest, bounds.largest) if isinstance(bounds, Sizes) else (0, n)
    columns = [np.ones(n)]
    lows, highs = [np.full(groups, float(size[0]))], [np.full(groups, float(size[1]))]
    labels: list[Rule | None] = [None]
    if isinstance(bounds, GroupBounds):
        if bounds.sizes is not None:
            lows[0], highs[0] = np.array(bounds.sizes, dtype=np.float64).T
        if bounds.weights is not None:
            low, high = np.array(bounds.weights, dtype=np.float64).T
            columns.append(np.array(bounds.item_weights, dtype=np.float64)[placed])
            lows.append(low)
            highs.append(high)
            labels.append(None)
    for rule in problem.rules:
        if isinstance(rule, AtLeast | AtMost):
            columns.append(matches(problem, rule)[placed].astype(np.float64))
            lows.append(np.full(groups, float(rule.count) if isinstance(rule, AtLeast) else -np.inf))
            highs.append(np.full(groups, float(rule.count) if isinstance(rule, AtMost) else np.inf))
            labels.append(rule)
        elif isinstance(rule, Cap):
            columns.append(numbers(problem, rule.column)[placed])
            lows.append(np.full(groups, -np.inf))
            highs.append(np.full(groups, rule.maximum))
            labels.append(rule)
    return np.column_stack(columns), np.column_stack(lows), np.column_stack(highs), tuple(labels)


def build(problem: Problem, groups: int, names: Sequence[str] | None = None) -> Model:
    """The model of a problem with this number of groups. The rules are taken not to contradict one another."""
    costs = PairCosts(problem)
    if problem.dense and costs.n > DENSE_MOST:
        raise ProblemError(
            f"{costs.n} schools are too many for given values, travel tables, barriers or continuity "
            f"(up to {DENSE_MOST}). Split the area, or leave these out."
        )
    labels = group_names(problem, groups, names)
    position = {problem.ids[i]: p for p, i in enumerate(costs.index)}
    along = hilbert(costs.km) if problem.coordinates is not None else np.arange(costs.n)
    block_of = blocks_of(problem, position, along)
    order = np.argsort(block_of, kind="stable").astype(np.int32)
    b = int(block_of.max()) + 1
    first = np.searchsorted(block_of[order], np.arange(b + 1)).astype(np.int32)
    each, low, high, rules = resources(problem, groups)
    resource = np.add.reduceat(each[order], first[:-1], axis=0)
    target = np.full(b, -1, dtype=np.int32)
    for _, at, group in pinned_groups(problem, position, labels):
        target[block_of[at]] = group
    pairs = {(int(block_of[i]), int(block_of[j])) for _, i, j in foe_pairs(problem, position, costs.km)}
    foe_first, foe = _adjacency(b, pairs | {(j, i) for i, j in pairs})
    sign = 1 if problem.sense == "min" and problem.objective != "between" else -1
    dense, inner, constant = _dense(problem, costs, order, first, sign)
    needs, strengths, need_cost = costs.themes()
    data = Data(
        dense=dense,
        **_features(costs, order, bool(len(dense))),
        inner=inner,
        first=first,
        schools=order,
        resource=np.ascontiguousarray(resource),
        low=np.ascontiguousarray(low),
        high=np.ascontiguousarray(high),
        unit=_units(each, rules),
        foe_first=foe_first,
        foe=foe,
        pinned=target >= 0,
        needs=_gather(needs, order, first),
        strengths=_gather(strengths, order, first),
        need_cost=need_cost,
        factor=_factor(problem, costs.n),
        near=_near(costs, dense, order, first, groups),
        home=np.full(b, -1, dtype=np.int32),
        most_moves=costs.n,
    )
    if not len(dense):
        _inner(data, costs)
    outward = -1 if problem.sense == "max" else 1
    return Model(problem, costs, labels, block_of, target, data, rules, constant, outward)


def _units(each: NDArray[np.float64], rules: Sequence[Rule | None]) -> NDArray[np.float64]:
    """A breach counts in typical items: 1 for counts, 1 / mean for weights and caps."""
    mean = each.mean(axis=0)
    counted = np.array([c == 0 or isinstance(rule, AtLeast | AtMost) for c, rule in enumerate(rules)])
    return np.where(counted | (mean <= 0), 1.0, 1.0 / np.where(mean > 0, mean, 1.0))


def _adjacency(b: int, pairs: set[tuple[int, int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    both = np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2)
    return np.searchsorted(both[:, 0], np.arange(b + 1)).astype(np.int32), np.ascontiguousarray(both[:, 1])


def _gather(
    table: NDArray[np.int32], order: NDArray[np.int32], first: NDArray[np.int32]
) -> NDArray[np.int32]:
    if not table.shape[1]:
        return np.zeros((len(first) - 1, 0), dtype=np.int32)
    return np.ascontiguousarray(np.add.reduceat(table[order], first[:-1], axis=0), dtype=np.int32)


def _dense(
    problem: Problem, costs: PairCosts, order: NDArray[np.int32], first: NDArray[np.int32], sign: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Block costs (b, b) and inner costs (b,), to be minimised, and the objective's constant."""
    b = len(first) - 1
    if not problem.dense:
        return np.zeros((0, 0)), np.zeros(b), 0.0
    matrix = costs.matrix()
    constant = float(matrix.sum()) / 2 if problem.objective == "between" else 0.0
    matrix *= sign
    matrix = matrix[np.ix_(order, order)]
    if b < costs.n:
        matrix = np.add.reduceat(np.add.reduceat(matrix, first[:-1], axis=0), first[:-1], axis=1)
    inner = np.diag(matrix) / 2
    matrix = np.ascontiguousarray(matrix)
    np.fill_diagonal(matrix, 0.0)
    return matrix, inner, constant


def _features(costs: PairCosts, order: NDArray[np.int32], dense: bool) -> dict[str, NDArray[Any]]:
    """Coordinates, categories and scores for costs computed pair by pair; coordinates alone beside a matrix."""
    near = sum(costs.weight(term) for term in costs.terms if isinstance(term, Nearness))
    columns, kinds, prices = [costs.km * near], [], []
    for term in costs.terms:
        if dense or not isinstance(term, Mixed | Alike):
            continue
        feature = costs.features[term.name]
        if feature.dtype == np.int32:
            kinds.append(MIXED_CATEGORY if isinstance(term, Mixed) else ALIKE_CATEGORY)
            columns.append(np.where(feature < 0, np.nan, feature.astype(np.float64)))
        else:
            kinds.append(MIXED_NUMBER if isinstance(term, Mixed) else ALIKE_NUMBER)
            columns.append(feature.astype(np.float64))
        prices.append(costs.weight(term))
    return {
        "feature": np.ascontiguousarray(np.column_stack(columns)[order]),
        "kind": np.array(kinds, dtype=np.int8),
        "price": np.array(prices, dtype=np.float64),
    }


def _factor(problem: Problem, n: int) -> NDArray[np.float64]:
    if problem.objective != "mean":
        return np.ones(n + 2)
    size = np.arange(n + 2, dtype=np.float64)
    return np.where(size > 1, 2.0 / np.maximum(size * (size - 1), 1.0), 0.0)


def _near(
    costs: PairCosts, dense: NDArray[np.float64], order: NDArray[np.int32], first: NDArray[np.int32], groups: int
) -> NDArray[np.int32]:
    """Blocks worth joining: the nearest; none where groups are few, so that any will do."""
    b = len(first) - 1
    k = min(NEAR_DENSE if len(dense) else NEAR, b - 1)
    if not any(isinstance(term, Nearness) for term in costs.terms) or groups < 8 or k < 2:
        return np.zeros((b, 0), dtype=np.int32)
    if len(dense):
        others = dense + np.diag(np.full(b, np.inf))
        return np.ascontiguousarray(np.argpartition(others, k - 1, axis=1)[:, :k], dtype=np.int32)
    heart = np.add.reduceat(costs.km[order], first[:-1], axis=0) / np.diff(first)[:, None]
    return np.ascontiguousarray(nearest(heart, k)[1])


def _inner(data: Data, costs: PairCosts) -> None:
    for block in np.flatnonzero(np.diff(data.first) > 1):
        schools = data.schools[data.first[block] : data.first[block + 1]].astype(np.int64)
        i, j = np.triu_indices(len(schools), 1)
        data.inner[block] = sum(float(v.sum()) for v in costs.values(schools[i], schools[j]).values())


def make_state(model: Model, group: NDArray[np.int32]) -> State:
    """The state of a plan, ``group`` (b,), computed afresh."""
    d, k = model.data, model.groups
    b = len(group)
    count = np.bincount(group, minlength=k).astype(np.int32)
    largest = int(np.minimum(d.high[:, 0].max(), b))
    room = min(b, max(largest, int(count.max())) + 8)
    order = np.argsort(group, kind="stable")
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    place = np.empty(b, dtype=np.int32)
    place[order] = np.arange(b) - start[group[order]]
    members = np.full((k, room), -1, dtype=np.int32)
    members[group, place] = np.arange(b)
    load, need, strength = (np.zeros((k, t.shape[1])) for t in (d.resource, d.needs, d.strengths))
    for table, item in ((load, d.resource), (need, d.needs), (strength, d.strengths)):
        np.add.at(table, group, item)
    contact, own = np.zeros((0, 0)), np.zeros(b)
    if len(d.dense):
        contact = np.zeros((k, b))
        for i in range(b):
            contact[group[i]] += d.dense[i]
        own = contact[group, np.arange(b)].copy()
    else:
        own = _own(model, group)
    inside = np.bincount(group, weights=own / 2 + d.inner, minlength=k)
    away = (d.home >= 0) & (d.home != group)
    moved = np.array([int(d.resource[away, 0].sum())], dtype=np.int64)
    return State(
        group.astype(np.int32), place, members, count, load, inside, contact, own,
        need.astype(np.int32), strength.astype(np.int32), moved,
    )  # fmt: skip


def _own(model: Model, group: NDArray[np.int32]) -> NDArray[np.float64]:
    """(b,) each block's cost to the rest of its group, pairs of schools taken at growing distance in group order."""
    schools_group = group[model.block_of]
    order = np.argsort(schools_group, kind="stable")
    own = np.zeros(len(group))
    for gap in range(1, len(order)):
        i, j = order[:-gap], order[gap:]
        same = schools_group[i] == schools_group[j]
        if not same.any():
            break
        i, j = i[same], j[same]
        apart = model.block_of[i] != model.block_of[j]
        i, j = i[apart], j[apart]
        value = sum(model.costs.values(i, j).values(), np.zeros(len(i)))
        np.add.at(own, model.block_of[i], value)
        np.add.at(own, model.block_of[j], value)
    return own


def energy(model: Model, state: State) -> float:
    """The sum that the search minimises."""
    d = model.data
    size = np.rint(state.load[:, 0]).astype(np.int64)
    unmet = (state.need * (state.strength == 0)).sum(axis=1) * d.need_cost
    return float(((state.inside + unmet) * d.factor[size]).sum())
