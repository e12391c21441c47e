"""Lists of people who are asked by links: pasted or from a file, checked whole before anything is kept; and samples."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.datastructures import MultiValueDict

from isthmus.apps.core import spreadsheets
from isthmus.apps.core.numbers import count
from isthmus.apps.core.spreadsheets import SpreadsheetRefused
from isthmus.apps.surveys.models import Invited, Wave, Who
from isthmus.apps.surveys.queries.rosters import Listed

MOST_PEOPLE, MOST_TEXT, MOST_TOLD, MOST_STRATUM = 5000, 600_000, 10, 60
_CONTROL = dict.fromkeys(range(32)) | {127: None}
_WORDS: dict[str, Who] = {
    **dict.fromkeys(
        ("leader", "leaders", "head", "headteacher", "senior leader", "deputy head"), Who.LEADERS
    ),
    **dict.fromkeys(
        ("staff", "member of staff", "teacher", "teaching assistant", "support staff"), Who.STAFF
    ),
    **dict.fromkeys(("governor", "governors", "trustee", "governor or trustee"), Who.GOVERNORS),
    **dict.fromkeys(("parent", "parents", "carer", "parent or carer"), Who.PARENTS),
    **dict.fromkeys(("pupil", "pupils", "student"), Who.PUPILS),
    **dict.fromkeys(("partner", "partners"), Who.PARTNERS),
}
_HEADINGS = ("mail", "email", "e-mail", "address", "e-mail address", "email address", "mail address")
Row = tuple[int, Sequence[Any]]


def list_text(people: Iterable[Invited], *, several: bool) -> str:
    """A list as it is pasted."""
    rows = [[one.email, one.who if several or one.stratum else "", one.stratum] for one in people]
    return "\n".join(", ".join(cell for cell in row if cell) for row in rows)


def _pasted(text: str) -> list[Row]:
    return [
        (number, next(csv.reader([line], delimiter="\t" if "\t" in line else ",", skipinitialspace=True), []))
        for number, line in enumerate(text.splitlines(), 1)
    ]


class ListForm(forms.Form):
    """The people of a school: a mail address, as whom they answer, and a group to draw within."""

    rows = forms.CharField(
        label="People",
        required=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Or a spreadsheet",
        required=False,
        help_text="Excel (.xlsx) or CSV with the same columns: address, role, group. It replaces what stands above.",
    )

    def __init__(
        self,
        data: Mapping[str, str] | None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None,
        *,
        wave: Wave,
        text: str = "",
    ) -> None:
        super().__init__(data, files, initial={"rows": text})
        self.asked = [Who(who) for who in Who.values if who in wave.asked]
        words = ", ".join(who.value for who in self.asked)
        role = f", then the role ({words})" if len(self.asked) > 1 else ""
        self.fields["rows"].help_text = (
            f"One person to a line: the mail address{role}, and if you like a group to draw a sample within, such as a "
            "subject or a site. Copied from a spreadsheet, or with commas between. It replaces the list before."
        )

    def clean(self) -> dict[str, Any]:
        """Every line, or none; `people` is what they say."""
        data = super().clean() or {}
        if self.errors:
            return data
        rows = self._given(data.get("file"), data.get("rows") or "")
        faults: list[str] = []
        found: dict[str, Listed] = {}
        for number, cells in rows:
            try:
                one = self._one(cells)
                if one.email in found:
                    raise ValueError(f"{one.email} stands there twice")
                found[one.email] = one
            except ValueError as wrong:
                faults.append(f"Line {number}: {wrong}")
        if faults:
            left = len(faults) - MOST_TOLD
            more = [f"And {count(left, 'more line')} that cannot be read"] if left > 0 else []
            raise ValidationError({"rows": [*faults[:MOST_TOLD], *more]})
        if not found:
            raise ValidationError({"rows": "Give a line for one person or more"})
        if len(found) > MOST_PEOPLE:
            raise ValidationError({"rows": f"Give {MOST_PEOPLE:,} people or fewer for a school"})
        data["people"] = list(found.values())
        return data

    def _given(self, file: UploadedFile[bytes] | None, text: str) -> list[Row]:
        """The lines that hold something, without headings."""
        if file is not None:
            if file.size and file.size > spreadsheets.MOST_BYTES:
                raise ValidationError(
                    {"file": f"The file must be {spreadsheets.MOST_BYTES // 2**20} MB or smaller"}
                )
            try:
                rows: list[Row] = list(spreadsheets.read(file.read(), str(file.name))[0].rows)
            except SpreadsheetRefused as refused:
                raise ValidationError({"file": str(refused)}) from refused
        elif len(text) > MOST_TEXT:
            raise ValidationError({"rows": "The text is too long: give the list as a file, or fewer columns"})
        else:
            rows = _pasted(text)
        plain = [(n, [str(cell or "").translate(_CONTROL).strip() for cell in cells]) for n, cells in rows]
        filled: list[Row] = [(n, cells) for n, cells in plain if any(cells)]
        if filled and filled[0][1][0].casefold() in _HEADINGS:
            filled = filled[1:]
        return filled

    def _one(self, cells: Sequence[str]) -> Listed:
        """What a line says. Raises ValueError with what is wrong."""
        email, role, stratum = [*cells, "", "", ""][:3]
        email = email.removeprefix("mailto:").casefold()
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError(f"‘{email[:60]}’ is no mail address") from None
        if len(email) > 254:
            raise ValueError("the mail address is too long")
        only = self.asked[0] if len(self.asked) == 1 else None
        who = _WORDS.get(" ".join(role.casefold().split()))
        if who is None and only is not None:
            who, stratum = only, stratum or role
        if who not in self.asked:
            words = ", ".join(one.value for one in self.asked)
            raise ValueError(f"the role of {email} must be one of {words}, not ‘{role[:30]}’")
        if len(stratum) > MOST_STRATUM:
            raise ValueError(f"the group must have {MOST_STRATUM} letters or fewer")
        return Listed(email, who.value, stratum)


class SampleForm(forms.Form):
    """So many drawn at random, or as many as a margin of error needs."""

    one_of = ("margin", "number")
    way = forms.ChoiceField(
        label="How many to ask",
        choices=[
            ("margin", "As many as a margin of error needs"),
            ("number", "So many people"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how many to ask"},
    )
    margin = forms.DecimalField(
        label="Margin of error, in points either way",
        required=False,
        min_value=1,
        max_value=50,
        max_digits=4,
        decimal_places=1,
        widget=forms.NumberInput({"class": "govuk-input--width-3"}),
    )
    response = forms.IntegerField(
        label="If so many of a hundred people answer",
        min_value=5,
        max_value=100,
        widget=forms.NumberInput({"class": "govuk-input--width-3"}),
    )
    number = forms.IntegerField(
        label="People to ask",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput({"class": "govuk-input--width-5"}),
    )
    at_least = forms.IntegerField(
        label="From each group at least",
        help_text="A group is a school’s people of one role. Smaller ones are asked whole.",
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput({"class": "govuk-input--width-3"}),
    )

    def clean(self) -> dict[str, Any]:
        """The number that the chosen way needs."""
        data = super().clean() or {}
        way = data.get("way")
        if way in ("margin", "number") and not data.get(way) and way not in self.errors:
            words = "the margin of error" if way == "margin" else "how many people to ask"
            self.add_error(way, f"Enter {words}")
        return data
