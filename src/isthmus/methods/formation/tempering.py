"""Simulated annealing on a matrix of costs, in cycles, by whole rows of trials (:mod:`.sweeping`).

A quick fall through all temperatures shows where it begins to matter what is accepted and where nothing more is to be
had; each cycle goes slowly from the one to the other. The
replicas share no state within a cycle, so that the plan does not depend on the number of threads.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.kernels import Array
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.repairing import breach
from isthmus.methods.formation.result import Stop
from isthmus.methods.formation.searching import Clock, Found, Group, Report, default_steps, seeds
from isthmus.methods.formation.state import energy, make_state
from isthmus.methods.formation.sweeping import BEST, BREACH, ENERGY, UPHILL, sweep

# A cycle begins where a quick fall through all temperatures has saved this share of what it saves in all, or where
# schools are still moved so often at a cost (times the number of schools, a sweep), whichever is hotter; and ends
# where the fall has saved nearly everything.
HOT, MOVING, COLD = 0.85, 0.3, 0.998
HOTTEST, FALL, LEVELS, PILOT_SWEEPS = 6.0, 0.75, 22, 6
DEAR = 1e6  # so dear is a breach, in spreads of a pair's cost, that there is none
CYCLE_SWEEPS = 100  # times the number of blocks
ROUNDS, ROUND_MOST = 64, 50_000_000
SWING, PRESS = 1.1, 2.0
HELD = 0.85  # share of a cycle after which a breach only gets dearer


def by_rows(model: Model) -> bool:
    """Whether a plan's worth is a sum over pairs in a matrix, any group is worth trying and nothing limits moves."""
    d = model.data
    plain = not d.near.shape[1] and not d.needs.shape[1] and not len(d.away)
    return bool(len(d.dense)) and plain and model.problem.objective != "mean"


@dataclass
class Walk:
    """One replica: its plan, what is kept up to date with it, and the best plan it has met."""

    group: Group
    contact: Array
    load: Array
    best: Group
    score: NDArray[np.float64]
    rng: NDArray[np.uint64]
    temperature: float = 1.0
    price: float = 1.0
    swings: bool = False


class Tempering:
    """The replicas of one search."""

    def __init__(self, model: Model, starts: list[Group], seed: int) -> None:
        self.model, d = model, model.data
        self.free = np.flatnonzero(~d.pinned).astype(np.int32)
        if not len(self.free):
            self.free = np.arange(len(d.pinned), dtype=np.int32)
        # Where pairs gain, the sizes with the most pairs decide, and single moves at heat would lose them.
        self.gains = bool(d.dense.mean() < 0) and bool((d.high[:, 0] < len(d.pinned)).all())
        self.held = self.gains
        self.row = len(self.free) + model.groups
        self.steps = 0
        self.walks = []
        for r, group in enumerate(starts):
            walk = Walk(group.copy(), np.empty(0), np.empty(0), group.copy(), np.zeros(4), seeds(seed, r, 0))
            self.stand(walk, group)
            walk.score[BEST] = walk.score[ENERGY]
            self.walks.append(walk)

    def stand(self, walk: Walk, group: Group) -> None:
        """Put a replica at a plan, everything counted afresh."""
        state = make_state(self.model, group)
        walk.group, walk.load = state.group, state.load
        walk.contact = np.ascontiguousarray(state.contact.T)
        walk.score[ENERGY] = energy(self.model, state)
        walk.score[BREACH] = breach(self.model.data, state.load, slice(None)).sum()

    @property
    def best(self) -> Walk:
        return min(self.walks, key=lambda walk: float(walk.score[BEST]))

    def sweeps(self, steps: int) -> float:
        return steps / (self.row * len(self.free))

    def one(self, walk: Walk, steps: int) -> int:
        """``steps`` trials of one replica."""
        tried = sweep(
            self.model.data, self.free, walk.group, walk.contact, walk.load, walk.best, walk.score, walk.rng,
            steps, walk.temperature, walk.price, self.held,
        )  # fmt: skip
        return int(tried)

    def round(self, pool: ThreadPoolExecutor | None, steps: int, late: bool) -> None:
        """``steps`` trials of each replica, then the price of a breach follows whether there is one."""
        done = (pool.map if pool else map)(lambda walk: self.one(walk, steps), self.walks)
        self.steps += sum(done)
        for walk in self.walks:
            if walk.score[BREACH] > 1e-9:
                walk.price *= PRESS if late else SWING
            elif not late and walk.swings:
                walk.price /= SWING

    def window(self, pool: ThreadPoolExecutor | None, most: int) -> tuple[float, float]:
        """The temperatures at which a cycle begins and ends; leaves the replicas at the plans it fell to."""
        dense = self.model.data.dense
        spread = float(dense[np.triu_indices(len(dense), 1)].std()) or 1.0
        sweeps = PILOT_SWEEPS * self.row * len(self.free)
        steps = max(min(sweeps, most // (LEVELS * len(self.walks))), 1)
        falls = HOTTEST * spread * FALL ** np.arange(LEVELS)
        costs, moving = [], []
        for temperature in falls:
            for walk in self.walks:
                walk.temperature = float(temperature)
                walk.price = DEAR * spread
                walk.score[UPHILL] = 0.0
            before = self.steps
            self.round(pool, steps, False)
            uphill = sum(float(walk.score[UPHILL]) for walk in self.walks)
            moving.append(uphill / max(self.sweeps(self.steps - before) * len(self.free), 1e-12))
            costs.append(float(np.mean([walk.score[ENERGY] for walk in self.walks])))
        saved = np.maximum.accumulate(costs[0] - np.array(costs))
        saved /= max(saved[-1], 1e-12)
        busy = np.flatnonzero(np.array(moving) >= MOVING)
        hot = float(falls[min(int(np.argmax(saved >= HOT)), int(busy[-1]) if len(busy) else 0)])
        return hot, min(float(falls[int(np.argmax(saved >= COLD))]), hot * FALL)


def run_tempering(
    model: Model, starts: list[Group], *, stop: Stop, seed: int, workers: int, warm: bool, report: Report
) -> Found:
    """Anneal from the starts (one a replica), all of which keep every rule. ``warm`` begins each cycle colder, to
    keep much of a plan given. ``report(fraction, steps, seconds, energy, group)`` returns False to stop."""
    work = Tempering(model, starts, seed)
    # Compile or load the kernel before the clock starts.
    work.one(work.walks[0], 0)
    clock = Clock(stop, default_steps(len(model.target)))
    pool = ThreadPoolExecutor(workers) if workers > 1 and len(starts) > 1 else None

    def tell() -> bool:
        best = work.best
        return clock.tell(work.steps, model, float(best.score[BEST]), best.best, report)

    try:
        going = tell()
        hot, cold = work.window(pool, clock.expected(0) // 20) if going else (1.0, 0.5)
        if warm:
            hot = (hot * cold) ** 0.5
            for walk in work.walks:
                work.stand(walk, walk.best)
        # Bounds beyond size: every other replica may overstep them on its way.
        for walk in work.walks[1::2]:
            walk.price, walk.swings = hot, True
        whole = work.sweeps(clock.expected(work.steps)) / len(starts)
        cycles = max(1, round(whole / (CYCLE_SWEEPS * len(work.free))))
        rounds = cycles * ROUNDS
        first = clock.fraction(work.steps)
        while going and (at := clock.fraction(work.steps)) < 1.0:
            phase = (at - first) / (1.0 - first) * cycles % 1.0
            for walk in work.walks:
                walk.temperature = hot * (cold / hot) ** phase
            work.held = work.gains and phase < HELD
            size = clock.next_round(rounds, len(starts), work.steps, work.row, ROUND_MOST)
            before = time.perf_counter()
            work.round(pool, size, phase > HELD)
            clock.timed(rounds, before)
            going = tell()
    finally:
        if pool:
            pool.shutdown()
    best = work.best
    return clock.found(best.best, float(best.score[BEST]), work.steps)
