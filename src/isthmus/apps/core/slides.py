"""Slides with real titles, tables and charts that can be changed in any program that opens them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isthmus.apps.core.components import Table

SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WIDE, HIGH, EDGE = 33.867, 19.05, 1.6
"""Of a slide, in centimetres."""
MOST_LINES, MOST_LETTERS = 8, 640
LETTER, LINE, PADDING = 0.23, 0.55, 0.3
"""Of the letters of a table: width, height of a line, and what stands around them in a cell, in centimetres."""
COLOURS = ("1D70B8", "F47738", "00703C")
INK = "0B0C0C"


@dataclass(frozen=True)
class Bars:
    """A bar chart: a category a row, a value of each series (None where there is none), on a scale from `low` to
    `high`. `words` says what it shows, for those who do not see it."""

    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Slide:
    """A title, and below it text, lines, and one of a table or a chart. What is too long goes on on further slides."""

    title: str
    text: str = ""
    lines: Sequence[str] = ()
    table: Table | None = None
    bars: Bars | None = None


@dataclass(frozen=True)
class Deck:
    """A title slide with a line below, then slides; `foot` stands below each."""

    title: str
    subtitle: str
    slides: Sequence[Slide]
    foot: str = ""


def slides(deck: Deck) -> bytes:
    """The deck as a PowerPoint file (pptx), 16 by 9."""
    import pptx
    from pptx.util import Cm

    made = pptx.Presentation()
    made.slide_width, made.slide_height = Cm(WIDE), Cm(HIGH)
    made.core_properties.title, made.core_properties.language = deck.title, "en-GB"
    made.core_properties.author = "Isthmus"
    _first(made, deck)
    for slide in deck.slides:
        for part in _parts(slide):
            _add(made, part, deck.foot)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _parts(slide: Slide) -> list[Slide]:
    """The slide, split where it holds more than can be read."""
    groups: list[list[str]] = [[]]
    for line in slide.lines:
        if len(groups[-1]) >= MOST_LINES or sum(map(len, groups[-1])) + len(line) > MOST_LETTERS:
            groups.append([])
        groups[-1].append(line)
    if slide.table is not None and slide.table.rows:
        found = [
            Slide(slide.title, "" if at else slide.text, table=part)
            for at, part in enumerate(_pages(slide.table, HIGH - 5 - _tall(slide.text)))
        ]
    else:
        found = [Slide(slide.title, slide.text, groups[0], slide.table, slide.bars)]
        found += [Slide(slide.title, lines=lines) for lines in groups[1:]]
    number = len(found)
    return found if number == 1 else [
        Slide(f"{one.title} ({at} of {number})", one.text, one.lines, one.table, one.bars)
        for at, one in enumerate(found, 1)
    ]  # fmt: skip


def _tall(text: str) -> float:
    return 0.85 * (1 + len(text) // 105) + 0.3 if text else 0.0


def _texts(table: Table) -> list[list[str]]:
    head = [column.label for column in table.columns]
    return [head, *([str(cell.text) for _column, cell in row] for row in table.body)]


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Of columns, in centimetres: by their longest text, as far as that is sensible."""
    weights = [max(min(len(row[at]), 40) for row in rows) + 4 for at in range(len(rows[0]))]
    return [(WIDE - 2 * EDGE) * weight / sum(weights) for weight in weights]


def _pages(table: Table, room: float) -> list[Table]:
    """The table in parts that fit into so many centimetres of height."""
    texts = _texts(table)
    widths = _widths(texts)
    heights = [
        LINE
        * max(
            1 + int(len(text) * LETTER / (width - PADDING)) for text, width in zip(row, widths, strict=True)
        )
        + PADDING
        for row in texts
    ]
    parts: list[list[Sequence[object]]] = [[]]
    used = heights[0]
    for row, height in zip(table.rows, heights[1:], strict=True):
        if parts[-1] and used + height > room:
            parts.append([])
            used = heights[0]
        parts[-1].append(row)
        used += height
    return [Table(table.caption, table.columns, rows) for rows in parts]


def _first(made: Any, deck: Deck) -> None:
    from pptx.util import Cm

    slide = made.slides.add_slide(made.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Cm(EDGE), Cm(5), Cm(WIDE - 2 * EDGE), Cm(4)
    _write(title.text_frame, [deck.title], size=40, bold=True)
    box = slide.shapes.add_textbox(Cm(EDGE), Cm(9.5), Cm(WIDE - 2 * EDGE), Cm(4))
    _write(box.text_frame, [line for line in deck.subtitle.split("\n") if line], size=20)
    _foot(slide, deck.foot)


def _add(made: Any, part: Slide, foot: str) -> None:
    from pptx.util import Cm

    slide = made.slides.add_slide(made.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Cm(EDGE), Cm(0.7), Cm(WIDE - 2 * EDGE), Cm(2)
    _write(title.text_frame, [part.title], size=28, bold=True)
    top, wide = 2.9, WIDE - 2 * EDGE
    if part.text:
        box = slide.shapes.add_textbox(Cm(EDGE), Cm(top), Cm(wide), Cm(_tall(part.text)))
        _write(box.text_frame, [part.text], size=16)
        top += _tall(part.text)
    if part.lines:
        box = slide.shapes.add_textbox(Cm(EDGE), Cm(top), Cm(wide), Cm(HIGH - top - 1.5))
        _write(box.text_frame, [f"• {line}" for line in part.lines], size=18)
    elif part.bars is not None:
        _chart(slide, part.bars, top)
    elif part.table is not None:
        _grid(slide, part.table, top)
    _foot(slide, foot)


def _foot(slide: Any, foot: str) -> None:
    from pptx.util import Cm

    if foot:
        box = slide.shapes.add_textbox(Cm(EDGE), Cm(HIGH - 1.3), Cm(WIDE - 2 * EDGE), Cm(0.9))
        _write(box.text_frame, [foot], size=12)


def _write(frame: Any, texts: Sequence[str], *, size: int, bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    for at, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(6)
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(INK)


def _chart(slide: Any, bars: Bars, top: float) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Cm, Pt

    data = CategoryChartData(number_format="0.0")
    data.categories = list(bars.categories)
    for name, values in bars.series:
        data.add_series(name, list(values))
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, Cm(EDGE), Cm(top), Cm(WIDE - 2 * EDGE), Cm(HIGH - top - 1.5), data
    )
    frame.name, chart = "Chart", frame.chart
    frame._element.nvGraphicFramePr.cNvPr.set("descr", bars.words)
    chart.font.size = Pt(12)
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.category_axis.reverse_order = True
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = bars.low, bars.high
    chart.value_axis.major_unit = 1
    for series, colour in zip(chart.plots[0].series, COLOURS, strict=False):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(colour)
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0.0", False
    plot.data_labels.font.size = Pt(11)


def _grid(slide: Any, table: Table, top: float) -> None:
    from pptx.util import Cm, Pt

    rows = _texts(table)
    wide = WIDE - 2 * EDGE
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Cm(EDGE), Cm(top), Cm(wide), Cm(0.8 * len(rows)))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    grid = shape.table
    for column, width in zip(grid.columns, _widths(rows), strict=True):
        column.width = Cm(width)
    for at, row in enumerate(rows):
        for place, text in enumerate(row):
            cell = grid.cell(at, place)
            cell.text = text
            for paragraph in cell.text_frame.paragraphs:
                for run in paragraph.runs:
                    run.font.size, run.font.bold = Pt(12), at == 0
