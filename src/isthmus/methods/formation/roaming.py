"""The compiled inner loop of the search on a large map, where distances alone decide.

The coordinates of a group's schools lie side by side, so the processor works out a school's distances to a whole group
at once. A school is tried with a near school's group: to move there, or in exchange for any of its schools; one draw
of chance serves them all. An exchange is refused unseen where the distance to the middle of the group that is left
shows it to be too dear. What is dear is judged by how far schools lie apart where the school is (``heat``), or towns
would still boil when the country has long been frozen.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled
from isthmus.methods.formation.kernels import Array, Data, _draw, _fits, _foes
from isthmus.methods.formation.model import Model

RANGE = 4294967296.0
LANES = 8
LARGEST = 64


class Placed(NamedTuple):
    """A plan on the map and what is kept up to date with it. b schools, K groups, C resources, w places a group."""

    group: Array  # int32 (b,)
    place: Array  # int32 (b,) position in members[group]
    members: Array  # int32 (K, w)
    filled: Array  # int32 (K,)
    load: Array  # float64 (K, C)
    x: Array  # float64 (K, w) coordinates of the members × weight of nearness
    y: Array  # float64 (K, w)
    own: Array  # float64 (K, w) each member's cost to its group
    middle: Array  # float64 (K, 2) sum of the members' coordinates
    heat: Array  # float64 (b,) temperature at each school, about 1


def on_map(model: Model) -> bool:
    """Whether distances between single schools are all that is summed, and nothing limits how many move."""
    d = model.data
    plain = not (len(d.dense) or len(d.kind) or d.needs.shape[1] or len(d.away))
    single = len(d.first) == len(d.feature) + 1
    largest = min(float(d.high[:, 0].max()), len(d.pinned))
    return bool(plain and single and d.near.shape[1] and (d.factor == 1.0).all() and largest <= LARGEST)


def placed(model: Model, group: NDArray[np.int32]) -> Placed:
    """The state of a plan, ``group`` (b,), computed afresh."""
    d, k = model.data, model.groups
    filled = np.bincount(group, minlength=k).astype(np.int32)
    largest = int(max(min(d.high[:, 0].max(), len(group)), filled.max()))
    room = -(-largest // LANES) * LANES
    order = np.argsort(group, kind="stable")
    place = np.empty(len(group), dtype=np.int32)
    place[order] = np.arange(len(group)) - (np.cumsum(filled) - filled)[group[order]]
    members = np.full((k, room), -1, dtype=np.int32)
    members[group, place] = np.arange(len(group))
    load, middle = np.zeros((k, d.resource.shape[1])), np.zeros((k, 2))
    np.add.at(load, group, d.resource)
    np.add.at(middle, group, d.feature[:, :2])
    x, y = np.zeros((2, k, room))
    x[group, place], y[group, place] = d.feature[:, 0], d.feature[:, 1]
    own = np.zeros((k, room))
    there = members >= 0
    for p in range(room):
        apart = np.hypot(x - x[:, p : p + 1], y - y[:, p : p + 1])
        own += np.where(there & there[:, p : p + 1], apart, 0.0)
    return Placed(group.astype(np.int32), place, members, filled, load, x, y, own, middle, _heat(d))


def _heat(d: Data) -> NDArray[np.float64]:
    """(b,) the square root of how far the near schools are, 1 in the geometric mean."""
    apart = np.zeros(len(d.near))
    for other in d.near.T:
        apart += np.hypot(*(d.feature[:, :2] - d.feature[other, :2]).T)
    apart = np.sqrt(np.maximum(apart, 1e-3 * apart.mean() or 1.0))
    return np.asarray(apart / np.exp(np.log(apart).mean()))


@compiled
def _distances(x: Array, y: Array, g: int, px: float, py: float, count: int, out: Array) -> float:
    """Fill in the distances of a point to the members of group g, places beyond them included; returns their sum."""
    # Without an end that varies and without a sign, eight are done at once.
    for p in range(np.uint64(out.shape[0])):
        dx = x[g, p] - px
        dy = y[g, p] - py
        out[p] = math.sqrt(dx * dx + dy * dy)
    total = 0.0
    for p in range(count):
        total += out[p]
    return total


@compiled
def _floors(
    x: Array, y: Array, own: Array, b: int, m: float, mx: float, my: float, to_b: Array, out: Array
) -> None:
    """Fill in the least that each member of b can change when it takes the place of a school, i, whose distances to b
    are ``to_b`` and whose group has m others, their coordinates adding up to (mx, my): distances to m points add up
    to at least m times the distance to their middle."""
    for p in range(np.uint64(out.shape[0])):
        dx = m * x[b, p] - mx
        dy = m * y[b, p] - my
        out[p] = math.sqrt(dx * dx + dy * dy) - own[b, p] - to_b[p]


@compiled
def roam(
    d: Data, s: Placed, mine: Array, part_of: Array, part: int, rng: Array, steps: int, temperature: float
) -> Any:
    """``steps`` trials among the schools ``mine``, whose groups have ``part_of`` == ``part``: each takes the next
    school and a near school's group, and tries to move it there and to exchange it with each member, a move first or
    last by chance. Metropolis' rule decides; a hard rule is never broken. Returns (accepted trials that cost more,
    change of objective)."""
    feature, resource, low, high = d.feature, d.resource, d.low, d.high
    foe_first, foe, pinned, near = d.foe_first, d.foe, d.pinned, d.near
    group, place, members, filled, load = s.group, s.place, s.members, s.filled, s.load
    x, y, own, middle, heat = s.x, s.y, s.own, s.middle, s.heat
    k_near, k_mine, extra = near.shape[1], mine.shape[0], resource.shape[1]
    to_a, to_b, floor = np.empty(x.shape[1]), np.empty(x.shape[1]), np.empty(x.shape[1])
    uphill, gained = 0, 0.0
    turn = (_draw(rng) * k_mine) >> 32
    for _ in range(steps):
        # In turn, not at random: neighbours on the map lie near in memory.
        turn = turn + 1 if turn + 1 < k_mine else 0
        i = mine[turn]
        a = group[i]
        bits = _draw(rng)
        b = group[near[i, ((bits & 0xFFFF) * k_near) >> 16]]
        if b == a or part_of[b] != part or pinned[i]:
            continue
        limit = -temperature * heat[i] * math.log((_draw(rng) + 0.5) / RANGE)
        xi, yi, at, many_a, many_b = feature[i, 0], feature[i, 1], place[i], filled[a], filled[b]
        cost_b = _distances(x, y, b, xi, yi, many_b, to_b)
        delta = cost_b - own[a, at]
        room = limit - delta
        movable = (
            room >= 0.0
            and many_a - 1.0 >= low[a, 0]
            and many_b + 1.0 <= high[b, 0]
            and (extra == 1 or _fits(resource, load, low, high, i, -1, a, b))
            and not _foes(foe_first, foe, group, i, b, -1)
        )
        j, cost_a = -1, 0.0
        if not (movable and bits & 0x10000):
            _floors(x, y, own, b, many_a - 1.0, middle[a, 0] - xi, middle[a, 1] - yi, to_b, floor)
            p = ((bits >> 17) * many_b) >> 15
            for _ in range(many_b):
                p = p + 1 if p + 1 < many_b else 0
                if floor[p] > room:
                    continue
                k = members[b, p]
                if pinned[k] or (extra > 1 and not _fits(resource, load, low, high, i, k, a, b)):
                    continue
                cost_a = _distances(x, y, a, x[b, p], y[b, p], many_a, to_a)
                back = cost_a - own[b, p] - 2.0 * to_b[p]
                if (
                    back > room
                    or _foes(foe_first, foe, group, i, b, k)
                    or _foes(foe_first, foe, group, k, a, i)
                ):
                    continue
                j, delta = k, delta + back
                break
            if j < 0 and not movable:
                continue

        # Carry it out. What is written in the places of those who leave is put right below.
        xj, yj = xi, yi
        if j >= 0:
            p = place[j]
            xj, yj = x[b, p], y[b, p]
            for q in range(many_a):
                dx, dy = x[a, q] - xi, y[a, q] - yi
                own[a, q] += to_a[q] - math.sqrt(dx * dx + dy * dy)
            for q in range(many_b):
                dx, dy = x[b, q] - xj, y[b, q] - yj
                own[b, q] += to_b[q] - math.sqrt(dx * dx + dy * dy)
            own[a, at] = cost_a - to_b[p]
            x[a, at], y[a, at] = xj, yj
            members[a, at], place[j], group[j] = j, at, a
            cost_b -= to_b[p]
            middle[a, 0] += xj
            middle[a, 1] += yj
            middle[b, 0] -= xj
            middle[b, 1] -= yj
        else:
            p = many_b
            for q in range(many_a):
                dx, dy = x[a, q] - xi, y[a, q] - yi
                own[a, q] -= math.sqrt(dx * dx + dy * dy)
            for q in range(many_b):
                own[b, q] += to_b[q]
            last = many_a - 1
            k = members[a, last]
            members[a, at], place[k] = k, at
            x[a, at], y[a, at], own[a, at] = x[a, last], y[a, last], own[a, last]
            filled[a] -= 1
            filled[b] += 1
        own[b, p] = cost_b
        x[b, p], y[b, p] = xi, yi
        members[b, p], place[i], group[i] = i, p, b
        middle[a, 0] -= xi
        middle[a, 1] -= yi
        middle[b, 0] += xi
        middle[b, 1] += yi
        for c in range(extra):
            more = resource[i, c] - (resource[j, c] if j >= 0 else 0.0)
            load[a, c] -= more
            load[b, c] += more
        gained += delta
        if delta > 1e-9:
            uphill += 1
    return uphill, gained
