"""When no plan keeps every rule: which rules conflict, and the cheapest way out found."""

from __future__ import annotations

import time
from dataclasses import replace

from isthmus.methods.formation.asking import Ask, blank_plan
from isthmus.methods.formation.checking import violations
from isthmus.methods.formation.conflict import (
    SIZE,
    Breakable,
    answer,
    contradicted,
    describe,
    irreducible,
    without,
)
from isthmus.methods.formation.improving import PROOF_SECONDS, first_plans, improve
from isthmus.methods.formation.model import build
from isthmus.methods.formation.problem import Problem, Sizes
from isthmus.methods.formation.result import Plan, Relaxation, Stop
from isthmus.methods.formation.words import counted

WAYS = 8
CELLS = 20_000_000


def no_sizes(ask: Ask) -> Plan:
    """No number of groups fits the sizes."""
    bounds = ask.problem.bounds
    if not isinstance(bounds, Sizes):
        raise TypeError("Bounds group by group always have a number of groups.")
    n = int(ask.problem.placed.sum())
    k = max(1, round(2 * n / (bounds.smallest + bounds.largest)))
    said = f"{counted(n, 'school')} cannot be divided into networks of {bounds.smallest} to {bounds.largest}."
    problem = replace(ask.problem, bounds=replace(bounds, groups=k))
    return refuted(replace(ask, problem=problem, warnings=(*ask.warnings, said)), k)


def refuted(ask: Ask, groups: int) -> Plan:
    """Proved that no plan keeps every rule: say which cannot hold together, and the cheapest way out found."""
    problem, plan = ask.problem, blank_plan(ask, "infeasible")
    if ask.max_moves is not None and answer(problem, groups, ask.left(PROOF_SECONDS))[0] == "feasible":
        # Without the limit on moves there is a plan; which rules are to blame is not looked into.
        verb = "moves" if ask.max_moves == 1 else "move"
        moves = f"max_moves: at most {counted(ask.max_moves, 'school')} {verb}"
        return replace(plan, conflict=(moves, *map(str, problem.rules)), irreducible=not problem.rules)
    conflict = irreducible(problem, groups, max(ask.left(PROOF_SECONDS), 3.0))
    ways = [way for rule in conflict.rules[:WAYS] if (way := _way_out(ask, groups, rule)) is not None]
    sign = 1 if problem.sense == "min" else -1
    return replace(
        plan,
        conflict=tuple(describe(problem, rule) for rule in conflict.rules),
        irreducible=conflict.irreducible,
        relaxation=min(ways, key=lambda way: (way.broken, sign * way.objective), default=None),
        seconds=time.perf_counter() - ask.began,
        warnings=(*plan.warnings, *_other_number(problem, groups)),
    )


def _way_out(ask: Ask, groups: int, rule: Breakable) -> Relaxation | None:
    """A plan found without one rule, and how often it breaks that rule."""
    eased = without(ask.problem, (rule,), groups)
    if contradicted(eased, groups) or (rule == SIZE and int(eased.placed.sum()) * groups > CELLS):
        return None
    sub = replace(
        ask,
        problem=eased,
        stop=Stop(steps=100_000),
        start=None,
        max_moves=None,
        on_progress=None,
        prove=False,
    )
    model = build(eased, groups)
    starts = first_plans(sub, model)
    if starts is None:
        return None
    found = improve(sub, model, starts)
    called = describe(ask.problem, rule)
    broken = sum(v.rule == called for v in violations(ask.problem, found.groups, found.names))
    return Relaxation(called, broken, found.objective or 0.0, found.groups)


def _other_number(problem: Problem, groups: int) -> tuple[str, ...]:
    """Whether another number of groups, within the sizes, is not ruled out by counting."""
    bounds = problem.bounds
    if not isinstance(bounds, Sizes):
        return ()
    n = int(problem.placed.sum())
    fewest, most = -(-n // bounds.largest), n // bounds.smallest
    numbers = sorted(range(fewest, most + 1), key=lambda k: abs(k - groups))[:200]
    for k in numbers:
        if k != groups and not contradicted(replace(problem, bounds=replace(bounds, groups=k)), k):
            return (
                f"With {counted(k, 'network')} instead of {groups}, counting does not rule a plan out: "
                f"try --groups {k}.",
            )
    return ()
