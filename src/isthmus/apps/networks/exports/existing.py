"""Who is in what as a spreadsheet: the file that can be changed and brought in again."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.core.exports import Row
from isthmus.apps.networks.adapters.spreadsheet import COLUMNS
from isthmus.apps.networks.models import MemberRole
from isthmus.apps.networks.queries.existing import memberships_for_file
from isthmus.apps.register.models import Area

ORDER = ("layer", "network", "urn", "school", "role", "since", "until", "why_joined", "why_left")
HEADER = tuple(COLUMNS[name] for name in ORDER)
EXAMPLE: tuple[Row, ...] = (
    (
        "Localities",
        "North cluster",
        "123456",
        "Any name, for you",
        "lead",
        "01/09/2023",
        "",
        "Founded it",
        "",
    ),
    ("Localities", "North cluster", "123457", "", "", "2023/24", "31/08/2025", "", "Moved to the east"),
    ("Reading", "Early reading", "123456", "", "member", "", "", "", ""),
)


def file_rows(area: Area) -> Iterator[Row]:
    """Every membership of a school; partners of other kinds have no URN, so their cell is empty."""
    for layer, network, urn, school, role, since, until, joined, left in memberships_for_file(area):
        days = (day.strftime("%d/%m/%Y") if day else "" for day in (since, until))
        yield (layer, network, urn or "", school, MemberRole(role).label.lower(), *days, joined, left)
