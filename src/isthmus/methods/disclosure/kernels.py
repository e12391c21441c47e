"""Compiled loops: elimination modulo a prime, the search for small unions, and the search for other possible counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled

Array = NDArray[Any]
PRIME = 2**31 - 1


@compiled
def inverse(value: int) -> int:
    """Of a residue, by Fermat."""
    result, power, left = 1, value % PRIME, PRIME - 2
    while left:
        if left & 1:
            result = result * power % PRIME
        power = power * power % PRIME
        left >>= 1
    return result


@compiled
def echelon(table: Array) -> tuple[Array, Array]:
    """Reduced row echelon form modulo the prime of an integer table (r, m): rows (rank, m), pivots (rank,)."""
    rows = table.copy() % PRIME
    height, width = rows.shape
    pivots = np.zeros(min(height, width), np.int64)
    rank = 0
    for column in range(width):
        at = rank
        while at < height and rows[at, column] == 0:
            at += 1
        if at == height:
            continue
        if at != rank:
            for j in range(width):
                rows[rank, j], rows[at, j] = rows[at, j], rows[rank, j]
        scale = inverse(rows[rank, column])
        for j in range(column, width):
            rows[rank, j] = rows[rank, j] * scale % PRIME
        for i in range(height):
            factor = rows[i, column]
            if i != rank and factor != 0:
                for j in range(column, width):
                    rows[i, j] = (rows[i, j] - factor * rows[rank, j]) % PRIME
        pivots[rank] = column
        rank += 1
        if rank == height:
            break
    return rows[:rank].copy(), pivots[:rank].copy()


@compiled
def _published(union: Array, table: Array) -> bool:
    for g in range(len(table)):
        same = True
        for j in range(len(union)):
            if (union[j] != 0) != (table[g, j] != 0):
                same = False
                break
        if same:
            return True
    return False


@compiled
def _open_place(vector: Array, kept: Array, tried: Array, rows: Array, isolated: Array) -> tuple[int, int]:
    """The place that still needs a decision and that the fewest rows may change, and how many may; −1 for none."""
    place, fewest = -1, len(rows) + 1
    for j in range(len(vector)):
        if isolated[j] or (vector[j] == 1 if kept[j] else vector[j] == 0):
            continue
        number = 0
        for i in range(len(rows)):
            if not tried[i] and rows[i, j] != 0:
                number += 1
        if number < fewest:
            place, fewest = j, number
    return place, fewest


@compiled
def small_union(
    rows: Array, pivots: Array, count: Array, table: Array, limit: int, nodes: int
) -> tuple[bool, Array]:
    """A 0/1 sum of rows (r, m; reduced, with their pivots) that counts 1 … limit − 1 people and is no row of ``table``:
    (m,) true in the union, all false where there is none. First whether the search came to its end.

    A 0/1 vector is fixed by its pivots, so sets of rows are grown. A place that is not 0 is either kept, if it is 1 and
    its people still fit, or some row that touches it must join. It gives up past ``nodes`` steps.
    """
    height, width = rows.shape
    isolated = np.zeros(width, np.bool_)
    isolated[pivots] = True
    vector = np.zeros((limit + 2, width), np.int64)
    kept = np.zeros((limit + 2, width), np.bool_)
    tried = np.zeros((limit + 2, height), np.bool_)
    weight = np.zeros(limit + 2, np.int64)
    place = np.zeros(limit + 2, np.int64)
    turn = np.zeros(limit + 2, np.int64)
    steps = 0
    for root in range(height):
        if count[pivots[root]] >= limit:
            continue
        depth = 1
        vector[1], kept[1], tried[1] = rows[root], False, False
        tried[1, : root + 1] = True
        weight[1] = count[pivots[root]]
        turn[1] = -2
        while depth:
            if turn[depth] == -2:  # first visit
                steps += 1
                place[depth] = _open_place(vector[depth], kept[depth], tried[depth], rows, isolated)[0]
                if steps > nodes:
                    return False, np.zeros(width, np.bool_)
                if place[depth] < 0 and not _published(vector[depth], table):
                    return True, vector[depth] != 0
                if place[depth] < 0:
                    depth -= 1
                    continue
                turn[depth] = -1
            j = place[depth]
            into = depth + 1
            if turn[depth] == -1:  # keep the place
                turn[depth] = 0
                if vector[depth, j] == 1 and weight[depth] + count[j] < limit:
                    vector[into], kept[into], tried[into] = vector[depth], kept[depth], tried[depth]
                    kept[into, j] = True
                    weight[into] = weight[depth] + count[j]
                    turn[into] = -2
                    depth = into
                    continue
            grown = False
            while turn[depth] < height:
                i = turn[depth]
                turn[depth] += 1
                if tried[depth, i] or rows[i, j] == 0:
                    continue
                tried[depth, i] = True
                if weight[depth] + count[pivots[i]] < limit:
                    vector[into] = (vector[depth] + rows[i]) % PRIME
                    kept[into], tried[into] = kept[depth], tried[depth]
                    weight[into] = weight[depth] + count[pivots[i]]
                    turn[into] = -2
                    depth = into
                    grown = True
                    break
            if not grown:
                depth -= 1
    return True, np.zeros(width, np.bool_)
