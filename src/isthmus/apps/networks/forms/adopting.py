"""What people type when a plan is adopted, and when a school answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from isthmus.apps.core.dates import today
from isthmus.apps.networks.models import Answer, Layer


class AdoptForm(forms.Form):
    """In which layer, and from which day."""

    layer = forms.ChoiceField(
        label="Layer",
        help_text="Schools of this plan leave the other networks of this layer the day before. "
        "Other layers stay as they are.",
        error_messages={"required": "Layer: choose one", "invalid_choice": "Layer: choose one of these"},
    )
    starts = forms.DateField(
        label="First day", error_messages={"required": "First day: enter when the networks begin"}
    )
    message = forms.CharField(
        label="What heads should know",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="It stands in the invitation to each school.",
    )

    def __init__(self, data: QueryDict | None, *, layers: list[Layer], usual: Mapping[str, Any]) -> None:
        """`usual` are the plan's choices: the layer it began from (one made from nothing chooses none by itself), and
        the first day of a fixed term."""
        starts = usual.get("starts") or ""
        first = {"starts": date.fromisoformat(starts)} if starts >= today().isoformat() else {}
        super().__init__(data, initial={"layer": str(usual.get("layer") or ""), **first})
        names = [("", "Choose a layer")] + [
            (str(layer.pk), f"{layer.name} ({layer.area.name})") for layer in layers
        ]
        self.fields["layer"].choices = names  # type: ignore[attr-defined]  # a choice field
        self.layers = {str(layer.pk): layer for layer in layers}

    def clean_layer(self) -> Layer:
        """The layer itself."""
        return self.layers[self.cleaned_data["layer"]]

    def clean_starts(self) -> date:
        """A day that has not passed."""
        starts: date = self.cleaned_data["starts"]
        if starts < today():
            raise ValidationError("First day: enter today or a later day")
        return starts


class AnswerForm(forms.Form):
    """What a school says."""

    answer = forms.ChoiceField(
        label="What does your school say?",
        choices=[
            (Answer.JOINS, "We join"),
            (Answer.ASKS, "We ask something first"),
            (Answer.DECLINES, "We decline"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "What does your school say: choose one", "invalid_choice": "Choose one"},
    )
    reason = forms.CharField(
        label="What you ask, or why",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="If you ask or decline, say a few words, so that the plan can become better.",
    )

    def clean(self) -> dict[str, object]:
        """A question needs its words."""
        data = super().clean() or {}
        if data.get("answer") == Answer.ASKS and not data.get("reason"):
            self.add_error("reason", "What you ask, or why: write what you would like to know")
        return data
