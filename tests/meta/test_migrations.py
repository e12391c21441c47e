"""No migration stops a website in use or breaks the version that still runs, unless named here with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from isthmus.apps.core.migrating import AddIndexMeanwhile, RemoveIndexMeanwhile
from tests.meta.migration_dangers import dangers, slow_sql

FIRST = "made before the first release, when no installation held data"
# Each with the reason why it may. How to do without: docs/developers.md, 'Change a table'.
ALLOWED = {
    "accounts.0002_people": FIRST,
    "core.0002_ledger": FIRST,
    "core.0003_ledger_payloads": FIRST,
    "core.0004_ledger_detail": FIRST,
    "core.0007_mail_choices_changed": FIRST,
    "networks.0003_plans_and_rules": FIRST,
    "register.0002_waiting_imports": FIRST,
    "register.0003_quick_late_pages": FIRST,
    "register.0004_uploads_once": FIRST,
    "register.0005_areas_of_every_kind": FIRST,
}
OURS = ("core", "accounts", "register", "networks")
HELP = "Make it in two steps (docs/developers.md, 'Change a table'), or name it in ALLOWED with a reason."


def ours() -> dict[str, Any]:
    loader = MigrationLoader(None)
    found = {f"{app}.{name}": m for (app, name), m in loader.disk_migrations.items()}
    return {name: m for name, m in found.items() if m.__module__.startswith("isthmus.")}


def test_no_migration_is_dangerous_without_a_reason() -> None:
    found = {name: dangers(migration) for name, migration in ours().items()}
    assert {app.split(".")[0] for app in found} >= set(OURS)
    assert {n: why for n, why in found.items() if why and n not in ALLOWED} == {}, HELP


def test_no_reason_is_given_for_nothing() -> None:
    known = ours()
    assert [name for name in ALLOWED if name not in known] == []
    if connection.vendor != "postgresql":  # there a reason may be for what its SQL does
        return
    loader = MigrationLoader(None)
    useless = [name for name in ALLOWED if not dangers(known[name]) and not slow(loader, name)]
    assert useless == []


def slow(loader: MigrationLoader, name: str) -> list[str]:
    """What is slow in the SQL of one migration; the state before it is that of everything it stands on."""
    app, _, number = name.partition(".")
    migration = loader.graph.nodes[app, number]
    return slow_sql(migration, loader.project_state((app, number), at_end=False), connection)


@pytest.mark.django_db
def test_no_sql_of_a_migration_holds_a_table_without_a_reason() -> None:
    if connection.vendor != "postgresql":
        return  # asked on PostgreSQL, by the same test in its own stage
    loader = MigrationLoader(None)
    found = {name: slow(loader, name) for name in ours() if name not in ALLOWED}
    assert {name: why for name, why in found.items() if why} == {}, HELP


class Planted(migrations.Migration):
    """A migration with one operation on a table that was there before."""


def planted(operation: Any, *, atomic: bool = True) -> list[str]:
    made = Planted("planted", "core")
    made.operations, made.atomic = [operation], atomic
    return dangers(made)


INDEX = models.Index(fields=["name"], name="planted")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("job", "must", models.CharField(max_length=3, default="")),
        migrations.AddField("job", "found", models.CharField(max_length=3, null=True, db_index=True)),
        migrations.AddField("job", "other", models.ForeignKey("core.Job", models.CASCADE, null=True)),
        migrations.RemoveField("job", "title"),
        migrations.RenameField("job", "title", "name"),
        migrations.RenameModel("Job", "Work"),
        migrations.AlterModelTable("Job", "work"),
        migrations.DeleteModel("Job"),
        migrations.AddIndex("job", INDEX),
        migrations.AddConstraint("job", models.UniqueConstraint(fields=["title"], name="planted_once")),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL("UPDATE core_job SET title = ''"),
        AddIndexMeanwhile("job", INDEX),
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("job", "title")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_each_danger_is_found(operation: Any) -> None:
    assert len(planted(operation)) == 1


@pytest.mark.parametrize(
    ("operation", "atomic"),
    [
        (migrations.AddField("job", "may", models.CharField(max_length=3, null=True)), True),
        (migrations.AddField("job", "must", models.CharField(max_length=3, db_default="")), True),
        (AddIndexMeanwhile("job", INDEX), False),
        (RemoveIndexMeanwhile("job", "planted"), False),
        (migrations.RunPython(migrations.RunPython.noop), False),
        (migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), True),
    ],
)
def test_what_lets_the_website_go_on_is_allowed(operation: Any, atomic: bool) -> None:
    assert planted(operation, atomic=atomic) == []


@pytest.mark.django_db
def test_a_column_that_changes_its_type_is_found_in_the_sql() -> None:
    if connection.vendor != "postgresql":
        return
    made = Planted("planted", "core")
    made.operations = [migrations.AlterField("job", "title", models.TextField(null=True))]
    state = MigrationLoader(None).project_state()
    assert "TYPE" in slow_sql(made, state.clone(), connection)[0]
    made.operations = [migrations.AlterField("message", "person", models.IntegerField(default=0))]
    assert any("SET NOT NULL" in found for found in slow_sql(made, state.clone(), connection))


@pytest.mark.django_db(transaction=True)
def test_an_index_is_added_and_removed_meanwhile_on_either_database() -> None:
    assert issubclass(AddIndexMeanwhile, AddIndexConcurrently)
    state = MigrationLoader(None).project_state()
    index = models.Index(fields=["title"], name="planted_title")
    add, remove = AddIndexMeanwhile("job", index), RemoveIndexMeanwhile("job", "planted_title")
    before, after = state.clone(), state.clone()
    add.state_forwards("core", after)

    def names() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, "core_job"))

    for step, there in ((add.database_forwards, True), (add.database_backwards, False)):
        with connection.schema_editor(atomic=False) as editor:
            step("core", editor, *((before, after) if there else (after, before)))
        assert ("planted_title" in names()) is there
    with connection.schema_editor(atomic=False) as editor:
        add.database_forwards("core", editor, before, after)
    with connection.schema_editor(atomic=False) as editor:
        remove.database_forwards("core", editor, after, before)
    assert "planted_title" not in names()
