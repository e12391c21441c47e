"""What whoever leads a meeting does: begin it, open sections, write down what the room says, end it, hand it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.surveys.actions.closing import start_close
from isthmus.apps.surveys.actions.waves import Asking, Grouped, _code, start_wave
from isthmus.apps.surveys.models import (
    Joined,
    Meeting,
    MeetingNote,
    OpenedSection,
    RoomAnswer,
    Wave,
    WaveKind,
    Way,
    Who,
)

STAFF_DAYS, RESULT_DAYS = 14, 28
LONGEST_NAME = 120


def _locked(meeting: Meeting) -> Meeting:
    """The meeting again, its wave locked first, as a close locks it."""
    wave = Wave.objects.select_for_update(of=("self",)).get(pk=meeting.wave_id)
    kept = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    kept.wave = wave
    return kept


def _record(action: str, by: Actor | None, meeting: Meeting, **told: Any) -> None:
    audit.record(action, by=by, target=meeting.wave, scope=meeting.wave.scope, **told)


@transaction.atomic
def start_meeting(*, by: Actor | None, wave: Wave, way: Way) -> Meeting | None:
    """Begin the meeting of a wave, or say that it answers another way; None where it takes no answers in the room."""
    kept = Wave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
    if kept.kind != WaveKind.IN_ROOM or not kept.accepts:
        return None
    made_by = by.pk if by else None
    meeting, made = Meeting.objects.get_or_create(
        wave=kept, defaults={"way": way, "code": _code(), "started_by_id": made_by}
    )
    before = None if made else {"answers": meeting.get_way_display()}
    if meeting.ended_at is not None or (not made and meeting.way == way):
        return meeting
    meeting.way = way
    meeting.save(update_fields=["way"])
    after = {"answers": meeting.get_way_display()}
    audit.record("meeting.start", by=by, target=kept, scope=kept.scope, before=before, after=after)
    return meeting


@transaction.atomic
def join_meeting(*, by: Actor | None, meeting: Meeting, ballot: int) -> bool:
    """Count somebody who begins to answer, by their form's number; nothing of who they are is kept."""
    kept = _locked(meeting)
    if not kept.on:
        return False
    _row, made = Joined.objects.get_or_create(meeting=kept, ballot=ballot)
    if made:
        _record("meeting.join", by, kept)
    return True


@transaction.atomic
def open_section(*, by: Actor | None, meeting: Meeting, section: str, figures: Mapping[str, Any]) -> bool:
    """Let those present see a section's figures; opened before, they are those of now. It then stands on the screen."""
    kept = _locked(meeting)
    if not kept.on:
        return False
    row = OpenedSection.objects.filter(meeting=kept, section=section).first()
    if row is not None and row.figures == figures:
        return True
    before = {"answers": row.figures["whole"]["people"]} if row else None
    row = row or OpenedSection(meeting=kept, section=section)
    row.figures, row.opened_at = dict(figures), timezone.now()
    row.save()
    kept.showing = section
    kept.save(update_fields=["showing"])
    after = {"section": section, "answers": figures["whole"]["people"]}
    _record("meeting.open", by, kept, before=before, after=after)
    return True


@transaction.atomic
def show_on_screen(*, by: Actor | None, meeting: Meeting, showing: str) -> bool:
    """Put something on the screen: how to join (''), the overview, or a section that was opened; nothing else."""
    kept = _locked(meeting)
    known = showing in ("", Meeting.OVERVIEW) or kept.opened.filter(section=showing).exists()
    if not kept.on or not known:
        return False
    if kept.showing != showing:
        before, kept.showing = kept.showing, showing
        kept.save(update_fields=["showing"])
        _record("meeting.show", by, kept, before={"screen": before}, after={"screen": showing})
    return True


@transaction.atomic
def answer_for_room(
    *, by: Actor | None, meeting: Meeting, codes: Mapping[str, int | None], texts: Mapping[str, str]
) -> bool:
    """Write down what the room as a whole answers to these items; None and '' take an answer back."""
    kept = _locked(meeting)
    if not kept.on:
        return False
    items = [*codes, *texts]
    there = {row.item: row for row in RoomAnswer.objects.filter(meeting=kept, item__in=items)}
    before = {item: (row.code, row.text) for item, row in there.items()}
    wanted = {item: (codes.get(item), texts.get(item, "")) for item in items}
    after = {item: said for item, said in wanted.items() if said != (None, "")}
    if before == after:
        return True
    RoomAnswer.objects.filter(meeting=kept, item__in=before.keys() - after.keys()).delete()
    for item, (code, text) in after.items():
        row = there.get(item) or RoomAnswer(meeting=kept, item=item)
        if before.get(item) != (code, text):
            row.code, row.text = code, text
            row.save()
    _record("meeting.answer", by, kept, before={"answers": len(before)}, after={"answers": len(after)})
    return True


@transaction.atomic
def take_note(*, by: Actor | None, meeting: Meeting, section: str, text: str, token: UUID) -> bool:
    """Note something beside a section. The event tells that there is a note; the same `token` again changes nothing."""
    kept = _locked(meeting)
    if not kept.on:
        return False
    note = {"meeting": kept, "section": section, "text": text, "made_by_id": by.pk if by else None}
    _row, made = MeetingNote.objects.get_or_create(token=token, defaults=note)
    if made:
        _record("meeting.note", by, kept, detail={"section": section})
    return True


@transaction.atomic
def remove_note(*, by: Actor | None, meeting: Meeting, number: int) -> bool:
    """Take a note back; False where it is not there, or the meeting is over."""
    kept = _locked(meeting)
    if not kept.on or not MeetingNote.objects.filter(meeting=kept, pk=number).delete()[0]:
        return False
    _record("meeting.remove_note", by, kept)
    return True


@transaction.atomic
def end_meeting(*, by: Actor | None, meeting: Meeting) -> bool:
    """End it for good: nothing can be added, those with the code see nothing more, and its wave is closed."""
    kept = _locked(meeting)
    if kept.ended_at is not None:
        return False
    kept.ended_at, kept.showing = timezone.now(), ""
    kept.save(update_fields=["ended_at", "showing"])
    _record("meeting.end", by, kept, after={"sections opened": kept.opened.count()})
    start_close(by=by, wave=kept.wave, why="The meeting is over")
    return True


@transaction.atomic
def hand_to_staff(*, by: Actor | None, meeting: Meeting, asked: list[Who], day: date | None = None) -> Wave:
    """Write down an anonymous wave that asks the same of the same schools; nobody can answer it yet. Twice gives one.

    Its answers share nothing with the room's: it is a wave of its own, named as the meeting's companion.
    """
    kept = _locked(meeting)
    if kept.handed_to is not None:
        return kept.handed_to
    wave, first = kept.wave, day or today()
    rows = list(wave.schools.select_related("organisation").order_by("pk"))
    asking = Asking(
        name=f"{wave.name}: staff"[:LONGEST_NAME],
        why=wave.why,
        asks=wave.asks,
        kind=WaveKind.ANONYMOUS,
        until=first + timedelta(days=STAFF_DAYS),
        results_on=first + timedelta(days=RESULT_DAYS),
        asked=asked,
        k=wave.k,
        consent=wave.consent,
    )
    made = start_wave(
        by=by,
        scope=wave.scope,
        instrument=wave.instrument,
        asking=asking,
        schools=[row.organisation for row in rows],
        # Drawn from when it is handed on: a draft that was removed does not stand in the way of another.
        token=uuid5(NAMESPACE_URL, f"isthmus:meeting:{kept.pk}:{timezone.now().isoformat()}"),
        grouped={row.organisation_id: Grouped(row.group) for row in rows},
    )
    kept.handed_to = made
    kept.save(update_fields=["handed_to"])
    _record("meeting.hand", by, kept, after={"asks staff": made.name})
    return made
