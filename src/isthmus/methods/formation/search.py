"""Simulated annealing over plans that keep every rule.

On a large map where distances alone decide, trials are those of :mod:`.roaming`, else those of :mod:`.kernels`. The
temperature is steered by how often a trial that costs more is accepted, falling evenly on a logarithmic scale.
Work is divided without regard to the number of threads, so that the same seed and steps give the same plan: with a
matrix into replicas (independent searches, the best wins), without one into strips of the map (the same number
however many threads), cut in a new direction each round so that no seam stays.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.kernels import Data, State, anneal
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.result import Stop
from isthmus.methods.formation.roaming import Placed, on_map, placed, roam
from isthmus.methods.formation.searching import Clock, Found, Group, Report, default_steps, seeds
from isthmus.methods.formation.state import energy, make_state

REPLICAS, REPLICAS_SMALL, SMALL = 2, 8, 100
STRIPS = 8
ROUNDS = 160
ROUND_MOST = 3_000_000
# Accepted uphill share of trials at the start and at the end: of trials at random, most of which are absurd; under
# bounds on weight, where fewer trials are allowed at all; and of trials with near schools, where moreover growing and
# shrinking groups have to travel over the map.
WARM, COLD = 0.005, 0.00003
WARM_WEIGHT, COLD_WEIGHT = 0.05, 0.0002
WARM_NEAR, COLD_NEAR = 0.2, 0.001
# The same of trials that look at all of a near group at once.
WARM_MAP, COLD_MAP = 0.3, 0.002

Call = tuple[Data, Any, Group, NDArray[np.int16], int, NDArray[np.uint64], int, float]


@dataclass
class Replica:
    """One search: its plan, temperature and best so far."""

    state: State | Placed
    energy: float
    temperature: float
    best: Group
    best_energy: float
    rngs: list[NDArray[np.uint64]]
    rate: float = 0.0


class Annealer:
    """Runs rounds over replicas and strips until the stopping rule is met."""

    def __init__(self, model: Model, starts: list[Group], seed: int, workers: int, warm: bool) -> None:
        self.model = model
        self.strips = 1 if len(model.data.dense) or len(model.data.away) else STRIPS
        self.workers = workers
        self.warm = warm
        self.steps = 0
        self.everyone = np.arange(len(model.target), dtype=np.int32)[~model.data.pinned]
        if not len(self.everyone):
            self.everyone = np.arange(len(model.target), dtype=np.int32)
        self.hearts = np.add.reduceat(model.costs.km[model.data.schools], model.data.first[:-1], axis=0)
        self.hearts /= np.diff(model.data.first)[:, None]
        self.light = on_map(model)
        self.replicas = []
        for r, group in enumerate(starts):
            state = make_state(model, group)
            value = energy(model, state)
            kept = placed(model, group) if self.light else state
            rngs = [seeds(seed, r, strip) for strip in range(self.strips)]
            self.replicas.append(Replica(kept, value, 0.0, group.copy(), value, rngs))

    @property
    def best(self) -> Replica:
        return min(self.replicas, key=lambda replica: replica.best_energy)

    def jobs(self, replica: Replica, steps: int, turn: int) -> list[Call]:
        """The kernel calls of one round of one replica: arguments of :func:`anneal`."""
        d, s = self.model.data, replica.state
        if self.strips == 1:
            part_of = np.zeros(self.model.groups, dtype=np.int16)
            return [(d, s, self.everyone, part_of, 0, replica.rngs[0], steps, replica.temperature)]
        angle = turn * math.pi * 0.381966
        along = self.hearts @ np.array([math.cos(angle), math.sin(angle)])
        total = np.bincount(s.group, weights=along, minlength=self.model.groups)
        order = np.argsort(total / np.maximum(s.filled, 1), kind="stable")
        part_of = np.empty(self.model.groups, dtype=np.int16)
        part_of[order] = np.arange(self.model.groups) * self.strips // self.model.groups
        part = part_of[s.group[self.everyone]]
        found: list[Call] = []
        # Shares by how many blocks a strip holds, adding up to the steps exactly.
        until = np.rint(np.cumsum(np.bincount(part, minlength=self.strips)) * steps / len(part)).astype(int)
        for strip, share in enumerate(np.diff(until, prepend=0).tolist()):
            mine = self.everyone[part == strip]
            if len(mine):
                found.append((d, s, mine, part_of, strip, replica.rngs[strip], share, replica.temperature))
        return found

    def call(self, one: Call) -> Any:
        """(accepted trials that cost more, change of the sum) of one kernel call."""
        return (roam if self.light else anneal)(*one)

    def round(self, pool: ThreadPoolExecutor | None, steps: int, turn: int) -> None:
        """One round of ``steps`` trials in every replica at its temperature."""
        calls = [self.jobs(replica, steps, turn) for replica in self.replicas]
        flat = [call for calls_of_one in calls for call in calls_of_one]
        results = list(pool.map(self.call, flat)) if pool else [self.call(one) for one in flat]
        at = 0
        for replica, mine in zip(self.replicas, calls, strict=True):
            part = results[at : at + len(mine)]
            at += len(mine)
            tried = sum(call[6] for call in mine)
            self.steps += tried
            replica.rate = sum(uphill for uphill, _ in part) / max(tried, 1)
            replica.energy += sum(gained for _, gained in part)
            if replica.energy < replica.best_energy - 1e-9:
                replica.best_energy = replica.energy
                replica.best = replica.state.group.copy()

    def calibrate(self, pool: ThreadPoolExecutor | None, goal: float) -> None:
        """Find each replica's temperature at which about ``goal`` of the trials are accepted uphill."""
        steps = max(2_000, 4 * len(self.everyone))
        for replica in self.replicas:
            replica.temperature = max(abs(replica.energy) / max(len(replica.state.group), 1) * 0.1, 1e-6)
        for turn in range(40):
            self.round(pool, steps, turn)
            off = False
            for replica in self.replicas:
                ratio = goal / max(replica.rate, 1e-5)
                off |= not 0.6 < ratio < 1.6
                replica.temperature *= min(max(ratio**0.5, 0.25), 4.0)
            if not off:
                break


def _steer(replica: Replica, goal: float) -> None:
    """Nudge the temperature towards the goal of acceptance."""
    replica.temperature *= min(max((goal / max(replica.rate, goal / 8)) ** 0.4, 0.6), 1.3)


def _shares(model: Model) -> tuple[float, float]:
    """Accepted uphill shares at the start and at the end."""
    if on_map(model):
        return WARM_MAP, COLD_MAP
    if model.data.near.shape[1]:
        return WARM_NEAR, COLD_NEAR
    return (WARM_WEIGHT, COLD_WEIGHT) if model.labels[1:2] == (None,) else (WARM, COLD)


def run_annealing(
    model: Model, starts: list[Group], *, stop: Stop, seed: int, workers: int, warm: bool, report: Report
) -> Found:
    """Anneal from the starts (one a replica), all of which keep every rule. ``warm`` starts colder, to keep much of
    a plan given. ``report(fraction, steps, seconds, energy, group)`` returns False to stop."""
    annealer = Annealer(model, starts, seed, workers, warm)
    # Compile or load the kernel before the clock starts.
    annealer.round(None, 0, 0)
    clock = Clock(stop, default_steps(len(model.target)))
    units = len(starts)
    pool = ThreadPoolExecutor(workers) if workers > 1 and units * annealer.strips > 1 else None

    def tell() -> bool:
        best = annealer.best
        return clock.tell(annealer.steps, model, best.best_energy, best.best, report)

    try:
        going = tell()
        hot, cold = _shares(model)
        if warm:
            hot = math.sqrt(hot * cold)
        if going and (clock.budget is None or clock.budget > 50 * len(annealer.everyone) * units):
            annealer.calibrate(pool, hot)
        turn = 0
        while going and (at := clock.fraction(annealer.steps)) < 1.0:
            goal = hot * (cold / hot) ** at
            for replica in annealer.replicas:
                _steer(replica, goal)
            least = max(1_000, len(annealer.everyone))
            size = clock.next_round(ROUNDS, units, annealer.steps, least, ROUND_MOST)
            before = time.perf_counter()
            annealer.round(pool, size, turn)
            clock.timed(ROUNDS, before)
            turn += 1
            going = tell()
    finally:
        if pool:
            pool.shutdown()
    best = annealer.best
    return clock.found(best.best, best.best_energy, annealer.steps)
