"""What a plan depends on: the price of each rule, how stable its pairs are, and other good plans that differ."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from isthmus.methods.formation.affinity import typical_km
from isthmus.methods.formation.problem import Problem
from isthmus.methods.formation.result import Plan, Stop
from isthmus.methods.formation.solving import run, score_plan
from isthmus.methods.formation.terms import Barrier, Complementarity, Newness, ProblemError, Rule

Pair = tuple[str, str]
DIFFER = 0.05


@dataclass(frozen=True)
class Price:
    """What keeping ``rule`` costs: ``without`` is the objective of the best plan found that may break it, ``price`` by
    how much that is better than the plan. The true price may be higher, as a search is no proof."""

    rule: str
    without: float
    price: float
    broken: int


@dataclass(frozen=True)
class Stability:
    """How often schools stay together when needs, weights and travel are not quite as was thought.

    ``pairs``: for each pair of the plan the share of runs (0 to 1) that have it; ``schools``: the mean of that over a
    school's pairs (1 for a school on its own); ``overall``: the mean over all pairs; ``runs``: how many had a plan.
    """

    pairs: dict[Pair, float]
    schools: dict[str, float]
    overall: float
    runs: int


@dataclass(frozen=True)
class Variant:
    """Another good plan. ``objective`` is by the problem as it was asked, ``common`` the share of the first plan's
    pairs that it has too."""

    plan: Plan
    objective: float
    common: float


def price_of_rules(
    problem: Problem,
    plan: Plan,
    *,
    stop: Stop | None = None,
    seed: int = 1,
    on_progress: Callable[[int, int], bool | None] | None = None,
    executor: Executor | None = None,
) -> tuple[Price, ...]:
    """What each rule costs, dearest first. ``on_progress(done, of)`` may return False to stop after a part.

    Each search starts from ``plan``, so no price is below zero. A barrier with a detour factor is a cost, not a rule
    that must hold: it is left out here.
    """
    if plan.objective is None:
        raise ProblemError("There is no plan to price the rules of.")
    sign = 1.0 if problem.sense == "min" else -1.0
    hard = [r for r in problem.rules if not (isinstance(r, Barrier) and r.detour_factor is not None)]
    tasks = [
        (replace(problem, rules=_others(problem, rule)), plan.groups, plan.names, stop or Stop(), seed)
        for rule in hard
    ]
    prices = []
    for rule, found in zip(hard, _each(_solved, tasks, executor, on_progress), strict=False):
        groups, without = (
            (plan.groups, plan.objective) if found.objective is None else (found.groups, found.objective)
        )
        broken = sum(v.rule == str(rule) for v in score_plan(
            problem, groups, names=found.names or plan.names, with_bound=False
        ).violations)  # fmt: skip
        prices.append(Price(str(rule), without, sign * (plan.objective - without), broken))
    return tuple(sorted(prices, key=lambda price: -price.price))


def stability(
    problem: Problem,
    plan: Plan,
    *,
    runs: int = 20,
    seed: int = 1,
    steps: int | None = None,
    weights: float = 0.25,
    travel: float = 0.1,
    themes: float = 0.1,
    on_progress: Callable[[int, int], bool | None] | None = None,
    executor: Executor | None = None,
) -> Stability:
    """Solve the problem ``runs`` times, each time a little changed, and count which pairs stay together.

    Weights are multiplied by exp(``weights`` · z), minutes by exp(``travel`` · z); each coordinate is moved by
    ``travel`` times the typical distance of near schools times z (z standard normal); each need and strength is
    dropped with probability ``themes``. Every run has its own seed, derived from ``seed``, so any executor gives the
    same answer.
    """
    if runs < 1 or not plan.groups:
        raise ProblemError("Stability needs a plan, and one run or more.")
    stop = Stop(steps=steps) if steps is not None else Stop()
    tasks = []
    for number in range(runs):
        chance = np.random.default_rng([seed, 11, number])
        tasks.append((shaken(problem, chance, weights, travel, themes), None, None, stop, seed + number))
    together: dict[Pair, int] = dict.fromkeys(pairs_of(plan.groups), 0)
    counted = 0
    for found in _each(_solved, tasks, executor, on_progress):
        if not found.groups:
            continue
        counted += 1
        for pair in pairs_of(found.groups) & together.keys():
            together[pair] += 1
    share = {pair: number / max(counted, 1) for pair, number in together.items()}
    of: dict[str, list[float]] = {id_: [] for group in plan.groups for id_ in group}
    for (a, b), value in share.items():
        of[a].append(value)
        of[b].append(value)
    schools = {id_: float(np.mean(values)) if values else 1.0 for id_, values in of.items()}
    return Stability(share, schools, float(np.mean(list(share.values()))) if share else 1.0, counted)


def shaken(
    problem: Problem, chance: np.random.Generator, weights: float, travel: float, themes: float
) -> Problem:
    """The problem a little changed, as :func:`stability` says."""
    terms = tuple(
        replace(term, weight=term.weight * float(np.exp(weights * chance.standard_normal())))
        for term in problem.terms
    )
    attributes = dict(problem.attributes)
    for term in problem.terms:
        if isinstance(term, Complementarity):
            for name in (term.needs, term.strengths):
                attributes[name] = [
                    tuple(t for t in value if chance.random() >= themes)
                    if isinstance(value, tuple | list)
                    else value
                    for value in problem.attributes[name]
                ]
    points = problem.coordinates
    if points is not None:
        points = points + chance.standard_normal(points.shape) * travel * typical_km(problem) * 1000.0
    table = problem.travel
    if table is not None:
        minutes = {
            pair: value * float(np.exp(travel * chance.standard_normal()))
            for pair, value in table.minutes.items()
        }
        table = replace(table, minutes=minutes)
    return replace(problem, terms=terms, attributes=attributes, coordinates=points, travel=table)


def several(
    problem: Problem,
    plan: Plan,
    *,
    number: int = 2,
    within: float = 0.03,
    stop: Stop | None = None,
    seed: int = 1,
    on_progress: Callable[[int, int], bool | None] | None = None,
) -> tuple[Variant, ...]:
    """Up to ``number`` other plans, each at most the share ``within`` worse than ``plan`` and as different from it and
    from each other as was found. Fewer where no such plan differs in at least 5% of its pairs.

    Pairs of the plans so far are made dearer, by as much as the limit on the objective lets pass (three weights).
    """
    if plan.objective is None:
        raise ProblemError("There is no plan to vary.")
    limit = plan.objective + within * abs(plan.objective) * (1 if problem.sense == "min" else -1)
    if problem.sense == "max" or problem.objective == "between":
        raise ProblemError("Plans that differ are found where a sum within groups is made small.")
    first = pairs_of(plan.groups)
    seen, found = set(first), []
    for turn in range(number):
        best: Variant | None = None
        for weight in (2.0, 0.5, 0.1):
            dearer = Newness(tuple(sorted(seen)), weight, label="plans so far")
            asked = replace(problem, terms=(*problem.terms, dearer))
            other = _solved((asked, None, None, stop or Stop(), seed + 1 + turn))
            if not other.groups:
                continue
            scored = score_plan(problem, other.groups, names=other.names, with_bound=False)
            if scored.objective is None or scored.objective > limit + 1e-9:
                continue
            mine = pairs_of(other.groups)
            if len(mine & seen) <= (1 - DIFFER) * max(len(mine), 1):
                best = Variant(scored, scored.objective, len(mine & first) / max(len(first), 1))
            break
        if best is None:
            break
        found.append(best)
        seen |= pairs_of(best.plan.groups)
        if on_progress is not None and on_progress(turn + 1, number) is False:
            break
    return tuple(found)


def pairs_of(groups: Sequence[Sequence[str]]) -> set[Pair]:
    """Every pair of ids that shares a group, each in the order of the ids."""
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def _others(problem: Problem, rule: Rule) -> tuple[Rule, ...]:
    return tuple(other for other in problem.rules if other is not rule)


Task = tuple[Problem, Sequence[Sequence[str]] | None, Sequence[str] | None, Stop, int]


def _solved(task: Task) -> Plan:
    problem, start, names, stop, seed = task
    return run(
        problem,
        stop=stop,
        seed=seed,
        workers=1,
        start=start,
        start_names=names,
        max_moves=None,
        on_progress=None,
        prove=False,
    )


def _each(
    work: Callable[[Task], Plan],
    tasks: Sequence[Task],
    executor: Executor | None,
    on_progress: Callable[[int, int], bool | None] | None,
) -> list[Plan]:
    """The tasks' plans in order, here or by an executor; fewer where ``on_progress`` says stop."""
    done: list[Plan] = []
    pending = None if executor is None else [executor.submit(work, task) for task in tasks]
    for number, task in enumerate(tasks):
        done.append(work(task) if pending is None else pending[number].result())
        if on_progress is not None and on_progress(number + 1, len(tasks)) is False:
            for future in pending or ():
                future.cancel()
            break
    return done
