"""Inviting somebody, and naming a successor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people.queries import open_hand_over
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.scopes import Scope


class PlaceForm(forms.Form):
    """Where the role is held."""

    place = forms.ChoiceField(label="Where is the role held?")

    def __init__(self, *args: Any, places: Sequence[tuple[Scope, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["place"])
        field.choices = [("", "Choose"), *((str(scope), name) for scope, name in places)]
        field.error_messages["required"] = "Choose where the role is held"
        field.error_messages["invalid_choice"] = "Choose where the role is held"


class _Named(forms.Form):
    name = forms.CharField(
        label="Full name", max_length=150, error_messages={"required": "Enter the person's full name"}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation is sent there, and they sign in with it.",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address in the correct format, like name@example.org",
        },
    )

    def clean_email(self) -> str:
        """Addresses are compared in small letters."""
        return str(self.cleaned_data["email"]).lower()


class InviteForm(_Named):
    """Who is invited, to what, until when."""

    field_order = ("role", "name", "email", "ends", "note")
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)
    ends = forms.DateField(
        label="Last day of the term",
        required=False,
        help_text="Leave it empty for the usual term of the role.",
        error_messages={"invalid": "Enter a real date as the last day of the term"},
    )
    note = forms.CharField(
        label="A note to the person",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the mail.",
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["role"])
        field.choices = [(role.value, role.label) for role in roles]
        field.error_messages["required"] = "Choose a role"
        self.order_fields(self.field_order)

    def clean_ends(self) -> date | None:
        """A term that is over is none."""
        ends: date | None = self.cleaned_data["ends"]
        if ends and ends < today():
            raise forms.ValidationError("The last day of the term must be today or later")
        return ends

    def term(self) -> date | None:
        """The last day: as given, or the usual term of the role."""
        given: date | None = self.cleaned_data["ends"]
        return given or DESCRIPTIONS[Role(self.cleaned_data["role"])].term_from(today())


class SuccessorForm(_Named):
    """Who follows, and when the role passes."""

    last_day = forms.DateField(
        label="Last day of the role for who holds it now",
        error_messages={
            "required": "Enter the last day",
            "invalid": "Enter a real date as the last day",
        },
    )
    note = forms.CharField(
        label="What the successor should know",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="They read it once they have accepted, beside the list of what is open.",
    )

    def __init__(self, *args: Any, holding: RoleHolding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holding = holding

    def clean_email(self) -> str:
        """Nobody follows themselves."""
        email = super().clean_email()
        if email == self.holding.person.email:
            raise forms.ValidationError(
                "Enter the address of somebody else: a person does not follow themselves"
            )
        return email

    def clean_last_day(self) -> date:
        """Between today and the end of the term."""
        day: date = self.cleaned_data["last_day"]
        if day < today():
            raise forms.ValidationError("The last day must be today or later")
        if self.holding.ends and day > self.holding.ends:
            raise forms.ValidationError(
                f"The term ends on {in_words(self.holding.ends)}: choose that day or earlier"
            )
        return day

    def clean(self) -> dict[str, Any]:
        """One successor at a time."""
        waiting = open_hand_over(self.holding)
        email = self.cleaned_data.get("email")
        if waiting and not waiting.invitation.has_expired and email and waiting.invitation.email != email:
            self.add_error(
                "email", f"{waiting.invitation.name} is asked already. Take that invitation back first"
            )
        return self.cleaned_data


class TermForm(forms.Form):
    """Another term for a role. Its first day can be changed until it comes."""

    starts = forms.DateField(
        label="First day of the term",
        error_messages={"required": "Enter the first day", "invalid": "Enter a real date as the first day"},
    )
    ends = forms.DateField(
        label="Last day of the term",
        required=False,
        help_text="The role is held until the end of that day. Leave it empty for a role without an end.",
        error_messages={"invalid": "Enter a real date as the last day"},
    )
    why = forms.CharField(
        label="Why does the term change?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the mail to the person and in the record.",
        error_messages={"required": "Say why the term changes"},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, holding: RoleHolding, **kwargs: Any) -> None:
        seen = f"{holding.starts},{holding.ends or ''}"
        kwargs["initial"] = {"starts": holding.starts, "ends": holding.ends, "seen": seen}
        super().__init__(*args, **kwargs)
        self.holding = holding
        if holding.starts <= today():
            del self.fields["starts"]

    def clean_starts(self) -> date:
        """A day to come, on which the person does not hold the same role already."""
        day: date = self.cleaned_data["starts"]
        if day <= today():
            raise forms.ValidationError("The first day must be after today")
        held = self.holding
        twins = RoleHolding.objects.filter(
            person=held.person_id,
            role=held.role,
            scope_kind=held.scope_kind,
            scope_id=held.scope_id,
            starts=day,
            ended_at=None,
        )
        if twins.exclude(pk=held.pk).exists():
            raise forms.ValidationError(f"{held.person.name} has this role from that day already")
        return day

    def clean_seen(self) -> tuple[date, date | None]:
        """The term that the page showed; what cannot be read fits no term."""
        first, _, last = str(self.cleaned_data["seen"]).partition(",")
        try:
            return date.fromisoformat(first), date.fromisoformat(last) if last else None
        except ValueError:
            return date.min, None

    def clean(self) -> dict[str, Any]:
        """The term ends today or later, and not before it begins."""
        starts, ends = self.cleaned_data.get("starts", self.holding.starts), self.cleaned_data.get("ends")
        if ends and ends < today():
            self.add_error("ends", "The last day must be today or later. To end the role now, end it instead")
        elif ends and ends < starts:
            self.add_error("ends", "The last day must not be before the first")
        return self.cleaned_data

    def term(self) -> tuple[date, date | None]:
        """The first and the last day as they are asked for."""
        return self.cleaned_data.get("starts", self.holding.starts), self.cleaned_data["ends"]
