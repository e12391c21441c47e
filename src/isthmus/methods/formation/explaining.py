"""Why a school is where it is, what else it could do and at what cost, and who gains between two plans.

All changes are computed exactly, from sums kept for each group, so that a page can answer at once: moving school i
from group a to b changes the objective by what i costs in b less what it costs in a (needs counted once a group, and
sizes taken into account where the objective is a mean).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts
from isthmus.methods.formation.problem import Problem
from isthmus.methods.formation.rulings import foe_pairs, group_names, resources
from isthmus.methods.formation.scoring import score
from isthmus.methods.formation.terms import (
    Complementarity,
    Continuity,
    Fixed,
    ProblemError,
    Rule,
    Together,
    Wishes,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOWHERE = -1
MOST_TRIED = 3_000
SLACK = 1e-9


@dataclass(frozen=True)
class Change:
    """A school joins group ``to`` (from 0), and ``instead`` (None: nobody) takes its old place.

    ``delta`` is the change of the objective and ``terms`` its parts; ``breaks`` are the rules it would break.
    """

    school: str
    to: int
    instead: str | None
    delta: float
    terms: dict[str, float]
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Why a school is in its group. ``share`` is its part of the objective by term (half of each of its pairs).

    ``needs_met`` gives for each need the schools of the group that can help, ``needs_open`` those that nobody meets,
    ``ties_kept`` the schools of the group it works with already, ``wishes_met`` those it wished for.
    ``alternatives`` are the best changes that keep every rule; ``blocked`` are better ones that a rule forbids.
    """

    school: str
    group: int
    share: dict[str, float]
    needs_met: dict[str, tuple[str, ...]]
    needs_open: tuple[str, ...]
    ties_kept: tuple[str, ...]
    wishes_met: tuple[str, ...]
    alternatives: tuple[Change, ...]
    blocked: tuple[Change, ...]


@dataclass(frozen=True)
class Shift:
    """What a school costs in two plans, and by term in each; above zero in ``change`` means it gives way."""

    school: str
    before: float
    after: float
    terms_before: dict[str, float]
    terms_after: dict[str, float]

    @property
    def change(self) -> float:
        return self.after - self.before


class Explainer:
    """Questions about one plan of a problem. Schools in none of the groups are allowed: they can only join.

    Raises ProblemError where a group names a school that is not placed, or one twice.
    """

    def __init__(
        self, problem: Problem, groups: Sequence[Sequence[str]], names: Sequence[str] | None = None
    ) -> None:
        self.problem, self.costs = problem, PairCosts(problem)
        n, self.k = self.costs.n, len(groups)
        self.ids = [problem.ids[i] for i in self.costs.index]
        self.position = {id_: p for p, id_ in enumerate(self.ids)}
        self.names = group_names(problem, self.k, names)
        self.home = np.full(n, NOWHERE, dtype=np.int64)
        for g, group in enumerate(groups):
            for id_ in group:
                if id_ not in self.position or self.home[self.position[id_]] != NOWHERE:
                    raise ProblemError(f"{id_} is not a school that can be placed, or is in two groups.")
                self.home[self.position[id_]] = g
        # Between groups is what is left of the whole, and 'max' is told as it is: more is better.
        self.outward = -1.0 if problem.objective == "between" else 1.0
        self.better = -1.0 if problem.sense == "max" else 1.0
        self.need, self.strength, self.need_cost = self.costs.themes()
        self.size = self._sum(np.ones(n))
        self.need_of, self.strength_of = self._sum(self.need), self._sum(self.strength)
        self.own = np.zeros(n)
        for g in range(self.k):
            members = np.flatnonzero(self.home == g)
            inside = sum(self.costs.values(members[:, None], members[None, :]).values(), np.zeros((1, 1)))
            if len(members) > 1:
                self.own[members] = inside.sum(axis=1) - np.diag(inside)
        self.inside = self._sum(self.own) / 2
        self._read_rules()

    def place(self, school: str, most: int = 3) -> Place:
        """Why ``school`` is where it is, with ``most`` alternatives. Raises KeyError where it is not placed."""
        i = self.position[school]
        others = np.flatnonzero((self.home == self.home[i]) & (np.arange(len(self.home)) != i))
        if self.home[i] == NOWHERE:
            others = others[:0]
        alternatives, blocked = self.alternatives(school, most)
        met, unmet = self._needs(i, others)
        return Place(
            school,
            int(self.home[i]),
            self._share(i, others),
            met,
            unmet,
            self._linked(school, others, Continuity),
            self._linked(school, others, Wishes),
            alternatives,
            blocked,
        )

    def alternatives(self, school: str, most: int = 3) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """The best ``most`` changes of ``school`` that keep every rule, and as many better ones that break one."""
        i = self.position[school]
        kept: list[Change] = []
        blocked: list[Change] = []
        for to, j in self._by_cost(i):
            if len(kept) == most:
                break
            breaks = self._breaks(i, to, j)
            if not breaks:
                kept.append(self._change(i, to, j, ()))
            elif len(blocked) < most and not kept:
                blocked.append(self._change(i, to, j, breaks))
        return tuple(kept), tuple(blocked)

    def move(self, school: str, to: int, instead: str | None = None) -> Change:
        """What it would mean for ``school`` to join group ``to``, with ``instead`` of that group in its old place."""
        i = self.position[school]
        j = None if instead is None else self.position[instead]
        if not 0 <= to < self.k or to == self.home[i]:
            raise ProblemError(f"{school} can move to another group from 0 to {self.k - 1}, not to {to}.")
        if j is not None and self.home[j] != to:
            raise ProblemError(f"{instead} is not in the group that {school} would join.")
        return self._change(i, to, j, self._breaks(i, to, j))

    def shares(self) -> dict[str, dict[str, float]]:
        """The part of the objective that each school has, by term; together they are the objective."""
        members: list[Ints] = [np.flatnonzero(self.home == g) for g in range(self.k)]
        return {
            self.ids[i]: self._share(i, members[g][members[g] != i])
            for i, g in enumerate(self.home)
            if g != NOWHERE
        }

    def deltas(self, school: str) -> tuple[Floats, Floats]:
        """The change of the objective when ``school`` moves to each group (K,), and when it changes places with each
        placed school (n,): infinite where that is no change."""
        i = self.position[school]
        a = int(self.home[i])
        row = self._row(i)
        contact = self._sum(row)
        moves = self._value_change(i, a, np.arange(self.k), contact, None, row, np.zeros(0))
        if a != NOWHERE:
            moves[a] = np.inf
        swaps = np.full(len(self.home), np.inf)
        if a != NOWHERE:
            mates = np.flatnonzero(self.home == a)
            theirs = sum((self._row(int(q)) for q in mates), np.zeros(len(self.home)))
            j = np.flatnonzero((self.home != a) & (self.home != NOWHERE))
            swaps[j] = self._value_change(i, a, self.home[j], contact[self.home[j]], j, row, theirs)
        return self.outward * moves, self.outward * swaps

    def _value_change(
        self, i: int, a: int, b: Ints, contact: Floats, j: Ints | None, row: Floats, theirs: Floats
    ) -> Floats:
        """The change of the sum within groups: i joins each of ``b``, and each of ``j`` its old group a."""
        swap = j is not None
        grow = np.zeros(len(b)) if swap else np.ones(len(b))
        inside_b = self.inside[b] + contact - (self.own[j] + row[j] if swap else 0.0)
        need_j = self.need[j] if swap else 0
        strength_j = self.strength[j] if swap else 0
        after = self._value(
            inside_b,
            self.size[b] + grow,
            self.need_of[b] + self.need[i] - need_j,
            self.strength_of[b] + self.strength[i] - strength_j,
        )
        before = self._value(self.inside[b], self.size[b], self.need_of[b], self.strength_of[b])
        if a != NOWHERE:
            inside_a = self.inside[a] - self.own[i] + (theirs[j] - row[j] if swap else 0.0)
            after = after + self._value(
                inside_a + np.zeros(len(b)),
                self.size[a] - grow,
                self.need_of[a] - self.need[i] + need_j,
                self.strength_of[a] - self.strength[i] + strength_j,
            )
            one = slice(a, a + 1)
            before = before + self._value(
                self.inside[one], self.size[one], self.need_of[one], self.strength_of[one]
            )
        return np.asarray(after - before)

    def _value(self, inside: Floats, size: Floats, need: Floats, strength: Floats) -> Floats:
        unmet: Floats = (need * (strength == 0)).sum(axis=-1) * self.need_cost
        if self.problem.objective != "mean":
            return inside + unmet
        worth: Floats = np.where(size > 1, (inside + unmet) / np.maximum(size * (size - 1) / 2, 1.0), 0.0)
        return worth

    def _row(self, i: int) -> Floats:
        """(n,) what school i costs beside each other, zero beside itself."""
        every = np.arange(self.costs.n)
        found = sum(
            (v[0] for v in self.costs.values(np.array([[i]]), every[None, :]).values()),
            np.zeros(self.costs.n),
        )
        found[i] = 0.0
        return found

    def _sum(self, values: Floats | NDArray[np.int32]) -> Floats:
        found = np.zeros((self.k, *values.shape[1:]))
        inside = self.home >= 0
        np.add.at(found, self.home[inside], values[inside])
        return found

    def _by_cost(self, i: int) -> Iterator[tuple[int, int | None]]:
        """Every change of school i, the best first: (group joined, school that takes its place or None)."""
        moves, swaps = self.deltas(self.ids[i])
        worth = self.better * np.concatenate([moves, swaps])
        worth[~np.isfinite(worth)] = np.inf
        for at in np.argsort(worth, kind="stable")[:MOST_TRIED]:
            if np.isinf(worth[at]):
                return
            yield (int(at), None) if at < self.k else (int(self.home[at - self.k]), int(at - self.k))

    def _change(self, i: int, to: int, j: int | None, breaks: tuple[str, ...]) -> Change:
        moved = self.home.copy()
        moved[i] = to
        if j is not None:
            moved[j] = self.home[i]
        touched = [g for g in (int(self.home[i]), to) if g != NOWHERE]
        before = self._scored(self.home, touched)
        after = self._scored(moved, touched)
        terms = {name: self.outward * (after[name] - before[name]) for name in after}
        return Change(self.ids[i], to, None if j is None else self.ids[j], sum(terms.values()), terms, breaks)

    def _scored(self, home: Ints, touched: Sequence[int]) -> dict[str, float]:
        groups = [np.flatnonzero(home == g) for g in touched]
        _, terms = score(self.costs, groups)
        if self.problem.objective == "between":
            # The scorer tells what lies between; within these groups is the pairs' sum.
            name = self.costs.terms[0].name
            terms[name] = sum(
                float(self.costs.values(g[:, None], g[None, :])[name].sum()) / 2 for g in groups
            )
        return terms

    def _share(self, i: int, others: Ints) -> dict[str, float]:
        pairs = len(others) * (len(others) + 1) / 2
        scale = 1.0 / max(pairs, 1.0) if self.problem.objective == "mean" else 1.0
        values = self.costs.values(np.full(len(others), i), others)
        found = {name: float(value.sum()) / 2 * scale for name, value in values.items()}
        for term in self.costs.terms:
            if isinstance(term, Complementarity):
                offered = self.strength[np.append(others, i)].sum(axis=0)
                lonely = self.problem.objective == "mean" and not len(others)
                unmet = 0.0 if lonely else float(self.need[i][offered == 0].sum())
                found[term.name] = unmet * self.need_cost * scale
        return found

    def _needs(self, i: int, others: Ints) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        """Needs of school i by who of ``others`` can help, and those open, in the problem's own words."""
        term = next((t for t in self.costs.terms if isinstance(t, Complementarity)), None)
        if term is None:
            return {}, ()
        needs, strengths = (self.costs.column(name) for name in (term.needs, term.strengths))
        offers = {int(q): _folded(strengths[q]) for q in (*others, i)}
        met: dict[str, tuple[str, ...]] = {}
        unmet = []
        for key, theme in _folded(needs[i]).items():
            if key in offers[i]:
                continue
            helpers = tuple(self.ids[q] for q in others if key in offers[int(q)])
            if helpers:
                met[theme] = helpers
            else:
                unmet.append(theme)
        return met, tuple(unmet)

    def _linked(self, school: str, others: Ints, kind: type[Continuity] | type[Wishes]) -> tuple[str, ...]:
        term = next((t for t in self.costs.terms if isinstance(t, kind)), None)
        if term is None:
            return ()
        both = () if isinstance(term, Wishes) else ((b, a) for a, b in term.ties)
        pairs = {*(term.wishes if isinstance(term, Wishes) else term.ties), *both}
        return tuple(self.ids[q] for q in others if (school, self.ids[q]) in pairs)

    def _read_rules(self) -> None:
        each, self.low, self.high, self.labels = resources(self.problem, self.k)
        self.each, self.load = each, self._sum(each)
        self.foes: dict[int, list[tuple[int, Rule]]] = {}
        for rule, left, right in foe_pairs(self.problem, self.position, self.costs):
            for p, q in zip(left.tolist(), right.tolist(), strict=True):
                self.foes.setdefault(p, []).append((q, rule))
                self.foes.setdefault(q, []).append((p, rule))

    def _breaks(self, i: int, to: int, j: int | None) -> tuple[str, ...]:
        """Rules that do not hold for the two groups after the change, in words, each once."""
        found: dict[str, None] = {}
        a = int(self.home[i])
        more = self.each[i] - (self.each[j] if j is not None else 0.0)
        for g, load in ((to, self.load[to] + more), (a, self.load[a] - more)):
            if g == NOWHERE:
                continue
            slack = SLACK * np.maximum(1.0, np.abs(load))
            for c in np.flatnonzero((load < self.low[g] - slack) | (load > self.high[g] + slack)):
                rule = self.labels[int(c)]
                found[str(self.problem.bounds if rule is None else rule)] = None
        goes = {i: to} if j is None else {i: to, j: a}
        for school, group in goes.items():
            for foe, rule in self.foes.get(school, ()):
                if goes.get(foe, self.home[foe]) == group:
                    found[str(rule)] = None
        for rule in self.problem.rules:
            if isinstance(rule, Together | Fixed):
                at = [self.position[id_] for id_ in rule.ids]
                if not any(p in goes for p in at):
                    continue
                homes = {int(goes.get(p, self.home[p])) for p in at}
                if isinstance(rule, Together) and len(homes) > 1:
                    found[str(rule)] = None
                if isinstance(rule, Fixed) and homes != {self.names.index(rule.network)}:
                    found[str(rule)] = None
        return tuple(found)


def compare(
    problem: Problem, before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]
) -> tuple[Shift, ...]:
    """What each school of both plans costs in one and in the other, those who gain most first.

    For the objectives 'pairs' and 'mean' the costs of all schools of a plan add up to its objective.
    """
    one, other = Explainer(problem, before).shares(), Explainer(problem, after).shares()
    shifts = [
        Shift(school, sum(terms.values()), sum(other[school].values()), terms, other[school])
        for school, terms in one.items()
        if school in other
    ]
    return tuple(sorted(shifts, key=lambda shift: (shift.change, shift.school)))


def _folded(value: object) -> dict[str, str]:
    """Themes by their folded form, each as it is written."""
    themes = [str(theme).strip() for theme in value] if isinstance(value, tuple | list) else []
    return {theme.casefold(): theme for theme in themes if theme}
