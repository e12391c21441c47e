"""The compiled loops over triples of schools: a first round by annealing, reduced costs, and which triples remain."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.compiling import compiled

Array = NDArray[Any]


@compiled
def anneal(cost: Array, place: Array, steps: int, hot: float, cold: float, seed: int) -> float:
    """Swap schools between triads, in place. ``place`` (n,): seats 3g, 3g + 1, 3g + 2 are triad g. Returns the cost
    of the best order met, which is left in ``place``. ``cost`` (n, n) is finite."""
    np.random.seed(seed)
    n = len(place)
    now = 0.0
    for g in range(0, n, 3):
        now += cost[place[g], place[g + 1]] + cost[place[g], place[g + 2]] + cost[place[g + 1], place[g + 2]]
    best, kept = now, place.copy()
    cooling = (cold / hot) ** (1.0 / steps)
    heat = hot
    for _ in range(steps):
        heat *= cooling
        p, q = np.random.randint(n), np.random.randint(n)
        a, b = p - p % 3, q - q % 3
        if a == b:
            continue
        i, j = place[p], place[q]
        i1, i2 = place[a + (p + 1) % 3], place[a + (p + 2) % 3]
        j1, j2 = place[b + (q + 1) % 3], place[b + (q + 2) % 3]
        change = (
            cost[j, i1] + cost[j, i2] - cost[i, i1] - cost[i, i2]
            + cost[i, j1] + cost[i, j2] - cost[j, j1] - cost[j, j2]
        )  # fmt: skip
        if change <= 0.0 or np.random.random() < np.exp(-change / heat):
            place[p], place[q] = j, i
            now += change
            if now < best - 1e-9:
                best = now
                kept[:] = place
    place[:] = kept
    return best


@compiled
def cheapest(cost: Array, price: Array, per: int) -> tuple[float, Array]:
    """The least reduced cost of any triple, and for each school its ``per`` cheapest triples of negative reduced cost:
    (n, per, 3), −1 where there are fewer. Triples with an infinite cost are none."""
    n = len(price)
    value, triple = np.full((n, per), -1e-7), np.full((n, per, 3), -1, np.int32)
    least = np.inf
    for i in range(n):
        for j in range(i + 1, n):
            two = cost[i, j] - price[i] - price[j]
            if not two < np.inf:
                continue
            for k in range(j + 1, n):
                three = two + cost[i, k] + cost[j, k] - price[k]
                least = min(least, three)
                if not three < -1e-7:
                    continue
                for v in (i, j, k):
                    if three < value[v, per - 1]:
                        at = per - 1
                        while at > 0 and value[v, at - 1] > three:
                            value[v, at], triple[v, at] = value[v, at - 1], triple[v, at - 1]
                            at -= 1
                        value[v, at] = three
                        triple[v, at, 0], triple[v, at, 1], triple[v, at, 2] = i, j, k
    return least, triple


@compiled
def grow(together: Array, most: int) -> tuple[Array, Array]:
    """(n, most + 1) for each school, itself and who follows one by one, each time the one who has most to do with those
    already in; and (n,) how many they are. ``together`` (n, n) says how far two schools share a triad."""
    n = len(together)
    order, many = np.empty((n, most + 1), np.int32), np.ones(n, np.int32)
    for start in range(n):
        order[start, 0] = start
        tie = together[start].copy()
        tie[start] = -np.inf
        for at in range(1, most + 1):
            nearest = tie.argmax()
            if tie[nearest] <= 1e-6:
                break
            order[start, at] = nearest
            many[start] = at + 1
            tie += together[nearest]
            tie[nearest] = -np.inf
    return order, many


@compiled
def counted(triples: Array, share: Array, sets: Array, weight: Array) -> Array:
    """(k,) what the chosen triples count in sets of schools (k, n): each its ``share`` times ``weight`` (k, 4) at how
    many of its schools are in the set."""
    out = np.zeros(len(sets))
    for s in range(len(sets)):
        some = sets[s]
        for t in range(len(triples)):
            inside = int(some[triples[t, 0]]) + int(some[triples[t, 1]]) + int(some[triples[t, 2]])
            out[s] += share[t] * weight[s, inside]
    return out


@compiled
def within(cost: Array, price: Array, limit: float, most: int) -> Array:
    """(m, 3): the triples whose reduced cost is at most ``limit``, in order; none where they are more than ``most``."""
    n, count = len(price), 0
    found = np.empty((min(most, n * n), 3), np.int32)
    for i in range(n):
        for j in range(i + 1, n):
            two = cost[i, j] - price[i] - price[j]
            if not two < np.inf:
                continue
            for k in range(j + 1, n):
                if two + cost[i, k] + cost[j, k] - price[k] <= limit:
                    if count == most:
                        return found[:0]
                    if count == len(found):
                        more = np.empty((min(2 * count, most), 3), np.int32)
                        more[:count] = found
                        found = more
                    found[count, 0], found[count, 1], found[count, 2] = i, j, k
                    count += 1
    return found[:count]


@compiled
def reduced(triples: Array, value: Array, price: Array, member: Array, weight: Array, worth: Array) -> Array:
    """(m,) reduced costs. ``member`` (c, n) is 1 where a school is in a cut's set, ``weight`` (c, 4) what a triple with
    0 to 3 schools in the set counts, ``worth`` (c,) the cut's dual value, zero or less."""
    out = np.empty(len(triples))
    for t in range(len(triples)):
        i, j, k = triples[t, 0], triples[t, 1], triples[t, 2]
        left = value[t] - price[i] - price[j] - price[k]
        for c in range(len(worth)):
            left -= worth[c] * weight[c, member[c, i] + member[c, j] + member[c, k]]
        out[t] = left
    return out


@compiled
def near_triples(km: Array, price: Array, first: Array, ball: Array, slack: float) -> Array:
    """(m, 3) the triples on the map that cost at most (1 + ``slack``) times their prices, members in order. ``ball``
    from ``first`` (n + 1,) lists the schools around each, 1.5 (1 + slack) times its price far at least."""
    count = 0
    found = np.empty((1_000_000, 3), np.int32)
    for k in range(len(price)):
        for p in range(first[k], first[k + 1]):
            i = ball[p]
            two = price[k] + price[i]
            side = math.hypot(km[i, 0] - km[k, 0], km[i, 1] - km[k, 1])
            # Each triple is met once, at its dearest school; the longest side is at most half the way round.
            if price[i] > price[k] or (price[i] == price[k] and i >= k):
                continue
            if 2.0 * side > (1.0 + slack) * (two + price[k]):
                continue
            for q in range(p + 1, first[k + 1]):
                j = ball[q]
                if price[j] > price[k] or (price[j] == price[k] and j >= k):
                    continue
                cost = side + math.hypot(km[j, 0] - km[k, 0], km[j, 1] - km[k, 1])
                if cost > (1.0 + slack) * (two + price[j]):
                    continue
                cost += math.hypot(km[i, 0] - km[j, 0], km[i, 1] - km[j, 1])
                if cost > (1.0 + slack) * (two + price[j]):
                    continue
                if count == len(found):
                    more = np.empty((2 * count, 3), np.int32)
                    more[:count] = found
                    found = more
                least, most = min(i, j, k), max(i, j, k)
                found[count, 0], found[count, 1], found[count, 2] = least, i + j + k - least - most, most
                count += 1
    return found[:count]


@compiled
def _lift(i: int, j: int, k: int, cut_first: Array, cut: Array, weight: Array, worth: Array) -> float:
    """What the cuts add to the price of a triple; ``cut`` from ``cut_first`` (n + 1,) are the cuts each school is in,
    rising, with their ``weight`` (c, 4) and ``worth`` (c,)."""
    total = 0.0
    at_i, at_j, at_k = cut_first[i], cut_first[j], cut_first[k]
    end_i, end_j, end_k = cut_first[i + 1], cut_first[j + 1], cut_first[k + 1]
    while True:
        c = len(worth)
        if at_i < end_i:
            c = min(c, cut[at_i])
        if at_j < end_j:
            c = min(c, cut[at_j])
        if at_k < end_k:
            c = min(c, cut[at_k])
        if c == len(worth):
            return total
        inside = 0
        if at_i < end_i and cut[at_i] == c:
            inside, at_i = inside + 1, at_i + 1
        if at_j < end_j and cut[at_j] == c:
            inside, at_j = inside + 1, at_j + 1
        if at_k < end_k and cut[at_k] == c:
            inside, at_k = inside + 1, at_k + 1
        total += worth[c] * weight[c, inside]


@compiled
def lifts(triples: Array, cut_first: Array, cut: Array, weight: Array, worth: Array) -> Array:
    """(m,) what the cuts add to the price of each triple."""
    out = np.empty(len(triples))
    for t in range(len(triples)):
        out[t] = _lift(triples[t, 0], triples[t, 1], triples[t, 2], cut_first, cut, weight, worth)
    return out


@compiled
def make_fair(
    km: Array, price: Array, high: Array, first: Array, ball: Array, cut_first: Array, cut: Array, weight: Array,
    worth: Array,
) -> None:  # fmt: skip
    """Lower ``price`` (n,) in place until no triple on the map is worth more than it costs. ``high`` (n,) are prices
    with all that cuts may lift them; ``ball`` lists the schools within 1.5 times that; cuts are as in :func:`_lift`."""
    for k in range(len(price)):
        for p in range(first[k], first[k + 1]):
            i = ball[p]
            if high[i] > high[k] or (high[i] == high[k] and i >= k):
                continue
            side = math.hypot(km[i, 0] - km[k, 0], km[i, 1] - km[k, 1])
            if 2.0 * side > 2.0 * high[k] + high[i]:
                continue
            for q in range(p + 1, first[k + 1]):
                j = ball[q]
                if high[j] > high[k] or (high[j] == high[k] and j >= k):
                    continue
                left = side + math.hypot(km[j, 0] - km[k, 0], km[j, 1] - km[k, 1])
                left += math.hypot(km[i, 0] - km[j, 0], km[i, 1] - km[j, 1])
                if left >= high[i] + high[j] + high[k]:
                    continue
                left -= price[i] + price[j] + price[k]
                left -= _lift(i, j, k, cut_first, cut, weight, worth)
                if left < 0.0:
                    price[i] += left / 3.0
                    price[j] += left / 3.0
                    price[k] += left / 3.0


@compiled
def least_pair(km: Array, high: Array) -> float:
    """The least that a pair costs above the prices of its two schools."""
    least = np.inf
    for i in range(len(high)):
        for j in range(i):
            least = min(least, math.hypot(km[i, 0] - km[j, 0], km[i, 1] - km[j, 1]) - high[i] - high[j])
    return least
