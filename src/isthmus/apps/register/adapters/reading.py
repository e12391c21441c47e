"""Open a file somebody gave us, and make sure that it is a whole CSV file before anyone reads a row.

Accepted: CSV in windows-1252 or UTF-8, alone or in a ZIP file. Everything else is refused with a sentence
that says what it is and what to do. Nothing is ever read beyond the limit.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
MOST_MEMBERS = 20
MOST_RATIO = 200
"""A register file packs to a tenth of its size; one that packs two hundred times is an attack or an error."""


class FileRefused(Exception):
    """The file cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Source:
    """A CSV file that has been looked through: its name, how to open it, encoding, lines, last byte."""

    name: str
    path: Path
    member: str
    encoding: str
    lines: int
    size: int
    last: bytes = b"\n"

    def rows(self) -> Iterator[list[str]]:
        """The rows, header first. Raises `FileRefused` where quotes are left open or a cell is too long."""
        with _opened(self.path, self.member) as raw:
            stream = io.TextIOWrapper(raw, encoding=self.encoding, newline="")
            try:
                yield from csv.reader(stream, strict=True)
            except csv.Error as error:
                raise FileRefused(
                    f"{self.name} breaks off or is damaged ({error}). Download it again; nothing was written."
                ) from None


def sources(path: Path, *, limit: int, name: str = "") -> list[Source]:
    """The CSV file (or the CSV files of a ZIP file) at `path`; `limit` is in bytes, unpacked."""
    name = name or path.name
    if not path.is_file():
        raise FileRefused(f"There is no file {name}. Check the name.")
    if path.stat().st_size > limit:
        raise FileRefused(
            f"{name} is larger than {limit // 2**20} MB. Give a smaller file, or raise the limit."
        )
    with path.open("rb") as raw:
        start = raw.read(4096)
    if not start.strip():
        raise FileRefused(f"{name} is empty. Download it again.")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return [_look(path, member, f"{name}: {member}", limit) for member in _members(path, name, limit)]
    return [_look(path, "", name, limit)]


def _members(path: Path, name: str, limit: int) -> list[str]:
    """The CSV members of a ZIP file, after looking at its table of contents only."""
    try:
        with zipfile.ZipFile(path) as packed:
            infos = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise FileRefused(f"{name} is a damaged ZIP file. Download it again.") from None
    names = [info.filename for info in infos]
    if "[Content_Types].xml" in names:
        raise FileRefused(f"{name} is an Excel or Word file. Open it, save it as CSV, and give that file.")
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > limit:
        raise FileRefused(
            f"{name} unpacks to more than is allowed. Unpack it, and give the CSV file you need."
        )
    if any(info.file_size > MOST_RATIO * max(info.compress_size, 1) for info in infos):
        raise FileRefused(f"{name} unpacks to an absurd size. Unpack it, and give the CSV file you need.")
    if any(info.flag_bits & 1 for info in infos):
        raise FileRefused(f"{name} is locked with a password. Unpack it, and give the CSV file.")
    members = [member for member in names if member.lower().endswith(".csv")]
    if not members:
        raise FileRefused(f"{name} holds no CSV file.")
    return members


class _Opened:
    """A binary stream of a file, or of one member of a ZIP file."""

    def __init__(self, path: Path, member: str) -> None:
        self._packed = zipfile.ZipFile(path) if member else None
        self._raw = self._packed.open(member) if self._packed else path.open("rb")

    def __enter__(self) -> BinaryIO:
        return self._raw  # type: ignore[return-value]  # ZipExtFile reads like any binary stream

    def __exit__(self, *_exc: object) -> None:
        self._raw.close()
        if self._packed:
            self._packed.close()


def _opened(path: Path, member: str) -> _Opened:
    return _Opened(path, member)


def _look(path: Path, member: str, name: str, limit: int) -> Source:
    """Read the file once: size, kind, encoding, lines."""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    cp1252 = codecs.getincrementaldecoder("cp1252")()
    size = lines = 0
    last = b""
    bad_cp1252 = bom = False
    try:
        with _opened(path, member) as raw:
            while chunk := raw.read(CHUNK):
                if size == 0:
                    bom = chunk.startswith(codecs.BOM_UTF8)
                    _refuse_by_start(chunk, name)
                size += len(chunk)
                last = chunk[-1:]
                if size > limit:
                    raise FileRefused(f"{name} is larger than {limit // 2**20} MB. Give a smaller file.")
                if b"\0" in chunk:
                    raise FileRefused(f"{name} is not a text file. Download the CSV file again.")
                lines += chunk.count(b"\n")
                try:
                    if utf8:
                        utf8.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = None
                try:
                    cp1252.decode(chunk)
                except UnicodeDecodeError:
                    bad_cp1252 = True
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        raise FileRefused(f"{name} cannot be unpacked: it is damaged. Download it again.") from None
    try:
        if utf8:
            utf8.decode(b"", final=True)
    except UnicodeDecodeError:
        utf8 = None
    if utf8 is None and (bom or bad_cp1252):
        raise FileRefused(
            f"{name} is in an encoding that cannot be read. Save it as CSV in windows-1252 or UTF-8."
        )
    encoding = "utf-8-sig" if utf8 else "cp1252"
    return Source(name=name, path=path, member=member, encoding=encoding, lines=lines, size=size, last=last)


def _refuse_by_start(start: bytes, name: str) -> None:
    """Refuse what is plainly no CSV file, by its first bytes."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(f"{name} is in UTF-16. Save it as CSV in windows-1252 or UTF-8.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(f"{name} is an old Excel file. Open it, save it as CSV, and give that file.")
    if start.startswith((b"%PDF", b"\x1f\x8b", b"Rar!", b"7z")):
        raise FileRefused(f"{name} is not a CSV file. Download the CSV file, and give that.")
    opening = start.lstrip(codecs.BOM_UTF8).lstrip()[:200].lower()
    if opening.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<table")):
        raise FileRefused(f"{name} is a web page saved as CSV: the download did not work. Download it again.")
    if opening.startswith((b"{", b"[")):
        raise FileRefused(f"{name} is JSON, not CSV. Download the CSV file, and give that.")
