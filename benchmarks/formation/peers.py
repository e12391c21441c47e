"""The same problems by other means, one after another on the same machine.

    python -m benchmarks.formation.peers                      all, into benchmarks/results/peers.jsonl (five minutes)
    python -m benchmarks.formation.peers --match triads       some of them, the rest of the file left as it is

Each method runs in a process of its own (ortools and highspy cannot be loaded into one), with two threads where it
can use them. Most of the others minimise something else (distance to centres, edges cut), so each plan is scored by
the same sum: kilometres between the schools of a group. What breaks the bounds on size is repaired to them first, as
this search repairs its own. A peer that is not installed is named and left out: `uv pip install --group bench`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.formation import others
from benchmarks.formation.__main__ import DATA, schools
from benchmarks.formation.published import RESULTS, machine, read
from isthmus.methods.formation import Problem, Sizes, Stop, evaluate, solve

Groups = tuple[tuple[str, ...], ...]
PATIENCE = 60.0


@dataclass(frozen=True)
class Contest:
    """One problem, and who tries it. This search stops after ``limit`` seconds; where that is None, when it has proven
    its plan or has made the trials it makes of its own accord."""

    name: str
    number: int
    sizes: tuple[int, int]
    limit: float | None
    methods: tuple[str, ...]

    def problem(self, data: Path) -> Problem:
        """The ``number`` schools nearest to the middle of England's schools."""
        whole = schools(data, None)
        assert whole.coordinates is not None
        far = np.hypot(*(whole.coordinates - np.median(whole.coordinates, axis=0)).T)
        rows = np.sort(np.argsort(far, kind="stable")[: self.number])
        ids = tuple(whole.ids[r] for r in rows)
        groups = Sizes(*self.sizes).count(self.number)
        return Problem(ids, Sizes(*self.sizes, groups), coordinates=whole.coordinates[rows])


OURS = "this search"
CONTESTS = (
    Contest("4,000 schools in groups of 6 to 10", 4_000, (6, 10), 5.0, (OURS, "k-means-constrained", "METIS")),
    Contest("500 schools in groups of 6 to 10", 500, (6, 10), 2.0,
            (OURS, "k-means-constrained", "METIS", "spopt RegionKMeans", "spopt WardSpatial")),
    Contest("60 schools in groups of 6 to 10", 60, (6, 10), 1.0, (OURS, "CP-SAT")),
    Contest("30 schools in triads", 30, (3, 3), None, (OURS, "CP-SAT", "HiGHS")),
    Contest("60 schools in triads", 60, (3, 3), None, (OURS, "CP-SAT", "HiGHS")),
)  # fmt: skip


def search(problem: Problem, limit: float | None) -> tuple[Groups, bool]:
    plan = solve(problem, stop=Stop(seconds=limit), workers=2)
    return plan.groups, plan.status == "optimal"


METHODS: dict[str, Callable[[Problem, float], tuple[Groups, bool]]] = {
    "k-means-constrained": others.constrained_k_means,
    "METIS": others.metis,
    "spopt RegionKMeans": others.region_k_means,
    "spopt WardSpatial": others.ward,
    "CP-SAT": others.cp_sat,
    "HiGHS": others.set_partitioning,
}


def one(contest: Contest, method: str, data: Path) -> dict[str, Any]:
    """One method on one problem, in this process."""
    problem = contest.problem(data)
    if method == OURS:
        # Compiled loops are kept on disk; a first run compiles them.
        solve(problem, stop=Stop(steps=1))
    began = time.perf_counter()
    try:
        if method == OURS:
            groups, proved = search(problem, contest.limit)
        else:
            groups, proved = METHODS[method](problem, others.LIMIT)
    except ImportError as missing:
        return {"note": f"left out: {missing}"}
    except RuntimeError as failed:
        return {"note": str(failed), "seconds": round(time.perf_counter() - began, 2)}
    seconds = time.perf_counter() - began
    plan = evaluate(problem, groups, bound=False)
    return {
        "objective": plan.objective,
        "seconds": round(seconds, 2),
        "proved": proved,
        "note": "" if plan.status != "infeasible" else f"{len(plan.violations)} rules broken",
    }


def apart(contest: Contest, method: str, data: Path) -> dict[str, Any]:
    """The same in a process of its own, at most so long."""
    command = [sys.executable, "-m", "benchmarks.formation.peers", "--one", contest.name, method]
    try:
        ended = subprocess.run(
            [*command, "--data", str(data)], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"note": f"no answer in {PATIENCE:.0f} s"}
    if ended.returncode:
        return {"note": "failed: " + (ended.stderr.strip().splitlines() or ["no message"])[-1]}
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.peers", description=__doc__)
    parser.add_argument("--match", default="", help="only problems whose name contains this")
    parser.add_argument("--into", type=Path, default=RESULTS / "peers.jsonl")
    parser.add_argument("--one", nargs=2, metavar=("PROBLEM", "METHOD"), help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args()
    by_name = {contest.name: contest for contest in CONTESTS}
    if args.one:
        print(json.dumps(one(by_name[args.one[0]], args.one[1], args.data)))
        return 0
    for contest in CONTESTS:
        if args.match not in contest.name:
            continue
        rows = []
        for method in contest.methods:
            found = apart(contest, method, args.data)
            rows.append({"problem": contest.name, "method": method, **found, **machine()})
            print(f"{contest.name}: {method}: {found}", flush=True)
        rows = [row for row in read(args.into) if row["problem"] != contest.name] + rows
        args.into.parent.mkdir(parents=True, exist_ok=True)
        args.into.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
