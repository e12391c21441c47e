"""Every measurement that carries a promise, one after another; ends with 1 where one is not kept.

    .venv/bin/python -m benchmarks              all of them (about five minutes on two quiet cores)
    .venv/bin/python -m benchmarks pages form   some of them

pages      server time and weight of the pages          python -m benchmarks.pages --assert
form       `isthmus form` on 600 schools, warm and cold  python -m benchmarks.form_start --assert
register   an import of 50,000 rows                      python benchmarks/register/import_register.py
networks   3,000 memberships and an area's pages         python -m benchmarks.networks --assert
workbench  a move by hand in a plan of 600 schools        python -m benchmarks.workbench --assert
triads     rounds of review triads, proven               python -m benchmarks.matching --assert
intake     50 answers a second, none lost; throughput    python -m benchmarks.intake --assert
surveys    a million answers counted in all groupings    python -m benchmarks.surveys --assert
disclosure  the audit of 30 schools, 40 items, 3 waves   python -m benchmarks.disclosure --assert
record     a write with the record's chain and without   python -m benchmarks.ledger --assert
"""

from __future__ import annotations

import subprocess
import sys

COMMANDS = {
    "pages": ["-m", "benchmarks.pages", "--assert"],
    "form": ["-m", "benchmarks.form_start", "--assert"],
    "register": ["benchmarks/register/import_register.py"],
    "networks": ["-m", "benchmarks.networks", "--assert"],
    "workbench": ["-m", "benchmarks.workbench", "--assert"],
    "triads": ["-m", "benchmarks.matching", "--assert"],
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
        if subprocess.run([sys.executable, *COMMANDS[name]], check=False).returncode:
            broken.append(name)
    print("Every promise was kept" if not broken else f"Not kept: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
