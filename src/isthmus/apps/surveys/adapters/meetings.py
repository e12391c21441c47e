"""What a section comes to in a meeting: of all present, of each school, and of the room as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import mean, median_low, stdev
from typing import Any

from isthmus.apps.surveys.adapters.instruments import Blank, Instrument, Item, Section
from isthmus.methods.surveys.instruments import (
    AgreementScore,
    CumulativeScore,
    Respondent,
    Scoring,
    SectionScore,
    StagesScore,
    TotalsScore,
    score,
)

BY_SCORE = (Scoring.TOTALS,)


@dataclass(frozen=True)
class Given:
    """One answer: its school's name, as whom, codes by item, and what was written."""

    school: str
    who: str
    codes: Mapping[str, int]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """What a section comes to for some people. `people` answered one question of it or more.

    Totals: `mean` of people's own means, the `lowest` and `highest` of these, their standard deviation `spread` (of two
    people or more), and the mean `total` of those who answered every question, `out_of` where that is the same for all.
    Stages and levels: the middle and the lowest of all answers, or of people's levels. Agreement: how many matters
    everybody agreed, `settled` of `matters`.
    """

    name: str
    people: int
    mean: float | None = None
    lowest: float | None = None
    highest: float | None = None
    spread: float | None = None
    total: float | None = None
    out_of: int | None = None
    settled: int | None = None
    matters: int | None = None


@dataclass(frozen=True)
class ItemFigures:
    """How the answers to one question lie: `counts` for each option in its order, `other` for those off the scale.
    `mean` and `spread` only where answers are added up; `middle` and `low` are codes."""

    id: str
    counts: tuple[int, ...]
    other: int
    mean: float | None
    spread: float | None
    middle: int | None
    low: int | None

    @property
    def base(self) -> int:
        """How many answers there are."""
        return sum(self.counts)


@dataclass(frozen=True)
class Figures:
    """A section that was opened: everybody, each school, the room as a whole where it said something, each question.
    `answers`: how many had been sent then."""

    section: str
    scoring: str
    answers: int
    whole: Line
    schools: tuple[Line, ...]
    room: Line | None
    items: tuple[ItemFigures, ...]
    said: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        told = asdict(self)
        return {
            **told,
            "schools": [asdict(line) for line in self.schools],
            "items": [{**asdict(item), "counts": list(item.counts)} for item in self.items],
            "said": dict(self.said),
        }


def from_json(told: Mapping[str, Any]) -> Figures:
    """What was kept."""
    return Figures(
        told["section"],
        told["scoring"],
        told["answers"],
        Line(**told["whole"]),
        tuple(Line(**line) for line in told["schools"]),
        Line(**told["room"]) if told["room"] else None,
        tuple(ItemFigures(**{**item, "counts": tuple(item["counts"])}) for item in told["items"]),
        dict(told["said"]),
    )


def figures(instrument: Instrument, section: Section, answers: Sequence[Given], room: Given) -> Figures:
    """The figures of a section. `room` is what the room as a whole said."""
    scores = [(one, _score(instrument, section, one)) for one in answers]
    told = [(one, found) for one, found in scores if found is not None and found.answered]
    schools = sorted({one.school for one in answers})
    said = {item.id: room.codes[item.id] for item in section.scored if item.id in room.codes}
    as_room = _score(instrument, section, room)
    rows = [one.codes for one in answers]
    return Figures(
        section.id,
        section.scoring.value,
        len(answers),
        _line("", instrument, section, told),
        tuple(
            _line(name, instrument, section, [pair for pair in told if pair[0].school == name])
            for name in schools
        ),
        _line("", instrument, section, [(room, as_room)]) if as_room and as_room.answered else None,
        tuple(_item(instrument, section, item, rows) for item in section.scored),
        said,
    )


def _score(instrument: Instrument, section: Section, one: Given) -> SectionScore | None:
    found = score(instrument, {**one.codes, **one.texts}, Respondent(one.who) if one.who else None)
    return next((one for one in found if one.section == section.id), None)


def _line(
    name: str, instrument: Instrument, section: Section, told: Sequence[tuple[Given, SectionScore]]
) -> Line:
    people = len(told)
    totals = [one for _given, one in told if isinstance(one, TotalsScore)]
    if section.scoring == Scoring.TOTALS:
        means = [one.mean for one in totals if one.mean is not None]
        complete = [one for one in totals if one.total is not None]
        out_of = {one.out_of for one in complete}
        same = len(out_of) == 1
        return Line(
            name, people, *_middle(means), total=mean(one.total or 0 for one in complete) if same else None,
            out_of=out_of.pop() if same else None,
        )  # fmt: skip
    if section.scoring == Scoring.AGREEMENT:
        agreed = [set(one.agreed) for _given, one in told if isinstance(one, AgreementScore)]
        settled = set.intersection(*agreed) if agreed else set()
        return Line(name, people, settled=len(settled), matters=len(section.scored))
    if section.scoring == Scoring.CUMULATIVE:
        levels = [
            one.level for _given, one in told if isinstance(one, CumulativeScore) and one.level is not None
        ]
        return _ordinal(name, people, levels)
    codes = [
        code
        for given, one in told
        if isinstance(one, StagesScore)
        for item in section.scored
        if (code := given.codes.get(item.id, int(Blank.MISSING))) in instrument.scale_of(item).codes
    ]
    return _ordinal(name, people, codes)


def _middle(means: Sequence[float]) -> tuple[float | None, float | None, float | None, float | None]:
    """Mean, lowest, highest and standard deviation."""
    if not means:
        return None, None, None, None
    return mean(means), min(means), max(means), stdev(means) if len(means) > 1 else None


def _ordinal(name: str, people: int, codes: Sequence[int]) -> Line:
    """The lower middle stands in `mean`: stages and levels have no mean."""
    if not codes:
        return Line(name, people)
    return Line(name, people, median_low(codes), min(codes), max(codes))


def _item(
    instrument: Instrument, section: Section, item: Item, rows: Iterable[Mapping[str, int]]
) -> ItemFigures:
    scale = instrument.scale_of(item)
    codes = [row.get(item.id, int(Blank.MISSING)) for row in rows]
    on = [code for code in codes if code in scale.codes]
    other = sum(1 for code in codes if code in (int(Blank.NOT_APPLICABLE), int(Blank.DONT_KNOW)))
    counts = tuple(on.count(code) for code in scale.codes)
    adds = section.scoring in BY_SCORE and bool(on)
    return ItemFigures(
        item.id,
        counts,
        other,
        mean(on) if adds else None,
        stdev(on) if adds and len(on) > 1 else None,
        median_low(on) if on else None,
        min(on) if on else None,
    )


def behind(found: Figures, instrument: Instrument) -> tuple[set[str], set[str]]:
    """The questions behind a gap: where answers lie lowest, and where they lie furthest apart (the ids of each; all of
    those that tie). None where all lie alike, or fewer than two were answered. An item that is turned round counts
    turned round."""
    answered = [item for item in found.items if item.base]
    if len(answered) < 2:
        return set(), set()
    low = {item.id: _height(item, instrument) for item in answered}
    wide = {item.id: _width(item, instrument) for item in answered}
    lowest = {key for key, value in low.items() if value == min(low.values())}
    widest = {key for key, value in wide.items() if value == max(wide.values()) and value > 0}
    everything = {item.id for item in answered}
    return lowest if lowest != everything else set(), widest if widest != everything else set()


def _height(item: ItemFigures, instrument: Instrument) -> float:
    """How good the answers are: the mean where there is one, else the middle one."""
    held = instrument.item(item.id)
    value = float(item.mean if item.mean is not None else item.middle or 0)
    scale = instrument.scale_of(held)
    return scale.lowest + scale.highest - value if held.reversed else value


def _width(item: ItemFigures, instrument: Instrument) -> float:
    """How far apart they are: the standard deviation, else how many steps the lowest lies from the highest."""
    if item.spread is not None:
        return item.spread
    codes = instrument.scale_of(instrument.item(item.id)).codes
    on = [code for code, number in zip(codes, item.counts, strict=True) if number]
    return float(codes.index(on[-1]) - codes.index(on[0])) if item.mean is None else 0.0
