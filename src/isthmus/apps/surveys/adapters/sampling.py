"""How many of a list are asked, and what can then be said of all: strata are schools with their kinds of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping

from isthmus.apps.surveys.models import Invited
from isthmus.methods.surveys import SurveyError, allocate, draw, margin_of_error, stratified_size, to_ask

__all__ = ["Counts", "Stratum", "SurveyError", "allocated", "chosen", "margin", "strata", "total_for"]

Stratum = tuple[int, str, str]
"""A school (key of `WaveSchool`), a kind of people, and what else the list says of them."""
Counts = Mapping[Hashable, int]
"""People by stratum."""


def stratum_of(one: Invited) -> Stratum:
    """Within which group somebody is drawn."""
    return one.school_id, one.who, one.stratum


def strata(people: Iterable[Invited]) -> dict[Hashable, int]:
    """How many people each stratum has."""
    return dict[Hashable, int](sorted(Counter(map(stratum_of, people)).items()))


def total_for(population: Counts, wished: float, response: float, at_least: int) -> int:
    """How many to ask for a margin of error of `wished` (0.05 is five points), where a share `response` answers. Raises
    SurveyError."""
    answers = stratified_size(population, wished, at_least=at_least)
    return to_ask(answers, response, sum(population.values()))


def allocated(population: Counts, total: int, at_least: int) -> dict[Hashable, int]:
    """How many of each stratum are asked, `total` in all. Raises SurveyError."""
    return allocate(population, total, at_least=at_least)


def margin(asked: Counts, population: Counts, response: float = 1.0) -> float | None:
    """The margin of error where a share `response` of each stratum answers (one person at least); None where a stratum
    has nobody who is asked."""
    answers = {key: min(n, max(1, round(n * response))) if n else 0 for key, n in asked.items()}
    return margin_of_error(answers, population)


def chosen(people: Iterable[Invited], asked: Counts, seed: str) -> set[int]:
    """The keys of those who are drawn, by a draw that `seed` repeats."""
    ids: dict[Hashable, list[str]] = {}
    for one in people:
        ids.setdefault(stratum_of(one), []).append(str(one.pk))
    return {int(pk) for drawn in draw(ids, asked, seed=seed).values() for pk in drawn}
