"""Taking an anonymous answer: the one change of state that no event, no line of a log and no time records."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

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


@dataclass(eq=False)
class _Waiting:
    """An answer that is about to be written, and what became of it. `alone` where writing it with others went wrong."""

    values: list[Any]
    kept: bool | None = None
    alone: bool = False


_TURN, _LIST = Lock(), Lock()
_waiting: list[_Waiting] = []


def take(*, school: WaveSchool, ballot: int, who: str, codes: bytes, comments: dict[str, Any]) -> Taken:
    """Keep an answer of an anonymous wave; the same ballot again changes nothing. Committed before it returns.

    Raises OperationalError where the database takes nothing now. Answers never wait for each other on PostgreSQL. On
    SQLite, where one transaction writes at a time, those that wait meanwhile are written together by the next.
    """
    said = _COMMENTS.get_db_prep_save(comments, connection)
    given: list[Any] = [ballot, school.pk, who, codes, said]
    day = connection.ops.adapt_datefield_value(today())
    row = _Waiting([*given, school.wave_id, WaveState.OPEN.value, WaveKind.ANONYMOUS.value, day])
    if connection.vendor == "sqlite":
        _write_in_turn(row)
    else:
        with connection.cursor() as cursor:
            row.kept = _write_one(cursor, row)
    if row.kept or Ballot.objects.filter(pk=ballot, wave=school.wave_id).exists():
        return Taken.KEPT
    return Taken.CLOSED


def _write_in_turn(row: _Waiting) -> None:
    """Whoever's turn it is writes what waits; the others find their answers kept when it is theirs."""
    with _LIST:
        _waiting.append(row)
    with _TURN:
        if row.kept is not None:
            return
        if not row.alone:
            with _LIST:
                batch, _waiting[:] = _waiting[:], []
            try:
                _write(batch)
            except Exception:
                for other in batch:
                    other.alone = True
        if row.kept is None:
            _write([row])


def _write(batch: list[_Waiting]) -> None:
    """All of them or none; nobody is told before they are committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        kept = [_write_one(cursor, row) for row in batch]
    for row, is_kept in zip(batch, kept, strict=True):
        row.kept = is_kept


def _write_one(cursor: CursorWrapper, row: _Waiting) -> bool:
    cursor.execute(_TAKE, row.values)
    return int(cursor.rowcount) == 1


def waiting(wave: Wave) -> int:
    """How many answers there are while the wave is open."""
    return Ballot.objects.filter(wave=wave).count() if wave.state != WaveState.CLOSED else 0
