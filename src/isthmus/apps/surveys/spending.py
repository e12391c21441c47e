"""Which single-use links were used and are not marked yet: hashes of tokens, in memory, and nothing else.

The list is a file in a folder that lies in memory (`ISTHMUS_MEMORY`), shared by all processes of a machine: no disk,
no log of a database and no backup ever holds it. It is written whole and in the order of the hashes, so it shows no
order of answers. The worker marks from it in batches (`marking`). When the machine restarts it is gone: then links
whose answers are not marked yet could be used again, and no answer is lost.

While an answer is being written its link is claimed, with the second at which that began, so that a claim whose process
was killed ends; when the answer is kept the second is removed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

TOO_LONG = 60.0
"""Seconds after which somebody who writes an answer is taken for dead."""
PATIENCE, PAUSE = 10.0, 0.05
TICK = 0.001
"""How finely times are written."""
_LINE = re.compile(r"([0-9a-f]{64})(?: ([0-9]+\.[0-9]+))?")
Marks = dict[str, float | None]


def place() -> Path:
    """The file of this database. Its name says nothing but which database it belongs to."""
    of = f"{settings.DATA}\n{connection.settings_dict['NAME']}\n{connection.settings_dict['HOST']}"
    return Path(settings.MEMORY) / f"isthmus-{hashlib.sha256(of.encode()).hexdigest()[:16]}.links"


@contextmanager
def _held() -> Iterator[Marks]:
    """The list, alone; what the block leaves in it is written."""
    file = os.open(place(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = (
            _LINE.fullmatch(line) for line in os.pread(file, os.fstat(file).st_size, 0).decode().split("\n")
        )
        marks: Marks = {one[1]: float(one[2]) if one[2] else None for one in found if one}
        before = dict(marks)
        yield marks
        if marks != before:
            lines = (f"{mark} {since:.3f}" if since else mark for mark, since in sorted(marks.items()))
            content = "".join(f"{line}\n" for line in lines).encode()
            os.pwrite(file, content, 0)
            os.ftruncate(file, len(content))
    finally:
        os.close(file)


def claim(mark: str) -> bool:
    """Whether the link is the caller's to use now; then `used` or `release` follows. Somebody who uses the same link at
    this moment is waited for."""
    end = time.monotonic() + PATIENCE
    while True:
        with _held() as marks:
            since = marks.get(mark, -TOO_LONG)
            if since is not None and not 0 <= time.monotonic() - since < TOO_LONG:
                marks[mark] = (
                    time.monotonic() - TICK
                )  # never rounded to a time to come, which would end it at once
                return True
        if since is None or time.monotonic() > end:
            return False
        time.sleep(PAUSE)


def used(mark: str) -> None:
    """Its answer is kept."""
    with _held() as marks:
        marks[mark] = None


def release(mark: str) -> None:
    """Nothing was kept: the link can be used."""
    with _held() as marks:
        marks.pop(mark, None)


def waiting() -> list[str]:
    """The links whose answers are kept and that are not marked."""
    with _held() as marks:
        return [mark for mark, since in marks.items() if since is None]


def forget(gone: Iterable[str]) -> None:
    """These are marked, or of a wave that is over."""
    with _held() as marks:
        for mark in gone:
            marks.pop(mark, None)
