"""A plan's document as PDF and as a Word file, and its map as a picture."""

from __future__ import annotations

import base64
import io
from typing import Any

from django.template.loader import render_to_string

from isthmus.apps.networks.models import ProposedNetwork
from isthmus.apps.networks.presenters.documents import Block, Document

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTH, HEIGHT, MARGIN = 1600, 1200, 60
COLOURS = ("#1d70b8", "#00703c", "#d4351c", "#4c2c92", "#b58840", "#28a197", "#912b88", "#505a5f")


class NoPrinter(Exception):
    """The machine lacks the libraries that make a PDF; the text says which."""


def picture(networks: list[ProposedNetwork]) -> bytes:
    """The schools on a white ground as PNG, north up, each with the number of its network beside it."""
    from PIL import Image, ImageDraw, ImageFont

    points = [
        (float(m.organisation.easting), float(m.organisation.northing or 0), network.number)
        for network in networks
        for m in network.members.all()
        if m.organisation.easting is not None
    ]
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    draw.rectangle((0, 0, WIDTH - 1, HEIGHT - 1), outline="#b1b4b6")
    if points:
        west, south = min(p[0] for p in points), min(p[1] for p in points)
        wide = max(max(p[0] for p in points) - west, 1.0)
        high = max(max(p[1] for p in points) - south, 1.0)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        left, top = (WIDTH - scale * wide) / 2, (HEIGHT + scale * high) / 2
        places: dict[int, list[tuple[float, float]]] = {}
        for east, north, number in points:
            places.setdefault(number, []).append(
                (left + (east - west) * scale, top - (north - south) * scale)
            )
        for found in places.values():
            middle = (sum(x for x, _y in found) / len(found), sum(y for _x, y in found) / len(found))
            for place in found:
                draw.line((middle, place), fill="#d0d3d5", width=2)
        for number, found in places.items():
            colour = COLOURS[number % len(COLOURS)]
            for x, y in found:
                draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour, outline="white", width=2)
                draw.text((x + 10, y - 12), str(number), fill="#0b0c0c", font=font)
        _bar(draw, font, scale)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bar(draw: Any, font: Any, scale: float) -> None:
    """How long some kilometres are on the picture."""
    km = next(k for k in (100, 50, 20, 10, 5, 2, 1, 0.5, 0.1) if 1000 * k * scale < WIDTH / 4 or k == 0.1)
    y = HEIGHT - 30
    draw.line((30, y, 30 + 1000 * km * scale, y), fill="#0b0c0c", width=4)
    draw.text((30, y - 32), f"{km:g} km", fill="#0b0c0c", font=font)


def pdf(document: Document, image: bytes) -> bytes:
    """The document as a tagged PDF. Raises `NoPrinter` where Pango is not installed."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise NoPrinter(
            "PDF files need Pango on the server (Debian: libpango-1.0-0, libpangoft2-1.0-0)."
        ) from error
    source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
    html = render_to_string("networks/documents_print.html", {"document": document, "picture": source})
    # A document asks nothing of the network and reads no file of this machine: its picture is within it.
    fetcher = URLFetcher(allowed_protocols=["data"])
    style = CSS(string=render_to_string("networks/documents_print.css"), url_fetcher=fetcher)
    return bytes(
        HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    )


def word(document: Document, image: bytes) -> bytes:
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
        if block.facts or block.table:
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
