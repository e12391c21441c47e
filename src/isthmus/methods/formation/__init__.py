"""Who could work with whom: partition schools into networks, under rules that always hold.

>>> import numpy as np
>>> from isthmus.methods.formation import Problem, Sizes, Stop, solve
>>> points = np.array([[0, 0], [900, 0], [50_000, 0], [50_700, 0]], dtype=float)
>>> plan = solve(Problem(ids=("a", "b", "c", "d"), coordinates=points, bounds=Sizes(2, 2)), stop=Stop(steps=1_000))
>>> plan.groups, round(plan.objective, 3), plan.status
((('a', 'b'), ('c', 'd')), 1.6, 'optimal')

Importing this module compiles nothing; the search's kernels load when :func:`solve` first runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from isthmus.methods.formation.problem import DENSE_LIMIT, GroupBounds, Problem, Sizes, Travel
from isthmus.methods.formation.result import Groups, Plan, Progress, Relaxation, Stop, Violation, schema
from isthmus.methods.formation.terms import (
    Alike,
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Complementarity,
    Continuity,
    Fixed,
    Given,
    Mixed,
    Nearness,
    Newness,
    NoRepeat,
    ProblemError,
    Reach,
    Rule,
    Term,
    Themes,
    Together,
    Wishes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DENSE_LIMIT",
    "Alike",
    "Apart",
    "AtLeast",
    "AtMost",
    "Barrier",
    "Cap",
    "Complementarity",
    "Continuity",
    "Fixed",
    "Given",
    "GroupBounds",
    "Groups",
    "Mixed",
    "Nearness",
    "Newness",
    "NoRepeat",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Reach",
    "Relaxation",
    "Rule",
    "Sizes",
    "Stop",
    "Term",
    "Themes",
    "Together",
    "Travel",
    "Violation",
    "Wishes",
    "check",
    "evaluate",
    "rates",
    "schema",
    "solve",
    "usual_steps",
]


def solve(
    problem: Problem,
    *,
    stop: Stop | None = None,
    seed: int = 1,
    workers: int = 1,
    start: Sequence[Sequence[str]] | None = None,
    start_names: Sequence[str] | None = None,
    max_moves: int | None = None,
    on_progress: Callable[[Progress], bool | None] | None = None,
) -> Plan:
    """The best plan found within the stopping rule.

    ``start`` is a plan to improve (or a checkpoint to go on from): groups of ids, whose order the result keeps;
    ids not in the problem are left out with a warning, schools not in it are added. ``max_moves`` limits how many
    of its schools may change group. ``on_progress`` is called a few times a second; when it returns False the
    search stops with the best plan so far. The same problem, seed and number of steps give the same plan whatever
    ``workers`` (threads) is; with ``Stop(seconds=…)`` that cannot be promised.

    Every rule holds in a plan with groups. Raises ProblemError on input that makes no sense.
    """
    from isthmus.methods.formation.solving import run

    return run(
        problem,
        stop=stop or Stop(),
        seed=seed,
        workers=workers,
        start=start,
        start_names=start_names,
        max_moves=max_moves,
        on_progress=on_progress,
    )


def evaluate(
    problem: Problem,
    groups: Sequence[Sequence[str]],
    *,
    names: Sequence[str] | None = None,
    bound: bool = True,
) -> Plan:
    """The same groups scored by the problem's objective and checked against its rules; nothing is changed.

    status is 'feasible' (or 'optimal' when the bound proves it) where every rule holds, else 'infeasible' with the
    broken rules in ``violations``.
    """
    from isthmus.methods.formation.solving import score_plan

    return score_plan(problem, groups, names=names, with_bound=bound)


def check(
    problem: Problem, groups: Sequence[Sequence[str]], names: Sequence[str] | None = None
) -> tuple[Violation, ...]:
    """Every rule the groups break, found without any of the search's code. Empty when the plan is sound."""
    from isthmus.methods.formation.checking import violations

    return violations(problem, groups, names)


def rates(problem: Problem) -> Mapping[str, float]:
    """What one unit of each term costs at weight 1, in the objective's unit (kilometres where there is nearness).

    Nearness and given values are their own unit. One unit of any other term about pairs costs the typical
    distance between near neighbours: the median over schools of the mean distance to the (s − 1) nearest others, s
    the middle size. One unmet need costs that × (s − 1) / 2, a school's typical share of its group's distance.
    Without coordinates one unit costs 1.
    """
    from isthmus.methods.formation.affinity import term_rates

    return term_rates(problem)


def usual_steps(problem: Problem) -> int:
    """The number of trial moves of a search that was given neither seconds nor steps."""
    from isthmus.methods.formation.searching import default_steps

    return default_steps(int(problem.placed.sum()))
