"""Sharing as its pages show it: the form that opens data to another area, the list, and one sharing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.urls import reverse

from isthmus.apps.core import directory, queries
from isthmus.apps.core.access import Actor
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.models import Sharing
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope
from isthmus.apps.core.seeing import DATASETS, who_could_see
from isthmus.apps.core.sharing import areas_of, datasets_to_share, other_areas
from isthmus.apps.core.stories import story

USUAL = timedelta(days=90)
LONGEST = timedelta(days=2 * 366)
HEADER = ("Data", "Of", "Shown to", "From", "Until", "State", "For", "Opened by")
COLOURS = {"Open": "green", "Not begun": "blue", "Over": "grey", "Taken back": "grey"}


class ShareForm(forms.Form):
    """What is shown to which area, from when until when, and what for."""

    dataset = forms.ChoiceField(label="What do you share?")
    owner = forms.ChoiceField(label="Of which area?")
    to = forms.ChoiceField(label="With which area?")
    purpose = forms.CharField(
        label="What is it for?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Both areas read it, for example ‘compare networks along our border’.",
        error_messages={"required": "What is it for? Enter a purpose"},
    )
    starts = forms.DateField(label="First day", error_messages={"required": "Enter the first day"})
    ends = forms.DateField(label="Last day", error_messages={"required": "Enter the last day"})

    def __init__(self, data: Any = None, *, owners: Mapping[Scope, str]) -> None:
        super().__init__(data, initial={"starts": today(), "ends": today() + USUAL})
        self.places = {str(scope): scope for scope in (*owners, *other_areas())}
        self._offers("dataset", {d.name: d.words for d in datasets_to_share()})
        self._offers("owner", {str(scope): name for scope, name in owners.items()})
        alone = next(iter(owners)) if len(owners) == 1 else None
        others = {str(s): name for s, name in other_areas().items() if s != alone}
        self._offers("to", {"": "Choose an area", **others})

    def _offers(self, name: str, choices: Mapping[str, str]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = list(choices.items())
        field.error_messages |= dict.fromkeys(
            ("required", "invalid_choice"), f"{field.label} Choose from the list"
        )
        if len(choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), next(iter(choices))

    def clean_starts(self) -> date:
        """What is past cannot be opened any more."""
        day: date = self.cleaned_data["starts"]
        if day < today():
            raise forms.ValidationError("First day: it must be today or later")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "Last day: it must be the same as the first day, or later")
        elif starts and ends and ends > starts + LONGEST:
            self.add_error("ends", "Last day: it must be within two years. You can share again then")
        if data.get("owner") and data.get("owner") == data.get("to"):
            self.add_error("to", "With which area? Choose another area")
        return data


def state(row: Sharing) -> str:
    """Where a sharing stands today."""
    if row.taken_back_at is not None:
        return "Taken back"
    if row.ends < today():
        return "Over"
    return "Open" if row.starts <= today() else "Not begun"


def _by(row: Sharing) -> str:
    return str(row.made_by) if row.made_by else "somebody whose account is gone"


def _what(row: Sharing) -> str:
    words = DATASETS[row.dataset].words
    return words[:1].upper() + words[1:]


def sharings_table(page: Listing[Sharing]) -> Table:
    """A list of sharings."""
    columns = [
        page.column("Data", "data"),
        Column("Of"),
        Column("Shown to"),
        page.column("From", "from"),
        page.column("Until", "until"),
        Column("State"),
    ]
    names = directory.names(place for row in page.page for place in (row.scope, row.to))
    rows = [
        (
            Cell(_what(row), url=reverse("core:sharing", args=[row.pk])),
            names[row.scope],
            names[row.to],
            in_words(row.starts),
            in_words(row.ends),
            Cell(state(row), tag=COLOURS[state(row)]),
        )
        for row in page.page
    ]
    return Table(count(page.total, "sharing"), columns, rows)


def export_rows(rows: Iterable[Sharing]) -> Iterable[Row]:
    """A row a sharing for a file, as HEADER has them."""
    every = list(rows)
    names = directory.names(place for row in every for place in (row.scope, row.to))
    for row in every:
        days = (row.starts.isoformat(), row.ends.isoformat())
        yield (_what(row), names[row.scope], names[row.to], *days, state(row), row.purpose, _by(row))


def sharing_facts(row: Sharing) -> list[Fact]:
    """One sharing."""
    names = directory.names([row.scope, row.to])
    dataset = DATASETS[row.dataset]
    shut = [c.words for c in dataset.classes if not c.shared]
    return [
        Fact("Data", [c.words for c in dataset.classes if c.shared]),
        Fact("Not shown", [*shut, "Nothing can be changed from there"]),
        Fact("Of", names[row.scope]),
        Fact("Shown to", names[row.to]),
        Fact("For", row.purpose),
        Fact("From", in_words(row.starts)),
        Fact("Until", in_words(row.ends)),
        Fact("State", state(row)),
        Fact("Opened by", _by(row)),
    ]


def history_for(person: Actor, row: Sharing) -> list[Fact]:
    """What happened to a sharing, from the record of the person's own side."""
    side = row.scope if row.scope in areas_of(person, Permission.SHARING_VIEW) else row.to
    events = queries.history(row._meta.label_lower, row.pk)
    return story(events.filter(scope_kind=side.kind, scope_id=side.id))


def who_table(dataset: str, subject: Scope, day: date) -> Table:
    """Who could see a dataset of an area on a day, and why. Of other areas, how many in which role: not their names."""
    found = who_could_see(dataset, subject, day)
    names = directory.names(on for _viewer, _decision, on in found)
    rows: list[tuple[str, str, str]] = []
    others: Counter[tuple[str, str]] = Counter()
    for viewer, decision, on in found:
        if on == subject:
            rows.append((viewer.name, names[on], decision.why))
        else:
            held = next(role.label for role in viewer.roles if role.scope == on)
            others[names[on], held] += 1
    rows.sort()
    for (place, role), number in sorted(others.items()):
        rows.append((f"{place}: {role}", place, f"{count(number, 'person', 'people')}, because it is shared"))
    columns = [Column("Who"), Column("Role on"), Column("Why")]
    return Table(count(len(found), "person", "people"), columns, rows)
