"""The register's links file (links_edubasealldataYYYYMMDD.csv): which URN came after which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from isthmus.apps.register.adapters import values
from isthmus.apps.register.adapters.layouts.base import Context, Layout, attempt, columns, read_urn
from isthmus.apps.register.adapters.records import LinkRecord, Record, SourceInfo
from isthmus.apps.register.models import LinkKind

# LinkType tells what LinkURN is to URN. A kind without a direction is told the same from both sides.
BACKWARD = {
    "predecessor": LinkKind.SUCCESSION,
    "predecessor - merged": LinkKind.MERGER,
    "predecessor - amalgamated": LinkKind.AMALGAMATION,
    "predecessor - split school": LinkKind.SPLIT,
}
FORWARD = {name.replace("predecessor", "successor"): kind for name, kind in BACKWARD.items()}
WITHOUT_DIRECTION = {
    "result of amalgamation": LinkKind.JOINED,
    "merged - expansion in school capacity and changer in age range": LinkKind.JOINED,
    "merged - expansion of school capacity": LinkKind.JOINED,
    "merged - change in age range": LinkKind.JOINED,
    "sixth form centre school": LinkKind.SIXTH_FORM,
    "sixth form centre link": LinkKind.SIXTH_FORM,
}
MOST_TELLING = (
    LinkKind.MERGER,
    LinkKind.AMALGAMATION,
    LinkKind.SPLIT,
    LinkKind.SUCCESSION,
    LinkKind.JOINED,
    LinkKind.SIXTH_FORM,
    LinkKind.OTHER,
)
"""Of two rows about one pair, the first of these counts."""


class Links(Layout):
    """Links between establishments, from Get Information about Schools."""

    kind = "links"
    title = "the register's links between establishments"

    def knows(self, names: set[str]) -> bool:
        return {"URN", "LinkURN", "LinkType", "LinkEstablishedDate"} <= names

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)
        source = context.source(
            SourceInfo(
                f"gias-links-{context.date:%Y%m%d}",
                "Get Information about Schools, links",
                context.date,
                context.date,
            )
        )

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            urn = read_urn(context, row, "URN", cells[at["URN"]])
            other = read_urn(context, row, "LinkURN", cells[at["LinkURN"]])
            since = attempt(context, row, "LinkEstablishedDate", cells[at["LinkEstablishedDate"]], values.day)
            if not urn or not other:
                return
            if urn == other:
                context.odd(row, "LinkURN", other, "a school cannot follow itself; the row was left out")
                return
            name = values.text(cells[at["LinkName"]])[:200] if "LinkName" in at else ""
            word = values.text(cells[at["LinkType"]]).casefold()
            if kind := BACKWARD.get(word):
                yield LinkRecord(row, other, urn, kind, since, name, "", source)
            elif kind := FORWARD.get(word):
                yield LinkRecord(row, urn, other, kind, since, "", name, source)
            elif urn < other:
                kind = WITHOUT_DIRECTION.get(word, LinkKind.OTHER)
                yield LinkRecord(row, urn, other, kind, since, "", name, source)
            else:
                kind = WITHOUT_DIRECTION.get(word, LinkKind.OTHER)
                yield LinkRecord(row, other, urn, kind, since, name, "", source)

        return read_row
