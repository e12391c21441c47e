"""The compiled loops over triples of schools: a first round by annealing, reduced costs, and which triples remain."""

from __future__ import annotations

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
