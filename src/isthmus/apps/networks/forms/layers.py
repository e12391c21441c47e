"""What a plan begins from, and which partners schools already have: the part of the form about existing networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from isthmus.apps.networks.choices import AS_IT_IS, FROM_NOTHING, IMPROVE, MOST
from isthmus.apps.networks.models import Layer

MOST_MOVES = 5000


def importance(label: str, help_text: str, usual: int) -> forms.IntegerField:
    """A number from 0 to `MOST`; the script of the page draws it as a slider beside the number."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        initial=usual,
        min_value=0,
        max_value=MOST,
        required=False,
        widget=forms.NumberInput(attrs={"data-slider": MOST, "class": "govuk-input--width-3"}),
        error_messages={
            "invalid": f"{label}: enter a whole number from 0 to {MOST}",
            "min_value": f"{label}: the number must be 0 or more",
            "max_value": f"{label}: the number must be {MOST} or less",
        },
    )


class LayersForm(forms.Form):
    """Existing networks as a beginning, as what to keep, and as partners that are not new any more."""

    needs_met = importance(
        "Needs met by neighbours",
        "What a school says that it would welcome help with, another of its network can help with.",
        0,
    )
    shared_needs = importance("The same needs", "Schools that named the same needs work on them together.", 0)
    keep = importance("Keep what works", "Schools that share a network of the layer above stay together.", 0)
    new_partners = importance(
        "New partners",
        "Schools meet others than those that they already work with in the layers chosen for it.",
        0,
    )
    wishes = importance("As the schools wish", "Schools work with those that they asked for.", 0)
    start = forms.ChoiceField(
        label="What to begin from",
        choices=[
            (FROM_NOTHING, "Nothing: the best networks, whatever there is today"),
            (IMPROVE, "The networks there are: make them better"),
            (AS_IT_IS, "The networks there are: only score them, by the same measure, and change nothing"),
        ],
        initial=FROM_NOTHING,
        required=False,
        widget=forms.RadioSelect,
    )
    layer = forms.TypedChoiceField(
        label="Which networks there are",
        help_text="The layer whose networks to begin from or to keep. A school in two of them counts in the first.",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Which networks there are: choose a layer from the list"},
    )
    day = forms.DateField(
        label="As they were on",
        help_text="Leave empty for today.",
        required=False,
        error_messages={"invalid": "As they were on: enter a real date, such as 1 9 2025"},
    )
    moves = forms.IntegerField(
        label="Most schools that may change network",
        help_text="Only where you make existing networks better. Leave empty for any number.",
        required=False,
        min_value=0,
        max_value=MOST_MOVES,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "invalid": "Most schools that may change network: enter a whole number",
            "min_value": "Most schools that may change network: enter 0 or more",
            "max_value": f"Most schools that may change network: enter {MOST_MOVES:,} or less",
        },
    )
    others = forms.TypedMultipleChoiceField(
        label="Layers whose partners are not new",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Layers whose partners are not new: choose from the list"},
    )
    starts = forms.DateField(
        label="First day of these networks",
        help_text="For networks that work for a fixed term and are then formed again. Leave empty otherwise.",
        required=False,
        error_messages={"invalid": "First day of these networks: enter a real date"},
    )
    ends = forms.DateField(
        label="Last day of these networks",
        required=False,
        error_messages={"invalid": "Last day of these networks: enter a real date"},
    )

    def __init__(self, data: Any = None, *, layers: Sequence[Layer] = (), **rest: Any) -> None:
        super().__init__(data, **rest)
        named = [(layer.pk, f"{layer.name} ({layer.area.name})") for layer in layers]
        cast("forms.TypedChoiceField", self.fields["layer"]).choices = [("", "None"), *named]
        cast("forms.TypedMultipleChoiceField", self.fields["others"]).choices = named
        self.has_layers = bool(named)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["start"] = data.get("start") or FROM_NOTHING
        for name in ("needs_met", "shared_needs", "keep", "new_partners", "wishes"):
            if name not in self.errors:
                data[name] = data.get(name) or 0
        begins = data["start"] != FROM_NOTHING
        if (begins or data.get("keep")) and "layer" not in self.errors and data.get("layer") is None:
            why = "to begin from" if begins else "to keep"
            self.add_error("layer", f"Which networks there are: choose the layer {why}")
        if data.get("moves") is not None and data["start"] != IMPROVE:
            self.add_error(
                "moves",
                "Most schools that may change network: this counts only where the networks there are are made better. "
                "Choose that above, or leave this empty",
            )
        if data.get("new_partners") and not data.get("others") and "others" not in self.errors:
            self.add_error(
                "others", "Layers whose partners are not new: choose at least one, or give New partners a 0"
            )
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "Last day of these networks: it must be the first day or later")
        return data

    def about_layers(self) -> dict[str, Any]:
        """The valid answers, as `Choices` takes them."""
        data = self.cleaned_data
        iso = {name: data[name].isoformat() if data.get(name) else "" for name in ("day", "starts", "ends")}
        plain = ("needs_met", "shared_needs", "keep", "new_partners", "wishes", "start", "layer", "moves")
        return {**{name: data[name] for name in plain}, **iso, "others": tuple(data["others"])}
