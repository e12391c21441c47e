"""How the time to a good plan grows: synthetic points, groups of 6 to 10, until within 1% of a long run.

    python -m benchmarks.formation.scaling                     1,000 to 200,000 points, about ten minutes on quiet cores
    python -m benchmarks.formation.scaling --most 20000 --json

For each size a long run (``--trials`` a point) is made, then runs of growing length until one ends within 1% of it, the
first of them half as long as what the size before needed; the seconds of that one, from problem to plan without the
bound, are told. The slope is that of log seconds on log n by least squares; that of n log n over the same sizes is
told beside it. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np

from benchmarks.formation.published import machine
from isthmus.methods.formation import Plan, Problem, Sizes, Stop
from isthmus.methods.formation.solving import run

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
WITHIN = 0.01
FIRST, GROWTH = 100.0, math.sqrt(2)


def points(n: int, seed: int = 1) -> Problem:
    """n points, three quarters of them in towns, at England's density."""
    rng = np.random.default_rng(seed)
    side = 1_000 * math.sqrt(n * 6.0)
    towns = rng.uniform(0, side, (max(n // 60, 1), 2))
    loose = rng.uniform(0, side, (n // 4, 2))
    close = towns[rng.integers(len(towns), size=n - len(loose))]
    near = close + rng.normal(0, 2_500, close.shape)
    return Problem(tuple(map(str, range(n))), Sizes(6, 10), coordinates=np.concatenate([loose, near]))


def found(problem: Problem, trials: int, workers: int) -> tuple[Plan, float]:
    """A plan and the seconds it took, no time spent on a bound."""
    began = time.perf_counter()
    plan = run(
        problem, stop=Stop(steps=trials), seed=1, workers=workers, start=None, start_names=None,
        max_moves=None, on_progress=None, prove=False,
    )  # fmt: skip
    return plan, time.perf_counter() - began


def measure(n: int, trials: int, workers: int, first: float) -> dict[str, float | str | int | None]:
    problem = points(n)
    found(points(1_000), 1_000, workers)  # kernels are compiled or loaded
    found(points(4_000), 1_000, workers)
    long, long_seconds = found(problem, trials * n, workers)
    assert long.objective is not None
    each = first
    while True:
        plan, seconds = found(problem, int(each * n), workers)
        assert plan.objective is not None
        off = plan.objective / long.objective - 1
        if off <= WITHIN or each >= trials:
            break
        each *= GROWTH
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "points": n, "seconds": seconds, "trials_a_point": each, "off": off, "objective": plan.objective,
        "long": long.objective, "long_seconds": long_seconds, "peak_mb": peak, **machine(),
    }  # fmt: skip


def slope(sizes: list[float], values: list[float]) -> float:
    """Of log value on log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.scaling", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--trials", type=int, default=4_000, help="of the long run, for each point")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--first", type=float, default=FIRST, help="trials a point of the shortest run")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", type=int, help="in this process: one size")
    args = parser.parse_args()
    if args.here:
        print(json.dumps(measure(args.here, args.trials, args.workers, args.first)))
        return 0
    lines: list[dict[str, Any]] = []
    if not args.json:
        print("| points | seconds to within 1% | trials a point | off | long run, s | peak MB |")
        print("|---|---|---|---|---|---|")
    for n in (size for size in SIZES if size <= args.most):
        command = [sys.executable, "-m", "benchmarks.formation.scaling", "--here", str(n)]
        command += ["--trials", str(args.trials), "--workers", str(args.workers)]
        command += ["--first", str(max(args.first, lines[-1]["trials_a_point"] / 2 if lines else 0.0))]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        line = json.loads(text)
        lines.append(line)
        print(
            text if args.json else f"| {n:,} | {line['seconds']:.2f} | {line['trials_a_point']:,.0f} "
            f"| {line['off']:.2%} | {line['long_seconds']:.1f} | {line['peak_mb']:.0f} |",
            flush=True,
        )  # fmt: skip
    if len(lines) < 2:
        return 0
    sizes = [line["points"] for line in lines]
    ours = slope(sizes, [line["seconds"] for line in lines])
    theirs = slope(sizes, [n * math.log(n) for n in sizes])
    summary = {"slope": ours, "slope_of_n_log_n": theirs}
    print(json.dumps(summary) if args.json else f"\nSlope {ours:.2f}; that of n log n {theirs:.2f}.")
    return 0 if ours <= theirs else 1


if __name__ == "__main__":
    raise SystemExit(main())
