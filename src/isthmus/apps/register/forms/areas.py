"""What people type about areas, checked."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from isthmus.apps.core.dates import SchoolYear
from isthmus.apps.core.spreadsheets import SpreadsheetRefused, read
from isthmus.apps.register.actions import Extent
from isthmus.apps.register.models import (
    SCHOOL_KINDS,
    Area,
    AreaKind,
    Kind,
    Organisation,
    Theme,
)

MOST_POINTS, MOST_SCHOOLS, CHUNK = 500, 10_000, 900
WAYS = (
    (AreaKind.LIST, "A list of URNs, pasted or in a file"),
    (AreaKind.PICKED, "Schools that I pick one by one: the next page finds them"),
    (AreaKind.DRAWN, "Everything inside a line: its corners"),
    (AreaKind.JOINED, "Several areas joined"),
)
PARTNER_KINDS = [
    (kind.value, kind.label)
    for kind in Kind
    if kind not in (*SCHOOL_KINDS, Kind.TRUST, Kind.FEDERATION, Kind.AUTHORITY)
]


class AreaForm(forms.Form):
    """An area of one's own: its name, and which schools it has."""

    one_of = ("urns", "file", "corners", "parts")
    name = forms.CharField(label="Name of the area", max_length=120)
    owner = forms.ModelChoiceField(Area.objects.none(), label="Made for", empty_label=None)
    way = forms.ChoiceField(label="Which schools", choices=WAYS, widget=forms.RadioSelect)
    urns = forms.CharField(
        label="URNs",
        required=False,
        widget=forms.Textarea,
        help_text="One to a line, or with commas between.",
    )
    file = forms.FileField(
        label="Or a file with URNs",
        required=False,
        help_text="Excel (.xlsx) or CSV, with a column headed URN.",
    )
    corners = forms.CharField(
        label="Corners of the line",
        required=False,
        widget=forms.Textarea,
        help_text="One to a line, latitude and longitude: 50.91, -1.40. Or a polygon as GeoJSON.",
    )
    parts = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label="Areas to join",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    token = forms.UUIDField(
        widget=forms.HiddenInput, required=False, error_messages={"invalid": "Open this page again"}
    )

    def __init__(
        self,
        data: QueryDict | None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None,
        *,
        owners: QuerySet[Area],
        seen: QuerySet[Area],
        area: Area | None = None,
    ) -> None:
        super().__init__(data, files, initial=_as_it_is(area) if area else _as_new())
        owner = cast("forms.ModelChoiceField[Area]", self.fields["owner"])
        owner.queryset = owners.filter(owner=None)
        parts = cast("forms.ModelMultipleChoiceField[Area]", self.fields["parts"])
        joinable = seen.exclude(kind=AreaKind.JOINED).defer("boundary", "places")
        parts.queryset = (joinable.exclude(pk=area.pk) if area else joinable).order_by("fictional", "name")
        if area is not None:
            del self.fields["owner"], self.fields["token"]
        self.area = area
        self.extent: Extent | None = None

    def clean(self) -> dict[str, Any]:
        """The schools, found; every URN that is not one is named."""
        data = self.cleaned_data
        owner = self.area or data.get("owner")
        way = data.get("way")
        if owner is None or way is None:
            return data
        if way == AreaKind.LIST:
            self._list(data, owner)
        elif way == AreaKind.PICKED:
            kept = self.area is not None and self.area.kind in (AreaKind.LIST, AreaKind.PICKED)
            rows = (
                Organisation.objects.filter(pk__in=self.area.listed.values("organisation"))
                if kept and self.area
                else []
            )
            self.extent = Extent(AreaKind.PICKED, schools=list(rows))
        elif way == AreaKind.DRAWN:
            try:
                self.extent = Extent(AreaKind.DRAWN, boundary=polygon(data.get("corners", "")))
            except ValueError as error:
                self.add_error("corners", f"Corners of the line: {error}")
        else:
            parts = list(data.get("parts") or ())
            if any(part.fictional != owner.fictional for part in parts):
                self.add_error("parts", "Areas to join: what is real and what is invented stay apart")
            elif len(parts) < 2:
                self.add_error("parts", "Areas to join: choose two or more")
            self.extent = Extent(AreaKind.JOINED, parts=parts)
        return data

    def _list(self, data: dict[str, Any], owner: Area) -> None:
        given = re.findall(r"[^\s,;]+", data.get("urns", ""))
        where = "urns"
        if file := data.get("file"):
            where = "file"
            try:
                given += _urns_in(file.read(), file.name or "file")
            except SpreadsheetRefused as refused:
                self.add_error("file", str(refused))
                return
        wanted = list(dict.fromkeys(text.zfill(6) for text in given))
        if not wanted or len(wanted) > MOST_SCHOOLS:
            self.add_error(where, f"URNs: give between 1 and {MOST_SCHOOLS:,}")
            return
        schools: dict[str | None, Organisation] = {}
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            rows = Organisation.objects.filter(urn__in=part, fictional=owner.fictional)
            schools |= {row.urn: row for row in rows.only("urn", "name")}
        if unknown := [urn for urn in wanted if urn not in schools]:
            named = ", ".join(urn[:12] for urn in unknown[:10]) + (" and more" if len(unknown) > 10 else "")
            self.add_error(
                where, f"URNs: the register holds no such school: {named}. Correct them or leave them out"
            )
            return
        self.extent = Extent(AreaKind.LIST, schools=list(schools.values()))


def _as_new() -> dict[str, Any]:
    """The token tells a double click from a second area."""
    return {"way": AreaKind.LIST, "token": uuid.uuid4()}


def _as_it_is(area: Area) -> dict[str, Any]:
    found: dict[str, Any] = {"name": area.name, "way": area.kind, "parts": list(area.parts.all())}
    if area.kind in (AreaKind.LIST, AreaKind.PICKED):
        urns = area.listed.order_by("organisation__urn").values_list("organisation__urn", flat=True)
        found["urns"] = "\n".join(filter(None, urns))
    if area.kind == AreaKind.DRAWN and area.boundary:
        found["corners"] = "\n".join(f"{y}, {x}" for x, y in area.boundary["coordinates"][0])
    return found


def _urns_in(content: bytes, name: str) -> list[str]:
    """The URNs of a spreadsheet: the column headed URN, or the only column."""
    found: list[str] = []
    for sheet in read(content, name):
        column = None
        for _number, cells in sheet.rows:
            heads = [str(cell or "").strip().lower() for cell in cells]
            if column is None:
                column = heads.index("urn") if "urn" in heads else 0 if len(cells) == 1 else None
                if column is not None and "urn" in heads:
                    continue
            if column is not None and column < len(cells) and cells[column] is not None:
                cell = cells[column]
                found.append(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell))
        if found:
            return found
    raise SpreadsheetRefused(f"{name} has no column headed URN. Give it that heading.")


def polygon(text: str) -> dict[str, Any]:
    """A GeoJSON polygon from corners or from GeoJSON. Raises ValueError with a sentence that says what to do."""
    text = text.strip()
    points: list[tuple[float, float]] = []
    if text.startswith("{"):
        try:
            given = json.loads(text)
            shape = given.get("geometry", given)
            if shape.get("type") != "Polygon":
                raise ValueError("give one polygon")
            points = [(float(point[0]), float(point[1])) for point in shape["coordinates"][0]]
        except json.JSONDecodeError as error:
            raise ValueError("this is no GeoJSON: it breaks off or has a slip in it") from error
        except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise ValueError("this is no polygon as GeoJSON") from error
    else:
        for line in filter(None, map(str.strip, text.splitlines())):
            numbers = re.fullmatch(r"(-?\d{1,3}(?:\.\d{1,12})?)[\s,;]+(-?\d{1,3}(?:\.\d{1,12})?)", line)
            if numbers is None:
                raise ValueError(f"‘{line[:40]}’ is no latitude and longitude such as 50.91, -1.40")
            points.append((float(numbers[2]), float(numbers[1])))
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if not 3 <= len(points) <= MOST_POINTS:
        raise ValueError(f"give 3 to {MOST_POINTS} corners")
    if not all(-10 <= x <= 5 and 49 <= y <= 61 for x, y in points):
        raise ValueError("every corner must lie in or near England: latitude 49 to 61, longitude -10 to 5")
    return {"type": "Polygon", "coordinates": [[list(point) for point in [*points, points[0]]]]}


class TermsForm(forms.Form):
    """Up to six terms of a school year."""

    MOST = 6

    def __init__(
        self, data: QueryDict | None, *, year: SchoolYear, known: list[tuple[str, date, date]]
    ) -> None:
        super().__init__(data)
        self.year = year
        for number in range(1, self.MOST + 1):
            name, starts, ends = known[number - 1] if number <= len(known) else ("", None, None)
            self.fields[f"name{number}"] = forms.CharField(
                label=f"Name of term {number}", max_length=40, required=False, initial=name
            )
            self.fields[f"starts{number}"] = forms.DateField(
                label=f"First day of term {number}", required=False, initial=starts
            )
            self.fields[f"ends{number}"] = forms.DateField(
                label=f"Last day of term {number}", required=False, initial=ends
            )

    def clean(self) -> dict[str, Any]:
        """Whole rows, in order, within the school year, none over another."""
        data = self.cleaned_data
        before: date | None = None
        names: set[str] = set()
        for number in range(1, self.MOST + 1):
            name, starts, ends = (data.get(f"{part}{number}") for part in ("name", "starts", "ends"))
            if not (name or starts or ends):
                continue
            if not (name and starts and ends):
                self.add_error(f"name{number}", f"Term {number}: give its name, first day and last day")
            elif ends <= starts:
                self.add_error(f"ends{number}", f"Term {number}: the last day must be after the first")
            elif before and starts <= before:
                self.add_error(
                    f"starts{number}", f"Term {number}: it must begin after the term before it ends"
                )
            elif SchoolYear.of(starts) != self.year or SchoolYear.of(ends) != self.year:
                self.add_error(
                    f"starts{number}", f"Term {number}: it must lie in the school year {self.year}"
                )
            elif name.casefold() in names:
                self.add_error(f"name{number}", f"Term {number}: there is a term with this name already")
            else:
                before = ends
            names.add((name or "").casefold())
        return data

    def terms(self) -> list[tuple[str, date, date]]:
        """The terms that were given."""
        data = self.cleaned_data
        rows = [
            tuple(data[f"{part}{n}"] for part in ("name", "starts", "ends")) for n in range(1, self.MOST + 1)
        ]
        return [(name, starts, ends) for name, starts, ends in rows if name]


class ThemeForm(forms.Form):
    """A theme that schools work on."""

    name = forms.CharField(label="Theme", max_length=80)
    description = forms.CharField(label="What it means", max_length=400, required=False)
    in_use = forms.BooleanField(label="In use", required=False)

    def __init__(self, data: QueryDict | None, *, area: Area, theme: Theme | None) -> None:
        fields = ("name", "description", "in_use")
        super().__init__(data, initial={f: getattr(theme, f) for f in fields} if theme else {"in_use": True})
        self.area, self.theme = area, theme

    def clean_name(self) -> str:
        """A name that no other theme of the area has."""
        name: str = " ".join(self.cleaned_data["name"].split())
        others = Theme.objects.filter(area=self.area, name__iexact=name)
        if (others.exclude(pk=self.theme.pk) if self.theme else others).exists():
            raise ValidationError("Theme: the area has a theme with this name already")
        return name


class PartnerForm(forms.Form):
    """An organisation of another kind."""

    name = forms.CharField(label="Name of the organisation", max_length=200)
    kind = forms.ChoiceField(label="What it is", choices=PARTNER_KINDS)


class OpenAreaForm(forms.Form):
    """An area that follows from the register: of a trust, a diocese or a region."""

    which = forms.ChoiceField(label="Which")

    def __init__(self, data: QueryDict | None, *, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["which"]).choices = choices
