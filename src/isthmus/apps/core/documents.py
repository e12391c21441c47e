"""Documents said once: a page, a PDF and a Word file are all made of the same blocks."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from isthmus.apps.core.components import Fact, Table

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Block:
    """One piece of a document: a heading, a paragraph, facts, a list, a table, or the document's picture.

    `picture` says in words what the picture shows; `anchor` is where links within the document lead.
    """

    heading: str = ""
    text: str = ""
    facts: Sequence[Fact] = ()
    lines: Sequence[str] = ()
    table: Table | None = None
    picture: str = ""
    small: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class Document:
    """A title, a line below it, and the blocks in their order."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]


class NoPrinter(Exception):
    """The machine lacks the libraries that make a PDF; the text says which."""


def pdf(document: Document, image: bytes = b"") -> bytes:
    """The document as a tagged PDF. Raises `NoPrinter` where Pango is not installed."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise NoPrinter(
            "PDF files need Pango on the server (Debian: libpango-1.0-0, libpangoft2-1.0-0)."
        ) from error
    source = f"data:image/png;base64,{base64.b64encode(image).decode()}" if image else ""
    html = render_to_string("core/documents/print.html", {"document": document, "picture": source})
    # A document asks nothing of the network and reads no file of this machine: its picture is within it.
    fetcher = URLFetcher(allowed_protocols=["data"])
    style = CSS(string=render_to_string("core/documents/print.css"), url_fetcher=fetcher)
    return bytes(
        HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    )


def word(document: Document, image: bytes = b"") -> bytes:
    """The document as a Word file with real headings and tables."""
    import docx
    from docx.shared import Cm

    made = docx.Document()
    made.core_properties.title = document.title
    made.core_properties.language = "en-GB"
    made.add_heading(document.title, 0)
    made.add_paragraph(document.subtitle)
    for block in document.blocks:
        if block.heading:
            made.add_heading(block.heading, 2 if block.small else 1)
        if block.picture:
            made.add_picture(io.BytesIO(image), width=Cm(15.5))
        if block.text:
            made.add_paragraph(block.text)
        for line in block.lines:
            made.add_paragraph(line, style="List Bullet")
        if block.table and not block.table.rows:
            made.add_paragraph(block.table.empty)
        elif block.facts or block.table:
            _grid(made, block)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _grid(made: Any, block: Block) -> None:
    from docx.oxml.ns import qn

    rows: list[tuple[str, ...]] = [(f.label, "\n".join(map(str, f.lines))) for f in block.facts]
    if block.table:
        rows = [tuple(column.label for column in block.table.columns)]
        rows += [tuple(str(cell.text) for _column, cell in row) for row in block.table.body]
    grid = made.add_table(rows=len(rows), cols=len(rows[0]))
    grid.style = "Light List" if block.table else "Light Grid"
    if not block.table:  # facts have names at their side and no row of headings
        grid._tbl.tblPr.find(qn("w:tblLook")).set(qn("w:firstRow"), "0")
    for at, row in enumerate(rows):
        cells = grid.rows[at].cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
