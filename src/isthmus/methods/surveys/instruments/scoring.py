"""Scores of one respondent (or one meeting), by the arithmetic of `arrays`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from isthmus.methods.surveys.instruments.arrays import (
    UNKNOWN,
    AnswersError,
    Codes,
    SectionArrays,
    is_asked,
    not_allowed,
    score_many,
)
from isthmus.methods.surveys.instruments.model import Blank, Instrument, Respondent


def codes_of(instrument: Instrument, answers: Mapping[str, int | str | None]) -> Codes:
    """One respondent's codes, int8 [1 × columns]; texts are passed over. Raises `AnswersError`."""
    texts = {key for item in instrument.items for key in item.text_keys}
    scored = {item.id: item for item in instrument.scored}
    for key in answers:
        if key not in texts and key not in scored:
            raise AnswersError(f"There is no item '{str(key)[:40]}' in {instrument.id}.")
    row = []
    for id_, item in scored.items():
        code = answers.get(id_)
        code = int(Blank.MISSING) if code is None else code
        if (
            isinstance(code, bool)
            or not isinstance(code, int)
            or code not in instrument.scale_of(item).allowed
        ):
            raise AnswersError(not_allowed(instrument, item, code))
        row.append(code)
    return np.array([row], dtype=np.int8).reshape(1, len(scored))


@dataclass(frozen=True)
class SectionScore:
    """One respondent's (or one meeting's) answers to a section. ``asked`` and ``answered`` count items."""

    section: str
    asked: int
    answered: int


@dataclass(frozen=True)
class TotalsScore(SectionScore):
    """``total`` of ``out_of`` (None unless every item was answered), ``mean`` (None where fewer than half of the items
    that apply were), ``gap``: what the mean lacks of the scale's top. ``items``: ids and codes as counted,
    lowest first, for going back to the questions behind a gap."""

    total: float | None
    out_of: int
    mean: float | None
    gap: float | None
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AgreementScore(SectionScore):
    """Ids of the items agreed, nearly, not yet, and without an answer."""

    agreed: tuple[str, ...]
    nearly: tuple[str, ...]
    not_yet: tuple[str, ...]
    unanswered: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether every item is agreed."""
        return len(self.agreed) == self.asked


@dataclass(frozen=True)
class StagesScore(SectionScore):
    """How many items stand at each code, the lower median, the minimum (None where nothing was answered), and the ids
    that stand at the minimum."""

    distribution: tuple[tuple[int, int], ...]
    median: int | None
    minimum: int | None
    lowest: tuple[str, ...]


@dataclass(frozen=True)
class CumulativeScore(SectionScore):
    """``level`` (None where unanswered criteria leave it open between ``low`` and ``high``)."""

    level: int | None
    low: int
    high: int


@dataclass(frozen=True)
class PromptsScore(SectionScore):
    """Open questions: ``answered`` counts those with a text."""


def score(
    instrument: Instrument, answers: Mapping[str, int | str | None], respondent: Respondent | None = None
) -> tuple[SectionScore, ...]:
    """The scores of one respondent, a section each. ``answers``: codes (or `Blank`, or None) by item id, texts by
    ``Item.text_keys``. Raises `AnswersError` for an item or a code that the instrument does not have."""
    codes = codes_of(instrument, answers)
    arrays = {one.section: one for one in score_many(instrument, codes, respondent)}
    row = dict(zip(instrument.columns, codes[0].tolist(), strict=True))
    return tuple(_scores(instrument, answers, respondent, arrays, row))


def _scores(
    instrument: Instrument,
    answers: Mapping[str, int | str | None],
    respondent: Respondent | None,
    arrays: Mapping[str, SectionArrays],
    row: Mapping[str, int],
) -> Iterator[SectionScore]:
    for section in instrument.sections:
        if section.id in arrays:
            yield _one(instrument, arrays[section.id], {id_: row[id_] for id_ in arrays[section.id].items})
            continue
        asked = [item for item in section.items if is_asked(instrument, section, item, respondent)]
        if asked:
            written = sum(1 for item in asked if str(answers.get(item.id) or "").strip())
            yield PromptsScore(section.id, len(asked), written)


def _one(instrument: Instrument, arrays: SectionArrays, row: Mapping[str, int]) -> SectionScore:
    scale = instrument.scale_of(instrument.item(arrays.items[0]))
    asked, answered = len(row), int(arrays.answered[0])
    base = (arrays.section, asked, answered)
    chosen = {id_: code for id_, code in row.items() if code >= 0}
    if arrays.total is not None and arrays.mean is not None:
        total, mean = _known(arrays.total[0]), _known(arrays.mean[0])
        ends = scale.lowest + scale.highest
        counted = [(i, ends - code if instrument.item(i).reversed else code) for i, code in chosen.items()]
        gap = None if mean is None else scale.highest - mean
        items = tuple(sorted(counted, key=lambda one: one[1]))
        return TotalsScore(*base, total, asked * scale.highest, mean, gap, items)
    if arrays.median is not None and arrays.minimum is not None:
        spread = tuple((code, sum(1 for c in chosen.values() if c == code)) for code in scale.codes)
        median, minimum = (int(a[0]) if answered else None for a in (arrays.median, arrays.minimum))
        return StagesScore(
            *base, spread, median, minimum, tuple(i for i, c in chosen.items() if c == minimum)
        )
    if arrays.level is not None and arrays.low is not None and arrays.high is not None:
        level = int(arrays.level[0])
        low, high = int(arrays.low[0]), int(arrays.high[0])
        return CumulativeScore(*base, None if level == UNKNOWN else level, low, high)
    return AgreementScore(
        *base,
        agreed=tuple(i for i, code in chosen.items() if code == scale.highest),
        nearly=tuple(i for i, code in chosen.items() if scale.lowest < code < scale.highest),
        not_yet=tuple(i for i, code in chosen.items() if code == scale.lowest),
        unanswered=tuple(i for i in row if i not in chosen),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
