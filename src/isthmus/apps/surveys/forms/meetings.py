"""What whoever leads a meeting types: how it answers, what the room says, and notes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms

from isthmus.apps.surveys.adapters.instruments import Blank, Instrument, Section
from isthmus.apps.surveys.forms.answering import CODE, MOST_TEXT, TEXT, Given, SectionForm
from isthmus.apps.surveys.models import Way
from isthmus.apps.surveys.presenters.meetings import WAYS

MOST_NOTE = 1000
_NUMBER = re.compile(r"-?[0-9]{1,3}")


class WayForm(forms.Form):
    """How the meeting answers."""

    way = forms.ChoiceField(
        label="How do you answer?",
        choices=[(way.value, words) for way, words in WAYS.items()],
        widget=forms.RadioSelect,
        help_text="You can change it while the meeting goes on, and record what the room agrees on in either way.",
        error_messages={"required": "Choose how you answer"},
    )

    def __init__(self, data: Mapping[str, str] | None = None, way: str = Way.APART.value) -> None:
        super().__init__(data, initial={"way": way})


class NoteForm(forms.Form):
    """A note beside a section."""

    text = forms.CharField(
        label="Add a note",
        max_length=MOST_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text="What was said, not who said it. Only those who look after the questionnaire see it.",
        error_messages={"required": "Write the note first"},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()}, auto_id="note-%s")

    @property
    def given_token(self) -> uuid.UUID:
        """What tells a double click from a second note; a new one where the page's own was damaged."""
        return self.cleaned_data.get("token") or uuid.uuid4()


def room_form(
    section: Section, instrument: Instrument, who: str, codes: Mapping[str, int], texts: Mapping[str, str]
) -> SectionForm:
    """The questions of a section for the room as a whole, with what it said so far; each can be left open again."""
    form = SectionForm(section, instrument, Given(0, who, 0, dict(codes), dict(texts)), texts=True)
    for name, field in form.fields.items():
        if name.startswith(CODE):
            held: Any = field
            held.choices = [*held.choices, ("", "No answer of the room yet")]
            form.initial.setdefault(name, "")
    return form


def room_given(
    post: Mapping[str, str], section: Section, instrument: Instrument
) -> tuple[dict[str, int | None], dict[str, str]]:
    """What the room says to a section: codes and texts by question, None and '' where it says nothing."""
    codes: dict[str, int | None] = {}
    for item in section.scored:
        value = post.get(f"{CODE}{item.id}", "")
        allowed = instrument.scale_of(item).allowed - {int(Blank.MISSING)}
        codes[item.id] = int(value) if _NUMBER.fullmatch(value) and int(value) in allowed else None
    texts = {
        key: post.get(f"{TEXT}{key}", "").replace("\r\n", "\n").strip()[:MOST_TEXT]
        for item in section.items
        for key in item.text_keys
    }
    return codes, texts
