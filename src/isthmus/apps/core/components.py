"""What presenters hand to the component tags: plain values, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isthmus.apps.core.numbers import NOT_AVAILABLE


@dataclass(frozen=True)
class Action:
    """A link beside something: `label` reads on its own when `about` follows it ("Change" + "the name")."""

    label: str
    url: str
    about: str = ""


@dataclass(frozen=True)
class Fact:
    """A row of a summary list. `value` is text, or a list of texts for one line each; `note` says date and source."""

    label: str
    value: object
    note: str = ""
    url: str = ""
    actions: Sequence[Action] = ()

    @property
    def lines(self) -> list[object]:
        """The value as lines, 'not available' where there is none."""
        if self.value is None or self.value in ("", [], ()):
            return [NOT_AVAILABLE]
        return list(self.value) if isinstance(self.value, (list, tuple)) else [self.value]


@dataclass(frozen=True)
class Column:
    """A column of a table. `sorted` is '', 'ascending' or 'descending'; `sort_url` asks for the other order."""

    label: str
    numeric: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text, with a link, a coloured tag or a button that shows something on the map. `about` is what
    the link is about, for those who hear it without its row."""

    text: object
    url: str = ""
    tag: str = ""
    map_show: str = ""
    about: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a caption. The first cell of a row is its header. Cells are texts, numbers or `Cell`.

    Raises ValueError where a row has not one cell for each column.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    empty: str = ""
    caption_hidden: bool = False

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Row {number} of {self.caption!r} has {len(row)} cells for {len(self.columns)} columns"
                )

    @property
    def body(self) -> list[list[tuple[Column, Cell]]]:
        """Each row as pairs of column and cell, missing values said in words."""
        return [[(c, _cell(v)) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]


def _cell(value: object) -> Cell:
    cell = value if isinstance(value, Cell) else Cell(value)
    return (
        Cell(NOT_AVAILABLE, cell.url, cell.tag, cell.map_show, cell.about)
        if cell.text in (None, "")
        else cell
    )


@dataclass(frozen=True)
class Task:
    """A line of a task list. `done` shows as plain text, anything else as a tag."""

    label: str
    status: str
    url: str = ""
    hint: str = ""
    done: bool = False


@dataclass(frozen=True)
class MapSource:
    """What a map draws: addresses of GeoJSON on this site, and the page's list that says the same.

    Features of `points` carry `id`, `name`, and where known `url`, `detail`, `network` (a number);
    features of `places` carry `name` and `rank` (1 the largest). `list_id` is the id of the list's element.
    `draw` is the id of a text area that holds lines drawn on the map, a 'latitude, longitude' a row; `lines` are drawn
    as they are.
    """

    label: str
    points: str
    boundary: str = ""
    places: str = ""
    list_id: str = ""
    draw: str = ""
    lines: str = ""
