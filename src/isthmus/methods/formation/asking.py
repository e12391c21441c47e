"""What was asked of the solver, and the plan that says nothing yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from isthmus.methods.formation.affinity import term_rates
from isthmus.methods.formation.problem import GroupBounds, Problem, Sizes
from isthmus.methods.formation.result import Groups, Plan, Progress, Status, Stop
from isthmus.methods.formation.terms import Cap, NoRepeat
from isthmus.methods.formation.words import counted

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
    prove: bool = True

    def left(self, most: float) -> float:
        """Seconds to spend on a proof: what is left of the time given, ``most`` at the most; half a second at least."""
        if self.stop.seconds is None:
            return most
        return max(min(most, self.stop.seconds - (time.perf_counter() - self.began)), 0.5)


def number_of_groups(problem: Problem, start: Sequence[Sequence[str]] | None) -> int | None:
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


def warnings_of(
    problem: Problem, start: Groups | None, groups: int | None, source: str = "starting plan"
) -> tuple[str, ...]:
    """What people should know before they read a plan; ``start`` is the plan given, ``source`` what it is called."""
    found: list[str] = []
    placed = problem.placed
    for rule in problem.rules:
        if isinstance(rule, Cap):
            column = problem.attributes[rule.column]
            unknown = sum(
                1 for v, p in zip(column, placed, strict=True) if p and not isinstance(v, int | float)
            )
            if unknown:
                found.append(
                    f"{rule.column} is not known for {unknown} of {counted(int(placed.sum()), 'school')}; "
                    f"{'it is' if unknown == 1 else 'they are'} left out of the sum under the cap."
                )
        if isinstance(rule, NoRepeat):
            found += _left_out(problem, [id_ for pair in rule.pairs for id_ in pair], rule.source)
    if start is not None:
        found += _left_out(problem, [id_ for group in start for id_ in group], f"the {source}")
        if groups is not None and len(start) > groups:
            found.append(f"The {source} has {counted(len(start), 'network')}; this plan has {groups}.")
    return tuple(found)


def _left_out(problem: Problem, ids: Sequence[str], source: str) -> list[str]:
    known = set(problem.ids)
    strange = [id_ for id_ in dict.fromkeys(ids) if id_ not in known]
    if not strange:
        return []
    more = f" and {len(strange) - 10} more" if len(strange) > 10 else ""
    verbs = "is not among the schools and was" if len(strange) == 1 else "are not among the schools and were"
    listed = f"{', '.join(strange[:10])}{more}"
    return [f"{counted(len(strange), 'school')} of {source} {verbs} left out: {listed}."]


def blank_plan(ask: Ask, status: Status) -> Plan:
    problem = ask.problem
    return Plan(
        status=status,
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
