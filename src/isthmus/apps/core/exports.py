"""Tables to files that spreadsheets open safely: text stays text, whatever it begins with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
Row = Sequence[Cell]


def safe(cell: Cell) -> Cell:
    """The cell as a CSV may hold it: text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def csv_bytes(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    """A CSV in UTF-8 with the mark that Excel needs to see it is."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(sheets: Sequence[tuple[str, Sequence[str], Iterable[Row]]]) -> bytes:
    """A workbook of sheets (title, header, rows): texts are written as texts, never as formulas or links."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for title, header, rows in sheets:
        sheet = book.add_worksheet(title)
        widths = [len(name) for name in header]
        sheet.write_row(0, 0, header, bold)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write_number(at, column, cell)
                widths[column] = max(widths[column], len(str(cell or "")))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
        sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def download(content: bytes | str, *, name: str, ending: str, content_type: str) -> HttpResponse:
    """An answer that the browser saves as `name`.`ending`."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{slugify(name)[:80] or "export"}.{ending}"'
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def as_csv(name: str, header: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """A CSV to save."""
    return download(csv_bytes(header, rows), name=name, ending="csv", content_type="text/csv; charset=utf-8")


def as_xlsx(name: str, sheets: Sequence[tuple[str, Sequence[str], Iterable[Any]]]) -> HttpResponse:
    """A workbook to save."""
    return download(xlsx_bytes(sheets), name=name, ending="xlsx", content_type=XLSX)
