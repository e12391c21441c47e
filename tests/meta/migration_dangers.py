"""What in a migration would stop, or break, a website that goes on while it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

# On PostgreSQL these hold a table for as long as they read or write all of it.
SLOW_SQL = {
    r"ALTER COLUMN \S+ TYPE": "rewrites the column while nobody can use the table",
    r"ALTER COLUMN \S+ SET NOT NULL": "reads the table while nobody can use it, and the old version writes nulls",
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "builds an index while nobody can write",
    r"ADD CONSTRAINT \S+ UNIQUE": "builds an index while nobody can use the table",
    r"\bLOCK TABLE\b|\bVACUUM FULL\b|\bCLUSTER\b": "holds a table",
}


def dangers(migration: Migration) -> list[str]:
    """What is dangerous about the operations of a migration, on tables that it does not itself make."""
    made: set[str] = set()
    found = []
    for operation in migration.operations:
        if isinstance(operation, operations.CreateModel):
            made.add(operation.name_lower)
        elif getattr(operation, "model_name_lower", None) not in made:
            found += [f"{operation.describe()}: {why}" for why in _why(operation, migration)]
    return found


def _why(operation: Any, migration: Migration) -> Iterator[str]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _why(inner, migration)
    elif isinstance(operation, operations.AddField):
        yield from _added(operation.field)
    elif isinstance(operation, operations.RemoveField | operations.DeleteModel):
        yield "the version that still runs asks for it; remove it a version after nothing uses it any more"
    elif isinstance(operation, operations.RenameField | operations.RenameModel | operations.AlterModelTable):
        yield "the version that still runs asks for the old name; add the new, copy, remove the old later"
    elif isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently):
        if migration.atomic:
            yield "needs atomic = False"
    elif isinstance(operation, operations.AddIndex):
        yield "nobody can write while it is built; use core.migrating.AddIndexMeanwhile"
    elif isinstance(operation, operations.AddConstraint):
        if isinstance(operation.constraint, models.UniqueConstraint):
            yield "nobody can use the table while its index is built; build a unique index meanwhile first"
    elif isinstance(operation, operations.RunPython | operations.RunSQL) and migration.atomic:
        yield "holds what it touches until the whole migration ends; use atomic = False and small steps"


def _added(field: models.Field[Any, Any]) -> Iterator[str]:
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        yield "the version that still runs writes rows without it; give it null=True or a db_default"
    if field.unique or field.db_index:
        yield "nobody can write while its index is built; add it without, and the index meanwhile"


def slow_sql(migration: Migration, state: ProjectState, connection: Any) -> list[str]:
    """What is slow in the SQL of a migration on PostgreSQL, on tables that it does not itself make."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    made: set[str] = set()
    found = []
    for statement in editor.collected_sql:
        created = re.match(r'CREATE TABLE "(\w+)"', statement)
        if created:
            made.add(created[1])
            continue
        table = re.search(r'(?:ALTER TABLE|\bON) "(\w+)"', statement)
        if table and table[1] in made:
            continue
        found += [f"{statement}: {why}" for sql, why in SLOW_SQL.items() if re.search(sql, statement)]
    return found
