"""Why there is no plan: proofs by counting, an irreducible set of rules, the cheapest way out found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.construct import first_plan
from isthmus.methods.formation.exact import some_plan
from isthmus.methods.formation.model import build
from isthmus.methods.formation.problem import GroupBounds, Problem, Sizes
from isthmus.methods.formation.repairing import repair
from isthmus.methods.formation.rulings import blocks_of, foe_pairs, group_names, pinned_groups, resources
from isthmus.methods.formation.terms import Apart, Mixed, Reach, Rule

Answer = Literal["infeasible", "feasible", "unknown"]
Breakable = Rule | Literal["size"]
SIZE: Literal["size"] = "size"


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together. ``irreducible``: without any one of them a plan was found."""

    rules: tuple[Breakable, ...]
    irreducible: bool


def contradicted(problem: Problem, groups: int) -> bool:
    """Whether simple counting proves that no plan keeps every rule."""
    return any(_contradictions(problem, groups))


def _contradictions(problem: Problem, groups: int) -> Iterator[bool]:
    index = np.flatnonzero(problem.placed)
    position = {problem.ids[i]: p for p, i in enumerate(index)}
    block_of = blocks_of(problem, position, np.arange(len(index)))
    each, low, high, _ = resources(problem, groups)
    block = np.zeros((int(block_of.max()) + 1, each.shape[1]))
    np.add.at(block, block_of, each)
    total = each.sum(axis=0)
    slack = 1e-9 * np.maximum(1.0, np.abs(total))
    yield bool((low.sum(axis=0) > total + slack).any() or (high.sum(axis=0) < total - slack).any())
    yield bool((block.max(axis=0) > high.max(axis=0) + slack).any())
    names = group_names(problem, groups, None)
    pinned: dict[int, int] = {}
    load = np.zeros_like(low)
    for _, at, group in pinned_groups(problem, position, names):
        b = int(block_of[at])
        yield pinned.setdefault(b, group) != group
    for b, group in pinned.items():
        load[group] += block[b]
    yield bool((load > high + slack).any())
    for rule in problem.rules:
        if isinstance(rule, Apart):
            yield len({block_of[position[id_]] for id_ in rule.ids if id_ in position}) > groups
    fixed = np.full(len(block), -1)
    fixed[list(pinned)] = list(pinned.values())
    for _, i, j in foe_pairs(problem, position, PairCosts(problem)):
        one, other = block_of[i], block_of[j]
        yield bool(((one == other) | (fixed[one] >= 0) & (fixed[one] == fixed[other])).any())


def without(problem: Problem, rules: tuple[Breakable, ...], groups: int) -> Problem:
    """The problem with these rules left out; without 'size' a group may have any number of schools from 1."""
    kept = tuple(rule for rule in problem.rules if not any(rule is other for other in rules))
    bounds = problem.bounds
    if SIZE in rules:
        n = int(problem.placed.sum())
        if isinstance(bounds, GroupBounds):
            bounds = GroupBounds(sizes=((0, n),) * bounds.groups)
        else:
            bounds = Sizes(1, n, groups)
    return replace(problem, rules=kept, bounds=bounds)


def answer(
    problem: Problem, groups: int, seconds: float, seed: int = 1
) -> tuple[Answer, NDArray[np.int32] | None]:
    """Whether a plan exists: proved either way, or unknown. The plan is by blocks of the problem's model."""
    if contradicted(problem, groups):
        return "infeasible", None
    model = build(problem, groups)
    rng = np.random.default_rng([seed, 3])
    plan, left = repair(model, first_plan(model, rng), seed=seed, rounds=150, seconds=seconds / 2)
    if left <= 0:
        return "feasible", plan
    return some_plan(model, seconds)


def irreducible(problem: Problem, groups: int, seconds: float) -> Conflict:
    """Leave out one rule after another as long as the rest is still proved impossible (a deletion filter; Chinneck
    and Dravnieks 1991). Call it with a problem that is proved infeasible."""
    began = time.perf_counter()
    members: list[Breakable] = [SIZE, *problem.rules]
    # Costs play no part here: leave them out, and with them the work they make.
    light = _costless(problem)
    gone: list[Breakable] = []
    certain = True
    for rule in (*problem.rules, SIZE):
        left = seconds - (time.perf_counter() - began)
        trial = without(light, (*gone, rule), groups)
        if left <= 0:
            found: Answer = "infeasible" if contradicted(trial, groups) else "unknown"
        else:
            found = answer(trial, groups, left)[0]
        if found == "infeasible":
            gone.append(rule)
        certain &= found != "unknown"
    return Conflict(tuple(r for r in members if not any(r is g for g in gone)), certain)


def _costless(problem: Problem) -> Problem:
    n = len(problem.ids)
    attributes = {**problem.attributes, "": (None,) * n}
    return replace(
        problem,
        terms=(Mixed(""),),
        attributes=attributes,
        sense="min",
        objective="pairs",
        affinity=None,
        travel=problem.travel if any(isinstance(rule, Reach) for rule in problem.rules) else None,
    )


def describe(problem: Problem, rule: Breakable) -> str:
    return str(problem.bounds) if rule == SIZE else str(rule)
