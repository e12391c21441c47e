"""One school's needs and strengths, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table, Task
from isthmus.apps.core.dates import in_words
from isthmus.apps.needs.access import SchoolHere
from isthmus.apps.needs.forms import SHORT
from isthmus.apps.needs.models import NEEDING, Level, Statement, Tie, TieKind
from isthmus.apps.needs.presenters.matrix import ago, is_old, who
from isthmus.apps.register.models import Area, Organisation, Theme


def tasks(
    here: SchoolHere, themes: Sequence[Theme], now: Mapping[int, Statement], day: date, months: int
) -> list[Task]:
    """A line for each theme: where the school stands and when it said so."""
    found = []
    for theme in themes:
        said = now.get(theme.pk)
        url = reverse("needs:theme", args=[here.area.pk, here.school.urn, theme.pk])
        if said is None:
            found.append(Task(theme.name, "Not said yet", url, theme.description))
            continue
        old = is_old(said.said_on, day, months)
        words = f"{SHORT[Level(said.level)]}, {ago(said.said_on, day)}" if old else status(said, day)
        hint = f"{ago(said.said_on, day).capitalize()} by {who(said)}"
        found.append(Task(theme.name, words, url, hint, done=not old))
    return found


def status(said: Statement, day: date) -> str:
    """'Need', 'Need, met'."""
    met = said.level in NEEDING and said.met_on is not None and said.met_on <= day
    return f"{SHORT[Level(said.level)]}, met" if met else SHORT[Level(said.level)]


def summary(themes: Sequence[Theme], now: Mapping[int, Statement], day: date, months: int) -> str:
    """'12 of 17 themes said; 3 said long ago.'"""
    said = [now[theme.pk] for theme in themes if theme.pk in now]
    old = sum(is_old(one.said_on, day, months) for one in said)
    words = f"{len(said)} of {numbers.count(len(themes), 'theme')} said"
    return f"{words}; {old} of them {months} months ago or longer." if old else f"{words}."


def facts(said: Statement, day: date) -> list[Fact]:
    """What holds now, in full."""
    found = [
        Fact("Where the school stands", str(Level(said.level).label)),
        Fact("What exactly", said.note or "Nothing more was said"),
        Fact("Said", f"{in_words(said.said_on)} ({ago(said.said_on, day)}), by {who(said)}"),
    ]
    if said.affected or said.their_words:
        found.insert(2, Fact("Who lives with the need", said.affected or "Not said"))
        found.insert(3, Fact("What they said", said.their_words or "Not said"))
    if said.solution:
        met = f"Met on {in_words(said.met_on)}" if said.met_on else "Under way"
        found.append(Fact("What meets it", [said.solution, met]))
    return found


def history_table(rows: Sequence[Statement]) -> Table:
    """All that was said, newest first."""
    body = [
        [
            in_words(row.said_on),
            SHORT[Level(row.level)],
            row.note or "Nothing more was said",
            f"{row.solution} ({in_words(row.met_on) if row.met_on else 'under way'})"
            if row.solution
            else "–",
            who(row),
        ]
        for row in rows
    ]
    heads = ("When", "Said", "What exactly", "What meets it", "By")
    return Table("What was said over time", [Column(head) for head in heads], body)


def places(areas: Iterable[Area], school: Organisation) -> list[tuple[str, str]]:
    """The pages of a school, one for each area that asks it."""
    return [(area.name, reverse("needs:school", args=[area.pk, school.urn])) for area in areas]


def tie_words(tie: Tie, school: Organisation) -> str:
    """'Pupils move on to Marchport Academy': a tie as one of the two schools sees it."""
    other = tie.second if tie.first_id == school.pk else tie.first
    words = {
        TieKind.FEEDER: f"Pupils move on to {other.name}"
        if tie.first_id == school.pk
        else f"Pupils come from {other.name}",
        TieKind.SHARED_STAFF: f"Shares staff with {other.name}",
        TieKind.JOINT_WORK: f"Works with {other.name} already",
        TieKind.OTHER: f"Tied to {other.name}",
    }[TieKind(tie.kind)]
    return f"{words}: {tie.note}" if tie.note else words


def own_table(rows: Sequence[tuple[Organisation, Sequence[Area]]]) -> Table:
    """A person's own schools, with a link for each area that asks."""
    body = [
        [Cell(f"{school.name}: {area.name}", reverse("needs:school", args=[area.pk, school.urn])), school.urn]
        for school, areas in rows
        for area in areas
    ]
    return Table("Your own schools", [Column("School and who asks"), Column("URN")], body)
