"""England in regions on several executors: the same plan from each, and how long each takes.

    python -m benchmarks.formation.regions                          threads, a process pool and a local Dask cluster
    python -m benchmarks.formation.regions --trials 100000000 --json

What is not installed is named and left out (`uv pip install --group bench` installs Dask).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from benchmarks.formation.__main__ import DATA, schools
from isthmus.methods.formation.regions import solve_by_regions


@contextmanager
def executor(kind: str, workers: int) -> Iterator[Executor]:
    """Threads, processes, or a Dask cluster of processes on this machine."""
    if kind == "threads":
        with ThreadPoolExecutor(workers) as threads:
            yield threads
    elif kind == "processes":
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
            yield processes
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client.get_executor()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.regions", description=__doc__)
    parser.add_argument("kinds", nargs="*", help="threads, processes, dask (default: all)")
    parser.add_argument("--trials", type=int, default=400_000_000)
    parser.add_argument("--regions", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    problem = schools(args.data, None)
    plans = set()
    for kind in args.kinds or ("threads", "processes", "dask"):
        try:
            with executor(kind, args.workers) as some:
                plan = solve_by_regions(
                    problem, some, regions=args.regions, rounds=args.rounds, steps=args.trials
                )
        except ImportError as missing:
            print(json.dumps({"executor": kind, "missing": str(missing)}), flush=True)
            continue
        plans.add(plan.groups)
        found = {"executor": kind, "objective": plan.objective, "seconds": plan.seconds, "trials": plan.steps}
        text = f"{kind}: {plan.objective:,.0f} km in {plan.seconds:.1f} s, {plan.steps / 1e6:,.0f} million trials"
        print(json.dumps(found) if args.json else text, flush=True)
    print(json.dumps({"plans": len(plans)}) if args.json else f"{len(plans)} different plan(s)")
    return 0 if len(plans) <= 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
