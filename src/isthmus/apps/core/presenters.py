"""Core's own things as pages show them."""

from __future__ import annotations

from django.urls import reverse

from isthmus.apps.core import directory
from isthmus.apps.core.components import Action, Cell, Fact, Table
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.models import Job, JobState, LedgerHead
from isthmus.apps.core.numbers import count, whole
from isthmus.apps.core.scopes import INSTALLATION, Scope

TAGS = {
    JobState.QUEUED: "grey",
    JobState.RUNNING: "blue",
    JobState.DONE: "green",
    JobState.CANCELLED: "grey",
    JobState.FAILED: "red",
}


def jobs_table(page: Listing[Job]) -> Table:
    """The long tasks of a list."""
    columns = [page.column("Task", "task"), page.column("State"), page.column("Started", "started")]
    rows = [
        (
            Cell(job.title, url=reverse("core:job", args=[job.pk])),
            Cell(job.get_state_display(), tag=TAGS[JobState(job.state)]),
            moment_in_words(job.created_at),
        )
        for job in page.page
    ]
    return Table(count(page.total, "task"), columns, rows)


def record_name(chain: Scope) -> str:
    """What the record of a chain is called."""
    return "Record of this installation" if chain == INSTALLATION else f"Record of {directory.name(chain)}"


def record_address(chain: Scope) -> str:
    """The page of a chain."""
    return reverse("core:record", args=[chain.kind.value, chain.id])


def head_address(chain: Scope, head: LedgerHead) -> str:
    """The file of a head."""
    return reverse("core:record_head", args=[chain.kind.value, chain.id, head.size])


def head_facts(chain: Scope, head: LedgerHead | None) -> list[Fact]:
    """The newest head of a chain."""
    if head is None:
        return [Fact("Events sealed", "none yet")]
    keep = Action("Save", head_address(chain, head), "this head")
    return [
        Fact("Events sealed", whole(head.size)),
        Fact("Published", moment_in_words(head.at)),
        Fact("Head", f"{head.size}:{head.root}", actions=[keep]),
    ]


def heads_table(chain: Scope, page: Listing[LedgerHead]) -> Table:
    """The heads that were published of a chain."""
    columns = [page.column("Published", "newest"), page.column("Events", numeric=True), page.column("Head")]
    rows = [
        (
            Cell(moment_in_words(head.at), url=head_address(chain, head)),
            whole(head.size),
            f"{head.size}:{head.root}",
        )
        for head in page.page
    ]
    return Table(count(page.total, "published head"), columns, rows)
