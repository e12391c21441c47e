"""The record of a meeting: what was opened, noted and decided, as a page, a PDF and a Word file of one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isthmus.apps.core.components import Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.documents import Block, Document
from isthmus.apps.surveys.adapters import present
from isthmus.apps.surveys.adapters.instruments import Instrument, read
from isthmus.apps.surveys.models import Meeting, Step
from isthmus.apps.surveys.presenters.meetings import SectionShown, overview, shown
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.meetings import attendance, notes_by_section

FICTIONAL = "Fictional: these schools and these answers were invented."
SHARED = (
    "These are answers that people gave in the room, shared by those who were present. They stand in no report "
    "together with answers that staff gave elsewhere."
)


@dataclass(frozen=True)
class Record:
    """All that is kept of a meeting."""

    meeting: Meeting
    instrument: Instrument
    facts: list[Fact]
    table: Table
    sections: list[SectionShown]
    whole: list[str]
    steps: Table
    number: int


def record(meeting: Meeting) -> Record:
    """Put it together from what was kept; figures are those of the moment when each section was opened last."""
    instrument = read(meeting.wave.instrument.text)
    found = present.opened(meeting)
    notes = notes_by_section(meeting)
    steps = list(Step.objects.filter(wave=meeting.wave_id, in_meeting=True).order_by("due", "pk"))
    texts, said = present.texts(present.answers(meeting)), present.room(meeting).texts
    sections = [
        shown(
            found[one.id],
            instrument,
            texts,
            said,
            [s for s in steps if s.section == one.id],
            notes.get(one.id, ()),
        )
        for one in instrument.sections
        if one.id in found
    ]
    whole = [note.text for note in notes.get("", ())]
    for one in instrument.sections:
        if one.id not in found:
            whole += [f"{one.title}: {note.text}" for note in notes.get(one.id, ())]
    return Record(
        meeting, instrument, _facts(meeting), overview(list(found.values()), instrument), sections, whole,
        steps_table(steps, instrument), len(steps),
    )  # fmt: skip


def _facts(meeting: Meeting) -> list[Fact]:
    there = attendance(meeting)
    ended = meeting.ended_at or meeting.wave.closed_at
    return [
        Fact("Began", moment_in_words(meeting.started_at)),
        Fact(
            "Ended",
            moment_in_words(ended) if ended else "It goes on" if meeting.on else "Its last day is over",
        ),
        Fact("Led by", str(meeting.started_by) if meeting.started_by else ""),
        Fact("Questions", str(meeting.wave.instrument)),
        Fact("How it answered", str(meeting.get_way_display())),
        Fact("Joined", f"{there.joined}"),
        Fact("Answers", f"{there.answered}"),
    ]


def steps_table(steps: Sequence[Step], instrument: Instrument) -> Table:
    """What was decided."""
    titles = {one.id: one.title for one in instrument.sections}
    rows = [
        [
            one.what,
            one.who,
            in_words(one.due),
            titles.get(one.section, "The whole"),
            str(one.get_state_display()),
        ]
        for one in steps
    ]
    columns = [Column(label) for label in ("What", "Who", "By when", "About", "State")]
    return Table("Actions", columns, rows, empty="No action was taken.", caption_hidden=True)


def questions_table(one: SectionShown) -> Table:
    """Every question of a section, for a document."""
    rows = [
        [
            item.text,
            item.words or "[z]",
            item.spread_out or "[z]",
            item.room or "[z]",
            " and ".join(item.why) or "[z]",
        ]
        for item in one.items
    ]
    labels = ("Question", "Result", "Answers", "The room as a whole", "Why to look")
    return Table(f"{one.title}: questions", [Column(label) for label in labels], rows)


def document(told: Record) -> Document:
    """The record to read, print or change."""
    wave = told.meeting.wave
    blocks = [
        Block(text=FICTIONAL if is_fictional(wave) else "", facts=told.facts),
        Block(text=SHARED),
        Block(heading="Actions", table=told.steps),
        Block(heading="What was opened", text="" if told.sections else "No section was opened."),
    ]
    blocks += [Block(table=told.table)] if told.sections else []
    for one in told.sections:
        blocks.append(Block(heading=one.title, small=True, text=one.summary, table=one.lines, anchor=one.id))
        blocks.append(Block(table=questions_table(one)))
        blocks += [Block(text=item.text, lines=item.texts) for item in one.items if item.texts]
        blocks += [Block(text="Notes", lines=one.notes)] if one.notes else []
    blocks += [Block(heading="Other notes", lines=told.whole)] if told.whole else []
    return Document(f"Record of the meeting: {wave.name}", wave.asks, tuple(blocks))
