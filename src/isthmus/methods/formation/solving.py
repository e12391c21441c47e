"""Putting it together: construct, repair, bound, search, prove, and say so."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.asking import Ask, OnProgress, blank_plan, number_of_groups, warnings_of
from isthmus.methods.formation.bounds import lower_bound
from isthmus.methods.formation.checking import violations
from isthmus.methods.formation.conflict import contradicted
from isthmus.methods.formation.construct import from_groups
from isthmus.methods.formation.exact import some_plan
from isthmus.methods.formation.improving import PROOF_SECONDS, first_plans, improve, score_groups
from isthmus.methods.formation.model import build
from isthmus.methods.formation.problem import Problem, Sizes
from isthmus.methods.formation.refuting import no_sizes, refuted
from isthmus.methods.formation.result import Groups, Plan, Status, Stop, gap_between
from isthmus.methods.formation.rulings import group_names
from isthmus.methods.formation.terms import ProblemError


def run(
    problem: Problem,
    *,
    stop: Stop,
    seed: int,
    workers: int,
    start: Sequence[Sequence[str]] | None,
    start_names: Sequence[str] | None,
    max_moves: int | None,
    on_progress: OnProgress | None,
    prove: bool = True,
) -> Plan:
    """See :func:`isthmus.methods.formation.solve`; without ``prove`` no time goes into a bound."""
    if seed < 0 or workers < 1:
        raise ProblemError("The seed must be zero or more, and workers 1 or more.")
    if max_moves is not None and (start is None or max_moves < 0):
        raise ProblemError("A limit on moves is a number of zero or more, and needs a plan to start from.")
    if not problem.placed.any():
        raise ProblemError("No school has coordinates, so none can be placed.")
    began = time.perf_counter()
    groups = number_of_groups(problem, start)
    given = tuple(tuple(group) for group in start) if start is not None else None
    names = tuple(start_names) if start_names is not None else None
    ask = Ask(
        problem,
        stop,
        seed,
        workers,
        given,
        names,
        max_moves,
        on_progress,
        began,
        warnings_of(problem, given, groups),
        prove,
    )
    if groups is None:
        return no_sizes(ask)
    if contradicted(problem, groups):
        return refuted(ask, groups)
    model = build(problem, groups, names)
    if max_moves is not None and given is not None:
        _, away = from_groups(model, given)
        most = min(max_moves, model.costs.n)
        model = replace(model, data=model.data._replace(away=away, most_moves=most))
    starts = first_plans(ask, model)
    if starts is None:
        found, plan = some_plan(model, ask.left(PROOF_SECONDS))
        if found == "infeasible":
            return refuted(ask, groups)
        if plan is None:
            return blank_plan(ask, "undecided")
        starts = [plan]
    return improve(ask, model, starts)


def _known(
    problem: Problem, groups: Groups, names: Sequence[str] | None
) -> tuple[Groups, tuple[str, ...] | None]:
    """The groups without ids that are not in the problem, and without groups of no others."""
    ids = set(problem.ids)
    fewer = [tuple(id_ for id_ in group if id_ in ids) for group in groups]
    # Bounds given group by group go by position, so there an emptied group stays.
    kept = [
        g for g, group in enumerate(fewer) if group or not groups[g] or not isinstance(problem.bounds, Sizes)
    ]
    if groups and not any(fewer):
        raise ProblemError(
            "None of the plan's schools is in the file of schools. Give the plan of these schools."
        )
    called = None if names is None else tuple(names[g] for g in kept if g < len(names))
    return tuple(fewer[g] for g in kept), called


def score_plan(
    problem: Problem, groups: Sequence[Sequence[str]], *, names: Sequence[str] | None, with_bound: bool
) -> Plan:
    """See :func:`isthmus.methods.formation.evaluate`."""
    given = tuple(tuple(group) for group in groups)
    warnings = warnings_of(problem, given, len(given), "plan")
    given, names = _known(problem, given, names)
    ask = Ask(
        problem,
        Stop(),
        0,
        1,
        None,
        None,
        None,
        None,
        time.perf_counter(),
        warnings,
    )
    called = group_names(problem, len(given), names)
    broken = violations(problem, given, called)
    costs = PairCosts(problem)
    objective, terms = score_groups(problem, costs, given)
    bound = None
    if with_bound and not broken and given:
        model = build(problem, len(given), names)
        lower = lower_bound(model, (objective - model.constant) * model.sign)
        bound = None if lower is None else model.objective(lower)
    gap = gap_between(objective, bound)
    status: Status = "infeasible" if broken else "optimal" if gap == 0.0 else "feasible"
    return replace(
        blank_plan(ask, status),
        objective=objective,
        terms=terms,
        bound=bound,
        gap=gap,
        seed=None,
        groups=given,
        names=called,
        violations=broken,
    )
