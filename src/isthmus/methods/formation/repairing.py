"""From a plan that breaks hard rules to one that keeps them: tabu search (Glover 1989) over moves and swaps."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.kernels import Data
from isthmus.methods.formation.model import Model

Group = NDArray[np.int32]
Ints = NDArray[np.integer[Any]]
MANY = 2_500
TENURE = 7
TABLE = 4_000_000


class Repairer:
    """A plan being repaired, with the load of each group. A breach counts in typical items (``Data.unit``)."""

    def __init__(self, model: Model, group: Group, rng: np.random.Generator) -> None:
        self.model, self.d, self.rng = model, model.data, rng
        self.group = group.copy()
        self.load = np.zeros((model.groups, self.d.resource.shape[1]))
        np.add.at(self.load, group, self.d.resource)
        self.rest = np.zeros(len(group), dtype=np.int64)
        heart = np.add.reduceat(model.costs.km[self.d.schools], self.d.first[:-1], axis=0)
        self.heart = heart / np.diff(self.d.first)[:, None]
        self.foe_of = np.repeat(np.arange(len(group)), np.diff(self.d.foe_first))
        # Foes of a block follow one another, so these keys are in order.
        self.keys = self.foe_of.astype(np.int64) * len(group) + self.d.foe
        self.counts = self._counted()
        self.clash = np.zeros(model.groups)
        if len(self.d.foe):
            same = self.group[self.foe_of] == self.group[self.d.foe]
            np.add.at(self.clash, self.group[self.foe_of[same]], 0.5)

    def broken(self) -> NDArray[np.float64]:
        """(K,) breach of each group."""
        return breach(self.d, self.load, slice(None)) + self.clash

    def over(self) -> int:
        """Schools away from the group they were in, beyond the limit."""
        return max(0, self.left() - self.d.most_moves)

    def left(self) -> int:
        """Schools away from the group they were in; 0 without a limit on moves."""
        return int(self.d.away[np.arange(len(self.group)), self.group].sum()) if len(self.d.away) else 0

    def foes_in(self, g: int) -> Ints:
        """(b,) how many foes each block has in group g."""
        if self.counts is not None:
            return self.counts[:, g]
        return np.bincount(self.foe_of[self.group[self.d.foe] == g], minlength=len(self.group))

    def away(self, i: Ints, goal: Ints | int) -> NDArray[np.float64]:
        """Change of schools away from the group they were in when blocks i join the groups ``goal``."""
        return np.asarray(self.d.away[i, goal].astype(float) - self.d.away[i, self.group[i]])

    def options(self, g: int, wide: bool) -> tuple[Ints, Ints, Ints, NDArray[np.float64]]:
        """All ways to change group g: (i, goal, j, change of breach); i joins goal, j (−1: none) takes its place."""
        d, group = self.d, self.group
        inside = np.flatnonzero((group == g) & ~d.pinned)
        outside = np.flatnonzero((group != g) & ~d.pinned)
        if len(outside) > MANY and not wide and len(inside):
            apart = np.square(self.heart[outside] - self.heart[inside].mean(axis=0)).sum(axis=1)
            outside = outside[np.argpartition(apart, MANY)[:MANY]]
        i = np.repeat(outside, len(inside) + 1)
        j = np.tile(np.append(inside, -1), len(outside))
        # Members of g that leave for another group.
        leave = np.repeat(inside, self.model.groups)
        to = np.tile(np.arange(self.model.groups), len(inside))
        keep = to != g
        goal = np.concatenate([np.full(len(i), g), to[keep]])
        i, j = np.concatenate([i, leave[keep]]), np.concatenate([j, np.full(int(keep.sum()), -1)])
        source = group[i]
        grown = d.resource[i] - np.where(j[:, None] >= 0, d.resource[j], 0.0)
        worse = breach(d, self.load[source] - grown, source) + breach(d, self.load[goal] + grown, goal)
        base = breach(d, self.load, slice(None))
        worse -= base[source] + base[goal]
        if len(d.foe):
            worse += self._clashes(i, j, goal, g)
        if len(d.away):
            away = self.away(i, goal) + np.where(j >= 0, self.away(j, source), 0.0)
            now = float(self.left() - d.most_moves)
            worse += np.maximum(now + away, 0.0) - max(now, 0.0)
        return i, goal, j, worse

    def _clashes(self, i: Ints, j: Ints, goal: Ints, g: int) -> NDArray[np.float64]:
        group = self.group
        if self.counts is None:
            # Too many to tabulate: only joins of g matter, and a move out is judged against its own group alone.
            mine = self.foes_in(g)
            return np.where(goal == g, mine[i], 0.0)
        change = self.counts[i, goal] - self.counts[i, group[i]].astype(float)
        swap = j >= 0
        change[swap] += self.counts[j[swap], group[i[swap]]] - self.counts[j[swap], goal[swap]]
        wanted = i[swap].astype(np.int64) * len(group) + j[swap]
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        change[swap] -= 2.0 * (self.keys[at] == wanted)
        return np.asarray(change)

    def _counted(self) -> NDArray[np.int32] | None:
        """(b, K) how many foes each block has in each group; None where the table would be too large."""
        b, k = len(self.group), self.model.groups
        if b * k > TABLE:
            return None
        at = self.foe_of.astype(np.int64) * k + self.group[self.d.foe]
        return np.bincount(at, minlength=b * k).reshape(b, k).astype(np.int32)

    def _recount(self, block: int, source: int, goal: int) -> None:
        if self.counts is not None:
            foes = self.d.foe[self.d.foe_first[block] : self.d.foe_first[block + 1]]
            self.counts[foes, source] -= 1
            self.counts[foes, goal] += 1

    def price(self, i: int, goal: int, j: int) -> float:
        """Roughly what a change costs: by the matrix, else by distances to the middles of the groups."""
        d, source = self.d, self.group[i]
        here, there = np.flatnonzero(self.group == source), np.flatnonzero(self.group == goal)
        if len(d.dense):
            cost = d.dense[i, there].sum() - d.dense[i, here].sum()
            if j >= 0:
                cost += d.dense[j, here].sum() - d.dense[j, there].sum() - 2 * d.dense[i, j]
            return float(cost)
        middle_a, middle_b = (
            self.heart[here].mean(axis=0),
            self.heart[there if len(there) else here].mean(axis=0),
        )
        cost = np.hypot(*(self.heart[i] - middle_b)) - np.hypot(*(self.heart[i] - middle_a))
        if j >= 0:
            cost += np.hypot(*(self.heart[j] - middle_a)) - np.hypot(*(self.heart[j] - middle_b))
        return float(cost)

    def make(self, i: int, goal: int, j: int) -> None:
        source = int(self.group[i])
        grown = self.d.resource[i] - (self.d.resource[j] if j >= 0 else 0.0)
        self.group[i] = goal
        if j >= 0:
            self.group[j] = source
        self.load[source] -= grown
        self.load[goal] += grown
        self._recount(i, source, goal)
        if j >= 0:
            self._recount(j, goal, source)
        if len(self.d.foe):
            for g in (source, goal):
                members = np.flatnonzero(self.group == g)
                self.clash[g] = self.foes_in(g)[members].sum() / 2


def breach(d: Data, load: NDArray[np.float64], at: Ints | slice) -> NDArray[np.float64]:
    """How far loads (…, C) of the groups ``at`` lie outside their bounds, beyond rounding."""
    slack = 1e-9 * np.maximum(1.0, np.abs(load))
    under, beyond = d.low[at] - load, load - d.high[at]
    outside = np.where(under > slack, under, 0.0) + np.where(beyond > slack, beyond, 0.0)
    return np.asarray((outside * d.unit).sum(axis=-1))


def repair(
    model: Model, group: Group, *, seed: int, rounds: int, seconds: float | None = None
) -> tuple[Group, float]:
    """The plan with the least breach of hard rules found, and that breach (0 when every rule holds)."""
    rng = np.random.default_rng([seed, 7])
    work = Repairer(model, group, rng)
    began = time.perf_counter()
    best, best_total, wide = work.group.copy(), np.inf, False
    for turn in range(rounds):
        broken = work.broken()
        total = float(broken.sum()) + work.over()
        if total < best_total - 1e-12:
            best, best_total = work.group.copy(), total
        if best_total <= 0 or (seconds is not None and time.perf_counter() - began > seconds):
            break
        guilty = np.flatnonzero(broken > 0)
        g = int(rng.choice(guilty)) if len(guilty) else int(rng.integers(model.groups))
        i, goal, j, worse = work.options(g, wide)
        tabu = (work.rest[i] > turn) | ((j >= 0) & (work.rest[j] > turn))
        worse = np.where(tabu & (total + worse >= best_total - 1e-12), np.inf, worse)
        least = float(worse.min(initial=np.inf))
        wide = least >= 0 and not wide
        if not np.isfinite(least) or (wide and len(work.group) > MANY):
            continue
        equal = np.flatnonzero(worse <= least + 1e-12)
        if len(equal) > 40:
            equal = rng.choice(equal, 40, replace=False)
        chosen = min(equal, key=lambda c: work.price(int(i[c]), int(goal[c]), int(j[c])))
        work.make(int(i[chosen]), int(goal[chosen]), int(j[chosen]))
        for block in (int(i[chosen]), int(j[chosen])):
            if block >= 0:
                work.rest[block] = turn + 1 + TENURE + int(rng.integers(TENURE + 1))
    return best, best_total
