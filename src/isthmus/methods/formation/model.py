"""From a problem to the arrays that the search works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.geometry import hilbert, nearest
from isthmus.methods.formation.kernels import (
    ALIKE_CATEGORY,
    ALIKE_NUMBER,
    MIXED_CATEGORY,
    MIXED_NUMBER,
    Data,
)
from isthmus.methods.formation.problem import Problem
from isthmus.methods.formation.rulings import (
    Pairs,
    blocks_of,
    foe_pairs,
    group_names,
    pinned_groups,
    resources,
)
from isthmus.methods.formation.terms import Alike, AtLeast, AtMost, Mixed, Nearness, ProblemError, Rule

DENSE_MOST = 5_000
NEAR, NEAR_DENSE = 12, 16


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
    foe_first, foe = _adjacency(b, block_of, foe_pairs(problem, position, costs))
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
        away=np.zeros((0, 0), dtype=np.int16),
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


def _adjacency(
    b: int, block_of: NDArray[np.int32], pairs: Sequence[Pairs]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where each block's foes begin (b + 1,), and the foes."""
    keys = [block_of[i].astype(np.int64) * b + block_of[j] for _, i, j in pairs]
    keys += [block_of[j].astype(np.int64) * b + block_of[i] for _, i, j in pairs]
    both = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *keys]))
    first = np.searchsorted(both, np.arange(b + 1) * b)
    return first.astype(np.int32), np.ascontiguousarray(both % b, dtype=np.int32)


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
    costs: PairCosts,
    dense: NDArray[np.float64],
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    groups: int,
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
