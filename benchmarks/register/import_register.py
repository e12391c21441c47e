"""How long 50,000 rows of 111 columns take to import into an empty register, and again into a full one.

    .venv/bin/python benchmarks/register/import_register.py [rows]

The file is made from the register's Hampshire and Surrey rows, each under several new URNs. Prints seconds and
the peak of memory; ends with 1 where the first import takes more than 20 s or 600 MB.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT.parent / "shared/data/register/edubasealldata-hampshire-surrey-20220420.csv"
MOST_SECONDS, MOST_MB = 20, 600


def synthesise(target: Path, rows: int) -> None:
    """Write `rows` rows: the real ones again and again, with new URNs and numbers of pupils."""
    with SOURCE.open(encoding="cp1252", newline="") as file:
        header, *real = csv.reader(file)
    pupils = header.index("NumberOfPupils")
    with target.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            cells = list(real[number % len(real)])
            cells[0] = str(100_000 + number)
            cells[pupils] = str(number % 1500)
            writer.writerow(cells)


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "isthmus.site.settings", "ISTHMUS_DATA": folder}
        os.environ.pop("ISTHMUS_DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        from isthmus.apps.register.actions import import_files

        call_command("migrate", verbosity=0)
        file = Path(folder) / "edubasealldata20220420.csv"
        synthesise(file, rows)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB")
        ok = True
        for what in ("first import", "second import"):
            reports = 0

            def progress(_percent: int, _words: str) -> None:
                nonlocal reports
                reports += 1

            started = time.monotonic()
            report = import_files([file], check_only=False, progress=progress)
            seconds = time.monotonic() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{what}: {seconds:.1f} s, peak {peak} MB, {reports} reports of progress, "
                f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} as they were"
            )
            ok = ok and report.ok and seconds <= MOST_SECONDS and peak <= MOST_MB
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
