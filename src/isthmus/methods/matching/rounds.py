"""Several rounds of review triads in which nobody meets again too soon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching.model import Floats, Groups, MatchingError, NoTriads, Triads
from isthmus.methods.matching.triads import review_triads

TRIES = 6


def may_meet(
    n: int, *, same: Sequence[Sequence[str | None]] = (), pairs: Iterable[tuple[int, int]] = ()
) -> NDArray[np.bool_]:
    """(n, n): who may review whom. ``same``: one label a school (its trust, say; None for none), once for each thing
    that must differ. ``pairs``: positions that must not meet (competitors)."""
    allowed = np.ones((n, n), dtype=np.bool_)
    for labels in same:
        if len(labels) != n:
            raise MatchingError(f"There are {n} schools and {len(labels)} labels. Give one label a school.")
        known = np.array([label is not None for label in labels])
        names = np.array([label or "" for label in labels])
        allowed &= ~((names[:, None] == names[None, :]) & known[:, None] & known[None, :])
    for i, j in pairs:
        allowed[i, j] = allowed[j, i] = False
    np.fill_diagonal(allowed, True)
    return allowed


def review_rounds(
    cost: Floats,
    rounds: int,
    *,
    apart_for: int | None = None,
    before: Sequence[Groups] = (),
    seconds: float = 30.0,
    seed: int = 1,
) -> tuple[Triads, ...]:
    """Rounds of triads, in order, so that no pair meets twice within ``apart_for`` rounds (None: never again).

    cost: as for ``review_triads``. before: rounds already held, oldest first. seconds: for each round.
    Each round is the cheapest given those before it, and its proof says so; the whole need not be the cheapest. Where
    a later round cannot be formed, earlier ones are chosen again with costs shaken a little, a few times; those carry
    no proof.
    Raises NoTriads, of the first try, where no try succeeds.
    """
    if rounds < 1 or (apart_for is not None and apart_for < 1):
        raise MatchingError("Ask for one round or more, and for pairs to be apart for one round or more.")
    failed: list[NoTriads] = []
    for attempt in range(TRIES):
        shaken = _shaken(cost, attempt, seed)
        try:
            held: list[Groups] = list(before)
            found = []
            for _ in range(rounds):
                now = _without(shaken, held[-(apart_for or len(held)) :] if held else [])
                one = review_triads(now, seconds=seconds, seed=seed + attempt)
                held.append(one.groups)
                found.append(one if attempt == 0 else _unproven(one, cost))
            return tuple(found)
        except NoTriads as problem:
            failed.append(problem)
    raise failed[0]


def _shaken(cost: Floats, attempt: int, seed: int) -> Floats:
    table = np.array(cost, dtype=np.float64)
    if attempt == 0:
        return table
    noise = np.random.default_rng((seed, attempt)).random(table.shape)
    spread = float(np.abs(table[np.isfinite(table)]).mean())
    return table + 0.3 * spread * (noise + noise.T)


def _without(cost: Floats, held: Sequence[Groups]) -> Floats:
    """The costs, infinite for those who met in one of the rounds."""
    table = cost.copy()
    for groups in held:
        for group in groups:
            for i, j in combinations(group, 2):
                table[i, j] = table[j, i] = np.inf
    return table


def _unproven(one: Triads, cost: Floats) -> Triads:
    value = float(sum(cost[i, j] for group in one.groups for i, j in combinations(group, 2)))
    return replace(one, cost=value, bound=-np.inf, proven=False)
