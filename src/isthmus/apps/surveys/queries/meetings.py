"""Reads of meetings: by their code, who joined and answered, and what was said in the room."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from isthmus.apps.surveys.models import Joined, Meeting, MeetingNote, Response, Wave, WaveKind


def meeting_by_code(code: str) -> Meeting | None:
    """The meeting that goes on and is joined by this code, or None. Case and gaps do not matter."""
    plain = "".join(code.lower().split()).replace("-", "")
    found = Meeting.objects.filter(code=plain).select_related("wave__instrument").first() if plain else None
    return found if found and found.on else None


def meeting_present(code: str) -> Meeting | None:
    """The meeting that goes on, for somebody who has its code or that of a school that is asked."""
    plain = "".join(code.lower().split()).replace("-", "")
    rows = Meeting.objects.filter(Q(code=plain) | Q(wave__schools__code=plain), ended_at=None)
    found = rows.select_related("wave__instrument").first() if plain else None
    return found if found and found.on else None


def meeting_of(wave: Wave) -> Meeting | None:
    """The meeting of a wave, while it goes on."""
    if wave.kind != WaveKind.IN_ROOM:
        return None
    found = Meeting.objects.filter(wave=wave).select_related("wave").first()
    return found if found and found.on else None


@dataclass(frozen=True)
class Attendance:
    """How many began to answer and how many sent their answers, and the names that those gave."""

    joined: int
    answered: int
    names: tuple[str, ...]


def attendance(meeting: Meeting) -> Attendance:
    """Who is there, as far as it is known."""
    rows = Response.objects.filter(wave=meeting.wave_id).order_by("name", "pk").values_list("ballot", "name")
    sent = dict(rows)
    joined = set(Joined.objects.filter(meeting=meeting).values_list("ballot", flat=True))
    return Attendance(len(joined | sent.keys()), len(sent), tuple(name for name in sent.values() if name))


def notes_by_section(meeting: Meeting) -> dict[str, list[MeetingNote]]:
    """Notes in the order in which they were taken, by section ('' for the whole meeting)."""
    found: dict[str, list[MeetingNote]] = {}
    for note in MeetingNote.objects.filter(meeting=meeting).order_by("pk"):
        found.setdefault(note.section, []).append(note)
    return found
