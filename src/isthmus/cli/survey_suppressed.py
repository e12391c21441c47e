"""`isthmus survey score --suppress`: only what disclosure rules let through, as for an anonymous survey."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from isthmus import __version__
from isthmus.cli.survey_input import read_asked
from isthmus.cli.words import InputProblem
from isthmus.methods.disclosure import (
    Cell,
    DisclosureError,
    Group,
    Item,
    Lattice,
    Line,
    Report,
    Rules,
    publish,
)
from isthmus.methods.surveys import Labelled, Read
from isthmus.methods.surveys.instruments import Blank, Instrument, Scoring, check_codes, fingerprint
from isthmus.methods.surveys.instruments import Item as Question

Grouping = tuple[str, ...]


def show(
    args: argparse.Namespace,
    instrument: Instrument,
    read: Read,
    groupings: tuple[Grouping, ...],
    notes: tuple[str, ...],
) -> bool:
    """Print what may be shown; False where that is nothing. Raises `InputProblem`."""
    check_codes(instrument, read.codes)
    try:
        report = _report(args, instrument, read, groupings)
    except DisclosureError as error:
        raise InputProblem(f"--suppress: {error}.") from None
    if sys.stderr.isatty():
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr)
    print(_as_json(instrument, report, notes) if args.json else _as_text(instrument, report, notes))
    return not report.withheld


def _report(
    args: argparse.Namespace, instrument: Instrument, read: Read, groupings: tuple[Grouping, ...]
) -> Report:
    if not groupings or any(len(grouping) > 1 for grouping in groupings):
        raise InputProblem(
            "--suppress needs the units first, then what else is known of people, as in --group school --group role. "
            "Each unit by each of the others is then looked at as well."
        )
    unit, *attributes = (grouping[0] for grouping in groupings)
    if not read.columns[unit].labels:
        raise InputProblem(f"--group '{unit}': the column is empty.")
    lattice = Lattice(
        levels=(unit,),
        places=tuple((name,) for name in sorted(read.columns[unit].labels)),
        attributes=tuple((name, tuple(sorted(read.columns[name].labels))) for name in attributes),
    )
    return publish(
        instrument.id,
        lattice,
        {name: _labels(column) for name, column in read.columns.items()},
        [_item(instrument, item) for item in instrument.scored],
        _answers(instrument, read),
        Rules(threshold=args.threshold),
        invited=_invited(args, lattice, unit, attributes),
        progress=_progress,
    )


def _labels(column: Labelled) -> list[str]:
    return [column.labels[code] if code >= 0 else "" for code in column.codes.tolist()]


def _item(instrument: Instrument, item: Question) -> Item:
    """An item whose answers stand in the order in which they count; favourable is what lies above the middle of the
    scale, and for stages and agreement its last option."""
    scale = instrument.scale_of(item)
    totals = instrument.section_of(item.id).scoring is Scoring.TOTALS
    count, middle = len(scale.codes), (scale.lowest + scale.highest) / 2
    worth = _worth(instrument, item)
    above = [place for place, code in enumerate(worth) if code > middle] if totals else [count - 1]
    return Item(item.id, count, tuple(worth) if totals else None, frozenset(above))


def _worth(instrument: Instrument, item: Question) -> list[int]:
    scale = instrument.scale_of(item)
    return sorted(scale.lowest + scale.highest - c if item.reversed else c for c in scale.codes)


def _answers(instrument: Instrument, read: Read) -> Any:
    """Codes from 0, an item's first answer being the one that counts least."""
    found = np.full(read.codes.shape, -1, dtype=np.int8)
    for column, item in enumerate(instrument.scored):
        codes = instrument.scale_of(item).codes
        places = range(len(codes))
        for place, code in zip(reversed(places) if item.reversed else places, codes, strict=True):
            found[read.codes[:, column] == code, column] = place
        found[read.codes[:, column] == Blank.NOT_APPLICABLE, column] = -2
    return found


def _invited(
    args: argparse.Namespace, lattice: Lattice, unit: str, attributes: list[str]
) -> dict[Group, int]:
    if args.asked is None:
        return {}
    singles = tuple((name,) for name in (unit, *attributes))
    asked = read_asked(args.asked, (*singles, *((unit, name) for name in attributes)))
    found = {}
    for group in lattice.groups:
        at = tuple(name for name in (group.level, group.attribute) if name)
        labels = tuple(
            label for name, label in ((group.level, group.unit), (group.attribute, group.value)) if name
        )
        if labels in asked.get(at, {}):
            found[group] = asked[at][labels]
    return found


def _progress(done: float, words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}  {words[:60]:<60}", end="", file=sys.stderr)


def _as_text(instrument: Instrument, report: Report, notes: tuple[str, ...]) -> str:
    lines = [f"{instrument.title} ({instrument.id}, version {instrument.version})", *notes]
    lines.append(f"Disclosure rules were applied; the smallest group shown is {report.rules.threshold}.")
    if report.withheld:
        return "\n".join([*lines, "", report.withheld])
    for line in report.lines:
        lines += ["", _told(line)]
        if line.shown:
            lines += [
                f"  {_cell(report.cell(line.group, item.id)):<28} {item.text}" for item in instrument.scored
            ]
    return "\n".join(lines)


def _told(line: Line) -> str:
    if not line.shown:
        return f"{line.group.words}: {line.token} {line.why}"
    rate = f", of {line.invited:,} asked" if line.invited else ""
    return f"{line.group.words}: {line.base:,} answered{rate}"


def _cell(cell: Cell) -> str:
    if not cell.shown:
        return str(cell.token)
    if cell.mean is not None:
        return f"mean {cell.mean.text}"
    if cell.favourable is not None:
        return f"{cell.favourable.low}–{cell.favourable.high} of {cell.base} favourable"
    return f"{cell.base} answers"


def _as_json(instrument: Instrument, report: Report, notes: tuple[str, ...]) -> str:
    whole = {
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "fingerprint": fingerprint(instrument),
        "version": __version__,
        "suppressed": True,
        "threshold": report.rules.threshold,
        "withheld": report.withheld,
        "notes": list(notes),
        "groups": [_group(instrument, report, line) for line in report.lines],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False)


def _group(instrument: Instrument, report: Report, line: Line) -> Mapping[str, Any]:
    group = line.group
    by = {name: label for name, label in ((group.level, group.unit), (group.attribute, group.value)) if name}
    said = {"token": str(line.token or ""), "why": line.why}
    found = {"group": by, "people": line.base, "asked": line.invited, **{k: v for k, v in said.items() if v}}
    return {**found, "items": list(_items(instrument, report, line))}


def _items(instrument: Instrument, report: Report, line: Line) -> Iterator[dict[str, Any]]:
    for item in instrument.scored:
        cell = report.cell(line.group, item.id)
        bands = dict(zip(map(str, _worth(instrument, item)), map(asdict, cell.shares), strict=False))
        yield {
            "item": item.id,
            "base": cell.base,
            "mean": None if cell.mean is None else cell.mean.value,
            "mean_text": None if cell.mean is None else cell.mean.text,
            "counts": bands,
            "favourable": None if cell.favourable is None else asdict(cell.favourable),
            **({} if cell.shown else {"token": str(cell.token), "why": cell.why}),
        }
