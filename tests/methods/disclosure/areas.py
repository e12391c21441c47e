"""Small areas drawn by hand, one for each way in which something could leak."""

from __future__ import annotations

import numpy as np

from benchmarks.disclosure.areas import Area
from isthmus.methods.disclosure import Item, Lattice

LIKERT = Item("q1", 5, (1, 2, 3, 4, 5), frozenset({3, 4}))


def area(
    schools: dict[str, dict[str, int]],
    networks: dict[str, str] | None = None,
    *,
    seed: int = 0,
    said: dict[str, list[int]] | None = None,
    item: Item = LIKERT,
) -> Area:
    """Schools with a number of people for each role; answers drawn by seed, but those ``said``, which are repeated."""
    rng = np.random.default_rng(seed)
    rows = [
        (school, role) for school, roles in schools.items() for role, n in roles.items() for _ in range(n)
    ]
    answers = rng.integers(0, 5, (len(rows), 1)).astype(np.int8)
    for school, codes in (said or {}).items():
        mine = [place for place, row in enumerate(rows) if row[0] == school]
        answers[mine, 0] = np.resize(codes, len(mine))
    units = networks or {}
    roles = tuple(sorted({role for _, role in rows} - {""}))
    return Area(
        Lattice(("school", "network"), tuple((s, units.get(s, "")) for s in schools), (("role", roles),)),
        {"school": [row[0] for row in rows], "role": [row[1] for row in rows]},
        (item,),
        answers,
    )
