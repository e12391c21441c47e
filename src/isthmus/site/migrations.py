"""Bring the database's tables up to date, one process at a time and without making requests wait for long."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

Progress = Callable[[int, str], None]
LOCK = 0x15_7A_05
"""Number of the advisory lock on PostgreSQL: whoever migrates, backs up or restores holds it."""
LOCK_SECONDS = 2
"""How long a step waits for a table that is in use. Requests that come meanwhile wait behind it, so: briefly."""
TRIES = 30


class TableInUse(Exception):
    """A table was in use each time a step asked for it."""


def pending() -> int:
    """Number of migrations not yet applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def ensure(progress: Progress) -> None:
    """Apply what is pending; quick when nothing is. A second process waits for the first and finds nothing to do."""
    if not pending():
        return
    with exclusive():
        apply(progress)


def apply(progress: Progress) -> None:
    """Apply what is pending, without a lock against other processes. Raises `TableInUse`.

    Each migration is whole or not at all, so one that could not get hold of its table is tried again.
    """
    if not (count := pending()):
        return
    progress(5, f"Preparing the database ({count} steps)")
    for _ in range(TRIES):
        try:
            with _impatient():
                call_command("migrate", verbosity=0, interactive=False)
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            progress(5, "A table is in use; trying again")
            time.sleep(1)
    raise TableInUse(f"A table was in use at each of {TRIES} tries. End long queries and try again.")


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Only one process at a time migrates, backs up or restores a database. Others wait."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        held = connections[DEFAULT_DB_ALIAS]
        try:
            yield
        finally:
            with held.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    name = str(connection.settings_dict["NAME"])
    if connection.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite's wrapper has it
        yield
        return
    with Path(f"{name}.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
