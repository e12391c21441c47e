"""The report of a wave as pages and files show it: the same figures everywhere, from the frozen report alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.numbers import count, percent
from isthmus.apps.surveys.adapters import comparing, results
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.adapters.reporting import PEOPLE
from isthmus.apps.surveys.adapters.results import Group, Report, Told
from isthmus.apps.surveys.models import Wave, Who

WIDTH, ROW, LEFT = 600, 34, 30
"""Of the chart, in units of its own drawing."""


@dataclass(frozen=True)
class Choice:
    """A group that may be chosen: its number in the report, and its name."""

    number: int
    name: str
    shown: bool


@dataclass(frozen=True)
class Mark:
    """A point of the chart with its interval, in its units."""

    x: float
    low: float
    high: float
    y: float
    kind: str


@dataclass(frozen=True)
class Row:
    """A line of the chart: a section's name, and a mark for each group beside the other."""

    title: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Chart:
    """Means of sections as points on the scale, with their intervals; the table below says the same."""

    width: int
    height: int
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    kinds: tuple[tuple[str, str], ...]


def choices(report: Report, own: set[str] | None) -> list[Choice]:
    """The groups that a viewer may choose: all, or with `own` those that are no single other school's."""
    found = []
    for number, line in enumerate(report.lines):
        members = line.group.members
        if own is None or len(members) > 1 or set(members) <= own:
            found.append(Choice(number, name_of(line.group), line.shown))
    return found


def name_of(group: Group) -> str:
    """'Ash Lane: staff'."""
    place = group.unit or "all schools"
    return f"{place}: {group.value}" if group.attribute else place


def facts(wave: Wave, report: Report, group: Group) -> list[Fact]:
    """On how many answers it stands, of how many people, from when, and how it is protected."""
    line = report.line(group)
    answers: object = f"{line.base}" if line.shown else line.why
    note = ""
    if line.shown and line.invited:
        answers = (
            f"{line.base} of {count(line.invited, 'person', 'people')} ({percent((line.rate or 0) * 100)})"
        )
        note = line.why
    return [
        Fact("Answers", answers, note=note),
        Fact("Open", f"{in_words(wave.opened_at)} to {in_words(wave.closed_at)}"),
        Fact("Smallest group shown", f"{wave.k} people"),
    ]


@dataclass(frozen=True)
class Earlier:
    """The wave before: its name, its report, its questions, and the sections that can be laid side by side."""

    name: str
    report: Report
    instrument: Instrument
    sections: frozenset[str]


def change_table(report: Report, instrument: Instrument, group: Group, earlier: Earlier) -> Table | None:
    """How the sections' means changed since the wave before; None where this group was another then, or hidden."""
    if group not in results.groups_of(earlier.report):
        return None
    then = {part.id: part.mean for part in results.parts(earlier.report, earlier.instrument, group)}
    rows = []
    for part in results.parts(report, instrument, group):
        if part.id in earlier.sections and part.id in then:
            change = results.difference(part.mean, then[part.id])
            rows.append(
                [
                    part.title,
                    then[part.id].text,
                    part.mean.text,
                    gap_in_words(change),
                    change.between or "[x]",
                ]
            )
    columns = [
        Column("Section"),
        Column("Then", numeric=True),
        Column("Now", numeric=True),
        Column("Change", numeric=True),
        Column("Probably between", numeric=True),
    ]
    return Table(f"Change since ‘{earlier.name}’", columns, rows) if rows else None


def named_table(told: Sequence[dict[str, Any]], schools: dict[str, str], instrument: Instrument) -> Table:
    """Answers that carry a school's name, a row each, with what each section comes to."""
    sections = [section for section in instrument.sections if section.scored]
    columns = [Column("School"), Column("Answered as"), *(Column(section.title) for section in sections)]
    rows = []
    for one in told:
        scores = results.scored(instrument, one)
        rows.append(
            [schools[one["school"]], PEOPLE[Who(one["who"])], *(scores.get(s.id, "[x]") for s in sections)]
        )
    return Table("Answers by school", columns, rows, empty="No school answered.")


def sections_table(report: Report, instrument: Instrument, group: Group, beside: Sequence[Group]) -> Table:
    """The mean of each section, and beside it those of other groups."""
    columns = [Column("Section"), Column("Mean", numeric=True), Column("Probably between", numeric=True)]
    columns += [Column(name_of(other), numeric=True) for other in beside]
    pair = results.leaders_and_staff(report, group)
    columns += [Column("Leaders less staff", numeric=True)] if pair else []
    others = [{part.id: part for part in results.parts(report, instrument, other)} for other in beside]
    both = [{part.id: part for part in results.parts(report, instrument, one)} for one in pair or ()]
    rows = []
    for part in results.parts(report, instrument, group):
        row: list[object] = [
            Cell(part.title, url=f"#{part.id}"),
            part.mean.text or "[x]",
            part.mean.between or "[x]",
        ]
        row += [other[part.id].mean.text or "[x]" for other in others]
        if both:
            row.append(gap_in_words(results.difference(both[0][part.id].mean, both[1][part.id].mean)))
        rows.append(row)
    return Table(f"Sections: {name_of(group)}", columns, rows, empty="Nothing of this group can be shown.")


def gap_in_words(told: Told) -> str:
    """'+0.6, a difference' or '+0.1, may be chance'."""
    if told.value is None:
        return "[c]" if told.why else "[x]"
    return f"{told.text}{', more than chance' if results.sure(told) else ', may be chance'}"


def questions_table(part: results.Part) -> Table:
    """Every question of a section: mean, how many agree, how answers spread."""
    labels = next(([label for label, _ in q.shares] for q in part.questions if q.shares), [])
    columns = [
        Column("Question"),
        Column("Mean", numeric=True),
        Column("Probably between", numeric=True),
        Column("Agree", numeric=True),
        Column("Answers", numeric=True),
        *(Column(label, numeric=True) for label in labels),
    ]
    rows = []
    for q in part.questions:
        shares = [share for _label, share in q.shares] or [q.agree if q.base is None else "[c]"] * len(labels)
        base = str(q.base) if q.base is not None else q.agree or "[c]"
        between = q.mean.between or ("[c]" if q.mean.text == "[c]" else "[z]")
        agree = q.agree or ("[c]" if q.mean.value is not None else "[z]")
        cells: list[object] = [q.text, q.mean.text, between, agree, base]
        rows.append([*cells, *(share or "[c]" for share in shares)])
    return Table(part.title, columns, rows, caption_hidden=True)


@dataclass(frozen=True)
class Ranked:
    """Questions that stand out from the rest of what this group said, by more than chance would make."""

    strengths: tuple[str, ...]
    gaps: tuple[str, ...]
    looked_at: int


def ranked(parts: Sequence[results.Part]) -> Ranked:
    """Which questions are surely above, and surely below, the mean of all questions of this group."""
    up, down, looked_at = comparing.stand_out(parts)
    return Ranked(
        tuple(f"{q.text} ({q.mean.text})" for q in up),
        tuple(f"{q.text} ({q.mean.text})" for q in down),
        looked_at,
    )


def chart(report: Report, instrument: Instrument, groups: Sequence[Group]) -> Chart | None:
    """Means of sections of up to three groups; None where none has a mean."""
    scales = [instrument.scale(s.scale) for s in instrument.sections if s.scale]
    low, high = min(s.lowest for s in scales), max(s.highest for s in scales)
    across = WIDTH - 2 * LEFT

    def at(value: float) -> float:
        return round(LEFT + across * (min(max(value, low), high) - low) / ((high - low) or 1), 1)

    kinds = ("first", "second", "third")
    rows: dict[str, list[Mark]] = {}
    titles: dict[str, str] = {}
    for place, group in enumerate(groups[: len(kinds)]):
        for part in results.parts(report, instrument, group):
            titles[part.id] = part.title
            marks = rows.setdefault(part.id, [])
            row = list(rows).index(part.id) + 1
            if part.mean.value is not None:
                half = part.mean.half or 0.0
                line = ROW * row - 8 + 7 * (place - 1)
                ends = at(part.mean.value - half), at(part.mean.value + half)
                marks.append(Mark(at(part.mean.value), *ends, line, kinds[place]))
    if not any(rows.values()):
        return None
    drawn = tuple(
        Row(titles[key], ROW * n - 22, tuple(marks)) for n, (key, marks) in enumerate(rows.items(), 1)
    )
    ticks = tuple((at(value), f"{value}") for value in range(int(low), int(high) + 1))
    named = tuple((kind, name_of(group)) for kind, group in zip(kinds, groups, strict=False))
    return Chart(WIDTH, ROW * len(rows) + 30, ticks, drawn, named)
