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


@dataclass(frozen=True)
class Dual:
    """A solved linear program: shares (m,) of the columns, prices (n,) of schools and worth (c,) of cuts."""

    share: Floats
    price: Floats
    worth: Floats


def values(cost: Floats, triples: Ints) -> Floats:
    """(m,) the cost of each triple."""
    i, j, k = triples.T
    out: Floats = cost[i, j] + cost[i, k] + cost[j, k]
    return out


def program(
    value: Floats, triples: Ints, cuts: Cuts, n: int, dear: float | Floats, seconds: float
) -> Dual | None:
    """Solve the relaxation over some triples; a school may be left alone for ``dear`` (for all, or (n,) each). None
    where time ran out or the cuts leave nothing."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    m = len(triples)
    cover = csr_array((np.ones(3 * m), (triples.T.ravel(), np.tile(np.arange(m), 3))), shape=(n, m))
    some = len(cuts) > 0
    # Who is left alone counts as on its way out of a set, so that there always is a solution.
    alone = cuts.member * cuts.weight[:, 1:2]
    rows = hstack([csr_array(cuts.rows(triples)), csr_array(alone)]) if some else None
    found = linprog(
        np.concatenate([value, np.full(n, dear)]),
        A_eq=hstack([cover, csr_array(np.eye(n))]),
        b_eq=np.ones(n),
        A_ub=rows,
        b_ub=cuts.most if some else None,
        method="highs",
        options={"time_limit": max(seconds, 0.05)},
    )
    if found.status != 0:
        return None
    worth = np.minimum(found.ineqlin.marginals, 0.0) if some else np.zeros(0)
    return Dual(found.x[:m], found.eqlin.marginals, worth)


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
    cuts, chosen = Cuts.none(n), None
    # The known round keeps every cut, so with it the program always has a solution.
    active = (value - price[pool].sum(axis=1) < 0.1 * (known - bound) + WHOLE) | _among(pool, round_, n)
    stalled = 0
    while complete and len(pool) > SMALL and left() > 0 and known - bound > _slack(known):
        solved = _over_pool(pool, value, cuts, active, known, left)
        if solved is None:
            break
        dual, rest = solved
        lower = _bound(dual, cuts, rest, n)
        stalled = 0 if lower > bound + 1e-5 * abs(bound) else stalled + 1
        bound = max(bound, lower)
        tell(bound)
        keep = rest <= known - lower + _slack(known)
        tight = cuts.rows(pool[active]) @ dual.share > cuts.most - 1e-5
        share = np.zeros(len(pool))
        share[active] = dual.share
        pool, value, active, share = pool[keep], value[keep], active[keep], share[keep]
        cuts = cuts.kept(tight)
        used = np.flatnonzero(share > WHOLE)
        if (share[used] > 1 - WHOLE).all() and 3 * len(used) == n:
            chosen = pool[used]
            break
        sets, weights = making.broken_by(pool[used], share[used], n)
        if not sets or stalled > 8:
            break
        cuts = cuts.and_more(sets, weights)
    return Relaxed(bound, pool, value, cuts, chosen, complete)


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
    while True:
        dual = program(values(cost, pool), pool, Cuts.none(n), n, dear, left())
        if dual is None:
            break
        least, more = kernels.cheapest(cost, dual.price, PER)
        # Each school is in one triple, so lowering all prices by a third of the worst makes every triple fair.
        lower = float(dual.price.sum()) + n / 3 * min(least, 0.0)
        if lower > bound:
            price, bound = dual.price + min(least, 0.0) / 3, lower
        if least > -1e-7 or left() <= 0:
            break
        pool = np.unique(np.concatenate([pool, more[more[:, :, 0] >= 0]]), axis=0)
    if not np.isfinite(bound):
        finite = np.where(np.isfinite(cost), cost, 0.0)
        price = np.full(n, min(float(finite.min()), 0.0))
        bound = float(price.sum())
    return price, bound


def _over_pool(
    pool: Ints, value: Floats, cuts: Cuts, active: NDArray[np.bool_], known: float, left: Callable[[], float]
) -> tuple[Dual, Floats] | None:
    """Solve over the whole pool, letting columns in as they are wanted; marks them in ``active``. The dual values and
    the reduced costs (m,) of the pool."""
    n = cuts.member.shape[1]
    while True:
        dual = program(value[active], pool[active], cuts, n, max(known, 1.0), left())
        if dual is None:
            return None
        rest = kernels.reduced(pool, value, dual.price, cuts.member, cuts.weight, dual.worth)
        wanted = np.flatnonzero((rest < -1e-7) & ~active)
        if not len(wanted):
            return dual, rest
        active[wanted[np.argsort(rest[wanted], kind="stable")[:ENTER]]] = True


def _bound(dual: Dual, cuts: Cuts, rest: Floats, n: int) -> float:
    return float(dual.price.sum() + dual.worth @ cuts.most + n / 3 * min(float(rest.min(initial=0.0)), 0.0))
