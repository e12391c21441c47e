"""The database itself refuses to change or remove what is only ever added: triggers, on SQLite and on PostgreSQL.

They are put in place after each migration, because SQLite rebuilds a table whose columns change and drops its triggers
with it. Whoever owns the database can remove them; that is what the chain and its published heads are for.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

ADDED_ONLY = ("core_auditevent", "core_ledgerentry", "core_ledgerhead", "accounts_disposal")
ERASED_ONLY = ("core_auditpayload",)
"""What an event tells is erased (deleted), never changed."""

REFUSAL = "The record of what changed is only ever added to"


def _refused(vendor: str) -> list[tuple[str, str]]:
    """Each table with an operation that it refuses."""
    operations = ["UPDATE", "DELETE", "TRUNCATE"] if vendor == "postgresql" else ["UPDATE", "DELETE"]
    pairs = [(table, operation) for table in ADDED_ONLY for operation in operations]
    return pairs + [(table, "UPDATE") for table in ERASED_ONLY]


def _name(table: str, operation: str) -> str:
    return f"{table}_refuses_{operation.lower()}"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard whose table exists in its place; doing it twice does no harm."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION core_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for table, operation in _refused(connection.vendor):
            if table not in tables:
                continue
            name = _name(table, operation)
            if connection.vendor == "postgresql":
                each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {operation} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION core_refuse()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {operation} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away, for a migration or a test that must empty the tables."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table, operation in _refused(connection.vendor):
            if table in tables:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, operation)}{on}")


def after_migration(using: str = "default", **_kwargs: Any) -> None:
    """Called by Django after each migration."""
    from django.db import connections

    install(connections[using])
