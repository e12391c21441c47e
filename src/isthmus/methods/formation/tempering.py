"""Searching on a matrix of costs, by whole rows of trials (:mod:`.sweeping`).

A quick fall through all temperatures shows where it begins to matter what is accepted and where nothing more is to be
had. Where time is short, each of a few searches then falls slowly from the one to the other, in cycles. Where there is
enough of it, many searches stand on a ladder of temperatures between the two and change places: a good plan comes
down, a stuck one goes up. What runs at the same time shares no state, so that the plan does not depend on the
number of threads.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from isthmus.methods.formation.model import Model
from isthmus.methods.formation.repairing import breach
from isthmus.methods.formation.result import Stop
from isthmus.methods.formation.searching import Clock, Found, Group, Report, default_steps, seeds
from isthmus.methods.formation.state import energy, make_state
from isthmus.methods.formation.sweeping import BEST, BREACH, ENERGY, UPHILL, climb, sweep

# It begins where a quick fall through all temperatures has saved this share of what it saves in all, or where
# schools are still moved so often at a cost (times the number of schools, a sweep), whichever is hotter; and ends
# where the fall has saved nearly everything.
HOT, MOVING, COLD = 0.85, 0.3, 0.998
HOTTEST, FALL, LEVELS, PILOT_SWEEPS = 6.0, 0.75, 22, 6
DEAR = 1e6  # so dear is a breach, in spreads of a pair's cost, that there is none
CYCLE_SWEEPS = 100  # times the number of blocks
ROUNDS, ROUND_MOST = 64, 50_000_000
SWING, PRESS = 1.1, 2.0
HELD = 0.85  # share of a cycle after which a breach only gets dearer
RUNGS, EXCHANGES = 12, 8
ENOUGH = 25  # times the number of blocks: sweeps a rung that make a ladder worth it
STAND = 60_000  # trials on a rung before an exchange, at least
FREE = 4  # rungs, the coldest, on which sizes may change where the most pairs decide


Tell = Callable[["Walks"], bool]


def by_rows(model: Model) -> bool:
    """Whether a plan's worth is a sum over pairs in a matrix, any group is worth trying and nothing limits moves."""
    d = model.data
    plain = not d.near.shape[1] and not d.needs.shape[1] and not len(d.away)
    return bool(len(d.dense)) and plain and model.problem.objective != "mean"


class Walks:
    """Searches side by side: their plans, what is kept up to date with them, and the best plan each has met."""

    def __init__(self, model: Model, starts: list[Group], seed: int) -> None:
        self.model, d = model, model.data
        self.free = np.flatnonzero(~d.pinned).astype(np.int32)
        if not len(self.free):
            self.free = np.arange(len(d.pinned), dtype=np.int32)
        # Where pairs gain, the sizes with the most pairs decide, and single moves at heat would lose them.
        self.gains = bool(d.dense.mean() < 0) and bool((d.high[:, 0] < len(d.pinned)).all())
        self.row = len(d.pinned) + model.groups
        self.steps = 0
        many, b = len(starts), len(d.pinned)
        self.group = np.zeros((many, b), dtype=np.int32)
        self.contact, self.own = np.zeros((many, model.groups, b)), np.zeros((many, b))
        self.load = np.zeros((many, *d.low.shape))
        self.score = np.zeros((many, 4))
        self.rng = np.stack([seeds(seed, w, 0) for w in range(many)])
        for w, group in enumerate(starts):
            self.stand(w, group)
        self.best = self.group.copy()
        self.score[:, BEST] = self.score[:, ENERGY]
        self.temperature, self.price = np.ones(many), np.ones(many)

    def __len__(self) -> int:
        return len(self.group)

    def stand(self, w: int, group: Group) -> None:
        """Put a search at a plan, everything counted afresh."""
        state = make_state(self.model, group)
        self.group[w], self.load[w] = group, state.load
        self.contact[w], self.own[w] = state.contact, state.own
        self.score[w, ENERGY] = energy(self.model, state)
        self.score[w, BREACH] = breach(self.model.data, state.load, slice(None)).sum()

    @property
    def found(self) -> tuple[float, Group]:
        """The best plan of all."""
        w = int(self.score[:, BEST].argmin())
        return float(self.score[w, BEST]), self.best[w]

    @property
    def whole(self) -> int:
        """Trials of everything against everything."""
        return self.row * len(self.free)

    def round(self, pool: ThreadPoolExecutor | None, steps: int, held: bool) -> None:
        """``steps`` trials of each search at its temperature."""

        def one(w: int) -> int:
            tried = sweep(
                self.model.data, self.free, self.group[w], self.contact[w], self.own[w], self.load[w],
                self.best[w], self.score[w], self.rng[w], steps, self.temperature[w], self.price[w], held,
            )  # fmt: skip
            return int(tried)

        self.steps += sum((pool.map if pool else map)(one, range(len(self))))

    def window(self, pool: ThreadPoolExecutor | None, most: int) -> tuple[float, float]:
        """The temperatures at which to begin and to end; leaves the searches at the plans they fell to."""
        dense = self.model.data.dense
        spread = float(dense[np.triu_indices(len(dense), 1)].std()) or 1.0
        steps = max(min(PILOT_SWEEPS * self.whole, most // (LEVELS * len(self))), 1)
        falls = HOTTEST * spread * FALL ** np.arange(LEVELS)
        self.price[:] = DEAR * spread
        costs, moving = [], []
        for temperature in falls:
            self.temperature[:] = temperature
            self.score[:, UPHILL] = 0.0
            before = self.steps
            self.round(pool, steps, self.gains)
            uphill = float(self.score[:, UPHILL].sum())
            moving.append(uphill / max((self.steps - before) / self.row, 1e-12))
            costs.append(float(self.score[:, ENERGY].mean()))
        saved = np.maximum.accumulate(costs[0] - np.array(costs))
        saved /= max(saved[-1], 1e-12)
        busy = np.flatnonzero(np.array(moving) >= MOVING)
        hot = float(falls[min(int(np.argmax(saved >= HOT)), int(busy[-1]) if len(busy) else 0)])
        return hot, min(float(falls[int(np.argmax(saved >= COLD))]), hot * FALL)


class Ladder(Walks):
    """Searches that stand on rungs of falling temperature, the coldest first, and change places."""

    def __init__(self, before: Walks, seed: int, hot: float, cold: float) -> None:
        """From where the few searches ``before`` are."""
        starts = [before.group[r % len(before)] for r in range(RUNGS)]
        super().__init__(before.model, starts, seed)
        self.steps = before.steps
        value, group = before.found
        self.best[0], self.score[0, BEST] = group, value
        self.order = np.arange(RUNGS, dtype=np.int32)
        self.temperature = cold * (hot / cold) ** (np.arange(RUNGS) / (RUNGS - 1))
        self.price = self.temperature.copy()
        self.held = np.arange(RUNGS) >= (FREE if self.gains else RUNGS)

    def exchange(self, pool: ThreadPoolExecutor | None, cuts: list[int]) -> None:
        """Trials and exchanges within the parts of the ladder between ``cuts``; then the prices of breaches follow."""

        def part(ends: tuple[int, int]) -> int:
            tried = climb(
                self.model.data, self.free, self.group, self.contact, self.own, self.load, self.best,
                self.score, self.rng, self.order, *ends, EXCHANGES, max(self.whole, STAND), self.temperature,
                self.price, self.held,
            )  # fmt: skip
            return int(tried)

        self.steps += sum((pool.map if pool else map)(part, itertools.pairwise(cuts)))
        over = self.score[self.order, BREACH] > 1e-9
        self.price *= np.where(over, SWING, 1.0 / SWING)


def run_tempering(
    model: Model, starts: list[Group], *, stop: Stop, seed: int, workers: int, warm: bool, report: Report
) -> Found:
    """Search from the starts, all of which keep every rule. ``warm`` begins colder, to keep much of a plan given.
    ``report(fraction, steps, seconds, energy, group)`` returns False to stop."""
    work = Walks(model, starts, seed)
    # Compile or load the kernel before the clock starts.
    work.round(None, 0, False)
    clock = Clock(stop, default_steps(len(model.target)))
    pool = ThreadPoolExecutor(workers) if workers > 1 else None

    def tell(work: Walks) -> bool:
        value, group = work.found
        return clock.tell(work.steps, model, value, group, report)

    try:
        if tell(work):
            hot, cold = work.window(pool, clock.expected(0) // 20)
            if warm:
                hot = (hot * cold) ** 0.5
                for w in range(len(work)):
                    work.stand(w, work.best[w])
            if clock.expected(work.steps) < RUNGS * ENOUGH * len(work.free) * work.whole:
                _fall(work, clock, pool, hot, cold, tell)
            else:
                work = ladder = Ladder(work, seed, hot, cold)
                half, quarter = RUNGS // 2, RUNGS // 4
                cuts = [[0, half, RUNGS], [0, quarter, RUNGS - quarter, RUNGS]]
                turn = 0
                while tell(ladder) and clock.fraction(ladder.steps) < 1.0:
                    ladder.exchange(pool, cuts[turn % 2])
                    turn += 1
    finally:
        if pool:
            pool.shutdown()
    value, group = work.found
    return clock.found(group, value, work.steps)


def _fall(
    work: Walks, clock: Clock, pool: ThreadPoolExecutor | None, hot: float, cold: float, tell: Tell
) -> None:
    """Let each search fall from hot to cold, in cycles."""
    # Bounds beyond size: every other search may overstep them on its way.
    swings = np.arange(len(work)) % 2 == 1
    work.price[swings] = hot
    cycles = max(1, round(clock.expected(work.steps) / len(work) / (CYCLE_SWEEPS * work.whole)))
    rounds = cycles * ROUNDS
    first = clock.fraction(work.steps)
    going = True
    while going and (at := clock.fraction(work.steps)) < 1.0:
        phase = (at - first) / (1.0 - first) * cycles % 1.0
        work.temperature[:] = hot * (cold / hot) ** phase
        size = clock.next_round(rounds, len(work), work.steps, work.row, ROUND_MOST)
        before = time.perf_counter()
        work.round(pool, size, work.gains and phase < HELD)
        over = work.score[:, BREACH] > 1e-9
        work.price[over] *= PRESS if phase > HELD else SWING
        if phase <= HELD:
            work.price[~over & swings] /= SWING
        clock.timed(rounds, before)
        going = tell(work)
