"""The relaxation of set partitioning by triples, tightened by cuts until it decides or stalls.

min Σ c_t x_t over triples t, so that each school is in one. Columns are priced over all triples (Desrosiers and
Lübbecke 2005); those whose reduced cost exceeds the gap to a round already known can be in no better round and are
forgotten for good. Every bound is worked out again from the dual values by our own sums, so that no tolerance of the
linear program has to be trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching import cuts as making
from isthmus.methods.matching import kernels
from isthmus.methods.matching.cuts import Cuts
from isthmus.methods.matching.model import Floats, Ints
from isthmus.methods.matching.programming import Dual, Program

NEAR, PER, ENTER, POOL = 8, 3, 5_000, 4_000_000
SMALL = 600
WHOLE = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """Where it ended: ``bound`` on the cost of any round; the triples (m, 3) and ``value`` (m,) that a round better
    than the known one can consist of; ``cuts`` that hold; ``chosen`` rows of ``pool`` where the end was integral."""

    bound: float
    pool: Ints
    value: Floats
    cuts: Cuts
    chosen: Ints | None
    complete: bool


def values(cost: Floats, triples: Ints) -> Floats:
    """(m,) the cost of each triple."""
    i, j, k = triples.T
    out: Floats = cost[i, j] + cost[i, k] + cost[j, k]
    return out


def relax(cost: Floats, place: Ints, left: Callable[[], float], tell: Callable[[float], None]) -> Relaxed:
    """Bound rounds of triads from below. ``cost`` (n, n), infinite where two may not meet; ``place`` (n,) a known
    round, three seats a triad; ``left()`` the seconds that remain; ``tell`` hears of each better bound."""
    n = len(cost)
    round_ = np.sort(place.reshape(-1, 3), axis=1)
    known = float(values(cost, round_).sum())
    price, bound = _priced(cost, known, left)
    tell(bound)
    pool = kernels.within(cost, price, known - bound + _slack(known), POOL)
    value = values(cost, pool)
    complete = len(pool) > 0
    chosen, stalled = None, 0
    program = Program(np.full(n, max(known, 1.0)))
    # The known round keeps every cut, so with it the program always has a solution.
    active = (value - price[pool].sum(axis=1) < 0.1 * (known - bound) + WHOLE) | _among(pool, round_, n)
    columns = np.flatnonzero(active)
    program.let_in(value[columns], pool[columns])
    while complete and len(pool) > SMALL and left() > 0 and known - bound > _slack(known):
        solved = _over_pool(program, pool, value, columns, left)
        if solved is None:
            break
        dual, rest, columns = solved
        lower = _bound(dual, program.cuts, rest, n)
        stalled = 0 if lower > bound + 1e-5 * abs(bound) else stalled + 1
        bound = max(bound, lower)
        tell(bound)
        keep = rest <= known - lower + _slack(known)
        program.keep(program.cuts.rows(program.triples) @ dual.share > program.cuts.most - 1e-5)
        used = (dual.share > WHOLE) & keep[columns]
        some, share = pool[columns[used]], dual.share[used]
        program.only(keep[columns])
        columns = (np.cumsum(keep) - 1)[columns[keep[columns]]]
        pool, value = pool[keep], value[keep]
        if (share > 1 - WHOLE).all() and 3 * len(share) == n:
            chosen = some
            break
        sets, weights = making.broken_by(some, share, n)
        if not sets or stalled > 8:
            break
        program.cut(Cuts.none(n).and_more(sets, weights))
    return Relaxed(bound, pool, value, program.cuts, chosen, complete)


def _among(pool: Ints, some: Ints, n: int) -> NDArray[np.bool_]:
    """(m,) which triples of the pool are among some."""
    place = np.array([n * n, n, 1])
    return np.isin(pool @ place, some @ place)


def _slack(known: float) -> float:
    return WHOLE * max(1.0, abs(known)) * 0.1


def _priced(cost: Floats, known: float, left: Callable[[], float]) -> tuple[Floats, float]:
    """Prices (n,) under which no triple is worth more than it costs, and the bound they give."""
    n = len(cost)
    order = np.argsort(np.where(np.eye(n, dtype=np.bool_), np.inf, cost), axis=1)[:, : min(NEAR, n - 1)]
    a, b = np.triu_indices(order.shape[1], 1)
    first = np.stack([np.repeat(np.arange(n), len(a)), order[:, a].ravel(), order[:, b].ravel()], axis=1)
    pool = np.unique(np.sort(first, axis=1).astype(np.int32), axis=0)
    pool = pool[np.isfinite(values(cost, pool))]
    price, bound = np.full(n, 0.0), -np.inf
    dear = max(known, 1.0) if np.isfinite(known) else 1.0
    program = Program(np.full(n, dear))
    program.let_in(values(cost, pool), pool)
    while True:
        dual = program.solve(left())
        if dual is None:
            break
        least, more = kernels.cheapest(cost, dual.price, PER)
        # Each school is in one triple, so lowering all prices by a third of the worst makes every triple fair.
        lower = float(dual.price.sum()) + n / 3 * min(least, 0.0)
        if lower > bound:
            price, bound = dual.price + min(least, 0.0) / 3, lower
        if least > -1e-7 or left() <= 0:
            break
        more = np.unique(more[more[:, :, 0] >= 0], axis=0)
        program.let_in(values(cost, more), more)
    if not np.isfinite(bound):
        finite = np.where(np.isfinite(cost), cost, 0.0)
        price = np.full(n, min(float(finite.min()), 0.0))
        bound = float(price.sum())
    return price, bound


def _over_pool(
    program: Program, pool: Ints, value: Floats, columns: NDArray[np.int64], left: Callable[[], float]
) -> tuple[Dual, Floats, NDArray[np.int64]] | None:
    """Solve over the whole pool, letting in those that are wanted beside the rows ``columns`` of it. The dual values,
    the reduced costs (m,) of the pool, and the rows that the program then has, in its order."""
    inside = np.zeros(len(pool), dtype=np.bool_)
    inside[columns] = True
    while True:
        dual = program.solve(left())
        if dual is None:
            return None
        cuts = program.cuts
        rest = kernels.reduced(pool, value, dual.price, cuts.member, cuts.weight, dual.worth)
        wanted = np.flatnonzero((rest < -1e-7) & ~inside)
        if not len(wanted):
            return dual, rest, columns
        more = wanted[np.argsort(rest[wanted], kind="stable")[:ENTER]]
        inside[more] = True
        program.let_in(value[more], pool[more])
        columns = np.concatenate([columns, more])


def _bound(dual: Dual, cuts: Cuts, rest: Floats, n: int) -> float:
    return float(dual.price.sum() + dual.worth @ cuts.most + n / 3 * min(float(rest.min(initial=0.0)), 0.0))
