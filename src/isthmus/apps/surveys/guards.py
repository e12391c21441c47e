"""The database itself refuses to change who will know what once a wave is open, whoever asks it to.

Triggers on SQLite and on PostgreSQL, put in place after each migration, as those of `core.guards` are. PostgreSQL is
told, too, to keep no samples for its planner of what is removed at the close: those would outlive it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "A wave that was opened keeps its kind, its threshold, its questions and whom it asks"
WAVE, SCHOOL = "surveys_wave", "surveys_waveschool"
UNSAMPLED = {
    "surveys_ballot": ("id", "codes", "comments"),
    "surveys_invited": ("id", "email", "mark", "answered"),
    "surveys_papersheet": ("id", "ballot", "codes", "comments"),
}
KEPT = ("kind", "k", "instrument_id", "asked", "comments", "consent", "reader_id", "scope_kind", "scope_id")
SCHOOL_KEPT = ("wave_id", "organisation_id", "group", "phase", "code")


def _differs(names: tuple[str, ...], different: str) -> str:
    return " OR ".join(f'NEW."{name}" {different} OLD."{name}"' for name in names)


def _wave(different: str) -> str:
    back = (
        "NEW.state = 'draft' OR (OLD.state = 'closing' AND NEW.state = 'open')"
        " OR (OLD.state = 'closed' AND NEW.state <> 'closed')"
    )
    return f"OLD.state <> 'draft' AND ({_differs(KEPT, different)} OR {back})"


def _opened(row: str) -> str:
    words = "EXISTS (SELECT 1 FROM {table} w WHERE w.id = {row}.wave_id AND w.state <> 'draft')"
    return words.format(table=WAVE, row=row)


def _sqlite() -> list[str]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    new = "CREATE TRIGGER IF NOT EXISTS"
    school = _differs(SCHOOL_KEPT, "IS NOT")
    return [
        f"{new} surveys_wave_fixed BEFORE UPDATE ON {WAVE} WHEN {_wave('IS NOT')} {stop}",
        f"{new} surveys_school_fixed BEFORE UPDATE ON {SCHOOL} WHEN {_opened('OLD')} AND ({school}) {stop}",
        f"{new} surveys_school_added BEFORE INSERT ON {SCHOOL} WHEN {_opened('NEW')} {stop}",
    ]


def _postgresql() -> list[str]:
    stop = f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
    function = (
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )
    trigger = (
        "CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW {condition}"
        " EXECUTE FUNCTION {do}()"
    )
    wave, school = _wave("IS DISTINCT FROM"), _differs(SCHOOL_KEPT, "IS DISTINCT FROM")
    return [
        function.format(name="surveys_refuse", body=stop),
        function.format(
            name="surveys_refuse_if_open", body=f"IF {_opened('NEW')} THEN {stop} END IF; RETURN NEW;"
        ),
        trigger.format(
            name="surveys_wave_fixed",
            when="UPDATE",
            table=WAVE,
            condition=f"WHEN ({wave})",
            do="surveys_refuse",
        ),
        trigger.format(
            name="surveys_school_fixed",
            when="UPDATE",
            table=SCHOOL,
            condition=f"WHEN ({school})",
            do="surveys_refuse_if_open",
        ),
        trigger.format(
            name="surveys_school_added",
            when="INSERT",
            table=SCHOOL,
            condition="",
            do="surveys_refuse_if_open",
        ),
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the guards in their place where the tables are; twice does no harm."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if not {WAVE, SCHOOL} <= there:
            return
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            for table, columns in UNSAMPLED.items():
                if table in there:
                    off = ", ".join(f"ALTER COLUMN {column} SET STATISTICS 0" for column in columns)
                    cursor.execute(f"ALTER TABLE {table} {off}")


def after_migration(using: str = "default", **_kwargs: Any) -> None:
    """Called by Django after each migration."""
    from django.db import connections

    install(connections[using])
