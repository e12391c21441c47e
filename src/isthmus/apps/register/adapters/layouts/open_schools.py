"""Open schools of England in June 2024: one row a school, each column with a date of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from isthmus.apps.register.adapters import values
from isthmus.apps.register.adapters.layouts.base import Context, Layout, attempt, columns, read_urn
from isthmus.apps.register.adapters.layouts.establishments import (
    census_source,
    file_source,
    limited,
    phase,
    status,
)
from isthmus.apps.register.adapters.records import (
    OS_ATTRIBUTION,
    Authority,
    Group,
    Record,
    SchoolRecord,
    SourceInfo,
)

LIST = SourceInfo(
    "schools-20240617",
    "Open schools in England, Department for Education's register",
    date(2024, 6, 17),
    date(2024, 6, 17),
    attribution=OS_ATTRIBUTION,
)
CENSUS = SourceInfo("census-20230119", "School census", date(2023, 1, 19), date(2024, 6, 17))
TABLES_2019 = SourceInfo(
    "tables-2019",
    "Performance tables 2018/19",
    date(2019, 8, 31),
    date(2020, 3, 31),
    attribution=OS_ATTRIBUTION,
)
TABLES_2025 = SourceInfo(
    "tables-2025",
    "Performance tables 2024/25",
    date(2025, 8, 31),
    date(2025, 10, 31),
    attribution=OS_ATTRIBUTION,
)
POSTCODES_2017 = SourceInfo(
    "postcodes-2017",
    "Postcodes placed on the map, to about 100 m",
    date(2017, 12, 31),
    date(2017, 12, 31),
    attribution=OS_ATTRIBUTION,
)
GIAS_2022 = file_source(date(2022, 4, 20))
GIAS_2022_CENSUS = census_source(date(2022, 4, 20), date(2021, 1, 21))

POSITIONS = {
    "Code-Point Open 2018/19 table postcode": (TABLES_2019, "Middle of the postcode (Code-Point Open)"),
    "Code-Point Open KS4 2024/25 address": (TABLES_2025, "Middle of the postcode (Code-Point Open)"),
    "GIAS 2022-04-20": (GIAS_2022, "Get Information about Schools"),
    "postcode geocoded 2017, about 100 m": (POSTCODES_2017, "Middle of the postcode, to about 100 m"),
    "doogal lat/long in 2018/19 table": (TABLES_2019, "Middle of the postcode"),
}
TYPE_GROUPS = {
    "Maintained school": "Local authority maintained schools",
    "Academy": "Academies",
    "Special school": "Special schools",
    "Independent school": "Independent schools",
    "College": "Colleges",
}
MEASURED = (
    ("ks2_reading_progress", "ks2_reading_progress_2019", TABLES_2019),
    ("ks2_writing_progress", "ks2_writing_progress_2019", TABLES_2019),
    ("ks2_maths_progress", "ks2_maths_progress_2019", TABLES_2019),
    ("progress8", "progress8_2019", TABLES_2019),
    ("attainment8", "attainment8_2019", TABLES_2019),
    ("sen_percent", "sen_pct_2025", TABLES_2025),
)


class OpenSchools(Layout):
    """The list of open schools that ships with Isthmus."""

    kind = "open-schools"
    title = "the list of open schools of June 2024"
    one_row_per_urn = True
    ends_its_lines = True
    dated_within = True

    def knows(self, names: set[str]) -> bool:
        return {"urn", "name", "la_gss", "coord_source", "school_type_2019"} <= names

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            urn = read_urn(context, row, "urn", cells[at["urn"]])
            if urn is None:
                return
            found = Row(context, row, cells, at)
            found.identity()
            found.place()
            found.pupils()
            found.results()
            yield SchoolRecord(row, urn, found.facts, found.sources)

        return read_row


class Row:
    """One row on its way to facts, each with its source."""

    def __init__(self, context: Context, row: int, cells: list[str], at: dict[str, int]) -> None:
        self.context, self.row, self.cells, self.at = context, row, cells, at
        self.facts: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self.in_2025 = bool(self.cell("sen_pct_2025"))
        self.in_2022 = self.cell("coord_source") == "GIAS 2022-04-20"

    def cell(self, column: str) -> str:
        """The trimmed cell."""
        return values.text(self.cells[self.at[column]])

    def add(self, fact: str, value: Any, source: SourceInfo) -> None:
        """Keep a fact that has a value."""
        if value is not None and value != "":
            self.facts[fact] = value
            self.sources[fact] = self.context.source(source)

    def read(self, column: str, how: Callable[[str], Any]) -> Any:
        """The cell as a value, or None after noting what is wrong."""
        return attempt(self.context, self.row, column, self.cell(column), how)

    def tables(self) -> SourceInfo:
        """The newest source that can have given the columns whose source the file does not tell."""
        if self.in_2025:
            return TABLES_2025
        return GIAS_2022 if self.in_2022 else TABLES_2019

    def identity(self) -> None:
        """Name, authority, phase, gender, state, faith, type, trust."""
        self.add("name", self.read("name", limited(200)), LIST)
        if not self.cell("name"):
            self.context.wrong(self.row, "name", "", "give the name of the school")
        self.add("authority", Authority(self.cell("la_gss"), "", self.cell("la_name")), LIST)
        self.add("phase", self.read("phase", phase), LIST)
        self.add("gender", self.read("gender", limited(20)), LIST)
        self.add("status", self.read("status", status), LIST)
        self.add("religious_character", self.read("religious_character", limited(80)), self.tables())
        self.add("type_group", TYPE_GROUPS.get(self.cell("school_type_2019")), TABLES_2019)
        if self.cell("trust_uid_2025"):
            group = Group("trust", self.cell("trust_uid_2025"), self.cell("trust_name_2025"))
            self.add("trust", group, TABLES_2025)

    def place(self) -> None:
        """Postcode and grid reference."""
        source, words = POSITIONS.get(self.cell("coord_source"), (self.tables(), self.cell("coord_source")))
        # Where the point is from the register, the postcode still is from the older tables.
        self.add("postcode", values.postcode(self.cell("postcode")), TABLES_2019 if self.in_2022 else source)
        easting, northing = self.read("easting", values.whole), self.read("northing", values.whole)
        if easting and northing:
            self.add("position", (easting, northing, words), source)

    def pupils(self) -> None:
        """Pupils, and the share eligible for free school meals."""
        source = TABLES_2025 if self.in_2025 else GIAS_2022_CENSUS
        self.add("pupils", self.read("number_of_pupils", values.whole), source)
        self.add("fsm_percent", self.read("percentage_fsm", values.percentage), CENSUS)

    def results(self) -> None:
        """Published results, with the letters that stand for a number kept as they are."""
        for measure, column, source in MEASURED:
            cell = self.cell(column)
            value = cell.lower() if values.is_code(cell) else self.read(column, values.number)
            self.add(f"measure:{measure}", value, source)
        self.add("measure:inspection_grade", self.cell("ofsted_2019"), TABLES_2019)
        inspected = self.read("ofsted_date_2019", values.day)
        self.add("measure:inspection_date", inspected.isoformat() if inspected else None, TABLES_2019)
