"""The journal of erasures: a file outside the database, only ever added to, that outlives a restored backup.

A line holds what `Erasure` holds: an opaque number, the account's number, keyed hashes of addresses. No address, no
name. A line is on the disk before the erasure it tells of is committed, so none is ever missing; should the database
then fail, the line stays, and the erasure that somebody decided is done by the next replay.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac


class JournalBroken(Exception):
    """A line of the journal cannot be read; the text says which and what to do."""


@dataclass(frozen=True)
class Line:
    """One erasure: `what` is 'person' or 'organisation', `subject` its number, `addresses` keyed hashes."""

    id: str
    what: str
    subject: int | None
    addresses: tuple[str, ...]
    at: str


def fingerprint(email: str) -> str:
    """The keyed hash of an address: without the installation's secret key nobody can tell whose it is by guessing."""
    return salted_hmac("isthmus.erasure", email.strip().lower(), algorithm="sha256").hexdigest()


def path() -> Path:
    """Where the journal of this installation is."""
    return Path(settings.ERASURE_JOURNAL)


def append(lines: Iterable[Line], *, to: Path | None = None) -> None:
    """Add lines at the end, and wait until the disk has them. Raises OSError where that fails."""
    text = "".join(json.dumps(asdict(line), separators=(",", ":")) + "\n" for line in lines)
    if not text:
        return
    place = to or path()
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        # A machine that lost power may have left half a line: it stays alone, and is read as what it is.
        if size and os.pread(handle, 1, size - 1) != b"\n":
            text = "\n" + text
        data = text.encode("ascii")
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def read(place: Path | None = None) -> list[Line]:
    """Every line, oldest first, each erasure once; none where there is no file.

    A line that breaks off is left out: what it tells of was never committed. Raises `JournalBroken` for any other.
    """
    place = place or path()
    if not place.exists():
        return []
    found: dict[str, Line] = {}
    for number, text in enumerate(place.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not text.strip() or not text.endswith("}"):
            continue
        try:
            line = _line(json.loads(text))
        except (ValueError, TypeError, KeyError):
            raise JournalBroken(
                f"Line {number} of {place} is no line of the journal of erasures. Put back a copy of the file, or take "
                "the line out, and start again."
            ) from None
        found.setdefault(line.id, line)
    return list(found.values())


def _line(data: dict[str, object]) -> Line:
    addresses, subject, what = data["addresses"], data["subject"], data["what"]
    if not isinstance(addresses, list) or not all(isinstance(one, str) for one in addresses):
        raise ValueError
    if not (subject is None or isinstance(subject, int)) or what not in ("person", "organisation"):
        raise ValueError
    datetime.fromisoformat(str(data["at"]))
    return Line(str(UUID(str(data["id"]))), str(what), subject, tuple(addresses), str(data["at"]))
