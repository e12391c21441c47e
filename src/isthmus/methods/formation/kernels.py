"""The compiled inner loop: annealing over blocks of schools.

A block is one school, or schools that a rule keeps together. Costs are minimised. With a matrix of block costs
(``dense``) the sum of a block's costs to every group is kept up to date (``contact``), so a trial is O(1); without
one, costs are computed from coordinates and features against the members of the two groups, O(group size).

One kernel only: it is what a first run has to compile. The arrays are handed over in two named tuples and taken apart
at once, because numba counts references each time a tuple is passed on.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled

Array = NDArray[Any]

MIXED_CATEGORY, ALIKE_CATEGORY, MIXED_NUMBER, ALIKE_NUMBER = range(4)


class Data(NamedTuple):
    """What does not change in a search. b blocks, n schools, K groups, C resources, T themes, F features."""

    dense: Array  # float64 (b, b) cost between blocks, zero diagonal; (0, 0) when computed from what follows
    feature: (
        Array  # float64 (n, 2 + F) coordinates × weight of nearness, then codes or scores, NaN unknown; in
    )
    # the order of ``schools``
    kind: Array  # int8 (F,) what a feature is: MIXED_CATEGORY, …
    price: Array  # float64 (F,) its weighted cost
    inner: Array  # float64 (b,) cost of the pairs within a block
    first: Array  # int32 (b + 1,) where each block's schools start in ``schools``
    schools: Array  # int32 (n,)
    resource: Array  # float64 (b, C) what a block adds to its group: schools, weight, matches of a rule, …
    low: Array  # float64 (K, C)
    high: Array  # float64 (K, C)
    unit: Array  # float64 (C,) how much one unit of breach counts in a repair
    foe_first: Array  # int32 (b + 1,)
    foe: Array  # int32 blocks that may not share a group with the block
    pinned: Array  # bool (b,) never moved
    needs: Array  # int32 (b, T)
    strengths: Array  # int32 (b, T)
    need_cost: float
    factor: Array  # float64 (n + 2,) multiplier of a group's sum by its number of schools
    near: Array  # int32 (b, k) blocks worth joining; (b, 0) for any
    away: Array  # int16 (b, K) schools of a block that a group takes from where they were; (0, 0) without a limit
    most_moves: int  # schools that may leave the group they were in


class State(NamedTuple):
    """A plan and what is kept up to date with it."""

    group: Array  # int32 (b,)
    place: Array  # int32 (b,) position in members[group]
    members: Array  # int32 (K, most blocks in a group)
    filled: Array  # int32 (K,) blocks in a group
    load: Array  # float64 (K, C)
    inside: Array  # float64 (K,) sum of pair costs within the group
    contact: Array  # float64 (K, b) with a matrix, else (0, 0)
    own: Array  # float64 (b,) without a matrix: cost to the block's own group
    need: Array  # int32 (K, T)
    strength: Array  # int32 (K, T)
    middle: Array  # float64 (K, 2) without a matrix: sum of the weighted coordinates of its schools
    moved: Array  # int64 (1,) schools away from where they were


@compiled
def _draw(rng: Array) -> Any:
    """The next 32 random bits (xorshift64*, Vigna 2016)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(32))


@compiled
def _pair(feature: Array, kind: Array, price: Array, s: int, t: int) -> float:
    """The cost of two schools in one group, from coordinates and features."""
    dx = feature[s, 0] - feature[t, 0]
    dy = feature[s, 1] - feature[t, 1]
    total = math.sqrt(dx * dx + dy * dy)
    for c in range(kind.shape[0]):
        a, b = feature[s, 2 + c], feature[t, 2 + c]
        if a == a and b == b:
            if kind[c] >= MIXED_NUMBER:
                v = a + b if kind[c] == MIXED_NUMBER else a - b
                total += price[c] * v * v / 2
            elif (a == b) == (kind[c] == MIXED_CATEGORY):
                total += price[c]
    return total


@compiled
def _between(feature: Array, kind: Array, price: Array, first: Array, i: int, j: int) -> float:
    """The cost of two blocks in one group."""
    if first.shape[0] == feature.shape[0] + 1:
        return _pair(feature, kind, price, i, j)
    total = 0.0
    for p in range(first[i], first[i + 1]):
        for q in range(first[j], first[j + 1]):
            total += _pair(feature, kind, price, p, q)
    return total


@compiled
def _foes(foe_first: Array, foe: Array, group: Array, i: int, g: int, but: int) -> bool:
    """Whether group g, ``but`` left out, has a member that may not share a group with block i."""
    for p in range(foe_first[i], foe_first[i + 1]):  # noqa: SIM110 - a generator would not compile
        if foe[p] != but and group[foe[p]] == g:
            return True
    return False


@compiled
def _fits(resource: Array, load: Array, low: Array, high: Array, i: int, j: int, a: int, b: int) -> bool:
    """Whether no bound beyond size gets worse when i goes from group a to b and j (−1: none) back."""
    for c in range(1, resource.shape[1]):
        more = resource[i, c]
        if j >= 0:
            more -= resource[j, c]
        if more > 0.0:
            if load[a, c] - more < low[a, c] - 1e-9 or load[b, c] + more > high[b, c] + 1e-9:
                return False
        elif more < 0.0 and (load[a, c] - more > high[a, c] + 1e-9 or load[b, c] + more < low[b, c] - 1e-9):
            return False
    return True


@compiled
def anneal(
    d: Data, s: State, mine: Array, part_of: Array, part: int, rng: Array, steps: int, temperature: float
) -> Any:
    """``steps`` trials of moves and swaps among the blocks ``mine``, whose groups have ``part_of`` == ``part``.

    A trial takes a block and a group (that of a near block, or any), and either moves the block there or swaps it
    with a member, whichever bounds on size allow. Metropolis' rule decides; the other hard rules are looked at only
    when it would accept, and never broken. Returns (accepted trials that cost more, change of objective).
    """
    dense, feature, kind, price, inner = d.dense, d.feature, d.kind, d.price, d.inner
    first, resource, low, high = d.first, d.resource, d.low, d.high
    foe_first, foe, pinned, needs, strengths = d.foe_first, d.foe, d.pinned, d.needs, d.strengths
    factor, near, away, need_cost, most_moves = d.factor, d.near, d.away, d.need_cost, d.most_moves
    group, place, members, count, load = s.group, s.place, s.members, s.filled, s.load
    inside, contact, own, need, strength, moved = s.inside, s.contact, s.own, s.need, s.strength, s.moved
    middle = s.middle
    matrix, limited = dense.shape[0] > 0, away.shape[0] > 0
    themes, extra = needs.shape[1], resource.shape[1]
    k_near, k_mine, groups, room = near.shape[1], mine.shape[0], count.shape[0], members.shape[1]
    # A group's part is then its pair costs alone.
    early = not matrix and themes == 0 and factor[2] == factor[3] and need_cost == 0.0
    single = first.shape[0] == feature.shape[0] + 1
    most = math.inf
    uphill, gained = 0, 0.0
    turn = (_draw(rng) * k_mine) >> 32
    for _ in range(steps):
        # In turn, not at random: neighbours on the map lie near in memory.
        turn = turn + 1 if turn + 1 < k_mine else 0
        i = mine[turn]
        a = group[i]
        bits = _draw(rng)
        swap = bits & 1 == 1
        j = -1
        if k_near > 0 and bits & 126 != 0:
            b = group[near[i, (_draw(rng) * k_near) >> 32]]
        elif swap:
            j = mine[(_draw(rng) * k_mine) >> 32]
            b = group[j]
        else:
            b = np.int32((_draw(rng) * groups) >> 32)
        if b == a or part_of[b] != part or pinned[i]:
            continue
        grown = resource[i, 0]
        if not swap and (
            load[a, 0] - grown < low[a, 0]
            or load[b, 0] + grown > high[b, 0]
            or count[b] >= room
            or (extra > 1 and not _fits(resource, load, low, high, i, j, a, b))
        ):
            swap = True
        if swap:
            if count[b] == 0:
                continue
            if j < 0:
                p = (_draw(rng) * count[b]) >> 32
                j = members[b, p]
                if extra > 1:
                    # The next member with whom every rule beyond size holds: a group's only secondary school, say,
                    # travels by exchange with another's.
                    for _ in range(count[b]):
                        if _fits(resource, load, low, high, i, j, a, b):
                            break
                        p = p + 1 if p + 1 < count[b] else 0
                        j = members[b, p]
            if pinned[j] or (extra > 1 and not _fits(resource, load, low, high, i, j, a, b)):
                continue
            grown -= resource[j, 0]
            if grown != 0.0:
                size_a, size_b = load[a, 0] - grown, load[b, 0] + grown
                if size_a < low[a, 0] or size_b > high[b, 0] or size_a > high[a, 0] or size_b < low[b, 0]:
                    continue

        # What the change would cost: the pair costs of both groups, then unmet needs.
        if matrix:
            da = -contact[a, i] - inner[i]
            db = contact[b, i] + inner[i]
            if j >= 0:
                both = dense[i, j]
                da += contact[a, j] - both + inner[j]
                db -= contact[b, j] + both + inner[j]
        else:
            back = 0.0
            da = -own[i] - inner[i]
            db = inner[i]
            if j >= 0:
                da += inner[j]
                db -= own[j] + inner[j]
            if early:
                if single:
                    # The distances to m points add up to at least m times the distance to their middle.
                    m = count[b] - (j >= 0)
                    dx = m * feature[i, 0] - middle[b, 0]
                    dy = m * feature[i, 1] - middle[b, 1]
                    if j >= 0:
                        dx += feature[j, 0]
                        dy += feature[j, 1]
                        m = count[a] - 1
                        ex = m * feature[j, 0] - middle[a, 0] + feature[i, 0]
                        ey = m * feature[j, 1] - middle[a, 1] + feature[i, 1]
                        back = math.sqrt(ex * ex + ey * ey)
                    if da + db + math.sqrt(dx * dx + dy * dy) + back > 16.0 * temperature:
                        continue
                # Costs are not negative: once the part so far is more than chance would accept, stop adding.
                most = -temperature * math.log((_draw(rng) + 0.5) / 4294967296.0)
            for p in range(count[b]):
                k = members[b, p]
                if k != j:
                    db += _between(feature, kind, price, first, i, k)
                    if da + db + back > most:
                        break
            if da + db + back > most:
                continue
            if j >= 0:
                for p in range(count[a]):
                    k = members[a, p]
                    if k != i:
                        da += _between(feature, kind, price, first, j, k)
                        if da + db > most:
                            break
                if da + db > most:
                    continue
        now_a, now_b = np.int64(load[a, 0]), np.int64(load[b, 0])
        next_a, next_b = np.int64(load[a, 0] - grown), np.int64(load[b, 0] + grown)
        after_a, after_b, before_a, before_b = inside[a] + da, inside[b] + db, inside[a], inside[b]
        for t in range(themes):
            in_need, in_strength = needs[i, t], strengths[i, t]
            if j >= 0:
                in_need -= needs[j, t]
                in_strength -= strengths[j, t]
            if strength[a, t] == 0:
                before_a += need[a, t] * need_cost
            if strength[b, t] == 0:
                before_b += need[b, t] * need_cost
            if strength[a, t] - in_strength == 0:
                after_a += (need[a, t] - in_need) * need_cost
            if strength[b, t] + in_strength == 0:
                after_b += (need[b, t] + in_need) * need_cost
        delta = after_a * factor[next_a] - before_a * factor[now_a]
        delta += after_b * factor[next_b] - before_b * factor[now_b]
        if delta > 0.0 and not early:
            if delta > 16.0 * temperature:
                continue
            if math.exp(-delta / temperature) * 4294967296.0 <= _draw(rng):
                continue

        if _foes(foe_first, foe, group, i, b, j) or (j >= 0 and _foes(foe_first, foe, group, j, a, i)):
            continue
        left = 0
        if limited:
            left = np.int64(away[i, b]) - away[i, a]
            if j >= 0:
                left += np.int64(away[j, a]) - away[j, b]
            if left > 0 and moved[0] + left > most_moves:
                continue

        # Carry it out.
        if left != 0:
            moved[0] += left
        if matrix:
            for q in range(dense.shape[0]):
                step = dense[i, q] - dense[j, q] if j >= 0 else dense[i, q]
                contact[a, q] -= step
                contact[b, q] += step
        else:
            own_i, own_j = 0.0, 0.0
            for p in range(count[a]):
                q = members[a, p]
                if q != i:
                    own[q] -= _between(feature, kind, price, first, i, q)
                    if j >= 0:
                        cost = _between(feature, kind, price, first, j, q)
                        own[q] += cost
                        own_j += cost
            for p in range(count[b]):
                q = members[b, p]
                if q != j:
                    cost = _between(feature, kind, price, first, i, q)
                    own[q] += cost
                    own_i += cost
                    if j >= 0:
                        own[q] -= _between(feature, kind, price, first, j, q)
            for axis in range(2):
                shift = 0.0
                for p in range(first[i], first[i + 1]):
                    shift += feature[p, axis]
                if j >= 0:
                    for p in range(first[j], first[j + 1]):
                        shift -= feature[p, axis]
                middle[a, axis] -= shift
                middle[b, axis] += shift
            own[i] = own_i
            if j >= 0:
                own[j] = own_j
        if j >= 0:
            members[b, place[j]] = i
            members[a, place[i]] = j
            place[i], place[j] = place[j], place[i]
            group[j] = a
        else:
            last = members[a, count[a] - 1]
            members[a, place[i]] = last
            place[last] = place[i]
            count[a] -= 1
            members[b, count[b]] = i
            place[i] = count[b]
            count[b] += 1
        group[i] = b
        for c in range(extra):
            more = resource[i, c]
            if j >= 0:
                more -= resource[j, c]
            load[a, c] -= more
            load[b, c] += more
        for t in range(themes):
            in_need, in_strength = needs[i, t], strengths[i, t]
            if j >= 0:
                in_need -= needs[j, t]
                in_strength -= strengths[j, t]
            need[a, t] -= in_need
            need[b, t] += in_need
            strength[a, t] -= in_strength
            strength[b, t] += in_strength
        inside[a] += da
        inside[b] += db
        gained += delta
        if delta > 1e-9:
            uphill += 1
    return uphill, gained
