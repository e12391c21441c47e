"""Compiled search for other counts that fit everything published, by moving single people between answers.

``counts`` (m, C) are the people of each atom by answer. ``weight`` (r, C), ``low`` and ``high`` (r,) are published
inequalities on the sum over the atoms of a group; ``values`` (r,) where they stand. ``rows[first[a]:first[a + 1]]`` are
the inequalities that atom a takes part in, ``atoms[start[r]:start[r + 1]]`` the atoms of inequality r.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled

Array = NDArray[Any]
POINTS = 160
ATTEMPTS, STEPS, MEMORY, LOSS = 12, 60, 6, 0.3


@compiled
def _move(
    counts: Array, values: Array, weight: Array, rows: Array, first: Array, a: int, d: int, c: int
) -> None:
    counts[a, d] -= 1
    counts[a, c] += 1
    for k in range(first[a], first[a + 1]):
        values[rows[k]] += weight[rows[k], c] - weight[rows[k], d]


@compiled
def _excess(value: int, low: int, high: int) -> int:
    if value < low:
        return low - value
    return value - high if value > high else 0


@compiled
def _worse(
    values: Array, weight: Array, low: Array, high: Array, scale: Array, rows: Array, first: Array, a: int, d: int,
    c: int,
) -> float:  # fmt: skip
    """By how much a person of atom a who moves from answer d to c breaks the inequalities more than now."""
    change = 0.0
    for k in range(first[a], first[a + 1]):
        r = rows[k]
        step = weight[r, c] - weight[r, d]
        if step != 0:
            now = _excess(values[r], low[r], high[r])
            change += scale[r] * (_excess(values[r] + step, low[r], high[r]) - now)
    return change


@compiled
def _lost(counts: Array, truth: Array, a: int, d: int, c: int) -> float:
    """Whether a move takes away the last person who truly gave an answer (1) or brings one back (−1)."""
    lost = 0.0
    if counts[a, d] == 1 and truth[a, d] > 0:
        lost += 1.0
    if counts[a, c] == 0 and truth[a, c] > 0:
        lost -= 1.0
    return lost


@compiled
def _first_move(
    counts: Array, truth: Array, values: Array, floor: Array, target: Array, aim: Array, weight: Array, low: Array,
    high: Array, scale: Array, rows: Array, first: Array, skip: int,
) -> tuple[int, int, int]:  # fmt: skip
    """The move (a, d, c) that raises the target and breaks least, leaving out the ``skip`` least; a is −1 for none."""
    best, bound = (-1, 0, 0), -1e18
    for _ in range(skip + 1):
        best, least = (-1, 0, 0), 1e18
        place = 0
        for a in range(len(counts)):
            if not target[a]:
                continue
            for d in range(len(aim)):
                for c in range(len(aim)):
                    if aim[c] <= aim[d] or counts[a, d] <= floor[a, d]:
                        continue
                    place += 1
                    cost = _worse(values, weight, low, high, scale, rows, first, a, d, c)
                    cost += LOSS * _lost(counts, truth, a, d, c) + 1e-6 * place
                    if bound < cost < least:
                        best, least = (a, d, c), cost
        if best[0] < 0:
            break
        bound = least
    return best


@compiled
def raised(
    counts: Array, truth: Array, floor: Array, target: Array, aim: Array, weight: Array, low: Array, high: Array,
    scale: Array, rows: Array, first: Array, atoms: Array, start: Array,
) -> bool:  # fmt: skip
    """Change ``counts`` in place so that the sum of ``aim`` (C,) over the atoms of ``target`` rises, all stays as it is
    published, and no count falls below ``floor`` (m, C). False, and nothing changed, where no way was found.

    One person moves; then, while something published is broken, one of those inequalities is drawn and the move that
    mends it at the least harm is made (as WalkSAT does; Selman, Kautz and Cohen 1994), with a short memory.
    """
    size, height = len(aim), len(weight)
    begun = counts.copy()
    origin = np.zeros(height, np.int64)
    for r in range(height):
        for k in range(start[r], start[r + 1]):
            for c in range(size):
                origin[r] += weight[r, c] * counts[atoms[k], c]
    forbidden = np.zeros(counts.shape, np.int64)
    random = 12345
    for attempt in range(ATTEMPTS):
        counts[:] = begun
        values = origin.copy()
        forbidden[:] = 0
        a, d, c = _first_move(
            counts, truth, values, floor, target, aim, weight, low, high, scale, rows, first, attempt
        )
        if a < 0:
            break
        gained = aim[c] - aim[d]
        _move(counts, values, weight, rows, first, a, d, c)
        forbidden[a, d] = MEMORY
        for step in range(STEPS):
            broken, drawn = 0, -1
            for r in range(height):
                if _excess(values[r], low[r], high[r]) > 0:
                    broken += 1
                    random = (random * 1103515245 + 12345) % 2147483648
                    if (random >> 8) % broken == 0:
                        drawn = r
            if drawn < 0:
                return True
            best, least = (-1, 0, 0), 1e18
            for k in range(start[drawn], start[drawn + 1]):
                b = atoms[k]
                for out in range(size):
                    if counts[b, out] <= floor[b, out]:
                        continue
                    for into in range(size):
                        change = weight[drawn, into] - weight[drawn, out]
                        if (
                            change == 0
                            or (change > 0) == (values[drawn] > high[drawn])
                            or forbidden[b, into] > step
                        ):
                            continue
                        if target[b] and gained + aim[into] - aim[out] < 1:
                            continue
                        random = (random * 1103515245 + 12345) % 2147483648
                        cost = _worse(values, weight, low, high, scale, rows, first, b, out, into)
                        cost += (
                            LOSS * _lost(counts, truth, b, out, into) + 0.2 * ((random >> 8) % 1024) / 1024
                        )
                        if cost < least:
                            best, least = (b, out, into), cost
            b, out, into = best
            if b < 0:
                break
            if target[b]:
                gained += aim[into] - aim[out]
            _move(counts, values, weight, rows, first, b, out, into)
            forbidden[b, out] = step + MEMORY
    counts[:] = begun
    return False


@compiled
def _fits(point: Array, one: int, two: int) -> bool:
    """Whether people with the flat places ``one`` and ``two`` (−1 for nobody) can be among these counts."""
    if one >= 0 and point[one] < 1 + (one == two):
        return False
    return two < 0 or point[two] >= 1


@compiled
def _best(points: Array, gain: Array, have: int, one: int, two: int) -> tuple[int, int]:
    """The points with the largest and the smallest gain among those that fit."""
    up, down = 0, 0
    for p in range(have):
        if (gain[p] > gain[up] or gain[p] < gain[down]) and _fits(points[p], one, two):
            if gain[p] > gain[up]:
                up = p
            if gain[p] < gain[down]:
                down = p
    return up, down


@compiled
def _ensured(
    points: Array, gain: Array, have: int, one: int, two: int, need: int, target: Array, aim: Array,
    weight: Array, low: Array, high: Array, scale: Array, rows: Array, first: Array, atoms: Array, start: Array,
) -> tuple[bool, int]:  # fmt: skip
    """Find points until the range of those that fit is ``need`` wide. Whether it is, and how many points there are."""
    floor = np.zeros((len(target), len(aim)), np.int64)
    flat = floor.reshape(-1)
    if one >= 0:
        flat[one] += 1
    if two >= 0:
        flat[two] += 1
    while True:
        up, down = _best(points, gain, have, one, two)
        if gain[up] - gain[down] >= need:
            return True, have
        if have == len(points):
            return False, have
        grown = False
        for way in range(2):
            sign = 1 if (way == 0) == (gain[up] <= -gain[down]) else -1
            counts = points[up if sign == 1 else down].copy().reshape(floor.shape)
            truth = points[0].reshape(floor.shape)
            if raised(
                counts, truth, floor, target, sign * aim, weight, low, high, scale, rows, first, atoms, start
            ):
                points[have] = counts.reshape(-1)
                gain[have] = _sum(points[have], target, aim) - _sum(points[0], target, aim)
                have += 1
                grown = True
                break
        if not grown:
            return False, have


@compiled
def _sum(point: Array, target: Array, aim: Array) -> int:
    total = 0
    for a in range(len(target)):
        if target[a]:
            for c in range(len(aim)):
                total += aim[c] * point[a * len(aim) + c]
    return total


@compiled
def _wanted(need: int, people: int, own: bool, known: int) -> int:
    return need if not own else min(need, people - known)


@compiled
def proved(
    points: Array, gain: Array, have: int, need: int, people: int, own: bool, colluders: int, target: Array,
    aim: Array, weight: Array, low: Array, high: Array, scale: Array, rows: Array, first: Array, atoms: Array,
    start: Array,
) -> tuple[bool, int, int, int]:  # fmt: skip
    """Whether, for every choice of colluders, counts that fit differ by ``need`` in the sum of ``aim`` over ``target``.

    ``points[0]`` are the true counts. ``own``: the target is a small hidden cell of ``people``, and colluders in it
    leave fewer to hide. Colluders matter only where the points in hand lack them, so only those are tried: that is
    every choice, since for any other the points in hand fit. Returns also how many points there are now, and the
    choice that failed (flat places, −1 for nobody).
    """
    size = len(aim)
    wanted = _wanted(need, people, own, 0)
    ok, have = _ensured(
        points, gain, have, -1, -1, wanted, target, aim, weight, low, high, scale, rows, first, atoms, start
    )
    if not ok:
        return False, have, -1, -1
    if colluders == 0:
        return True, have, -1, -1
    truth = points[0]
    ends = _best(points, gain, have, -1, -1)
    for one in range(len(truth)):
        if truth[one] == 0 or (
            points[ends[0], one] >= min(truth[one], 2) and points[ends[1], one] >= min(truth[one], 2)
        ):
            continue
        inner = 1 if target[one // size] else 0
        wanted = _wanted(need, people, own, inner)
        ok, have = _ensured(
            points,
            gain,
            have,
            one,
            -1,
            wanted,
            target,
            aim,
            weight,
            low,
            high,
            scale,
            rows,
            first,
            atoms,
            start,
        )
        if not ok:
            return False, have, one, -1
        if colluders == 1:
            continue
        some = _best(points, gain, have, one, -1)
        for two in range(len(truth)):
            twice = 1 + (one == two)
            if truth[two] < twice or (points[some[0], two] >= twice and points[some[1], two] >= twice):
                continue
            wanted = _wanted(need, people, own, inner + (1 if target[two // size] else 0))
            ok, have = _ensured(
                points,
                gain,
                have,
                one,
                two,
                wanted,
                target,
                aim,
                weight,
                low,
                high,
                scale,
                rows,
                first,
                atoms,
                start,
            )
            if not ok:
                return False, have, one, two
    return True, have, -1, -1
