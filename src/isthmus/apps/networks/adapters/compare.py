"""Two ways to group the same schools, side by side, judged by one plan's measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from isthmus.apps.networks.adapters.workbench import problem_kept
from isthmus.apps.networks.models import Plan
from isthmus.apps.networks.queries.layers import Groups

if TYPE_CHECKING:
    from isthmus.methods.formation import Problem

__all__ = ["Compared", "Side", "compared"]


@dataclass(frozen=True)
class Side:
    """A school in one grouping: its network, mean kilometres to the others (None: nobody), its part of the objective,
    the needs that nobody there meets, and with whom it is (URNs)."""

    network: str | None
    km: float | None
    share: float
    open_needs: tuple[str, ...]
    mates: frozenset[str]


@dataclass(frozen=True)
class Compared:
    """Each school (URN) in both groupings. `objectives` and `terms` are sums over the schools
    that each grouping places."""

    schools: Mapping[str, tuple[Side, Side]]
    objectives: tuple[float, float]
    terms: tuple[dict[str, float], dict[str, float]]
    pairs: tuple[int, int]
    kept: int


NOWHERE = Side(None, None, 0.0, (), frozenset())


def compared(plan: Plan, before: Groups, after: Groups) -> Compared:
    """Compare two groupings of the schools of `plan` by what that plan was asked for.

    Shares are half of each pair's cost and the whole of each unmet need, as `formation.explaining.compare` has them.
    """
    problem = problem_kept(plan)
    sides = [_sides(problem, groups) for groups in (before, after)]
    (one, terms_one, pairs_one), (other, terms_other, pairs_other) = sides
    every = [urn for urn in problem.ids if urn in one or urn in other]
    return Compared(
        {urn: (one.get(urn, NOWHERE), other.get(urn, NOWHERE)) for urn in every},
        (sum(terms_one.values()), sum(terms_other.values())),
        (terms_one, terms_other),
        (len(pairs_one), len(pairs_other)),
        len(pairs_one & pairs_other),
    )


def _sides(
    problem: Problem, groups: Groups
) -> tuple[dict[str, Side], dict[str, float], set[tuple[str, str]]]:
    import numpy as np

    from isthmus.methods.formation.affinity import PairCosts
    from isthmus.methods.formation.terms import Complementarity

    costs = PairCosts(problem)
    at = {problem.ids[row]: position for position, row in enumerate(costs.index)}
    known = {id_: row for row, id_ in enumerate(problem.ids)}
    placed = [(name, [urn for urn in urns if urn in at]) for name, urns in groups]
    pairs = {pair for _name, urns in placed for pair in combinations(sorted(urns), 2)}
    ends = np.array([(at[a], at[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    shares = np.zeros(costs.n)
    terms: dict[str, float] = {}
    for name, value in costs.values(ends[:, 0], ends[:, 1]).items():
        terms[name] = float(value.sum())
        np.add.at(shares, ends[:, 0], value / 2)
        np.add.at(shares, ends[:, 1], value / 2)
    needs = next((term for term in costs.terms if isinstance(term, Complementarity)), None)
    need, strength, cost = costs.themes()
    sides: dict[str, Side] = {}
    for name, urns in placed:
        rows = [at[urn] for urn in urns]
        if needs is not None and rows:
            lacking = strength[rows].sum(axis=0) == 0
            unmet = need[rows][:, lacking].sum(axis=1) * cost
            shares[rows] += unmet
            terms[needs.name] = terms.get(needs.name, 0.0) + float(unmet.sum())
        ways = _ways(problem, [int(costs.index[row]) for row in rows])
        unmet_needs = _open(problem, known, urns)
        for urn, row, km in zip(urns, rows, ways, strict=True):
            mates = frozenset(urns) - {urn}
            sides[urn] = Side(name, km, float(shares[row]), unmet_needs.get(urn, ()), mates)
    return sides, terms, pairs


def _ways(problem: Problem, rows: Sequence[int]) -> list[float | None]:
    """The mean kilometres from each school to the others."""
    import numpy as np

    if len(rows) < 2 or problem.coordinates is None:
        return [None] * len(rows)
    points = problem.coordinates[rows]
    distances = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 1000
    return [float(km) for km in distances.sum(axis=1) / (len(rows) - 1)]


def _open(problem: Problem, rows: Mapping[str, int], group: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each school of a group, the needs that neither it nor anybody there can meet."""
    needs, strengths = problem.attributes.get("needs"), problem.attributes.get("strengths")
    if needs is None or strengths is None:
        return {}
    offered = {theme.casefold() for mate in group for theme in _themes(strengths[rows[mate]])}
    return {
        urn: tuple(theme for theme in _themes(needs[rows[urn]]) if theme.casefold() not in offered)
        for urn in group
    }


def _themes(value: object) -> list[str]:
    return [str(theme) for theme in value] if isinstance(value, tuple | list) else []
