"""What a school says in a consultation, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict

from isthmus.apps.core.numbers import count
from isthmus.apps.needs.models import Level
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import ConsultationAnswer, WishKind
from isthmus.apps.register.models import Organisation, Theme

NOT_SAID = ("", "Nothing to say")
LABELS = {
    WishKind.WITH: "Schools that you wish to work with",
    WishKind.NOT_NOW: "Schools that you would rather not work with now",
}


def school_label(school: Organisation) -> str:
    """A school so that two of one name can be told apart."""
    place = school.town or school.postcode
    return ", ".join(filter(None, (school.name, place))) + f" ({phase_label(school.phase).lower()})"


class WishesForm(forms.Form):
    """Schools ticked among those offered: the ones named before, those found by words, and the nearest."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    q = forms.CharField(
        label="Find a school by name, place or URN", max_length=100, required=False, widget=forms.TextInput
    )
    schools = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="Why, if you wish to say",
        max_length=500,
        required=False,
        help_text="Only the area’s officers read it.",
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        answer: ConsultationAnswer,
        kind: WishKind,
        seen: str,
        named: Sequence[Organisation],
        offered: Iterable[Organisation],
        elsewhere: Iterable[Organisation],
    ) -> None:
        initial = {"seen": seen, "schools": [s.urn for s in named], "reason": answer.not_now_reason}
        super().__init__(data, initial=initial)
        self.answer, self.kind = answer, kind
        self.elsewhere = {school.urn: school.name for school in elsewhere}
        self.by_urn = {school.urn: school for school in offered if school.urn}
        field = cast("forms.MultipleChoiceField", self.fields["schools"])
        field.label = LABELS[kind]
        field.choices = [(urn, school_label(school)) for urn, school in self.by_urn.items()]
        field.error_messages["invalid_choice"] = f"{LABELS[kind]}: choose from the list"
        if kind == WishKind.WITH:
            del self.fields["reason"]

    def clean_schools(self) -> list[Organisation]:
        """Not too many, and none that stands on the other list."""
        urns: list[str] = self.cleaned_data["schools"]
        most = self.answer.consultation.most_wishes
        if self.kind == WishKind.WITH and len(urns) > most:
            raise forms.ValidationError(
                f"{LABELS[self.kind]}: choose {count(most, 'school')} or fewer. You chose {len(urns)}"
            )
        both = [self.elsewhere[urn] for urn in urns if urn in self.elsewhere]
        if both:
            raise forms.ValidationError(
                f"{LABELS[self.kind]}: you said the opposite of {both[0]} before. Take it away there first"
            )
        return [self.by_urn[urn] for urn in urns]


class LevelsForm(forms.Form):
    """Where the school stands on each theme."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: QueryDict | None, *, themes: Sequence[Theme], levels: Mapping[int, Level], seen: str
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.themes = themes
        for theme in themes:
            known = levels.get(theme.pk)
            self.fields[f"theme_{theme.pk}"] = forms.ChoiceField(
                label=theme.name,
                help_text=theme.description,
                choices=list(Level.choices) if known else [NOT_SAID, *Level.choices],
                initial=known or "",
                required=False,
            )

    def levels(self) -> dict[int, Level]:
        """What was chosen; themes left alone are not in it."""
        chosen = {theme.pk: self.cleaned_data.get(f"theme_{theme.pk}") for theme in self.themes}
        return {key: Level(level) for key, level in chosen.items() if level}


class RestForm(forms.Form):
    """A co-leader who agreed to be named, and a note."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    nominee_name = forms.CharField(
        label="Their full name",
        max_length=150,
        required=False,
        help_text="Somebody of your school who would lead a network together with others. It may be you.",
    )
    nominee_email = forms.EmailField(label="Their e-mail address", max_length=254, required=False)
    agreed = forms.BooleanField(label="This person knows that I name them here, and agrees", required=False)
    note = forms.CharField(
        label="Anything else that the area’s officers should know",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: QueryDict | None, *, answer: ConsultationAnswer, seen: str) -> None:
        fields = ("nominee_name", "nominee_email", "note")
        initial = {name: getattr(answer, name) for name in fields}
        super().__init__(data, initial={**initial, "agreed": answer.nominee_agreed, "seen": seen})

    def clean(self) -> dict[str, Any]:
        """Nobody is named without their say-so."""
        data = super().clean() or {}
        name = data.get("nominee_name")
        if name and not data.get("agreed"):
            self.add_error("agreed", "Ask this person first and tick the box, or take their name away")
        if not name and (data.get("nominee_email") or data.get("agreed")):
            self.add_error("nominee_name", "Their full name: enter it, or leave all three empty")
        return data


class SendForm(forms.Form):
    """Where the receipt goes."""

    email = forms.EmailField(
        label="Where the receipt goes",
        max_length=254,
        required=False,
        help_text="Leave it empty if you want none.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
