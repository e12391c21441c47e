"""Files of figures by URN: performance tables and school census, to their published column names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from isthmus.apps.register.adapters import values
from isthmus.apps.register.adapters.layouts.base import Context, Layout, attempt, columns, read_urn
from isthmus.apps.register.adapters.records import Record, SchoolRecord, SourceInfo

# Column (in lower case) of the performance tables, of their census file, and of the school-level census tables.
KNOWN: dict[str, tuple[str, Callable[[str], Any]]] = {
    "nor": ("pupils", values.whole),
    "headcount of pupils": ("pupils", values.whole),
    "% of pupils known to be eligible for free school meals": ("fsm_percent", values.percentage),
    "pnumfsm": ("fsm_percent", values.percentage),
    "pnumfsmever": ("measure:fsm6_percent", values.percentage),
    "readprog": ("measure:ks2_reading_progress", values.number),
    "writprog": ("measure:ks2_writing_progress", values.number),
    "matprog": ("measure:ks2_maths_progress", values.number),
    "ptrwm_exp": ("measure:ks2_expected_percent", values.percentage),
    "read_average": ("measure:ks2_reading_score", values.number),
    "mat_average": ("measure:ks2_maths_score", values.number),
    "p8mea": ("measure:progress8", values.number),
    "att8scr": ("measure:attainment8", values.number),
    "psenelse": ("measure:ehc_percent", values.percentage),
    "psenelk": ("measure:sen_support_percent", values.percentage),
    "pnumeal": ("measure:eal_percent", values.percentage),
    "ptfsm6cla1a": ("measure:disadvantaged_percent", values.percentage),
}
URN_COLUMNS = ("URN", "urn", "school_urn", "School URN")
SCHOOL_ROWS = ("", "1", "2")
"""RECTYPE of a mainstream and of a special school; other rows are totals of areas."""


class Measures(Layout):
    """Figures by URN."""

    kind = "measures"
    title = "figures by URN (performance tables, school census, school meals)"
    one_row_per_urn = True

    def knows(self, names: set[str]) -> bool:
        return any(name in names for name in URN_COLUMNS) and any(name.casefold() in KNOWN for name in names)

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)
        urn_column = next(name for name in URN_COLUMNS if name in at)
        wanted = [(name, at[name], *KNOWN[name.casefold()]) for name in at if name.casefold() in KNOWN]
        record_type = at.get("RECTYPE")
        source = context.source(
            SourceInfo(
                f"figures-{context.date:%Y%m%d}",
                f"Published figures ({context.file[:80]})",
                context.date,
                context.date,
            )
        )

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            urn_cell = values.text(cells[at[urn_column]])
            total = record_type is not None and cells[record_type].strip() not in SCHOOL_ROWS
            if total or not urn_cell or urn_cell.casefold() in ("nat", "z"):
                context.left_out += 1
                return
            urn = read_urn(context, row, urn_column, urn_cell)
            facts: dict[str, Any] = {}
            for name, position, fact, read in wanted:
                cell = values.text(cells[position])
                value = cell.lower() if fact.startswith("measure:") and values.is_code(cell) else None
                value = attempt(context, row, name, cell, read) if value is None else value
                if value is not None:
                    facts[fact] = value
            if urn:
                yield SchoolRecord(row, urn, facts, dict.fromkeys(facts, source), must_exist=True)

        return read_row
