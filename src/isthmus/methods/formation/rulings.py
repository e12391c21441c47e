"""Rules read into positions, blocks, pairs and bounds: what the model, the counting proofs and the warnings share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.geometry import crossings
from isthmus.methods.formation.problem import GroupBounds, Problem, Sizes
from isthmus.methods.formation.terms import (
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Fixed,
    NoRepeat,
    Reach,
    Rule,
    Together,
)

REACH_SLACK = 0.001


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


Pairs = tuple[Rule, NDArray[np.int64], NDArray[np.int64]]


def foe_pairs(problem: Problem, position: dict[str, int], costs: PairCosts) -> list[Pairs]:
    """For each rule that keeps pairs of placed schools apart: the rule, and the two positions of each pair."""
    found: list[Pairs] = []
    for rule in problem.rules:
        if isinstance(rule, Apart):
            at = np.array(sorted({position[id_] for id_ in rule.ids if id_ in position}), dtype=np.int64)
            i, j = np.triu_indices(len(at), 1)
            found.append((rule, at[i], at[j]))
        elif isinstance(rule, NoRepeat):
            known = [(a, b) for a, b in rule.pairs if a in position and b in position and a != b]
            pairs = np.array([(position[a], position[b]) for a, b in known], dtype=np.int64).reshape(-1, 2)
            found.append((rule, pairs[:, 0], pairs[:, 1]))
        elif isinstance(rule, Barrier) and rule.detour_factor is None:
            i, j = np.nonzero(np.triu(crossings(costs.km * 1000.0, rule)))
            found.append((rule, i, j))
        elif isinstance(rule, Reach):
            found.append((rule, *_beyond(rule, costs)))
    return found


def _beyond(rule: Reach, costs: PairCosts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs further apart than the rule allows; a metre more is let pass, so that rounding breaks no rule."""
    every = np.arange(costs.n)
    rows, columns = [], []
    for first in range(0, costs.n, 256):
        block = every[first : first + 256]
        i, j = np.nonzero(costs.distance(block[:, None], every[None, :]) > rule.kilometres + REACH_SLACK)
        later = block[i] < j
        rows.append(block[i][later])
        columns.append(j[later])
    return np.concatenate(rows), np.concatenate(columns)


def pinned_groups(
    problem: Problem, position: dict[str, int], names: Sequence[str]
) -> list[tuple[Fixed, int, int]]:
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
