"""Whom a wave asks: rows of a spreadsheet pasted, a table typed, or a grouping chosen."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from isthmus.apps.core.numbers import count
from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.actions.waves import Grouped
from isthmus.apps.surveys.models import WaveSchool

MOST_GROUP, MOST_PEOPLE, MOST_TEXT, MOST_TOLD = 120, 20_000, 100_000, 10
TYPED = 200
"""Up to so many organisations the table is offered; more are pasted."""
_CONTROL = dict.fromkeys(range(32)) | {127: None}


def row_text(row: WaveSchool) -> str:
    """A row as it is pasted: 'URN, group, people'."""
    cells = [
        row.organisation.urn or row.organisation.name,
        row.group,
        "" if row.expected is None else str(row.expected),
    ]
    return ", ".join(f'"{cell}"' if "," in cell or '"' in cell else cell for cell in cells)


def _people(text: str) -> int | None:
    """How many people, None where nothing is said. Raises ValueError."""
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or not 1 <= int(plain[:9]) <= MOST_PEOPLE:
        raise ValueError(plain)
    return int(plain)


class PasteForm(forms.Form):
    """Rows of a spreadsheet: exactly these are asked."""

    rows = forms.CharField(
        label="Schools, groups and people",
        widget=forms.Textarea({"rows": 12}),
        help_text="One school to a row: its URN (or its name), the group it is counted in, how many people are asked. "
        "Copied from a spreadsheet, or with commas between. Group and people may be empty. Exactly these "
        "schools are asked.",
    )

    def __init__(
        self, data: Mapping[str, str] | None, *, offered: Sequence[Organisation], text: str = ""
    ) -> None:
        super().__init__(data, initial={"rows": text})
        self.offered = offered

    def clean_rows(self) -> tuple[list[Organisation], dict[int, Grouped]]:
        """The organisations and how each is asked."""
        text: str = self.cleaned_data["rows"]
        if len(text) > MOST_TEXT:
            raise ValidationError("The rows are too long a text: paste fewer columns")
        by_word: dict[str, list[Organisation]] = {}
        for one in self.offered:
            for word in {one.urn or "", one.name.casefold()} - {""}:
                by_word.setdefault(word, []).append(one)
        found: dict[int, Organisation] = {}
        grouped: dict[int, Grouped] = {}
        faults: list[str] = []
        for number, cells in _cells(text):
            try:
                one = _named(cells[0], by_word, found)
                grouped[one.pk] = _grouped(cells)
                found[one.pk] = one
            except ValueError as wrong:
                faults.append(f"Row {number}: {wrong}")
        if faults:
            more = (
                [f"And {count(len(faults) - MOST_TOLD, 'more row')} that cannot be read"]
                if len(faults) > MOST_TOLD
                else []
            )
            raise ValidationError([*faults[:MOST_TOLD], *more])
        if not found:
            raise ValidationError("Give a row for one school or more")
        return list(found.values()), grouped


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with its number and three cells or more; a heading is left out."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        delimiter = "\t" if "\t" in line else ","
        cells = [
            cell.translate(_CONTROL).strip()
            for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        ]
        if any(cells) and not (number == 1 and cells[0].casefold() in ("urn", "school")):
            rows.append((number, [*cells, "", "", ""]))
    return rows


def _named(
    word: str, by_word: Mapping[str, Sequence[Organisation]], found: Mapping[int, Organisation]
) -> Organisation:
    fitting = by_word.get(word) or by_word.get(word.casefold()) or ()
    if not fitting:
        raise ValueError(f"‘{word[:60]}’ is neither the URN nor the name of a school that can be asked here")
    if len(fitting) > 1:
        raise ValueError(f"there are {len(fitting)} schools called ‘{word[:60]}’: give the URN")
    if fitting[0].pk in found:
        raise ValueError(f"{fitting[0].name} stands there twice")
    return fitting[0]


def _grouped(cells: Sequence[str]) -> Grouped:
    group = " ".join(cells[1].split())
    if len(group) > MOST_GROUP:
        raise ValueError(f"the name of the group must have {MOST_GROUP} letters or fewer")
    try:
        return Grouped(group=group, expected=_people(cells[2]))
    except ValueError:
        raise ValueError(
            f"people must be a whole number from 1 to {MOST_PEOPLE:,}, not ‘{cells[2][:20]}’"
        ) from None


class TypedForm(forms.Form):
    """A row a school: asked or not, its group, its people."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        offered: Sequence[Organisation],
        asked: Mapping[int, WaveSchool],
    ) -> None:
        super().__init__(data)
        self.offered = offered
        for one in offered:
            row = asked.get(one.pk)
            self.fields[f"ask-{one.pk}"] = forms.BooleanField(
                label=f"Ask {one.name}", required=False, initial=row is not None
            )
            self.fields[f"group-{one.pk}"] = forms.CharField(
                label=f"Group of {one.name}",
                required=False,
                max_length=MOST_GROUP,
                initial=row.group if row else "",
            )
            self.fields[f"people-{one.pk}"] = forms.IntegerField(
                label=f"People at {one.name}",
                required=False,
                min_value=1,
                max_value=MOST_PEOPLE,
                initial=row.expected if row else None,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            )

    @property
    def rows(self) -> list[tuple[Organisation, Any, Any, Any]]:
        """Each organisation with its three fields."""
        return [
            (one, self[f"ask-{one.pk}"], self[f"group-{one.pk}"], self[f"people-{one.pk}"])
            for one in self.offered
        ]

    def clean(self) -> dict[str, Any]:
        """One school or more."""
        data = super().clean() or {}
        if not any(data.get(f"ask-{one.pk}") for one in self.offered):
            raise ValidationError("Choose one school or more to ask")
        return data

    def chosen(self) -> tuple[list[Organisation], dict[int, Grouped]]:
        """The organisations and how each is asked."""
        data = self.cleaned_data
        found = [one for one in self.offered if data.get(f"ask-{one.pk}")]
        return found, {
            one.pk: Grouped(" ".join(data[f"group-{one.pk}"].split()), data[f"people-{one.pk}"])
            for one in found
        }


class GroupingForm(forms.Form):
    """By what the schools that are asked are grouped."""

    grouping = forms.ChoiceField(
        label="Count schools in groups by",
        widget=forms.RadioSelect,
        help_text="Results are shown for each group with enough answers. It replaces the groups that stand below.",
        error_messages={"required": "Choose by what schools are grouped"},
    )

    def __init__(self, data: Mapping[str, str] | None, *, names: Sequence[str]) -> None:
        super().__init__(data)
        choices = [(str(number), name) for number, name in enumerate(names)]
        self.fields["grouping"].choices = [*choices, ("none", "No groups")]  # type: ignore[attr-defined]  # a choice field


class ShareForm(forms.Form):
    """How many of those asked may answer, to look ahead with."""

    share = forms.IntegerField(
        label="If so many of a hundred people answer",
        min_value=5,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
