"""The compact file that ships with Isthmus: a plan, written down. Made by scripts/build_register.py.

A ZIP file of CSV files: `sources.csv`, `areas.csv`, `groups.csv`, `schools.csv`, `links.csv`, and `patterns.json`,
which holds each combination of sources once (a school names its combination by number).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from isthmus.apps.register.adapters.plan import Plan
from isthmus.apps.register.adapters.records import Authority, LinkRecord, SourceInfo
from isthmus.apps.register.adapters.state import SINGLE, Snapshot, State
from isthmus.apps.register.facts import MEASURES
from isthmus.apps.register.models import Kind

MEASURE_FACTS = tuple(f"measure:{code}" for code in MEASURES)
HEADER = (
    "id",
    "kind",
    *SINGLE,
    "authority",
    "ages",
    "position",
    "trust",
    "federation",
    *MEASURE_FACTS,
    "sources",
)
WHOLE = frozenset({"status", "pupils", "capacity"})
DATES = frozenset({"opened_on", "closed_on"})
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def dump(plan: Plan) -> bytes:
    """The compact file for `plan`: the same bytes for the same plan."""
    patterns: dict[str, int] = {}
    groups = sorted(
        plan.snapshot.groups, key=lambda group: (group.kind, group.uid or "", group.facts["name"])
    )
    number = {id(group): str(position) for position, group in enumerate(groups)}
    schools = [plan.touched[urn] for urn in sorted(plan.touched)]
    parts = {
        "sources.csv": _table(
            _source_row(plan.snapshot.sources[code]) for code in sorted(plan.snapshot.sources)
        ),
        "areas.csv": _table(
            (area.code, plan.snapshot.numbered_areas.get(code, area.number), area.name)
            for code, area in sorted(plan.snapshot.new_areas.items())
        ),
        "groups.csv": _table([HEADER, *(_state_row(state, number, patterns) for state in groups)]),
        "schools.csv": _table([HEADER, *(_state_row(state, number, patterns) for state in schools)]),
        "links.csv": _table(_link_row(plan, key) for key in sorted(plan.changed_links)),
        "patterns.json": json.dumps([json.loads(pattern) for pattern in patterns], separators=(",", ":")),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.compress_type, info.create_system = zipfile.ZIP_LZMA, 3
            file.writestr(info, text.encode())
    return packed.getvalue()


def _table(rows: Iterable[Iterable[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _source_row(source: SourceInfo) -> tuple[str, ...]:
    days = source.date.isoformat(), source.published.isoformat()
    return (source.code, source.title, *days, source.licence, source.attribution)


def _state_row(state: State, number: dict[int, str], patterns: dict[str, int]) -> list[str]:
    facts = state.facts
    cells = [state.urn or state.uid or "", state.kind]
    cells += [_said(facts.get(name)) for name in SINGLE]
    cells += [
        facts.get("authority", ""),
        *(_said(" ".join(map(str, facts.get(f, ())))) for f in ("ages", "position")),
    ]
    cells += [number[id(facts[name])] if name in facts else "" for name in ("trust", "federation")]
    cells += [_said(facts.get(name)) for name in MEASURE_FACTS]
    pattern = json.dumps(dict(sorted(state.provenance.items())))
    cells.append(str(patterns.setdefault(pattern, len(patterns))))
    return cells


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _link_row(plan: Plan, key: tuple[str, str]) -> tuple[str, ...]:
    """A link; a name that stands in schools.csv too is not written again."""
    link = plan.links[key][1]
    names = [
        "" if name == _held_name(plan, urn) else name
        for urn, name in zip(key, (link.predecessor_name, link.successor_name), strict=True)
    ]
    return (*key, link.kind, _said(link.established_on), *names, link.source)


def _held_name(plan: Plan, urn: str) -> str:
    state = plan.touched.get(urn)
    return state.facts["name"] if state else ""


def load(path: Path) -> Plan:
    """The plan in a compact file."""
    with zipfile.ZipFile(path) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    plan = Plan(Snapshot(stored=False))
    days = date.fromisoformat
    plan.add_sources(
        {
            code: SourceInfo(code, title, days(day), days(published), licence, attribution)
            for code, title, day, published, licence, attribution in _rows(texts["sources.csv"])
        }
    )
    for code, area_number, name in _rows(texts["areas.csv"]):
        plan.snapshot.new_areas[code] = Authority(code, area_number, name)
    patterns = json.loads(texts["patterns.json"])
    groups: list[State] = []
    for cells in _dicts(texts["groups.csv"]):
        groups.append(_state(cells, patterns, groups))
    plan.snapshot.groups = groups
    for cells in _dicts(texts["schools.csv"]):
        state = _state(cells, patterns, groups)
        plan.touched[cells["id"]] = state
        if "trust" in state.facts or "federation" in state.facts:
            plan.memberships.regrouped[cells["id"]] = state
    for row in _rows(texts["links.csv"]):
        before, after, kind, on, name_before, name_after, source = row
        names = name_before or _held_name(plan, before), name_after or _held_name(plan, after)
        link = LinkRecord(0, before, after, kind, days(on) if on else None, *names, source)
        plan.links[before, after] = (None, link)
        plan.changed_links.add((before, after))
    plan.memberships.compare()
    return plan


def _rows(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text))


def _dicts(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text))


def _state(cells: dict[str, str], patterns: list[dict[str, str]], groups: list[State]) -> State:
    group = cells["kind"] in (Kind.TRUST, Kind.FEDERATION)
    state = State(None, cells["kind"], cells["id"] or None) if group else State(cells["id"], cells["kind"])
    facts: dict[str, Any] = {name: _reader(name)(cells[name]) for name in SINGLE if cells[name]}
    if cells["authority"]:
        facts["authority"] = cells["authority"]
    if cells["ages"]:
        low, high = cells["ages"].split()
        facts["ages"] = (int(low), int(high))
    if cells["position"]:
        easting, northing, source = cells["position"].split(" ", 2)
        facts["position"] = (int(easting), int(northing), source)
    facts.update({name: groups[int(cells[name])] for name in ("trust", "federation") if cells[name]})
    facts.update({name: _measure(cells[name]) for name in MEASURE_FACTS if cells[name]})
    state.facts, state.provenance, state.dirty = facts, dict(patterns[int(cells["sources"])]), True
    return state


def _reader(name: str) -> Callable[[str], Any]:
    if name in WHOLE:
        return int
    if name == "fsm_percent":
        return float
    return date.fromisoformat if name in DATES else str


def _measure(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
