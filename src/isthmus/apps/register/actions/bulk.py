"""Many rows of organisations at once: twice as fast as building a model object for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from isthmus.apps.register.models import Organisation

COLUMNS = {field.attname: field for field in Organisation._meta.concrete_fields if not field.primary_key}
# Text and numbers go to the database as they are; these need its own form.
CONVERTED = {
    name: field for name, field in COLUMNS.items() if field.get_internal_type() in ("DateField", "JSONField")
}


def _parameters(row: dict[str, Any]) -> list[Any]:
    return [
        CONVERTED[name].get_db_prep_save(row[name], connection) if name in CONVERTED else row[name]
        for name in COLUMNS
    ]


def _names() -> list[str]:
    return [connection.ops.quote_name(field.column or name) for name, field in COLUMNS.items()]


def insert(rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows` (values by column name, every column but the primary key)."""
    if not rows:
        return
    table = connection.ops.quote_name(Organisation._meta.db_table)
    places = ", ".join(["%s"] * len(COLUMNS))
    # Names come from the model, values are parameters.
    sql = f"INSERT INTO {table} ({', '.join(_names())}) VALUES ({places})"  # noqa: S608 - see the line above
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_parameters(row) for row in rows])


def update(rows: Sequence[dict[str, Any]]) -> None:
    """Update `rows` (values by column name, with `id`)."""
    if not rows:
        return
    table = connection.ops.quote_name(Organisation._meta.db_table)
    pairs = ", ".join(f"{name} = %s" for name in _names())
    sql = f"UPDATE {table} SET {pairs} WHERE id = %s"  # noqa: S608 - names from the model, values are parameters
    with connection.cursor() as cursor:
        cursor.executemany(sql, [[*_parameters(row), row["id"]] for row in rows])


def count_anew() -> None:
    """Let the database count the rows again: without that, SQLite sorts all of England for one page of a list."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(Organisation._meta.db_table)}")
