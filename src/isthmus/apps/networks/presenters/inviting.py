"""Shared drafts and comments, in words."""

from __future__ import annotations

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.stories import tell
from isthmus.apps.networks.models import PlanComment, PlanShare

tell(
    {
        "plan.share": "shared the draft with somebody",
        "plan.stop_sharing": "took a link to the draft back",
        "plan.open_share": "noted that somebody opened the shared draft",
        "plan.comment": "kept a comment on it",
    }
)


def state(share: PlanShare) -> tuple[str, str]:
    """What became of a link, and the colour of its tag."""
    if share.revoked_at is not None:
        return "Taken back", "grey"
    if not share.works:
        return "Expired", "grey"
    return ("Opened", "green") if share.opened_at else ("Not opened yet", "blue")


def shares_table(page: Listing[PlanShare]) -> Table:
    """With whom a draft is shared."""
    columns = [
        page.column("Name", "name"),
        page.column("E-mail address", "email"),
        page.column("State"),
        page.column("Works until", "until"),
        page.column("Comments", numeric=True),
    ]
    rows = []
    for share in page.page:
        label, colour = state(share)
        said = numbers.whole(getattr(share, "said", 0))
        rows.append((share.name, share.email, Cell(label, tag=colour), in_words(share.expires_at), said))
    return Table(numbers.count(page.total, "person", "people"), columns, rows)


def comment_lines(comments: list[PlanComment]) -> list[tuple[str, str, str]]:
    """Each comment: who and when, about what, and the text."""
    return [
        (
            f"{said.name}, {moment_in_words(said.at)}",
            (said.about or "The whole draft") + (f", version {said.version}" if said.version else ""),
            said.text,
        )
        for said in comments
    ]
