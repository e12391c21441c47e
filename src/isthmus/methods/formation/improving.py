"""From first plans that keep every rule to the best one found, with its bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.asking import Ask, blank_plan
from isthmus.methods.formation.bounds import lower_bound
from isthmus.methods.formation.checking import violations
from isthmus.methods.formation.construct import first_plan, from_groups
from isthmus.methods.formation.exact import COLUMNS, best_partition, column_count
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.problem import Problem
from isthmus.methods.formation.repairing import repair
from isthmus.methods.formation.result import Groups, Plan, Progress, gap_between
from isthmus.methods.formation.scoring import score
from isthmus.methods.formation.search import REPLICAS, REPLICAS_SMALL, SMALL, run_annealing
from isthmus.methods.formation.searching import Found
from isthmus.methods.formation.state import energy, make_state
from isthmus.methods.formation.tempering import by_rows, run_tempering
from isthmus.methods.formation.triads import (
    SEARCH,
    SECONDS_MAP,
    are_triads,
    are_triads_on_map,
    best_triads,
    bound_on_map,
)
from isthmus.methods.formation.triads import SECONDS as TRIAD_SECONDS

REPAIR_ROUNDS = 4_000
PROOF_SECONDS = 10.0
Group = NDArray[np.int32]


def first_plans(ask: Ask, model: Model) -> list[Group] | None:
    """One plan a replica that keeps every rule, or None where repair did not find any."""
    replicas = 1
    if len(model.data.dense):
        # A small problem freezes soon, so several short searches beat one long one.
        replicas = REPLICAS if ask.stop.seconds is None else ask.workers
        if not by_rows(model):
            replicas = max(replicas, REPLICAS_SMALL if len(model.target) <= SMALL else 1)
    found: list[Group] = []
    for r in range(replicas):
        if ask.start is not None:
            if found:
                found.append(found[0].copy())
                continue
            first, _ = from_groups(model, ask.start)
        else:
            first = first_plan(model, np.random.default_rng([ask.seed, r]))
        limit = None if ask.stop.seconds is None else max(ask.stop.seconds, 2.0)
        plan, left = repair(model, first, seed=ask.seed + r, rounds=REPAIR_ROUNDS, seconds=limit)
        if left <= 0:
            found.append(plan)
        elif not found:
            return None
    return found


def improve(ask: Ask, model: Model, starts: list[Group]) -> Plan:
    energies = [energy(model, make_state(model, group)) for group in starts]
    early = lower_bound(model, min(energies)) if ask.stop.gap is not None else None
    stopped = False

    def report(fraction: float, steps: int, seconds: float, value: float, group: Group) -> bool:
        nonlocal stopped
        if ask.on_progress is not None:
            held = group.copy()
            progress = Progress(fraction, steps, seconds, model.objective(value), lambda: _ids(model, held))
            if ask.on_progress(progress) is False:
                stopped = True
                return False
        gap = gap_between(value, early)
        return not (gap is not None and ask.stop.gap is not None and gap <= ask.stop.gap)

    stop = ask.stop
    on_map = ask.prove and are_triads_on_map(model)
    small = len(model.data.dense) > 0 and ask.max_moves is None and column_count(model) <= COLUMNS
    threes = ask.max_moves is None and are_triads(model)
    if ask.prove and (on_map or small or threes) and stop.seconds is not None:
        stop = replace(stop, seconds=SEARCH * stop.seconds)
    found = (run_tempering if by_rows(model) else run_annealing)(
        model,
        starts,
        stop=stop,
        seed=ask.seed,
        workers=ask.workers,
        warm=ask.start is not None,
        report=report,
    )
    bound, proved = early, False
    if ask.prove and not stopped:
        if on_map:
            bound = bound_on_map(model, ask.left(SECONDS_MAP), ask.workers)
        if bound is None:
            bound = lower_bound(model, found.energy)
        gap = gap_between(found.energy, bound)
        if (small or threes) and gap != 0.0:
            exact = (
                best_triads(model, ask.left(TRIAD_SECONDS))
                if threes
                else best_partition(model, ask.left(PROOF_SECONDS))
            )
            if exact.bound is not None:
                slack = 1e-10 * abs(exact.bound)
                bound = exact.bound - slack if bound is None else max(bound, exact.bound - slack)
            if exact.group is not None:
                value = energy(model, make_state(model, exact.group))
                proved = exact.proved
                if value < found.energy - 1e-9:
                    found = replace(found, group=exact.group, energy=value)
    return _plan(ask, model, found, bound, proved)


def _ids(model: Model, group: Group) -> Groups:
    """Groups of ids, in the order of the file."""
    members: list[list[str]] = [[] for _ in range(model.groups)]
    for position, school in enumerate(model.costs.index):
        members[group[model.block_of[position]]].append(model.problem.ids[school])
    return tuple(tuple(m) for m in members)


def _plan(ask: Ask, model: Model, found: Found, bound: float | None, proved: bool) -> Plan:
    groups = _ids(model, found.group)
    broken = violations(model.problem, groups, model.names)
    if broken:
        raise AssertionError(f"The search broke a rule: {broken[0]}")
    moved = _moved(ask, groups)
    if ask.max_moves is not None and len(moved) > ask.max_moves:
        raise AssertionError(f"The search moved {len(moved)} schools, not {ask.max_moves} at most.")
    objective, terms = score_groups(model.problem, model.costs, groups)
    outward = None if bound is None else model.objective(bound)
    gap = gap_between(objective, outward)
    if proved:
        outward, gap = objective, 0.0
    return replace(
        blank_plan(ask, "optimal" if gap == 0.0 else "feasible"),
        objective=objective,
        terms=terms,
        bound=outward,
        gap=gap,
        seconds=found.seconds,
        steps=found.steps,
        groups=groups,
        names=model.names,
        moved=moved,
        trajectory=found.trajectory,
    )


def _moved(ask: Ask, groups: Groups) -> tuple[str, ...]:
    if ask.start is None:
        return ()
    before = {id_: g for g, group in enumerate(ask.start) for id_ in group}
    return tuple(id_ for g, group in enumerate(groups) for id_ in group if before.get(id_, g) != g)


def score_groups(problem: Problem, costs: PairCosts, groups: Groups) -> tuple[float, dict[str, float]]:
    position = {problem.ids[i]: p for p, i in enumerate(costs.index)}
    members = [np.array([position[i] for i in g if i in position], dtype=np.int64) for g in groups]
    return score(costs, members)
