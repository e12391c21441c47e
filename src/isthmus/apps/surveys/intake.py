"""Taking an anonymous answer: the one change of state that no event, no line of a log and no time records."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

from django.db import connection

from isthmus.apps.core.dates import today
from isthmus.apps.surveys.models import Ballot, Wave, WaveKind, WaveSchool, WaveState

MOST = 2**62


class Taken(StrEnum):
    """What became of an answer."""

    KEPT = "kept"
    CLOSED = "closed"


def draw() -> int:
    """The number of a ballot, for a form that is being opened. It says nothing of when or in which order."""
    return 1 + secrets.randbelow(MOST)


# One statement is one transaction and one journey to the database. It locks the table before it looks at the wave,
# and a close says so before it waits for that lock: so the close takes along every answer that found the wave open.
_TAKE = (
    "INSERT INTO surveys_ballot (id, wave_id, school_id, who, codes, comments) "
    "SELECT %s, id, %s, %s, %s, %s FROM surveys_wave WHERE id = %s AND state = %s AND kind = %s AND until >= %s "
    "ON CONFLICT DO NOTHING"
)
_COMMENTS = Ballot._meta.get_field("comments")


def take(*, school: WaveSchool, ballot: int, who: str, codes: bytes, comments: dict[str, Any]) -> Taken:
    """Keep an answer of an anonymous wave; the same ballot again changes nothing. Committed before it returns.

    Raises OperationalError where the database takes nothing now. Answers never wait for each other on PostgreSQL; on
    SQLite one transaction writes at a time.
    """
    said = _COMMENTS.get_db_prep_save(comments, connection)
    given: list[Any] = [ballot, school.pk, who, codes, said]
    day = connection.ops.adapt_datefield_value(today())
    open_ = [school.wave_id, WaveState.OPEN.value, WaveKind.ANONYMOUS.value, day]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [*given, *open_])
        kept = cursor.rowcount == 1
    if kept or Ballot.objects.filter(pk=ballot, wave=school.wave_id).exists():
        return Taken.KEPT
    return Taken.CLOSED


def waiting(wave: Wave) -> int:
    """How many answers there are while the wave is open."""
    return Ballot.objects.filter(wave=wave).count() if wave.state != WaveState.CLOSED else 0
