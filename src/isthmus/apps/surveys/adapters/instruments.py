"""Instruments as the method reads them, and answers as bytes: one signed byte an item with a scale, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from isthmus.methods.surveys.instruments import (
    Blank,
    Instrument,
    InstrumentError,
    Item,
    Respondent,
    Scale,
    Section,
    WaveKind,
    by_id,
    compare,
    fingerprint,
    load,
    shipped,
)
from isthmus.methods.surveys.instruments import dump as to_text

__all__ = [
    "Blank",
    "Instrument",
    "InstrumentError",
    "Item",
    "Respondent",
    "Scale",
    "Section",
    "WaveKind",
    "allowed_kinds",
    "by_id",
    "codes",
    "comparable",
    "fingerprint",
    "from_bytes",
    "options_of",
    "read",
    "sections_for",
    "shipped",
    "text_keys",
    "to_text",
]


@lru_cache(maxsize=64)
def read(text: str) -> Instrument:
    """The instrument that a stored text says. Raises InstrumentError."""
    return load(text)


def allowed_kinds(instrument: Instrument) -> tuple[str, ...]:
    """The kinds of wave in which it may be asked."""
    return tuple(kind.value for kind in instrument.waves)


_SHOWN: dict[tuple[int, str], tuple[Instrument, list[Section]]] = {}
"""What is shown to whom, by the instrument itself: it is asked for several times with each answer."""
MOST_SHOWN = 200


def sections_for(instrument: Instrument, who: str) -> list[Section]:
    """The sections, each with what this respondent answers alone."""
    held = _SHOWN.get((id(instrument), who))
    if held is None or held[0] is not instrument:
        if len(_SHOWN) >= MOST_SHOWN:
            _SHOWN.clear()
        held = instrument, list(instrument.shown_to(Respondent(who), together=False))
        _SHOWN[id(instrument), who] = held
    return list(held[1])


def text_keys(instrument: Instrument, who: str) -> list[str]:
    """The names of the texts that this respondent may write."""
    return [
        key for section in sections_for(instrument, who) for item in section.items for key in item.text_keys
    ]


def options_of(item: Item, instrument: Instrument, respondent: Respondent) -> list[tuple[int, str]]:
    """What can be chosen, as it is shown to a respondent: the scale in its order, then what stands for no answer."""
    scale = instrument.scale_of(item)
    labels = [
        f"{option.label_for(respondent)}: {anchor}" if anchor else option.label_for(respondent)
        for option, anchor in zip(scale.options, item.anchors or [""] * len(scale.options), strict=True)
    ]
    options = [(option.code, label) for option, label in zip(scale.options, labels, strict=True)]
    options += [(int(Blank.NOT_APPLICABLE), scale.not_applicable)] if scale.not_applicable else []
    return options + ([(int(Blank.DONT_KNOW), scale.dont_know)] if scale.dont_know else [])


def codes(instrument: Instrument, who: str, given: Mapping[str, int]) -> bytes:
    """Answers by item as bytes; what is not asked of this respondent, or not on the scale, counts as not answered."""
    asked = {item.id for section in sections_for(instrument, who) for item in section.scored}
    row = []
    for item in instrument.scored:
        code = given.get(item.id, int(Blank.MISSING)) if item.id in asked else int(Blank.MISSING)
        row.append(code if code in instrument.scale_of(item).allowed else int(Blank.MISSING))
    return bytes(code & 0xFF for code in row)


def from_bytes(instrument: Instrument, rows: Sequence[bytes]) -> list[dict[str, int]]:
    """Answers by item, of each row of bytes."""
    columns = instrument.columns
    return [
        {name: byte - 256 if byte > 127 else byte for name, byte in zip(columns, row, strict=True)}
        for row in rows
    ]


def comparable(old: Instrument, new: Instrument) -> frozenset[str]:
    """The sections whose figures of two versions may be laid side by side."""
    return frozenset(compare(old, new).sections)
