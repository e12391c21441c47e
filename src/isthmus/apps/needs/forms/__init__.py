"""What people type about needs, strengths, ties and competition, checked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from isthmus.apps.core.dates import today
from isthmus.apps.core.numbers import count
from isthmus.apps.core.spreadsheets import MOST_BYTES
from isthmus.apps.needs.actions import Said
from isthmus.apps.needs.models import Level, Over, Statement, Tie, TieKind
from isthmus.apps.register.models import Area, Theme
from isthmus.apps.register.queries import area_members

NOT_SAID = ("", "Not said")
SHORT = {
    Level.NEED: "Need",
    Level.STRENGTH: "Strength",
    Level.BOTH: "Both",
    Level.NEITHER: "Neither",
}


class ThemeForm(forms.Form):
    """Where a school stands on one theme."""

    level = forms.ChoiceField(
        label="Where does your school stand?",
        choices=Level.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where your school stands"},
    )
    note = forms.CharField(
        label="What exactly", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    affected = forms.CharField(
        label="Who lives with the need",
        max_length=200,
        required=False,
        help_text="A group, such as ‘parents of year 7’. Write no names.",
    )
    their_words = forms.CharField(
        label="What they said",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Those who live with a need often know what would help. Write no names.",
    )

    def __init__(
        self, data: QueryDict | None, *, theme: Theme, now: Statement | None, name: str, own: bool
    ) -> None:
        names = ("level", "note", "affected", "their_words")
        super().__init__(data, initial={n: getattr(now, n) for n in names} if now else {})
        self.theme = theme
        if not own:
            self.fields["level"].label = f"Where does {name} stand?"
            self.fields["level"].error_messages["required"] = f"Choose where {name} stands"

    def said(self) -> Said:
        """The valid form as what is said."""
        return Said(self.theme, **{**self.cleaned_data, "level": Level(self.cleaned_data["level"])})


class AllThemesForm(forms.Form):
    """Where a school stands on every theme, on one page."""

    def __init__(
        self, data: QueryDict | None, *, themes: Sequence[Theme], now: Mapping[int, Statement]
    ) -> None:
        super().__init__(data)
        self.themes, self.now = themes, now
        for theme in themes:
            said = now.get(theme.pk)
            choices = [(level.value, words) for level, words in SHORT.items()]
            self.fields[f"theme-{theme.pk}"] = forms.ChoiceField(
                label=theme.name,
                help_text=theme.description,
                choices=choices if said else [*choices, NOT_SAID],
                initial=said.level if said else "",
                required=False,
                widget=forms.RadioSelect,
            )
        if now:
            self.fields["confirm"] = forms.BooleanField(
                label="What I leave as it is still holds today", required=False
            )

    def said(self) -> list[Said]:
        """What changed; with the last box ticked, the rest too, as of today."""
        found = []
        for theme in self.themes:
            level, old = self.cleaned_data[f"theme-{theme.pk}"], self.now.get(theme.pk)
            if not level or (old and old.level == level and not self.cleaned_data.get("confirm")):
                continue
            same = old if old and old.level == level else None
            words = {n: getattr(same, n) if same else "" for n in ("note", "affected", "their_words")}
            found.append(Said(theme, Level(level), **words))
        return found


class MetForm(forms.Form):
    """What met a need, and when."""

    solution = forms.CharField(
        label="What meets the need",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was done, and with whom.",
        error_messages={"required": "Write what meets the need"},
    )
    met_on = forms.DateField(
        label="The day it was met", required=False, help_text="Leave it empty while it is under way."
    )

    def __init__(self, data: QueryDict | None, *, statement: Statement) -> None:
        super().__init__(data, initial={n: getattr(statement, n) for n in ("solution", "met_on")})

    def clean_met_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["met_on"]
        if day and day > today():
            raise ValidationError("The day it was met must not be in the future")
        return day


class StalenessForm(forms.Form):
    """After how many months what was said is shown as old."""

    months = forms.IntegerField(
        label="After how many months",
        min_value=1,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )


class SchoolField(forms.CharField):
    """A school of an area, by URN or by its name. `found_in` must be set; gives the organisation."""

    found_in: Area

    def clean(self, value: Any) -> Any:
        """The one school that is meant."""
        text = super().clean(value)
        if not text:
            return None
        schools = area_members(self.found_in).defer("measures", "provenance", "search")
        if text.isascii() and text.isdigit():
            found = list(schools.filter(urn=text.zfill(6)))
        else:
            exact = list(schools.filter(name__iexact=text)[:6])
            found = exact or list(schools.filter(name__icontains=text)[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                f"{self.label}: no open school of {self.found_in.name} has this name or URN"
            )
        some = ", ".join(f"{one.name} ({one.urn})" for one in found[:5])
        raise ValidationError(
            f"{self.label}: {count(len(found), 'school')} fit. Write the URN of one: {some}"
        )


class PairForm(forms.Form):
    """Two schools of an area."""

    first = SchoolField(
        label="First school",
        max_length=200,
        error_messages={"required": "Write the name or URN of the first school"},
    )
    second = SchoolField(
        label="Second school",
        max_length=200,
        error_messages={"required": "Write the name or URN of the second school"},
    )

    def __init__(self, data: QueryDict | None, *, area: Area, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for name in ("first", "second"):
            field = cast(SchoolField, self.fields[name])
            field.found_in = area
            field.help_text = "Name or URN"

    def clean(self) -> dict[str, Any]:
        """Two different schools."""
        data = self.cleaned_data
        if data.get("first") and data.get("first") == data.get("second"):
            self.add_error("second", "Second school: choose another than the first")
        return data


class CompetitionForm(PairForm):
    """That two schools compete, or that they do not."""

    over = forms.ChoiceField(
        label="What for", choices=Over.choices, widget=forms.RadioSelect, initial=Over.PUPILS
    )
    competes = forms.ChoiceField(
        label="Do they compete?",
        choices=[("yes", "Yes"), ("no", "No, whatever an estimate says")],
        widget=forms.RadioSelect,
        initial="yes",
    )
    reason = forms.CharField(
        label="Why you think so",
        max_length=300,
        error_messages={"required": "Write a few words on why you think so"},
    )


class TieForm(PairForm):
    """A tie between two schools."""

    field_order = ("kind", "first", "second", "note", "since", "until")
    kind = forms.ChoiceField(label="What ties them", choices=TieKind.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="What exactly", max_length=300, required=False)
    since = forms.DateField(label="From", required=False, help_text="Leave it empty where nobody knows.")
    until = forms.DateField(label="Last day", required=False, help_text="Empty while it lasts.")

    def __init__(self, data: QueryDict | None, *, area: Area, tie: Tie | None) -> None:
        initial: dict[str, Any] = {}
        if tie is not None:
            initial = {name: getattr(tie, name) for name in ("kind", "note", "since", "until")}
            initial |= {"first": tie.first.urn, "second": tie.second.urn}
        super().__init__(data, area=area, initial=initial)
        self.area, self.tie = area, tie

    def clean(self) -> dict[str, Any]:
        """Dates in order, and a tie that is not there already."""
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "Last day: it must not be before the first")
        if self.tie and data.get("first") and data.get("second") and not data.get("until"):
            pair = [data["first"], data["second"]]
            if data.get("kind") != TieKind.FEEDER:
                pair.sort(key=lambda school: school.pk)
            others = Tie.objects.filter(
                area=self.area.in_charge_id, kind=data.get("kind"), first=pair[0], second=pair[1], until=None
            )
            if others.exclude(pk=self.tie.pk).exists():
                self.add_error("second", "Second school: there is a tie of this kind between the two already")
        return data


class ReasonForm(forms.Form):
    """Why something is taken away."""

    why = forms.CharField(
        label="Why", max_length=300, error_messages={"required": "Why: write a few words for the record"}
    )


class SpreadsheetForm(forms.Form):
    """A spreadsheet."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="Excel (.xlsx) or CSV. It is looked through first; nothing is written until you say so.",
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: QueryDict | None, files: MultiValueDict[str, UploadedFile[bytes]] | None
    ) -> None:
        super().__init__(data, files, initial={"token": uuid.uuid4()})

    def clean_token(self) -> uuid.UUID:
        """What tells a double click from a second file; a new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise ValidationError(f"The spreadsheet must be {MOST_BYTES // 2**20} MB or smaller")
        return file
