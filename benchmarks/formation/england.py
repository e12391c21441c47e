"""England, 22,106 schools with coordinates: networks of 6 to 10, with rules, and triads, each with its certified bound.

    python -m benchmarks.formation.england                      every case, about eight minutes on two quiet cores
    python -m benchmarks.formation.england 6-seconds triads     some of them
    python -m benchmarks.formation.england --json --seeds 3     lines of JSON; those without rules three times

Each case runs in a process of its own, so that its peak of memory is its own. Start-up and the reading of the CSV file
are counted apart from the seconds given to the search.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.formation.__main__ import DATA, schools
from benchmarks.formation.published import machine
from isthmus.methods.formation import AtLeast, Cap, Problem, Sizes, Stop, solve

BEGAN = time.perf_counter()
SECONDARY = AtLeast({"phase": ["Secondary", "All-through", "Middle deemed secondary"]}, 1)
CAP = Cap("number_of_pupils", 4000.0)


@dataclass(frozen=True)
class Case:
    name: str
    seconds: float
    load: Callable[[Path], Problem]
    often: bool = False
    """Whether it is measured with several seeds where those are asked for."""


def triads(data: Path) -> Problem:
    """Groups of three, and one or two of two where the number of schools is no multiple of three."""
    whole = schools(data, None)
    n = len(whole.ids)
    return replace(whole, bounds=Sizes(3 if n % 3 == 0 else 2, 3, -(-n // 3)))


CASES = (
    Case("6-seconds", 6.0, lambda data: schools(data, None), often=True),
    Case("60-seconds", 60.0, lambda data: schools(data, None), often=True),
    Case("secondary", 60.0, lambda data: schools(data, None, (SECONDARY,))),
    Case("secondary-and-pupils", 60.0, lambda data: schools(data, None, (SECONDARY, CAP))),
    Case("triads", 60.0, triads),
)


def measure(case: Case, data: Path, workers: int, seed: int, seconds: float | None) -> dict[str, object]:
    problem = case.load(data)
    began = time.perf_counter()
    asked = seconds or case.seconds
    plan = solve(problem, stop=Stop(seconds=asked), seed=seed, workers=workers)
    return {
        "case": case.name,
        "schools": len(problem.ids),
        "groups": len(plan.groups),
        "seconds": asked,
        "workers": workers,
        "seed": seed,
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "broken": len(plan.violations),
        "trials": plan.steps,
        "search_seconds": plan.seconds,
        "whole_seconds": time.perf_counter() - began,
        "start_seconds": began - BEGAN,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **machine(),
    }


def row(found: dict[str, float]) -> str:
    return (
        f"| {found['case']} | {found['seed']} | {found['seconds']:g} | {found['whole_seconds']:.1f} "
        f"| {found['status']} | {found['objective']:,.0f} | {found['bound']:,.0f} | {found['gap']:.1%} "
        f"| {found['trials'] / 1e6:,.0f} million | {found['peak_mb']:.0f} MB |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.england", description=__doc__)
    parser.add_argument("cases", nargs="*", help=", ".join(case.name for case in CASES))
    parser.add_argument("--seconds", type=float, help="instead of each case's own")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seeds", type=int, default=1, help="so many, from --seed on, where no rules are asked for"
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", action="store_true", help="in this process: one case")
    args = parser.parse_args()
    unknown = set(args.cases) - {case.name for case in CASES}
    if unknown or not args.data.is_dir():
        print(f"No such case or folder: {', '.join(sorted(unknown)) or args.data}.", file=sys.stderr)
        return 2
    chosen = [case for case in CASES if not args.cases or case.name in args.cases]
    if args.here:
        print(json.dumps(measure(chosen[0], args.data, args.workers, args.seed, args.seconds)))
        return 0
    if not args.json:
        print("| case | seed | seconds given | in all | status | km | bound | gap | trials | peak |")
        print("|---|---|---|---|---|---|---|---|---|---|")
    runs = [(case, args.seed + more) for case in chosen for more in range(args.seeds if case.often else 1)]
    for case, seed in runs:
        command = [sys.executable, "-m", "benchmarks.formation.england", case.name, "--here"]
        command += ["--workers", str(args.workers), "--seed", str(seed), "--data", str(args.data)]
        command += ["--seconds", str(args.seconds)] if args.seconds else []
        line = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        print(line if args.json else row(json.loads(line)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
