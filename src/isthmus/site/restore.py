"""`isthmus restore`: a backup takes the place of the database, made ready first and put in its place in one step.

Until that step the database in use is as it was, whatever happens: what is killed half-way leaves it alone.
"""

from __future__ import annotations

import contextlib
import filecmp
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from isthmus import __version__
from isthmus.apps.accounts.rights.journal import JournalBroken
from isthmus.site import aftermath, archive, databases, migrations
from isthmus.site.archive import DATABASE, Backup, Manifest, Refused
from isthmus.site.backup import files_folder, key_mark, uploaded

Progress = Callable[[int, str], None]
FAULTS = (Refused, OSError, DatabaseError, migrations.TableInUse, JournalBroken)
"""What ends a restore, with words for the operator; nothing was changed then."""


@dataclass
class Restored:
    """What a restore did: whether the record is whole, what is to be known, and where the old state is kept."""

    manifest: Manifest
    whole: bool = True
    notes: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def restore(path: Path, *, replace: bool, progress: Progress) -> Restored:
    """Put a backup in the place of the database and the uploaded files.

    Raises `Refused` or OSError; then the database and the files that were there are as they were.
    """
    progress(1, "Reading the backup")
    with archive.opened(path) as backup, migrations.exclusive():
        done = Restored(backup.manifest)
        _refuse_unfit(backup.manifest)
        if databases.tables() and not replace:
            raise Refused(
                "The database is not empty. To put the backup in its place, add --replace; it is kept aside."
            )
        _alone()
        aftermath.carry_erasures()
        stamp = datetime.now(UTC).strftime("%Y%m%dt%H%M%S")
        with _unpacked(backup, progress) as folder, _staged(folder, backup.manifest) as point:
            with _placed(folder / "files"):
                with databases.pointed_at(**point):
                    _make_ready(backup, done, progress)
                progress(90, "Putting it in its place")
                _alone()
                kept = _switch(point, backup.manifest, stamp)
            done.aside += [kept] if kept else []
            try:
                done.aside += _tidy_files(folder / "files", stamp)
            except OSError as error:  # the restore itself is done
                done.notes.append(f"Uploaded files of before are still among the restored ones ({error}).")
    return done


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise Refused(
            f"The backup is of {manifest.engine}, and ISTHMUS_DATABASE_URL names {connection.vendor}."
        )
    if manifest.schema != databases.schema():
        raise Refused(f"The backup is of the schema {manifest.schema}, and this is {databases.schema()}.")
    # Migrations that were squashed away are still known by what replaces them.
    loader = MigrationLoader(connection)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    known |= {f"{app}.{name}" for m in loader.disk_migrations.values() for app, name in m.replaces}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise Refused(
            f"The backup is of Isthmus {manifest.version}, which is newer than this one ({__version__}; "
            f"unknown here: {', '.join(newer[:5])}). Install that version first."
        )


def _alone() -> None:
    """Raises `Refused` where something else uses the database."""
    if connection.vendor == "postgresql":
        databases.postgres_alone()
    else:
        connection.close()
        databases.sqlite_alone(_file())


def _file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


@contextlib.contextmanager
def _unpacked(backup: Backup, progress: Progress) -> Iterator[Path]:
    """The members in a folder beside the database (SQLite) or in DATA, for their owner only; gone afterwards."""
    beside = Path(settings.DATA) if connection.vendor == "postgresql" else _file().parent
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(".isthmus-restore-*"):
        shutil.rmtree(left)  # of a restore that was killed; we alone hold the lock
    archive.room_for(sum(member.size for member in backup.manifest.members), beside)
    with tempfile.TemporaryDirectory(prefix=".isthmus-restore-", dir=beside) as name:
        for number, member in enumerate(backup.manifest.members):
            progress(5 + 30 * number // len(backup.manifest.members), "Unpacking")
            backup.extract(member, Path(name) / member.name)
        yield Path(name)


@contextlib.contextmanager
def _staged(folder: Path, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The database of the backup beside the one in use: the settings with which a connection finds it."""
    if connection.vendor == "postgresql":
        with databases.postgres_staged(folder / DATABASE, manifest.schema) as schema:
            options = dict(connection.settings_dict["OPTIONS"])
            options["options"] = f"{options.get('options', '')} -c search_path={schema}".strip()
            yield {"OPTIONS": options}
    else:
        yield {"NAME": str(folder / DATABASE)}


def _make_ready(backup: Backup, done: Restored, progress: Progress) -> None:
    """On the staged database: is it what was backed up, then everything that must hold before anybody uses it."""
    manifest = backup.manifest
    if databases.counts() != manifest.counts or databases.applied() != manifest.migrations:
        raise Refused("The restored database is not what the backup says it holds. Use another backup.")
    progress(50, "Bringing it up to this version")
    migrations.apply(lambda percent, words: progress(50, words))
    progress(70, "Checking the record")
    faults = aftermath.check_record(manifest.heads)
    done.whole = not faults
    done.notes += faults
    if manifest.key != key_mark():
        done.notes.append(
            "ISTHMUS_SECRET_KEY is not the one of the backup: authenticator apps must be added again, "
            "and erasures of addresses cannot be found again. Put the old key back if you have it."
        )
    progress(80, "Closing what was open")
    done.notes += aftermath.close_doors(backup)


def _switch(point: dict[str, Any], manifest: Manifest, stamp: str) -> str:
    if connection.vendor == "postgresql":
        return databases.postgres_switch(manifest.schema, stamp)
    connection.close()
    return databases.sqlite_switch(Path(point["NAME"]), _file(), stamp)


@contextlib.contextmanager
def _placed(restored: Path) -> Iterator[None]:
    """Restored files beside those that are there, taken away again if the block fails: the old state keeps its own.

    They come before erasures are done again, so that a file that an erasure removes does not come back after it.
    """
    placed = []
    try:
        for path in _within(restored):
            target = files_folder() / path.relative_to(restored)
            if not target.exists():
                placed.append(target)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        yield
    except BaseException:
        for target in placed:
            target.unlink(missing_ok=True)
        raise


def _tidy_files(restored: Path, stamp: str) -> list[str]:
    """Once the switch is made: other files, and other content under a restored name, go aside. Where, if anywhere."""
    aside = files_folder().with_name(f"files.{databases.ASIDE}{stamp}")
    wanted = {path.relative_to(restored) for path in _within(restored)}
    for path in uploaded():
        name = path.relative_to(files_folder())
        source = restored / name
        if name in wanted and filecmp.cmp(source, path, shallow=False):
            continue
        (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.move(path, aside / name)
        if name in wanted:
            shutil.copy2(source, path)
    return [str(aside)] if aside.exists() else []


def _within(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
