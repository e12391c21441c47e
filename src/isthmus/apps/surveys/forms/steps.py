"""What people type of an action: what, who, by when, and what it answers; why it is dropped."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from isthmus.apps.core.dates import in_words, today
from isthmus.apps.surveys.access import responsible_by
from isthmus.apps.surveys.actions.steps import Deed
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.models import Step, Wave, WaveSchool

USUAL_DAYS, MOST_YEARS = 42, 3


class StepForm(forms.Form):
    """An action."""

    what = forms.CharField(
        label="What is done",
        max_length=300,
        help_text="One thing, so that it can be told when it is done.",
        widget=forms.TextInput,
    )
    who = forms.CharField(
        label="Who does it",
        max_length=150,
        help_text="A role, a school, or a person by name. Whoever may read the report sees it.",
        widget=forms.TextInput({"class": "govuk-input--width-20"}),
    )
    email = forms.EmailField(
        label="Their e-mail address",
        required=False,
        max_length=254,
        help_text="Only where they have an account and may read the report: then it waits on their home page when it "
        "is due.",
        widget=forms.EmailInput({"class": "govuk-input--width-20"}),
    )
    due = forms.DateField(label="By when")
    about = forms.ChoiceField(label="What it answers", required=False)
    for_school = forms.ChoiceField(
        label="Whose action it is",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose action it is"},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        wave: Wave,
        instrument: Instrument,
        schools: Sequence[WaveSchool] = (),
        everybody: bool = True,
        about: str = "",
        step: Step | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(about, step))
        self.wave, self.step = wave, step
        self.fields["about"].choices = _matters(instrument)  # type: ignore[attr-defined]  # a choice field
        whose = [("all", "Of all who may read the report")] if everybody else []
        whose += [
            (str(row.organisation_id), f"Of {row.organisation.name} alone, which nobody else sees")
            for row in schools
        ]
        if step is not None or (everybody and not schools):
            del self.fields["for_school"]
        else:
            self.fields["for_school"].choices = whose  # type: ignore[attr-defined]  # a choice field
            self.initial.setdefault("for_school", whose[0][0] if len(whose) == 1 else None)

    def clean_due(self) -> date:
        """A day to come, or the one that was said before."""
        due: date = self.cleaned_data["due"]
        before = self.step.due if self.step else None
        if due < today() and due != before:
            raise forms.ValidationError(f"By when must be today, {in_words(today())}, or later")
        if due > today() + timedelta(days=366 * MOST_YEARS):
            raise forms.ValidationError(f"By when must be within {MOST_YEARS} years")
        return due

    def clean(self) -> dict[str, Any]:
        """Somebody with an account must be able to see what they are to do."""
        data = super().clean() or {}
        data["responsible_id"] = None
        if data.get("email"):
            found = responsible_by(data["email"], self.wave, self.organisation(data))
            if found is None:
                self.add_error(
                    "email",
                    "Nobody who may read this report has this address: look at it again, or leave it out",
                )
            else:
                data["responsible_id"] = found.pk
        return data

    def organisation(self, data: Mapping[str, Any] | None = None) -> int | None:
        """The school whose own it is, or None."""
        if self.step is not None:
            return self.step.organisation_id
        chosen = (self.cleaned_data if data is None else data).get("for_school") or "all"
        return None if chosen == "all" else int(chosen)

    def deed(self) -> Deed:
        """The valid answers."""
        data = self.cleaned_data
        section, _slash, item = data["about"].partition("/")
        return Deed(
            " ".join(data["what"].split()), " ".join(data["who"].split()), data["due"], section, item,
            data["responsible_id"],
        )  # fmt: skip

    @property
    def given_token(self) -> uuid.UUID:
        """What tells a double click from a second action; a new one where the page's own was damaged."""
        return self.cleaned_data.get("token") or uuid.uuid4()


def _matters(instrument: Instrument) -> list[tuple[str, Any]]:
    """The whole, and for each section itself and its questions."""
    found: list[tuple[str, Any]] = [("", "The whole")]
    for section in instrument.sections:
        items = [(f"{section.id}/{item.id}", item.text) for item in section.items]
        found.append((section.title, [(f"{section.id}/", f"{section.title}: all of it"), *items]))
    return found


def about(section: str, item: str) -> str:
    """What an action answers, as the form names it."""
    return f"{section}/{item}" if section else ""


def _initial(answers: str, step: Step | None) -> dict[str, Any]:
    if step is None:
        return {"about": answers, "due": today() + timedelta(days=USUAL_DAYS), "token": uuid.uuid4()}
    email = step.responsible.email if step.responsible else ""
    given = {name: getattr(step, name) for name in ("what", "who", "due")}
    return {**given, "email": email, "about": about(step.section, step.item)}


class DropForm(forms.Form):
    """Why an action is dropped."""

    why = forms.CharField(
        label="Why it is dropped",
        max_length=500,
        help_text="Whoever sees the action reads it.",
        error_messages={"required": "Say why it is dropped"},
    )
