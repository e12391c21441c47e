"""A paper form as it is typed: one number a question, and what stands in people's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from isthmus.apps.surveys.adapters.instruments import Instrument, Respondent, codes, options_of, sections_for
from isthmus.apps.surveys.models import PaperSheet

CODE, TEXT = "q-", "t-"
MOST_TEXT = 2000


class NumberField(forms.CharField):
    """The number of an option on the form: 1 for the first. Empty where nothing is ticked."""

    def __init__(self, options: list[tuple[int, str]], label: str) -> None:
        self.options = options
        legend = " · ".join(f"{number} {name}" for number, (_code, name) in enumerate(options, 1))
        super().__init__(
            label=label,
            help_text=legend,
            required=False,
            max_length=20,
            widget=forms.TextInput(
                {"class": "govuk-input--width-2", "inputmode": "numeric", "autocomplete": "off"}
            ),
        )

    def clean(self, value: Any) -> int | None:
        """The code of the option, None where nothing is ticked."""
        text = super().clean(value).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= len(self.options):
            raise ValidationError(f"{self.label} Type a number from 1 to {len(self.options)}, or nothing")
        return self.options[int(text) - 1][0]

    def typed(self, code: int) -> str:
        """The number that stands for a code, with its words; in words where nothing was ticked."""
        for number, (one, name) in enumerate(self.options, 1):
            if one == code:
                return f"{number} ({name})"
        return "nothing"


class SheetForm(forms.Form):
    """All questions of a form on one page, in their order."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        instrument: Instrument,
        who: str,
        texts: bool,
        first: PaperSheet | None = None,
    ) -> None:
        super().__init__(data, initial={f"{TEXT}{k}": v for k, v in first.comments.items()} if first else {})
        self.instrument, self.who, self.first = instrument, who, first
        respondent = Respondent(who)
        number = 0
        for section in sections_for(instrument, who):
            for item in section.items:
                number += 1
                words = f"{number}. {item.wording(respondent)}"
                if not item.open:
                    self.fields[f"{CODE}{item.id}"] = NumberField(
                        options_of(item, instrument, respondent), words
                    )
                for key in item.text_keys if texts else ():
                    more = {"evidence": item.evidence, "comment": item.comment}.get(key.partition(":")[2])
                    self.fields[f"{TEXT}{key}"] = forms.CharField(
                        label=f"{number}. {more}" if more else words,
                        required=False,
                        max_length=MOST_TEXT,
                        widget=forms.Textarea({"rows": 2}),
                    )
        for name in list(self.fields)[:1]:
            self.fields[name].widget.attrs["autofocus"] = True

    def codes(self) -> bytes:
        """The answers as they are kept."""
        given = {
            name.removeprefix(CODE): value
            for name, value in self.cleaned_data.items()
            if name.startswith(CODE) and value is not None
        }
        return codes(self.instrument, self.who, given)

    def comments(self) -> dict[str, str]:
        """What people wrote."""
        return {
            name.removeprefix(TEXT): value.replace("\r\n", "\n").strip()
            for name, value in self.cleaned_data.items()
            if name.startswith(TEXT) and value and value.strip()
        }

    def differs(self, before: Mapping[str, int]) -> bool:
        """Whether it was typed otherwise the first time; then each question that differs says so."""
        for name, field in self.fields.items():
            if not isinstance(field, NumberField):
                continue
            now = self.cleaned_data.get(name)
            was = before.get(name.removeprefix(CODE), -1)
            if (-1 if now is None else now) != was:
                self.add_error(
                    name,
                    f"{str(field.label).partition('.')[0]}. was typed as {field.typed(was)} the first time. Look at "
                    "the form, and type what stands there",
                )
        return bool(self.errors)
