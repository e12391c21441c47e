"""Putting it together: construct, repair, bound, search, prove, and say so."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts, term_rates
from isthmus.methods.formation.bounds import lower_bound
from isthmus.methods.formation.checking import violations
from isthmus.methods.formation.conflict import SIZE, answer, contradicted, describe, irreducible, without
from isthmus.methods.formation.construct import first_plan, from_groups
from isthmus.methods.formation.exact import COLUMNS, best_partition, column_count, some_plan
from isthmus.methods.formation.model import Model, build, energy, group_names, make_state
from isthmus.methods.formation.problem import GroupBounds, Problem, Sizes
from isthmus.methods.formation.repairing import repair
from isthmus.methods.formation.result import Groups, Plan, Progress, Relaxation, Stop, gap_between
from isthmus.methods.formation.scoring import score
from isthmus.methods.formation.search import REPLICAS, Found, run_annealing
from isthmus.methods.formation.terms import Cap, NoRepeat, ProblemError

REPAIR_ROUNDS = 4_000
PROOF_SECONDS = 10.0
Group = NDArray[np.int32]
OnProgress = Callable[[Progress], bool | None]


@dataclass(frozen=True)
class Ask:
    """What was asked of :func:`isthmus.methods.formation.solve`, checked."""

    problem: Problem
    stop: Stop
    seed: int
    workers: int
    start: tuple[tuple[str, ...], ...] | None
    names: tuple[str, ...] | None
    max_moves: int | None
    on_progress: OnProgress | None
    began: float
    warnings: tuple[str, ...]

    def left(self, most: float) -> float:
        """Seconds to spend on a proof: what is left of the time given, ``most`` at the most."""
        if self.stop.seconds is None:
            return most
        return max(min(most, self.stop.seconds - (time.perf_counter() - self.began)), 0.1)


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
) -> Plan:
    """See :func:`isthmus.methods.formation.solve`."""
    if seed < 0 or workers < 1:
        raise ProblemError("The seed must be zero or more, and workers 1 or more.")
    if max_moves is not None and (start is None or max_moves < 0):
        raise ProblemError("A limit on moves is a number of zero or more, and needs a plan to start from.")
    if not problem.placed.any():
        raise ProblemError("No school has coordinates, so none can be placed.")
    began = time.perf_counter()
    groups = _number_of_groups(problem, start)
    given = tuple(tuple(group) for group in start) if start is not None else None
    names = tuple(start_names) if start_names is not None else None
    ask = Ask(
        problem, stop, seed, workers, given, names, max_moves, on_progress, began, _warnings(problem, given, groups)
    )
    if groups is None:
        return _no_sizes(ask)
    if contradicted(problem, groups):
        return _infeasible(ask, groups, 0)
    model = build(problem, groups, names)
    if max_moves is not None and given is not None:
        _, home = from_groups(model, given)
        model = replace(model, data=model.data._replace(home=home, most_moves=max_moves))
    starts = _starts(ask, model)
    if starts is None:
        found, plan = some_plan(model, ask.left(PROOF_SECONDS))
        if found == "infeasible":
            return _infeasible(ask, groups, max_moves)
        if plan is None:
            return _without_plan(ask, "undecided")
        starts = [plan]
    return _improve(ask, model, starts)


def _number_of_groups(problem: Problem, start: Sequence[Sequence[str]] | None) -> int | None:
    bounds = problem.bounds
    if isinstance(bounds, GroupBounds):
        return bounds.groups
    n = int(problem.placed.sum())
    if start is not None and bounds.groups is None:
        kept = Sizes(bounds.smallest, bounds.largest, len(start)).count(n) if len(start) else None
        if kept is not None:
            return kept
    if bounds.groups is not None:
        return bounds.groups
    return bounds.count(n)


def _warnings(problem: Problem, start: Groups | None, groups: int | None) -> tuple[str, ...]:
    found = []
    placed = problem.placed
    for rule in problem.rules:
        if isinstance(rule, Cap):
            column = problem.attributes[rule.column]
            unknown = sum(1 for v, p in zip(column, placed, strict=True) if p and not isinstance(v, int | float))
            if unknown:
                found.append(
                    f"{rule.column} is not known for {unknown} of {int(placed.sum())} schools; "
                    "they are left out of the sum under the cap."
                )
        if isinstance(rule, NoRepeat):
            known = set(problem.ids)
            strange = {id_ for pair in rule.pairs for id_ in pair} - known
            if strange:
                found.append(f"{len(strange)} schools of {rule.source} are not among the schools and were left out.")
    if start is not None:
        strange = {id_ for group in start for id_ in group} - set(problem.ids)
        if strange:
            found.append(f"{len(strange)} schools of the starting plan are not among the schools and were left out.")
        if groups is not None and len(start) > groups:
            found.append(f"The starting plan has {len(start)} networks; this plan has {groups}.")
    return tuple(found)


def _starts(ask: Ask, model: Model) -> list[Group] | None:
    """One plan a replica that keeps every rule, or None where repair did not find any."""
    replicas = 1 if not len(model.data.dense) else REPLICAS
    if ask.stop.seconds is not None and len(model.data.dense):
        replicas = ask.workers
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


def _improve(ask: Ask, model: Model, starts: list[Group]) -> Plan:
    energies = [energy(model, make_state(model, group)) for group in starts]
    early = lower_bound(model, min(energies)) if ask.stop.gap is not None else None
    stopped = False

    def report(fraction: float, steps: int, seconds: float, value: float, group: Group) -> bool:
        nonlocal stopped
        if ask.on_progress is not None:
            held = group.copy()
            progress = Progress(
                fraction, steps, seconds, model.objective(value), lambda: _ids(model, held)
            )
            if ask.on_progress(progress) is False:
                stopped = True
                return False
        gap = gap_between(value, early)
        return not (gap is not None and ask.stop.gap is not None and gap <= ask.stop.gap)

    stop = ask.stop
    small = len(model.data.dense) > 0 and ask.max_moves is None and column_count(model) <= COLUMNS
    found = run_annealing(
        model, starts, stop=stop, seed=ask.seed, workers=ask.workers, warm=ask.start is not None, report=report
    )
    bound, proved = early, False
    if not stopped:
        if bound is None:
            bound = lower_bound(model, found.energy)
        gap = gap_between(found.energy, bound)
        if small and gap != 0.0:
            exact = best_partition(model, ask.left(PROOF_SECONDS))
            if exact.bound is not None:
                slack = 1e-10 * abs(exact.bound)
                bound = exact.bound - slack if bound is None else max(bound, exact.bound - slack)
            if exact.proved and exact.group is not None:
                value = energy(model, make_state(model, exact.group))
                proved = True
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
    objective, terms = _score(model.problem, model.costs, groups)
    outward = None if bound is None else model.objective(bound)
    gap = gap_between(objective, outward)
    if proved:
        outward, gap = objective, 0.0
    return replace(
        _without_plan(ask, "optimal" if gap == 0.0 else "feasible"),
        objective=objective,
        terms=terms,
        bound=outward,
        gap=gap,
        seconds=found.seconds,
        steps=found.steps,
        groups=groups,
        names=model.names,
        moved=_moved(ask, groups),
        trajectory=found.trajectory,
    )


def _moved(ask: Ask, groups: Groups) -> tuple[str, ...]:
    if ask.start is None:
        return ()
    before = {id_: g for g, group in enumerate(ask.start) for id_ in group}
    return tuple(id_ for g, group in enumerate(groups) for id_ in group if before.get(id_, g) != g)


def _score(problem: Problem, costs: PairCosts, groups: Groups) -> tuple[float, dict[str, float]]:
    position = {problem.ids[i]: p for p, i in enumerate(costs.index)}
    members = [np.array([position[i] for i in g if i in position], dtype=np.int64) for g in groups]
    return score(costs, members)


def _without_plan(ask: Ask, status: str) -> Plan:
    problem = ask.problem
    return Plan(
        status=status,  # type: ignore[arg-type]  # one of the four
        sense=problem.sense,
        objective=None,
        terms={},
        rates=term_rates(problem),
        bound=None,
        gap=None,
        seconds=time.perf_counter() - ask.began,
        steps=0,
        seed=ask.seed,
        version=version("isthmus"),
        groups=(),
        names=(),
        unplaced=tuple(i for i, placed in zip(problem.ids, problem.placed, strict=True) if not placed),
        moved=(),
        violations=(),
        conflict=(),
        irreducible=None,
        relaxation=None,
        trajectory=(),
        warnings=ask.warnings,
    )


def _no_sizes(ask: Ask) -> Plan:
    """No number of groups fits the sizes."""
    bounds = ask.problem.bounds
    assert isinstance(bounds, Sizes)
    n = int(ask.problem.placed.sum())
    k = max(1, round(2 * n / (bounds.smallest + bounds.largest)))
    ask = replace(
        ask,
        warnings=(*ask.warnings, f"{n} schools cannot be divided into networks of {bounds.smallest} to {bounds.largest}."),
    )
    return _infeasible(replace(ask, problem=replace(ask.problem, bounds=replace(bounds, groups=k))), k, None)


def _infeasible(ask: Ask, groups: int, max_moves: int | None) -> Plan:
    """Proved that no plan keeps every rule: say which cannot hold together, and the cheapest way out found."""
    plan = _without_plan(ask, "infeasible")
    if max_moves and not contradicted(ask.problem, groups):
        found, _ = answer(ask.problem, groups, ask.left(PROOF_SECONDS))
        if found == "feasible":
            moves = f"max_moves: at most {max_moves} schools move"
            return replace(plan, conflict=(moves, *(str(rule) for rule in ask.problem.rules)), irreducible=False)
    conflict = irreducible(ask.problem, groups, max(ask.left(PROOF_SECONDS), 3.0))
    ways = []
    for rule in conflict.rules:
        eased = without(ask.problem, (rule,), groups)
        if contradicted(eased, groups):
            continue
        sub = replace(ask, problem=eased, stop=Stop(steps=200_000), max_moves=None, on_progress=None)
        model = build(eased, groups, None)
        starts = _starts(sub, model)
        if starts is None:
            continue
        tried = _improve(sub, model, starts)
        if rule == SIZE:
            n = sum(1 for v in violations(ask.problem, tried.groups, tried.names) if v.rule == str(ask.problem.bounds))
        else:
            n = sum(1 for v in violations(ask.problem, tried.groups, tried.names) if v.rule == str(rule))
        assert tried.objective is not None
        ways.append(Relaxation(describe(ask.problem, rule), n, tried.objective, tried.groups))
    sign = 1 if ask.problem.sense == "min" else -1
    best = min(ways, key=lambda way: (way.broken, sign * way.objective), default=None)
    return replace(
        plan,
        conflict=tuple(describe(ask.problem, rule) for rule in conflict.rules),
        irreducible=conflict.irreducible,
        relaxation=best,
        seconds=time.perf_counter() - ask.began,
    )


def score_plan(
    problem: Problem, groups: Sequence[Sequence[str]], *, names: Sequence[str] | None, with_bound: bool
) -> Plan:
    """See :func:`isthmus.methods.formation.evaluate`."""
    given = tuple(tuple(group) for group in groups)
    ask = Ask(problem, Stop(), 0, 1, None, None, None, None, time.perf_counter(), _warnings(problem, given, len(given)))
    called = group_names(problem, len(given), names)
    broken = violations(problem, given, called)
    costs = PairCosts(problem)
    objective, terms = _score(problem, costs, given)
    bound = None
    if with_bound and not broken and given:
        model = build(problem, len(given), names)
        lower = lower_bound(model, (objective - model.constant) * model.sign)
        bound = None if lower is None else model.objective(lower)
    gap = gap_between(objective, bound)
    status = "infeasible" if broken else "optimal" if gap == 0.0 else "feasible"
    return replace(
        _without_plan(ask, status),
        objective=objective,
        terms=terms,
        bound=bound,
        gap=gap,
        seed=None,
        groups=given,
        names=called,
        violations=broken,
    )
