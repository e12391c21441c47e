"""Schools, plans and travel times from CSV files."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.readers import InputError, read_text

UNKNOWN = frozenset(
    {
        "",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "not available",
        "z",
        "x",
        "c",
        "np",
        "ne",
        "supp",
        ":",
        "-",
        "..",
    }
)
"""Marks for 'not known' in a column of numbers (those of the Department for Education's tables among them)."""

NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)

THEMES = ("needs", "strengths")
NUMBERS = ("number_of_pupils",)


@dataclass(frozen=True)
class Schools:
    """ids as given, coordinates (n, 2) in metres with NaN where not known, every other column as an attribute, and
    what people should be told about the file."""

    ids: tuple[str, ...]
    coordinates: NDArray[np.float64]
    attributes: dict[str, tuple[object, ...]]
    notes: tuple[str, ...] = ()


def rows_of(path: Path, required: tuple[str, ...]) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """The header (lower case) and the rows (number in the file, cells by name) of a CSV file with these columns."""
    text = read_text(path)
    if text.lstrip()[:1] == "<":
        raise InputError(f"{path}: this looks like a web page, not a CSV file. Save the file again as CSV.")
    if "\0" in text[:4096]:
        raise InputError(f"{path}: this is not a text file. Save the table as CSV.")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count) if any(c in first for c in ",;\t") else ","
    csv.field_size_limit(10_000_000)
    lines = _lines(path, text, delimiter)
    header = [name.strip().casefold() for name in next(lines, (1, []))[1]]
    if not any(header):
        raise InputError(
            f"{path}: the file is empty. Its first row must name the columns: {', '.join(required)}."
        )
    for name in required:
        if name not in header:
            raise InputError(
                f"{path}, row 1: there is no column '{name}'. The columns needed are {', '.join(required)}; "
                f"found: {', '.join(header[:12])}."
            )
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise InputError(f"{path}, row 1: the column '{twice}' occurs twice. Rename or remove one of them.")

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        for row, cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                raise InputError(
                    f"{path}, row {row}: {len(cells)} cells under {len(header)} headings. "
                    "Put text with a comma in double quotes."
                )
            cells += [""] * (len(header) - len(cells))
            yield row, {n: c.strip() for n, c in zip(header, cells, strict=False) if n}

    return header, rows()


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with their numbers; a row that is not sound is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 1
    try:
        for cells in reader:
            yield reader.line_num, cells
            row = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            said = 'a double quote (") opens here and is never closed. Close it, or remove it.'
        else:
            said = f'the row cannot be read ({error}). Within quoted text write a double quote twice ("").'
        raise InputError(f"{path}, row {row}: {said}") from error


def number(path: Path, row: int, column: str, cell: str) -> float:
    """A finite number; commas only where they part thousands, as in 1,234,567."""
    if "," in cell and not NUMBER.fullmatch(cell):
        raise InputError(
            f"{path}, row {row}, column {column}: '{cell}' is not a number. "
            "Write decimals with a point, as in 1234.5, and leave out commas."
        )
    value = float(cell.replace(",", "")) if _is_number(cell) else math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{path}, row {row}, column {column}: '{cell}' is not a number. Correct it or leave it empty."
        )
    return value


def read_schools(path: Path) -> Schools:
    """A csv of schools: urn, easting, northing (EPSG:27700, metres) and any other columns."""
    header, rows = rows_of(path, ("urn", "easting", "northing"))
    ids: list[str] = []
    seen: dict[str, int] = {}
    points: list[tuple[float, float]] = []
    cells: dict[str, list[tuple[int, str]]] = {
        n: [] for n in header if n and n not in {"urn", "easting", "northing"}
    }
    for row, values in rows:
        id_ = values["urn"]
        if not id_:
            raise InputError(f"{path}, row {row}, column urn: it is empty. Give every school its own text.")
        if id_ in seen:
            raise InputError(
                f"{path}, row {row}, column urn: '{id_}' is already in row {seen[id_]}. Remove one of the two rows."
            )
        seen[id_] = row
        ids.append(id_)
        points.append(_point(path, row, values["easting"], values["northing"]))
        for name, column in cells.items():
            column.append((row, values[name]))
    if not ids:
        raise InputError(f"{path}: there is a header but no school below it.")
    attributes = {name: _column(path, name, column) for name, column in cells.items()}
    coordinates = np.array(points, dtype=np.float64)
    nowhere = (coordinates == 0).all(axis=1)
    coordinates[nowhere] = math.nan
    notes = _nowhere([id_ for id_, is_nowhere in zip(ids, nowhere, strict=True) if is_nowhere])
    return Schools(tuple(ids), coordinates, attributes, notes)


def _nowhere(ids: list[str]) -> tuple[str, ...]:
    """Where the register does not know a place it may write 0, 0, which lies in the sea."""
    if not ids:
        return ()
    more = f" and {len(ids) - 20} more" if len(ids) > 20 else ""
    return (f"Coordinates 0, 0 are no place and were taken as not known: {', '.join(ids[:20])}{more}.",)


def _point(path: Path, row: int, easting: str, northing: str) -> tuple[float, float]:
    if not easting and not northing:
        return math.nan, math.nan
    for column, cell in (("easting", easting), ("northing", northing)):
        if not cell:
            raise InputError(
                f"{path}, row {row}, column {column}: it is empty while the other coordinate is given. "
                "Give both, or leave both empty."
            )
    x, y = number(path, row, "easting", easting), number(path, row, "northing", northing)
    if not (0 <= x <= 800_000 and 0 <= y <= 1_300_000):
        raise InputError(
            f"{path}, row {row}, columns easting and northing: {easting}, {northing} lies outside the National Grid. "
            "Coordinates are in metres (EPSG:27700)."
        )
    return x, y


def _column(path: Path, name: str, cells: list[tuple[int, str]]) -> tuple[object, ...]:
    """Themes, numbers or text. A column is of numbers when every known cell is one and it is no identifier."""
    if name in THEMES:
        return tuple(tuple(t.strip() for t in cell.split(";") if t.strip()) for _, cell in cells)
    identifier = name.endswith(("uid", "urn", "code", "id", "ukprn", "upin", "number")) or name == "laestab"
    if name in NUMBERS or not identifier:
        known = [(row, cell) for row, cell in cells if cell.casefold() not in UNKNOWN]
        if name in NUMBERS or (known and all(_means_number(cell) for _, cell in known)):
            values = {row: number(path, row, name, cell.rstrip("%")) for row, cell in known}
            for row, value in values.items():
                if name in NUMBERS and value < 0:
                    raise InputError(f"{path}, row {row}, column {name}: {value:g} is below zero.")
            return tuple(values.get(row) for row, _ in cells)
    return tuple(cell or None for _, cell in cells)


def _is_number(cell: str) -> bool:
    try:
        return bool(NUMBER.fullmatch(cell)) and math.isfinite(float(cell.replace(",", "")))
    except ValueError:
        return False


def _means_number(cell: str) -> bool:
    """A number, or what looks like one with a decimal comma: refused when read, rather than taken for text."""
    cell = cell.rstrip("%")
    return _is_number(cell) or bool(DECIMAL_COMMA.fullmatch(cell))


@dataclass(frozen=True)
class GivenPlan:
    """Groups of ids and the groups' names, from a csv (urn, network) or a plan in JSON."""

    groups: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


def read_plan(path: Path) -> GivenPlan:
    """A plan: csv with the columns urn and network, or the JSON that `isthmus form --json` writes."""
    if path.suffix.casefold() == ".json":
        return _json_plan(path)
    _, rows = rows_of(path, ("urn", "network"))
    groups: dict[str, list[str]] = {}
    seen: dict[str, int] = {}
    for row, values in rows:
        id_, network = values["urn"], values["network"]
        if not id_:
            raise InputError(f"{path}, row {row}, column urn: it is empty.")
        if id_ in seen:
            raise InputError(f"{path}, row {row}, column urn: '{id_}' is already in row {seen[id_]}.")
        seen[id_] = row
        if network:
            groups.setdefault(network, []).append(id_)
    if not groups:
        raise InputError(f"{path}: no school has a network.")
    return GivenPlan(tuple(tuple(group) for group in groups.values()), tuple(groups))


def _json_plan(path: Path) -> GivenPlan:
    try:
        found: Any = json.loads(read_text(path))
    except ValueError as error:
        raise InputError(f"{path}: this is not JSON ({error}).") from error
    groups = found.get("groups") if isinstance(found, dict) else None
    if not isinstance(groups, list) or not all(isinstance(g, list) for g in groups) or not groups:
        raise InputError(f"{path}: there is no list 'groups' in it. Use a file that `isthmus form` wrote.")
    names = found.get("names")
    if not isinstance(names, list) or len(names) != len(groups):
        names = [str(g + 1) for g in range(len(groups))]
    plan = GivenPlan(tuple(tuple(str(id_) for id_ in g) for g in groups), tuple(map(str, names)))
    every = [id_ for group in plan.groups for id_ in group]
    if len(set(every)) < len(every):
        raise InputError(f"{path}: a school is in two networks.")
    return plan


def read_travel(path: Path) -> dict[tuple[str, str], float]:
    """Minutes between schools: csv with the columns from, to, minutes."""
    _, rows = rows_of(path, ("from", "to", "minutes"))
    minutes: dict[tuple[str, str], float] = {}
    for row, values in rows:
        pair = values["from"], values["to"]
        if not all(pair):
            raise InputError(f"{path}, row {row}: 'from' or 'to' is empty.")
        value = number(path, row, "minutes", values["minutes"])
        if value < 0:
            raise InputError(f"{path}, row {row}, column minutes: {value:g} is below zero.")
        if pair in minutes and minutes[pair] != value:
            raise InputError(
                f"{path}, row {row}: {pair[0]} to {pair[1]} is given twice with different minutes."
            )
        minutes[pair] = value
    if not minutes:
        raise InputError(f"{path}: there is a header but no row below it.")
    return minutes


def read_wishes(path: Path) -> tuple[tuple[str, str], ...]:
    """Who wishes to work with whom: csv with the columns urn and wish, a row for each wish."""
    _, rows = rows_of(path, ("urn", "wish"))
    wishes: dict[tuple[str, str], int] = {}
    for row, values in rows:
        pair = values["urn"], values["wish"]
        if not all(pair):
            raise InputError(f"{path}, row {row}: 'urn' or 'wish' is empty.")
        if pair[0] == pair[1]:
            raise InputError(f"{path}, row {row}: {pair[0]} wishes for itself. Remove the row.")
        wishes.setdefault(pair, row)
    if not wishes:
        raise InputError(f"{path}: there is a header but no row below it.")
    return tuple(wishes)
