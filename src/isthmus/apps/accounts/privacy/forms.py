"""Who the controller is, and how long a class of personal data is kept."""

from __future__ import annotations

from typing import Any

from django import forms

from isthmus.apps.accounts.privacy.models import Controller
from isthmus.apps.core.personal import PersonalData


class ControllerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Who answers for the personal data here."""

    class Meta:
        model = Controller
        fields = ("name", "address", "contact", "officer", "registration")
        labels = {
            "name": "Name of the controller",
            "address": "Postal address",
            "contact": "E-mail address for questions about privacy",
            "officer": "E-mail address of the data protection officer",
            "registration": "Number in the ICO's register of fee payers",
        }
        help_texts = {
            "name": "The authority, trust or company that decides why and how personal data is used here.",
            "contact": "An office's address: it stands in the public privacy notice.",
            "officer": "An office's address, too, such as dpo@example.gov.uk.",
        }


class RetentionForm(forms.Form):
    """For how many days a class is kept, and why."""

    days = forms.IntegerField(label="Days")
    why = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the record of what changed.",
        error_messages={"required": "Say why it is kept that long"},
    )

    def __init__(self, *args: Any, data_class: PersonalData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = data_class.keep
        asked = f"a whole number of days from {keep.least:,} to {keep.most:,}"
        self.fields["days"] = forms.IntegerField(
            label=f"For how many days after {keep.since}?",
            min_value=keep.least,
            max_value=keep.most,
            help_text=f"From {keep.least:,} to {keep.most:,}. Proposed: {keep.days:,}. {keep.why}.",
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), f"Enter {asked}"),
        )
        self.order_fields(("days", "why"))
