"""`isthmus backup`: database and uploaded files in one file, whole or not there at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from isthmus import __version__
from isthmus.apps.core.models import LedgerChain, LedgerHead
from isthmus.site import archive, databases, migrations
from isthmus.site.archive import DATABASE, FILES, Manifest, Refused

NAME = re.compile(r"isthmus-\d{4}-\d{2}-\d{2}T\d{6}Z\.zip")
DRAFT = ".isthmus-backup-"


def files_folder() -> Path:
    """Where uploaded files are kept."""
    return Path(settings.DATA) / "files"


def key_mark() -> str:
    """Tells whether two installations have the same secret key, and nothing else about it."""
    return salted_hmac("isthmus.backup", "key", algorithm="sha256").hexdigest()[:16]


def uploaded() -> list[Path]:
    """The uploaded files. A link is not followed: it may lead out of the folder."""
    found = (path for path in files_folder().rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(found)


def make(target: Path) -> Manifest:
    """Write a backup to `target`, which must not be there yet, and read it back.

    Raises `Refused` where it cannot or must not be made, OSError where it cannot be written; then nothing is left.
    """
    if target.exists():
        raise Refused(f"{target} is there already. Name a file that is not.")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}. Make it first.")
    draft = target.with_name(f"{DRAFT}{os.getpid()}-{target.name}")
    try:
        with migrations.exclusive(), archive.Writer(draft) as out:
            _write(out, target.parent)
        manifest = archive.check(draft)
        os.link(draft, target)  # unlike a rename, it never replaces a file of that name
    except FileExistsError as error:
        raise Refused(f"{target} is there already. Name a file that is not.") from error
    finally:
        draft.unlink(missing_ok=True)
    archive.settle(target.parent)
    return manifest


def _write(out: archive.Writer, folder: Path) -> None:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    if connection.vendor == "postgresql":
        with databases.postgres_snapshot() as snapshot:
            facts = _facts()
            with databases.postgres_dump(snapshot) as dump:
                out.add(DATABASE, dump, compress=False)
    else:
        with databases.sqlite_snapshot(folder) as copy:
            with databases.pointed_at(NAME=str(copy), OPTIONS={}):
                facts = _facts()
            with copy.open("rb") as file:
                out.add(DATABASE, file)
    _add_files(out)
    out.finish(version=__version__, made_at=made_at, engine=connection.vendor, key=key_mark(), **facts)


def _facts() -> dict[str, Any]:
    """What the manifest says of the database that the connection points at."""
    if count := migrations.pending():
        raise Refused(f"The database is not up to date ({count} steps are pending). Run: isthmus migrate")
    return {
        "schema": databases.schema(),
        "migrations": databases.applied(),
        "counts": databases.counts(),
        "heads": [_head(chain) for chain in LedgerChain.objects.order_by("pk") if chain.size],
    }


def _head(chain: LedgerChain) -> dict[str, object]:
    head = LedgerHead.objects.get(chain=chain, size=chain.size)
    return {"chain": str(chain.scope), "size": head.size, "root": head.root, "link": head.link}


def _add_files(out: archive.Writer) -> None:
    for path in uploaded():
        # A file that was tidied away since belongs to no row of a later moment; nobody will look for it.
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            out.add(FILES + path.relative_to(files_folder()).as_posix(), file)


def rotate(folder: Path, keep: int) -> tuple[Path, list[Path]]:
    """Make a backup in `folder` and remove all but the `keep` newest; the new one, and those removed.

    Nothing is removed before the new one was written and read back. Raises `Refused` or OSError.
    """
    if not folder.is_dir():
        raise Refused(f"There is no folder {folder}. Make it first, readable by its owner only.")
    with _alone_in(folder):
        for left in folder.glob(f"{DRAFT}*"):
            left.unlink()  # of a process that was killed: we are alone here
        target = folder / f"isthmus-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
        make(target)
        mine = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
        old = mine[:-keep]
        for path in old:
            path.unlink()
    return target, old


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Refused(f"Another backup is being made in {folder}.") from error
    finally:
        os.close(handle)
