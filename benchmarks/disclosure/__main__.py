"""The audit of a large area: 30 schools, 40 items, three waves, each later wave with the earlier ones regrouped.

    python -m benchmarks.disclosure                        two cores
    python -m benchmarks.disclosure --items 4 --waves 1    a part
    python -m benchmarks.disclosure --assert               1 unless it takes at most ten minutes

Printed: seconds, and how much of what has ten people or more is shown, and in what detail.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from benchmarks.disclosure.areas import area, moved
from isthmus.methods.disclosure import Report, publish


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--schools", type=int, default=30)
    asked.add_argument("--items", type=int, default=40)
    asked.add_argument("--waves", type=int, default=3)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--assert", dest="promise", action="store_true")
    given = asked.parse_args()
    warm = area(0, schools=8, questions=1)
    publish("warm", warm.lattice, warm.people, warm.items, warm.answers)  # compile first
    began = time.perf_counter()
    details: Counter[str] = Counter()
    for wave in range(given.waves):
        one = area(wave + 1, schools=given.schools, questions=given.items)
        lattice, reports = one.lattice, list[Report]()
        for later in range(wave, given.waves):
            start = time.perf_counter()
            reports.append(
                publish(
                    f"wave {wave + 1}", lattice, one.people, one.items, one.answers,
                    before=reports, threads=given.threads,
                )
            )  # fmt: skip
            shown = {line.group for line in reports[-1].lines if line.shown}
            details += Counter(cell.detail.name for cell in reports[-1].cells if cell.group in shown)
            print(
                f"wave {wave + 1} in the report of wave {later + 1}: {len(one.answers)} people, "
                f"{len(shown)} groups shown, {time.perf_counter() - start:.1f} s",
                flush=True,
            )
            lattice = moved(lattice, later)
    took = time.perf_counter() - began
    whole = sum(details.values())
    print(", ".join(f"{name.lower()} {number / whole:.0%}" for name, number in details.most_common()))
    print(f"{took:.0f} s for {given.waves} waves, {given.schools} schools, {given.items} items")
    return int(given.promise and took > 600)


if __name__ == "__main__":
    sys.exit(main())
