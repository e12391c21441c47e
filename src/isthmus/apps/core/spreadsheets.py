"""Read a small spreadsheet that somebody gave us, CSV or Excel, whole and within limits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | float | date | None
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 150 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_EMPTY = 500
"""Excel keeps the size of a sheet that once was long: after this many empty rows the rest is taken for empty."""


class SpreadsheetRefused(Exception):
    """The file cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name (empty for CSV) and its rows, each with the number that the spreadsheet program shows."""

    name: str
    rows: Sequence[tuple[int, Sequence[Value]]]


def read(content: bytes, name: str) -> list[Sheet]:
    """The sheets of a file. Raises `SpreadsheetRefused` for what is too large, damaged or no spreadsheet."""
    if len(content) > MOST_BYTES:
        raise SpreadsheetRefused(f"{name} is larger than {MOST_BYTES // 2**20} MB. Give a smaller file.")
    if not content.strip():
        raise SpreadsheetRefused(f"{name} is empty. Choose another file.")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetRefused(
            f"{name} is an old Excel file or has a password. Save it as .xlsx or CSV without one, and give that."
        )
    return [Sheet("", _numbered(_csv(content, name), name))]


def _workbook(content: bytes, name: str) -> list[Sheet]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            infos = packed.infolist()
        if "xl/workbook.xml" not in {info.filename for info in infos}:
            raise SpreadsheetRefused(f"{name} is no Excel workbook. Save it as .xlsx or CSV, and give that.")
        if sum(info.file_size for info in infos) > MOST_UNPACKED or len(infos) > 500:
            raise SpreadsheetRefused(
                f"{name} unpacks to more than is allowed. Save it as CSV, and give that."
            )
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return [
            Sheet(sheet.title, _numbered(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), name))
            for sheet in book.worksheets
        ]
    except SpreadsheetRefused:
        raise
    except (
        Exception
    ) as error:  # a workbook can be broken in any way there is, and each is the same to its owner
        raise SpreadsheetRefused(
            f"{name} is damaged and cannot be read. Open it, save it again as .xlsx or CSV, and give that."
        ) from error


def _csv(content: bytes, name: str) -> Iterable[Sequence[str]]:
    if b"\0" in content:
        raise SpreadsheetRefused(f"{name} is no text file. Save it as .xlsx or CSV, and give that.")
    if (
        content.lstrip(b"\xef\xbb\xbf \r\n\t")[:200]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml", b"%pdf"))
    ):
        raise SpreadsheetRefused(
            f"{name} is a web page or a document, no spreadsheet. Save it as .xlsx or CSV."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise SpreadsheetRefused(f"{name} breaks off or is damaged ({error}). Save it again.") from None


def _numbered(rows: Iterable[Sequence[object]], name: str) -> list[tuple[int, Sequence[Value]]]:
    """The rows that hold something, each with its number."""
    found: list[tuple[int, Sequence[Value]]] = []
    empty = 0
    for number, cells in enumerate(rows, start=1):
        values = [_value(cell) for cell in cells[:MOST_COLUMNS]]
        if all(value is None for value in values):
            empty += 1
            if empty > MOST_EMPTY:
                break
            continue
        empty = 0
        if len(found) > MOST_ROWS:
            raise SpreadsheetRefused(
                f"{name} has more than {MOST_ROWS:,} rows. Split it, and give the parts."
            )
        found.append((number, values))
    return found


def _value(cell: object) -> Value:
    """Texts without surplus space and control characters; a moment becomes its day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, str):
        return " ".join("".join(c if c.isprintable() else " " for c in cell).split()) or None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, int | float | date) else None
