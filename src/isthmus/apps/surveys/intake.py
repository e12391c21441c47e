"""Taking an anonymous answer: the one change of state that no event, no line of a log and no time records."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from isthmus.apps.core.dates import today
from isthmus.apps.surveys import spending
from isthmus.apps.surveys.models import Ballot, Invited, Wave, WaveKind, WaveSchool, WaveState

MOST = 2**62


class Taken(StrEnum):
    """What became of an answer."""

    KEPT = "kept"
    CLOSED = "closed"
    LINKED = "only by the links that were sent"
    USED = "its link was used before"


def draw() -> int:
    """The number of a ballot, for a form that is being opened. It says nothing of when or in which order."""
    return 1 + secrets.randbelow(MOST)


# One statement is one transaction and one journey to the database. It locks the table before it looks at the wave,
# and a close says so before it waits for that lock: so the close takes along every answer that found the wave open.
# Where links were sent to the people of a school, only an answer by one of them is taken, or one from paper.
_TAKE = (
    "INSERT INTO surveys_ballot (id, wave_id, school_id, who, codes, comments) "
    "SELECT %s, id, %s, %s, %s, %s FROM surveys_wave WHERE id = %s AND state = %s AND kind = %s AND until >= %s "
    "AND (%s = 1 OR NOT EXISTS (SELECT 1 FROM surveys_roster r WHERE r.school_id = %s AND r.sent)) "
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


def take(
    *,
    school: WaveSchool,
    ballot: int,
    who: str,
    codes: bytes,
    comments: dict[str, Any],
    vouched: bool = False,
) -> Taken:
    """Keep an answer of an anonymous wave; the same ballot again changes nothing. Committed before it returns.

    `vouched` for by a link (`take_by_link`) or by whoever types paper forms. Raises OperationalError where the database
    takes nothing now. Answers never wait for each other on PostgreSQL. On SQLite, where one transaction writes at a
    time, those that wait meanwhile are written together by the next.
    """
    said = _COMMENTS.get_db_prep_save(comments, connection)
    given: list[Any] = [ballot, school.pk, who, codes, said]
    day = connection.ops.adapt_datefield_value(today())
    row = _Waiting(
        [*given, school.wave_id, WaveState.OPEN.value, WaveKind.ANONYMOUS.value, day, int(vouched), school.pk]
    )
    if connection.vendor == "sqlite":
        _write_in_turn(row)
    else:
        with connection.cursor() as cursor:
            row.kept = _write_one(cursor, row)
    if row.kept or _there(school, ballot):
        return Taken.KEPT
    return Taken.LINKED if not vouched and _open(school) else Taken.CLOSED


def take_by_link(*, mark: str, school: WaveSchool, ballot: int, who: str, **said: Any) -> Taken:
    """Keep the one answer of a single-use link, whose token has the hash `mark`.

    First the answer is committed, then the hash goes on a list in memory, from where it is marked with many others. So
    somebody who is killed in between leaves a link that can be used again, and no answer is lost. The same ballot again
    is the same answer; another by the same link is refused.
    """
    try:
        if not spending.claim(mark):
            return Taken.KEPT if _there(school, ballot) else Taken.USED
    except OSError as error:  # as where the database takes nothing now
        raise OperationalError(type(error).__name__) from error
    kept = False
    try:
        if Invited.objects.filter(mark=mark, school=school, who=who, answered=False).exists():
            taken = take(school=school, ballot=ballot, who=who, vouched=True, **said)
            kept = taken == Taken.KEPT
            return taken
    finally:
        (spending.used if kept else spending.release)(mark)
    if _there(school, ballot):
        return Taken.KEPT
    return Taken.USED if _open(school) else Taken.CLOSED


def _open(school: WaveSchool) -> bool:
    return Wave.objects.filter(pk=school.wave_id, state=WaveState.OPEN, until__gte=today()).exists()


def _there(school: WaveSchool, ballot: int) -> bool:
    return Ballot.objects.filter(pk=ballot, wave=school.wave_id).exists()


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
