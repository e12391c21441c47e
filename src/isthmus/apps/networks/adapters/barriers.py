"""Lines that nobody travels across: from what people type or give to lines of latitude and longitude."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Line = list[list[float]]
"""Points, each [latitude, longitude] in degrees (WGS 84)."""

MOST_POINTS = 5_000
MOST_LINES = 200
DEGREES = r"(-?\d{1,3}(?:\.\d{1,15})?)"
SHAPES = {"LineString", "MultiLineString", "Polygon", "MultiPolygon"}


class LinesRefused(ValueError):
    """What was given is no line; the text says why and what to do."""


def read_lines(text: str) -> list[Line]:
    """The lines of a text: 'latitude, longitude' a point, an empty line between two lines; or GeoJSON.

    Raises `LinesRefused`.
    """
    text = text.strip().lstrip("\ufeff")
    lines = list(_from_geojson(text)) if text.startswith("{") else list(_typed(text))
    if not lines:
        raise LinesRefused("give at least one line of two points or more")
    if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_POINTS:
        raise LinesRefused(
            f"give at most {MOST_LINES} lines with {MOST_POINTS:,} points in all; simplify them first"
        )
    for line in lines:
        if len(line) < 2:
            raise LinesRefused("each line needs two points or more")
        if not all(49 <= y <= 61 and -10 <= x <= 5 for y, x in line):
            raise LinesRefused(
                "every point must lie in or near England: latitude 49 to 61, longitude -10 to 5"
            )
    return lines


def _typed(text: str) -> Iterator[Line]:
    line: Line = []
    for written in map(str.strip, text.splitlines()):
        found = re.fullmatch(rf"{DEGREES}[\s,;]+{DEGREES}", written)
        if written and found is None:
            raise LinesRefused(f"‘{written[:40]}’ is no latitude and longitude such as 50.91, -1.40")
        if found is not None:
            line.append([float(found[1]), float(found[2])])
        elif line:
            yield line
            line = []
    if line:
        yield line


def _from_geojson(text: str) -> Iterator[Line]:
    try:
        given = json.loads(text)
        for shape in _shapes(given, 0):
            yield from _lines_of(shape)
    except (json.JSONDecodeError, RecursionError) as error:
        raise LinesRefused("this is no GeoJSON: it breaks off or has a slip in it") from error
    except (TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
        if isinstance(error, LinesRefused):
            raise
        raise LinesRefused("this is no line as GeoJSON") from error


def _shapes(given: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 5:
        raise LinesRefused("this GeoJSON has collections within collections: give lines")
    kind = given.get("type")
    if kind == "FeatureCollection":
        for feature in given["features"]:
            yield from _shapes(feature, depth + 1)
    elif kind == "Feature":
        yield from _shapes(given["geometry"], depth + 1)
    elif kind == "GeometryCollection":
        for shape in given["geometries"]:
            yield from _shapes(shape, depth + 1)
    elif kind in SHAPES:
        yield given
    else:
        raise LinesRefused(f"a {str(kind)[:30]} is no line: give lines, or polygons whose edges are the line")


def _lines_of(shape: dict[str, Any]) -> Iterator[Line]:
    points, kind = shape["coordinates"], shape["type"]
    deep = {"LineString": [points], "MultiLineString": points, "Polygon": points}
    lines = deep[kind] if kind in deep else [ring for polygon in points for ring in polygon]
    for line in lines:
        yield [[float(point[1]), float(point[0])] for point in line]


def as_geojson(barriers: list[tuple[str, list[Line]]]) -> dict[str, Any]:
    """Named lines as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [[[x, y] for y, x in line] for line in lines],
            },
        }
        for name, lines in barriers
    ]
    return {"type": "FeatureCollection", "features": features}
