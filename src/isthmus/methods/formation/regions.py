"""A country in regions: each worked on by whatever executor is at hand, then cut anew so that no seam stays.

A region is a set of whole groups, so every rule on a group holds in the country when it holds in its region, and the
number of groups never changes. A region's answer is taken only where it is better by the country's own costs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.problem import Problem, Sizes
from isthmus.methods.formation.result import Groups, Plan, Stop
from isthmus.methods.formation.scoring import score
from isthmus.methods.formation.terms import Apart, Fixed, ProblemError, Rule, Together

GOLDEN = 0.381966
SHARE_FIRST = 0.5


def solve_by_regions(
    problem: Problem,
    executor: Executor,
    *,
    regions: int = 8,
    rounds: int = 4,
    steps: int | None = None,
    seed: int = 1,
    start: Sequence[Sequence[str]] | None = None,
) -> Plan:
    """The best plan found by searching ``regions`` parts of the map at once, ``rounds`` times, each time cut in
    another direction. ``executor`` is any ``concurrent.futures`` executor (threads, processes, a Dask cluster's
    ``client.get_executor()``); the work is divided without regard to how many workers it has, so the same problem,
    seed, steps and regions give the same plan. Half of the ``steps`` (trial moves in all) go to the first round.

    Raises ProblemError without coordinates, with bounds group by group, or for numbers without sense.
    """
    from isthmus.methods.formation import evaluate, solve, usual_steps

    if problem.coordinates is None or not isinstance(problem.bounds, Sizes):
        raise ProblemError("Regions need coordinates and the same bounds on size for every group.")
    if regions < 1 or rounds < 1 or seed < 0:
        raise ProblemError("Regions and rounds are 1 or more, the seed zero or more.")
    began = time.perf_counter()
    whole = steps or usual_steps(problem)
    first = solve(problem, stop=Stop(steps=max(whole // 100, 1)), seed=seed, start=start)
    if not first.groups:
        return first
    costs = PairCosts(problem)
    position = {problem.ids[i]: p for p, i in enumerate(costs.index)}
    groups, done = list(first.groups), first.steps
    shares = [SHARE_FIRST] + [(1 - SHARE_FIRST) / max(rounds - 1, 1)] * (rounds - 1) if rounds > 1 else [1.0]
    for turn, share in enumerate(shares):
        parts = _cut(problem, groups, min(regions, len(groups)), turn)
        each, warm = max(int(whole * share / len(parts)), 1), turn > 0 or start is not None
        waiting = []
        for number, part in enumerate(parts):
            region = _region(problem, problem.bounds, groups, part)
            now, names = tuple(groups[g] for g in part), [first.names[g] for g in part]
            waiting.append(
                executor.submit(_improve, region, now, names, each, seed + 1_000 * turn + number, warm)
            )
        for part, answer in zip(parts, waiting, strict=True):
            found, tried = answer.result()
            done += tried
            before = tuple(groups[g] for g in part)
            if found and _worth(costs, position, found) < _worth(costs, position, before):
                for g, members in zip(part, found, strict=True):
                    groups[g] = members
    plan = evaluate(problem, groups, names=first.names)
    return replace(plan, seconds=time.perf_counter() - began, steps=done, seed=seed, warnings=first.warnings)


def _cut(problem: Problem, groups: Sequence[Sequence[str]], regions: int, turn: int) -> list[list[int]]:
    """Groups of each region: strips of the map with as many groups each, in a direction of their own each turn."""
    coordinates = _placed(problem)
    row = {id_: i for i, id_ in enumerate(problem.ids)}
    angle = turn * math.pi * GOLDEN
    along = coordinates @ np.array([math.cos(angle), math.sin(angle)])
    middle = [float(np.mean([along[row[id_]] for id_ in group])) if group else 0.0 for group in groups]
    order = np.argsort(middle, kind="stable")
    return [part.tolist() for part in np.array_split(order, regions)]


def _region(problem: Problem, bounds: Sizes, groups: Sequence[Sequence[str]], part: Sequence[int]) -> Problem:
    """The problem of some groups' schools alone, with what the rules say of them."""
    inside = {id_ for g in part for id_ in groups[g]}
    rows = [i for i, id_ in enumerate(problem.ids) if id_ in inside]
    rules: list[Rule] = []
    for rule in problem.rules:
        if isinstance(rule, Together | Apart | Fixed):
            ids = tuple(id_ for id_ in rule.ids if id_ in inside)
            if len(ids) > (0 if isinstance(rule, Fixed) else 1):
                rules.append(replace(rule, ids=ids))
        else:
            rules.append(rule)
    return replace(
        problem,
        ids=tuple(problem.ids[i] for i in rows),
        bounds=replace(bounds, groups=len(part)),
        coordinates=_placed(problem)[rows],
        affinity=None if problem.affinity is None else problem.affinity[np.ix_(rows, rows)],
        attributes={name: [values[i] for i in rows] for name, values in problem.attributes.items()},
        rules=tuple(rules),
    )


def _placed(problem: Problem) -> NDArray[np.float64]:
    if problem.coordinates is None:
        raise ProblemError("Regions need coordinates.")
    return problem.coordinates


def _improve(
    problem: Problem, groups: Groups, names: Sequence[str], steps: int, seed: int, warm: bool
) -> tuple[Groups, int]:
    """A region's search, run wherever the executor likes: groups in the order given, none where nothing was found."""
    from isthmus.methods.formation.asking import Ask
    from isthmus.methods.formation.improving import first_plans, improve
    from isthmus.methods.formation.model import build

    model = build(problem, len(groups), names)
    given = tuple(tuple(group) for group in groups)
    for start in (None, given) if not warm else (given,):
        ask = Ask(
            problem, Stop(steps=steps), seed, 1, start, tuple(names), None, None, time.perf_counter(), (),
            prove=False,
        )  # fmt: skip
        starts = first_plans(ask, model)
        if starts is not None:
            plan = improve(ask, model, starts)
            return plan.groups, plan.steps
    return (), 0


def _worth(costs: PairCosts, position: dict[str, int], groups: Sequence[Sequence[str]]) -> float:
    """The cost of some groups, by the country's rates."""
    return score(costs, [np.array([position[id_] for id_ in group], dtype=np.int64) for group in groups])[0]
