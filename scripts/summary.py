"""The closing line of several pytest runs, in pytest's own words: `== 512 passed, 3 skipped in 240s ==`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def count(folder: Path) -> Counter[str]:
    """Tests by outcome over the JUnit reports in `folder`."""
    total: Counter[str] = Counter()
    for report in folder.glob("*.xml"):
        for suite in ElementTree.parse(report).iter("testsuite"):
            bad = {name: int(suite.get(name, 0)) for name in ("failures", "errors", "skipped")}
            total["failed"] += bad["failures"]
            total["errors"] += bad["errors"]
            total["skipped"] += bad["skipped"]
            total["passed"] += int(suite.get("tests", 0)) - sum(bad.values())
    return total


def main(folder: str, seconds: str) -> int:
    """Print the line; 1 where a test failed or none ran."""
    total = count(Path(folder))
    words = ", ".join(
        f"{total[name]} {name}" for name in ("failed", "errors", "passed", "skipped") if total[name]
    )
    print(f" {words or 'no tests ran'} in {seconds}s ".center(80, "="))
    return int(bool(total["failed"] or total["errors"] or not total["passed"]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
