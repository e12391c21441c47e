"""A million people's answers to 40 items, counted in every grouping: from a CSV file and from arrays, beside pandas.

    python -m benchmarks.surveys                   a million rows
    python -m benchmarks.surveys --people 100000
    python -m benchmarks.surveys --assert          1 unless the file takes 5 s and 2 GB and arrays 2 s at most, and
                                                   both are sooner done than by pandas (where it is installed)

Groupings: everybody, network (30), school (300), role (4), phase (3), and role within school. Each measurement is a
process of its own: its seconds from the first import to the counts, and its peak memory. The compiled loops are on disk
(the first run on a machine compiles them, 5 s). The pandas program reads with one `read_csv` and counts with one
`groupby(...).size()` for each grouping and item; both are checked to give the same counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

ITEMS = [f"q{number}" for number in range(1, 41)]
COLUMNS = ["network", "school", "role", "phase"]
GROUPINGS: list[tuple[str, ...]] = [(), ("network",), ("school",), ("role",), ("phase",), ("school", "role")]
ROLES, PHASES = ["leader", "teacher", "support", "governor"], ["primary", "secondary", "all-through"]
DIFFERENT = 100_000


def write(path: Path, people: int) -> None:
    """A file of answers drawn by seed: 5% not answered, 2% not applicable; up to 100,000 different rows of answers."""
    rng = np.random.default_rng(1)
    many = min(people, DIFFERENT)
    cells = np.array(["1", "2", "3", "4", "5", "", "n/a"])
    drawn = rng.choice(cells, size=(many, len(ITEMS)), p=[0.08, 0.15, 0.25, 0.28, 0.17, 0.05, 0.02])
    answers = [",".join(row) for row in drawn.tolist()]
    schools, roles = rng.integers(0, 300, people).tolist(), rng.integers(0, 4, people).tolist()
    with path.open("w") as file:
        file.write(",".join([*COLUMNS, *ITEMS]) + "\n")
        file.writelines(
            f"Network {school % 30},School {school},{ROLES[role]},{PHASES[school % 3]},{answers[row % many]}\n"
            for row, (school, role) in enumerate(zip(schools, roles, strict=True))
        )


def ours_from_file(path: Path) -> tuple[float, int]:
    from isthmus.methods.surveys import tabulate_csv

    began = time.perf_counter()
    found = tabulate_csv(path, ITEMS, GROUPINGS, lowest=1, highest=5)
    return time.perf_counter() - began, _checked(found)


def ours_from_arrays(path: Path) -> tuple[float, int]:
    from isthmus.methods.surveys import read_csv, tabulate

    given = read_csv(path, ITEMS, COLUMNS, lowest=1, highest=5)
    began = time.perf_counter()
    found = tabulate(given.codes, given.columns, GROUPINGS, lowest=1, highest=5)
    return time.perf_counter() - began, _checked(found)


def pandas_from_file(path: Path) -> tuple[float, int]:
    import pandas

    began = time.perf_counter()
    frame = pandas.read_csv(path, dtype="category", keep_default_na=False)
    counts = _plain(frame)
    return time.perf_counter() - began, _checked_plain(counts, "5")


def pandas_from_arrays(path: Path) -> tuple[float, int]:
    import pandas

    from isthmus.methods.surveys import read_csv

    given = read_csv(path, ITEMS, COLUMNS, lowest=1, highest=5)
    frame = pandas.DataFrame(given.codes, columns=ITEMS)
    for name, column in given.columns.items():
        frame[name] = pandas.Categorical.from_codes(column.codes, categories=list(column.labels))
    began = time.perf_counter()
    counts = _plain(frame)
    return time.perf_counter() - began, _checked_plain(counts, 5)


def _plain(frame: Any) -> dict[tuple[tuple[str, ...], str], Any]:
    return {
        (by, item): frame.groupby([*by, item], observed=True).size() for by in GROUPINGS for item in ITEMS
    }


def _checked(found: Any) -> int:
    """A number that differs where counts differ: the fives of each group of two groupings, weighed by place."""
    out = 0
    for by in (("school", "role"), ("phase",)):
        grouped = found.by[by]
        for label, people in zip(grouped.groups, grouped.counts[:, :, 4], strict=True):
            weight = 1 + sum(map(len, label))
            out += weight * sum(place * int(many) for place, many in enumerate(people.tolist(), 1))
    return out


def _checked_plain(counts: dict[tuple[tuple[str, ...], str], Any], five: object) -> int:
    out = 0
    for by in (("school", "role"), ("phase",)):
        for place, item in enumerate(ITEMS, 1):
            fives = counts[by, item].xs(five, level=item)
            for label, many in fives.items():
                names = label if isinstance(label, tuple) else (label,)
                out += (1 + sum(map(len, names))) * place * int(many)
    return out


PARTS = {
    "file": ours_from_file,
    "arrays": ours_from_arrays,
    "pandas, file": pandas_from_file,
    "pandas, arrays": pandas_from_arrays,
}


def measured(part: str, path: Path) -> dict[str, float]:
    """One part in a process of its own: seconds of the work and of the whole process, peak megabytes, and the check."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.surveys", "--part", part, "--file", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    found["whole"] = time.perf_counter() - began
    print(
        f"{part:15s} {found['seconds']:7.2f} s (process {found['whole']:.2f} s), peak {found['megabytes']:,.0f} MB",
        flush=True,
    )
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--assert", dest="promise", action="store_true")
    asked.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    asked.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.part:
        seconds, check = PARTS[given.part](given.file)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "megabytes": megabytes, "check": check}))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        write(path, 1000)
        subprocess.run(  # compile what this machine has not yet
            [sys.executable, "-m", "benchmarks.surveys", "--part", "file", "--file", str(path)],
            check=True,
            capture_output=True,
        )
        write(path, given.people)
        print(
            f"{given.people:,} people, {len(ITEMS)} items, {path.stat().st_size / 1e6:.0f} MB of CSV",
            flush=True,
        )
        beside = [name for name in PARTS if name.startswith("pandas")] if find_spec("pandas") else []
        found = {part: measured(part, path) for part in ["file", "arrays", *beside]}
    kept = (
        found["file"]["seconds"] <= 5
        and found["file"]["megabytes"] <= 2048
        and found["arrays"]["seconds"] <= 2
    )
    for part in ("file", "arrays") if beside else ():
        ratio = found[f"pandas, {part}"]["seconds"] / found[part]["seconds"]
        print(f"{part}: {ratio:.1f} times sooner than pandas")
        kept &= ratio > 1
    if len({one["check"] for one in found.values()}) != 1:
        print("The counts differ.")
        return 1
    return int(given.promise and not kept)


if __name__ == "__main__":
    sys.exit(main())
