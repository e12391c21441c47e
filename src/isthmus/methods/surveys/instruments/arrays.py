"""Scores of many respondents from an array of codes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.surveys.instruments.model import Blank, Instrument, Item, Respondent, Scoring, Section
from isthmus.methods.surveys.model import SurveyError

Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int16]
LEAST_SHARE = 0.5
"""A mean is given where at least this share of the items that apply was answered."""
UNKNOWN = -1


class AnswersError(SurveyError):
    """Answers that do not fit the instrument; the message says which item, and what it takes."""


@dataclass(frozen=True)
class SectionArrays:
    """Scores of n respondents in one section, over ``items`` (the scored items that they were asked).

    ``answered`` counts options chosen. By scoring, else None:

    - totals: ``total`` (sum of codes; NaN unless every item was answered with an option), ``mean`` (of the answered
      items; NaN where fewer than half of those that apply were answered). Reversed items count the other way round.
    - stages: ``median`` (the lower of the middle two where the count is even, so always a stage that was given) and
      ``minimum``; -1 where nothing was answered.
    - cumulative: ``low`` and ``high``, the levels with every unanswered criterion unmet, and met; ``level`` where the
      two agree, else -1. Level 0: not even the first.
    - agreement: ``agreed``, ``nearly`` and ``not_yet`` count items.
    """

    section: str
    scoring: Scoring
    items: tuple[str, ...]
    answered: Ints
    total: Floats | None = None
    mean: Floats | None = None
    median: Ints | None = None
    minimum: Ints | None = None
    level: Ints | None = None
    low: Ints | None = None
    high: Ints | None = None
    agreed: Ints | None = None
    nearly: Ints | None = None
    not_yet: Ints | None = None


def score_many(
    instrument: Instrument, codes: Codes, respondent: Respondent | None = None
) -> tuple[SectionArrays, ...]:
    """Scores of many respondents. ``codes`` int8 [n × len(instrument.columns)], in the order of ``columns``, with the
    blanks of `Blank`. With ``respondent`` only the items that this kind is asked count; None counts all.

    Sections without scored items are left out. Raises `AnswersError` for another shape or a code that an item's scale
    does not have.
    """
    check_codes(instrument, codes)
    place = {id_: n for n, id_ in enumerate(instrument.columns)}
    codes = turned(instrument, codes)
    found = []
    for section in instrument.sections:
        items = [item for item in section.scored if is_asked(instrument, section, item, respondent)]
        if items:
            answers = codes[:, [place[item.id] for item in items]]
            found.append(_section(instrument, section, items, answers))
    return tuple(found)


def turned(instrument: Instrument, codes: Codes) -> Codes:
    """The codes as they count: those of reversed items the other way round."""
    reverse = [n for n, item in enumerate(instrument.scored) if item.reversed]
    if not reverse:
        return codes
    found = codes.copy()
    for column in reverse:
        scale = instrument.scale_of(instrument.scored[column])
        # Twice a code may be more than eight bits hold.
        other = (scale.lowest + scale.highest - codes[:, column].astype(np.int16)).astype(np.int8)
        found[:, column] = np.where(codes[:, column] >= 0, other, codes[:, column])
    return found


def check_codes(instrument: Instrument, codes: Codes) -> None:
    """Raise `AnswersError` where an array of codes does not fit the instrument."""
    if codes.dtype != np.int8 or codes.ndim != 2 or codes.shape[1] != len(instrument.columns):
        raise AnswersError(
            f"The codes must be an int8 array of {len(instrument.columns)} columns, "
            f"not {codes.dtype} with the shape {codes.shape}."
        )
    for column, item in enumerate(instrument.scored):
        allowed = np.zeros(256, dtype=bool)
        allowed[np.array(list(instrument.scale_of(item).allowed), dtype=np.int8).view(np.uint8)] = True
        right = allowed[codes[:, column].view(np.uint8)]
        if not right.all():
            row = int(np.argmin(right))
            raise AnswersError(not_allowed(instrument, item, int(codes[row, column]), f"row {row + 1}, "))


def not_allowed(instrument: Instrument, item: Item, code: object, where: str = "") -> str:
    """The words for a code that an item does not have."""
    allowed = ", ".join(map(str, sorted(instrument.scale_of(item).allowed, key=lambda c: (c < 0, abs(c)))))
    return f"{where}item {item.id}: {code!r} is not an answer. Its codes are {allowed}."


def is_asked(instrument: Instrument, section: Section, item: Item, respondent: Respondent | None) -> bool:
    """Whether this kind of respondent (None: any) answers the item."""
    return respondent is None or respondent in (item.who or section.who or instrument.who)


def _section(instrument: Instrument, section: Section, items: list[Item], answers: Codes) -> SectionArrays:
    answered = (answers >= 0).sum(axis=1, dtype=np.int16)
    base = SectionArrays(section.id, section.scoring, tuple(item.id for item in items), answered)
    scale = instrument.scale_of(items[0])
    if section.scoring is Scoring.TOTALS:
        return _totals(base, answers)
    if section.scoring is Scoring.STAGES:
        return _stages(base, answers)
    if section.scoring is Scoring.CUMULATIVE:
        return _levels(base, section, items, answers, scale.highest if section.met is None else section.met)
    agreed = (answers == scale.highest).sum(axis=1, dtype=np.int16)
    not_yet = (answers == scale.lowest).sum(axis=1, dtype=np.int16)
    return replace(base, agreed=agreed, nearly=answered - agreed - not_yet, not_yet=not_yet)


def _totals(base: SectionArrays, answers: Codes) -> SectionArrays:
    width = answers.shape[1]
    sums = answers.sum(axis=1, where=answers >= 0, dtype=np.float64)
    applying = width - (answers == Blank.NOT_APPLICABLE).sum(axis=1)
    enough = (base.answered > 0) & (base.answered >= LEAST_SHARE * applying)
    mean = np.full(len(sums), np.nan)
    np.divide(sums, base.answered, out=mean, where=enough)
    return replace(base, total=np.where(base.answered == width, sums, np.nan), mean=mean)


def _stages(base: SectionArrays, answers: Codes) -> SectionArrays:
    # Blanks sort behind every code.
    ordered = np.sort(np.where(answers < 0, np.int8(127), answers), axis=1)
    some = base.answered > 0
    middle = np.maximum((base.answered.astype(np.intp) - 1) // 2, 0)
    median = np.take_along_axis(ordered, middle[:, None], axis=1)[:, 0]
    return replace(
        base,
        median=np.where(some, median, UNKNOWN).astype(np.int16),
        minimum=np.where(some, ordered[:, 0], UNKNOWN).astype(np.int16),
    )


def _levels(
    base: SectionArrays, section: Section, items: list[Item], answers: Codes, met: int
) -> SectionArrays:
    low = high = np.zeros(len(answers), dtype=np.int16)
    still_low = still_high = np.ones(len(answers), dtype=bool)
    for level in section.levels:
        columns = [n for n, item in enumerate(items) if item.level == level.level]
        held = answers[:, columns] >= met
        still_low = still_low & held.all(axis=1)
        still_high = still_high & (held | (answers[:, columns] < 0)).all(axis=1)
        low, high = low + still_low, high + still_high
    return replace(base, low=low, high=high, level=np.where(low == high, low, np.int16(UNKNOWN)))
