"""Every measurement that carries a promise, one after another; ends with 1 where one is not kept.

    .venv/bin/python -m benchmarks              all of them (about an hour on two quiet cores the first time)
    .venv/bin/python -m benchmarks pages form   some of them

pages      server time and weight of the pages          python -m benchmarks.pages --assert
form       `isthmus form` on 600 schools, warm and cold  python -m benchmarks.form_start --assert
register   an import of 50,000 rows                      python benchmarks/register/import_register.py
networks   3,000 memberships and an area's pages         python -m benchmarks.networks --assert
workbench  a move by hand in a plan of 600 schools        python -m benchmarks.workbench --assert
triads     rounds of review triads, proven               python -m benchmarks.matching --assert
published  grouping files that others published         python -m benchmarks.formation.published
peers      other methods on the same problems           python -m benchmarks.formation.peers
england    22,106 schools, with rules and in triads      python -m benchmarks.formation.england --json --seeds 3
scaling    how time grows with size                     python -m benchmarks.formation.scaling --json
report     docs/benchmarks.md from the four above       python -m benchmarks.report
intake     50 answers a second, none lost; throughput    python -m benchmarks.intake --assert
surveys    a million answers counted in all groupings    python -m benchmarks.surveys --assert
disclosure  the audit of 30 schools, 40 items, 3 waves   python -m benchmarks.disclosure --assert
record     a write with the record's chain and without   python -m benchmarks.ledger --assert
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
COMMANDS = {
    "pages": ["-m", "benchmarks.pages", "--assert"],
    "form": ["-m", "benchmarks.form_start", "--assert"],
    "register": ["benchmarks/register/import_register.py"],
    "networks": ["-m", "benchmarks.networks", "--assert"],
    "workbench": ["-m", "benchmarks.workbench", "--assert"],
    "triads": ["-m", "benchmarks.matching", "--assert"],
    "published": ["-m", "benchmarks.formation.published"],
    "peers": ["-m", "benchmarks.formation.peers"],
    "england": ["-m", "benchmarks.formation.england", "--json", "--seeds", "3"],
    "scaling": ["-m", "benchmarks.formation.scaling", "--json"],
    "report": ["-m", "benchmarks.report"],
    "intake": ["-m", "benchmarks.intake", "--assert"],
    "surveys": ["-m", "benchmarks.surveys", "--assert"],
    "disclosure": ["-m", "benchmarks.disclosure", "--assert"],
    "record": ["-m", "benchmarks.ledger", "--seconds", "20", "--assert"],
}


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - COMMANDS.keys()
    if unknown:
        print(
            f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(COMMANDS)}.",
            file=sys.stderr,
        )
        return 2
    broken = []
    for name in chosen or COMMANDS:
        print(f"== {name}", flush=True)
        command = [sys.executable, *COMMANDS[name]]
        if "--json" not in command:
            done = subprocess.run(command, check=False).returncode
        else:
            # Kept for the report, all of it or nothing.
            ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
            print(ended.stdout, end="")
            done = ended.returncode
            if ended.stdout and not done:
                (RESULTS / f"{name}.jsonl").write_text(ended.stdout, encoding="utf-8")
        if done:
            broken.append(name)
    print("Every promise was kept" if not broken else f"Not kept: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
