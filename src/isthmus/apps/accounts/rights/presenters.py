"""Requests, legal holds and leaving schools as pages show them."""

from __future__ import annotations

from django.urls import reverse

from isthmus.apps.accounts.privacy.queries import all_kept
from isthmus.apps.accounts.rights.access import saves_it_themselves
from isthmus.apps.accounts.rights.models import (
    Bundle,
    Leaving,
    LegalHold,
    RequestState,
    Right,
    SubjectRequest,
)
from isthmus.apps.core import directory, personal
from isthmus.apps.core.components import Action, Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words, today
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.models import JobState
from isthmus.apps.core.numbers import count, whole
from isthmus.apps.core.stories import tell

TAGS = {
    RequestState.OPEN: "blue",
    RequestState.DONE: "green",
    RequestState.REFUSED: "orange",
    RequestState.WITHDRAWN: "grey",
}
LEAVING_TAGS = {Leaving.State.WAITING: "blue", Leaving.State.STOPPED: "grey", Leaving.State.PURGED: "green"}
NOBODY = "erased"
"""What stands where a name was before an erasure."""

tell(
    {
        "rights.ask": "asked",
        "rights.record": "recorded the request and checked who asks",
        "rights.extend": "took two months more",
        "rights.withdraw": "took the request back",
        "rights.complete": "answered: done",
        "rights.refuse": "answered: not done",
        "rights.put_right": "put it right",
        "rights.restrict": "restricted the use",
        "rights.lift_restriction": "ended the restriction",
        "rights.erase": "erased everything",
        "rights.replay": "erased again what a restored database did not know to be erased",
        "rights.copy": "had a copy made",
        "rights.copy_ready": "finished the copy",
        "rights.copy_failed": "could not make the copy",
        "rights.copy_saved": "saved the copy",
        "rights.copy_gone": "deleted the copy, whose days were over",
        "hold.place": "placed the legal hold",
        "hold.lift": "lifted the legal hold",
        "leaving.begin": "said that the school leaves",
        "leaving.stop": "said that the school stays after all",
        "leaving.purge": "removed what was kept of the school",
    }
)


def _state(asked: SubjectRequest) -> Cell:
    if asked.is_open and asked.due_on < today():
        return Cell("Late", tag="red")
    return Cell(str(asked.get_state_display()), tag=TAGS[RequestState(asked.state)])


def requests_table(page: Listing[SubjectRequest]) -> Table:
    """Requests that somebody deals with."""
    columns = [
        page.column("Reference"),
        page.column("Who", "name"),
        page.column("What", "what"),
        page.column("Received", "received"),
        page.column("Answer due", "due"),
        page.column("State"),
    ]
    rows = [
        (
            Cell(asked.reference, url=reverse("accounts:rights_request", args=[asked.pk])),
            asked.name or NOBODY,
            str(asked.get_right_display()),
            in_words(asked.received_on),
            in_words(asked.due_on),
            _state(asked),
        )
        for asked in page.page
    ]
    return Table(count(page.total, "request"), columns, rows)


HEADER = ("Reference", "Who", "What", "How it came", "Received", "Answer due", "State", "Answered")


def request_rows(requests: list[SubjectRequest]) -> list[Row]:
    """Requests for a spreadsheet; dates as 2026-03-01."""
    return [
        (
            asked.reference,
            asked.name or NOBODY,
            str(asked.get_right_display()),
            str(asked.get_came_display()),
            asked.received_on.isoformat(),
            asked.due_on.isoformat(),
            str(asked.get_state_display()),
            asked.closed_at.date().isoformat() if asked.closed_at else None,
        )
        for asked in requests
    ]


def own_table(requests: list[SubjectRequest]) -> Table:
    """What somebody asked about their own data."""
    columns = [Column("Reference"), Column("What"), Column("Asked"), Column("Answer due"), Column("State")]
    rows = [
        (
            Cell(asked.reference, url=reverse("accounts:own_request", args=[asked.pk])),
            str(asked.get_right_display()),
            in_words(asked.received_on),
            in_words(asked.due_on),
            _state(asked),
        )
        for asked in requests
    ]
    return Table("What you asked", columns, rows)


def classes_table() -> Table:
    """What is kept about people here, why and for how long."""
    columns = [Column("What"), Column("Why"), Column("How long")]
    rows = [
        (kept.data.title, kept.data.purpose, f"{whole(kept.days)} days after {kept.data.keep.since}")
        for kept in all_kept()
    ]
    return Table("What Isthmus keeps about people", columns, rows, caption_hidden=True)


def request_facts(asked: SubjectRequest, *, own: bool) -> list[Fact]:
    """One request, for the subject or for who deals with it."""
    facts = [
        Fact("Reference", asked.reference),
        Fact("What is asked", str(asked.get_right_display())),
        Fact("Received", in_words(asked.received_on)),
        Fact("Answer due", in_words(asked.due_on), note=asked.extension_reason),
        Fact("Who answers", directory.name(asked.scope)),
        Fact("State", str(_state(asked).text)),
    ]
    if asked.text:
        facts.append(Fact("In their words" if not own else "Your words", asked.text))
    if not own:
        facts[1:1] = [Fact("Who", asked.name or NOBODY), Fact("E-mail address", asked.email or NOBODY)]
        facts.append(Fact("How it came", str(asked.get_came_display())))
        facts.append(Fact("Who they are was checked", _identity(asked)))
    if asked.closed_at:
        facts.append(Fact("Answered", moment_in_words(asked.closed_at)))
    if asked.answer:
        facts.append(Fact("The answer", asked.answer))
    return facts


def _identity(asked: SubjectRequest) -> str:
    if not asked.identity_how:
        return "by signing in"
    who = asked.identity_by.name if asked.identity_by else "somebody who left"
    return f"{asked.identity_how} ({who})"


def copy_state(bundle: Bundle | None) -> str:
    """How far a copy is, in words."""
    if bundle is None:
        return "none"
    if bundle.is_ready:
        return f"ready; it is deleted after {in_words(bundle.keep_until)}"
    job = bundle.job
    if job is not None and job.state == JobState.RUNNING:
        return f"being made: {job.percent}%"
    return "waits to be made, usually for less than a minute"


def next_steps(asked: SubjectRequest, bundle: Bundle | None) -> list[Action]:
    """What who deals with an open request may do next, the usual thing first."""
    if not asked.is_open:
        return []

    def step(label: str, name: str) -> Action:
        return Action(label, reverse(f"accounts:{name}", args=[asked.pk]))

    steps = {
        Right.RECTIFY: [step("Put it right", "rights_put_right")],
        Right.RESTRICT: [step("Restrict the use", "rights_restrict")],
        Right.ERASE: [step("Erase everything", "rights_erase")],
    }.get(Right(asked.right), [])
    sent = asked.right == Right.COPY and bundle is not None and bundle.is_ready
    decide = asked.right == Right.OBJECT or (sent and not saves_it_themselves(asked))
    steps = [*steps, step("Answer" if decide else "Answer that it is not done", "rights_answer")]
    return steps if asked.extension_reason else [*steps, step("Take more time", "rights_extend")]


def holds_table(page: Listing[LegalHold]) -> Table:
    """Legal holds."""
    rows = list(page.page)
    names = directory.names(hold.scope for hold in rows)
    columns = [
        page.column("On"),
        page.column("Where"),
        page.column("Why"),
        page.column("Since", "since"),
        page.column("Until", "until"),
        page.column("State"),
    ]
    body = [
        (
            Cell(held_thing(hold), url=reverse("accounts:hold", args=[hold.pk])),
            names[hold.scope],
            hold.reason,
            in_words(hold.placed_at),
            in_words(hold.until) if hold.until else "no end",
            _hold_state(hold),
        )
        for hold in rows
    ]
    return Table(count(page.total, "legal hold"), columns, body)


def _hold_state(hold: LegalHold) -> Cell:
    if hold.lifted_at:
        return Cell("Lifted", tag="grey")
    if hold.until and hold.until < today():
        return Cell("Over", tag="grey")
    return Cell("In force", tag="blue")


def held_thing(hold: LegalHold) -> str:
    """What a hold is on."""
    data = personal.find(hold.data_class)
    return f"All of: {data.title}" if data else hold.email or hold.data_class


def hold_facts(hold: LegalHold) -> list[Fact]:
    """One legal hold."""
    return [
        Fact("On", held_thing(hold)),
        Fact("Where", directory.name(hold.scope)),
        Fact("Why", hold.reason),
        Fact("Placed", in_words(hold.placed_at)),
        Fact("Placed by", hold.placed_by.name if hold.placed_by else None),
        Fact("Last day", in_words(hold.until) if hold.until else "no end"),
        Fact("State", str(_hold_state(hold).text)),
    ]


def leavings_table(page: Listing[Leaving]) -> Table:
    """Schools that leave or left."""
    rows = list(page.page)
    names = directory.names(leaves.scope for leaves in rows)
    columns = [
        page.column("School"),
        page.column("Said", "said"),
        page.column("Removal from"),
        page.column("State"),
    ]
    body = [
        (
            Cell(names[leaves.scope], url=reverse("accounts:leaving", args=[leaves.pk])),
            in_words(leaves.asked_at),
            in_words(leaves.purge_from),
            Cell(str(leaves.get_state_display()), tag=LEAVING_TAGS[Leaving.State(leaves.state)]),
        )
        for leaves in rows
    ]
    return Table(count(page.total, "school"), columns, body)


def leaving_facts(leaves: Leaving, bundle: Bundle | None) -> list[Fact]:
    """One school that leaves."""
    facts = [
        Fact("School", directory.name(leaves.scope)),
        Fact("Said by", leaves.asked_by.name if leaves.asked_by else None),
        Fact("Said", in_words(leaves.asked_at)),
        Fact("State", str(leaves.get_state_display())),
    ]
    if leaves.is_waiting:
        facts.append(Fact("May be removed from", in_words(leaves.purge_from)))
        facts.append(Fact("Why", leaves.reason))
        facts.append(Fact("Copy", copy_state(bundle)))
    else:
        facts.append(Fact("Ended", moment_in_words(leaves.ended_at)))
    return facts


def certificate(leaves: Leaving) -> Table:
    """What was removed of a school, and what is kept and why."""
    columns = [
        Column("What"),
        Column("Removed", numeric=True),
        Column("Kept", numeric=True),
        Column("Why kept"),
    ]
    rows = [
        (str(title), whole(int(str(removed))), whole(int(str(kept))), str(why) or "nothing is kept")
        for title, removed, kept, why in leaves.certificate
    ]
    return Table("Certificate of removal", columns, rows)
