"""docs/benchmarks.md and its picture, from the measurements kept in benchmarks/results.

python -m benchmarks.report            write them
python -m benchmarks.report --check    1 where they are not what the measurements say
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.drawing import ecdf
from benchmarks.formation.published import PROVEN, RESULTS, TINY, read

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "images" / "time-to-target.svg"
NEAR = 0.001
Row = dict[str, Any]

HEAD = """# Measurements of the formation engine

Written by `make bench` from the lines in `benchmarks/results`; change those, not this page. What the engine does, and
what a certificate means: [how networks are formed](methods-formation.md).
"""


def figure(value: float | None) -> str:
    """A value with as many decimals as tell something."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}".rstrip("0").rstrip(".")


def by_file(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The runs of each file in order of seed; where a file and seed come twice, the later line counts."""
    last = {(row["file"], row["seed"]): row for row in rows}
    found: dict[str, list[Row]] = defaultdict(list)
    for name, seed in sorted(last):
        found[name].append(last[name, seed])
    return found


def told(row: Row) -> str:
    machine = f"{row['cores']} cores of {row['processor']}"
    return f"Version {row['version']}, Python {row['python']}, {machine}, {row['day']}."


def reached(runs: list[Row]) -> bool:
    return any(run["short"] is not None and run["short"] <= TINY for run in runs)


def family(name: str) -> str:
    return {"mdgp": "MDGPLIB", "ccp": "capacitated clustering", "handover": "handover"}[name]


def quality(rows: list[Row]) -> list[str]:
    """One line for each set and size, then each file that was not reached by every seed."""
    files = by_file(row for row in rows if row["items"] > PROVEN and row["reference"])
    groups: dict[tuple[str, int], list[list[Row]]] = defaultdict(list)
    for runs in files.values():
        groups[runs[0]["set"], runs[0]["items"]].append(runs)
    lines = [
        "| set | items | files | runs of each | limit, s | reached | by how many runs | half of them by, s "
        "| worst mean | worst run |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, items), each in sorted(groups.items(), key=lambda item: (item[0][0] != "mdgp", item[0])):
        runs = [run for one in each for run in one]
        times = [moment for moment in moments(runs, 0.0) if moment is not None]
        mean = max(statistics.mean(run["short"] for run in one) for one in each)
        worst = max(run["short"] for run in runs)
        lines.append(
            f"| {family(name)} | {items} | {len(each)} | {max(map(len, each))} | {runs[0]['limit']:g} "
            f"| {sum(map(reached, each))} of {len(each)} | {len(times)} of {len(runs)} "
            f"| {statistics.median(times) if times else float('nan'):.1f} | {-mean:+.3%} | {-worst:+.3%} |"
        )
    missed = [(name, runs) for name, runs in files.items() if not reached(runs)]
    lines += ["", f"Not reached by any run: {len(missed)} of {len(files)} files.", ""]
    if missed:
        lines += ["| file | value to reach | best found | off | mean off |", "|---|---|---|---|---|"]
    for name, runs in missed:
        best = min(runs, key=lambda run: float(run["short"]))
        mean = statistics.mean(run["short"] for run in runs)
        lines.append(
            f"| {name} | {best['reference']:,.3f} | {best['objective']:,.3f} | {-best['short']:+.4%} | {-mean:+.4%} |"
        )
    return lines


def proven(rows: list[Row]) -> str:
    small = [runs[-1] for runs in by_file(row for row in rows if row["items"] <= PROVEN).values()]
    if not small:
        return ""
    good = sum(run["status"] == "optimal" and abs(run["short"]) <= 1e-6 for run in small)
    slowest = max(run["seconds"] for run in small)
    return (
        f"MDGPLIB with 10 and 12 items: the published optimum found and proven in {good} of {len(small)} files "
        f"(search at most {slowest:.1f} s, proof on top)."
    )


def moments(rows: list[Row], short: float) -> list[float | None]:
    """When each run came within this share of its reference value."""
    found: list[float | None] = []
    for row in rows:
        sign = 1 if row["sense"] == "min" else -1
        goal = row["reference"] + sign * (short + TINY) * abs(row["reference"])
        found.append(next((t for t, value in row["trail"] if sign * (value - goal) <= 0), None))
    return found


def curves(rows: list[Row]) -> list[tuple[str, float, list[float | None]]]:
    """(name, time limit, moments) of what is drawn."""
    found = []
    for items in (120, 240, 480):
        runs = [row for row in rows if row["set"] == "mdgp" and row["items"] == items]
        if runs:
            found.append((f"{items} items, reached", runs[0]["limit"], moments(runs, 0.0)))
            found.append((f"{items} items, within 0.1%", runs[0]["limit"], moments(runs, NEAR)))
    return found


def peers(rows: list[Row]) -> list[str]:
    lines = []
    for name in dict.fromkeys(row["problem"] for row in rows):
        here = [row for row in rows if row["problem"] == name]
        ours = here[0].get("objective")
        lines += [
            f"\n{name}:\n",
            "| method | km within groups | seconds | times this search | |",
            "|---|---|---|---|---|",
        ]
        for row in here:
            cost, seconds = row.get("objective"), row.get("seconds")
            ratio = f"{cost / ours:.3f}" if cost and ours else ""
            note = row["note"] or ("proven the cheapest" if row.get("proved") else "")
            took = "" if seconds is None else f"{seconds:.1f}"
            lines.append(f"| {row['method']} | {figure(cost)} | {took} | {ratio} | {note} |")
    return lines


def england(rows: list[Row]) -> list[str]:
    lines = [
        "| work | seed | search, s | in all, s | status | km | certified bound | gap | peak memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['case']} | {row['seed']} | {row['search_seconds']:.1f} "
        f"| {row['whole_seconds']:.1f} | {row['status']} | {figure(row['objective'])} "
        f"| {figure(row['bound'])} | {'' if row['gap'] is None else format(row['gap'], '.1%')} "
        f"| {row['peak_mb']:.0f} MB |"
        for row in rows
    ]
    return lines


def scaling(rows: list[Row]) -> list[str]:
    lines = ["| points | seconds to within 1% of a long run | trials a point |", "|---|---|---|"]
    lines += [
        f"| {row['points']:,} | {row['seconds']:.2f} | {row['trials_a_point']:,.0f} |"
        for row in rows
        if "points" in row
    ]
    for row in rows:
        if "slope" in row:
            ours, theirs = row["slope"], row["slope_of_n_log_n"]
            lines += [
                "",
                f"Slope of log seconds on log n: {ours:.2f}; that of n log n over these sizes: {theirs:.2f}.",
            ]
    return lines


ABOUT_SETS = """One run at a time, two threads for each. A run ends at its limit or as soon as the value is reached,
so values are seldom beaten by much here. MDGPLIB and capacitated clustering are measured against the best of a
prototype and of short runs of a published memetic algorithm; handover against published best-known values, most of
them proven. Shares are of the value to reach: below 0 is short of it.
"""
ABOUT_TIME = """Share of the runs of MDGPLIB that have reached the value (full lines), or come within 0.1% of it (broken
lines), after so many seconds.

![Share of runs that have reached the target, by seconds, for 120, 240 and 480 items](images/time-to-target.svg)
"""
ABOUT_PEERS = """Schools nearest to the middle of England's; each plan is scored by the same sum of kilometres.
k-means-constrained keeps the bounds on size but minimises distance to centres; METIS and spopt do not keep the bounds,
and are repaired to them first. CP-SAT has 20 seconds and two threads, HiGHS (set partitioning, a column for every
possible group) 20 seconds; no method has more than 60.
"""


ABOUT_ENGLAND = """The 22,106 schools with coordinates in networks of 6 to 10: without rules, with a secondary school in
each, with at most 4,000 pupils besides; and in triads. Kilometres over all pairs within groups. Start-up and reading
the file are not counted.
"""


def page(results: Path) -> str:
    published, others, country, sizes = (
        read(results / f"{name}.jsonl") for name in ("published", "peers", "england", "scaling")
    )
    parts = [HEAD]
    if published:
        parts += ["## Published sets\n", told(published[-1]), ABOUT_SETS, proven(published) + "\n"]
        parts += [*quality(published), "\n`python -m benchmarks.formation.published`, about half an hour.\n"]
        parts += ["### Time to target\n", ABOUT_TIME]
    if others:
        parts += ["## Beside other methods\n", told(others[0]), ABOUT_PEERS, *peers(others)]
        parts += ["\n`python -m benchmarks.formation.peers`\n"]
    if country:
        parts += [
            "## England\n",
            ABOUT_ENGLAND,
            *england(country),
            "\n`python -m benchmarks.formation.england`\n",
        ]
    if sizes:
        parts += [
            "## Scaling\n",
            told(sizes[0]) + "\n",
            *scaling(sizes),
            "\n`python -m benchmarks.formation.scaling`\n",
        ]
    return "\n".join(parts).rstrip() + "\n"


def picture(results: Path) -> str:
    return ecdf(curves(read(results / "published.jsonl")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    made = {PAGE: page(RESULTS), PICTURE: picture(RESULTS)}
    for path, text in made.items():
        if args.check:
            if not path.is_file() or path.read_text("utf-8") != text:
                print(
                    f"{path.relative_to(ROOT)} is not what the measurements say: python -m benchmarks.report"
                )
                return 1
        else:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
