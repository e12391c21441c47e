"""What a person asks of a plan, as one value that forms, the worker and pages share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from isthmus.apps.register.models import Phase

MOST = 10
"""The largest importance; a thing with this importance counts as much as nearness at its largest."""

TAUGHT_SECONDARY = (Phase.SECONDARY, Phase.MIDDLE_SECONDARY, Phase.ALL_THROUGH)
"""Phases that the rule 'at least one secondary' counts."""

FAITH_MIXED, FAITH_SAME = "mixed", "same"
EFFORTS = {"quick": 1, "thorough": 8}
"""How many times the usual number of steps the search takes."""


@dataclass(frozen=True)
class Choices:
    """Sizes are numbers of schools; importances run from 0 (does not matter) to `MOST`."""

    smallest: int
    largest: int
    phases: tuple[str, ...]
    nearness: int
    mixed_phases: int
    faith: int
    faith_way: str
    mixed_disadvantage: int
    secondary_each: bool
    effort: str = "quick"

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {**asdict(self), "phases": list(self.phases)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choices:
        """The value that `to_json` wrote."""
        return cls(**{**data, "phases": tuple(data["phases"])})


def phase_label(phase: str) -> str:
    """The phase in words; a school without one says so."""
    return str(Phase(phase or Phase.NOT_APPLICABLE).label)
