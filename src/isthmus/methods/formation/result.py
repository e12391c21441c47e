"""What a search is told (when to stop), says on its way (progress) and hands back (a plan)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from isthmus.methods.formation.terms import ProblemError

Status = Literal["optimal", "feasible", "infeasible", "undecided"]
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Stop:
    """When to stop: after ``seconds`` of search, after ``steps`` trial moves, or when the certified gap is at most
    ``gap``. With neither seconds nor steps a number of steps is chosen by the number of schools, so that the same
    seed gives the same plan."""

    seconds: float | None = None
    steps: int | None = None
    gap: float | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ProblemError(f"Seconds must be above zero, not {self.seconds}.")
        if self.steps is not None and self.steps < 1:
            raise ProblemError(f"Steps must be 1 or more, not {self.steps}.")
        if self.seconds is not None and self.steps is not None:
            raise ProblemError("Give seconds or steps, not both.")


@dataclass(frozen=True)
class Progress:
    """How far a search is: fraction of its budget (0 to 1), trial moves, seconds, the best objective so far.
    ``groups`` is that best plan (computed when asked for)."""

    fraction: float
    steps: int
    seconds: float
    objective: float
    snapshot: Callable[[], Groups]

    @property
    def groups(self) -> Groups:
        return self.snapshot()


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks: the rule in words, the group (from 0; None for the whole plan), what is wrong."""

    rule: str
    group: int | None
    message: str


@dataclass(frozen=True)
class Relaxation:
    """A way out found for an infeasible problem: without ``rule`` a plan exists. ``broken`` is how often that plan
    breaks the rule, ``objective`` what it costs; ``groups`` is the plan."""

    rule: str
    broken: int
    objective: float
    groups: Groups


@dataclass(frozen=True)
class Plan:
    """A plan, or the news that there is none.

    status: 'optimal' (proved), 'feasible', 'infeasible' (proved: ``conflict`` is a set of rules that cannot hold
    together, and ``irreducible`` says whether it was also proved that all but any one of them can), 'undecided'.
    objective, terms: None and {} without groups; terms are in the objective's unit, weighted, and add up to it.
    rates: what one unit of each term costs at weight 1. bound: certified, None where there is none.
    gap: |objective − bound| / |objective|. groups: ids, in the order of ``names``. moved: ids no longer in the
    group they had in the plan started from. violations: always empty in a feasible plan. trajectory:
    (seconds, steps, best objective).
    """

    status: Status
    sense: Literal["min", "max"]
    objective: float | None
    terms: dict[str, float]
    rates: dict[str, float]
    bound: float | None
    gap: float | None
    seconds: float
    steps: int
    seed: int | None
    version: str
    groups: Groups
    names: tuple[str, ...]
    unplaced: tuple[str, ...]
    moved: tuple[str, ...]
    violations: tuple[Violation, ...]
    conflict: tuple[str, ...]
    irreducible: bool | None
    relaxation: Relaxation | None
    trajectory: tuple[tuple[float, int, float], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain lists and dicts, as ``schema.json`` describes it."""
        relaxation = None
        if self.relaxation is not None:
            relaxation = {
                "rule": self.relaxation.rule,
                "broken": self.relaxation.broken,
                "objective": self.relaxation.objective,
                "groups": [list(group) for group in self.relaxation.groups],
            }
        return {
            "status": self.status,
            "sense": self.sense,
            "objective": self.objective,
            "terms": dict(self.terms),
            "rates": dict(self.rates),
            "bound": self.bound,
            "gap": self.gap,
            "seconds": self.seconds,
            "steps": self.steps,
            "seed": self.seed,
            "version": self.version,
            "groups": [list(group) for group in self.groups],
            "names": list(self.names),
            "unplaced": list(self.unplaced),
            "moved": list(self.moved),
            "violations": [{"rule": v.rule, "group": v.group, "message": v.message} for v in self.violations],
            "conflict": list(self.conflict),
            "irreducible": self.irreducible,
            "relaxation": relaxation,
            "trajectory": [list(point) for point in self.trajectory],
            "warnings": list(self.warnings),
        }


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of ``Plan.to_dict()``."""
    text = files("isthmus.methods.formation").joinpath("schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def gap_between(objective: float | None, bound: float | None) -> float | None:
    """|objective − bound| / |objective|; 0 where they agree; None where either is missing or the objective is 0."""
    if objective is None or bound is None:
        return None
    if math.isclose(objective, bound, rel_tol=1e-9, abs_tol=1e-9):
        return 0.0
    return abs(objective - bound) / abs(objective) if objective else None
