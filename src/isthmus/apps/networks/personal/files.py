"""Personal data of networks that exist: who gave a spreadsheet. Networks and memberships tell of schools alone."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.networks.models import MembershipImport

NAMELESS = "a spreadsheet"
FILES = Made(MembershipImport, also={"file_name": NAMELESS})


def _of(subject: Subject) -> Iterator[Part]:
    found = list(FILES.of(subject))
    names = personal.redacted([row.file_name for row in found], subject)
    rows = [
        (in_words(row.created_at), name, str(row.get_state_display()))
        for row, name in zip(found, names, strict=True)
    ]
    yield Part("Spreadsheets of memberships that you gave", ("Given", "File", "State"), rows)


personal.declare(
    PersonalData(
        key="membership-files",
        title="Spreadsheets of memberships that were given",
        subjects="Officers who give spreadsheets of who is in which network",
        what="Who gave which spreadsheet and when, and what it was called. Of the file itself nothing is kept but "
        "what it says of schools, and that only until it is applied or put aside",
        purpose="To ask whoever gave a spreadsheet about it",
        basis=Basis.PUBLIC_TASK,
        recipients="People who look after the networks of the area",
        source="The person themselves",
        columns={"networks.MembershipImport": ("by", "file_name")},
        keep=Keep(
            days=366,
            since="the spreadsheet was given",
            least=30,
            most=2192,
            why="To look into what it changed during a school year",
        ),
        dispose=FILES.dispose,
        of=_of,
        erase=lambda subject: Erased(FILES.erase(subject)),
    )
)
_OF_SCHOOLS = "rows and findings about schools: layer, network, URN, part, days and reasons"
personal.not_personal("networks.MembershipImport", _OF_SCHOOLS, "rows", "report")
personal.not_personal("networks.MembershipImport", "a checksum or a state", "digest", "state")
personal.not_personal("networks.Layer", "a title of a way of grouping schools", "name", "kind")
_NETWORK = "what a network of schools is and is for; the form asks for no person"
personal.not_personal(
    "networks.Network",
    _NETWORK,
    *("name", "form", "purpose", "driver", "initiative", "depth", "state"),
)
personal.not_personal(
    "networks.Membership", "the part that a school plays and why", "role", "why_joined", "why_left"
)
personal.not_personal("networks.SubGroup", _NETWORK, "name", "purpose")
