"""Where copies lie until they are saved: a folder that only the installation reads, with names that say nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction


def folder() -> Path:
    """The folder of copies, made where it is not there yet."""
    place = Path(settings.DATA) / "copies"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def draft() -> Path:
    """A new, empty file that only the installation's own account can read."""
    place = folder() / f"{secrets.token_hex(16)}.zip"
    os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return place


def stored(name: str) -> Path:
    """The file of a copy."""
    return folder() / Path(name).name


def remove_after_commit(name: str) -> None:
    """Delete a file once the change that no longer needs it is safe."""
    if name:
        transaction.on_commit(lambda: stored(name).unlink(missing_ok=True))
