"""Core's own things as pages show them."""

from __future__ import annotations

from django.urls import reverse

from isthmus.apps.core import directory, health, stories
from isthmus.apps.core.components import Action, Cell, Fact, Table, Task
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.mail import kind_of
from isthmus.apps.core.models import Job, JobState, LedgerEntry, LedgerHead, Message, MessageState
from isthmus.apps.core.numbers import count, whole
from isthmus.apps.core.scopes import INSTALLATION, Scope
from isthmus.apps.core.waiting import Waiting

stories.tell(
    {
        "job.start": "started the task",
        "job.cancel": "stopped the task",
        "mail.choose": "chose how often to get this mail",
        "mail.choose_by_link": "followed the link in a mail that chooses how often it comes",
    }
)
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


def events_address(chain: Scope) -> str:
    """The page of what happened in a chain."""
    return reverse("core:record_events", args=[chain.kind.value, chain.id])


def sealing_warning() -> str:
    """What to say where events wait too long to be sealed; nothing where all is well."""
    since = health.unsealed_since()
    if since is None:
        return ""
    return (
        f"What was recorded on {moment_in_words(since)} and maybe before is not sealed yet. Until it is, nobody can "
        "tell whether it was changed. Whoever runs Isthmus should see that its worker is at work."
    )


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


def events_table(page: Listing[LedgerEntry]) -> Table:
    """What happened, a row an event."""
    entries = list(page.page)
    found = stories.named(entry.event for entry in entries)
    columns = [page.column("When", "newest"), *map(page.column, ("Who", "What", "To what", "More"))]
    rows = []
    for entry in entries:
        event = entry.event
        name, url = found.get((event.target_kind, event.target_id), ("", ""))
        thing = Cell(name, url=url) if name else "no page, or gone"
        _, when, who, what, more = event_row(entry)
        rows.append((when, who, what, thing, more))
    return Table(count(page.total, "event"), columns, rows)


def event_row(entry: LedgerEntry) -> tuple[int, str, str, str, str]:
    """An event as texts: place in the chain, when, who, what, and what changed."""
    event = entry.event
    more = ". ".join(line.removesuffix(".") for line in stories.particulars(event))
    when = moment_in_words(event.at)
    return entry.position, when, stories.who(event), stories.what(event), f"{more}." if more else ""


def waiting_tasks(items: list[Waiting]) -> list[Task]:
    """What waits for somebody, as a task list."""
    return [Task(item.title, item.state, item.url, item.hint) for item in items]


MESSAGE_TAGS = {
    MessageState.WAITING: "blue",
    MessageState.SENDING: "blue",
    MessageState.GATHERED: "blue",
    MessageState.SENT: "green",
    MessageState.FAILED: "orange",
    MessageState.GIVEN_UP: "red",
    MessageState.WITHDRAWN: "grey",
}


def messages_table(page: Listing[Message]) -> Table:
    """Mail of a demonstration."""
    columns = [
        page.column("About"),
        page.column("To", "to"),
        page.column("State"),
        page.column("Written", "newest"),
    ]
    rows = [
        (
            Cell(kind_of(message).subject, url=reverse("demonstration-mail:message", args=[message.pk])),
            message.to,
            Cell(message.get_state_display(), tag=MESSAGE_TAGS[MessageState(message.state)]),
            moment_in_words(message.created_at),
        )
        for message in page.page
    ]
    return Table(count(page.total, "message"), columns, rows)
