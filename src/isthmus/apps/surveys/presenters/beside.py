"""What leaders said in the room beside what staff said, as a table."""

from __future__ import annotations

from isthmus.apps.core.components import Column, Table
from isthmus.apps.surveys.adapters.beside import Beside
from isthmus.apps.surveys.presenters.report import gap_in_words


def table(found: Beside) -> Table | None:
    """A row a section; None where there is none."""
    if not found.pairs:
        return None
    labels = ("Leaders in the room", "Staff", "Leaders less staff", "Probably between")
    columns = [Column("Section"), *(Column(label, numeric=True) for label in labels), Column("Why not")]
    rows = [
        [
            one.title,
            one.leaders.text,
            one.staff.text,
            gap_in_words(one.difference) if one.difference.value is not None else one.difference.text,
            one.difference.between or "[x]",
            one.why or "[z]",
        ]
        for one in found.pairs
    ]
    return Table("Leaders in the room beside staff", columns, rows)
