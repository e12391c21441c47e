"""Bring files of the public register in: check everything first, then write all of it or nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Max
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.register.actions.writing import write
from isthmus.apps.register.adapters import layouts, values
from isthmus.apps.register.adapters.completeness import missing_schools
from isthmus.apps.register.adapters.layouts.base import Context, Layout
from isthmus.apps.register.adapters.plan import Plan
from isthmus.apps.register.adapters.reading import FileRefused, Source, sources
from isthmus.apps.register.adapters.records import Problem, Record, SchoolRecord
from isthmus.apps.register.adapters.report import FileReport, ImportReport
from isthmus.apps.register.adapters.state import Snapshot
from isthmus.apps.register.models import ImportState, RegisterImport

Progress = Callable[[int, str], None]
BATCH = 5000
LEAST_COLUMNS = 2
IMPORT_LOCK = 7_365_001
"""Any number, as long as nothing else in the same database takes it."""


def import_files(
    paths: Sequence[Path | str],
    *,
    check_only: bool,
    progress: Progress | None = None,
    file_date: date | None = None,
    by: Actor | None = None,
    names: Sequence[str] = (),
    kept: RegisterImport | None = None,
) -> ImportReport:
    """Check the files at `paths` and, unless `check_only`, write what they change, in one transaction.

    The register is not locked while files are read and compared. `file_date` counts for files whose name has no
    date; `names` are the names that people know the files by;
    `kept` is the import that was begun on a page. Nothing is raised for a bad file: the report's
    `refused` or `errors` say what is wrong. `progress` gets a percentage and a few words, and may raise to stop.
    """
    tell = progress or (lambda _percent, _words: None)
    started = time.monotonic()
    before = _applied()
    try:
        plan = _compare([Path(path) for path in paths], [*names], file_date, tell)
    except FileRefused as refused:
        report = ImportReport(refused=str(refused))
    else:
        report = plan.finish()
        if report.ok and not check_only and not report.nothing_changes:
            _apply(plan, before, by, tell, kept, _digests(paths, names))
    report.seconds = time.monotonic() - started
    return report


def _compare(paths: list[Path], names: list[str], file_date: date | None, tell: Progress) -> Plan:
    """Read all files and compare them with the register."""
    names = names or [path.name for path in paths]
    tell(0, "Looking through the files")
    found = [
        source
        for path, name in zip(paths, names, strict=True)
        for source in sources(path, limit=settings.UPLOAD_LIMIT, name=name)
    ]
    plan = Plan(Snapshot())
    lines = max(sum(source.lines for source in found), 1)
    before = 0
    for source in found:

        def part(rows: int, source: Source = source, before: int = before) -> None:
            tell(
                5 + 60 * (before + rows) // lines,
                f"Reading {source.name}: {rows:,} of about {source.lines:,} rows",
            )

        read_into(plan, source, file_date, part)
        before += source.lines
    if missing := missing_schools(plan):
        plan.report.warnings.add(Problem(", ".join(source.name for source in found), 0, "", "", missing))
    return plan


def read_into(
    plan: Plan,
    source: Source,
    file_date: date | None,
    part: Callable[[int], None],
    secret: bytes | None = None,
) -> None:
    """Read one file into `plan`, noting every problem. Raises `FileRefused` for a file of no known kind."""
    rows = source.rows()
    header = next(rows, [])
    layout = layouts.recognise(header)
    if layout is None or len(header) < LEAST_COLUMNS:
        raise FileRefused(
            f"{source.name} is not a file that can be brought in: its first row is not known. "
            f"Files that can: {', '.join(layout.title for layout in layouts.LAYOUTS)}."
        )
    context = Context(
        source.name,
        _day_of(source, layout, file_date),
        secret=settings.SECRET_KEY.encode() if secret is None else secret,
    )
    _look_at_its_end(source, layout, context)
    read = layout.reader(header, context)
    batch: list[Record] = []
    first_row: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        context.rows += 1
        if len(cells) != len(header):
            _wrong_width(context, number, cells, header)
            continue
        for record in read(number, cells):
            if layout.one_row_per_urn and isinstance(record, SchoolRecord):
                if record.urn in first_row:
                    what = f"this URN is in row {first_row[record.urn]} too; keep one of the two"
                    context.wrong(number, "URN", record.urn, what)
                    continue
                first_row[record.urn] = number
            batch.append(record)
        if len(batch) >= BATCH:
            _take(plan, context, batch)
            batch = []
            part(context.rows)
    if context.rows == 0:
        raise FileRefused(f"{source.name} has a first row and nothing below it. Download it again.")
    _take(plan, context, batch)
    _note(plan, context, layout, None if _dated_by_rows(source, layout, file_date) else context.date)


def _look_at_its_end(source: Source, layout: Layout, context: Context) -> None:
    """A file that is cut within its last cell has whole rows; only its end tells."""
    if source.last == b"\n":
        return
    if layout.ends_its_lines:
        raise FileRefused(
            f"{source.name} breaks off in its last line: published files of this kind end every line. It may be "
            "cut short. Download it again. If it is whole, open it, save it as CSV, and give that."
        )
    if source.last not in b'"\r':
        what = "its last line does not end: the file may be cut short; compare its last row with the source"
        context.odd(0, "", "", what)


def _dated_by_rows(source: Source, layout: Layout, file_date: date | None) -> bool:
    return layout.dated_within and not values.file_day(source.name) and not file_date


def _day_of(source: Source, layout: Layout, file_date: date | None) -> date:
    """The day of a file: in its name, else as it was said. Raises `FileRefused` where there is none."""
    day = values.file_day(source.name) or file_date
    if day is None and layout.dated_within:
        day = timezone.localdate()
    if day is None:
        raise FileRefused(
            f"The name of {source.name} has no date. Say which day it is from (--date 2025-04-22)."
        )
    if day > timezone.localdate():
        raise FileRefused(f"{source.name} is dated {day:%-d %B %Y}, which is still to come. Check its name.")
    return day


def _take(plan: Plan, context: Context, batch: list[Record]) -> None:
    """Compare a batch, unless an error has been found: then only errors are looked for."""
    plan.add_sources(context.datasets)
    if not context.errors.count:
        plan.add(context.file, batch)


def _wrong_width(context: Context, number: int, cells: list[str], header: Sequence[str]) -> None:
    problem = "the row breaks off: the file may be cut short; download it again"
    if len(cells) > len(header):
        problem = "the row has more cells than the first row; put cells that contain commas in quotes"
    context.wrong(number, f"{len(cells)} of {len(header)}", cells[0], problem)


def _note(plan: Plan, context: Context, layout: Layout, day: date | None) -> None:
    """Put what was found in one file into the report; `day` is None where its rows carry their dates."""
    report = plan.report
    report.files.append(
        FileReport(context.file, layout.kind, layout.title, day, context.rows, context.left_out)
    )
    for problems, mine in ((report.errors, context.errors), (report.warnings, context.warnings)):
        problems.count += mine.count
        problems.kept.extend(mine.kept[: max(0, 200 - len(problems.kept))])


def _applied() -> tuple[int, datetime | None]:
    """How many imports were written, and when the last was. Keys say nothing: a page gives them at the upload."""
    found = RegisterImport.objects.filter(state=ImportState.APPLIED).aggregate(
        count=Count("pk"), last=Max("applied_at")
    )
    return found["count"], found["last"]


def _wait_for_others() -> None:
    """Two imports write one by one: SQLite lets one write anyway, PostgreSQL waits here until the other ended."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _digests(paths: Sequence[Path | str], names: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each file as it was given, by the name that people know it by."""
    digests = {}
    for path, name in zip(map(Path, paths), names or [Path(path).name for path in paths], strict=True):
        with path.open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _apply(
    plan: Plan,
    before: tuple[int, datetime | None],
    by: Actor | None,
    tell: Progress,
    kept: RegisterImport | None,
    digests: dict[str, str],
) -> None:
    """Write the plan, and note that it was written; refuse where the register changed while files were read."""
    report = plan.report
    tell(66, "Writing")
    try:
        with transaction.atomic():
            _wait_for_others()
            if _applied() != before:
                report.refused = (
                    "Another import ended while this one was reading. Nothing was written: start again."
                )
                return
            write(plan, tell)
            report.applied = True
            kept = kept or RegisterImport(by_id=by.pk if by else None)
            note(kept, report, ImportState.APPLIED)
            after = {"new": report.new, "changed": report.changed, "closed": report.closed}
            audit.record("register.import", by=by, target=kept, detail={"sha256": digests}, after=after)
    except DatabaseError as error:
        report.applied = False
        what = f"the database refused the file ({error}); nothing was written"
        report.errors.add(Problem(report.files[0].name, 0, "", "", what))


def note(kept: RegisterImport, report: ImportReport, state: ImportState) -> None:
    """Put a report into the row that remembers the import."""
    kept.file_name = kept.file_name or ", ".join(file.name for file in report.files)[:200]
    kept.kind = report.files[0].kind if report.files else ""
    kept.file_date = report.files[0].date if report.files else None
    kept.state, kept.report = state, report.as_dict()
    kept.applied_at = timezone.now() if state == ImportState.APPLIED else None
    kept.save()
