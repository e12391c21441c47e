"""Asking about one's own data, recording what came by letter, answering; legal holds; schools that leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from isthmus.apps.accounts.rights.columns import Place
from isthmus.apps.accounts.rights.models import Came, RequestState, Right
from isthmus.apps.core import personal
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope

ASKED = {
    Right.RECTIFY: ("What is wrong, and what would be right?", True),
    Right.RESTRICT: ("Why should it not be used? (You do not have to say.)", False),
    Right.OBJECT: ("Which use do you object to, and why?", True),
    Right.ERASE: ("Is there anything that we should know? (You do not have to say.)", False),
}


def _long(label: str, required: str, *, hint: str = "", most: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": required},
    )


class AskForm(forms.Form):
    """What somebody says when they ask about their own data; a copy needs no words."""

    text = _long("", "Say what this is about")

    def __init__(self, *args: Any, right: Right, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if right not in ASKED:
            del self.fields["text"]
            return
        self.fields["text"].label, self.fields["text"].required = ASKED[right]


class RecordForm(forms.Form):
    """A request that came by letter, by e-mail or in a talk."""

    right = forms.ChoiceField(
        label="What is asked?",
        choices=Right.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is asked"},
    )
    name = forms.CharField(
        label="Full name", max_length=150, error_messages={"required": "Enter the person's full name"}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The address under which something may be kept about them. They are told there at each step.",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address in the correct format, like name@example.org",
        },
    )
    came = forms.ChoiceField(
        label="How did it come?",
        choices=[(c.value, c.label) for c in Came if c != Came.PAGE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it came"},
    )
    received_on = forms.DateField(
        label="When did it come?",
        help_text="The month for the answer begins on this day.",
        error_messages={
            "required": "Enter the day on which it came",
            "invalid": "Enter a real date as the day on which it came",
        },
    )
    identity_how = forms.CharField(
        label="How did you check who they are?",
        max_length=300,
        help_text="For example: called back at the school's number. Do not keep copies of passports.",
        error_messages={"required": "Say how you checked who they are"},
    )
    text = forms.CharField(
        label="In their words",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean_email(self) -> str:
        """Addresses are compared in small letters."""
        return str(self.cleaned_data["email"]).lower()

    def clean_received_on(self) -> date:
        """Nothing comes tomorrow; what came a year ago is a slip of the pen."""
        day: date = self.cleaned_data["received_on"]
        if day > today():
            raise forms.ValidationError("The day on which it came must be today or earlier")
        if (today() - day).days > 366:
            raise forms.ValidationError("The day on which it came must be within the last year")
        return day


class ReasonForm(forms.Form):
    """A reason or an answer in words."""

    reason = _long("Why?", "Say why")

    def __init__(self, *args: Any, label: str = "", hint: str = "", most: int = 4000, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.CharField, self.fields["reason"])
        field.label, field.help_text = label or field.label, hint
        self.fields["reason"] = _long(str(field.label), "Say why", hint=hint, most=most)


class AnswerForm(forms.Form):
    """Whether what was asked is done, and what the subject is told."""

    outcome = forms.ChoiceField(
        label="What is the answer?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer"},
    )
    answer = _long(
        "What you tell the person",
        "Say what you tell the person",
        hint="They get these words by mail. Where something is not done, say why, in plain words.",
    )

    def __init__(self, *args: Any, right: Right, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(RequestState.REFUSED.value, "It is not done")]
        if right in (Right.COPY, Right.OBJECT):
            said = "They have the copy" if right == Right.COPY else "The use stops"
            choices.insert(0, (RequestState.DONE.value, said))
        cast(forms.ChoiceField, self.fields["outcome"]).choices = choices


class PutRightForm(forms.Form):
    """Each value that may be put right, as it stands now."""

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {f"place{number}": place for number, place in enumerate(places)}
        for key, place in self.places.items():
            self.fields[key] = forms.CharField(
                label=place.label,
                initial=place.value(),
                max_length=254,
                error_messages={"required": f"Enter what is right: {place.label}"},
            )
        self.fields["answer"] = _long(
            "What you tell the person", "Say what you tell the person", hint="They get these words by mail."
        )

    def values(self) -> dict[Place, str]:
        """What each place should say."""
        return {place: str(self.cleaned_data[key]).strip() for key, place in self.places.items()}

    def clean(self) -> dict[str, Any]:
        """Something must change, or there is nothing to put right."""
        complete = all(key in self.cleaned_data for key in self.places)
        if complete and all(place.value() == value for place, value in self.values().items()):
            self.add_error(
                None, "Nothing was changed. Change what is wrong, or answer that it stays as it is"
            )
        return self.cleaned_data


class HoldForm(forms.Form):
    """What must be kept, why, and until when."""

    place = forms.ChoiceField(label="Where does it apply?")
    email = forms.EmailField(
        label="E-mail address of the person",
        required=False,
        max_length=254,
        help_text="Everything about them is then kept.",
        error_messages={"invalid": "Enter an e-mail address in the correct format, like name@example.org"},
    )
    data_class = forms.ChoiceField(
        label="Or a whole class of data", required=False, help_text="For example for an inquiry."
    )
    reason = _long("Why must it be kept?", "Say why it must be kept", most=500)
    until = forms.DateField(
        label="Last day",
        required=False,
        help_text="Leave it empty where you do not know: it then holds until you lift it.",
        error_messages={"invalid": "Enter a real date as the last day"},
    )

    def __init__(self, *args: Any, places: Sequence[tuple[Scope, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["place"])
        field.choices = [(str(scope), name) for scope, name in places]
        field.error_messages["required"] = field.error_messages["invalid_choice"] = "Choose where it applies"
        classes = [(data.key, data.title) for data in personal.declared()]
        cast(forms.ChoiceField, self.fields["data_class"]).choices = [("", "No"), *classes]

    def clean_email(self) -> str:
        """Addresses are compared in small letters."""
        return str(self.cleaned_data["email"]).lower()

    def clean_until(self) -> date | None:
        """A hold that is over holds nothing."""
        until: date | None = self.cleaned_data["until"]
        if until and until < today():
            raise forms.ValidationError("The last day must be today or later")
        return until

    def clean(self) -> dict[str, Any]:
        """One person or one class, not both and not neither."""
        email, data_class = self.cleaned_data.get("email"), self.cleaned_data.get("data_class")
        if "email" in self.cleaned_data and bool(email) == bool(data_class):
            self.add_error("email", "Enter the address of one person, or choose one class of data")
        return self.cleaned_data


class LeaveForm(forms.Form):
    """Which school leaves, and why."""

    place = forms.ChoiceField(label="Which school leaves?")
    reason = _long("Why does it leave?", "Say why it leaves", most=500)

    def __init__(self, *args: Any, places: Sequence[tuple[Scope, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["place"])
        field.choices = [("", "Choose"), *((str(scope), name) for scope, name in places)]
        field.error_messages["required"] = field.error_messages["invalid_choice"] = "Choose a school"
