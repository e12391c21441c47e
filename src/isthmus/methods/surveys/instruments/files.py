"""Instruments as text: loaded, written, in one canonical form, and as a fingerprint."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

from isthmus.methods.ledger import canonical
from isthmus.methods.surveys.instruments.building import FORMAT, build
from isthmus.methods.surveys.instruments.model import (
    Asked,
    Instrument,
    Item,
    Section,
    WaveKind,
)
from isthmus.methods.surveys.instruments.problems import InstrumentError
from isthmus.methods.surveys.instruments.trees import from_values, read_yaml


def load(text: str | bytes, *, name: str = "") -> Instrument:
    """The instrument in a YAML (or JSON) text of at most 1 MB. ``name`` of the file goes before each problem.

    Raises `InstrumentError` with all that is wrong: line, place, and what to do.
    """
    try:
        return build(read_yaml(text))
    except InstrumentError as error:
        raise InstrumentError(error.problems, name) from None


def from_dict(data: Any) -> Instrument:
    """The instrument in plain values, under the rules of `load`. Raises `InstrumentError`, with places but no lines."""
    return build(from_values(data))


def to_dict(instrument: Instrument) -> dict[str, Any]:
    """The instrument in plain values, in the order in which it is written; what is not set is left out."""
    waves = () if instrument.private else tuple(WaveKind)
    return _filled(
        format=FORMAT,
        id=instrument.id,
        version=instrument.version,
        title=instrument.title,
        purpose=instrument.purpose,
        licence=instrument.licence,
        sources=[
            _filled(author=s.author, year=s.year, title=s.title, used=s.used) for s in instrument.sources
        ],
        ours=instrument.ours,
        who=list(map(str, instrument.who)),
        asked="" if instrument.asked is Asked.ONCE else str(instrument.asked),
        private=instrument.private,
        waves=list(map(str, instrument.waves)) if instrument.waves != waves else [],
        scoring=str(instrument.scoring),
        reading=instrument.reading,
        scales={
            scale.id: _filled(
                options=[
                    _filled(code=o.code, label=o.label, help=o.help, plain=o.plain) for o in scale.options
                ],
                not_applicable=scale.not_applicable,
                dont_know=scale.dont_know,
            )
            for scale in instrument.scales
        },
        sections=[_section(instrument, section) for section in instrument.sections],
    )


def _filled(**values: Any) -> dict[str, Any]:
    # By what they are: 0, a code like any other, equals False.
    return {k: v for k, v in values.items() if v is not None and v is not False and v not in ("", [], {})}


def _section(instrument: Instrument, section: Section) -> dict[str, Any]:
    return _filled(
        id=section.id,
        title=section.title,
        help=section.help,
        who=list(map(str, section.who)),
        together=section.together,
        scoring="" if section.scoring is instrument.scoring else str(section.scoring),
        scale=section.scale,
        levels=[_filled(level=one.level, label=one.label, help=one.help) for one in section.levels],
        met=section.met,
        rests_on=list(section.rests_on),
        items=[_item(section, item) for item in section.items],
    )


def _item(section: Section, item: Item) -> dict[str, Any]:
    return _filled(
        id=item.id,
        text=item.text,
        plain=item.plain,
        help=item.help,
        who=list(map(str, item.who)),
        open=item.open and section.scale is not None,
        required=item.required,
        evidence=item.evidence,
        comment=item.comment,
        reversed=item.reversed,
        level=item.level,
        anchors=list(item.anchors),
        topic=item.topic,
        about=item.about,
    )


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such, entries of lists set in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    short = (
        all(isinstance(one, str) and len(one) < 30 and "\n" not in one for one in values) and len(values) < 8
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def dump(instrument: Instrument) -> str:
    """The instrument as YAML, which `load` reads back as it was."""
    return yaml.dump(to_dict(instrument), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def fingerprint(instrument: Instrument) -> str:
    """SHA-256 of the instrument's canonical JSON, in hexadecimal: equal for equal instruments, however written."""
    return sha256(canonical(to_dict(instrument)).encode("ascii")).hexdigest()


@cache
def _schema() -> str:
    return files(__package__ or "").joinpath("schema.json").read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """The JSON schema of what `to_dict` gives."""
    found: dict[str, Any] = json.loads(_schema())
    return found


@cache
def shipped() -> tuple[Instrument, ...]:
    """The instruments that come with Isthmus, in the order of their titles."""
    folder = files(__package__ or "").joinpath("shipped")
    texts = [(one.name, one.read_bytes()) for one in folder.iterdir() if one.name.endswith(".yaml")]
    return tuple(sorted((load(text, name=name) for name, text in texts), key=lambda one: one.title))


def by_id(id_: str) -> Instrument:
    """A shipped instrument. Raises KeyError."""
    found = next((one for one in shipped() if one.id == id_), None)
    if found is None:
        raise KeyError(id_)
    return found
