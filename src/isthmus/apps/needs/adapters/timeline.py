"""Put statements into their order of time: each holds until the day of the next one of its school and theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isthmus.apps.needs.models import Statement

SAYS = ("level", "note", "affected", "their_words", "solution", "met_on")
CONTENT = (*SAYS, "said_by_id", "said_as", "on_behalf", "source")
FIELDS = ("level", "note", "affected", "their_words", "solution", "met_on", "said_by", "said_as", "on_behalf")
CHUNK = 900
Key = tuple[int, int]


@dataclass(frozen=True)
class Done:
    """How many statements are new, changed on their day, and as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def written(self) -> int:
        return self.new + self.changed


def same(one: Statement, other: Statement) -> bool:
    """Whether two statements say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in SAYS)


def known(statements: Iterable[Statement]) -> dict[Key, list[Statement]]:
    """All that is known of the schools and themes of `statements`, oldest first."""
    schools: set[int] = set()
    themes: set[int] = set()
    for statement in statements:
        schools.add(statement.organisation_id)
        themes.add(statement.theme_id)
    found: dict[Key, list[Statement]] = defaultdict(list)
    keys = sorted(schools)
    for at in range(0, len(keys), CHUNK):
        rows = Statement.objects.filter(organisation__in=keys[at : at + CHUNK], theme__in=themes)
        for row in rows.order_by("said_on"):
            found[row.organisation_id, row.theme_id].append(row)
    return found


def put(statements: Sequence[Statement], *, write: bool = True) -> Done:
    """Write statements that may be of any day; whoever calls holds a lock on the schools. A query each 900 schools.

    One of a school, theme and day that says the same as what is there changes nothing. With `write` False only
    counts what would be.
    """
    lines = known(statements)
    made: list[Statement] = []
    changed: dict[int, Statement] = {}
    moved: dict[int, Statement] = {}
    unchanged = 0
    for statement in sorted(statements, key=lambda one: one.said_on):
        line = lines[statement.organisation_id, statement.theme_id]
        there = next((one for one in line if one.said_on == statement.said_on), None)
        if there is not None:
            if same(there, statement):
                unchanged += 1
                continue
            for name in CONTENT:
                setattr(there, name, getattr(statement, name))
            if there.pk:
                changed[there.pk] = there
            continue
        before = next((one for one in reversed(line) if one.said_on < statement.said_on), None)
        after = next((one for one in line if one.said_on > statement.said_on), None)
        statement.superseded_on = after.said_on if after else None
        if before is not None:
            before.superseded_on = statement.said_on
            if before.pk:
                moved[before.pk] = before
        line.append(statement)
        line.sort(key=lambda one: one.said_on)
        made.append(statement)
    if write:
        # First make room: only one statement of a school and theme may be without a next one.
        Statement.objects.bulk_update(moved.values(), ["superseded_on"], batch_size=400)
        Statement.objects.bulk_update(changed.values(), [*FIELDS, "source"], batch_size=50)
        Statement.objects.bulk_create(made, batch_size=1000)
    return Done(len(made), len(changed), unchanged)
