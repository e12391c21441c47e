"""What stands on the screen of a meeting: how to join, the sections that were opened, or one of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from isthmus.apps.core.components import Table
from isthmus.apps.surveys.adapters import present
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.models import Meeting, Step, Way
from isthmus.apps.surveys.presenters.meetings import SectionShown, overview, shown
from isthmus.apps.surveys.presenters.posters import qr
from isthmus.apps.surveys.presenters.waves import spaced
from isthmus.apps.surveys.queries.meetings import Attendance, attendance


@dataclass(frozen=True)
class Joining:
    """How to join: where to type the code, the code, and a QR code of the link."""

    short: str
    code: str
    link: str
    qr: SafeString


@dataclass(frozen=True)
class Screen:
    """`section` or `table` is what is shown, where it is not how to join. `stamp` changes whenever any of it does."""

    stamp: str
    apart: bool
    there: Attendance
    joining: Joining | None
    table: Table | None
    section: SectionShown | None


def joining(request: HttpRequest, meeting: Meeting) -> Joining:
    """How people come to the meeting."""
    link = request.build_absolute_uri(reverse("surveys:intro", args=[meeting.code]))
    short = request.build_absolute_uri(reverse("surveys:code")).partition("://")[2]
    return Joining(short, spaced(meeting.code), link, qr(link))


def one_section(meeting: Meeting, section: str) -> SectionShown | None:
    """A section that was opened, with what people wrote and the actions that were taken; None where it is not open."""
    found = present.opened(meeting).get(section)
    if found is None:
        return None
    steps = Step.objects.filter(wave=meeting.wave_id, section=section, in_meeting=True).order_by("pk")
    texts = present.texts(present.answers(meeting))
    instrument = read(meeting.wave.instrument.text)
    return shown(found, instrument, texts, present.room(meeting).texts, list(steps))


def screen(request: HttpRequest, meeting: Meeting) -> Screen:
    """What is to be seen now."""
    there = attendance(meeting)
    found, table = None, None
    if meeting.showing == Meeting.OVERVIEW:
        table = overview(list(present.opened(meeting).values()), read(meeting.wave.instrument.text))
    elif meeting.showing:
        found = one_section(meeting, meeting.showing)
    apart = meeting.way == Way.APART
    told = [meeting.showing, there.joined, there.answered, apart, repr(found), repr(table)]
    stamp = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    how = joining(request, meeting) if apart and found is None and table is None else None
    return Screen(stamp, apart, there, how, table, found)
