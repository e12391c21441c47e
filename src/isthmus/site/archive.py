"""The file of a backup: a ZIP whose comment is the SHA-256 of every byte before it. Needs no database and no Django.

The hash finds what was damaged or cut off. It is no signature: whoever can write the file can make another that fits.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files/"
_SEAL = 64
_CHUNK = 1 << 20


class Refused(Exception):
    """Nothing was done, or nothing of it is left. The text says why, and what to do."""


@dataclass(frozen=True)
class Member:
    """One file inside: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself. `engine` is 'sqlite' or 'postgresql'; `key` tells secret keys apart without
    telling them; `heads` are the newest of each chain of the record; `counts` are rows by table."""

    version: str
    made_at: str
    engine: str
    schema: str
    key: str
    migrations: list[str]
    counts: dict[str, int]
    heads: list[dict[str, Any]]
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT


class Writer:
    """Writes a backup to `path`, which must not exist; it is for its owner only. Call `finish` last."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w")
        self.members: list[Member] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_exc: object) -> None:
        with contextlib.suppress(OSError, ValueError):  # a full disk was said already
            self._zip.close()
        with contextlib.suppress(OSError):
            self._file.close()

    def add(self, name: str, source: BinaryIO, *, compress: bool = True) -> None:
        """Add all that `source` gives under `name`."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as inside:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                inside.write(chunk)
        self.members.append(Member(name, size, digest.hexdigest()))

    def finish(self, **facts: Any) -> Manifest:
        """Write the manifest, seal the file, and see it on the disk."""
        manifest = Manifest(**facts, members=self.members)
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        self._zip.comment = b"0" * _SEAL
        self._zip.close()
        self._file.flush()
        digest = _hash(self._file)
        self._file.seek(-_SEAL, os.SEEK_END)
        self._file.write(digest.encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        return manifest


def _hash(file: BinaryIO) -> str:
    """SHA-256 of all but the seal."""
    left = file.seek(0, os.SEEK_END) - _SEAL
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


class Backup:
    """A backup whose seal was checked."""

    def __init__(self, inside: zipfile.ZipFile, manifest: Manifest, digest: str) -> None:
        self._zip, self.manifest, self.digest = inside, manifest, digest

    def extract(self, member: Member, target: Path) -> None:
        """Write one member to `target`, for its owner only. Raises `Refused` where it is not what the manifest says."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            self._copy(member, out)
            out.flush()
            os.fsync(out.fileno())

    def check(self) -> None:
        """Read every member. Raises `Refused`."""
        for member in self.manifest.members:
            self._copy(member, None)

    def _copy(self, member: Member, out: BinaryIO | None) -> None:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(member.name) as inside:
            while chunk := inside.read(_CHUNK):
                size += len(chunk)
                if size > member.size:
                    break
                digest.update(chunk)
                if out is not None:
                    out.write(chunk)
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise Refused(f"{member.name} in the backup is not what its list says. Use another backup.")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Open a backup once its seal fits. Raises `Refused` where it is none, was changed or cut off, or is too new."""
    try:
        with path.open("rb") as file:
            digest = _hash(file)
            file.seek(max(file.seek(0, os.SEEK_END) - _SEAL, 0))
            sealed = file.read()
            if not re.fullmatch(rb"[0-9a-f]{64}", sealed) or not zipfile.is_zipfile(file):
                raise Refused(
                    f"{path} is no whole backup of Isthmus: it is another file, or its end is missing."
                )
            if sealed.decode() != digest:
                raise Refused(f"{path} was changed or damaged since it was made. Use another backup.")
            with zipfile.ZipFile(file) as inside:
                yield Backup(inside, _manifest(inside), digest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as error:
        raise Refused(f"{path} cannot be read as a backup ({error}). Use another.") from error


def _manifest(inside: zipfile.ZipFile) -> Manifest:
    try:
        given = json.loads(inside.read(MANIFEST))
        if int(given["format"]) > FORMAT:
            raise Refused("A newer version of Isthmus made this backup. Install that version first.")
        members = [Member(**member) for member in given.pop("members")]
        manifest = Manifest(**given, members=members)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("The backup has no list of what it holds. Use another.") from error
    names = [member.name for member in manifest.members]
    if sorted([*names, MANIFEST]) != sorted(inside.namelist()) or len(set(names)) != len(names):
        raise Refused("The backup holds other files than its list says. Use another.")
    if names.count(DATABASE) != 1 or not all(name == DATABASE or _harmless(name) for name in names):
        raise Refused("The backup holds a file whose name leads elsewhere. Do not use it.")
    return manifest


def _harmless(name: str) -> bool:
    parts = name.split("/")
    return name.startswith(FILES) and "\\" not in name and not {"", ".", ".."} & set(parts)


def check(path: Path) -> Manifest:
    """Read the whole file and give what it says about itself. Raises `Refused`, or OSError where it cannot be read."""
    with opened(path) as backup:
        backup.check()
        return backup.manifest


def settle(folder: Path) -> None:
    """See the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def room_for(size: int, folder: Path) -> None:
    """Raises `Refused` where less than `size` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise Refused(
            f"{folder} has {free // 2**20:,} MB free; {size // 2**20 + 1:,} MB are needed. Make room first."
        )
