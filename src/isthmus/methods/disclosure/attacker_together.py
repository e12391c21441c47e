"""Somebody who knows all answers but those of two people of one group, and has a figure of all answers together.

It tries other answers of the two: where the print rules some out, it says something of them. It shares no code with
what made the print.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SLACK = 1e-9


def ruled_out(
    low: float,
    high: float,
    answers: Array,
    units: Array,
    groups: Sequence[Array],
    scale: Sequence[int],
    figure: Callable[[Array, Array], float | None],
    *,
    tries: int = 12,
    seed: int = 0,
) -> list[str]:
    """What the print ``low`` to ``high`` of ``figure(answers, units)`` rules out: of each group (its rows), that two of
    its people answered otherwise, or that none of a group under ten answered."""
    rng, found = np.random.default_rng(seed), []
    for number, rows in enumerate(groups):
        worlds = [(np.delete(answers, rows, axis=0), np.delete(units, rows))] if len(rows) < 10 else []
        for _ in range(tries):
            pair = rng.choice(rows, size=min(2, len(rows)), replace=False)
            other = answers.copy()
            style = rng.integers(3)
            if style == 0:
                other[pair] = rng.choice(scale, size=(len(pair), answers.shape[1]))
            elif style == 1:
                other[pair] = rng.choice(scale, size=(len(pair), 1))
            else:
                other[pair] = rng.choice([min(scale), max(scale)], size=(len(pair), answers.shape[1]))
            worlds.append((other, units))
        values = [figure(*world) for world in worlds]
        outside = [v for v in values if v is not None and not low - SLACK <= v <= high + SLACK]
        if outside:
            found.append(f"group {number} of {len(rows)}: {outside[0]:.3f} is not {low} to {high}")
    return found
