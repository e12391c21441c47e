"""Leaving no trace of the order in which anonymous answers came, in what the database keeps of removed rows.

SQLite: the file is written anew from its tables (`VACUUM`) and the write-ahead log emptied into it. PostgreSQL: the
tables are written anew (`VACUUM FULL`). What archived logs and backups of the time before may hold: docs/surveys.md.
"""

from __future__ import annotations

from django.db import connection

from isthmus.apps.surveys.models import Answer, Ballot, Comment

TABLES = (Ballot, Answer, Comment)


def scrub() -> None:
    """Write the tables of anonymous answers anew. Outside any transaction; raises OperationalError where somebody holds
    the database for too long, and can then be done again."""
    if connection.in_atomic_block:
        raise RuntimeError("Tables cannot be written anew inside a transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in TABLES:
            cursor.execute(f'VACUUM FULL "{table._meta.db_table}"')
