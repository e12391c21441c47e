"""Figures laid side by side: what stands out, schools by their people, schools beside each other.

All of it is worked out from shown figures, so it shows nothing more.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from isthmus.apps.surveys.adapters import results
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.adapters.reporting import SCHOOL
from isthmus.apps.surveys.adapters.results import Group, Part, Question, Report, Told, Z
from isthmus.methods.surveys import Summary, holm, shrink
from isthmus.methods.surveys.words import number

SURE, FEWEST, COVERED = 0.05, 3, 2 / 3


def chance(told: Told) -> float:
    """How often a difference as large would be met if there were none (normal); 1 where that is not known."""
    if told.value is None or told.half is None:
        return 1.0
    if told.half == 0:
        return 1.0 if told.value == 0 else 0.0
    return erfc(abs(told.value) / (told.half / Z) / sqrt(2))


def apart(differences: Sequence[Told]) -> list[bool]:
    """Which differences are ones, with the chance of naming even one wrongly kept at 5% (Holm 1979)."""
    return [p < SURE for p in holm([chance(one) for one in differences])]


def stand_out(parts: Sequence[Part]) -> tuple[list[Question], list[Question], int]:
    """Questions surely above and surely below the mean of all questions of the group, and how many were looked at."""
    known = [
        q for part in parts for q in part.questions if q.mean.value is not None and q.mean.half is not None
    ]
    if len(known) < FEWEST:
        return [], [], len(known)
    middle = Told("", _mean([q.mean.value for q in known]), _mean([q.mean.half for q in known]))
    away = [results.difference(q.mean, middle) for q in known]
    sure = [(told.value or 0.0, q) for told, q, named in zip(away, known, apart(away), strict=True) if named]
    sure.sort(key=lambda pair: -abs(pair[0]))
    return [q for value, q in sure if value > 0], [q for value, q in sure if value < 0], len(known)


def by_people(report: Report, instrument: Instrument, group: Group) -> dict[str, tuple[Told, int, int]]:
    """The mean of each section when each school counts by its people, not by how many of them answered: the figure, how
    many schools are in it, and of how many. Nothing where it is not known how many people a school has, or the schools
    with a mean have fewer than two thirds of them."""
    schools = [one for one in _schools(report) if set(one.members) < set(group.members)]
    people = {one: report.line(one).invited for one in schools}
    if group.attribute or len(schools) < FEWEST:
        return {}
    whole = report.line(group).invited
    each = {one: {part.id: part.mean for part in results.parts(report, instrument, one)} for one in schools}
    found = {}
    for part in results.parts(report, instrument, group):
        inside = [
            (people[one] or 0, each[one][part.id])
            for one in schools
            if people[one] and part.id in each[one] and each[one][part.id].value is not None
        ]
        covered = sum(n for n, _mean in inside)
        if not whole or len(inside) < FEWEST or covered < COVERED * whole:
            continue
        value = sum(n * (mean.value or 0.0) for n, mean in inside) / covered
        halves = [None if mean.half is None else n * mean.half for n, mean in inside]
        half = None if None in halves else sqrt(sum((h or 0.0) ** 2 for h in halves)) / covered
        found[part.id] = Told(number(value, 1), value, half), len(inside), len(group.members)
    return found


@dataclass(frozen=True)
class Beside:
    """A school among others: the mean of its sections, that mean drawn towards all by how uncertain it is, and whether
    it differs from all (several compared at once)."""

    group: Group
    base: int
    mean: Told
    drawn: Told
    differs: bool


def schools_beside(report: Report, instrument: Instrument) -> list[Beside]:
    """The schools whose sections can be seen, by their drawn means (empirical Bayes: `shrink`); none under three."""
    means: dict[Group, Told] = {}
    for one in _schools(report):
        parts = [p.mean for p in results.parts(report, instrument, one)]
        known = [mean for mean in parts if mean.value is not None and mean.half is not None]
        if known and 2 * len(known) >= len(parts):
            value, half = _mean([m.value for m in known]), _mean([m.half for m in known])
            means[one] = Told(number(value, 1), value, half)
    bases = {one: report.line(one).base or 0 for one in means}
    given: dict[Hashable, Summary] = {
        one: Summary(n, told.value, n * max((told.half or 0.0) / Z, 1e-6) ** 2, (told.half or 0.0) / Z, n)
        for (one, told), n in zip(means.items(), bases.values(), strict=True)
    }
    shrunk = shrink(given)
    if not shrunk.groups or shrunk.mean is None:
        return []
    drawn = {}
    for one in means:
        figure = shrunk.groups[one].figure
        width = None if figure.high is None or figure.value is None else figure.high - figure.value
        drawn[one] = Told(number(figure.value or 0.0, 1), figure.value, width)
    centre = Told("", shrunk.mean, 0.0)
    sure = apart([results.difference(told, centre) for told in means.values()])
    rows = [
        Beside(one, bases[one], means[one], drawn[one], named) for one, named in zip(means, sure, strict=True)
    ]
    return sorted(rows, key=lambda row: -(row.drawn.value or 0.0))


def _schools(report: Report) -> list[Group]:
    return [
        line.group
        for line in report.lines
        if line.group.level == SCHOOL and not line.group.attribute and line.shown
    ]


def _mean(values: Sequence[float | None]) -> float:
    return sum(value or 0.0 for value in values) / len(values)
