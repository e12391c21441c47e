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


MATTERS = (
    *("nearness", "mixed_phases", "mixed_disadvantage", "faith"),
    *("needs_met", "shared_needs", "keep", "new_partners", "wishes"),
)
FROM_NOTHING, IMPROVE, AS_IT_IS = "nothing", "improve", "as it is"
NETWORKS, HUBS = "networks", "hubs"


@dataclass(frozen=True)
class HubChoices:
    """Who may serve: (URN, most schools served) of each, the theme, how many of them serve (None: all), and how far a
    school may be from its hub in kilometres (None: any distance). `needing` leaves out schools without that need."""

    theme: str
    places: tuple[tuple[str, int], ...]
    number: int | None = None
    reach: float | None = None
    needing: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> HubChoices:
        """The value from a JSON column."""
        return cls(**{**data, "places": tuple((urn, room) for urn, room in data["places"])})


@dataclass(frozen=True)
class Choices:
    """Sizes are numbers of schools; importances run from 0 (does not matter) to `MOST`.

    `start` says whether the networks of `layer` on `day` (an ISO date; empty: today) are improved, only scored, or not
    used; `moves` is the most schools that may change network (None: any number). `others` are the layers whose pairs
    count as partners already. `starts` and `ends` are the term of networks for a fixed term (ISO dates).
    `what` is `NETWORKS`, or `HUBS`, where `hubs` says which schools serve: see `HubChoices`.
    """

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
    needs_met: int = 0
    shared_needs: int = 0
    keep: int = 0
    new_partners: int = 0
    wishes: int = 0
    start: str = FROM_NOTHING
    layer: int | None = None
    day: str = ""
    moves: int | None = None
    others: tuple[int, ...] = ()
    starts: str = ""
    ends: str = ""
    what: str = NETWORKS
    hubs: HubChoices | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {**asdict(self), "phases": list(self.phases), "others": list(self.others)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choices:
        """The value that `to_json` wrote."""
        hubs = data.get("hubs")
        values = {"phases": tuple(data["phases"]), "others": tuple(data.get("others", ()))}
        return cls(**{**data, **values, "hubs": HubChoices.from_json(hubs) if hubs else None})

    @property
    def matters(self) -> dict[str, int]:
        """The importance of each thing that can matter."""
        return {name: getattr(self, name) for name in MATTERS}


PRESETS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "near": (
        "Short journeys",
        "Neighbours work together, whoever they are.",
        {"nearness": 10, "mixed_phases": 1, "mixed_disadvantage": 0},
    ),
    "mixed": (
        "Mixed phases",
        "Primary and secondary schools follow children through the years together.",
        {"nearness": 10, "mixed_phases": 8, "mixed_disadvantage": 3, "secondary_each": True},
    ),
    "needs": (
        "Needs met by neighbours",
        "What one school needs, another of its network does well.",
        {"nearness": 8, "mixed_phases": 2, "mixed_disadvantage": 2, "needs_met": 10},
    ),
    "keep": (
        "Keep what works",
        "The networks of today, with as few changes as make them better.",
        {
            "nearness": 8,
            "mixed_phases": 2,
            "mixed_disadvantage": 2,
            "keep": 10,
            "start": IMPROVE,
            "moves": 20,
        },
    ),
    "new": (
        "New partners",
        "A second network for every school, with partners that it does not already have.",
        {
            "nearness": 2,
            "mixed_phases": 2,
            "mixed_disadvantage": 0,
            "new_partners": 10,
            "secondary_each": False,
        },
    ),
    "term": (
        "Clusters for a fixed term",
        "Schools with the same needs work on them together for a time, then form again.",
        {
            "nearness": 6,
            "mixed_phases": 0,
            "mixed_disadvantage": 0,
            "shared_needs": 10,
            "secondary_each": False,
        },
    ),
    "wishes": (
        "As the schools wish",
        "Schools work with those that they asked for, where it can be.",
        {"nearness": 5, "mixed_phases": 2, "mixed_disadvantage": 0, "wishes": 10},
    ),
}
"""By key: the name, what it is for, and the answers that it gives."""


def phase_label(phase: str) -> str:
    """The phase in words; a school without one says so."""
    return str(Phase(phase or Phase.NOT_APPLICABLE).label)
