"""Files that `isthmus form` reads.

Each reader raises :class:`InputError` with the file, the row and column, and what to do.
"""

from __future__ import annotations

import codecs
from pathlib import Path


class InputError(ValueError):
    """A file that cannot be used as it is. The message says where, what is wrong, and what to do."""


MOST_BYTES = 300_000_000


def read_text(path: Path) -> str:
    """A file's text: UTF-8 (with or without a mark) or, failing that, windows-1252; .gz is unpacked."""
    import gzip
    import zlib

    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as stream:
                raw = stream.read(MOST_BYTES + 1)
        else:
            with path.open("rb") as stream:
                raw = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: the file cannot be read ({error}).") from error
    if len(raw) > MOST_BYTES:
        raise InputError(f"{path}: the file is larger than {MOST_BYTES // 1_000_000} MB.")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
