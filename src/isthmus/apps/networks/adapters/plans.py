"""Between the tables and the methods: schools and choices to a problem, a result to rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import TYPE_CHECKING, Any

from isthmus.apps.networks.adapters.given import Given, pairs_of
from isthmus.apps.networks.adapters.rules import columns, engine_rule, is_of, travel
from isthmus.apps.networks.choices import (
    EFFORTS,
    FAITH_SAME,
    FROM_NOTHING,
    MOST,
    TAUGHT_SECONDARY,
    Choices,
)
from isthmus.apps.networks.models import Plan, PlanRule, RuleKind
from isthmus.apps.networks.queries.plans import schools_to_group
from isthmus.apps.register.models import Organisation, Phase

if TYPE_CHECKING:
    from isthmus.methods.formation import Plan as Result
    from isthmus.methods.formation import Problem, Progress, Term

__all__ = [
    "CannotPose",
    "Given",
    "Group",
    "Problem",
    "Progress",
    "Result",
    "before",
    "groups_of",
    "name_groups",
    "pose",
    "problem_of",
    "problem_of_plan",
    "scored",
    "solve",
]

NOTHING = Given()
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
    """A proposed group: its schools, its middle (latitude, longitude) and how spread it is (kilometres). `name` is
    empty where it is to be named after a place."""

    schools: tuple[Organisation, ...]
    centre: tuple[float, float]
    mean_km: float | None
    furthest_km: float | None
    name: str = ""


def problem_of(
    schools: Sequence[Organisation],
    choices: Choices,
    given: Given = NOTHING,
    rules: Sequence[PlanRule] = (),
) -> Problem:
    """The problem that `choices` and `rules` pose for `schools`, with what is `given` besides the register.

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
    held = [engine_rule(rule, schools, given) for rule in rules]
    always = (formation.AtLeast({"secondary": "yes"}, 1),) if choices.secondary_each else ()
    return formation.Problem(
        ids=tuple(s.urn or "" for s in schools),
        coordinates=points,
        bounds=formation.Sizes(choices.smallest, choices.largest, _number_of_groups(schools, choices, rules)),
        attributes={
            "phase": [BROAD_PHASES.get(Phase(s.phase)) if s.phase else None for s in schools],
            "faith": [_faith(s) for s in schools],
            "disadvantage": [s.fsm_percent for s in schools],
            "secondary": ["yes" if s.phase in TAUGHT_SECONDARY else "no" for s in schools],
            "needs": [given.needs.get(s.urn or "", ()) for s in schools],
            "strengths": [given.strengths.get(s.urn or "", ()) for s in schools],
            **columns(rules, schools),
        },
        terms=_terms(choices, given),
        rules=(*always, *(rule for rule in held if rule is not None)),
        travel=travel(rules, schools),
    )


def problem_of_plan(plan: Plan) -> Problem:
    """The problem that a plan was worked out for, by what the register says now; networks are named by numbers."""
    from isthmus.methods import formation

    choices = Choices.from_json(plan.choices)
    schools = list(schools_to_group(plan.about, choices.phases))
    problem = problem_of(schools, choices, Given.from_json(plan.given), list(plan.rules.all()))
    numbers = {name: str(number) for name, number in plan.networks.values_list("name", "number")}
    rules = tuple(
        replace(rule, network=numbers.get(rule.network, rule.network))
        if isinstance(rule, formation.Fixed)
        else rule
        for rule in problem.rules
    )
    return replace(problem, rules=rules)


def _terms(choices: Choices, given: Given) -> tuple[Term, ...]:
    """What matters, each weighted by its importance."""
    from isthmus.methods import formation

    faith = formation.Alike if choices.faith_way == FAITH_SAME else formation.Mixed
    wanted: dict[str, Callable[[float], Term]] = {
        "mixed_phases": lambda weight: formation.Mixed("phase", weight),
        "faith": lambda weight: faith("faith", weight),
        "mixed_disadvantage": lambda weight: formation.Mixed("disadvantage", weight, kind="number"),
        "needs_met": lambda weight: formation.Complementarity(weight),
        "shared_needs": lambda weight: formation.Themes("needs", weight),
        "keep": lambda weight: formation.Continuity(given.ties, weight),
        "new_partners": lambda weight: formation.Newness(pairs_of(given.others), weight * given.detour),
        "wishes": lambda weight: formation.Wishes(given.wishes, weight),
    }
    matters = choices.matters
    return (
        formation.Nearness(choices.nearness / MOST),
        *(make(matters[name] / MOST) for name, make in wanted.items() if matters[name]),
    )


def _number_of_groups(
    schools: Sequence[Organisation], choices: Choices, rules: Sequence[PlanRule]
) -> int | None:
    """As many as the middle size gives, or fewer where there are not enough secondaries (or whatever else a rule wants
    in each network) to go round.

    None where no number of groups fits the sizes (the result then says so), and where networks of today are the
    beginning: then there are as many as today.
    """
    from isthmus.methods import formation

    placed = [school for school in schools if school.easting is not None]
    number = formation.Sizes(choices.smallest, choices.largest).count(len(placed))
    if number is None or choices.start != FROM_NOTHING:
        return None
    scarce = [(rule.data["what"], rule.data["count"]) for rule in rules if rule.kind == RuleKind.AT_LEAST]
    scarce += [("secondary", 1)] if choices.secondary_each else []
    fewest = -(-len(placed) // choices.largest)
    for what, each in scarce:
        if each:
            number = min(number, max(sum(bool(is_of(s, what)) for s in placed) // each, fewest))
    return number


def _faith(school: Organisation) -> str | None:
    if school.has_faith is None:
        return None
    return school.religious_character if school.has_faith else "none"


def solve(
    problem: Problem,
    choices: Choices,
    *,
    seed: int,
    given: Given = NOTHING,
    saved: Sequence[Sequence[str]] | None = None,
    on_progress: Callable[[Progress], bool],
) -> Result:
    """Work the plan out; the same problem, choices and seed give the same plan. Raises `CannotPose`.

    `saved` is a checkpoint to go on from. A search with a limit on moves begins again from the networks of today, as
    moves are counted from there.
    """
    from isthmus.methods import formation

    begin = saved
    if choices.start != FROM_NOTHING and (saved is None or choices.moves is not None):
        begin = given.start or None
    moves = choices.moves if begin is not None else None
    stop = formation.Stop(steps=formation.usual_steps(problem) * EFFORTS[choices.effort])
    try:
        return formation.solve(
            problem,
            stop=stop,
            seed=seed,
            start=begin,
            start_names=given.names if begin is not None and choices.start != FROM_NOTHING else None,
            max_moves=moves,
            on_progress=on_progress,
            workers=THREADS,
        )
    except formation.ProblemError as error:
        raise CannotPose(str(error)) from error


def scored(problem: Problem, given: Given) -> Result | None:
    """The networks to begin from, by the same measure; None where there are none."""
    from isthmus.methods import formation

    return formation.evaluate(problem, given.start, names=given.names) if given.start else None


def before(
    problem: Problem, given: Given, choices: Choices, schools: Sequence[Organisation]
) -> dict[str, Any]:
    """The figures of the networks to begin from, by the same measure, for `Plan.before`; empty where there are none."""
    today = scored(problem, given)
    if today is None:
        return {}
    sizes = [len(group) for group in today.groups]
    spreads = [group.mean_km for group in groups_of(today.groups, schools)]
    pairs = [(size * (size - 1) // 2, mean) for size, mean in zip(sizes, spreads, strict=False) if mean]
    total = sum(number for number, _mean in pairs)
    return {
        "objective": today.objective,
        "terms": dict(today.terms),
        "networks": len(sizes),
        "sizes": [min(sizes), max(sizes)],
        "placed": sum(sizes),
        "pairs": total,
        "mean_km": sum(number * mean for number, mean in pairs) / total if total else None,
        "too_small": sum(size < choices.smallest for size in sizes),
        "too_large": sum(size > choices.largest for size in sizes),
        "twice": given.twice,
        "broken": Counter(v.rule for v in today.violations if v.rule not in ("cover", str(problem.bounds))),
    }


def pose(
    schools: Sequence[Organisation], choices: Choices, given: Given, rules: Sequence[PlanRule]
) -> Problem:
    """As `problem_of`, but raises `CannotPose` with the reason."""
    from isthmus.methods import formation

    try:
        return problem_of(schools, choices, given, rules)
    except formation.ProblemError as error:
        raise CannotPose(str(error)) from error


def groups_of(
    result_groups: Sequence[Sequence[str]],
    schools: Sequence[Organisation],
    names: Sequence[str] | None = None,
) -> list[Group]:
    """The groups with their measures, ordered from north to south and numbered so; without schools of no place."""
    import numpy as np

    by_urn = {school.urn: school for school in schools if school.easting is not None}
    groups = []
    for number, given in enumerate(result_groups):
        ids = [urn for urn in given if urn in by_urn]
        if not ids:
            continue
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
                names[number] if names else "",
            )
        )
    return sorted(groups, key=lambda group: (-group.centre[0], group.centre[1]))


def name_groups(groups: Sequence[Group], places: Sequence[tuple[str, float, float]]) -> list[str]:
    """A name for each group from the place nearest its middle; a place used twice gets numbers.

    `places` are (name, latitude, longitude). Without places the school nearest the middle gives the name.
    """
    names = [group.name or _nearest(group, places or _schools(group)) for group in groups]
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
