"""A rule of a plan, as people say it: one form for each kind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms

from isthmus.apps.core.numbers import count
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import RuleKind
from isthmus.apps.networks.presenters.rules import what_label
from isthmus.apps.networks.queries.layers import Groups
from isthmus.apps.register.models import Organisation

MOST_PUPILS = 1_000_000
MOST_KM = 500
MOST_NAMED = 1_000
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Told:
    """What the forms of rules need to know: the plan's schools, where pairs may come from (key to name and groups),
    networks that exist by name, and whether there is a routing service."""

    schools: Sequence[Organisation]
    sources: dict[str, tuple[str, Groups]] = field(default_factory=dict)
    has_service: bool = False


class RuleForm(forms.Form):
    """What every rule has: a token that tells a double click from a second rule."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    notes: list[str]

    def __init__(self, data: Any = None, files: Any = None, *, told: Told) -> None:
        super().__init__(data, files, initial={"token": uuid.uuid4()})
        self.told, self.notes = told, []

    @property
    def names_schools(self) -> bool:
        """Whether people name schools in it, and so need their list."""
        return bool({"schools", "side"} & set(self.fields))

    def clean_token(self) -> uuid.UUID:
        """A new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        """What `PlanRule.data` holds, and the rows of its long table."""
        return {name: value for name, value in self.cleaned_data.items() if name != "token"}, None

    def schools_named(self, name: str, label: str, *, fewest: int) -> list[str]:
        """The URNs of the schools that a text names, one a line. Adds an error to `name` where it cannot be."""
        urns, problems = find_schools(self.cleaned_data.get(name, ""), self.told.schools)
        for problem in problems[:10]:
            self.add_error(name, f"{label}: {problem}")
        if not problems and len(urns) < fewest:
            self.add_error(name, f"{label}: name {count(fewest, 'school')} or more, one a line")
        return urns


def find_schools(text: str, schools: Sequence[Organisation]) -> tuple[list[str], list[str]]:
    """The URNs of the schools named by URN or by name, one a line, and what was wrong."""
    by_urn = {school.urn: school for school in schools}
    by_name: dict[str, list[Organisation]] = {}
    for school in schools:
        by_name.setdefault(" ".join(school.name.lower().split()), []).append(school)
    found: dict[str, None] = {}
    problems: list[str] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines()[: MOST_NAMED + 1])):
        same = [by_urn[line]] if line in by_urn else by_name.get(line.lower(), [])
        if len(same) == 1:
            found[same[0].urn or ""] = None
        elif same:
            told = "; ".join(f"{s.urn} in {s.town or s.postcode or 'a place not known'}" for s in same[:5])
            problems.append(f"{len(same)} schools are called ‘{line[:80]}’. Write the URN instead: {told}")
        else:
            problems.append(
                f"‘{line[:80]}’ is no school of this plan. Write its URN, or its name as in the list"
            )
    if len(found) > MOST_NAMED:
        problems.append(f"name at most {MOST_NAMED:,} schools")
    return list(found), problems


def schools_field(label: str) -> forms.CharField:
    """Schools by URN or name, one a line."""
    return forms.CharField(
        label=label,
        help_text="One school a line: its URN, or its name as in the list below.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": f"{label}: name the schools, one a line"},
    )


class GroupForm(RuleForm):
    """Schools together, or apart."""

    schools = schools_field("Schools")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "schools" not in self.errors:
            data["urns"] = self.schools_named("schools", "Schools", fewest=2)
        return data

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        return {"urns": self.cleaned_data["urns"]}, None


class FixedForm(RuleForm):
    """Schools in a network with a name."""

    network = forms.CharField(
        label="Name of the network",
        help_text="Where you begin from networks there are, use the name of one of them to keep its schools in it.",
        max_length=120,
        error_messages={"required": "Name of the network: enter a name"},
    )
    schools = schools_field("Schools")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "schools" not in self.errors:
            data["urns"] = self.schools_named("schools", "Schools", fewest=1)
        return data

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        return {
            "network": " ".join(self.cleaned_data["network"].split()),
            "urns": self.cleaned_data["urns"],
        }, None


class CountForm(RuleForm):
    """At least, or at most, so many schools of a kind in each network."""

    count = forms.IntegerField(
        label="How many",
        min_value=0,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        error_messages={"required": "How many: enter a number"},
    )
    what = forms.ChoiceField(
        label="Of what",
        error_messages={
            "required": "Of what: choose from the list",
            "invalid_choice": "Of what: choose from the list",
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, told: Told) -> None:
        super().__init__(data, files, told=told)
        cast("forms.ChoiceField", self.fields["what"]).choices = [
            (what, what_label(what).capitalize()) for what in countable(told.schools)
        ]


class AtLeastForm(CountForm):
    """At least so many: none would be no rule."""

    def __init__(self, data: Any = None, files: Any = None, *, told: Told) -> None:
        super().__init__(data, files, told=told)
        self.fields["count"] = forms.IntegerField(
            label="How many",
            min_value=1,
            max_value=60,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            error_messages={"required": "How many: enter a number", "min_value": "How many: enter 1 or more"},
        )


def countable(schools: Sequence[Organisation]) -> list[str]:
    """What rules can count among these schools: only what at least one of them is."""
    phases = sorted({s.phase for s in schools if s.phase}, key=phase_label)
    faiths = sorted({s.religious_character for s in schools if s.has_faith})
    special = ["special"] if any(s.type_group == "Special schools" for s in schools) else []
    return ["secondary", *special, "small", *(f"phase:{p}" for p in phases), *(f"faith:{f}" for f in faiths)]


class PupilsForm(RuleForm):
    """Pupils of a network at most."""

    most = forms.IntegerField(
        label="Pupils at most",
        min_value=1,
        max_value=MOST_PUPILS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": "Pupils at most: enter a number"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unknown = sum(school.pupils is None for school in self.told.schools)
        if unknown:
            self.notes.append(
                f"For {count(unknown, 'school')} the register gives no number of pupils. They are left out of the sum."
            )
        return data


class ReachForm(RuleForm):
    """No two schools further apart."""

    km = forms.FloatField(
        label="Kilometres at most",
        min_value=0.1,
        max_value=MOST_KM,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "decimal"}),
        error_messages={"required": "Kilometres at most: enter a number"},
    )


class NoRepeatForm(RuleForm):
    """No pair of an earlier plan or of a layer again."""

    source = forms.ChoiceField(
        label="Whose pairs",
        error_messages={
            "required": "Whose pairs: choose from the list",
            "invalid_choice": "Whose pairs: choose from the list",
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, told: Told) -> None:
        super().__init__(data, files, told=told)
        found = [(key, name) for key, (name, _groups) in told.sources.items()]
        cast("forms.ChoiceField", self.fields["source"]).choices = [("", "Choose"), *found]

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        name, groups = self.told.sources[self.cleaned_data["source"]]
        return {"source": name, "groups": [list(urns) for _name, urns in groups]}, None


class CompetitorsForm(RuleForm):
    """Schools that compete are kept apart."""

    estimated = forms.BooleanField(
        label="Also those of which it is only estimated",
        help_text="Estimated from phase, distance and size, where nobody recorded whether they compete.",
        required=False,
    )


FORMS: dict[str, type[RuleForm]] = {
    RuleKind.TOGETHER: GroupForm,
    RuleKind.APART: GroupForm,
    RuleKind.FIXED: FixedForm,
    RuleKind.AT_LEAST: AtLeastForm,
    RuleKind.AT_MOST: CountForm,
    RuleKind.PUPILS: PupilsForm,
    RuleKind.REACH: ReachForm,
    RuleKind.NO_REPEAT: NoRepeatForm,
    RuleKind.COMPETITORS: CompetitorsForm,
}
