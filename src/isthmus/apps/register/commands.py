"""`isthmus register import`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from isthmus.apps.register import actions


def import_files(
    files: Sequence[Path], *, check_only: bool, day: date | None, progress: Callable[[int, str], None]
) -> int:
    """Bring files in, or only say what would change. 0 done; 2 where something must be put right first."""
    report = actions.import_files(files, check_only=check_only, file_date=day, progress=progress)
    out = sys.stdout if report.ok else sys.stderr
    for line in report.lines():
        print(line, file=out)
    if report.ok:
        print(_outcome(check_only, report.applied), file=out)
    return 0 if report.ok else 2


def _outcome(check_only: bool, applied: bool) -> str:
    if applied:
        return "Applied."
    return "Checked. Nothing was written." if check_only else "The register holds all of this already."
