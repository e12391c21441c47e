"""An independent checker: every rule read again from the problem, in plain Python, sharing no code with the search."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence

from isthmus.methods.formation.problem import Problem, Sizes
from isthmus.methods.formation.result import Violation
from isthmus.methods.formation.terms import (
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Fixed,
    NoRepeat,
    Reach,
    Rule,
    Together,
)
from isthmus.methods.formation.words import counted

Point = tuple[float, float]
Home = Mapping[str, int]


def violations(
    problem: Problem, groups: Sequence[Sequence[str]], names: Sequence[str] | None = None
) -> tuple[Violation, ...]:
    """Every rule that the groups break. ``names`` are the groups' names, for fixed rules (default: 1, 2, …)."""
    row = {id_: r for r, id_ in enumerate(problem.ids)}
    found: list[Violation] = []
    home: dict[str, int] = {}
    for number, group in enumerate(groups):
        for id_ in group:
            if id_ not in row:
                found.append(Violation("cover", number, f"{id_} is not among the schools."))
            elif id_ in home:
                found.append(Violation("cover", number, f"{id_} is in two groups."))
            home[id_] = number
    for id_, placed in zip(problem.ids, problem.placed, strict=True):
        if placed and id_ not in home:
            found.append(Violation("cover", None, f"{id_} is in no group."))
        if not placed and id_ in home:
            found.append(Violation("cover", home[id_], f"{id_} has no coordinates and cannot be placed."))
    known = [[id_ for id_ in group if id_ in row] for group in groups]
    found += _bounds(problem, known, row)
    called = list(names) if names is not None else [str(g + 1) for g in range(len(groups))]
    for rule in problem.rules:
        found += _rule(problem, rule, known, home, row, called)
    return tuple(found)


def _bounds(problem: Problem, groups: Sequence[Sequence[str]], row: Mapping[str, int]) -> list[Violation]:
    bounds, found = problem.bounds, []
    wanted = bounds.groups
    if wanted is not None and len(groups) != wanted:
        found.append(
            Violation(str(bounds), None, f"The plan has {counted(len(groups), 'group')}, not {wanted}.")
        )
    for number, group in enumerate(groups):
        if isinstance(bounds, Sizes):
            if not bounds.smallest <= len(group) <= bounds.largest:
                found.append(
                    Violation(str(bounds), number, f"The group has {counted(len(group), 'school')}.")
                )
            continue
        if number >= bounds.groups:
            continue
        if bounds.sizes is not None:
            low, high = bounds.sizes[number]
            if not low <= len(group) <= high:
                found.append(
                    Violation(
                        str(bounds), number, f"The group has {counted(len(group), 'item')}, not {low}–{high}."
                    )
                )
        if bounds.weights is not None and bounds.item_weights is not None:
            least, most = bounds.weights[number]
            total = sum(bounds.item_weights[row[id_]] for id_ in group)
            slack = 1e-7 * max(1.0, abs(total))
            if not least - slack <= total <= most + slack:
                found.append(
                    Violation(str(bounds), number, f"The weight is {total:g}, not {least:g}–{most:g}.")
                )
    return found


def _rule(
    problem: Problem,
    rule: Rule,
    groups: Sequence[Sequence[str]],
    home: Home,
    row: Mapping[str, int],
    names: Sequence[str],
) -> list[Violation]:
    if isinstance(rule, Together):
        if len({home.get(id_) for id_ in rule.ids}) > 1:
            return [Violation(str(rule), None, "They are in different groups.")]
        return []
    if isinstance(rule, Fixed):
        return [
            Violation(str(rule), home.get(id_), f"{id_} is not in {rule.network}.")
            for id_ in rule.ids
            if id_ not in home or names[home[id_]] != rule.network
        ]
    if isinstance(rule, Apart):
        seen: dict[int, str] = {}
        found = []
        for id_ in dict.fromkeys(rule.ids):
            number = home.get(id_)
            if number is not None and number in seen:
                found.append(Violation(str(rule), number, f"{seen[number]} and {id_} share a group."))
            elif number is not None:
                seen[number] = id_
        return found
    if isinstance(rule, NoRepeat):
        return [
            Violation(str(rule), home[a], f"{a} and {b} share a group again.")
            for a, b in rule.pairs
            if a != b and a in home and home.get(b) == home[a]
        ]
    if isinstance(rule, Reach):
        return _reach(problem, rule, groups, row)
    if isinstance(rule, Barrier):
        return _barrier(problem, rule, groups, row)
    return _counts(problem, rule, groups, row)


def _counts(
    problem: Problem, rule: AtLeast | AtMost | Cap, groups: Sequence[Sequence[str]], row: Mapping[str, int]
) -> list[Violation]:
    found = []
    for number, group in enumerate(groups):
        if isinstance(rule, Cap):
            column = problem.attributes[rule.column]
            known = [v for v in (column[row[id_]] for id_ in group) if isinstance(v, int | float)]
            total = sum(known)
            if total > rule.maximum + 1e-7 * max(1.0, abs(total)):
                found.append(Violation(str(rule), number, f"The sum is {total:g}."))
            continue
        count = sum(_holds(problem, rule.where, row[id_]) for id_ in group)
        if count < rule.count if isinstance(rule, AtLeast) else count > rule.count:
            found.append(Violation(str(rule), number, f"There {'is' if count == 1 else 'are'} {count}."))
    return found


def _holds(problem: Problem, where: Mapping[str, object], school: int) -> bool:
    for name, wanted in where.items():
        value = problem.attributes[name][school]
        options = wanted if isinstance(wanted, list | tuple) else (wanted,)
        if value is None or value == "" or not any(_same(value, option) for option in options):
            return False
    return True


def _same(value: object, option: object) -> bool:
    try:
        return float(str(value)) == float(str(option))
    except ValueError:
        return str(value).strip().lower() == str(option).strip().lower()


def _barrier(
    problem: Problem, rule: Barrier, groups: Sequence[Sequence[str]], row: Mapping[str, int]
) -> list[Violation]:
    if rule.detour_factor is not None or problem.coordinates is None:
        return []
    points = [(float(x), float(y)) for x, y in problem.coordinates]
    return [
        Violation(str(rule), number, f"{a} and {b} lie on either side.")
        for number, group in enumerate(groups)
        for a, b in itertools.combinations(group, 2)
        if _crosses(points[row[a]], points[row[b]], rule)
    ]


def _reach(
    problem: Problem, rule: Reach, groups: Sequence[Sequence[str]], row: Mapping[str, int]
) -> list[Violation]:
    table = {} if problem.travel is None else problem.travel.minutes
    speed = _speed(problem, row)
    points = [] if problem.coordinates is None else [(float(x), float(y)) for x, y in problem.coordinates]
    found = []
    for number, group in enumerate(groups):
        for a, b in itertools.combinations(group, 2):
            minutes = [table[key] for key in ((a, b), (b, a)) if key in table]
            if minutes:
                km = sum(minutes) / len(minutes) * speed
            else:
                km = math.dist(points[row[a]], points[row[b]]) / 1000
                for other in problem.rules:
                    if isinstance(other, Barrier) and other.detour_factor is not None:
                        km *= other.detour_factor if _crosses(points[row[a]], points[row[b]], other) else 1
            if km > rule.kilometres + 0.0011:
                found.append(Violation(str(rule), number, f"{a} and {b} are {km:.1f} km apart."))
    return found


def _speed(problem: Problem, row: Mapping[str, int]) -> float:
    """Kilometres that count as a minute: as given, else the median over the pairs in the table."""
    if problem.travel is None or problem.coordinates is None:
        return 0.0
    if problem.travel.km_per_minute is not None:
        return problem.travel.km_per_minute
    both: dict[tuple[str, str], list[float]] = {}
    for (a, b), value in problem.travel.minutes.items():
        if a in row and b in row:
            both.setdefault((min(a, b), max(a, b)), []).append(value)
    speeds = []
    for (a, b), values in both.items():
        mean = sum(values) / len(values)
        straight = math.dist(problem.coordinates[row[a]], problem.coordinates[row[b]]) / 1000
        if mean > 0 and math.isfinite(straight):
            speeds.append(straight / mean)
    return statistics.median(speeds) if speeds and statistics.median(speeds) > 0 else 0.5


def _crosses(p: Point, q: Point, rule: Barrier) -> bool:
    def turn(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    for line in rule.lines:
        for a, b in itertools.pairwise(line):
            if turn(a, b, p) * turn(a, b, q) <= 0 and turn(p, q, a) * turn(p, q, b) <= 0 and p != q:
                if turn(a, b, p) == turn(a, b, q) == 0:
                    # All on one line: they meet only where the boxes do.
                    apart = any(
                        max(a[d], b[d]) < min(p[d], q[d]) or max(p[d], q[d]) < min(a[d], b[d]) for d in (0, 1)
                    )
                    if apart:
                        continue
                return True
    return False
