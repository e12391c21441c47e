"""A certified bound on rounds of triads over a whole country, where costs are distances on the map.

Prices π of schools such that no triple costs less than its three add up to a bound: Σ π (the dual of set partitioning).
They are raised region by region (linear programs over the schools of a cell of the map and those around it, whose
prices may only fall), first plainly, then with the inequalities of :mod:`.cuts` on sets inside the cell; what they earn
is counted on. At the end every triple whose price is above its cost is found again, by a search of the map that no
region had a part in, and the prices of its schools are lowered. So the bound holds whatever the regions did.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching import kernels
from isthmus.methods.matching.cuts import Cuts, broken_inside
from isthmus.methods.matching.model import Floats, Ints, MatchingError
from isthmus.methods.matching.programming import Dual, Program

NEAR = 9
CELL = 400
# Schools in a cell, the angle the map is cut at, and how often inequalities are looked for.
STAGES = ((CELL, 0.6, 0.8, 0), (CELL, 2.4, 2.0, 6), (CELL, 3.0, 2.0, 5), (CELL, 0.3, 2.0, 4))
ENTRIES, ENTRIES_LAST, ENTER = 2, 20, 3_000
LISTED, START = 1.5, 0.4
LEAST = 60
REGIONS = 0.9  # of the time: what is left is for the certificate


@dataclass
class Prices:
    """What has been reached: ``price`` (n,); the cuts in force, as members and weights, and what each is worth."""

    price: Floats
    members: list[NDArray[np.int64]] = field(default_factory=list)
    weights: list[Floats] = field(default_factory=list)
    worth: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def add(self, region: Region, dual: Dual, cuts: Cuts) -> None:
        """Keep the cuts of a region that are worth something."""
        for c in np.flatnonzero(dual.worth < -1e-9):
            self.members.append(region.schools[cuts.member[c] > 0])
            self.weights.append(cuts.weight[c])
            self.worth.append(float(dual.worth[c]))
            self.most.append(float(cuts.most[c]))

    def by_school(self) -> tuple[Ints, Ints, Floats, Floats]:
        """Where each school's cuts begin (n + 1,), the cuts, and their weights (c, 4) and worths (c,)."""
        school = np.concatenate([np.zeros(0, np.int64), *self.members])
        cut = np.repeat(np.arange(len(self.members)), [len(m) for m in self.members])
        order = np.argsort(school, kind="stable")
        first = np.searchsorted(school[order], np.arange(len(self.price) + 1))
        weight = np.array(self.weights, dtype=np.float64).reshape(-1, 4)
        return first.astype(np.int32), cut[order].astype(np.int32), weight, np.array(self.worth, np.float64)

    def high(self) -> Floats:
        """(n,) prices that no triple's cuts can lift any higher: a cut lowers a triple's cost by its worth at most."""
        above = self.price.copy()
        for members, weight, worth in zip(self.members, self.weights, self.worth, strict=True):
            above[members] -= worth * max(0.0, -float(weight.min()))
        return above


@dataclass(frozen=True)
class Region:
    """A cell's schools and those around it (m,), which are the cell's own, and the triples that touch the cell: rows
    ``at`` of the list and ``triples`` by position among the m."""

    schools: NDArray[np.int64]
    inside: NDArray[np.bool_]
    at: NDArray[np.int64]
    triples: Ints


@dataclass(frozen=True)
class Work:
    """Who works, and for how long."""

    pool: ThreadPoolExecutor
    left: Callable[[], float]
    near: NDArray[np.int64]


Solved = tuple[Dual, Cuts] | None


def bound_of_triads(
    km: Floats,
    *,
    seconds: float = 60.0,
    workers: int = 1,
    cancelled: Callable[[], bool] = lambda: False,
) -> float:
    """A number of kilometres that no round of triads of these schools is below (the sum over pairs within triads).

    km: (n, 2) coordinates. Where n is no multiple of three a round has one pair (remainder 2) or two (remainder 1)
    beside its triads. ``workers`` are threads and change nothing but the time; after about ``seconds`` regions not
    begun are left out, and the bound is lower. Raises MatchingError for points that are no such table.
    """
    from scipy.spatial import cKDTree

    ends = time.perf_counter() + REGIONS * seconds
    if km.ndim != 2 or km.shape[1] != 2 or len(km) < LEAST or not np.isfinite(km).all():
        raise MatchingError(f"Give the coordinates of {LEAST} schools or more, two numbers each.")

    def left() -> float:
        return 0.0 if cancelled() else ends - time.perf_counter()

    found = Prices(np.zeros(len(km)))
    with ThreadPoolExecutor(workers) as pool:
        work = Work(pool, left, cKDTree(km).query(km, k=NEAR)[1])
        _begin(km, found, work)
        for most, turned, box, turns in STAGES:
            if left() > 0:
                _raise(km, found, work, _cells(km, most, turned), box, turns)
    return _certify(km, found)


def _certify(km: Floats, found: Prices) -> float:
    """Lower prices until every triple is fair, and add up."""
    first, ball = _around(km, 1.5 * found.high())
    kernels.make_fair(km, found.price, found.high(), first, ball, *found.by_school())
    pairs = -len(km) % 3
    beside = pairs * kernels.least_pair(km, found.high()) if pairs else 0.0
    total = float(found.price.sum() + np.dot(found.worth, found.most)) + beside
    return total - 1e-9 * abs(total)


def _around(km: Floats, radius: Floats) -> tuple[NDArray[np.int64], Ints]:
    """Where the list of each school begins (n + 1,), and the schools within its radius, itself among them."""
    from scipy.spatial import cKDTree

    near = cKDTree(km).query_ball_point(km, np.maximum(radius, 0.0) + 1e-9, return_sorted=True)
    first = np.concatenate([[0], np.cumsum([len(one) for one in near])])
    return first, np.concatenate([np.asarray(one, dtype=np.int32) for one in near])


def _cells(km: Floats, most: int, turned: float) -> list[NDArray[np.int64]]:
    """The schools in cells of at most ``most``, by halving along the longer side of the map turned by an angle."""
    spun = km @ np.array([[math.cos(turned), -math.sin(turned)], [math.sin(turned), math.cos(turned)]])
    done, left = [], [np.arange(len(km))]
    while left:
        some = left.pop()
        if len(some) <= most:
            done.append(np.sort(some))
            continue
        axis = int(np.argmax(np.ptp(spun[some], axis=0)))
        order = some[np.argsort(spun[some, axis], kind="stable")]
        left += [order[: len(order) // 2], order[len(order) // 2 :]]
    return done


def _begin(km: Floats, found: Prices, work: Work) -> None:
    """First prices: each cell with those around it, as if there were nobody else, over triples of near schools."""
    near = work.near[:, 1:].astype(np.int32)
    a, b = np.triu_indices(near.shape[1], 1)
    own = np.repeat(np.arange(len(km), dtype=np.int32), len(a))
    triples = np.sort(np.stack([own, near[:, a].ravel(), near[:, b].ravel()], axis=1), axis=1)
    # Where two schools stand in one place, a school may come out as one near itself.
    triples = triples[(triples[:, 0] < triples[:, 1]) & (triples[:, 1] < triples[:, 2])]
    triples = np.asarray(np.unique(triples, axis=0), dtype=np.int32)
    value = _values(km, triples)
    dear = 3.0 * np.hypot(*(km[:, None] - km[near[:, :2]]).transpose(2, 0, 1)).sum(axis=1)
    regions = _regions(triples, _cells(km, CELL, 0.0), len(km))

    def solve(region: Region) -> Solved:
        now = dear[region.schools] / 5
        return _solve(region, value[region.at], np.where(region.inside, 5 * now, now), now, 0, work.left)

    for region, answer in zip(regions, work.pool.map(solve, regions), strict=True):
        if answer is not None:
            found.price[region.schools[region.inside]] = answer[0].price[region.inside]


def _raise(
    km: Floats, found: Prices, work: Work, cells: list[NDArray[np.int64]], box: float, turns: int
) -> None:
    """Solve one cell after another, those that share no triple at the same time."""
    price = found.price
    typical = np.abs(price[work.near]).mean(axis=1)
    most = price + box * typical
    high = found.high() + (LISTED if turns else box) * typical
    first, ball = _around(km, 1.5 * high)
    triples = kernels.near_triples(km, high, first, ball, 0.0)
    value = _values(km, triples) - kernels.lifts(triples, *found.by_school())
    regions = _regions(triples, cells, len(km))

    def solve(region: Region) -> Solved:
        now = price[region.schools]
        dear = np.where(region.inside, most[region.schools], now)
        return _solve(region, value[region.at], dear, now, turns, work.left)

    for wave in _waves(regions, len(triples)):
        some = [regions[r] for r in wave]
        for region, answer in zip(some, list(work.pool.map(solve, some)), strict=True):
            if answer is None:
                continue
            dual, cuts = answer
            new = np.where(region.inside, dual.price, np.minimum(dual.price, price[region.schools]))
            price[region.schools] = new
            value[region.at] -= dual.worth @ cuts.rows(region.triples)
            found.add(region, dual, cuts)


def _solve(
    region: Region, value: Floats, dear: Floats, price: Floats, turns: int, left: Callable[[], float]
) -> Solved:
    """The dual values of a region: its triples alone, each school left alone at most for ``dear``; with inequalities on
    sets of the cell, ``turns`` times more of them."""
    triples = region.triples
    worth = price[triples].sum(axis=1)
    program = Program(dear)
    active = value <= (1 + START) * worth
    columns = np.flatnonzero(active)
    program.let_in(value[columns], triples[columns])
    best, turn = None, 0
    while True:
        times = ENTRIES if turn < turns else ENTRIES_LAST
        dual = _converged(program, triples, value, active, times, left)
        if dual is None:
            return best
        best = dual, program.cuts
        if turn >= turns:
            return best
        used = dual.share > 1e-6
        sets, weights = broken_inside(program.triples[used], dual.share[used], region.inside)
        if sets:
            program.keep(
                program.cuts.rows(program.triples[used]) @ dual.share[used] > program.cuts.most - 1e-5
            )
            program.cut(Cuts.none(program.n).and_more(sets, weights))
        turn = turn + 1 if sets else turns


def _converged(
    program: Program,
    triples: Ints,
    value: Floats,
    active: NDArray[np.bool_],
    times: int,
    left: Callable[[], float],
) -> Dual | None:
    """Solve over the ``active`` triples, letting in those that are wanted, at most so many times."""
    while True:
        dual = program.solve(left()) if left() > 0 else None
        if dual is None:
            return None
        cuts = program.cuts
        rest = kernels.reduced(triples, value, dual.price, cuts.member, cuts.weight, dual.worth)
        wanted = np.flatnonzero((rest < -1e-7) & ~active)
        times -= 1
        if not len(wanted) or times <= 0:
            return dual
        new = wanted[np.argsort(rest[wanted], kind="stable")[:ENTER]]
        active[new] = True
        program.let_in(value[new], triples[new])


def _regions(triples: Ints, cells: list[NDArray[np.int64]], n: int) -> list[Region]:
    cell_of = np.empty(n, dtype=np.int64)
    for c, schools in enumerate(cells):
        cell_of[schools] = c
    touched = cell_of[triples]
    row = np.repeat(np.arange(len(triples)), 3)
    both = np.unique(touched.ravel() * len(triples) + row)
    first = np.searchsorted(both, np.arange(len(cells) + 1) * len(triples))
    found = []
    position = np.empty(n, dtype=np.int32)
    for c, own in enumerate(cells):
        at = both[first[c] : first[c + 1]] - c * len(triples)
        schools = np.union1d(triples[at].ravel(), own)
        position[schools] = np.arange(len(schools))
        found.append(Region(schools, cell_of[schools] == c, at, position[triples[at]]))
    return found


def _waves(regions: list[Region], m: int) -> list[list[int]]:
    """Regions in turns, in none of which two share a triple."""
    wave_of: list[int] = []
    taken: list[NDArray[np.bool_]] = []
    for region in regions:
        free = [w for w, used in enumerate(taken) if not used[region.at].any()]
        if not free:
            taken.append(np.zeros(m, dtype=np.bool_))
            free = [len(taken) - 1]
        taken[free[0]][region.at] = True
        wave_of.append(free[0])
    return [[r for r, w in enumerate(wave_of) if w == wave] for wave in range(len(taken))]


def _values(km: Floats, triples: Ints) -> Floats:
    i, j, k = km[triples].transpose(1, 0, 2)
    return np.asarray(np.hypot(*(i - j).T) + np.hypot(*(i - k).T) + np.hypot(*(j - k).T))
