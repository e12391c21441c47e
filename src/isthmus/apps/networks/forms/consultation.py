"""What officers write of a consultation, checked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict

from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.numbers import count
from isthmus.apps.networks.actions.consultation import Asking
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import MOST_WISHES, Consultation, ConsultationState, Layer, Sees
from isthmus.apps.networks.queries.plans import phases_in, schools_to_group
from isthmus.apps.register.models import Area, Organisation

FEWEST = 2
FIXED = ("layer", "phases", "urns", "sees", "most_wishes", "token")


class AskingForm(forms.Form):
    """What is asked, of whom, until when, and what schools see. Once open, only words and the last day change."""

    name = forms.CharField(
        label="Name of the consultation", max_length=120, help_text="For example ‘Networks from September’."
    )
    text = forms.CharField(
        label="What heads should know",
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text="Why you ask, and what happens with the answers. It is in the mail and on the page.",
    )
    until = forms.DateField(label="Last day to answer")
    layer = forms.ModelChoiceField(
        Layer.objects.none(), label="For the networks of", required=False, empty_label="A layer to come"
    )
    phases = forms.MultipleChoiceField(
        label="Which schools are asked",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="By phase. Only they can be wished for.",
    )
    urns = forms.CharField(
        label="Only these schools",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="URNs, one to a line or with commas between. Leave it empty to ask every school of those phases.",
    )
    most_wishes = forms.IntegerField(
        label="Most schools that a school may wish for",
        min_value=1,
        max_value=MOST_WISHES,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    sees = forms.ChoiceField(
        label="What a school sees of what others said",
        choices=Sees.choices,
        widget=forms.RadioSelect,
        help_text="Heads are told before they answer. It cannot be changed once the consultation is open.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, area: Area, consultation: Consultation | None) -> None:
        phases = phases_in(area)
        super().__init__(data, initial=_initial(consultation, list(phases)))
        self.area, self.consultation, self.schools = area, consultation, list[Organisation]()
        if consultation is not None and consultation.state != ConsultationState.DRAFT:
            for name in FIXED:
                del self.fields[name]
            return
        cast("forms.ModelChoiceField[Layer]", self.fields["layer"]).queryset = Layer.objects.filter(area=area)
        field = cast("forms.MultipleChoiceField", self.fields["phases"])
        field.choices = [(key, f"{phase_label(key)} ({total})") for key, (total, _) in phases.items()]

    def clean(self) -> dict[str, Any]:
        """A day to come, and two schools or more."""
        data = super().clean() or {}
        until = data.get("until")
        if until is not None and until < today():
            self.add_error("until", f"Last day to answer must be today, {in_words(today())}, or later")
        if "phases" in self.fields and "phases" not in self.errors:
            self._find_schools(data)
        return data

    def _find_schools(self, data: dict[str, Any]) -> None:
        given = list(dict.fromkeys(re.findall(r"[^\s,;]+", data.get("urns", ""))))
        if given:
            self.schools = list(schools_to_group(self.area, list(phases_in(self.area))).filter(urn__in=given))
            found = {school.urn for school in self.schools}
            unknown = [urn[:12] for urn in given if urn not in found]
            if unknown:
                named = ", ".join(unknown[:10]) + (" and more" if len(unknown) > 10 else "")
                self.add_error("urns", f"Only these schools: no open school of this area has the URN {named}")
                return
        else:
            self.schools = list(schools_to_group(self.area, data.get("phases") or []))
        if len(self.schools) < FEWEST:
            where = "urns" if given else "phases"
            self.add_error(
                where,
                f"{self.fields[where].label}: choose so that {count(FEWEST, 'school')} or more are asked",
            )

    def asking(self) -> Asking:
        """The valid answers; what cannot be changed any more as it is."""
        data, now = self.cleaned_data, self.consultation
        return Asking(
            name=data["name"],
            text=data["text"],
            until=data["until"],
            layer=data.get("layer", now.layer if now else None),
            sees=Sees(data.get("sees", now.sees if now else Sees.OWN)),
            most_wishes=data.get("most_wishes") or (now.most_wishes if now else 5),
        )


def _initial(consultation: Consultation | None, phases: Sequence[str]) -> dict[str, Any]:
    if consultation is None:
        return {"most_wishes": 5, "sees": Sees.OWN, "phases": phases, "token": uuid.uuid4()}
    fields = ("name", "text", "until", "layer", "sees", "most_wishes")
    asked = consultation.answers.values_list("organisation__urn", flat=True)
    everybody = schools_to_group(consultation.area, phases).count() == len(asked)
    return {
        **{name: getattr(consultation, name) for name in fields},
        "phases": phases,
        "urns": "" if everybody else "\n".join(sorted(filter(None, asked))),
        "token": consultation.token,
    }


class AddressForm(forms.Form):
    """To whom a school's link goes."""

    name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(label="E-mail address", max_length=254)
