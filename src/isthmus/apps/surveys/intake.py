"""Taking an anonymous answer: the one change of state that no event, no line of a log and no time records."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

from django.db import transaction

from isthmus.apps.surveys.models import Ballot, Wave, WaveSchool, WaveState

MOST = 2**62


class Taken(StrEnum):
    """What became of an answer."""

    KEPT = "kept"
    CLOSED = "closed"


def draw() -> int:
    """The number of a ballot, for a form that is being opened. It says nothing of when or in which order."""
    return 1 + secrets.randbelow(MOST)


class _Closed(Exception):
    """The wave takes no answers: what was written goes back."""


def take(*, school: WaveSchool, ballot: int, who: str, codes: bytes, comments: dict[str, Any]) -> Taken:
    """Keep an answer of an anonymous wave; the same ballot again changes nothing. Committed before it returns.

    The row is written first and the wave read then: on PostgreSQL the row's reference holds the wave as it is until the
    commit, so that a close waits for answers that are being taken and takes them along, and answers never wait for
    each other. On SQLite one transaction writes at a time.
    """
    row = Ballot(id=ballot, wave_id=school.wave_id, school=school, who=who, codes=codes, comments=comments)
    try:
        with transaction.atomic():
            Ballot.objects.bulk_create([row], ignore_conflicts=True)
            wave = Wave.objects.only("state", "until", "kind").get(pk=school.wave_id)
            if not wave.accepts or not wave.anonymous:
                raise _Closed
    except _Closed:
        return Taken.CLOSED
    return Taken.KEPT


def waiting(wave: Wave) -> int:
    """How many answers there are while the wave is open."""
    return Ballot.objects.filter(wave=wave).count() if wave.state != WaveState.CLOSED else 0
