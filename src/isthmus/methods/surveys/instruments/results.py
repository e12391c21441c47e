"""What many people's answers to an instrument say, for everybody and in groups: the estimates of `methods.surveys`,
section by section as the instrument scores them.

No disclosure control is applied here: see `methods.disclosure` for what may be shown of anonymous answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, mul

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.surveys import (
    LEVEL,
    Alpha,
    Distribution,
    Figure,
    Grouped,
    Icc,
    Labelled,
    SurveyError,
    as_numbers,
    cronbach,
    distribution,
    even_spread,
    icc_of_groups,
    response_rate,
    summarise,
    summarise_counts,
    tabulate,
    within_group_items,
)
from isthmus.methods.surveys.instruments.arrays import (
    Codes,
    Floats,
    SectionArrays,
    check_codes,
    score_many,
    turned,
)
from isthmus.methods.surveys.instruments.model import Blank, Instrument, Item, Scoring

Grouping = tuple[str, ...]
Asked = Mapping[Grouping, Mapping[Grouping, int]]
"""By grouping and group: how many people could have answered."""


@dataclass(frozen=True)
class ItemResult:
    """One item in one group: how many chose each of ``codes``, gave no answer (of whom ``dont_know`` said that they do
    not know) or to whom it does not apply. ``worth`` is what each code counts as; None where a mean makes no sense.
    ``population`` could have answered; None where that is not known."""

    item: str
    codes: tuple[int, ...]
    counts: tuple[int, ...]
    worth: tuple[int, ...] | None
    missing: int
    not_applicable: int
    dont_know: int
    population: int | None
    level: float

    @property
    def base(self) -> int:
        """How many chose an option."""
        return sum(self.counts)

    @cached_property
    def mean(self) -> Figure | None:
        """The mean of the codes as they count, in sections with totals; else None."""
        if self.worth is None:
            return None
        size = None if self.population is None else self.population - self.not_applicable
        return summarise_counts(self.counts, self.worth, population=size).figure(self.level)

    @cached_property
    def spread(self) -> Distribution:
        """Shares, median and least of the codes as they were given."""
        return distribution(
            self.counts,
            self.codes,
            missing=self.missing,
            not_applicable=self.not_applicable,
            population=self.population,
            level=self.level,
        )

    @property
    def middle(self) -> float:
        """What items are put in order by: the mean without its interval; infinite where nobody answered."""
        return sum(map(mul, self.counts, self.worth or ())) / self.base if self.base else math.inf


@dataclass(frozen=True)
class SectionResult:
    """One section in one group. For totals ``mean`` is that of people's section means, ``total`` that of the totals of
    those who answered every item, ``agreement`` is rwg(j); items come lowest mean first. For a cumulative section
    ``levels`` is the distribution of people's levels, where 'missing' counts levels that are open."""

    section: str
    scoring: Scoring
    items: tuple[ItemResult, ...]
    mean: Figure | None = None
    total: Figure | None = None
    agreement: Figure | None = None
    levels: Distribution | None = None


@dataclass(frozen=True)
class GroupResult:
    """One group: its labels by the columns of its grouping (none for everybody), and what its people said."""

    columns: Grouping
    group: Grouping
    people: int
    response: Figure
    sections: tuple[SectionResult, ...]


@dataclass(frozen=True)
class Results:
    """Every group of every grouping, everybody first. ``left_out`` counts people whose group is not stated, a
    grouping; ``reliability`` is Cronbach's alpha of each section with totals; ``differ`` ICC(1) and ICC(2) of its
    means, by grouping and section."""

    instrument: Instrument
    people: int
    groups: tuple[GroupResult, ...]
    left_out: Mapping[Grouping, int]
    reliability: Mapping[str, Alpha]
    differ: Mapping[tuple[Grouping, str], Icc]


@dataclass(frozen=True)
class _Part:
    """The rows of one group (None: all), its size and how many could have answered."""

    rows: NDArray[np.intp] | slice
    people: int
    asked: int | None


def results(
    instrument: Instrument,
    codes: Codes,
    columns: Mapping[str, Labelled],
    groupings: Sequence[Grouping] = (),
    *,
    asked: Asked | None = None,
    level: float = LEVEL,
) -> Results:
    """Results of an int8 array of codes [n × len(instrument.columns)], as `score_many` takes it, for everybody and each
    group of ``groupings`` (tuples of names of ``columns``). ``asked`` gives response rates and finite populations; its
    groups in which nobody answered are among the results. 'I do not know' counts as no answer.

    Raises `AnswersError` for codes that do not fit, `SurveyError` for columns or numbers of people that do not.
    """
    check_codes(instrument, codes)
    if not instrument.columns:
        raise SurveyError(f"{instrument.id} has open questions only, so there is nothing to count.")
    wanted = tuple(dict.fromkeys([(), *groupings]))
    known = np.where(codes == Blank.DONT_KNOW, np.int8(Blank.MISSING), codes)
    scales = [instrument.scale_of(item) for item in instrument.scored]
    low, high = min(s.lowest for s in scales), max(s.highest for s in scales)
    tables = tabulate(known, columns, wanted, lowest=low, highest=high)
    unsure = tabulate((codes == Blank.DONT_KNOW).view(np.int8), columns, wanted, lowest=0, highest=1)
    maker = _Maker(instrument, turned(instrument, known), score_many(instrument, codes), low, level)
    found: list[GroupResult] = []
    differ: dict[tuple[Grouping, str], Icc] = {}
    for grouping in wanted:
        table, place = tables.by[grouping], _places(columns, grouping, tables.by[grouping], len(codes))
        sizes = (asked or {}).get(grouping, {})
        found += maker.groups(table, unsure.by[grouping], place, sizes)
        if grouping and len(table.groups) > 1:
            differ |= {(grouping, one.section): icc for one, icc in maker.icc(place, level)}
    alphas = {
        one.section: cronbach(maker.numbers(one), level=level) for one in maker.totals if len(one.items) > 1
    }
    left_out = {grouping: tables.by[grouping].left_out for grouping in wanted}
    return Results(instrument, len(codes), tuple(found), left_out, alphas, differ)


def _places(columns: Mapping[str, Labelled], grouping: Grouping, table: Grouped, n: int) -> NDArray[np.int64]:
    """(n,) each row's place among the groups of a table, −1 where it is in none."""
    place = np.zeros(n, dtype=np.int64)
    outside = np.zeros(n, dtype=bool)
    for name in grouping:
        place = place * max(len(columns[name].labels), 1) + columns[name].codes
        outside |= columns[name].codes < 0
    kinds, which = np.unique(np.where(outside, -1, place), return_inverse=True)
    at = {group: number for number, group in enumerate(table.groups)}
    numbers = []
    for kind in kinds.tolist():
        labels: list[str] = []
        rest = kind
        for name in reversed(grouping):
            rest, code = divmod(rest, max(len(columns[name].labels), 1))
            labels.insert(0, columns[name].labels[code] if kind >= 0 else "")
        numbers.append(at[tuple(labels)] if kind >= 0 else -1)
    return np.array(numbers, dtype=np.int64)[which]


@dataclass(frozen=True)
class _Maker:
    """What all groups need: codes as they count, everybody's scores, the code of the first count."""

    instrument: Instrument
    counted: Codes
    scores: tuple[SectionArrays, ...]
    lowest: int
    level: float

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The column of each item."""
        return {id_: column for column, id_ in enumerate(self.instrument.columns)}

    @cached_property
    def outside(self) -> Mapping[str, NDArray[np.bool_]]:
        """(n,) by section: to whom no item of it applies."""
        absent = self.counted == Blank.NOT_APPLICABLE
        return {
            one.section: absent[:, [self.places[id_] for id_ in one.items]].all(axis=1) for one in self.totals
        }

    @property
    def totals(self) -> Iterator[SectionArrays]:
        return (one for one in self.scores if one.scoring is Scoring.TOTALS)

    def numbers(self, section: SectionArrays, rows: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """The codes of a section's items as they count, NaN for none."""
        return as_numbers(self.counted[rows][:, [self.places[id_] for id_ in section.items]])

    def icc(self, place: NDArray[np.int64], level: float) -> Iterator[tuple[SectionArrays, Icc]]:
        inside = place >= 0
        for one in self.totals:
            if one.mean is not None:
                yield one, icc_of_groups(one.mean[inside], place[inside].tolist(), level=level)

    def groups(
        self, table: Grouped, unsure: Grouped, place: NDArray[np.int64], sizes: Mapping[Grouping, int]
    ) -> Iterator[GroupResult]:
        order = np.argsort(place, kind="stable")
        edges = np.searchsorted(place[order], np.arange(len(table.groups) + 1))
        for g, labels in enumerate(table.groups):
            rows = order[edges[g] : edges[g + 1]] if table.columns else slice(None)
            part = _Part(rows, int(table.people[g]), sizes.get(labels))
            try:
                rate = response_rate(part.people, part.asked)
                sections = tuple(self._section(one, part, table, unsure, g) for one in self.scores)
            except SurveyError as error:
                raise SurveyError(f"{' · '.join(labels) or 'Everybody'}: {error}") from None
            yield GroupResult(table.columns, labels, part.people, rate, sections)
        there = set(table.groups)
        for labels, size in sizes.items():
            if labels not in there:
                yield GroupResult(table.columns, labels, 0, response_rate(0, size), ())

    def _section(
        self, section: SectionArrays, part: _Part, table: Grouped, unsure: Grouped, g: int
    ) -> SectionResult:
        items = [self._item(section, id_, part, table, unsure, g) for id_ in section.items]
        base = SectionResult(section.section, section.scoring, tuple(items))
        scale = self.instrument.scale_of(self.instrument.item(section.items[0]))
        if section.level is not None:
            return _levels(
                base, section.level[part.rows], len(self.instrument.section(section.section).levels), part
            )
        if section.mean is None or section.total is None:
            return base
        outside = int(self.outside[section.section][part.rows].sum())
        size = None if part.asked is None else part.asked - outside
        mean = summarise(section.mean[part.rows], population=size, lowest=scale.lowest, highest=scale.highest)
        ends = scale.lowest * len(items), scale.highest * len(items)
        total = summarise(section.total[part.rows], population=size, lowest=ends[0], highest=ends[1])
        agreement = None
        if table.columns and len(items) > 1:
            expected = even_spread(len(scale.options))
            agreement = within_group_items(self.numbers(section, part.rows), expected=expected)
        return SectionResult(
            section.section,
            section.scoring,
            tuple(sorted(items, key=attrgetter("middle"))),
            mean.figure(self.level),
            total.figure(self.level),
            agreement,
        )

    def _item(
        self, section: SectionArrays, id_: str, part: _Part, table: Grouped, unsure: Grouped, g: int
    ) -> ItemResult:
        item = self.instrument.item(id_)
        column = self.places[id_]
        codes = self.instrument.scale_of(item).codes
        first = codes[0] - self.lowest
        counts = table.counts[g, column, first : codes[-1] - self.lowest + 1].tolist()
        return ItemResult(
            item=id_,
            codes=codes,
            counts=tuple(counts[code - codes[0]] for code in codes),
            worth=_worth(item, codes) if section.scoring is Scoring.TOTALS else None,
            missing=int(table.missing[g, column]),
            not_applicable=int(table.not_applicable[g, column]),
            dont_know=int(unsure.counts[g, column, 1]),
            population=part.asked,
            level=self.level,
        )


def _worth(item: Item, codes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(codes[0] + codes[-1] - code for code in codes) if item.reversed else codes


def _levels(base: SectionResult, levels: NDArray[np.int16], top: int, part: _Part) -> SectionResult:
    counts = np.bincount(levels[levels >= 0], minlength=top + 1)
    spread = distribution(counts, range(top + 1), missing=int((levels < 0).sum()), population=part.asked)
    return SectionResult(base.section, base.scoring, base.items, levels=spread)
