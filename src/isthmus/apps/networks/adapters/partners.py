"""How far schools must go to meet others than those that they work with already."""

from __future__ import annotations

from collections.abc import Sequence

from isthmus.apps.register.models import Organisation


def detour(schools: Sequence[Organisation], partners: Sequence[tuple[str, str]], size: int) -> float:
    """How many times as far as its neighbours the nearest schools are that are no partners of a school yet.

    Of each school the mean way to its `size` − 1 nearest others, and to its nearest who are no partners; the quotient
    of the medians of both. 1 where there are no partners, or too few schools to tell. A pair that meets already
    has to cost this many times the usual way, or nobody would ever pass a neighbour to meet somebody new.
    """
    import numpy as np

    places = {s.urn: (s.easting, s.northing) for s in schools if s.urn and s.easting is not None}
    at = {urn: row for row, urn in enumerate(places)}
    inside = [(at[a], at[b]) for a, b in partners if a in at and b in at]
    if not inside or len(at) <= size:
        return 1.0
    points = np.array(list(places.values()), dtype=np.float64)
    far = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(far, np.inf)
    near = np.median(np.sort(far, axis=1)[:, : size - 1].mean(axis=1))
    rows, columns = np.array(inside).T
    far[rows, columns] = far[columns, rows] = np.inf
    new = np.sort(far, axis=1)[:, : size - 1].mean(axis=1)
    new = new[np.isfinite(new)]
    return max(float(np.median(new) / near), 1.0) if len(new) and near > 0 else 1.0
