"""One round of review triads: each school is reviewed by the two others of its group, at the least cost, with proof."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching import kernels
from isthmus.methods.matching.model import Floats, Groups, Ints, MatchingError, NoTriads, Triads
from isthmus.methods.matching.relaxing import Relaxed, relax, values

STARTS, STEPS = 4, 40_000
OnProgress = Callable[[float, float], None]


def review_triads(
    cost: Floats,
    *,
    seconds: float = 60.0,
    seed: int = 1,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Triads:
    """The cheapest round of triads of n schools, proven where time allows.

    cost: (n, n) symmetric, any unit (kilometres, say), what it costs that two review each other; infinite where they
    must not meet (same trust, competitors, met before). The diagonal is not read. Where n is no multiple of three,
    one pair (remainder 2) or two (remainder 1) are formed beside the triads.
    seconds: after which the best round so far is returned with its bound. on_progress: told (cost, bound).
    Raises MatchingError where ``cost`` is no such table, NoTriads where a pair that must not meet would.
    """
    began = time.perf_counter()
    table = _sound(cost)
    n = len(cost)

    def left() -> float:
        return 0.0 if cancelled() else seconds - (time.perf_counter() - began)

    allowed = np.isfinite(table)
    place = _first(table, seed, lambda: left() > 0.8 * seconds)
    groups = _groups(place, n)
    broken = _broken(groups, allowed)
    if broken:
        # Is there a round at all? The same question, where a pair that must not meet costs one and no other anything.
        least = _cheapest(np.where(allowed, 0.0, 1.0), place, n, left, None)
        groups, broken = least.groups, _broken(least.groups, allowed)
        if broken:
            raise NoTriads(groups, broken, max(0, int(np.ceil(least.bound - 1e-6))))
        place = _seats(groups, len(table))
    return _cheapest(table, place, n, left, on_progress)


def _sound(cost: Floats) -> Floats:
    """The table as floats, with schools of nobody added so that threes come out; they cost nothing."""
    table = np.array(cost, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise MatchingError(
            f"Costs are a square table, a row and a column for each school; this is {table.shape}."
        )
    np.fill_diagonal(table, 0.0)
    if np.isnan(table).any() or (table == -np.inf).any():
        raise MatchingError(
            "A cost is missing. Give a number for every pair, or infinity where two must not meet."
        )
    if not np.array_equal(table, table.T):
        raise MatchingError(
            "The table is not symmetric: what two schools cost must not depend on their order."
        )
    if len(table) < 3:
        raise MatchingError("A triad needs three schools.")
    spare = -len(table) % 3
    whole = np.zeros((len(table) + spare, len(table) + spare))
    whole[: len(table), : len(table)] = table
    if spare == 2:
        whole[-1, -2] = whole[-2, -1] = np.inf
    return whole


def _first(table: Floats, seed: int, early: Callable[[], bool]) -> Ints:
    """Annealing from a few random orders, more than one only while it is ``early``; a pair that must not meet costs
    more than any round."""
    finite = table[np.isfinite(table)]
    spread = float(np.abs(finite).max(initial=0.0)) or 1.0
    soft = np.where(np.isfinite(table), table, 4 * spread)
    n = len(table)
    near = (
        float(np.partition(np.where(np.eye(n, dtype=np.bool_), np.inf, soft), 1, axis=1)[:, :2].mean())
        or spread
    )
    found: list[tuple[float, int, Ints]] = []
    for start in range(STARTS):
        if found and not early():
            break
        place = np.random.default_rng((seed, start)).permutation(n).astype(np.int32)
        value = float(kernels.anneal(soft, place, STEPS * n, 2 * near, 0.01 * near, seed + start))
        found.append((value, start, place))
    return min(found, key=lambda one: one[:2])[2]


def _cheapest(
    table: Floats, place: Ints, n: int, left: Callable[[], float], on_progress: OnProgress | None
) -> Triads:
    """From some round to the best one: relax, then choose among the triples that remain."""
    cost = float(values(table, place.reshape(-1, 3)).sum())

    def tell(bound: float) -> None:
        if on_progress is not None:
            on_progress(cost, min(bound, cost))

    relaxed = relax(table, place, left, tell)
    bound, triples = relaxed.bound, relaxed.chosen
    if triples is None and relaxed.complete:
        triples, bound = _chosen(relaxed, cost, len(table), left())
    if triples is not None:
        better = float(values(table, triples).sum())
        if better < cost:
            place, cost = triples.ravel(), better
    bound = min(bound, cost)
    tell(bound)
    proven = cost - bound <= 1e-6 * max(1.0, abs(cost))
    return Triads(_groups(place, n), cost, bound, proven, len(relaxed.cuts))


def _chosen(relaxed: Relaxed, known: float, n: int, seconds: float) -> tuple[Ints | None, float]:
    """A round among the triples that remain, by integer programming (HiGHS), and a bound on all rounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, vstack

    m = len(relaxed.pool)
    if m == 0 or seconds <= 0:
        return None, known if m == 0 else relaxed.bound
    cover = csr_array((np.ones(3 * m), (relaxed.pool.T.ravel(), np.tile(np.arange(m), 3))), shape=(n, m))
    cuts = relaxed.cuts
    matrix = vstack([cover, csr_array(cuts.rows(relaxed.pool))]) if len(cuts) else cover
    least = np.concatenate([np.ones(n), np.full(len(cuts), -np.inf)])
    found = milp(
        relaxed.value,
        constraints=LinearConstraint(matrix, least, np.concatenate([np.ones(n), cuts.most])),
        integrality=np.ones(m),
        bounds=Bounds(0, 1),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": 0.0},
    )
    if found.status == 2:  # nothing better than what is known
        return None, known
    bound = relaxed.bound
    if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
        bound = max(bound, float(found.mip_dual_bound))
    return (None if found.x is None else relaxed.pool[found.x > 0.5]), bound


def _groups(place: Ints, n: int) -> Groups:
    """The triads in order, without the schools of nobody."""
    threes = [tuple(sorted(int(v) for v in seats if v < n)) for seats in place.reshape(-1, 3)]
    return tuple(sorted(threes))


def _seats(groups: Groups, seats: int) -> Ints:
    spare = iter(range(sum(map(len, groups)), seats))
    return np.array(
        [v for g in groups for v in (*g, *(next(spare) for _ in range(3 - len(g))))], dtype=np.int32
    )


def _broken(groups: Groups, allowed: NDArray[np.bool_]) -> int:
    return sum(not allowed[a, b] for g in groups for at, a in enumerate(g) for b in g[at + 1 :])
