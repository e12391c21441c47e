"""Second layers: what a usual way is, and hubs that serve spokes."""

from __future__ import annotations

from collections.abc import Sequence


def typical_km(points: Sequence[tuple[float, float]], smallest: int, largest: int) -> float | None:
    """What one unit of a thing that matters costs at full weight: the usual distance between neighbours, in km.

    `points` are (easting, northing) in metres. None for fewer than two points or sizes that make no sense.
    """
    import numpy as np

    from isthmus.methods import formation

    if len(points) < 2 or not 2 <= smallest <= largest:
        return None
    problem = formation.Problem(
        ids=tuple(map(str, range(len(points)))),
        coordinates=np.array(points, dtype=np.float64),
        bounds=formation.Sizes(smallest, largest),
        terms=(formation.Nearness(), formation.Continuity((), 1.0)),
    )
    return formation.rates(problem)["continuity"]
