"""The compiled inner loop of the search on a matrix of costs: whole rows of swaps and moves, scanned in turn.

A block is tried against every other block and every group before the next one's turn, so that nothing promising is
passed over by chance, and one draw of chance serves until something is accepted: a trial costs a few reads and one
comparison. Bounds beyond size may be overstepped at a price (strategic oscillation, Gallego et al. 2013); the best
plan that keeps them all is what counts.
"""

from __future__ import annotations

import math

from isthmus.methods.compiling import compiled
from isthmus.methods.formation.kernels import Array, Data, _draw, _foes

ENERGY, BREACH, BEST, UPHILL = range(4)
RANGE = 4294967296.0


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
    dense: Array, resource: Array, group: Array, contact: Array, load: Array, i: int, j: int, b: int
) -> None:
    """Put i into group b, and j (−1: none) where i was."""
    a = group[i]
    for q in range(dense.shape[0]):
        step = dense[i, q] - dense[j, q] if j >= 0 else dense[i, q]
        contact[q, a] -= step
        contact[q, b] += step
    for c in range(resource.shape[1]):
        more = resource[i, c] - (resource[j, c] if j >= 0 else 0.0)
        load[a, c] -= more
        load[b, c] += more
    group[i] = b
    if j >= 0:
        group[j] = a


@compiled
def sweep(
    d: Data, free: Array, group: Array, contact: Array, load: Array, best: Array, score: Array, rng: Array,
    steps: int, temperature: float, price: float, held: bool,
) -> int:  # fmt: skip
    """About ``steps`` trials at a temperature, over the blocks ``free``; ``contact`` (b, K) is kept up to date.

    ``score`` holds the energy, the breach of bounds beyond size, the energy of ``best``, the best plan without a
    breach, and how often a trial that costs more was accepted. ``price`` is what a unit of breach costs. ``held``
    leaves sizes as they are. Returns the number of trials.
    """
    dense, resource, low, high, unit = d.dense, d.resource, d.low, d.high, d.unit
    foe_first, foe = d.foe_first, d.foe
    n, groups, extra = free.shape[0], load.shape[0], resource.shape[1]
    tried = 0
    while tried < steps:
        turn = (_draw(rng) * n) >> 32
        for _ in range(n):
            turn = turn + 1 if turn + 1 < n else 0
            i = free[turn]
            a = group[i]
            limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
            hope = limit + price * score[BREACH]
            here = contact[i, a]
            if not held and load[a, 0] - resource[i, 0] >= low[a, 0]:
                tried += groups
                start = (_draw(rng) * groups) >> 32
                for step in range(groups):
                    b = start + step if start + step < groups else start + step - groups
                    delta = contact[i, b] - here
                    if delta > hope or b == a or load[b, 0] + resource[i, 0] > high[b, 0]:
                        continue
                    breach = _breach(resource, load, low, high, unit, i, -1, a, b) if extra > 1 else 0.0
                    if delta + price * breach > limit or _foes(foe_first, foe, group, i, b, -1):
                        continue
                    _carry_out(dense, resource, group, contact, load, i, -1, b)
                    score[ENERGY] += delta
                    score[BREACH] += breach
                    score[UPHILL] += delta > 1e-9
                    a, here = b, contact[i, b]
                    limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
                    hope = limit + price * score[BREACH]
                    if load[a, 0] - resource[i, 0] < low[a, 0]:
                        break
            tried += n
            start = (_draw(rng) * n) >> 32
            for step in range(n):
                p = start + step
                j = free[p if p < n else p - n]
                b = group[j]
                if b == a:
                    continue
                delta = contact[i, b] - here + contact[j, a] - contact[j, b]
                if delta - 2.0 * dense[i, j] > hope:
                    continue
                delta -= 2.0 * dense[i, j]
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
                _carry_out(dense, resource, group, contact, load, i, j, b)
                score[ENERGY] += delta
                score[BREACH] += breach
                score[UPHILL] += delta > 1e-9
                a, here = b, contact[i, b]
                limit = -temperature * math.log((_draw(rng) + 0.5) / RANGE)
                hope = limit + price * score[BREACH]
            if score[BREACH] < 1e-9 and score[ENERGY] < score[BEST] - 1e-9 * max(1.0, abs(score[BEST])):
                score[BEST] = score[ENERGY]
                best[:] = group
            if tried >= steps:
                break
    return tried
