"""What a person fills in to ask for a plan."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from isthmus.apps.core.numbers import count
from isthmus.apps.networks.choices import (
    AS_IT_IS,
    EFFORTS,
    FAITH_MIXED,
    FAITH_SAME,
    MATTERS,
    MOST,
    PRESETS,
    TAUGHT_SECONDARY,
    Choices,
    phase_label,
)
from isthmus.apps.networks.forms.layers import LayersForm, importance
from isthmus.apps.networks.models import Layer, Plan
from isthmus.apps.networks.queries.layers import groups_on, once
from isthmus.apps.networks.queries.plans import schools_to_group
from isthmus.apps.register.models import Area, Phase

SIZE_MOST = 60
PHASE_WORDS = {Phase.NOT_APPLICABLE.value: "No phase given (special schools and most independent schools)"}
EFFORT_WORDS = {
    "quick": "Quick: seconds",
    "thorough": f"Thorough: about {EFFORTS['thorough']} times as long, for a final plan",
}
PLAIN = (
    *("smallest", "largest", "nearness", "mixed_phases", "faith", "faith_way", "mixed_disadvantage"),
    *("secondary_each", "effort"),
)
USUAL_PHASES = frozenset(Phase.values) - {Phase.SIXTEEN_PLUS}


def size(label: str, usual: int) -> forms.IntegerField:
    """A number of schools in a network."""
    return forms.IntegerField(
        label=label,
        initial=usual,
        min_value=2,
        max_value=SIZE_MOST,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        error_messages={
            "required": f"{label}: enter a number of schools",
            "invalid": f"{label}: enter a whole number of schools",
            "min_value": f"{label}: a network has at least 2 schools",
            "max_value": f"{label}: a network has at most {SIZE_MOST} schools",
        },
    )


class AreaName(forms.ModelChoiceField[Area]):
    """An area by its name, said to be fictional where it is."""

    def label_from_instance(self, obj: Area) -> str:
        return f"{obj.name} (fictional)" if obj.fictional else obj.name


class AreaForm(forms.Form):
    """Which area's schools the plan groups."""

    about = AreaName(
        Area.objects.none(),
        label="Which area’s schools?",
        help_text="A plan for a real area uses public facts only. Only people of your own area see it.",
        empty_label="Choose an area",
        error_messages={
            "required": "Choose an area from the list",
            "invalid_choice": "Choose an area from the list",
        },
    )

    def __init__(self, data: QueryDict | None, *, areas: QuerySet[Area]) -> None:
        super().__init__(data)
        about = cast("forms.ModelChoiceField[Area]", self.fields["about"])
        about.queryset = areas.defer("boundary", "places").order_by("fictional", "name")


class PlanForm(LayersForm):
    """Asks for a plan of the schools of one area."""

    name = forms.CharField(
        label="Name of this plan",
        max_length=120,
        help_text="So that you find it again, for example ‘September, smaller networks’.",
        error_messages={"required": "Name of this plan: enter a name"},
    )
    owner = forms.ModelChoiceField(
        Area.objects.none(),
        label="For which area do you plan?",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "For which area do you plan? Choose one of your areas",
            "invalid_choice": "For which area do you plan? Choose one of your areas",
        },
    )
    phases = forms.MultipleChoiceField(
        label="Which schools",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Which schools: choose at least one phase"},
    )
    smallest = size("Fewest schools in a network", 6)
    largest = size("Most schools in a network", 10)
    nearness = importance("Nearness", "Schools of a network are close to each other, in a straight line.", 10)
    mixed_phases = importance("A mix of phases", "Primary and secondary schools work together.", 3)
    mixed_disadvantage = importance(
        "A mix of more and less disadvantaged intakes",
        "The share of pupils eligible for free school meals evens out in each network.",
        3,
    )
    faith = importance("Faith", "How much the religious character of the schools matters.", 0)
    faith_way = forms.ChoiceField(
        label="If faith matters, in which way?",
        choices=[
            (FAITH_MIXED, "Different faiths, and none, work together"),
            (FAITH_SAME, "The same faith works together"),
        ],
        initial=FAITH_MIXED,
        widget=forms.RadioSelect,
    )
    secondary_each = forms.BooleanField(
        label="At least one secondary in each network",
        help_text="Middle schools deemed secondary and all-through schools count too. This rule is never broken.",
        required=False,
        initial=True,
    )
    effort = forms.ChoiceField(
        label="How long to search",
        choices=[
            ("quick", "Quick: seconds"),
            ("thorough", "Thorough: about eight times as long, for a final plan"),
        ],
        initial="quick",
        widget=forms.RadioSelect,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        owners: list[Area],
        phases: dict[str, tuple[int, int]],
        layers: Sequence[Layer] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        usual = [phase for phase in phases if phase in USUAL_PHASES]
        given = {"token": uuid.uuid4(), "phases": usual, "owner": owners[0].pk, **(initial or {})}
        super().__init__(data, layers=layers, initial=given)
        for name in ("nearness", "mixed_phases", "mixed_disadvantage", "faith"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = (
                f"{self.fields[name].label}: enter a number from 0 to {MOST}"
            )
        self.placed = {phase: number for phase, (_all, number) in phases.items()}
        cast("forms.MultipleChoiceField", self.fields["phases"]).choices = phase_choices(phases)
        owner = cast("forms.ModelChoiceField[Area]", self.fields["owner"])
        owner.queryset = Area.objects.filter(pk__in=[o.pk for o in owners]).order_by("name")
        if len(owners) == 1:
            owner.widget = forms.HiddenInput()

    def clean_token(self) -> uuid.UUID:
        """What tells a double click from a second wish; a new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        smallest, largest = data.get("smallest"), data.get("largest")
        if smallest and largest:
            if smallest > largest:
                self.add_error(
                    "largest", "Most schools in a network: it must be the same as the fewest, or more"
                )
            else:
                self._check_enough(smallest, largest, data.get("phases"))
        if all(data.get(field) == 0 for field in MATTERS):
            self.add_error(
                "nearness", "Nearness: at least one thing must matter, so give one a number above 0"
            )
        return data

    def _check_enough(self, smallest: int, largest: int, phases: list[str] | None) -> None:
        """Sizes that no number of networks fits are said here, before anybody waits for the worker."""
        if not phases:
            return
        if self.cleaned_data.get("start") == AS_IT_IS:
            return  # nothing is formed, so nothing need fit
        number = sum(self.placed.get(phase, 0) for phase in phases)
        if number < smallest:
            self.add_error(
                "smallest",
                "Fewest schools in a network: only "
                f"{count(number, 'of these schools has', 'of these schools have')} a known place",
            )
        elif -(-number // largest) > number // smallest:
            self.add_error(
                "largest",
                f"Most schools in a network: {number} schools cannot be split into networks of {smallest} to {largest}",
            )
        secondaries = sum(self.placed.get(phase, 0) for phase in phases if phase in TAUGHT_SECONDARY)
        fewest = -(-number // largest)
        if self.cleaned_data.get("secondary_each") and secondaries < fewest:
            self.add_error(
                "secondary_each",
                f"At least one secondary in each network: {count(number, 'school')} must make at least "
                f"{count(fewest, 'network')}, and {count(secondaries, 'secondary has', 'secondaries have')} a known "
                "place. Allow larger networks, choose other phases, or leave this rule out",
            )

    def choices(self) -> Choices:
        """The valid form as one value."""
        data = self.cleaned_data
        fields = {name: data[name] for name in PLAIN}
        return Choices(phases=tuple(data["phases"]), **fields, **self.about_layers())


def phase_choices(phases: dict[str, tuple[int, int]]) -> list[tuple[str, str]]:
    """The phases that an area has, each with how many schools."""
    return [
        (phase, f"{PHASE_WORDS.get(phase, phase_label(phase))}: {_counted(phases[phase])}")
        for phase in Phase.values
        if phase in phases
    ]


def _counted(numbers: tuple[int, int]) -> str:
    every, placed = numbers
    return count(every, "school") + ("" if placed == every else f", {placed:,} with a known place")


def from_plan(plan: Plan) -> dict[str, Any]:
    """What was asked before, to change and ask again."""
    data = Choices.from_json(plan.choices).to_json()
    for name in ("day", "starts", "ends"):
        data[name] = date.fromisoformat(data[name]) if data[name] else None
    return {**data, "name": plan.name, "owner": plan.owner_id}


def from_preset(key: str, layers: Sequence[Layer], about: Area) -> dict[str, Any]:
    """The answers of a preset; where it needs a layer, the one that every school is meant to be in, else the first.
    Where networks of today are made better, they may be as small and as large as they are: else no plan could keep
    them."""
    if key not in PRESETS:
        return {}
    answers = dict(PRESETS[key][2])
    usual = next((layer for layer in layers if layer.for_every_school), layers[0] if layers else None)
    if usual is None:
        return answers
    if answers.get("new_partners"):
        answers["others"] = [usual.pk]
    if answers.get("keep"):
        answers["layer"] = usual.pk
        schools = schools_to_group(about, sorted(USUAL_PHASES)).filter(easting__isnull=False)
        today = once(groups_on(usual, among={school.urn for school in schools if school.urn}))[0]
        sizes = [len(urns) for _name, urns in today]
        if sizes:
            answers["smallest"] = min(max(min(sizes), 2), 6)
            answers["largest"] = min(max(*sizes, 10), SIZE_MOST)
    return answers
