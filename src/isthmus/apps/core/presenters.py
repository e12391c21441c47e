"""Core's own things as pages show them."""

from __future__ import annotations

from django.urls import reverse

from isthmus.apps.core.components import Cell, Table
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.core.numbers import count

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
