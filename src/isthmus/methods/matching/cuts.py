"""Inequalities that every round of triads keeps and fractions of triads break.

Of subset rows (Jepsen, Petersen, Spoorendonk and Pisinger 2008): of three schools, at most one triad holds two or more.
Of remainders (ours): a set whose number of schools leaves a remainder when divided by three cannot be split into
triads alone, so some cross its edge. Where the remainder is 1, either one triad has one school in the set, or two have
two; where it is 2, one has two, or two have one: counting the first kind once and the second half, they are at least 1.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching import kernels
from isthmus.methods.matching.model import Floats, Ints

Set = NDArray[np.bool_]
ROW = (0.0, 0.0, 1.0, 1.0)
REMAINDER = {1: (0.0, -1.0, -0.5, 0.0), 2: (0.0, -0.5, -1.0, 0.0)}
BROKEN = 1e-3
AT_ONCE = 100
GROWN = 18
WHOLE = 1_000_000


@dataclass(frozen=True)
class Cuts:
    """c inequalities: the sum over chosen triples of ``weight`` (c, 4) at how many of its schools are in the set
    ``member`` (c, n) is at most ``most`` (c,)."""

    member: NDArray[np.uint8]
    weight: Floats
    most: Floats

    @classmethod
    def none(cls, n: int) -> Cuts:
        """No inequality about n schools."""
        return cls(np.zeros((0, n), np.uint8), np.zeros((0, 4)), np.zeros(0))

    def __len__(self) -> int:
        return len(self.most)

    def kept(self, which: NDArray[np.bool_]) -> Cuts:
        """Only some of them."""
        return Cuts(self.member[which], self.weight[which], self.most[which])

    def and_more(self, sets: list[Set], weights: list[tuple[float, ...]]) -> Cuts:
        """These, and those on more sets."""
        if not sets:
            return self
        most = [1.0 if weight == ROW else -1.0 for weight in weights]
        return Cuts(
            np.vstack([self.member, np.array(sets, dtype=np.uint8)]),
            np.vstack([self.weight, np.array(weights)]),
            np.concatenate([self.most, most]),
        )

    def rows(self, triples: Ints) -> Floats:
        """(c, m) what each triple counts in each."""
        inside = self.member[:, triples].sum(axis=2)
        return np.take_along_axis(self.weight, inside, axis=1)


def broken_by(triples: Ints, share: Floats, n: int) -> tuple[list[Set], list[tuple[float, ...]]]:
    """The inequalities that a fractional choice breaks, worst first of each kind. triples (m, 3), share (m,)."""
    together = _together(triples, share, n)
    rows = _rows(triples, share, together)
    # n is a multiple of three: the rest of a set leaves the other remainder.
    sets = [~one if one.sum() > n // 2 else one for one in (*_narrow(together), *_grown(together))]
    remainders = _remainders(triples, share, sets)
    return rows + [s for s, _ in remainders], [ROW] * len(rows) + [w for _, w in remainders]


def broken_inside(triples: Ints, share: Floats, inside: Set) -> tuple[list[Set], list[tuple[float, ...]]]:
    """The same on sets of schools ``inside`` (n,) alone, whatever the number of the others; the quick ones to find."""
    together = _together(triples, share, len(inside))
    together[~inside] = together[:, ~inside] = 0.0
    rows = [some for some in _rows(triples, share, together) if inside[some].all()]
    remainders = _remainders(triples, share, _grown(together))
    return rows + [s for s, _ in remainders], [ROW] * len(rows) + [w for _, w in remainders]


def _together(triples: Ints, share: Floats, n: int) -> Floats:
    """(n, n) how far two schools share a triad."""
    together = np.zeros((n, n))
    for a, b in ((0, 1), (0, 2), (1, 2)):
        np.add.at(together, (triples[:, a], triples[:, b]), share)
    together += together.T
    return together


def _rows(triples: Ints, share: Floats, together: Floats) -> list[Set]:
    own = {tuple(t): float(x) for t, x in zip(triples.tolist(), share, strict=True)}
    seen: dict[tuple[int, ...], float] = {}
    for i in range(len(together)):
        for a, b in itertools.combinations(np.flatnonzero(together[i] > 1e-6).tolist(), 2):
            three = tuple(sorted((i, a, b)))
            if three not in seen:
                pairs = (
                    together[three[0], three[1]] + together[three[0], three[2]] + together[three[1], three[2]]
                )
                seen[three] = pairs - 2 * own.get(three, 0.0)
    worst = sorted((-value, three) for three, value in seen.items() if value > 1 + BROKEN)[:AT_ONCE]
    return [_as_set(three, len(together)) for _, three in worst]


def _as_set(members: tuple[int, ...], n: int) -> Set:
    chosen = np.zeros(n, dtype=np.bool_)
    chosen[list(members)] = True
    return chosen


def _remainders(triples: Ints, share: Floats, sets: list[Set]) -> list[tuple[Set, tuple[float, ...]]]:
    if not sets:
        return []
    table = np.array(sets)
    left = table.sum(axis=1) % 3
    weights = np.array([(0.0, 0.0, 0.0, 0.0), REMAINDER[1], REMAINDER[2]])[left]
    crossing = -kernels.counted(triples, share, table, weights)
    found: dict[bytes, tuple[float, bytes, Set, tuple[float, ...]]] = {}
    for at in np.flatnonzero((left > 0) & (crossing < 1 - BROKEN)):
        key = sets[at].tobytes()
        found[key] = (float(crossing[at]), key, sets[at], REMAINDER[int(left[at])])
    worst = sorted(found.values(), key=lambda one: one[:2])[:AT_ONCE]
    return [(some, weight) for _, _, some, weight in worst]


def _narrow(together: Floats) -> list[Set]:
    """The narrowest cut between each school and another (the tree of Gomory and Hu 1961, found as in Gusfield 1990)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    n = len(together)
    room = csr_array(np.round(together / 2 * WHOLE).astype(np.int32))
    parent = np.zeros(n, dtype=np.int64)
    sides = []
    for i in range(1, n):
        flow = maximum_flow(room, i, int(parent[i]))
        left = csr_array(room - flow.flow)
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        side = _as_set(tuple(breadth_first_order(left, i, return_predecessors=False).tolist()), n)
        sides.append(side)
        later = np.arange(n) > i
        parent[later & side & (parent == parent[i])] = i
    return sides


def _grown(together: Floats) -> list[Set]:
    """Sets grown from each school by whoever has most to do with those already in."""
    order, many = kernels.grow(together, GROWN)
    sets = []
    for row, last in zip(order, many, strict=True):
        some = np.zeros(len(together), dtype=np.bool_)
        some[row[0]] = True
        for nearest in row[1:last]:
            some[nearest] = True
            sets.append(some.copy())
    return sets
