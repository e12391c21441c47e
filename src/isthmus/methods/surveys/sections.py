"""From answers to sections: scores of people, distributions of items, and reports of a group of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.estimates import Summary, summarise
from isthmus.methods.surveys.model import (
    LEVEL,
    MISSING,
    NOT_APPLICABLE,
    Codes,
    Figure,
    Floats,
    Key,
    SurveyError,
    column,
    nothing,
    table,
)
from isthmus.methods.surveys.shares import wilson


def as_numbers(codes: ArrayLike) -> Floats:
    """Codes (people, items) as numbers, NaN for both not answered and not applicable. Raises on other codes below
    nought."""
    given = np.asarray(codes)
    if not np.issubdtype(given.dtype, np.integer):
        raise SurveyError("Codes must be whole numbers.")
    if (given < NOT_APPLICABLE).any():
        raise SurveyError(
            f"Codes below nought are {MISSING} (not answered) and {NOT_APPLICABLE} (not applicable) only."
        )
    return np.where(given < 0, np.nan, given.astype(np.float64))


def section_scores(
    codes: Codes,
    items: Sequence[int],
    *,
    at_least: float = 0.5,
    reverse: Mapping[int, int] | None = None,
    total: bool = False,
) -> Floats:
    """(people,) each person's mean over a section's items (positions), NaN where too little was answered.

    Items that do not apply to somebody leave the section for that person; of the others a share of ``at_least`` must be
    answered. ``reverse`` maps a position to lowest + highest of its scale; the code is taken from it. With ``total``,
    the mean times the number of the section's items: a total that missing items do not pull down.
    """
    if not 0 < at_least <= 1:
        raise SurveyError("The share of items that must be answered must be more than 0 and at most 1.")
    chosen = list(items)
    width = np.asarray(codes).shape[1] if np.asarray(codes).ndim == 2 else -1
    if not chosen or len(set(chosen)) != len(chosen) or not all(0 <= one < width for one in chosen):
        raise SurveyError("A section needs one item or more, each once, each a column of the answers.")
    part = np.asarray(codes)[:, chosen]
    numbers = as_numbers(part)
    for place, turned in (reverse or {}).items():
        if place in chosen:
            numbers[:, chosen.index(place)] = turned - numbers[:, chosen.index(place)]
    answered = (~np.isnan(numbers)).sum(axis=1)
    asked = (part != NOT_APPLICABLE).sum(axis=1)
    enough = (answered > 0) & (answered >= at_least * asked - 1e-9)
    mean = np.where(enough, np.nansum(numbers, axis=1) / np.maximum(answered, 1), np.nan)
    return mean * len(chosen) if total else mean


@dataclass(frozen=True)
class Distribution:
    """Who chose what. ``shares`` in order of the options, of those who answered; ``median`` and ``least`` the values of
    options (the lower of two medians), for scales whose steps are no amounts; ``base`` answered, ``missing`` did not,
    ``not_applicable`` said it does not apply."""

    values: tuple[float, ...]
    shares: tuple[Figure, ...]
    median: Figure
    least: float | None
    base: int
    missing: int
    not_applicable: int


def distribution(
    counts: ArrayLike,
    values: Sequence[float],
    *,
    missing: int = 0,
    not_applicable: int = 0,
    population: int | None = None,
    level: float = LEVEL,
) -> Distribution:
    """The distribution of an item from how many (c,) chose each option, options in rising order of their ``values``.
    The interval of the median is where Wilson's interval of one half lies on the answers (approximate, never narrower
    than one option). Those whom it does not apply to are not in the population."""
    many = column(counts, "counts")
    order = list(values)
    if len(many) != len(order) or not order or order != sorted(set(order)):
        raise SurveyError("There must be a count for each option, and options must rise in value.")
    if np.isnan(many).any() or (many < 0).any() or (many != np.round(many)).any():
        raise SurveyError("Counts must be whole numbers from nought.")
    base = int(many.sum())
    people = None if population is None else population - not_applicable
    shares = tuple(wilson(float(one), base, population=people, level=level) for one in many)
    least = order[int(np.flatnonzero(many)[0])] if base else None
    return Distribution(
        tuple(order), shares, _median(many, order, base, people, level), least, base, missing, not_applicable
    )


def _median(many: Floats, order: list[float], base: int, people: int | None, level: float) -> Figure:
    if base == 0:
        return nothing(0, "Nobody answered.", level)
    upto = np.cumsum(many)

    def at(share: float) -> float:
        return order[int(np.searchsorted(upto, max(share * base, 0.5) - 1e-9))]

    half = wilson(base / 2, base, population=people, level=level)
    low, high = half.low or 0.0, half.high or 1.0  # neither is ever None, or nought, for a half
    return Figure(at(0.5), base, at(low), at(high), level=level)


def summaries(
    answers: ArrayLike,
    groups: Sequence[Key],
    *,
    population: Mapping[Key, int] | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> dict[Key, Summary]:
    """Each group's summary of values (n,), among them groups that are in ``population`` and did not answer."""
    given = column(answers)
    if len(groups) != len(given):
        raise SurveyError("There must be a group for each value.")
    rows: dict[Key, list[int]] = {key: [] for key in population or ()}
    for row, key in enumerate(groups):
        rows.setdefault(key, []).append(row)
    lacking = [key for key in rows if population is not None and key not in population]
    if lacking:
        raise SurveyError(f"It is not known how many people could have answered in {lacking[0]}.")
    return {
        key: summarise(
            given[np.array(inside, dtype=np.int64)],
            population=None if population is None else population[key],
            lowest=lowest,
            highest=highest,
        )
        for key, inside in rows.items()
    }


@dataclass(frozen=True)
class LinkedChange:
    """Change of people who can be linked, later less earlier: a summary of their differences, and how many answered in
    one wave only."""

    summary: Summary
    only_before: int
    only_after: int


def linked_change(
    before: Mapping[Key, float],
    after: Mapping[Key, float],
    *,
    population: int | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> LinkedChange:
    """Change of values of people keyed alike in two waves; NaN is no answer. Those with one value only are counted, not
    used. Read it with ``against(change.summary)``. ``lowest`` and ``highest`` are the ends of the scale asked on."""
    first = {key: value for key, value in before.items() if value == value}
    last = {key: value for key, value in after.items() if value == value}
    both = [key for key in first if key in last]
    for one in (first, last):
        summarise(list(one.values()), lowest=lowest, highest=highest)
    reach = highest - lowest if lowest is not None and highest is not None else None
    changes = [last[key] - first[key] for key in both]
    found = summarise(changes, population=population, lowest=None if reach is None else -reach, highest=reach)
    return LinkedChange(found, len(first) - len(both), len(last) - len(both))


def against_own_mean(
    answers: ArrayLike,
    names: Sequence[Key],
    *,
    population: int | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> dict[Key, Summary]:
    """Each item or section (a column of answers (people, items), one scale for all) against the mean of all, within
    people: summaries of each person's answer less their own mean. Being within people, it is free of who is kind
    and who is strict. A person with fewer than two answers says nothing about differences and does not count."""
    given = table(answers)
    if given.shape[1] != len(names) or len(set(names)) != len(names) or len(names) < 2:
        raise SurveyError("It takes two items or more, each with a name of its own.")
    some = (~np.isnan(given)).sum(axis=1) >= 2
    kept = given[some]
    away = kept - (np.nansum(kept, axis=1) / (~np.isnan(kept)).sum(axis=1))[:, None]
    reach = highest - lowest if lowest is not None and highest is not None else None
    return {
        name: summarise(
            away[:, i], population=population, lowest=None if reach is None else -reach, highest=reach
        )
        for i, name in enumerate(names)
    }
