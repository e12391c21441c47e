"""British National Grid (EPSG:27700, metres) to latitude and longitude (WGS 84, degrees)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# EPSG:1314, 'OSGB36 to WGS 84 (6)': seven-parameter shift, within 5 m of OSTN15 in all of Great Britain.
# Written out so that the answer is the same with and without the optional grid files of PROJ.
_PIPELINE = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000"
    " +ellps=airy +step +proj=push +v_3 +step +proj=cart +ellps=airy"
    " +step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489"
    " +convention=position_vector +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
PLACES = 6
"""Decimals kept of a degree: about 0.1 m."""


def to_latitude_longitude(
    easting: Sequence[float] | NDArray[np.float64], northing: Sequence[float] | NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and longitudes, in degrees, of n points given in metres (two arrays of length n)."""
    import numpy as np

    longitude, latitude = _transformer().transform(
        np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
    )
    return np.round(latitude, PLACES), np.round(longitude, PLACES)


def to_grid(
    latitude: Sequence[float] | NDArray[np.float64], longitude: Sequence[float] | NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings and northings, in metres, of n points given in degrees (two arrays of length n)."""
    import numpy as np

    easting, northing = _transformer().transform(
        np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64), direction="INVERSE"
    )
    return easting, northing


@cache
def _transformer():  # type: ignore[no-untyped-def]  # pyproj is imported late, so its type has no name here
    from pyproj import Transformer

    return Transformer.from_pipeline(_PIPELINE)
