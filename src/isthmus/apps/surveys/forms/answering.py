"""What a person who answers types: a page of questions at a time, the pages before it carried along in the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from isthmus.apps.surveys.adapters.instruments import (
    Blank,
    Instrument,
    Item,
    Respondent,
    Section,
    codes,
    options_of,
    sections_for,
    text_keys,
)
from isthmus.apps.surveys.intake import MOST
from isthmus.apps.surveys.models import Wave, WaveKind, Who

CODE, TEXT = "q-", "t-"
LONGEST = len(str(MOST))
MOST_TEXT, MOST_NAME = 2000, 150
BY_NAME = (WaveKind.IN_ROOM, WaveKind.CONFIDENTIAL)
"""Kinds in which people who answer by a code are asked for their name."""
_NUMBER = re.compile(r"-?[0-9]{1,3}")
# A control character cannot be kept by PostgreSQL, and nobody types one.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_GAPS = dict.fromkeys([*range(32), 127], " ")


@dataclass(frozen=True)
class Given:
    """What a form brought: its ballot, who answers, and all answers so far. What does not fit is left out."""

    ballot: int
    who: str
    page: int
    codes: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    name: str = ""

    def as_bytes(self, instrument: Instrument) -> bytes:
        """The answers with a scale as they are kept."""
        return codes(instrument, self.who, self.codes)

    def carried(self, besides: Section | None) -> list[tuple[str, str]]:
        """Names and values of the hidden fields that carry every other page's answers."""
        here = {item.id for item in besides.items} if besides else set()
        given = [("name", self.name)] if self.name else []
        given += [(f"{CODE}{name}", str(code)) for name, code in self.codes.items() if name not in here]
        return given + [(f"{TEXT}{k}", text) for k, text in self.texts.items() if k.split(":")[0] not in here]


def ballot_of(post: Mapping[str, str]) -> int | None:
    """The number that a form drew when it was opened; None where there is none, or it is none."""
    ballot = post.get("ballot", "")
    if not (ballot.isascii() and ballot.isdigit()) or len(ballot) > LONGEST:
        return None
    return int(ballot) if 1 <= int(ballot) <= MOST else None


def name_of(post: Mapping[str, str], wave: Wave) -> str:
    """The name that somebody gave, on one line; nothing where the wave asks for none."""
    return " ".join(post.get("name", "").translate(_GAPS).split())[:MOST_NAME] if wave.kind in BY_NAME else ""


def given(post: Mapping[str, str], wave: Wave, instrument: Instrument) -> Given | None:
    """Read a form; None where it is none of this wave's (no ballot, or nobody who is asked)."""
    ballot, who, page = ballot_of(post), post.get("who", ""), post.get("page", "")
    if ballot is None or who not in wave.asked:
        return None
    sections = sections_for(instrument, who)
    chosen = {}
    for item in (item for section in sections for item in section.scored):
        value = post.get(f"{CODE}{item.id}", "")
        if _NUMBER.fullmatch(value) and int(value) in instrument.scale_of(item).allowed - {
            int(Blank.MISSING)
        }:
            chosen[item.id] = int(value)
    texts = {}
    for key in text_keys(instrument, who) if wave.comments or not wave.anonymous else ():
        text = _CONTROL.sub("", post.get(f"{TEXT}{key}", "")).replace("\r\n", "\n").strip()[:MOST_TEXT]
        if text:
            texts[key] = text
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
    return Given(ballot, who, min(number, len(sections)), chosen, texts, name_of(post, wave))


class SectionForm(forms.Form):
    """The questions of one section, for one kind of respondent, with what they answered so far."""

    def __init__(self, section: Section, instrument: Instrument, given: Given, *, texts: bool) -> None:
        super().__init__(initial=self._initial(given))
        respondent = Respondent(given.who)
        for item in section.items:
            if not item.open:
                self.fields[f"{CODE}{item.id}"] = _choice(item, instrument, respondent)
            if not texts:
                continue
            for key in item.text_keys:
                label = {"evidence": item.evidence, "comment": item.comment}.get(key.partition(":")[2])
                self.fields[f"{TEXT}{key}"] = forms.CharField(
                    label=label or item.wording(respondent),
                    help_text="" if label else item.help,
                    required=False,
                    max_length=MOST_TEXT,
                    widget=forms.Textarea({"rows": 3}),
                )

    @staticmethod
    def _initial(given: Given) -> dict[str, Any]:
        chosen = {f"{CODE}{name}": str(code) for name, code in given.codes.items()}
        return chosen | {f"{TEXT}{key}": text for key, text in given.texts.items()}


def _choice(item: Item, instrument: Instrument, respondent: Respondent) -> forms.ChoiceField:
    choices = [(str(code), label) for code, label in options_of(item, instrument, respondent)]
    return forms.ChoiceField(
        label=item.wording(respondent),
        help_text=item.help,
        choices=choices,
        required=False,
        widget=forms.RadioSelect({"class": "app-scale"}),
    )


class CodeForm(forms.Form):
    """The short code of a poster."""

    code = forms.CharField(
        label="Code",
        help_text="It stands on the poster or the letter: eight letters and numbers. Gaps and capitals do not matter.",
        max_length=20,
        widget=forms.TextInput(
            {"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the code that stands on the poster or the letter"},
    )


CONSENTING = {Who.PARENTS.value, Who.PUPILS.value}
AGREE = "Tick that you have read ‘Before you begin’ and want to answer, or close this page"


class WhoForm(forms.Form):
    """Who answers: as whom, where more than one kind of people is asked, and by which name, where it matters."""

    def __init__(
        self, data: Mapping[str, str] | None, wave: Wave, labels: Mapping[str, str], *, who: str = ""
    ) -> None:
        super().__init__(data)
        if len(wave.asked) > 1 and not who:
            self.fields["who"] = forms.ChoiceField(
                label="You are answering as",
                choices=[(who, labels[who]) for who in wave.asked],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose as whom you are answering"},
            )
        asked = {who} if who else set(wave.asked)
        if wave.consent and asked & CONSENTING:
            self.fields["agrees"] = forms.BooleanField(
                label="I have read ‘Before you begin’, and I want to answer",
                required=asked <= CONSENTING,
                help_text="" if asked <= CONSENTING else "Pupils, parents and carers tick this.",
                error_messages={"required": AGREE},
            )
        if wave.kind in BY_NAME:
            in_room = wave.kind == WaveKind.IN_ROOM
            self.fields["name"] = forms.CharField(
                label="Your name",
                max_length=MOST_NAME,
                required=not in_room,
                help_text="You can leave it out. Only whoever leads the meeting sees it, to know who has answered."
                if in_room
                else f"Only {wave.reader} sees it, beside what you say.",
                widget=forms.TextInput({"autocomplete": "name"}),
                error_messages={"required": "Enter your name"},
            )

    def clean(self) -> dict[str, Any]:
        """Parents and pupils agree first, where others are asked beside them, too."""
        data = super().clean() or {}
        consents = data.get("who") in CONSENTING and "agrees" in self.fields
        if consents and not data.get("agrees") and "agrees" not in self.errors:
            self.add_error("agrees", AGREE)
        return data
