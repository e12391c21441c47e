"""The compiled inner loop of the search on a matrix of costs: whole rows of swaps and moves, scanned in turn.

A block is tried against every other block and every group before the next one's turn, so that nothing promising is
passed over by chance, and one draw of chance serves until something is accepted. A stretch of the row is first looked
at as a whole (the processor compares eight swaps at a time), and trial by trial only where some swap is worth it.
Bounds beyond size may be overstepped at a price (strategic oscillation, Gallego et al. 2013); the best
plan that keeps them all is what counts.
"""

from __future__ import annotations

import math

import numpy as np

from isthmus.methods.compiling import compiled
from isthmus.methods.formation.kernels import Array, Data, _draw, _foes

ENERGY, BREACH, BEST, UPHILL = range(4)
RANGE = 4294967296.0
STRETCH = 128


@compiled
def _outside(value: float, low: float, high: float) -> float:
    """How far a load lies outside its bounds, beyond rounding."""
    if value < low - 1e-9:
        return low - value
    return value - high if value > high + 1e-9 else 0.0


@compiled
def _breach(
    resource: Array, load: Array, low: Array, high: Array, unit: Array, i: int, j: int, a: int, b: int
) -> float:
    """Change of what is outside the bounds beyond size when i goes from group a to b and j (−1: none) back."""
    total = 0.0
    for c in range(1, resource.shape[1]):
        more = resource[i, c] - (resource[j, c] if j >= 0 else 0.0)
        if more != 0.0:
            change = _outside(load[a, c] - more, low[a, c], high[a, c])
            change -= _outside(load[a, c], low[a, c], high[a, c])
            change += _outside(load[b, c] + more, low[b, c], high[b, c])
            change -= _outside(load[b, c], low[b, c], high[b, c])
            total += change * unit[c]
    return total


@compiled
def _carry_out(
    dense: Array, resource: Array, group: Array, contact: Array, own: Array, load: Array,
    i: int, j: int, b: int,
) -> None:  # fmt: skip
    """Put i into group b, and j (−1: none) where i was."""
    a = group[i]
    row, from_a, to_b = dense[i], contact[a], contact[b]
    other = dense[j] if j >= 0 else row
    back = 1.0 if j >= 0 else 0.0
    # Counted without a sign, so that no index can be from the end and eight are done at once.
    for q in range(np.uint64(row.shape[0])):
        step = row[q] - back * other[q]
        from_a[q] -= step
        to_b[q] += step
    for c in range(resource.shape[1]):
        more = resource[i, c] - (resource[j, c] if j >= 0 else 0.0)
        load[a, c] -= more
        load[b, c] += more
    group[i] = b
    if j >= 0:
        group[j] = a
    for q in range(np.uint64(row.shape[0])):
        if group[q] == a:
            own[q] = from_a[q]
        if group[q] == b:
            own[q] = to_b[q]


@compiled
def _over(load: Array, low: Array, high: Array, unit: Array, g: int) -> float:
    """How far group g is outside its bounds beyond size."""
    total = 0.0
    for c in range(1, load.shape[1]):
        total += _outside(load[g, c], low[g, c], high[g, c]) * unit[c]
    return total


@compiled
def _changes(contact: Array, own: Array, over: Array, change: Array, price: float, i: int, a: int) -> float:
    """Fill in what it would cost at least to move i from group a to each group (never to its own), all that either is
    over its bounds saved; returns the least."""
    least = math.inf
    for g in range(change.shape[0]):
        change[g] = contact[g, i] - own[i] - price * (over[a] + over[g]) if g != a else math.inf
        least = min(least, change[g])
    return least


@compiled
def _promising(
    dense: Array, group: Array, contact: Array, own: Array, change: Array, i: int, a: int, first: int, last: int,
    most: float,
) -> int:  # fmt: skip
    """How many of the blocks first … last cost at most ``most`` to swap with i, bounds and rules aside."""
    found = 0
    row, there = dense[i], contact[a]
    for q in range(np.uint64(first), np.uint64(last)):
        if change[np.uint64(group[q])] + there[q] - own[q] - 2.0 * row[q] <= most:
            found += 1
    return found


@compiled
def _affordable(
    dense: Array, group: Array, contact: Array, own: Array, change: Array, i: int, a: int, first: int, last: int,
    most: float, weight: Array, above: Array, below: Array, dear: float,
) -> int:  # fmt: skip
    """The same where the bounds of the first resource beyond size are counted: ``above`` and ``below`` say how far a
    group would be outside them with i and without giving anything back, that of a without i (negative: inside)."""
    found = 0
    row, there, more, less = dense[i], contact[a], above[a], below[a]
    for q in range(np.uint64(first), np.uint64(last)):
        g, w = np.uint64(group[q]), weight[q]
        cost = change[g] + there[q] - own[q] - 2.0 * row[q]
        out, back = above[g] - w, more + w
        if below[g] + w > out:
            out = below[g] + w
        if less - w > back:
            back = less - w
        cost += dear * ((out if out > 0.0 else 0.0) + (back if back > 0.0 else 0.0))
        if cost <= most:
            found += 1
    return found


@compiled
def _room(load: Array, low: Array, high: Array, above: Array, below: Array, weight: float, a: int) -> None:
    """Fill in ``above`` and ``below`` of :func:`_affordable` for a block of this weight from group a."""
    for g in range(above.shape[0]):
        with_it = load[g, 1] + (weight if g != a else -weight)
        above[g] = with_it - high[g, 1] - 1e-9
        below[g] = low[g, 1] - with_it - 1e-9


@compiled
def sweep(
    d: Data, free: Array, group: Array, contact: Array, own: Array, load: Array, best: Array, score: Array,
    rng: Array, steps: int, temperature: float, price: float, held: bool,
) -> int:  # fmt: skip
    """About ``steps`` trials at a temperature, over the blocks ``free``; ``contact`` (K, b), each block's cost to each
    group, and ``own`` (b,), its cost to its own, are kept up to date.

    ``score`` holds the energy, the breach of bounds beyond size, the energy of ``best``, the best plan without a
    breach, and how often a trial that costs more was accepted. ``price`` is what a unit of breach costs. ``held``
    leaves sizes as they are. Returns the number of trials.
    """
    dense, resource, low, high, unit, pinned = d.dense, d.resource, d.low, d.high, d.unit, d.pinned
    foe_first, foe = d.foe_first, d.foe
    n, groups, extra, blocks = free.shape[0], load.shape[0], resource.shape[1], dense.shape[0]
    stretches = (blocks + STRETCH - 1) // STRETCH
    change, over, above, below = np.empty(groups), np.zeros(groups), np.empty(groups), np.empty(groups)
    weight = np.ascontiguousarray(resource[:, extra - 1 if extra < 2 else 1])
    dear = price * unit[1] if extra > 1 else 0.0
    for g in range(groups):
        over[g] = _over(load, low, high, unit, g)
    tried = 0
    while tried < steps:
        turn = (_draw(rng) * n) >> 32
        for _ in range(n):
            turn = turn + 1 if turn + 1 < n else 0
            i = free[turn]
            a = group[i]
            limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
            least = _changes(contact, own, over, change, price, i, a)
            if not held and load[a, 0] - resource[i, 0] >= low[a, 0]:
                tried += groups
                start = (_draw(rng) * groups) >> 32 if least <= limit else 0
                for step in range(groups if least <= limit else 0):
                    b = start + step if start + step < groups else start + step - groups
                    if change[b] > limit or load[b, 0] + resource[i, 0] > high[b, 0]:
                        continue
                    delta = contact[b, i] - own[i]
                    breach = _breach(resource, load, low, high, unit, i, -1, a, b) if extra > 1 else 0.0
                    if delta + price * breach > limit or _foes(foe_first, foe, group, i, b, -1):
                        continue
                    _carry_out(dense, resource, group, contact, own, load, i, -1, b)
                    score[ENERGY] += delta
                    score[BREACH] += breach
                    score[UPHILL] += delta > 1e-9
                    over[a], over[b] = _over(load, low, high, unit, a), _over(load, low, high, unit, b)
                    a = b
                    _changes(contact, own, over, change, price, i, a)
                    limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
                    if load[a, 0] - resource[i, 0] < low[a, 0]:
                        break
            tried += blocks
            start = (_draw(rng) * stretches) >> 32
            for step in range(stretches):
                first = (start + step if start + step < stretches else start + step - stretches) * STRETCH
                last = min(first + STRETCH, blocks)
                if extra > 1:
                    _room(load, low, high, above, below, weight[i], a)
                    hits = _affordable(
                        dense,
                        group,
                        contact,
                        own,
                        change,
                        i,
                        a,
                        first,
                        last,
                        limit,
                        weight,
                        above,
                        below,
                        dear,
                    )
                else:
                    hits = _promising(dense, group, contact, own, change, i, a, first, last, limit)
                if hits == 0:
                    continue
                for j in range(first, last):
                    b = group[j]
                    both = contact[a, j] - own[j] - 2.0 * dense[i, j]
                    if change[b] + both > limit or pinned[j]:
                        continue
                    delta = contact[b, i] - own[i] + both
                    grown = resource[i, 0] - resource[j, 0]
                    if grown != 0.0 and (
                        load[a, 0] - grown < low[a, 0] or load[a, 0] - grown > high[a, 0]
                        or load[b, 0] + grown < low[b, 0] or load[b, 0] + grown > high[b, 0]
                    ):  # fmt: skip
                        continue
                    breach = _breach(resource, load, low, high, unit, i, j, a, b) if extra > 1 else 0.0
                    if (
                        delta + price * breach > limit
                        or _foes(foe_first, foe, group, i, b, j)
                        or _foes(foe_first, foe, group, j, a, i)
                    ):
                        continue
                    _carry_out(dense, resource, group, contact, own, load, i, j, b)
                    score[ENERGY] += delta
                    score[BREACH] += breach
                    score[UPHILL] += delta > 1e-9
                    over[a], over[b] = _over(load, low, high, unit, a), _over(load, low, high, unit, b)
                    a = b
                    _changes(contact, own, over, change, price, i, a)
                    limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
            if score[BREACH] < 1e-9 and score[ENERGY] < score[BEST] - 1e-9 * max(1.0, abs(score[BEST])):
                score[BEST] = score[ENERGY]
                best[:] = group
            if tried >= steps:
                break
    return tried


@compiled
def climb(
    d: Data, free: Array, group: Array, contact: Array, own: Array, load: Array, best: Array, score: Array,
    rng: Array, order: Array, bottom: int, top: int, rounds: int, steps: int, temperature: Array, price: Array,
    held: Array,
) -> int:  # fmt: skip
    """``rounds`` times: about ``steps`` trials on each rung from ``bottom`` to below ``top``, the coldest first, then
    neighbours change places by chance (replica exchange, Swendsen and Wang 1986).

    ``order`` says which walk stands on a rung; walks are the first axis of ``group`` … ``rng``, rungs that of
    ``temperature``, ``price`` and ``held``. Returns the number of trials.
    """
    tried = 0
    for turn in range(rounds):
        for rung in range(bottom, top):
            w = order[rung]
            tried += sweep(
                d, free, group[w], contact[w], own[w], load[w], best[w], score[w], rng[w], steps,
                temperature[rung], price[rung], held[rung],
            )  # fmt: skip
        for rung in range(bottom + turn % 2, top - 1, 2):
            v, w = order[rung], order[rung + 1]
            cold, hot = temperature[rung], temperature[rung + 1]
            chance = (1.0 / cold - 1.0 / hot) * (score[v, ENERGY] - score[w, ENERGY])
            chance += (price[rung] / cold - price[rung + 1] / hot) * (score[v, BREACH] - score[w, BREACH])
            if chance >= math.log((_draw(rng[v]) + 0.5) / RANGE):
                order[rung], order[rung + 1] = w, v
    return tried
