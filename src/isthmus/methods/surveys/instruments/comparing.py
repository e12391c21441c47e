"""Which items of two versions ask the same, so that the answers of two waves can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isthmus.methods.surveys.instruments.model import Instrument, Item, Section


@dataclass(frozen=True)
class Comparison:
    """Ids of items, in the order of the newer version (``dropped``: of the older).

    ``kept`` have the same words and the same answers. ``reworded`` have the same codes and other words: a person must
    say whether they mean the same. ``rescaled`` are answered or counted otherwise and cannot be compared. ``moved``
    stand in another section. ``sections`` are those whose totals, levels and shares can be compared: the same scored
    items, all kept, scored in the same way.
    """

    kept: tuple[str, ...]
    reworded: tuple[str, ...]
    rescaled: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    sections: tuple[str, ...]


def compare(old: Instrument, new: Instrument) -> Comparison:
    """What became of each item between two versions of an instrument (or two instruments with common ids)."""
    before = {item.id: item for item in old.items}
    verdicts = {
        item.id: _verdict(old, before[item.id], new, item) if item.id in before else "added"
        for item in new.items
    }

    def those(verdict: str) -> tuple[str, ...]:
        return tuple(id_ for id_, found in verdicts.items() if found == verdict)

    homes = {item.id: section.id for section in old.sections for item in section.items}
    return Comparison(
        kept=those("kept"),
        reworded=those("reworded"),
        rescaled=those("rescaled"),
        added=those("added"),
        dropped=tuple(id_ for id_ in before if id_ not in verdicts),
        moved=tuple(item.id for s in new.sections for item in s.items if homes.get(item.id, s.id) != s.id),
        sections=tuple(_comparable(old, new, verdicts)),
    )


def _verdict(old: Instrument, was: Item, new: Instrument, now: Item) -> str:
    if _answers(old, was) != _answers(new, now):
        return "rescaled"
    return "kept" if _words(old, was) == _words(new, now) else "reworded"


def _answers(instrument: Instrument, item: Item) -> tuple[object, ...]:
    """What a code counts as."""
    if item.open:
        return (None,)
    scale, section = instrument.scale_of(item), instrument.section_of(item.id)
    return (
        scale.codes,
        bool(scale.not_applicable),
        item.reversed,
        item.level,
        section.scoring,
        _met(section, instrument),
    )


def _met(section: Section, instrument: Instrument) -> int | None:
    """The code that meets a criterion: the scale's highest where the section says none."""
    if not section.levels or section.scale is None:
        return None
    return instrument.scale(section.scale).highest if section.met is None else section.met


def _words(instrument: Instrument, item: Item) -> tuple[object, ...]:
    """What somebody reads who answers."""
    words = (" ".join(item.text.split()), " ".join(item.plain.split()), item.anchors, item.about)
    if item.open:
        return words
    return (
        *words,
        *((option.label, option.plain, option.help) for option in instrument.scale_of(item).options),
    )


def _comparable(old: Instrument, new: Instrument, verdicts: dict[str, str]) -> Iterator[str]:
    before = {section.id: section for section in old.sections}
    for section in new.sections:
        was = before.get(section.id)
        if (
            was is not None
            and section.scored
            and {i.id for i in was.scored} == {i.id for i in section.scored}
            and all(verdicts[item.id] == "kept" for item in section.scored)
        ):
            yield section.id
