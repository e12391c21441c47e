"""Bring the database's tables up to date."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Progress = Callable[[int, str], None]


def pending() -> int:
    """Number of migrations not yet applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def ensure(progress: Progress) -> None:
    """Apply what is pending; quick when nothing is."""
    if count := pending():
        progress(5, f"Preparing the database ({count} steps)")
        call_command("migrate", verbosity=0, interactive=False)
