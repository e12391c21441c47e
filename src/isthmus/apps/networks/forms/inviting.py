"""What people type when they share a draft, or comment on one."""

from __future__ import annotations

import uuid

from django import forms
from django.http import QueryDict

from isthmus.apps.networks.models import Plan, ProposedNetwork


class ShareForm(forms.Form):
    """With whom a draft is shared."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Name: enter who should see the draft"}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "E-mail address: enter where the link should go",
            "invalid": "E-mail address: enter it like name@example.org",
        },
    )
    note = forms.CharField(
        label="What you would like to know from them",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CommentForm(forms.Form):
    """What somebody says about a plan or one of its networks."""

    network = forms.ModelChoiceField(
        queryset=ProposedNetwork.objects.none(),
        label="About",
        required=False,
        empty_label="The whole draft",
        error_messages={"invalid_choice": "About: choose a network of this draft"},
    )
    text = forms.CharField(
        label="What you think",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "What you think: write something first",
            "max_length": "What you think: write at most 2,000 characters",
        },
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, plan: Plan) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        field = self.fields["network"]
        field.queryset = plan.networks.order_by("number")  # type: ignore[attr-defined]  # a field of models
        field.label_from_instance = lambda n: f"{n.number}. {n.name}"  # type: ignore[attr-defined]  # as above

    def clean_token(self) -> uuid.UUID:
        """What tells a double click from a second comment; a new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()
