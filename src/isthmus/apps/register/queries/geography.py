"""Boundaries and place names that ship with Isthmus, and schools as points. No map server is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Any

from isthmus.apps.register.models import Area, Organisation

DATA = Path(__file__).resolve().parent.parent / "data"
KM_PER_DEGREE = 111.2
Place = tuple[str, float, float, int]
Box = tuple[float, float, float, float]


@cache
def shipped_boundaries() -> dict[str, dict[str, Any]]:
    """GSS code to name, box (west, south, east, north) and GeoJSON geometry of 153 authorities."""
    areas: dict[str, dict[str, Any]] = json.loads((DATA / "boundaries.json").read_text("utf-8"))["areas"]
    return areas


@cache
def shipped_places() -> list[Place]:
    """Towns as (name, latitude, longitude, people), most people first."""
    rows = json.loads((DATA / "places.json").read_text("utf-8"))["places"]
    return [(name, latitude, longitude, people) for name, latitude, longitude, people in rows]


@cache
def geography_attribution() -> str:
    """Whom boundaries and place names are owed to."""
    files = ("boundaries.json", "places.json")
    return " ".join(json.loads((DATA / name).read_text("utf-8"))["attribution"] for name in files)


def boundary(area: Area) -> dict[str, Any] | None:
    """The GeoJSON geometry of `area`, or None where none is known."""
    if area.boundary:
        return dict(area.boundary)
    shipped = shipped_boundaries().get(area.code)
    return shipped["geometry"] if shipped else None


def box(area: Area) -> Box | None:
    """West, south, east and north of `area` in degrees, or None where no boundary is known."""
    if not area.boundary:
        shipped = shipped_boundaries().get(area.code)
        return tuple(shipped["box"]) if shipped else None
    points = list(_points(area.boundary["coordinates"]))
    longitudes, latitudes = [x for x, _y in points], [y for _x, y in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _points(nested: Any) -> Iterable[tuple[float, float]]:
    if nested and isinstance(nested[0], int | float):
        yield nested[0], nested[1]
    else:
        for part in nested:
            yield from _points(part)


def _widened(around: Box, km: float) -> Box:
    west, south, east, north = around
    up = km / KM_PER_DEGREE
    across = up / cos(radians((south + north) / 2))
    return west - across, south - up, east + across, north + up


def boundaries_near(area: Area, *, km: float = 15.0) -> dict[str, Any]:
    """A GeoJSON FeatureCollection: `area` first (property `own`), then real authorities within about `km` of its box.

    A fictional area lies in the sea by itself, so it has no neighbours.
    """
    features = []
    if own := boundary(area):
        features.append(_feature(area.code, area.name, own, own=True))
    around = None if area.fictional else box(area)
    if around:
        west, south, east, north = _widened(around, km)
        for code, other in shipped_boundaries().items():
            w, s, e, n = other["box"]
            if code != area.code and w <= east and e >= west and s <= north and n >= south:
                features.append(_feature(code, other["name"], other["geometry"], own=False))
    return {"type": "FeatureCollection", "features": features}


def _feature(code: str, name: str, geometry: dict[str, Any], *, own: bool) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"code": code, "name": name, "own": own}}


def places_near(area: Area, *, km: float = 15.0, most: int = 60) -> list[Place]:
    """At most `most` towns in or near `area` as (name, latitude, longitude, people), most people first."""
    if area.places:
        return [(name, latitude, longitude, people) for name, latitude, longitude, people in area.places][
            :most
        ]
    around = box(area)
    if around is None:
        return []
    west, south, east, north = _widened(around, km)
    inside = (place for place in shipped_places() if south <= place[1] <= north and west <= place[2] <= east)
    return [place for place, _number in zip(inside, range(most), strict=False)]


def geojson(organisations: Iterable[Organisation]) -> dict[str, Any]:
    """Those of `organisations` that have a position, as a GeoJSON FeatureCollection of points."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [school.longitude, school.latitude]},
                "properties": {
                    "id": school.pk,
                    "urn": school.urn,
                    "name": school.name,
                    "phase": school.phase,
                    "town": school.town,
                },
            }
            for school in organisations
            if school.latitude is not None
        ],
    }
