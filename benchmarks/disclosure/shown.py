"""How much of what has ten people or more is shown, by kind of group: in areas as the demonstration's, and drawn areas.

python -m benchmarks.disclosure.shown [--areas 6] [--attack]
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.disclosure.areas import Area, area
from isthmus.methods.disclosure import Group, Item, Lattice, publish, write_report
from isthmus.methods.disclosure.attacker import attack

SECTION = 5
KINDS = {"": "whole", "network": "networks", "school": "schools"}


def like_demonstration(seed: int, schools: int = 12, questions: int = 10) -> Area:
    """Twelve schools of 18 to 75 people, five of them leaders; three quarters answer."""
    rng = np.random.default_rng(seed)
    names = [f"S{i:02d}" for i in range(schools)]
    liked, rows, given = rng.normal(0, 0.5, questions), [], []
    phases = ["primary" if rng.random() < 0.7 else "secondary" for _ in names]
    for name, phase in zip(names, phases, strict=True):
        people, level = int(rng.integers(18, 76)), rng.normal(3.3, 0.35)
        for i in range(people):
            who = "leaders" if i < 5 else "staff"
            if rng.random() > 0.75:
                continue
            mood = level + rng.normal(0, 0.5) + (0.4 if who == "leaders" else 0)
            codes = np.clip(np.rint(mood + liked + rng.normal(0, 0.7, questions)), 1, 5) - 1
            codes[rng.random(questions) < 0.03] = -1
            rows.append((name, who, phase))
            given.append(codes)
    lattice = Lattice(
        ("school", "network"),
        tuple((name, f"N{i // 4}") for i, name in enumerate(names)),
        (("people", ("leaders", "staff")), ("phase", tuple(sorted(set(phases))))),
    )
    items = tuple(Item(f"q{i}", 5, (1, 2, 3, 4, 5), frozenset({3, 4})) for i in range(questions))
    people_of = {key: [row[at] for row in rows] for at, key in enumerate(("school", "people", "phase"))}
    return Area(lattice, people_of, items, np.array(given, np.int8))


def _people(one: Area, group: Group) -> int:
    inside = np.isin(one.people["school"], group.members)
    if group.attribute:
        inside &= np.array(one.people[group.attribute]) == group.value
    return int(inside.sum())


def measure(areas: Sequence[Area], *, attacked: bool) -> None:
    """Print a line for each kind of group: how many there are, and what share of what is shown."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    began, recovered = time.perf_counter(), 0
    for one in areas:
        report = publish("w", one.lattice, one.people, one.items, one.answers, threads=2)
        scored = [item.name for item in one.items if item.scores and item.categories == SECTION]
        for line in report.lines:
            if _people(one, line.group) < report.rules.threshold:
                continue
            means = [report.cell(line.group, name).mean is not None for name in scored]
            parts = [means[at : at + SECTION] for at in range(0, len(means), SECTION)]
            half = float(np.mean([2 * sum(part) >= len(part) for part in parts]))
            kind = KINDS[line.group.level] + (" by role or phase" if line.group.attribute else "")
            found[kind].append([line.shown, float(np.mean(means)), half])
        if attacked:
            recovered += len(attack([write_report(report)], one.people, one.answers, pairs=2))
    for kind, rows in found.items():
        shown, means, sections = np.mean(rows, axis=0)
        print(f"{kind:26} {len(rows):4} groups, {shown:4.0%} shown, means of questions {means:4.0%}, "
              f"of sections {sections:4.0%}")  # fmt: skip
    print(f"{time.perf_counter() - began:.0f} s", f"{recovered} recovered" if attacked else "")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--areas", type=int, default=6)
    asked.add_argument("--attack", action="store_true")
    given = asked.parse_args()
    print("as the demonstration")
    measure([like_demonstration(seed) for seed in range(given.areas)], attacked=given.attack)
    print("drawn areas of 8 to 30 schools")
    measure([area(100 + seed, questions=5) for seed in range(2 * given.areas)], attacked=given.attack)


if __name__ == "__main__":
    main()
