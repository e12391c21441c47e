"""What a frozen report says of one group, question by question.

Everything here is worked out from figures that were let through, never from answers, so that nothing is told that was
not checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from isthmus.apps.surveys.adapters.instruments import Instrument, Section
from isthmus.apps.surveys.adapters.reporting import PEOPLE, ROLE
from isthmus.apps.surveys.models import Who
from isthmus.methods.disclosure import Cell, Group, Report, sd_estimate
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
from isthmus.methods.surveys.words import number

__all__ = [
    "Group",
    "Part",
    "Question",
    "Report",
    "Told",
    "difference",
    "groups_of",
    "leaders_and_staff",
    "number",
    "parts",
    "people_groups",
    "scored",
    "sure",
]
LEFT_OUT = "the mean is of {} of its {} questions, as those of the others may not be shown"
Z = 1.959964
"""A normal interval of 95%. Its half-width is taken from the spread that the shown bands allow."""


@dataclass(frozen=True)
class Told:
    """A figure as it is printed: `text`, its `value` where it is a number, half the width of its interval where known,
    on how many answers it stands, and why it is not there or how to read it."""

    text: str
    value: float | None = None
    half: float | None = None
    base: int | None = None
    why: str = ""

    @property
    def between(self) -> str:
        """'3.4 to 4.0', or nothing."""
        if self.value is None or self.half is None:
            return ""
        return f"{number(self.value - self.half, 1)} to {number(self.value + self.half, 1)}"


@dataclass(frozen=True)
class Question:
    """One question in one group."""

    id: str
    text: str
    mean: Told
    agree: str
    shares: tuple[tuple[str, str], ...]
    base: int | None
    why: str


@dataclass(frozen=True)
class Part:
    """A section in one group: its mean where it has one, and its questions."""

    id: str
    title: str
    mean: Told
    questions: tuple[Question, ...]


def groups_of(report: Report) -> list[Group]:
    """Every group, in the report's order."""
    return [line.group for line in report.lines]


def parts(report: Report, instrument: Instrument, group: Group) -> list[Part]:
    """The sections with a scale, as this group answered them."""
    known = {item.name for item in report.items}
    found = []
    for section in instrument.sections:
        asked = [item for item in section.scored if item.id in known]
        if asked:
            cells = [report.cell(group, item.id) for item in asked]
            questions = tuple(
                _question(instrument, cell, item.id, report) for cell, item in zip(cells, asked, strict=True)
            )
            found.append(Part(section.id, section.title, _section(section, questions), questions))
    return found


def people_groups(report: Report, group: Group) -> list[Group]:
    """The same place by who answered: its leaders, its staff."""
    return [g for g in groups_of(report) if g.members == group.members and g.attribute == ROLE]


def leaders_and_staff(report: Report, group: Group) -> tuple[Group, Group] | None:
    """The two groups whose difference is always shown beside each other, where both have results."""
    by_value = {g.value: g for g in people_groups(report, group)}
    pair = [by_value.get(PEOPLE[who]) for who in (Who.LEADERS, Who.STAFF)]
    first, second = pair
    if first is None or second is None or not (report.line(first).shown and report.line(second).shown):
        return None
    return first, second


def difference(first: Told, second: Told) -> Told:
    """The first less the second, with an interval where both have one."""
    if first.value is None or second.value is None:
        return Told("", why=first.why or second.why)
    half = None if first.half is None or second.half is None else sqrt(first.half**2 + second.half**2)
    value = first.value - second.value
    return Told(f"{'+' if value > 0 else ''}{number(value, 1)}", value, half)


def sure(told: Told) -> bool:
    """Whether a difference is larger than chance would hardly make it."""
    return told.value is not None and told.half is not None and abs(told.value) > told.half


def scored(instrument: Instrument, told: dict[str, Any]) -> dict[str, str]:
    """What each section of one named answer comes to, in words."""
    respondent = Respondent(told["who"])
    found = score(instrument, {**told["codes"], **told["texts"]}, respondent)
    return {one.section: _in_words(one) for one in found if _in_words(one)}


def _in_words(one: SectionScore) -> str:
    if isinstance(one, TotalsScore):
        return "" if one.total is None else f"{number(one.total, 0)} of {number(one.out_of, 0)}"
    if isinstance(one, AgreementScore):
        return f"{len(one.agreed)} agreed, {len(one.nearly)} nearly, {len(one.not_yet)} not yet"
    if isinstance(one, StagesScore):
        return "" if one.median is None else f"middle stage {number(one.median, 1)}, lowest {one.minimum}"
    if isinstance(one, CumulativeScore):
        return f"level {one.level}" if one.level is not None else f"level {one.low} to {one.high}"
    return ""


def _question(instrument: Instrument, cell: Cell, name: str, report: Report) -> Question:
    item = instrument.item(name)
    scale = instrument.scale_of(item)
    if not cell.shown:
        token = str(cell.token or "")
        return Question(name, item.text, Told(token, why=cell.why), token, (), None, cell.why)
    # The report has the answer that counts least first.
    in_order = cell.shares[::-1] if item.reversed else cell.shares
    shares = tuple(
        (option.label, _band(band.low, band.high, cell.base))
        for option, band in zip(scale.options, in_order, strict=False)
    )
    agree = _band(cell.favourable.low, cell.favourable.high, cell.base) if cell.favourable else ""
    return Question(name, item.text, _mean(cell, report), agree, shares, cell.base, cell.why)


def _mean(cell: Cell, report: Report) -> Told:
    if cell.mean is None:
        means = any(item.name == cell.item and item.scores is not None for item in report.items)
        return Told("[c]" if means else "[z]", why=cell.why, base=cell.base)
    return Told(cell.mean.text, cell.mean.value, _half(cell, report), cell.base, cell.why)


def _half(cell: Cell, report: Report) -> float | None:
    """Half of a 95% interval of a printed mean, finite population applied; its rounding adds to what is uncertain."""
    if cell.base is None or cell.base < 2 or cell.mean is None:
        return None
    invited = report.line(cell.group).invited
    left = (invited - cell.base) / (invited - 1) if invited and invited > cell.base else 1.0
    finite = 0.0 if invited and invited <= cell.base else left
    return Z * sqrt(_spread(cell, report) ** 2 / cell.base * finite + cell.mean.step**2 / 12)


def _spread(cell: Cell, report: Report) -> float:
    """The standard deviation, from shown figures: of the group's own shares, else of the largest group that shows some,
    else the most that there can be about the mean (Bhatia and Davis 2000)."""
    item = next(item for item in report.items if item.name == cell.item)
    own = sd_estimate(cell, item)
    if own is not None:
        return own
    if cell.item in report.fullest:
        return sd_estimate(report.fullest[cell.item], item) or 0.0
    mean, ends = (cell.mean.value if cell.mean else 0.0), item.scores or (0,)
    return sqrt(max((mean - ends[0]) * (ends[-1] - mean), 0.0))


def _band(low: int, high: int, base: int | None) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def _section(section: Section, questions: Sequence[Question]) -> Told:
    """The mean of the section's question means, where half of them or more are shown.

    Its interval is as wide as theirs on average, which is enough however the questions go together.
    """
    if section.scoring != Scoring.TOTALS:
        return Told("", why="Read question by question")
    questions = [q for q in questions if q.mean.text != "[z]"]  # those that this group was asked
    shown = [q.mean for q in questions if q.mean.value is not None]
    if 2 * len(shown) < len(questions) or not shown:
        return Told("[c]", why=next((q.why for q in questions if q.why), "Too few answers"))
    value = sum(one.value or 0 for one in shown) / len(shown)
    halves = [one.half for one in shown]
    half = None if any(h is None for h in halves) else sum(h or 0 for h in halves) / len(shown)
    bases = [one.base for one in shown if one.base is not None]
    left_out = "" if len(shown) == len(questions) else LEFT_OUT.format(len(shown), len(questions))
    return Told(number(value, 1), value, half, min(bases) if bases else None, left_out)
