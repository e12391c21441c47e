"""Grid references become latitudes and longitudes within 5 m.

The points are Ordnance Survey's own forty test points of OSTN15 (OSTN15_OSGM15_TestInput_OSGBtoETRS.txt and
its output, from the OSTN15 developers' pack, © Crown copyright, BSD licence).
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from isthmus.apps.register.adapters.coordinates import to_grid, to_latitude_longitude

POINTS = Path(__file__).parent / "data/ostn15_test_points.csv"


def columns() -> dict[str, np.ndarray]:
    with POINTS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([float(r[name]) for r in rows])
        for name in ("easting", "northing", "latitude", "longitude")
    }


def metres(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    _azimuth, _back, distance = Geod(ellps="WGS84").inv(a[1], a[0], b[1], b[0])
    return distance


def test_every_published_test_point_is_within_five_metres() -> None:
    points = columns()
    assert len(points["easting"]) == 40
    found = to_latitude_longitude(points["easting"], points["northing"])
    far = metres(found, (points["latitude"], points["longitude"]))
    assert far.max() < 5.0
    # England, where the schools are: the points between Land's End and Berwick, without Scilly.
    england = (points["northing"] < 660_000) & (points["easting"] > 170_000)
    assert np.median(far[england]) < 2.5


def test_there_and_back_again() -> None:
    points = columns()
    easting, northing = to_grid(*to_latitude_longitude(points["easting"], points["northing"]))
    assert easting == pytest.approx(points["easting"], abs=0.2)
    assert northing == pytest.approx(points["northing"], abs=0.2)


def test_no_points_give_no_points() -> None:
    latitude, longitude = to_latitude_longitude([], [])
    assert latitude.size == longitude.size == 0
