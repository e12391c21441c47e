"""What a pair of schools costs, term by term, and the exchange rates between terms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.geometry import crossings, nearest
from isthmus.methods.formation.problem import Problem, Sizes
from isthmus.methods.formation.terms import (
    Alike,
    Barrier,
    Complementarity,
    Continuity,
    Given,
    Mixed,
    Nearness,
    Newness,
    Term,
    Themes,
    Wishes,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

Z_LIMIT = 3.0


def middle_size(problem: Problem) -> float:
    """The size a group has on the whole: the middle of the range, or n / K."""
    bounds = problem.bounds
    if isinstance(bounds, Sizes):
        return max(2.0, (bounds.smallest + bounds.largest) / 2)
    return max(2.0, len(problem.ids) / bounds.groups)


def typical_km(problem: Problem) -> float:
    """Median over schools of the mean distance to the (s − 1) nearest others, in km; 1 without coordinates."""
    if problem.coordinates is None:
        return 1.0
    km = problem.coordinates[problem.placed] / 1000.0
    k = min(round(middle_size(problem)) - 1, len(km) - 1)
    if k < 1:
        return 1.0
    return float(np.median(nearest(km, k)[0].mean(axis=1))) or 1.0


def term_rates(problem: Problem) -> dict[str, float]:
    """See :func:`isthmus.methods.formation.rates`."""
    own_unit = all(isinstance(term, Nearness | Given) for term in problem.terms)
    pair = 1.0 if own_unit else typical_km(problem)
    found = {}
    for term in problem.terms:
        if isinstance(term, Nearness | Given):
            found[term.name] = 1.0
        elif isinstance(term, Complementarity):
            found[term.name] = pair * (middle_size(problem) - 1) / 2
        else:
            found[term.name] = pair
    return found


def codes_of(values: Sequence[object]) -> Ints:
    """A number for each distinct value, −1 where unknown."""
    table: dict[object, int] = {}
    keys = [v.strip().casefold() if isinstance(v, str) else v for v in values]
    return np.array(
        [-1 if k is None or k == "" else table.setdefault(k, len(table)) for k in keys], dtype=np.int32
    )


def scores_of(values: Sequence[object]) -> Floats:
    """z-scores cut at ±3, NaN where unknown, 0 where all known values are equal."""
    raw = np.array([float(v) if isinstance(v, int | float) else np.nan for v in values], dtype=np.float64)
    known = raw[np.isfinite(raw)]
    spread = known.std() if len(known) else 0.0
    centre = known.mean() if len(known) else 0.0
    z = (raw - centre) / spread if spread > 0 else np.where(np.isfinite(raw), 0.0, np.nan)
    return np.asarray(np.clip(z, -Z_LIMIT, Z_LIMIT), dtype=np.float64)


def is_number(term: Mixed | Alike, values: Sequence[object]) -> bool:
    """Whether the attribute is treated as a number: as the term says, else if every known value is one."""
    if term.kind != "auto":
        return term.kind == "number"
    known = [v for v in values if v is not None and v != ""]
    return bool(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)


class PairCosts:
    """The weighted cost of pairs of placed schools, term by term.

    Indices below are positions among the placed schools. Everything is in the objective's unit.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.index = np.flatnonzero(problem.placed)
        self.n = len(self.index)
        self.rates = term_rates(problem)
        self.terms = tuple(term for term in problem.terms if term.weight > 0)

    def column(self, name: str) -> list[object]:
        values = self.problem.attributes[name]
        return [values[int(i)] for i in self.index]

    def weight(self, term: Term) -> float:
        return term.weight * self.rates[term.name]

    @property
    def given(self) -> Floats:
        """(n, n) the problem's affinity, zero without one."""
        whole = len(self.problem.ids)
        return np.zeros((whole, whole)) if self.problem.affinity is None else self.problem.affinity

    @cached_property
    def km(self) -> Floats:
        """(n, 2) coordinates in kilometres."""
        if self.problem.coordinates is None:
            return np.zeros((self.n, 2))
        return self.problem.coordinates[self.index] / 1000.0

    @cached_property
    def factor(self) -> Floats | None:
        """(n, n) detour factors, None without such barriers."""
        found: Floats | None = None
        for rule in self.problem.rules:
            if isinstance(rule, Barrier) and rule.detour_factor is not None:
                hit = crossings(self.km * 1000.0, rule)
                found = np.where(hit, rule.detour_factor, 1.0) * (1.0 if found is None else found)
        return found

    @cached_property
    def minutes(self) -> tuple[Floats, float] | None:
        """(n, n) minutes, NaN where not given, and kilometres per minute; None without a travel table."""
        travel = self.problem.travel
        if travel is None:
            return None
        position = {self.problem.ids[i]: p for p, i in enumerate(self.index)}
        total, number = np.zeros((self.n, self.n)), np.zeros((self.n, self.n))
        for (a, b), value in travel.minutes.items():
            if a in position and b in position:
                total[position[a], position[b]] += value
                number[position[a], position[b]] += 1
        total, number = total + total.T, number + number.T
        with np.errstate(invalid="ignore", divide="ignore"):
            minutes = total / number
            if travel.km_per_minute is not None:
                return minutes, travel.km_per_minute
            rows, columns = np.nonzero(minutes > 0)
            straight = np.hypot(*(self.km[rows] - self.km[columns]).T)
        speed = float(np.median(straight / minutes[rows, columns])) if len(rows) else 0.0
        return minutes, speed or 0.5

    @cached_property
    def listed(self) -> dict[str, tuple[NDArray[np.int64], Floats]]:
        """For each term about listed pairs: the pairs as sorted keys i·n + j, both ways, and what each is worth."""
        position = {self.problem.ids[i]: p for p, i in enumerate(self.index)}
        found = {}
        for term in self.terms:
            if not isinstance(term, Continuity | Newness | Wishes):
                continue
            # A tie is one thing however often it is named; a wish of each of the two counts.
            directed = set(term.wishes if isinstance(term, Wishes) else term.ties)
            worth: dict[int, float] = {}
            for a, b in directed:
                if a in position and b in position and a != b:
                    for key in (position[a] * self.n + position[b], position[b] * self.n + position[a]):
                        worth[key] = worth.get(key, 0.0) + 0.5 if isinstance(term, Wishes) else 1.0
            keys = np.array(sorted(worth), dtype=np.int64)
            found[term.name] = keys, np.array([worth[int(key)] for key in keys], dtype=np.float64)
        return found

    def worth(self, name: str, i: NDArray[np.int64], j: NDArray[np.int64]) -> Floats:
        """What the listed pairs of a term are worth, 0 for a pair that is not listed."""
        keys, values = self.listed[name]
        wanted = np.asarray(i * self.n + j)
        if not len(keys):
            return np.zeros(wanted.shape)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, values[at], 0.0)

    @cached_property
    def shared_themes(self) -> dict[str, NDArray[np.float32]]:
        """For each term of themes, the schools' themes as 0 or 1, (n, themes)."""
        return {
            term.name: theme_table([theme_set(v) for v in self.column(term.attribute)])
            for term in self.terms
            if isinstance(term, Themes)
        }

    @cached_property
    def features(self) -> dict[str, Ints | Floats]:
        """Codes (categories) or z-scores (numbers) of each mixed or alike term."""
        found: dict[str, Ints | Floats] = {}
        for term in self.terms:
            if isinstance(term, Mixed | Alike):
                values = self.column(term.attribute)
                found[term.name] = scores_of(values) if is_number(term, values) else codes_of(values)
        return found

    def distance(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> Floats:
        """Kilometres between placed schools i and j (broadcast): travel table, else straight line and detours."""
        km = np.hypot(self.km[i, 0] - self.km[j, 0], self.km[i, 1] - self.km[j, 1])
        if self.factor is not None:
            km = km * self.factor[i, j]
        if self.minutes is not None:
            given = self.minutes[0][i, j]
            km = np.where(np.isnan(given), km, given * self.minutes[1])
        return np.asarray(km, dtype=np.float64)

    def values(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> dict[str, Floats]:
        """Weighted cost of the pairs (i, j) by pairwise term; i and j broadcast against one another."""
        found: dict[str, Floats] = {}
        for term in self.terms:
            if isinstance(term, Complementarity):
                continue
            if isinstance(term, Nearness):
                value = self.distance(i, j)
            elif isinstance(term, Given):
                value = self.given[self.index[i], self.index[j]]
            elif isinstance(term, Newness):
                value = self.worth(term.name, i, j)
            elif isinstance(term, Continuity | Wishes):
                value = 1.0 - self.worth(term.name, i, j)
            elif isinstance(term, Themes):
                value = _theme_cost(self.shared_themes[term.name], i, j)
            else:
                value = _feature_cost(self.features[term.name], isinstance(term, Mixed), i, j)
            found[term.name] = self.weight(term) * value
        return found

    def matrix(self) -> Floats:
        """(n, n) cost of every pair over all pairwise terms, zero on the diagonal."""
        whole = np.zeros((self.n, self.n))
        every = np.arange(self.n)
        for first in range(0, self.n, 256):
            rows = every[first : first + 256]
            for value in self.values(rows[:, None], every[None, :]).values():
                whole[rows] += value
        np.fill_diagonal(whole, 0.0)
        return whole

    def themes(self) -> tuple[Ints, Ints, float]:
        """Needs (n, themes), strengths (n, themes) as 0 or 1, and the cost of one unmet need."""
        for term in self.terms:
            if isinstance(term, Complementarity):
                return *theme_tables(self.column(term.needs), self.column(term.strengths)), self.weight(term)
        empty = np.zeros((self.n, 0), dtype=np.int32)
        return empty, empty, 0.0


def theme_set(value: object) -> set[str]:
    """The themes of a school, without regard to case; none where unknown."""
    return {str(theme).strip().casefold() for theme in value} if isinstance(value, tuple | list) else set()


def theme_table(themes: Sequence[set[str]]) -> NDArray[np.float32]:
    """0/1 table (n, themes), a column for each theme in the order of its name."""
    column = {theme: c for c, theme in enumerate(sorted(set().union(*themes)))}
    table = np.zeros((len(themes), len(column)), dtype=np.float32)
    for row, mine in enumerate(themes):
        table[row, [column[theme] for theme in mine]] = 1
    return table


def theme_tables(needs: Sequence[object], strengths: Sequence[object]) -> tuple[Ints, Ints]:
    """0/1 tables (n, themes) of needs and strengths; a theme listed as both counts as a strength only."""

    wanted, offered = [theme_set(v) for v in needs], [theme_set(v) for v in strengths]
    column = {theme: c for c, theme in enumerate(sorted(set().union(*wanted, *offered)))}
    tables = np.zeros((2, len(needs), len(column)), dtype=np.int32)
    for row, (need, strength) in enumerate(zip(wanted, offered, strict=True)):
        tables[0, row, [column[theme] for theme in need - strength]] = 1
        tables[1, row, [column[theme] for theme in strength]] = 1
    # A theme nobody needs decides nothing.
    used = tables[0].any(axis=0)
    return np.ascontiguousarray(tables[0][:, used]), np.ascontiguousarray(tables[1][:, used])


def _feature_cost(feature: Ints | Floats, mixed: bool, i: NDArray[np.int64], j: NDArray[np.int64]) -> Floats:
    one, other = feature[i], feature[j]
    if feature.dtype == np.int32:
        known = (one >= 0) & (other >= 0)
        return np.asarray(known & ((one == other) if mixed else (one != other)), dtype=np.float64)
    half = np.square(one + other if mixed else one - other) / 2
    return np.where(np.isnan(half), 0.0, half)


def _theme_cost(table: NDArray[np.float32], i: NDArray[np.int64], j: NDArray[np.int64]) -> Floats:
    number = table.sum(axis=1)
    one, other = number[i], number[j]
    if i.ndim == 2 and i.shape[1] == 1:
        # Rows against every school: one product instead of a block of n × themes for each row.
        shared = table[i[:, 0]] @ table[j[0]].T
    else:
        shared = np.einsum("...t,...t->...", table[i], table[j])
    union = one + other - shared
    known = (one > 0) & (other > 0)
    return np.where(known, 1.0 - shared / np.where(known, union, 1.0), 0.0).astype(np.float64)
