"""What those who ask people type: for whom and with what, then what is said of the wave; days and reasons later on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.scopes import Scope
from isthmus.apps.surveys.actions import Asking
from isthmus.apps.surveys.adapters.instruments import Instrument, allowed_kinds
from isthmus.apps.surveys.models import FEWEST_K, USUAL_K, Wave, WaveKind, Who
from isthmus.apps.surveys.queries.waves import reader_of

MOST_K = 100
NO_ACCOUNT = {Who.PARENTS, Who.PUPILS}
KINDS = {
    WaveKind.ANONYMOUS: "Anonymous: nobody is told who said what, not even those who run this system",
    WaveKind.CONFIDENTIAL: "Confidential: one person, whom you name, reads who said what; others see results of groups",
    WaveKind.IN_ROOM: "In the room: those present at a meeting share the answers, which stay apart from all others",
    WaveKind.ATTRIBUTED: "Attributed: people sign in and answer for their school; its name stands beside the answers",
}
PEOPLE = {
    Who.LEADERS: "Leaders", Who.STAFF: "Staff", Who.GOVERNORS: "Governors and trustees",
    Who.PARENTS: "Parents and carers", Who.PUPILS: "Pupils", Who.PARTNERS: "Partners from outside the schools",
}  # fmt: skip


class ChooseForm(forms.Form):
    """One question with a choice, asked before the rest."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        name: str,
        label: str,
        choices: Sequence[tuple[str, str]],
        hint: str = "",
    ) -> None:
        super().__init__(data)
        self.fields[name] = forms.ChoiceField(
            label=label,
            help_text=hint,
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one to go on", "invalid_choice": "Choose one of these"},
        )


class AskForm(forms.Form):
    """What is said of a wave before it opens."""

    name = forms.CharField(
        label="Name of the questionnaire",
        max_length=120,
        help_text="People read it first. For example ‘How we work together’.",
    )
    why = forms.CharField(
        label="Why you ask",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="In your own words, to those who answer: what it is for, and what will happen with the results.",
    )
    asks = forms.CharField(
        label="Who asks", max_length=150, help_text="As people know you, for example ‘The North Partnership’."
    )
    kind = forms.ChoiceField(
        label="Who will know who said what",
        widget=forms.RadioSelect,
        help_text="People read this before the first question. It can never be changed once the questionnaire is open.",
    )
    reader = forms.EmailField(
        label="Who reads confidential answers",
        required=False,
        max_length=254,
        help_text="Only for a confidential questionnaire: the e-mail address of one person with a role here. "
        "People are told the name.",
    )
    asked = forms.MultipleChoiceField(
        label="Who is asked",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose who is asked"},
    )
    consent = forms.CharField(
        label="What people agree to, and from which age",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Needed where parents or pupils are asked; they agree to it before they begin. Say in plain words "
        "that they may say no, and from which age pupils answer for themselves; for example ‘You may say no, and "
        "nothing follows from it. If you are under 13, ask a parent or carer first.’",
    )
    k = forms.IntegerField(
        label="Fewest people behind a figure",
        min_value=FEWEST_K,
        max_value=MOST_K,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        help_text=f"Results of fewer people are not shown, so that nobody can be made out. {USUAL_K} is usual; "
        f"fewer than {FEWEST_K} is never allowed. People are told, and it cannot be changed once it is open.",
    )
    comments = forms.BooleanField(
        label="Ask for comments in people’s own words",
        required=False,
        help_text="Comments tell most, and can give away who wrote them, by what they tell or how. Somebody reads "
        "them first, and takes out what points at a person.",
    )
    until = forms.DateField(label="Last day to answer")
    results_on = forms.DateField(
        label="Day when people can expect results",
        help_text="People are told it. Closing and looking at comments takes a few days.",
    )
    previous = forms.ChoiceField(
        label="Compare with an earlier questionnaire",
        required=False,
        help_text="One with the same questions, asked here before.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        scope: Scope,
        instrument: Instrument,
        earlier: Sequence[Wave],
        organisations: Sequence[int],
        asks: str = "",
        wave: Wave | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(instrument, asks, wave))
        self.scope, self.organisations, self.reader_id = (
            scope,
            organisations,
            None if wave is None else wave.reader_id,
        )
        self.earlier = {str(one.pk): one for one in earlier}
        kinds = [WaveKind(kind) for kind in allowed_kinds(instrument)]
        choices: dict[str, Sequence[tuple[str, str]]] = {
            "kind": [(kind.value, KINDS[kind]) for kind in KINDS if kind in kinds],
            "asked": [(who.value, PEOPLE[Who(who.value)]) for who in instrument.who],
            "previous": [
                ("", "None"),
                *((pk, f"{one.name} ({in_words(one.opened_at)})") for pk, one in self.earlier.items()),
            ],
        }
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]  # a choice field
        if not any(item.text_keys for item in instrument.items):
            del self.fields["comments"]
        if not self.earlier:
            del self.fields["previous"]
        if not NO_ACCOUNT & {Who(who.value) for who in instrument.who}:
            del self.fields["consent"]
        if WaveKind.CONFIDENTIAL not in kinds:
            del self.fields["reader"]

    def clean_previous(self) -> Wave | None:
        """The earlier wave."""
        return self.earlier.get(self.cleaned_data["previous"])

    def clean(self) -> dict[str, Any]:
        """Days to come and in order, a reader where one is needed, and consent where children or families are asked."""
        data = super().clean() or {}
        check_days(self, data, today(), f"Last day to answer must be today, {in_words(today())}, or later")
        asked = {Who(who) for who in data.get("asked", ())}
        if asked & NO_ACCOUNT and not data.get("consent") and "consent" not in self.errors:
            self.add_error(
                "consent",
                "Say what people agree to, and from which age pupils answer, as parents or pupils are asked",
            )
        elif Who.PUPILS in asked and not re.search(r"[0-9]", data.get("consent", "")) and not self.errors:
            self.add_error(
                "consent", "Say from which age pupils answer for themselves, for example ‘from 13 years’"
            )
        if data.get("kind") == WaveKind.ATTRIBUTED and asked & NO_ACCOUNT:
            self.add_error(
                "kind", "Parents and pupils cannot sign in here: choose another kind, or do not ask them"
            )
        if data.get("kind") == WaveKind.CONFIDENTIAL and "reader" not in self.errors:
            self._find_reader(data.get("reader", ""))
        return data

    def _find_reader(self, email: str) -> None:
        if not email:
            self.add_error("reader", "Enter the e-mail address of the one person who reads who said what")
            return
        found = reader_of(email, self.scope, self.organisations)
        if found is None:
            self.add_error(
                "reader",
                "Nobody with a role here has this e-mail address: look at it again, or invite them first",
            )
            return
        self.reader_id = found.pk

    def asking(self) -> Asking:
        """The valid answers."""
        data = self.cleaned_data
        kind = WaveKind(data["kind"])
        asked = [Who(who) for who in data["asked"]]
        return Asking(
            name=data["name"],
            why=data["why"],
            asks=data["asks"],
            kind=kind,
            until=data["until"],
            results_on=data["results_on"],
            asked=asked,
            k=data["k"],
            consent=data.get("consent", ""),
            comments=data.get("comments", False),
            reader_id=self.reader_id if kind == WaveKind.CONFIDENTIAL else None,
            previous=data.get("previous"),
        )

    @property
    def given_token(self) -> uuid.UUID:
        """What tells a double click from a second wave; a new one where the page's own was damaged."""
        return self.cleaned_data.get("token") or uuid.uuid4()


def check_days(form: forms.Form, data: Mapping[str, Any], first: date, words: str) -> None:
    """The last day is `first` or later (else `words`), and results come on it or later."""
    until, results_on = data.get("until"), data.get("results_on")
    if until is not None and until < first:
        form.add_error("until", words)
    elif until is not None and results_on is not None and results_on < until:
        form.add_error(
            "results_on", "Day when people can expect results must be the last day to answer or later"
        )


def _initial(instrument: Instrument, asks: str, wave: Wave | None) -> dict[str, Any]:
    if wave is None:
        ticked = [who.value for who in instrument.who if Who(who.value) in (Who.LEADERS, Who.STAFF)]
        first = today()
        return {
            "name": instrument.title[:120],
            "asks": asks[:150],
            "k": USUAL_K,
            "asked": ticked,
            "until": first + timedelta(days=14),
            "results_on": first + timedelta(days=28),
            "token": uuid.uuid4(),
        }
    names = ("name", "why", "asks", "kind", "asked", "consent", "k", "comments", "until", "results_on")
    reader = wave.reader.email if wave.reader else ""
    return {name: getattr(wave, name) for name in names} | {
        "reader": reader,
        "previous": str(wave.previous_id or ""),
    }


class ExtendForm(forms.Form):
    """More days, and perhaps a better name, for a wave that is open."""

    name = forms.CharField(label="Name of the questionnaire", max_length=120)
    until = forms.DateField(label="Last day to answer")
    results_on = forms.DateField(label="Day when people can expect results")
    why = forms.CharField(label="Why you change it", max_length=300, required=False)

    def __init__(self, data: Mapping[str, str] | None, wave: Wave) -> None:
        super().__init__(
            data, initial={name: getattr(wave, name) for name in ("name", "until", "results_on")}
        )
        self.wave = wave

    def clean(self) -> dict[str, Any]:
        """Days in order, and no fewer than people were told."""
        data = super().clean() or {}
        words = f"Last day to answer must be {in_words(self.wave.until)} or later, as people were told"
        check_days(self, data, self.wave.until, words)
        return data
