"""What those present at a meeting answered, as rows say it."""

from __future__ import annotations

from isthmus.apps.surveys.adapters.instruments import from_bytes, read
from isthmus.apps.surveys.adapters.meetings import Figures, Given, figures, from_json
from isthmus.apps.surveys.adapters.reporting import names
from isthmus.apps.surveys.models import Meeting, Response, RoomAnswer


def room(meeting: Meeting) -> Given:
    """What the room as a whole said."""
    rows = list(RoomAnswer.objects.filter(meeting=meeting))
    codes = {row.item: row.code for row in rows if row.code is not None}
    return Given("", "", codes, {row.item: row.text for row in rows if row.text})


def answers(meeting: Meeting) -> list[Given]:
    """What each person sent, with the name of their school."""
    wave = meeting.wave
    schools = list(wave.schools.select_related("organisation").order_by("organisation__name", "pk"))
    label = {row.pk: name for row, name in zip(schools, names(schools), strict=True)}
    rows = list(Response.objects.filter(wave=wave).order_by("pk"))
    codes = from_bytes(read(wave.instrument.text), [bytes(row.codes) for row in rows])
    return [Given(label[row.school_id], row.who, c, row.comments) for row, c in zip(rows, codes, strict=True)]


def section_now(meeting: Meeting, section: str) -> Figures:
    """The figures of a section as they are now. Raises KeyError for none of the instrument's."""
    instrument = read(meeting.wave.instrument.text)
    return figures(instrument, instrument.section(section), answers(meeting), room(meeting))


def opened(meeting: Meeting) -> dict[str, Figures]:
    """The sections that were opened, in the order in which they were, as they were kept."""
    return {row.section: from_json(row.figures) for row in meeting.opened.order_by("pk")}


def texts(given: list[Given]) -> dict[str, list[str]]:
    """What people wrote, by question, in the order of the alphabet, so that nothing tells whose it is."""
    found: dict[str, list[str]] = {}
    for one in given:
        for key, text in one.texts.items():
            found.setdefault(key, []).append(text)
    return {key: sorted(said, key=str.casefold) for key, said in found.items()}
