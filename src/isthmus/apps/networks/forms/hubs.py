"""What a person fills in to have schools with a strength serve others."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms

from isthmus.apps.core.numbers import count
from isthmus.apps.networks.choices import FAITH_MIXED, HUBS, Choices, HubChoices
from isthmus.apps.networks.forms.plans import SIZE_MOST, USUAL_PHASES, phase_choices
from isthmus.apps.networks.forms.rules import find_schools
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import Area, Organisation, Theme

MOST_PLACES = 200
WRITTEN = re.compile(r"(.*?)[\s,;:]+(\d{1,3})")


class HubsForm(forms.Form):
    """Asks for hubs and spokes among the schools of one area."""

    name = forms.CharField(
        label="Name of this plan",
        max_length=120,
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
    theme = forms.ChoiceField(
        label="Theme",
        help_text="What the hubs are strong in.",
        error_messages={
            "required": "Theme: choose from the list",
            "invalid_choice": "Theme: choose from the list",
        },
    )
    places = forms.CharField(
        label="Hubs, with the most schools that each serves",
        help_text="One hub a line: its URN or name, then the number of schools, such as 100001, 8.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Hubs: name at least one, with a number of schools"},
    )
    number = forms.IntegerField(
        label="How many of these serve",
        help_text="Leave empty for all of them. With a number, the best of them are chosen.",
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    reach = forms.FloatField(
        label="Kilometres from a school to its hub at most",
        help_text="Leave empty for any distance.",
        required=False,
        min_value=0.1,
        max_value=500,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "decimal"}),
    )
    phases = forms.MultipleChoiceField(
        label="Which schools are served",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Which schools are served: choose at least one phase"},
    )
    needing = forms.BooleanField(
        label="Only schools that said they would welcome help with this theme", required=False
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        owners: list[Area],
        phases: dict[str, tuple[int, int]],
        themes: Sequence[Theme],
        schools: Sequence[Organisation],
        initial: dict[str, Any] | None = None,
    ) -> None:
        usual = [phase for phase in phases if phase in USUAL_PHASES]
        given = {"token": uuid.uuid4(), "phases": usual, "owner": owners[0].pk, **(initial or {})}
        super().__init__(data, initial=given)
        self.schools = schools
        cast("forms.MultipleChoiceField", self.fields["phases"]).choices = phase_choices(phases)
        names = [(theme.name, theme.name) for theme in themes]
        cast("forms.ChoiceField", self.fields["theme"]).choices = [("", "Choose"), *names]
        owner = cast("forms.ModelChoiceField[Area]", self.fields["owner"])
        owner.queryset = Area.objects.filter(pk__in=[o.pk for o in owners]).order_by("name")
        if len(owners) == 1:
            owner.widget = forms.HiddenInput()

    def clean_token(self) -> uuid.UUID:
        """A new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()

    def clean_places(self) -> tuple[tuple[str, int], ...]:
        """(URN, most schools) of each hub."""
        found: dict[str, int] = {}
        problems: list[str] = []
        for line in filter(None, map(str.strip, self.cleaned_data["places"].splitlines()[:MOST_PLACES])):
            parts = WRITTEN.fullmatch(line)
            urns, wrong = find_schools(parts[1] if parts else line, self.schools)
            problems += wrong
            if parts is None:
                problems.append(f"‘{line[:60]}’ has no number of schools at its end, such as 8")
            elif urns:
                found[urns[0]] = int(parts[2])
        if problems:
            raise forms.ValidationError([f"Hubs: {problem}" for problem in problems[:10]])
        return tuple(found.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places, number = data.get("places"), data.get("number")
        if places and number and number > len(places):
            self.add_error("number", f"How many of these serve: you named {count(len(places), 'hub')}")
        return data

    def choices(self) -> Choices:
        """The valid form as one value."""
        data = self.cleaned_data
        hubs = HubChoices(data["theme"], data["places"], data["number"], data["reach"], data["needing"])
        return Choices(
            smallest=2,
            largest=SIZE_MOST,
            phases=tuple(data["phases"]),
            nearness=10,
            mixed_phases=0,
            faith=0,
            faith_way=FAITH_MIXED,
            mixed_disadvantage=0,
            secondary_each=False,
            what=HUBS,
            hubs=hubs,
        )


def hubs_of_plan(plan: Plan) -> dict[str, Any]:
    """What was asked before, to change and ask again."""
    choices = Choices.from_json(plan.choices)
    hubs = choices.hubs
    if hubs is None:
        return {}
    places = "\n".join(f"{urn}, {room}" for urn, room in hubs.places)
    given = {"theme": hubs.theme, "number": hubs.number, "reach": hubs.reach, "needing": hubs.needing}
    return {
        **given,
        "places": places,
        "phases": list(choices.phases),
        "name": plan.name,
        "owner": plan.owner_id,
    }
