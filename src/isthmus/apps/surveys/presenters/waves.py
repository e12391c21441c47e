"""Waves as those see them who run them or whose area, network or school they ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from isthmus.apps.core import directory
from isthmus.apps.core.components import Cell, Fact, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.numbers import count
from isthmus.apps.core.scopes import Scope
from isthmus.apps.surveys.adapters.disclosing import while_open
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveSchool, WaveState, Who

SORTS = {
    "newest": Sort("Newest", ("-made_at",)),
    "name": Sort("Questionnaire", ("name",)),
    "until": Sort("Open until", ("until", "name")),
    "schools": Sort("Schools asked", ("asked_schools", "name")),
}
SCHOOL_SORTS = {
    "school": Sort("School", ("organisation__sort_name", "organisation__name")),
    "group": Sort("Counted in", ("group", "organisation__sort_name")),
}
HEADER = ("Questionnaire", "For", "Instrument", "Kind", "State", "Open until", "Results", "Schools asked")
KINDS = {kind: str(kind.label).partition(":")[0] for kind in WaveKind}
NAMED = (WaveKind.ATTRIBUTED, WaveKind.IN_ROOM)
"""Kinds of which those who run a wave may know how many answered, exactly."""
Row = tuple[str | int | None, ...]


def state(wave: Wave) -> tuple[str, str]:
    """How far a wave has come, with the colour of its tag."""
    if wave.state == WaveState.OPEN and wave.past_last_day:
        return "Last day over", "orange"
    colours = {
        WaveState.DRAFT: "grey",
        WaveState.OPEN: "green",
        WaveState.CLOSING: "orange",
        WaveState.CLOSED: "blue",
    }
    return str(WaveState(wave.state).label), colours[WaveState(wave.state)]


def _counted(wave: Wave) -> int:
    row: Any = wave  # `asked_schools` comes from the query
    number: int = row.asked_schools
    return number


def waves_table(page: Listing[Wave]) -> Table:
    """The waves that a person sees."""
    names = directory.names(wave.scope for wave in page.page)
    columns = [
        page.column("Questionnaire", "name"), page.column("For"), page.column("Kind"), page.column("State"),
        page.column("Open until", "until"), page.column("Schools asked", "schools", numeric=True),
    ]  # fmt: skip
    rows = []
    for wave in page.page:
        label, colour = state(wave)
        rows.append(
            (
                *(Cell(wave.name, url=reverse("surveys:wave", args=[wave.pk])), names[wave.scope]),
                *(KINDS[WaveKind(wave.kind)], Cell(label, tag=colour), in_words(wave.until), _counted(wave)),
            )
        )
    return Table(count(page.total, "questionnaire"), columns, rows)


def waves_file(rows: Sequence[Wave]) -> list[Row]:
    """The same for a file, with days as 2026-03-31."""
    names = directory.names(wave.scope for wave in rows)
    return [
        (
            *(wave.name, names[wave.scope], str(wave.instrument), KINDS[WaveKind(wave.kind)], state(wave)[0]),
            *(wave.until.isoformat(), wave.results_on.isoformat(), _counted(wave)),
        )
        for wave in rows
    ]


def asked(wave: Wave) -> str:
    """'leaders, staff'."""
    return ", ".join(who for who in Who.values if who in wave.asked)


def facts(
    wave: Wave, name: str, answers: Mapping[int, int], expected: int | None, schools: int
) -> list[Fact]:
    """What is asked, of whom, and how it stands. `expected` people in all, where every school says how many."""
    told = [
        Fact("State", state(wave)[0]),
        Fact("For", name),
        Fact("Questions", str(wave.instrument)),
        Fact("Kind", str(WaveKind(wave.kind).label)),
        Fact(
            "Who is asked",
            f"{asked(wave)} of {count(schools, 'school or organisation', 'schools and organisations')}",
        ),
        Fact("Open until", f"the end of {in_words(wave.until)}"),
        Fact("Results", f"from {in_words(wave.results_on)}"),
    ]
    if wave.kind not in NAMED:
        told.append(Fact("Fewest people behind a figure", str(wave.k)))
    if wave.reader:
        told.append(Fact("Who reads who said what", str(wave.reader)))
    told.append(Fact("Comments", "Asked for" if wave.comments or not wave.anonymous else "Not asked for"))
    if wave.consent:
        told.append(Fact("What people agree to", wave.consent))
    if wave.previous_id and wave.previous:
        told.append(
            Fact("Compared with", wave.previous.name, url=reverse("surveys:wave", args=[wave.previous_id]))
        )
    if wave.state != WaveState.DRAFT:
        words = so_far(wave, sum(answers.values()))
        told.append(
            Fact("Answers", f"{words} of {count(expected, 'person', 'people')}" if expected else words)
        )
    return told


def so_far(wave: Wave, number: int) -> str:
    """How many answered, as far as it may be told: under K not at all, else to the nearest five; with names exactly."""
    if wave.kind in NAMED:
        return f"{number:,}"
    shown = while_open(number, wave.k)
    return f"fewer than {wave.k}" if shown is None else f"about {shown:,}"


def schools_table(
    page: Listing[WaveSchool],
    wave: Wave,
    answers: Mapping[int, int],
    named: Mapping[int, Sequence[Response]] | None,
) -> Table:
    """The organisations that are asked. `named`, for those who look after the wave, adds codes and answers."""
    columns = [page.column("School", "school"), page.column("Counted in", "group")]
    opened, attributed = wave.state != WaveState.DRAFT, wave.kind == WaveKind.ATTRIBUTED
    if named is not None:
        columns.append(page.column("People", numeric=True))
        columns += [] if attributed else [page.column("Code")]
        columns += [page.column("Answered" if attributed else "Answers")] if opened else []
    rows: list[tuple[object, ...]] = []
    for school in page.page:
        row: list[object] = [school.organisation.name, school.group or "No group"]
        if named is not None:
            row.append(school.expected if school.expected is not None else "not said")
            row += [] if attributed else [spaced(school.code)]
            who = _who(named.get(school.pk, ())) if attributed else so_far(wave, answers.get(school.pk, 0))
            row += [who] if opened else []
        rows.append(tuple(row))
    return Table(count(page.total, "school or organisation", "schools and organisations"), columns, rows)


def _who(responses: Sequence[Response]) -> str:
    told = [f"{row.person or row.name or 'Somebody'}, {in_words(row.answered_at)}" for row in responses]
    return "; ".join(told) or "Nobody yet"


def spaced(code: str) -> str:
    """'abcd efgh': a code as people read and type it."""
    return f"{code[:4]} {code[4:]}"


def scopes_in_words(scopes: Sequence[Scope]) -> list[tuple[str, str]]:
    """Scopes as choices, by name; what has the same name is told apart by its kind."""
    names = directory.names(scopes)
    words = [(str(scope), names[scope], scope) for scope in scopes]
    twice = {name for _k, name, _s in words if sum(other == name for _o, other, _t in words) > 1}
    told = [(key, f"{name} ({scope.kind.label})" if name in twice else name) for key, name, scope in words]
    return sorted(told, key=lambda pair: pair[1].casefold())
