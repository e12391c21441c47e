"""Slides: nothing is lost, nothing runs over the edge."""

from __future__ import annotations

import io

import pptx

from isthmus.apps.core.components import Column, Table
from isthmus.apps.core.slides import HIGH, Bars, Deck, Slide, slides

LONG = "A sentence that is rather long, so that it needs more than one line of its column. " * 2


def opened(*shown: Slide) -> pptx.presentation.Presentation:
    return pptx.Presentation(io.BytesIO(slides(Deck("A title", "Below\nit", shown, "The foot"))))


def test_long_tables_and_lists_go_on_on_further_slides() -> None:
    table = Table(
        "T", [Column("A"), Column("B")], [[f"row {n}", LONG if n % 2 else "short"] for n in range(40)]
    )
    lines = [f"line {n}" for n in range(19)]
    deck = opened(Slide("Table", "Why", table=table), Slide("List", lines=lines))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == "A title"
    assert titles[1].startswith("Table (1 of ")
    assert titles[-3:] == ["List (1 of 3)", "List (2 of 3)", "List (3 of 3)"]
    grids = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(grids) > 2
    assert all(grid.cell(0, 0).text == "A" for grid in grids)
    assert [row.cells[0].text for grid in grids for row in list(grid.rows)[1:]] == [
        f"row {n}" for n in range(40)
    ]
    said = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert [line for text in said for line in text.splitlines() if "line" in line] == [
        f"• {one}" for one in lines
    ]
    assert said.count("The foot") == len(deck.slides)
    assert said.count("Why") == 1, "the text stands on the first alone"
    bottom = max(s.top + s.height for slide in deck.slides for s in slide.shapes)
    assert bottom / 360_000 <= HIGH


def test_a_chart_can_be_changed_and_is_told_in_words() -> None:
    bars = Bars(["One", "Two"], [("Here", [3.5, None]), ("There", [2.0, 4.5])], 1, 5, "Two means")
    deck = opened(Slide("Chart", bars=bars))
    shape = next(s for s in deck.slides[1].shapes if s.has_chart)
    assert [tuple(s.values) for s in shape.chart.plots[0].series] == [(3.5, None), (2.0, 4.5)]
    assert list(shape.chart.plots[0].categories) == ["One", "Two"]
    assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == "Two means"
    assert (shape.chart.value_axis.minimum_scale, shape.chart.value_axis.maximum_scale) == (1, 5)
