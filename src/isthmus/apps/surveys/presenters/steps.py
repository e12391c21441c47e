"""Actions in lists and files."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.core.components import Cell, Fact, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.models import Step, StepState

SORTS = {
    "due": Sort("By when", ("due",)),
    "what": Sort("What", ("what",)),
    "who": Sort("Who", ("who",)),
    "state": Sort("State", ("state", "due")),
}
HEADER = (
    "What",
    "Who",
    "By when",
    "Section",
    "Question",
    "Whose",
    "State",
    "Ended on",
    "Why dropped",
    "Taken on",
    "Taken",
)
COLOURS = {StepState.OPEN: "blue", StepState.DONE: "green", StepState.DROPPED: "grey"}


def state(step: Step) -> tuple[str, str]:
    """'Open', 'Overdue', 'Done' or 'Dropped', with the colour of its tag."""
    if step.overdue:
        return "Overdue", "orange"
    return str(StepState(step.state).label), COLOURS[StepState(step.state)]


def matter(step: Step, instrument: Instrument) -> tuple[str, str]:
    """The section and the question that it answers, in words; empty for the whole."""
    section = next((one.title for one in instrument.sections if one.id == step.section), "")
    item = next((one.text for one in instrument.items if one.id == step.item), "")
    return section, item


def whose(step: Step) -> str:
    """'Of all who may read the report', or whose own it is."""
    return step.organisation.name if step.organisation else "All who may read the report"


def table(page: Listing[Step], instrument: Instrument) -> Table:
    """A row an action."""
    columns = [
        page.column("What", "what"), page.column("Who", "who"), page.column("By when", "due"), page.column("About"),
        page.column("Whose"), page.column("State", "state"),
    ]  # fmt: skip
    rows = [
        [
            Cell(one.what, url=reverse("surveys:action", args=[one.wave_id, one.pk])),
            *(one.who, in_words(one.due), matter(one, instrument)[0] or "The whole", whose(one)),
            Cell(state(one)[0], tag=state(one)[1]),
        ]
        for one in page.page
    ]
    return Table(count(page.total, "action"), columns, rows)


def file_rows(steps: Sequence[Step], instrument: Instrument) -> list[tuple[str, ...]]:
    """The same for a file, with days as 2026-03-31."""
    return [
        (
            *(one.what, one.who, one.due.isoformat(), *matter(one, instrument), whose(one), state(one)[0]),
            *(
                one.ended_at.date().isoformat() if one.ended_at else "",
                one.why,
                one.made_at.date().isoformat(),
            ),
            "in the meeting" if one.in_meeting else "from the report",
        )
        for one in steps
    ]


def facts(step: Step, instrument: Instrument) -> list[Fact]:
    """One action."""
    section, item = matter(step, instrument)
    told = [
        Fact(
            "Who", step.who, note=f"Waits for {step.responsible} when it is due" if step.responsible else ""
        ),
        Fact("By when", in_words(step.due)),
        Fact("About", [part for part in (section, item) if part] or "The whole"),
        Fact("Whose", whose(step)),
        Fact("Taken", f"{in_words(step.made_at)}{', in the meeting' if step.in_meeting else ''}"),
    ]
    if step.ended_at:
        word = "Done" if step.state == StepState.DONE else "Dropped"
        told.append(Fact(word, in_words(step.ended_at), note=step.why))
    return told
