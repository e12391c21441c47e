"""Hard rules from a YAML file, and barrier lines from GeoJSON."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from isthmus.methods.formation.readers import InputError, read_text
from isthmus.methods.formation.readers.table import read_plan
from isthmus.methods.formation.terms import (
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Fixed,
    NoRepeat,
    ProblemError,
    Reach,
    Rule,
    Together,
)

KEYS = ("together", "apart", "fixed", "each", "cap", "reach", "no_repeat", "barriers")


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a YAML file; files it names are looked up beside it."""
    import yaml

    text = read_text(path)
    try:
        _refuse_repeats(path, yaml.compose(text, Loader=yaml.SafeLoader))
        found: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", row {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{path}{where}: this is not YAML ({getattr(error, 'problem', error)}).") from error
    if found is None:
        return ()
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected 'key: value' lines with the keys {', '.join(KEYS)}.")
    for key in found:
        if key not in KEYS:
            raise InputError(f"{path}: '{key}' is not a rule. The rules are {', '.join(KEYS)}.")
    rules: list[Rule] = []
    try:
        rules += [Together(ids) for ids in _groups(path, found, "together")]
        rules += [Apart(ids) for ids in _groups(path, found, "apart")]
        for network, ids in _mapping(path, found, "fixed").items():
            rules.append(Fixed(str(network), _texts(path, f"fixed, {network}", ids)))
        for number, entry in enumerate(_list(path, found, "each"), start=1):
            rules += _each(path, number, entry)
        for column, most in _mapping(path, found, "cap").items():
            if isinstance(most, bool) or not isinstance(most, int | float):
                raise InputError(f"{path}, cap, {column}: '{most}' is not a number.")
            rules.append(Cap(str(column).casefold(), float(most)))
        if found.get("reach") is not None:
            if isinstance(found["reach"], bool) or not isinstance(found["reach"], int | float):
                raise InputError(f"{path}, reach: '{found['reach']}' is not a number of kilometres.")
            rules.append(Reach(float(found["reach"])))
        for name in _texts(path, "no_repeat", found.get("no_repeat") or []):
            rules.append(_earlier(path.parent / name))
        if found.get("barriers"):
            for name in _texts(path, "barriers", found["barriers"]):
                rules += read_barriers(path.parent / name)
    except ProblemError as error:
        raise InputError(f"{path}: {error}") from error
    return tuple(rules)


def _refuse_repeats(path: Path, top: Any) -> None:
    """Of a key given twice YAML keeps the last and drops the others without a word."""
    waiting, seen = [top], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(getattr(node, "value", None), list):
            continue
        seen.add(id(node))
        rows: dict[tuple[str, str], int] = {}
        for entry in node.value:
            if not isinstance(entry, tuple):
                waiting.append(entry)
                continue
            key, value = entry
            waiting += [key, value]
            row = key.start_mark.line + 1
            if isinstance(key.value, str) and rows.setdefault((key.tag, key.value), row) != row:
                raise InputError(
                    f"{path}, row {row}: '{key.value}' is already in row {rows[key.tag, key.value]}. "
                    "Put what belongs to it in one place."
                )


def _list(path: Path, found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key) or []
    if not isinstance(value, list):
        raise InputError(f"{path}, {key}: expected a list.")
    return value


def _mapping(path: Path, found: dict[str, Any], key: str) -> dict[Any, Any]:
    value = found.get(key) or {}
    if not isinstance(value, dict):
        raise InputError(f"{path}, {key}: expected 'name: value' lines.")
    return value


def _texts(path: Path, where: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | dict) or item is None for item in items):
        raise InputError(f"{path}, {where}: expected a list of texts.")
    return tuple(str(item) for item in items)


def _groups(path: Path, found: dict[str, Any], key: str) -> list[tuple[str, ...]]:
    groups = []
    for entry in _list(path, found, key):
        if not isinstance(entry, list) or len(entry) < 2:
            raise InputError(
                f"{path}, {key}: each entry is a list of two schools or more, as in [[100001, 100002]]."
            )
        groups.append(_texts(path, key, entry))
    return groups


def _each(path: Path, number: int, entry: Any) -> list[Rule]:
    where = entry.get("where") if isinstance(entry, dict) else None
    if not isinstance(where, dict) or set(entry) - {"where", "at_least", "at_most"} or len(entry) < 2:
        raise InputError(
            f"{path}, each, entry {number}: expected 'where' with at_least or at_most, "
            "as in {where: {phase: Secondary}, at_least: 1}."
        )
    named = {str(key).casefold(): value for key, value in where.items()}
    if len(named) < len(where):
        raise InputError(f"{path}, each, entry {number}: 'where' names a column twice.")
    rules: list[Rule] = []
    for key in ("at_least", "at_most"):
        if key in entry:
            count = entry[key]
            if isinstance(count, bool) or not isinstance(count, int):
                raise InputError(f"{path}, each, entry {number}, {key}: '{count}' is not a whole number.")
            rules.append(AtLeast(named, count) if key == "at_least" else AtMost(named, count))
    return rules


def _earlier(path: Path) -> NoRepeat:
    plan = read_plan(path)
    pairs = tuple(pair for group in plan.groups for pair in itertools.combinations(group, 2))
    return NoRepeat(pairs, path.name)


def read_barriers(path: Path) -> list[Barrier]:
    """Line features of a GeoJSON file. A property ``detour_factor`` lets pairs cross at that many times the distance;
    without it they may not share a network. Longitude and latitude are turned into National Grid metres."""
    try:
        found: Any = json.loads(read_text(path))
        features = found["features"] if found.get("type") == "FeatureCollection" else [found]
        barriers = [_barrier(path, number, feature) for number, feature in enumerate(features, start=1)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InputError | ProblemError):
            raise
        raise InputError(f"{path}: this is not GeoJSON with line features ({error}).") from error
    if not barriers:
        raise InputError(f"{path}: there is no line in it.")
    return barriers


def _barrier(path: Path, number: int, feature: dict[str, Any]) -> Barrier:
    geometry = feature["geometry"] if feature.get("type") == "Feature" else feature
    properties = feature.get("properties") or {}
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind in {"LineString"}:
        lines = [coordinates]
    elif kind in {"MultiLineString", "Polygon"}:
        lines = coordinates
    else:
        raise InputError(f"{path}, feature {number}: '{kind}' is no line. Use LineString or MultiLineString.")
    points = [[(float(p[0]), float(p[1])) for p in line] for line in lines]
    if all(abs(x) <= 180 and abs(y) <= 90 for line in points for x, y in line):
        points = [_grid(line) for line in points]
    factor = properties.get("detour_factor")
    if factor is not None and (isinstance(factor, bool) or not isinstance(factor, int | float)):
        raise InputError(f"{path}, feature {number}: the detour_factor '{factor}' is not a number.")
    name = str(properties.get("name") or f"{path.name}, line {number}")
    try:
        return Barrier(tuple(tuple(line) for line in points), None if factor is None else float(factor), name)
    except ProblemError as error:
        raise InputError(f"{path}, feature {number}: {error}") from error


def _grid(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    from pyproj import Transformer

    transformer = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    return [(float(x), float(y)) for x, y in (transformer.transform(*point) for point in line)]
