"""What backup and restore need of a database: a snapshot, a staged copy beside it, the switch to that copy.

Nothing of the database in use changes until the switch, which is one step that happens or does not.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DatabaseError, OperationalError

from isthmus.site.archive import Refused, settle

STAGED = "isthmus_restoring"
HELD = "isthmus_held"
ASIDE = "before_restore_"
IN_USE = "Something still uses the database. Stop Isthmus (website, worker, other machines) and try again."


@contextlib.contextmanager
def pointed_at(**changes: Any) -> Iterator[BaseDatabaseWrapper]:
    """Until the block ends, Django's default connection is another one, with these settings changed."""
    kept = connections[DEFAULT_DB_ALIAS]
    fresh = kept.copy()
    fresh.settings_dict.update(changes)
    connections[DEFAULT_DB_ALIAS] = fresh
    try:
        yield fresh
    finally:
        fresh.close()
        connections[DEFAULT_DB_ALIAS] = kept


def tables() -> list[str]:
    """Every table of the database."""
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def counts() -> dict[str, int]:
    """Rows by table."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables():
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            found[table] = int(cursor.fetchone()[0])
    return found


def applied() -> list[str]:
    """The migrations that were done."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def schema() -> str:
    """The schema that holds the tables; empty on SQLite, which has none."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0] or "public")


# SQLite


@contextlib.contextmanager
def sqlite_snapshot(folder: Path) -> Iterator[Path]:
    """A copy as the database is at one moment, whoever writes meanwhile. Raises `Refused` where it is damaged."""
    handle, name = tempfile.mkstemp(prefix=".isthmus-snapshot-", dir=folder)
    os.close(handle)  # made for its owner only; SQLite writes into it
    copy = Path(name)
    try:
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(copy)) as into:
            cast(sqlite3.Connection, connection.connection).backup(into)
            into.execute("PRAGMA journal_mode=DELETE")
            _sound(into)
        yield copy
    except sqlite3.OperationalError as error:
        raise OSError(f"the database could not be copied ({error})") from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)


def _sound(database: sqlite3.Connection) -> None:
    found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    loose = database.execute("PRAGMA foreign_key_check").fetchmany(5)
    if found != ["ok"] or loose:
        raise Refused(f"The database itself is damaged ({'; '.join(found)}; {len(loose)} loose rows).")


def sqlite_alone(path: Path) -> None:
    """Make one file of the database. Raises `Refused` where somebody else has it open."""
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(path, timeout=2)) as database:
        try:
            mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise Refused(IN_USE) from error
        if mode != "delete":
            raise Refused(IN_USE)


def sqlite_switch(staged: Path, current: Path, stamp: str) -> str:
    """Put `staged` in the place of `current`, which is kept aside; where, in words (nothing where there was none)."""
    sqlite_alone(staged)
    sqlite_alone(current)
    with staged.open("rb") as file:
        os.fsync(file.fileno())
    aside = current.with_name(f"{current.name}.{ASIDE}{stamp}")
    kept = current.exists()
    if kept:
        os.link(current, aside)
    staged.replace(current)
    with contextlib.suppress(
        OSError
    ):  # it is in its place; only a loss of power in this moment would undo it
        settle(current.parent)
    return str(aside) if kept else ""


# PostgreSQL


def tool(name: str) -> str:
    """The path of a program of PostgreSQL. Raises `Refused`."""
    found = shutil.which(name)
    if found is None:
        raise Refused(f"{name} is not installed. Install PostgreSQL's client programs: postgresql-client")
    return found


def _call(program: str, *options: str) -> tuple[list[str], dict[str, str]]:
    """A command with the address of the database; the password goes by the environment, which nobody else can read."""
    client = cast(Any, connection).client
    arguments, environment = client.settings_to_cmd_args_env(connection.settings_dict, [])
    return [tool(program), *options, *arguments[1:-1], "-d", arguments[-1]], {
        **os.environ,
        **(environment or {}),
    }


@contextlib.contextmanager
def postgres_snapshot() -> Iterator[str]:
    """A moment of the database to which reads and `postgres_dump` keep, whoever writes meanwhile."""
    with pointed_at(CONN_MAX_AGE=0), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


@contextlib.contextmanager
def postgres_dump(snapshot: str) -> Iterator[BinaryIO]:
    """What pg_dump writes of that moment. Raises `Refused` with its own words where it fails."""
    command, environment = _call(
        "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--schema={schema()}",
        "--no-owner", "--no-privileges", "--lock-wait-timeout=60s",
    )  # fmt: skip
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as process,  # noqa: S603 - our own command
    ):
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield cast(BinaryIO, process.stdout)
        except BaseException:
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            raise Refused(f"pg_dump failed: {said.read(2000).decode(errors='replace').strip()}")


def postgres_alone() -> None:
    """Raises `Refused` where another process stays connected as the same role; one that just left is waited for."""
    for _ in range(30):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
                "AND pid <> pg_backend_pid()"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise Refused(IN_USE)


@contextlib.contextmanager
def postgres_staged(dump: Path, within: str) -> Iterator[str]:
    """The dump's tables in a schema of their own beside `within`, which is dropped if it is still there at the end."""
    forget = f'DROP SCHEMA IF EXISTS "{STAGED}" CASCADE'
    with connection.cursor() as cursor:
        cursor.execute(forget)
    try:
        _load(dump, within)
        yield STAGED
    finally:
        with connection.cursor() as cursor:
            cursor.execute(forget)


def _load(dump: Path, within: str) -> None:
    """One transaction: the schema in use steps aside, the dump takes its name, and both are renamed before it ends.

    The script has its COMMIT as its very last line: where this process is killed, psql meets the end without one.
    """
    before = f'BEGIN;\nALTER SCHEMA "{within}" RENAME TO "{HELD}";\nCREATE SCHEMA "{within}";\n'
    after = (
        f'\nALTER SCHEMA "{within}" RENAME TO "{STAGED}";\n'
        f'ALTER SCHEMA "{HELD}" RENAME TO "{within}";\nCOMMIT;\n'
    )
    command, environment = _call("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull)
    read = [
        tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error",
        f"--schema={within}", "--file=-", str(dump),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=said)  # noqa: S603 - our own
        reader = subprocess.Popen(read, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - our own command
        assert psql.stdin is not None  # noqa: S101 - it is a pipe
        assert reader.stdout is not None  # noqa: S101 - it is a pipe
        try:
            psql.stdin.write(before.encode())
            shutil.copyfileobj(reader.stdout, psql.stdin, 1 << 20)
            if reader.wait() == 0:
                psql.stdin.write(after.encode())
            psql.stdin.close()
        except BrokenPipeError:
            pass  # psql has said why
        except BaseException:
            psql.kill()
            raise
        finally:
            reader.stdout.close()
            failed = [reader.wait(), psql.wait()]
        if any(failed):
            said.seek(0)
            words = said.read(2000).decode(errors="replace").strip()
            raise Refused(f"PostgreSQL did not take the backup: {words}")


def postgres_switch(within: str, stamp: str) -> str:
    """The staged schema takes the place of the one in use, which is kept aside; where, in words."""
    name = f"{ASIDE}{stamp.lower()}"
    held = [f'"{within}".{connection.ops.quote_name(table)}' for table in tables()]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            if held:
                cursor.execute(f"LOCK TABLE {', '.join(held)} IN ACCESS EXCLUSIVE MODE")
                cursor.execute(f'ALTER SCHEMA "{within}" RENAME TO "{name}"')
            else:
                cursor.execute(f'DROP SCHEMA "{within}" CASCADE')
            cursor.execute(f'ALTER SCHEMA "{STAGED}" RENAME TO "{within}"')
    except OperationalError as error:
        raise Refused(IN_USE) from error
    except DatabaseError as error:
        raise Refused(
            f"The schema {within} cannot be replaced ({error}). Its owner must be this role."
        ) from error
    return f"the schema {name}" if held else ""


def kept_aside() -> list[str]:
    """Databases that restores have put aside and nobody has removed yet."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY 1", [f"{ASIDE}%"])
            return [f"the schema {row[0]}" for row in cursor.fetchall()]
    path = Path(str(connection.settings_dict["NAME"]))
    return sorted(str(found) for found in path.parent.glob(f"{path.name}.{ASIDE}*"))
