"""Between the tables and the methods: schools and choices to a problem, a result to rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

from isthmus.apps.networks.choices import EFFORTS, FAITH_SAME, MOST, TAUGHT_SECONDARY, Choices
from isthmus.apps.register.models import Organisation, Phase

if TYPE_CHECKING:
    from isthmus.methods.formation import Plan as Result
    from isthmus.methods.formation import Problem, Progress

__all__ = ["CannotPose", "Group", "Progress", "Result", "groups_of", "name_groups", "problem_of", "solve"]

THREADS = 2
"""Threads of one search; the plan is the same for any number."""

BROAD_PHASES = {
    Phase.NURSERY: "nursery",
    Phase.PRIMARY: "primary",
    Phase.MIDDLE_PRIMARY: "primary",
    Phase.MIDDLE_SECONDARY: "secondary",
    Phase.SECONDARY: "secondary",
    Phase.ALL_THROUGH: "all-through",
    Phase.SIXTEEN_PLUS: "16 plus",
}


class CannotPose(Exception):
    """The choices make no problem that can be solved; the text says why."""


@dataclass(frozen=True)
class Group:
    """A proposed group: its schools, its middle (latitude, longitude) and how spread it is (kilometres)."""

    schools: tuple[Organisation, ...]
    centre: tuple[float, float]
    mean_km: float | None
    furthest_km: float | None


def problem_of(schools: Sequence[Organisation], choices: Choices) -> Problem:
    """The problem that `choices` poses for `schools`.

    An importance of `MOST` is the weight 1: the terms are exchanged at `formation.rates`, so that two things of
    the same importance count alike. Raises the method's `ProblemError` where the choices make no sense.
    """
    import numpy as np

    from isthmus.methods import formation

    unknown = float("nan")
    points = np.array(
        [(unknown, unknown) if s.easting is None else (s.easting, s.northing) for s in schools],
        dtype=np.float64,
    ).reshape(-1, 2)
    weights = {
        name: getattr(choices, name) / MOST
        for name in ("nearness", "mixed_phases", "faith", "mixed_disadvantage")
    }
    terms: list[formation.Term] = [formation.Nearness(weights["nearness"])]
    if choices.mixed_phases:
        terms.append(formation.Mixed("phase", weights["mixed_phases"]))
    if choices.faith:
        way = formation.Alike if choices.faith_way == FAITH_SAME else formation.Mixed
        terms.append(way("faith", weights["faith"]))
    if choices.mixed_disadvantage:
        terms.append(formation.Mixed("disadvantage", weights["mixed_disadvantage"], kind="number"))
    rules: list[formation.Rule] = []
    if choices.secondary_each:
        rules.append(formation.AtLeast({"secondary": "yes"}, 1))
    return formation.Problem(
        ids=tuple(s.urn or "" for s in schools),
        coordinates=points,
        bounds=formation.Sizes(choices.smallest, choices.largest, _number_of_groups(schools, choices)),
        attributes={
            "phase": [BROAD_PHASES.get(Phase(s.phase)) if s.phase else None for s in schools],
            "faith": [_faith(s) for s in schools],
            "disadvantage": [s.fsm_percent for s in schools],
            "secondary": ["yes" if s.phase in TAUGHT_SECONDARY else "no" for s in schools],
        },
        terms=tuple(terms),
        rules=tuple(rules),
    )


def _number_of_groups(schools: Sequence[Organisation], choices: Choices) -> int | None:
    """As many as the middle size gives, or fewer where there are not enough secondaries to go round.

    None where no number of groups fits the sizes; the result then says so.
    """
    from isthmus.methods import formation

    placed = [school for school in schools if school.easting is not None]
    number = formation.Sizes(choices.smallest, choices.largest).count(len(placed))
    if number is None or not choices.secondary_each:
        return number
    secondaries = sum(school.phase in TAUGHT_SECONDARY for school in placed)
    return min(number, max(secondaries, -(-len(placed) // choices.largest)))


def _faith(school: Organisation) -> str | None:
    if school.has_faith is None:
        return None
    return school.religious_character if school.has_faith else "none"


def solve(
    schools: Sequence[Organisation],
    choices: Choices,
    *,
    seed: int,
    start: Sequence[Sequence[str]] | None = None,
    on_progress: Callable[[Progress], bool],
) -> Result:
    """Work the plan out; the same schools, choices and seed give the same plan. Raises `CannotPose`."""
    from isthmus.methods import formation

    try:
        problem = problem_of(schools, choices)
        stop = formation.Stop(steps=formation.usual_steps(problem) * EFFORTS[choices.effort])
        return formation.solve(
            problem, stop=stop, seed=seed, start=start, on_progress=on_progress, workers=THREADS
        )
    except formation.ProblemError as error:
        raise CannotPose(str(error)) from error


def groups_of(result_groups: Sequence[Sequence[str]], schools: Sequence[Organisation]) -> list[Group]:
    """The groups with their measures, ordered from north to south and numbered so."""
    import numpy as np

    by_urn = {school.urn: school for school in schools}
    groups = []
    for ids in result_groups:
        inside = tuple(by_urn[urn] for urn in ids)
        points = np.array([(s.easting, s.northing) for s in inside], dtype=np.float64)
        distances = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 1000
        pairs = distances[np.triu_indices(len(inside), 1)]
        centre = np.array([(s.latitude, s.longitude) for s in inside], dtype=np.float64).mean(axis=0)
        groups.append(
            Group(
                inside,
                (float(centre[0]), float(centre[1])),
                float(pairs.mean()) if len(pairs) else None,
                float(pairs.max()) if len(pairs) else None,
            )
        )
    return sorted(groups, key=lambda group: (-group.centre[0], group.centre[1]))


def name_groups(groups: Sequence[Group], places: Sequence[tuple[str, float, float]]) -> list[str]:
    """A name for each group from the place nearest its middle; a place used twice gets numbers.

    `places` are (name, latitude, longitude). Without places the school nearest the middle gives the name.
    """
    names = [_nearest(group, places or _schools(group)) for group in groups]
    total, seen = Counter(names), Counter[str]()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(f"{name} {seen[name]}" if total[name] > 1 else name)
    return numbered


def _schools(group: Group) -> list[tuple[str, float, float]]:
    return [(s.name, s.latitude or 0.0, s.longitude or 0.0) for s in group.schools]


def _nearest(group: Group, places: Sequence[tuple[str, float, float]]) -> str:
    latitude, longitude = group.centre
    shrink = cos(radians(latitude))  # a degree of longitude is shorter than one of latitude
    return min(places, key=lambda p: (p[1] - latitude) ** 2 + ((p[2] - longitude) * shrink) ** 2)[0]
