"""The problem, stated once: which schools, judged by what, under which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

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
    ProblemError,
    Reach,
    Rule,
    Term,
    Themes,
    Together,
    Wishes,
)
from isthmus.methods.formation.words import counted

DENSE_LIMIT = 3_000
"""Up to this many schools every pair's cost is kept in one matrix; above it costs are computed from coordinates."""


@dataclass(frozen=True)
class Sizes:
    """Each group has ``smallest`` to ``largest`` schools. With ``groups`` None the number of groups is
    round(n / midpoint), brought within what the sizes allow."""

    smallest: int
    largest: int
    groups: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.smallest <= self.largest:
            raise ProblemError(
                f"Sizes {self.smallest} to {self.largest}: the smaller must be 1 or more and no more than the larger."
            )
        if self.groups is not None and self.groups < 1:
            raise ProblemError(f"The number of groups must be 1 or more, not {self.groups}.")

    @classmethod
    def equal(cls, n: int, groups: int) -> Sizes:
        """Sizes as equal as they can be: n // groups, or one more."""
        if not 1 <= groups <= n:
            raise ProblemError(f"{counted(n, 'school')} cannot make {counted(groups, 'network')}.")
        return cls(n // groups, -(-n // groups), groups)

    def count(self, n: int) -> int | None:
        """The number of groups for n schools, None where no number of groups fits the sizes."""
        if self.groups is not None:
            fits = self.smallest * self.groups <= n <= self.largest * self.groups
            return self.groups if fits else None
        fewest, most = -(-n // self.largest), n // self.smallest
        if fewest > most:
            return None
        return min(max(round(2 * n / (self.smallest + self.largest)), fewest), most)

    def __str__(self) -> str:
        number = "" if self.groups is None else f", {counted(self.groups, 'network')}"
        return f"size: {self.smallest} to {self.largest}{number}"


@dataclass(frozen=True)
class GroupBounds:
    """Bounds group by group: ``sizes`` ((low, high), …) and, or, ``weights`` ((low, high), …) on the sum of
    ``item_weights`` (n,). Without ``sizes`` a group may have any number of items, none included."""

    sizes: tuple[tuple[int, int], ...] | None = None
    weights: tuple[tuple[float, float], ...] | None = None
    item_weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.sizes is None and self.weights is None:
            raise ProblemError("Group bounds need sizes, weights or both.")
        if (self.weights is None) != (self.item_weights is None):
            raise ProblemError("Bounds on weight and the items' weights belong together.")
        if self.sizes is not None and self.weights is not None and len(self.sizes) != len(self.weights):
            raise ProblemError("There are bounds on size and on weight for different numbers of groups.")
        pairs: Sequence[tuple[float, float]] = [*(self.sizes or ()), *(self.weights or ())]
        if not pairs or any(not 0 <= low <= high for low, high in pairs):
            raise ProblemError("Each group's bounds must be 'low high' with 0 ≤ low ≤ high.")

    @property
    def groups(self) -> int:
        return len(self.sizes if self.sizes is not None else self.weights or ())

    def __str__(self) -> str:
        kinds = [name for name, given in (("size", self.sizes), ("weight", self.weights)) if given]
        return f"{' and '.join(kinds)}: bounds of {counted(self.groups, 'group')}"


@dataclass(frozen=True)
class Travel:
    """Minutes between schools: they replace the straight line between a pair, both ways (the mean where both
    directions are given). A minute counts as ``km_per_minute``; None takes the median of straight-line kilometres
    per minute over the pairs given."""

    minutes: Mapping[tuple[str, str], float]
    km_per_minute: float | None = None


@dataclass(frozen=True)
class Problem:
    """Schools to partition into groups.

    ids: n unique texts. coordinates: (n, 2) easting, northing in metres, NaN where not known (such a school is
    listed in ``Plan.unplaced``). affinity: (n, n) symmetric values for :class:`Given`. attributes: name to n values,
    None where unknown. terms: what is summed over each group; rules: what must hold. sense: 'min' or 'max' of the
    objective (only ``Given`` may be maximised). objective: 'pairs' sums over the pairs of each group, 'mean' divides
    each group's sum by its number of pairs, 'between' sums ``affinity`` over the pairs in different groups.

    Raises ProblemError where the parts contradict one another in form (not where the rules cannot be met: that is
    a result, see ``Plan.status``).
    """

    ids: tuple[str, ...]
    bounds: Sizes | GroupBounds
    coordinates: NDArray[np.float64] | None = None
    affinity: NDArray[np.float64] | None = None
    attributes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    terms: tuple[Term, ...] = (Nearness(),)
    rules: tuple[Rule, ...] = ()
    sense: Literal["min", "max"] = "min"
    objective: Literal["pairs", "mean", "between"] = "pairs"
    travel: Travel | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        if n == 0:
            raise ProblemError("There are no schools.")
        if len(set(self.ids)) < n:
            raise ProblemError("Some ids occur twice; every school needs its own.")
        _check_arrays(self, n)
        _check_terms(self)
        _check_rules(self)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """(n,) True for each school that can be placed: all, or those with known coordinates."""
        if self.coordinates is None:
            return np.ones(len(self.ids), dtype=np.bool_)
        return np.asarray(np.isfinite(self.coordinates).all(axis=1))

    @property
    def dense(self) -> bool:
        """Whether every pair's cost is kept in one matrix."""
        return (
            self.coordinates is None
            or self.affinity is not None
            or self.travel is not None
            or len(self.ids) <= DENSE_LIMIT
            or any(isinstance(rule, Barrier | Reach) for rule in self.rules)
            or any(isinstance(term, Continuity | Newness | Wishes | Themes) for term in self.terms)
        )


def _check_arrays(problem: Problem, n: int) -> None:
    if problem.coordinates is not None and problem.coordinates.shape != (n, 2):
        raise ProblemError(f"Coordinates must have the shape ({n}, 2), not {problem.coordinates.shape}.")
    matrix = problem.affinity
    if matrix is not None:
        if matrix.shape != (n, n):
            raise ProblemError(f"The affinity must have the shape ({n}, {n}), not {matrix.shape}.")
        if not np.isfinite(matrix).all() or not np.array_equal(matrix, matrix.T):
            raise ProblemError("The affinity must be symmetric, with a finite number for each pair.")
    for name, values in problem.attributes.items():
        if len(values) != n:
            raise ProblemError(
                f"The attribute {name} has {counted(len(values), 'value')} for {counted(n, 'school')}."
            )
    bounds, placed = problem.bounds, int(problem.placed.sum())
    if isinstance(bounds, Sizes) and bounds.groups is not None and bounds.groups > max(placed, 1):
        raise ProblemError(f"{counted(placed, 'school')} cannot make {counted(bounds.groups, 'network')}.")
    if isinstance(bounds, GroupBounds) and bounds.item_weights is not None and len(bounds.item_weights) != n:
        raise ProblemError(f"The number of weights is {len(bounds.item_weights)}, that of items {n}.")


def _check_terms(problem: Problem) -> None:
    if not any(term.weight > 0 for term in problem.terms):
        raise ProblemError("At least one term needs a weight above zero.")
    names = [term.name for term in problem.terms]
    if len(set(names)) < len(names):
        raise ProblemError("A term is given twice.")
    if problem.sense == "max" and any(not isinstance(term, Given) for term in problem.terms):
        raise ProblemError("Only given values can be maximised; every other term is a cost.")
    if problem.objective == "between" and (len(names) != 1 or problem.affinity is None):
        raise ProblemError("The objective 'between' is for given values alone.")
    for term in problem.terms:
        if isinstance(term, Nearness) and problem.coordinates is None:
            raise ProblemError("Nearness needs coordinates.")
        if isinstance(term, Given) and problem.affinity is None:
            raise ProblemError("The term 'given' needs an affinity matrix.")
        needed: tuple[str, ...] = ()
        if isinstance(term, Mixed | Alike | Themes):
            needed = (term.attribute,)
        elif isinstance(term, Complementarity):
            needed = (term.needs, term.strengths)
        _need_columns(problem, needed, term.name)


def _check_rules(problem: Problem) -> None:
    known = set(problem.ids)
    placed = {id_ for id_, is_placed in zip(problem.ids, problem.placed, strict=True) if is_placed}
    for rule in problem.rules:
        if isinstance(rule, Together | Apart | Fixed):
            for id_ in rule.ids:
                if id_ not in known:
                    raise ProblemError(f"The rule '{rule}' names {id_}, which is not among the schools.")
                if id_ not in placed and not isinstance(rule, Apart):
                    raise ProblemError(
                        f"The rule '{rule}' names {id_}, which has no coordinates and so cannot be placed. "
                        "Give it coordinates or take it out of the rule."
                    )
        elif isinstance(rule, AtLeast | AtMost):
            _need_columns(problem, tuple(rule.where), str(rule))
        elif isinstance(rule, Cap):
            _need_columns(problem, (rule.column,), str(rule))
            bad = [
                v for v in problem.attributes[rule.column] if v is not None and not isinstance(v, int | float)
            ]
            if bad or any(isinstance(v, int | float) and v < 0 for v in problem.attributes[rule.column]):
                raise ProblemError(f"The rule '{rule}' needs a column of numbers of zero or more.")
        elif isinstance(rule, Barrier) and problem.coordinates is None:
            raise ProblemError("Barriers need coordinates.")
        elif isinstance(rule, Reach) and problem.coordinates is None:
            raise ProblemError("The reach needs coordinates.")
    networks = {rule.network for rule in problem.rules if isinstance(rule, Fixed)}
    limit = problem.bounds.groups
    if limit is not None and len(networks) > limit:
        raise ProblemError(
            f"The rule 'fixed' names {counted(len(networks), 'network')}; the plan is to have {limit}."
        )


def _need_columns(problem: Problem, names: tuple[str, ...], wanted_by: str) -> None:
    for name in names:
        if name not in problem.attributes:
            columns = ", ".join(sorted(problem.attributes)) or "none"
            raise ProblemError(f"'{wanted_by}' needs the column {name}. The columns are: {columns}.")
