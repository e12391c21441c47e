"""What people type while they work on a plan, checked."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict


class PlaceForm(forms.Form):
    """Where a school should go, and who changes places with it."""

    to = forms.TypedChoiceField(
        label="Network to join",
        coerce=int,
        help_text="The cheapest first, with what the objective would change.",
        error_messages={
            "required": "Network to join: choose one",
            "invalid_choice": "Network to join: choose one of this plan",
        },
    )
    instead = forms.ChoiceField(
        label="Change places with",
        required=False,
        help_text="Leave it at nobody to move the school alone.",
        error_messages={"invalid_choice": "Change places with: choose a school of that network"},
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        networks: Sequence[tuple[int, str]],
        schools: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        self.fields["to"].choices = [("", "Choose a network"), *networks]  # type: ignore[attr-defined]  # a choice field
        self.fields["instead"].choices = [("", "Nobody"), *schools]  # type: ignore[attr-defined]  # a choice field


class WhyForm(forms.Form):
    """Why a change is made although it breaks a rule."""

    why = forms.CharField(
        label="Why it should be made all the same",
        max_length=300,
        error_messages={"required": "Why: write a few words for the record"},
    )
