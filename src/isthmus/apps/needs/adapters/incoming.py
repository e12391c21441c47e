"""Compare the rows of a spreadsheet with what is known: what would be written, and what cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from isthmus.apps.core.sheet_rows import MOST_KEPT, Problem
from isthmus.apps.needs.adapters.sheets import COLUMNS, Line, day_of
from isthmus.apps.needs.adapters.timeline import SAYS, put
from isthmus.apps.needs.models import (
    NEEDING,
    Competition,
    Source,
    Statement,
    Tie,
    TieKind,
    What,
)
from isthmus.apps.needs.queries import competitions_in_force
from isthmus.apps.needs.queries.statements import in_force, themes_of
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import area_members


@dataclass
class Incoming:
    """What a file would do. `rows` are unsaved or changed rows of one table, to be written."""

    what: What
    headings: Mapping[str, str]
    statements: list[Statement] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    competitions: list[Competition] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, line: Line, name: str, what_to_do: str) -> None:
        """Note a mistake in a cell."""
        column = self.headings.get(name, COLUMNS[self.what][name].label)
        self.problems.append(Problem(line["row"], column, str(line.get(name) or "")[:80], what_to_do))

    def count(self, row: Any, *, differs: bool) -> bool:
        """Count a row as new, changed or as it was; whether it must be written."""
        if row.pk is None:
            self.new += 1
        elif differs:
            self.changed += 1
        else:
            self.unchanged += 1
        return row.pk is None or differs

    def report(self, rows: int) -> dict[str, Any]:
        """What was found, as JSON, with at most `MOST_KEPT` mistakes in full."""
        return {
            "rows": rows,
            "headings": dict(self.headings),
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "problems": [vars(problem) for problem in self.problems[:MOST_KEPT]],
            "problem_count": len(self.problems),
        }


@dataclass(frozen=True)
class Giver:
    """Who gives the file, in which role, and the day it is."""

    person: int | None
    role: str
    today: date


def compare(
    what: What, area: Area, lines: Sequence[Line], headings: Mapping[str, str], giver: Giver
) -> Incoming:
    """Compare rows with what is known of an area: some six queries and one for each 900 schools."""
    found = Incoming(what, headings)
    schools = {
        school.urn: school
        for school in area_members(area, everything=True).only("pk", "urn", "name").order_by()
    }
    {What.NEEDS: _needs, What.TIES: _ties, What.COMPETITION: _competition}[what](
        found, area, lines, schools, giver
    )
    return found


Schools = Mapping[str | None, Organisation]


def _school(found: Incoming, line: Line, schools: Schools, name: str = "urn") -> Organisation | None:
    school = schools.get(line[name])
    if school is None:
        found.wrong(line, name, "the area has no school with this URN: check it, or take the row out")
    return school


def _needs(found: Incoming, area: Area, lines: Sequence[Line], schools: Schools, giver: Giver) -> None:
    themes = {_plain(theme.name): theme for theme in themes_of(area)}
    newest = {
        (row.organisation_id, row.theme_id): row
        for row in Statement.objects.filter(in_force(giver.today), theme__area=area.in_charge_id)
    }
    seen: dict[tuple[int, int, date], int] = {}
    kept: list[Statement] = []
    for line in lines:
        school = _school(found, line, schools)
        theme = themes.get(_plain(line["theme"]))
        if theme is None:
            near = get_close_matches(_plain(line["theme"]), list(themes), n=1)
            hint = f"write ‘{themes[near[0]].name}’" if near else "write one of the area’s themes"
            found.wrong(line, "theme", f"the area has no such theme in use: {hint}")
        said_on, met_on = day_of(line, "said_on"), day_of(line, "met_on")
        level = line["level"]
        _check_days(found, line, giver.today, said_on, met_on)
        if school is None or theme is None:
            continue
        statement = Statement(
            organisation=school,
            theme=theme,
            level=level,
            said_on=said_on or giver.today,
            said_by_id=giver.person,
            said_as=line.get("said_as") or giver.role,
            on_behalf=True,
            source=Source.SPREADSHEET,
            met_on=met_on,
            **{name: line.get(name) or "" for name in ("note", "affected", "their_words", "solution")},
        )
        key = (school.pk, theme.pk, statement.said_on)
        if key in seen:
            found.wrong(line, "theme", f"row {seen[key]} says this of the school already: take one out")
            continue
        seen[key] = line["row"]
        now = newest.get((school.pk, theme.pk))
        # Columns that the file does not have, and cells that are empty, say nothing: what is known stays.
        if now is not None and now.level == level:
            for name in SAYS:
                if not getattr(statement, name):
                    setattr(statement, name, getattr(now, name))
            if said_on is None and all(getattr(now, name) == getattr(statement, name) for name in SAYS):
                found.unchanged += 1
                continue
        kept.append(statement)
    if not found.problems:
        done = put(kept, write=False)
        found.statements = kept
        found.new, found.changed = done.new, done.changed
        found.unchanged += done.unchanged


def _check_days(found: Incoming, line: Line, today: date, said_on: date | None, met_on: date | None) -> None:
    if said_on and said_on > today:
        found.wrong(line, "said_on", "this day is still to come: write the day it was said")
    if met_on and met_on > today:
        found.wrong(line, "met_on", "this day is still to come: leave it empty until the need is met")
    if met_on and (line["level"] not in NEEDING or not line.get("solution")):
        found.wrong(line, "met_on", "only a need with a solution can be met: write the solution beside it")


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _two(found: Incoming, line: Line, schools: Schools) -> tuple[Organisation, Organisation] | None:
    first, second = _school(found, line, schools), _school(found, line, schools, "other")
    if first is None or second is None:
        return None
    if first.pk == second.pk:
        found.wrong(line, "other", "both URNs are of one school: write the other school’s")
        return None
    return first, second


def _ties(found: Incoming, area: Area, lines: Sequence[Line], schools: Schools, giver: Giver) -> None:
    rows = Tie.objects.filter(area=area.in_charge_id)
    known = {(tie.kind, tie.first_id, tie.second_id, tie.since): tie for tie in rows}
    open_ties = {key[:3]: tie for key, tie in known.items() if tie.until is None}
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines:
        two = _two(found, line, schools)
        if two is None:
            continue
        first, second = two
        if line["kind"] != TieKind.FEEDER and first.pk > second.pk:
            first, second = second, first
        since, until = day_of(line, "since"), day_of(line, "until")
        key = (line["kind"], first.pk, second.pk)
        if (*key, since) in seen or (until is None and (*key, "open") in seen):
            row = seen.get((*key, since)) or seen[*key, "open"]
            found.wrong(line, "other", f"row {row} holds this tie already: take one out")
            continue
        seen[*key, since] = line["row"]
        if until is None:
            seen[*key, "open"] = line["row"]
        tie = known.get((*key, since)) or open_ties.get(key)
        if tie is None:
            tie = Tie(
                area_id=area.in_charge_id,
                kind=line["kind"],
                first=first,
                second=second,
                said_on=giver.today,
            )
        note, since, until = line.get("note") or tie.note, since or tie.since, until or tie.until
        differs = (tie.note, tie.since, tie.until) != (note, since, until)
        if since and until and until < since:
            found.wrong(
                line, "until", "the last day is before the first that is known: change one of the two"
            )
            continue
        if found.count(tie, differs=differs):
            tie.note, tie.since, tie.until = note, since, until
            tie.said_by_id, tie.said_as = giver.person, giver.role
            found.ties.append(tie)


def _competition(found: Incoming, area: Area, lines: Sequence[Line], schools: Schools, giver: Giver) -> None:
    known = {
        (row.first_id, row.second_id, row.over): row
        for row in competitions_in_force(area, giver.today).filter(ended_on=None)
    }
    seen: dict[tuple[int, int, str], int] = {}
    for line in lines:
        two = _two(found, line, schools)
        if two is None:
            continue
        low, high = sorted(two, key=lambda school: school.pk)
        key = (low.pk, high.pk, line["over"])
        if key in seen:
            found.wrong(line, "other", f"row {seen[key]} speaks of these two already: take one out")
            continue
        seen[key] = line["row"]
        row = known.get(key) or Competition(
            area_id=area.in_charge_id, first=low, second=high, over=line["over"], said_on=giver.today
        )
        competes = line.get("competes", True)
        if found.count(row, differs=(row.competes, row.reason) != (competes, line["reason"])):
            row.competes, row.reason = competes, line["reason"]
            row.said_by_id, row.said_as = giver.person, giver.role
            found.competitions.append(row)
