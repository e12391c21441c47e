"""A meeting's sections in words, tables and bars: the same on the facilitator's page, the screen and the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isthmus.apps.core.components import Column, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.numbers import count, decimal
from isthmus.apps.surveys.adapters.instruments import Instrument, Item, Scale
from isthmus.apps.surveys.adapters.meetings import Figures, ItemFigures, Line, behind
from isthmus.apps.surveys.models import MeetingNote, Step, Way

ALL, ROOM = "All present", "The room as a whole"
WIDTH, HEIGHT, FOOT = 300, 90, 18
WAYS = {
    Way.APART: "Apart: each person answers on their own phone or computer",
    Way.TOGETHER: "Together: the room agrees on one answer, and you record it",
}


@dataclass(frozen=True)
class Bar:
    """A bar of the drawing of how answers lie, in its units; the words beside it say the same."""

    x: int
    y: float
    width: int
    height: float
    middle: int
    number: int


@dataclass(frozen=True)
class ItemShown:
    """One question of an opened section. `why` says that the answers lie lowest, or furthest apart."""

    id: str
    text: str
    words: str
    spread_out: str
    bars: tuple[Bar, ...]
    why: tuple[str, ...]
    room: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class SectionShown:
    """An opened section. `behind` are the questions behind a gap: id and text."""

    id: str
    title: str
    summary: str
    lines: Table
    items: tuple[ItemShown, ...]
    behind: tuple[tuple[str, str, str], ...]
    people: int
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def summary(found: Figures, instrument: Instrument) -> str:
    """'Total 24.3 of 35, mean 3.5 (people’s own means from 2.1 to 4.4, spread 0.6), 12 answers'."""
    line = found.whole if found.whole.people else found.room
    if line is None or not line.people:
        return "Nobody has answered this section."
    who = count(line.people, "answer") if line is found.whole else "one answer of the room as a whole"
    if found.scoring == "totals" and line.mean is not None:
        total = f"Total {decimal(line.total, 1)} of {line.out_of}, mean" if line.total is not None else "Mean"
        apart = ""
        if line.spread is not None:
            ends = f"{decimal(line.lowest, 1)} to {decimal(line.highest, 1)}"
            apart = f", people’s own means from {ends}, spread {decimal(line.spread, 1)}"
        return f"{total} {decimal(line.mean, 1)}{apart}; {who}."
    if found.scoring == "agreement":
        return f"{line.settled} of {count(line.matters or 0, 'matter')} agreed by everybody; {who}."
    if line.mean is not None:
        words = _steps(found, instrument)
        return f"Middle: {words(line.mean)}. Lowest: {words(line.lowest)}. {who[:1].upper()}{who[1:]}."
    return f"{who[:1].upper()}{who[1:]}."


def _steps(found: Figures, instrument: Instrument):  # type: ignore[no-untyped-def]  # a function from a code to words
    section = instrument.section(found.section)
    if found.scoring == "cumulative":
        labels = {level.level: level.label for level in section.levels}
        return lambda code: labels.get(int(code), "no level yet")
    scale = instrument.scale(section.scale or "")
    return lambda code: scale.label(int(code))


def lines_table(found: Figures, instrument: Instrument) -> Table:
    """A row for all present, each school where there are several, and the room as a whole where it said something."""
    rows = [(ALL, found.whole)]
    rows += [(line.name, line) for line in found.schools] if len(found.schools) > 1 else []
    rows += [(ROOM, found.room)] if found.room else []
    numeric = [Column(label, numeric=True) for label in _labels(found.scoring)]
    cells = [[name, f"{line.people}", *_cells(found, line, instrument)] for name, line in rows]
    return Table(
        f"{instrument.section(found.section).title}: whose answers",
        [Column("Whose"), Column("Answers", numeric=True), *numeric],
        cells,
    )


def _labels(scoring: str) -> tuple[str, ...]:
    if scoring == "totals":
        return ("Total", "Mean", "From", "To", "Spread")
    return {"agreement": ("Agreed by everybody",), "prompts": ()}.get(
        scoring, ("Middle", "Lowest", "Highest")
    )


def _cells(found: Figures, line: Line, instrument: Instrument) -> list[str]:
    """What is not known is '', which a table says in words."""
    if found.scoring == "totals":
        total = "" if line.total is None else f"{decimal(line.total, 1)} of {line.out_of}"
        figures = (line.mean, line.lowest, line.highest, line.spread)
        return [total, *("" if value is None else decimal(value, 1) for value in figures)]
    if found.scoring == "agreement":
        return [f"{line.settled} of {line.matters}" if line.people else ""]
    if found.scoring == "prompts":
        return []
    words = _steps(found, instrument)
    return ["" if value is None else words(value) for value in (line.mean, line.lowest, line.highest)]


def shown(
    found: Figures,
    instrument: Instrument,
    texts: Mapping[str, Sequence[str]],
    room_texts: Mapping[str, str],
    steps: Sequence[Step] = (),
    notes: Sequence[MeetingNote] = (),
) -> SectionShown:
    """An opened section with everything that belongs to it. `texts` and `room_texts` by question."""
    section = instrument.section(found.section)
    low, wide = behind(found, instrument)
    by_id = {item.id: item for item in found.items}
    items = []
    for item in section.items:
        why = (*(["Lowest"] if item.id in low else []), *(["Furthest apart"] if item.id in wide else []))
        items.append(_item(item, by_id.get(item.id), instrument, found, why, texts, room_texts))
    gaps = tuple((one.id, one.text, " and ".join(one.why).capitalize()) for one in items if one.why)
    return SectionShown(
        section.id, section.title, summary(found, instrument), lines_table(found, instrument), tuple(items), gaps,
        found.whole.people, tuple(map(step_in_words, steps)), tuple(note.text for note in notes),
    )  # fmt: skip


def _item(
    item: Item,
    figures: ItemFigures | None,
    instrument: Instrument,
    found: Figures,
    why: tuple[str, ...],
    texts: Mapping[str, Sequence[str]],
    room_texts: Mapping[str, str],
) -> ItemShown:
    said = tuple(text for key in item.text_keys for text in texts.get(key, ()))
    room = "; ".join(room_texts[key] for key in item.text_keys if key in room_texts)
    if figures is None:
        return ItemShown(item.id, item.text, "", "", (), why, room, said)
    scale = instrument.scale_of(item)
    if item.id in found.said:
        room = "; ".join(filter(None, [scale.label(found.said[item.id]), room]))
    return ItemShown(
        item.id, item.text, _item_words(figures, scale), _spread_out(figures, scale), _bars(figures), why, room, said
    )  # fmt: skip


def _item_words(figures: ItemFigures, scale: Scale) -> str:
    if not figures.base:
        return "No answer yet" if not figures.other else f"{count(figures.other, 'answer')} off the scale"
    if figures.mean is not None:
        apart = "" if figures.spread is None else f", spread {decimal(figures.spread, 1)}"
        return f"Mean {decimal(figures.mean, 1)}{apart}"
    return f"Middle: {scale.label(figures.middle or 0)}. Lowest: {scale.label(figures.low or 0)}"


def _spread_out(figures: ItemFigures, scale: Scale) -> str:
    """'Not at all 1, a little 3, mostly 6, fully 2; 1 does not say'."""
    if not figures.base:
        return ""
    each = ", ".join(f"{o.label} {n}" for o, n in zip(scale.options, figures.counts, strict=True))
    return f"{each}; {figures.other} could not say" if figures.other else each


def _bars(figures: ItemFigures) -> tuple[Bar, ...]:
    if not figures.base:
        return ()
    step, most = WIDTH // len(figures.counts), max(figures.counts)
    bars = []
    for place, number in enumerate(figures.counts):
        height = round((HEIGHT - 2 * FOOT) * number / most, 1)
        y = HEIGHT - FOOT - height
        bars.append(Bar(place * step + 4, y, step - 8, height, place * step + step // 2, number))
    return tuple(bars)


def step_in_words(step: Step) -> str:
    """'Visit each other in June: Ash Lane, by 3 June 2027'."""
    return f"{step.what}: {step.who}, by {in_words(step.due)}"


@dataclass(frozen=True)
class SectionRow:
    """A section in the list of whoever leads the meeting."""

    id: str
    title: str
    opened: bool
    summary: str
    on_screen: bool
    later: int
    together: bool
    why: tuple[str, ...]


def overview(found: Sequence[Figures], instrument: Instrument) -> Table:
    """What was opened, section by section."""
    rows = [
        [instrument.section(one.section).title, f"{one.whole.people}", summary(one, instrument)]
        for one in found
    ]
    return Table(
        "Sections that were opened",
        [Column("Section"), Column("Answers", numeric=True), Column("Result")],
        rows,
    )


def gaps(found: Sequence[Figures]) -> dict[str, tuple[str, ...]]:
    """Of sections that are added up: which has the lowest mean, and in which people lie furthest apart."""
    told = [one for one in found if one.scoring == "totals" and one.whole.mean is not None]
    if len(told) < 2:
        return {}
    low = min(one.whole.mean or 0 for one in told)
    wide = max(one.whole.spread or 0 for one in told)
    named: dict[str, tuple[str, ...]] = {}
    for one in told:
        why = ["Lowest mean"] if one.whole.mean == low else []
        why += ["Furthest apart"] if wide and one.whole.spread == wide else []
        if why:
            named[one.section] = tuple(why)
    return named


def section_rows(
    instrument: Instrument, found: Mapping[str, Figures], showing: str, answered: int
) -> list[SectionRow]:
    """Every section, opened or not; of one that is not opened nothing is told."""
    why = gaps(list(found.values()))
    rows = []
    for section in instrument.sections:
        one = found.get(section.id)
        later = max(answered - one.answers, 0) if one else 0
        told = summary(one, instrument) if one else ""
        rows.append(
            SectionRow(
                section.id, section.title, one is not None, told, showing == section.id, later, section.together,
                why.get(section.id, ()),
            )
        )  # fmt: skip
    return rows
