"""Leaving no trace of the order in which anonymous answers came, in what the database keeps of removed rows.

SQLite: the file is written anew from its tables (`VACUUM`) and the write-ahead log emptied into it. PostgreSQL: the
tables of ballots, of people asked by links and of typed forms are written anew in the order of their random numbers,
each by one transaction, in a file of its own: unlike `VACUUM FULL` that leaves nothing for the sake of older
transactions, and gives all rows the same `xmin`. Answers and
comments are written once, in an order drawn at random. What archived logs and backups of the time before may hold:
docs/surveys-storage.md.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from isthmus.apps.surveys.models import Ballot, Invited, PaperSheet

TABLES = (Ballot, Invited, PaperSheet)
"""What is removed at the close without a trace; nothing refers to their rows."""
PATIENCE = 2
"""Seconds that answers may be kept waiting by an attempt that itself waits for others."""


def scrub() -> None:
    """Leave nothing of the ballots, lists of people and typed forms that are gone. Outside any transaction; raises
    OperationalError where somebody holds the database for too long, and can then be done again."""
    if connection.in_atomic_block:
        raise RuntimeError("Tables cannot be written anew inside a transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            with _impatient(cursor):
                _empty_log(cursor)
                cursor.execute("VACUUM")
                _empty_log(cursor)
            return
        _write_anew(cursor)
        # Segments of the log that are no longer needed are let go; only roles that may do so can ask for it.
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            with contextlib.suppress(ProgrammingError):
                cursor.execute(statement)


def stir() -> None:
    """Shorten for how long the database shows in which order the answers of open waves came: SQLite's log is emptied,
    PostgreSQL's tables written anew, so that no list shows who was marked together. Raises as `scrub` does."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            with _impatient(cursor):
                _empty_log(cursor)
        else:
            _write_anew(cursor)


@contextlib.contextmanager
def _impatient(cursor: CursorWrapper) -> Iterator[None]:
    usual = float(connection.settings_dict["OPTIONS"].get("timeout", 5))
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {usual * 1000:.0f}")


def _empty_log(cursor: CursorWrapper) -> None:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if cursor.fetchone()[0]:  # it says so instead of raising
        raise OperationalError("Somebody reads the database for long")


def _write_anew(cursor: CursorWrapper) -> None:
    for model in TABLES:
        table = connection.ops.quote_name(model._meta.db_table)
        with transaction.atomic():
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            held = f"CREATE TEMPORARY TABLE stirred ON COMMIT DROP AS SELECT * FROM {table}"  # noqa: S608 - our own table
            cursor.execute(held)
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM stirred ORDER BY id")  # noqa: S608 - our own table
            cursor.execute("DROP TABLE stirred")
