"""Points in the plane: near neighbours, a space-filling curve, lines that are crossed."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.terms import Barrier

Floats = NDArray[np.float64]


def nearest(km: Floats, k: int) -> tuple[Floats, NDArray[np.int32]]:
    """Distances and indices, both (n, k), of the k nearest others of each point, itself left out."""
    from scipy.spatial import cKDTree

    distance, index = cKDTree(km).query(km, k=k + 1)
    # With points at one place a point need not come first in its own list.
    mine = index == np.arange(len(km))[:, None]
    mine[~mine.any(axis=1), -1] = True
    keep = ~mine
    shape = (len(km), k)
    return distance[keep].reshape(shape), index[keep].reshape(shape).astype(np.int32)


def hilbert(km: NDArray[np.float64], order: int = 16) -> NDArray[np.int64]:
    """(n,) position of each point along a Hilbert curve over their bounding square (Skilling 2004, two dimensions)."""
    span = np.ptp(km, axis=0).max() or 1.0
    x, y = np.minimum((km - km.min(axis=0)) / span * 2**order, 2**order - 1).astype(np.int64).T
    key = np.zeros(len(km), dtype=np.int64)
    s = 1 << (order - 1)
    while s:
        rx, ry = (x & s) > 0, (y & s) > 0
        key += s * s * ((3 * rx) ^ ry)
        flip = ~ry & rx
        x, y = (
            np.where(flip, s - 1 - (x & (s - 1)), x & (s - 1)),
            np.where(flip, s - 1 - (y & (s - 1)), y & (s - 1)),
        )
        x, y = np.where(~ry, y, x), np.where(~ry, x, y)
        s >>= 1
    return key


def crossings(points: Floats, barrier: Barrier) -> NDArray[np.bool_]:
    """(n, n) True where the straight line between two points properly crosses or touches the barrier."""
    n = len(points)
    crossed = np.zeros((n, n), dtype=np.bool_)
    for line in barrier.lines:
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            dx, dy = bx - ax, by - ay
            side = np.sign(dx * (points[:, 1] - ay) - dy * (points[:, 0] - ax))
            rows = np.flatnonzero(side >= 0)
            columns = np.flatnonzero(side <= 0)
            for row in rows:
                px, py = points[row]
                ux, uy = points[columns, 0] - px, points[columns, 1] - py
                first = np.sign(ux * (ay - py) - uy * (ax - px))
                second = np.sign(ux * (by - py) - uy * (bx - px))
                hit = columns[first * second <= 0]
                crossed[row, hit] = True
                crossed[hit, row] = True
    np.fill_diagonal(crossed, False)
    return crossed
