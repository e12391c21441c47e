"""How many gave each answer to each item, in every group of several groupings, from millions of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.surveys.model import MISSING, NOT_APPLICABLE, Codes, Ints, SurveyError

MOST_GROUPS = 200_000
"""Groups of one grouping: above this a column is more likely an identifier of people than a grouping."""


@dataclass(frozen=True)
class Labelled:
    """A column of groups: ``codes`` (n,) int32, each a place in ``labels``, −1 where it is not stated."""

    codes: NDArray[np.int32]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Grouped:
    """Counts of one grouping. ``groups`` (g), each a label for each of its columns; ``people`` (g,) rows;
    ``counts`` (g, items, options), option ``lowest`` first; ``missing`` and ``not_applicable`` (g, items);
    ``left_out`` rows whose group is not stated."""

    columns: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    people: Ints
    counts: Ints
    missing: Ints
    not_applicable: Ints
    left_out: int


@dataclass(frozen=True)
class Tabulation:
    """Counts of every grouping asked for, keyed by its columns; ``lowest`` is the code of the first option."""

    by: Mapping[tuple[str, ...], Grouped]
    rows: int
    lowest: int


def tabulate(
    codes: Codes,
    columns: Mapping[str, Labelled],
    groupings: Sequence[tuple[str, ...]],
    *,
    lowest: int,
    highest: int,
) -> Tabulation:
    """Count codes (n, items) int8 from ``lowest`` to ``highest`` (−1 not answered, −2 not applicable) in each grouping,
    a tuple of column names; ``()`` is everybody. Groups come in order of their labels' places; those that nobody is in
    are left out. Raises where a code is none of these, lengths disagree or a grouping has more than 200,000 groups."""
    from isthmus.methods.surveys.kernels import count

    given = np.ascontiguousarray(codes)
    if given.dtype != np.int8 or given.ndim != 2:
        raise SurveyError("Codes must be a table of int8: a row a person, a column an item.")
    if not 0 <= lowest <= highest <= 127:
        raise SurveyError("Codes run from 0 or more to 127 or less.")
    found: dict[tuple[str, ...], Grouped] = {}
    for names in groupings:
        place, groups = _placed(columns, names, len(given))
        everything = np.zeros((len(groups), given.shape[1], highest - lowest + 3), dtype=np.int64)
        people = np.zeros(len(groups), dtype=np.int64)
        wrong = count(given, place, lowest, highest, everything, people)
        if wrong >= 0:
            row, item = divmod(int(wrong), given.shape[1])
            raise SurveyError(
                f"Row {row + 1}, item {item + 1} holds {given[row, item]}: a code from {lowest} to {highest} is needed,"
                f" {MISSING} where it was not answered or {NOT_APPLICABLE} where it does not apply."
            )
        found[names] = Grouped(
            names,
            groups,
            people,
            everything[:, :, 2:],
            everything[:, :, 1],
            everything[:, :, 0],
            len(given) - int(people.sum()),
        )
    return Tabulation(found, len(given), lowest)


def labelled(values: Sequence[str | None]) -> Labelled:
    """A column of groups from labels, in order of first appearance; None or an empty label is not stated."""
    place: dict[str, int] = {}
    codes = np.fromiter(
        (-1 if not value else place.setdefault(value, len(place)) for value in values), np.int32, len(values)
    )
    return Labelled(codes, tuple(place))


def _placed(
    columns: Mapping[str, Labelled], names: tuple[str, ...], n: int
) -> tuple[NDArray[np.int32], tuple[tuple[str, ...], ...]]:
    """(n,) each row's group of a grouping, −1 where a part is not stated, and the groups that somebody is in."""
    lacking = [name for name in names if name not in columns]
    if lacking:
        raise SurveyError(f"There is no column {lacking[0]} to group by.")
    for name in names:
        one = columns[name]
        if len(one.codes) != n:
            raise SurveyError(f"Column {name} has {len(one.codes)} rows and the answers have {n}.")
        if n and not -1 <= one.codes.min() <= one.codes.max() < len(one.labels):
            raise SurveyError(f"Column {name} holds a place outside its labels.")
    if not names:
        return np.zeros(n, dtype=np.int32), ((),)
    start = columns[names[0]]
    place, labels = _used(start.codes, [(label,) for label in start.labels])
    for name in names[1:]:
        one = columns[name]
        wide = place.astype(np.int64) * max(len(one.labels), 1) + one.codes
        wide[(place < 0) | (one.codes < 0)] = -1
        place, labels = _crossed(wide, labels, one.labels)
    if len(labels) > MOST_GROUPS:
        raise SurveyError(
            f"{' by '.join(names)} gives {len(labels)} groups: is one of them a person's number?"
        )
    return place, tuple(labels)


def _used(
    place: NDArray[np.int32], labels: Sequence[tuple[str, ...]]
) -> tuple[NDArray[np.int32], list[tuple[str, ...]]]:
    there = np.bincount(place + 1, minlength=len(labels) + 1)[1:] > 0
    if there.all():
        return place, list(labels)
    anew = np.concatenate([np.cumsum(there) - 1, [-1]]).astype(np.int32)
    return anew[place], [label for label, is_there in zip(labels, there, strict=True) if is_there]


def _crossed(
    wide: Ints, labels: list[tuple[str, ...]], others: tuple[str, ...]
) -> tuple[NDArray[np.int32], list[tuple[str, ...]]]:
    """Pairs numbered anew, those only that somebody is in."""
    possible = len(labels) * len(others)
    if possible <= 4 * MOST_GROUPS:
        there = np.flatnonzero(np.bincount(wide + 1, minlength=possible + 1)[1:])
        anew = np.full(possible + 1, -1, dtype=np.int32)
        anew[there] = np.arange(len(there), dtype=np.int32)
        place = anew[wide]
    else:
        there = np.unique(wide[wide >= 0])
        place = np.where(wide < 0, -1, np.searchsorted(there, wide)).astype(np.int32)
    first, second = np.divmod(there, max(len(others), 1))
    return place, [(*labels[a], others[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
