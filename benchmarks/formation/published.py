"""The published sets, file by file: which values are reached, how soon, and how far off the rest stay.

    python -m benchmarks.formation.published                                into benchmarks/results/published.jsonl
    python -m benchmarks.formation.published mdgp --size 480 --for 200      some, for some 200 seconds
    python -m benchmarks.formation.published --match RanReal_n240_ds_01 --seeds 12 --into more.jsonl

Each line of the file is one run: one file, one seed, both cores. A run ends at its time limit, or as soon as the value
to reach is reached (``--whole``: not before the limit). What the file already has from this version on this processor
is not run again, so a sweep may be stopped and taken up. Reference values are only compared with here: the search does
not know them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.formation.__main__ import DATA, Case, cases
from isthmus.methods.formation import Plan, Progress, Stop, solve

RESULTS = Path(__file__).resolve().parents[1] / "results"
SEEDS = {"mdgp": 3, "ccp": 3, "handover": 2}
PROVEN = 12  # items, up to which the optimum is to be proven
TINY = 5e-8  # of the value: published values are rounded to four decimals


def machine() -> dict[str, str | int | None]:
    """What a figure depends on beside the program."""
    model = "unknown processor"
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "version": version("isthmus"),
        "python": platform.python_version(),
        "processor": model,
        "cores": os.cpu_count(),
        "day": dt.datetime.now(dt.UTC).date().isoformat(),
    }


def short(case: Case, objective: float | None, sense: str) -> float | None:
    """The share of the reference value by which an objective falls short of it (negative: better)."""
    if case.reference is None or objective is None or not case.reference:
        return None
    return (objective - case.reference) / abs(case.reference) * (1 if sense == "min" else -1)


def run(case: Case, seed: int, *, workers: int, whole: bool) -> dict[str, Any]:
    """One run as a line of the file."""
    problem = case.load()
    if case.size <= PROVEN:
        plan = solve(problem, stop=Stop(steps=50_000), seed=seed, workers=workers)
        return line(case, plan, seed, workers, None)
    reached: list[float] = []

    def watch(progress: Progress) -> bool:
        off = short(case, progress.objective, problem.sense)
        if off is not None and off <= TINY and not reached:
            reached.append(progress.seconds)
        return whole or not reached

    plan = solve(problem, stop=Stop(seconds=case.seconds), seed=seed, workers=workers, on_progress=watch)
    return line(case, plan, seed, workers, reached[0] if reached else None)


def line(case: Case, plan: Plan, seed: int, workers: int, reached: float | None) -> dict[str, Any]:
    better: list[tuple[float, float]] = []
    for seconds, _, objective in plan.trajectory:
        if not better or objective != better[-1][1]:
            better.append((round(seconds, 3), round(objective, 4)))
    off = short(case, plan.objective, plan.sense)
    return {
        "set": case.family,
        "file": case.name,
        "items": case.size,
        "seed": seed,
        "workers": workers,
        "limit": case.seconds,
        "sense": plan.sense,
        "reference": case.reference,
        "objective": plan.objective,
        "short": None if off is None else round(off, 9),
        "reached": None if reached is None else round(reached, 3),
        "status": plan.status,
        "bound": plan.bound,
        "seconds": round(plan.seconds, 3),
        "steps": plan.steps,
        "trail": better,
        **machine(),
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of results; none where there is no file."""
    if not path.is_file():
        return []
    return [json.loads(text) for text in path.read_text("utf-8").splitlines() if text.strip()]


def wanted(args: argparse.Namespace) -> Iterator[tuple[Case, int]]:
    here = machine()
    same = [row for row in read(args.into) if all(row[key] == here[key] for key in ("version", "processor"))]
    done = {(row["file"], row["seed"], row["workers"]) for row in same}
    for case in cases(args.data):
        if case.family not in (args.families or SEEDS) or args.match not in case.name:
            continue
        if args.size and case.size != args.size:
            continue
        seeds = args.seeds or (1 if case.size <= PROVEN else SEEDS[case.family])
        for seed in range(1, seeds + 1):
            if (case.name, seed, args.workers) not in done:
                yield case, seed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.published", description=__doc__)
    parser.add_argument("families", nargs="*", help="mdgp, ccp, handover (default: all)")
    parser.add_argument("--into", type=Path, default=RESULTS / "published.jsonl")
    parser.add_argument("--match", default="", help="only files whose name contains this")
    parser.add_argument("--size", type=int, help="only files with this many items")
    parser.add_argument("--seeds", type=int, help="instead of 3 (handover 2)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="run to the time limit in any case")
    parser.add_argument(
        "--for", dest="most", type=float, default=float("inf"), help="begin nothing after so long"
    )
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"There is no folder {args.data}; name one with --data.", file=sys.stderr)
        return 2
    began = time.perf_counter()
    left = list(wanted(args))
    args.into.parent.mkdir(parents=True, exist_ok=True)
    for number, (case, seed) in enumerate(left):
        if time.perf_counter() - began + case.seconds > args.most:
            print(f"{len(left) - number} runs are left: the same command goes on with them.")
            break
        row = run(case, seed, workers=args.workers, whole=args.whole)
        with args.into.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")
        off = "" if row["short"] is None else f"{-row['short']:+.4%}"
        when = "" if row["reached"] is None else f"reached at {row['reached']:.1f} s"
        print(f"{case.name} seed {seed}: {row['objective']} {off} {row['status']} {when}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
