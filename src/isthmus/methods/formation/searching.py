"""What every search shares: its budget in seconds or steps, its progress, and what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.model import Model
from isthmus.methods.formation.result import Stop

Group = NDArray[np.int32]
Report = Callable[[float, int, float, float, Group], bool]

LEAST_ROUND, MOST_ROUND = 0.004, 0.25
SLOW = 100_000_000  # trials a second that may be counted on before any were timed


@dataclass(frozen=True)
class Found:
    group: Group
    energy: float
    steps: int
    seconds: float
    trajectory: tuple[tuple[float, int, float], ...]


def default_steps(blocks: int) -> int:
    """Trials when neither seconds nor steps are given: about a second of work for 600 schools."""
    return int(min(max(15_000 * blocks, 200_000), 150_000_000))


def seeds(seed: int, *path: int) -> NDArray[np.uint64]:
    """(1,) a state of the kernels' generator, never zero, its own for each path."""
    return np.maximum(np.random.SeedSequence([seed, *path]).generate_state(1, np.uint64), np.uint64(1))


@dataclass
class Clock:
    """How much of the stopping rule is used up. Starts when it is made."""

    stop: Stop
    steps: int
    """Trials when the stopping rule names neither seconds nor steps."""
    began: float = field(default_factory=time.perf_counter)
    trail: list[tuple[float, int, float]] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        given = self.stop.steps or (None if self.stop.seconds else self.steps)
        self.budget = given

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def fraction(self, done: int) -> float:
        used = 0.0 if self.budget is None else done / self.budget
        return used if self.stop.seconds is None else max(used, self.seconds / self.stop.seconds)

    def expected(self, done: int) -> int:
        """Trials in all, as far as can be told from those done."""
        if self.budget is not None:
            return self.budget
        speed = done / max(self.seconds, 1e-6) if done else SLOW
        return int(speed * (self.stop.seconds or 0.0))

    def next_round(self, rounds: int, units: int, done: int, least: int, most: int) -> int:
        """Trials of each of ``units`` in the next of about ``rounds`` rounds."""
        if self.budget is not None:
            return min(max(self.budget // (units * rounds), 1), most, max((self.budget - done) // units, 1))
        self.size = self.size or least
        return self.size

    def timed(self, rounds: int, began: float) -> None:
        """Let the next round take its share of the seconds, by how long the one ``began`` at took."""
        if self.stop.seconds is not None:
            spent = time.perf_counter() - began
            wanted = min(max(self.stop.seconds / rounds, LEAST_ROUND), MOST_ROUND)
            self.size = int(min(max(self.size * min(wanted / max(spent, 1e-6), 4.0), 500), 50_000_000))

    def tell(self, done: int, model: Model, value: float, group: Group, report: Report) -> bool:
        """Keep a point of the trajectory and report it; False to stop."""
        seconds = self.seconds
        self.trail.append((seconds, done, model.objective(value)))
        return report(min(self.fraction(done), 1.0), done, seconds, value, group)

    def found(self, group: Group, value: float, done: int) -> Found:
        return Found(group, value, done, self.seconds, tuple(self.trail))
