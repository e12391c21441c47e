"""Quality of the formation search on named instances.

    python -m benchmarks.formation                 every set, into a table
    python -m benchmarks.formation england hampshire
    python -m benchmarks.formation mdgp --size 480 --seconds 20 --seeds 3

Instances are read from ../shared/data (or --data); reference values are only compared with, never used.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from isthmus.methods.formation import AtLeast, Cap, Plan, Problem, Sizes, Stop, solve
from isthmus.methods.formation.readers.matrices import read_handover, read_pairs
from isthmus.methods.formation.readers.table import read_schools

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Case:
    family: str
    name: str
    load: Callable[[], Problem]
    seconds: float
    reference: float | None
    size: int


@dataclass(frozen=True)
class Line:
    case: Case
    objectives: list[float | None]
    plan: Plan
    seconds: float


def references(data: Path) -> dict[str, float]:
    with (data / "grouping" / "reference_values.csv").open(encoding="utf-8", newline="") as stream:
        found = {row["instance"]: float(row["reference_value"]) for row in csv.DictReader(stream)}
    with (data / "grouping" / "handover" / "best_known.csv").open(encoding="utf-8", newline="") as stream:
        found |= {row["instance"]: float(row["best_known_min_handover"]) for row in csv.DictReader(stream)}
    with (data / "grouping" / "mdgplib" / "proven_optima_n010_n012.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        found |= {row["instance"]: float(row["optimum"]) for row in csv.DictReader(stream)}
    return found


def schools(data: Path, area: str | None, rules: tuple[AtLeast | Cap, ...] = ()) -> Problem:
    table = read_schools(data / "register" / "england-open-schools-2024.csv")
    keep = np.isfinite(table.coordinates).all(axis=1)
    if area is not None:
        keep &= np.array([name == area for name in table.attributes["la_name"]])
    rows = np.flatnonzero(keep)
    return Problem(
        ids=tuple(table.ids[r] for r in rows),
        bounds=Sizes(6, 10),
        coordinates=table.coordinates[rows],
        attributes={name: [values[r] for r in rows] for name, values in table.attributes.items()},
        rules=rules,
    )


def cases(data: Path) -> Iterator[Case]:
    known = references(data)
    secondary = AtLeast({"phase": ["Secondary", "All-through", "Middle deemed secondary"]}, 1)
    cap = Cap("number_of_pupils", 4000.0)
    for seconds in (6.0, 60.0):
        name = f"England, sizes 6–10, {seconds:.0f} s"
        yield Case("england", name, lambda: schools(data, None), seconds, None, 22_106)
    yield Case(
        "england", "England, at most 4,000 pupils", lambda: schools(data, None, (cap,)), 20.0, None, 22_106
    )
    yield Case(
        "england", "England, a secondary each", lambda: schools(data, None, (secondary,)), 20.0, None, 22_106
    )
    for seconds in (1.0, 5.0):
        name = f"Hampshire, sizes 6–10, {seconds:.0f} s"
        yield Case("hampshire", name, lambda: schools(data, "Hampshire"), seconds, None, 582)
    for path in sorted((data / "grouping" / "mdgplib").glob("*.gz")):
        name, n = path.name.removesuffix(".txt.gz"), int(path.name.split("_n")[1][:3])
        seconds = 3.0 if n <= 120 else 10.0 if n == 240 else 20.0
        yield Case("mdgp", name, partial(read_pairs, path, weighted=False), seconds, known.get(name), n)
    for path in sorted((data / "grouping" / "ccp").glob("*.txt")):
        n = 82 if path.name.startswith("Sparse") else 240
        yield Case("ccp", path.stem, partial(read_pairs, path, weighted=True), 20.0, known.get(path.stem), n)
    for path in sorted((data / "grouping" / "handover").glob("*_*_*")):
        n = int(path.name.split("_")[0])
        seconds = 2.0 if n < 100 else 12.0
        yield Case("handover", path.name, partial(read_handover, path), seconds, known.get(path.name), n)


def measure(case: Case, seeds: int, workers: int, seconds: float | None) -> Line:
    problem = case.load()
    began = time.perf_counter()
    plans = [
        solve(problem, stop=Stop(seconds=seconds or case.seconds), seed=seed, workers=workers)
        for seed in range(1, seeds + 1)
    ]
    best = min if problem.sense == "min" else max
    sound = [plan for plan in plans if plan.objective is not None]
    plan = best(sound, key=lambda p: p.objective or 0.0) if sound else plans[0]
    return Line(case, [p.objective for p in plans], plan, (time.perf_counter() - began) / seeds)


def deviation(line: Line) -> float | None:
    """How far the best of the seeds lies on the wrong side of the reference, as a share (negative: better)."""
    reference, found = line.case.reference, line.plan.objective
    if reference is None or found is None or reference == 0:
        return None
    return (found - reference) / abs(reference) * (1 if line.plan.sense == "min" else -1)


def table(lines: list[Line], workers: int) -> str:
    rows = [
        f"isthmus {version('isthmus')}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, {workers} thread(s)",
        "",
        "| instance | limit s | wall s | status | best | reference | off | bound | gap | all seeds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        plan, off = line.plan, deviation(line)
        rows.append(
            f"| {line.case.name} | {line.case.seconds:g} | {line.seconds:.1f} | {plan.status} "
            f"| {_text(plan.objective)} | {_text(line.case.reference)} "
            f"| {'' if off is None else f'{off:+.3%}'} | {_text(plan.bound)} "
            f"| {'' if plan.gap is None else f'{plan.gap:.1%}'} | {', '.join(map(_text, line.objectives))} |"
        )
    return "\n".join(rows)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation", description=__doc__)
    parser.add_argument("families", nargs="*", help="england, hampshire, mdgp, ccp, handover (default: all)")
    parser.add_argument("--match", default="", help="only instances whose name contains this")
    parser.add_argument("--size", type=int, help="only instances with this many items")
    parser.add_argument("--seconds", type=float, help="instead of each instance's own limit")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, help="write the table to this file as well")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"There is no folder {args.data}; name one with --data.", file=sys.stderr)
        return 2
    lines = []
    for case in cases(args.data):
        if (args.families and case.family not in args.families) or args.match not in case.name:
            continue
        if args.size and case.size != args.size:
            continue
        lines.append(measure(case, args.seeds, args.workers, args.seconds))
        print(table(lines[-1:], args.workers).splitlines()[-1], flush=True)
    text = table(lines, args.workers)
    print("\n" + text)
    offs = [off for line in lines if (off := deviation(line)) is not None]
    if offs:
        reached = sum(off <= 1e-9 for off in offs)
        print(f"\n{reached} of {len(offs)} reference values reached; worst {max(offs):+.3%}.")
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
