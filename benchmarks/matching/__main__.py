"""Review triads of real schools, in regions drawn by seed: how many rounds are proven the cheapest, and how soon.

    python -m benchmarks.matching                        n = 180 and 240, ten regions each
    python -m benchmarks.matching --schools 300 --regions 3 --seconds 120
    python -m benchmarks.matching --assert               1 unless 9 of 10 are proven at 180 and gaps at 240 are ≤ 0.5%

A region is the n schools nearest to a school drawn by seed, from ../shared/data (or --data); costs are kilometres.
Beside them, areas of 30 and 45 schools by integer programming over every triple (HiGHS), without our inequalities.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.formation.__main__ import DATA, schools
from isthmus.methods.matching import Triads, review_triads


def region(points: NDArray[np.float64], number: int, seed: int) -> NDArray[np.float64]:
    """(number, number) kilometres between the schools around one drawn by seed."""
    middle = points[np.random.default_rng(seed).integers(len(points))]
    near = points[np.argsort(np.hypot(*(points - middle).T), kind="stable")[:number]] / 1000
    return np.asarray(np.hypot(*(near[:, None] - near[None]).transpose(2, 0, 1)))


def plain(cost: NDArray[np.float64], seconds: float) -> str:
    """The same question to HiGHS with a column for every triple and no cuts of ours."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    n = len(cost)
    triples = np.array(list(combinations(range(n), 3)))
    i, j, k = triples.T
    value = cost[i, j] + cost[i, k] + cost[j, k]
    m = len(triples)
    cover = csr_array((np.ones(3 * m), (triples.T.ravel(), np.tile(np.arange(m), 3))), shape=(n, m))
    began = time.perf_counter()
    found = milp(
        value,
        constraints=LinearConstraint(cover, 1, 1),
        integrality=np.ones(m),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    took = time.perf_counter() - began
    return f"{found.fun:.3f} km in {took:.1f} s" if found.status == 0 else f"not proven in {took:.0f} s"


def measured(points: NDArray[np.float64], number: int, seed: int, seconds: float) -> Triads:
    cost = region(points, number, seed)
    began = time.perf_counter()
    found = review_triads(cost, seconds=seconds)
    took = time.perf_counter() - began
    word = "proven" if found.proven else f"gap {found.gap:.3%}"
    print(
        f"{number:4d} schools, region {seed:2d}: {found.cost:10.3f} km, {word}, {found.cuts} cuts, {took:.1f} s",
        flush=True,
    )
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--schools", type=int, nargs="*", default=[180, 240])
    asked.add_argument("--regions", type=int, default=10)
    asked.add_argument("--seconds", type=float, default=120.0)
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--assert", dest="promise", action="store_true")
    given = asked.parse_args()
    if not given.data.exists():
        print(f"No data at {given.data}: nothing measured.")
        return 0
    points = schools(given.data, None).coordinates
    assert points is not None
    review_triads(region(points, 9, 0))  # compile first
    kept = True
    for number in given.schools:
        found = [measured(points, number, seed, given.seconds) for seed in range(1, given.regions + 1)]
        proven = sum(one.proven for one in found)
        worst = max(one.gap for one in found)
        print(f"{number:4d} schools: {proven} of {len(found)} proven, worst gap {worst:.3%}")
        kept &= proven >= 0.9 * len(found) if number <= 180 else worst <= 0.005
    for number in (30, 45):
        cost = region(points, number, 1)
        print(f"{number:4d} schools, HiGHS over every triple: {plain(cost, given.seconds)}")
        measured(points, number, 1, given.seconds)
    return int(given.promise and not kept)


if __name__ == "__main__":
    sys.exit(main())
