"""How far schools are from each other, where a straight line does not say it: lines nobody crosses, and minutes."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from isthmus.apps.core.numbers import count
from isthmus.apps.networks.adapters.barriers import LinesRefused, read_lines
from isthmus.apps.networks.adapters.travel import TravelRefused, coverage, read_table
from isthmus.apps.networks.forms.rules import FORMS, Rows, RuleForm, Told
from isthmus.apps.networks.models import RuleKind

MOST_LINE_BYTES = 2 * 1024 * 1024
NEVER, FURTHER = "never", "further"
LINE, SIDE = "line", "side"


class BarrierForm(RuleForm):
    """A line that nobody travels across: drawn, typed or uploaded; or the schools on one side of it."""

    one_of = ("lines", "file", "side")
    name = forms.CharField(
        label="Name of the line",
        help_text="For example ‘the estuary’.",
        max_length=80,
        error_messages={"required": "Name of the line: enter a name"},
    )
    way = forms.ChoiceField(
        label="How do you say where it is?",
        choices=[(LINE, "By a line"), (SIDE, "By the schools on one side of it")],
        initial=LINE,
        widget=forms.RadioSelect,
    )
    lines = forms.CharField(
        label="Points of the line",
        help_text="Draw it on the map, and they stand here; or write them: latitude, longitude, one point a line, such "
        "as 50.91, -1.40. An empty line begins another line. GeoJSON can be pasted too.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    file = forms.FileField(
        label="Or a GeoJSON file with the line",
        required=False,
        allow_empty_file=True,
    )
    side = forms.CharField(
        label="Schools on one side",
        help_text="One school a line: its URN, or its name as in the list below. All others are on the other side.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    crossing = forms.ChoiceField(
        label="Across it",
        choices=[
            (NEVER, "Two schools are never in one network"),
            (FURTHER, "The way counts as further (only where you give a line)"),
        ],
        initial=NEVER,
        widget=forms.RadioSelect,
    )
    factor = forms.FloatField(
        label="How many times as far",
        help_text="For example 2.5: a kilometre across the line counts as two and a half.",
        required=False,
        min_value=1,
        max_value=50,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == SIDE:
            data["side"] = self.schools_named("side", "Schools on one side", fewest=1)
            if data["side"] and len(data["side"]) >= len(self.told.schools):
                self.add_error("side", "Schools on one side: leave at least one school on the other")
            if data.get("crossing") == FURTHER:
                self.add_error(
                    "crossing", "Across it: the way can count as further only where you give a line"
                )
        else:
            data["lines"] = self._lines(data)
        if data.get("crossing") == FURTHER and data.get("factor") is None and "factor" not in self.errors:
            self.add_error("factor", "How many times as far: enter a number such as 2.5")
        return data

    def _lines(self, data: dict[str, Any]) -> Any:
        file, where = data.get("file"), "lines"
        text = data.get("lines") or ""
        if file:
            where = "file"
            if file.size > MOST_LINE_BYTES:
                self.add_error("file", "The file is larger than 2 MB. Simplify the line first")
                return []
            text = file.read().decode("utf-8", "replace")
        try:
            return read_lines(text)
        except LinesRefused as error:
            self.add_error(where, f"{self.fields[where].label}: {error}")
            return []

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        data = self.cleaned_data
        if data["way"] == SIDE:
            return {"name": data["name"], "side": data["side"]}, None
        factor = data["factor"] if data["crossing"] == FURTHER else None
        return {"name": data["name"], "lines": data["lines"], "factor": factor}, None


class TravelForm(RuleForm):
    """Minutes of travel: a table, or the routing service of this installation."""

    way = forms.ChoiceField(
        label="Where the minutes come from",
        choices=[
            ("table", "A table that I give"),
            ("service", "The routing service of this installation, by road"),
        ],
        initial="table",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="Table of minutes",
        help_text="A CSV with the columns from, to (URNs) and minutes. It is checked before it is kept. "
        "Where both ways are given, their mean counts.",
        required=False,
        allow_empty_file=True,
    )

    def __init__(self, data: Any = None, files: Any = None, *, told: Told) -> None:
        super().__init__(data, files, told=told)
        self.rows: Rows | None = None
        if not told.has_service:
            cast("forms.ChoiceField", self.fields["way"]).choices = [("table", "A table that I give")]
            self.fields["way"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") == "table":
            if not data.get("file"):
                self.add_error("file", "Table of minutes: choose a file")
            else:
                self._read(data["file"])
        return data

    def _read(self, file: Any) -> None:
        known = {school.urn for school in self.told.schools if school.urn}
        try:
            table = read_table(file.read(), known)
        except TravelRefused as error:
            self.add_error("file", f"Table of minutes: {error}")
            return
        for problem in table.problems[:10]:
            self.add_error("file", problem)
        if len(table.problems) > 10:
            self.add_error("file", f"and {count(len(table.problems) - 10, 'more row')} with a slip")
        self.rows = table.rows
        self.notes.append(coverage(table.rows, self.told.schools))
        if table.others:
            self.notes.append(
                f"{count(table.others, 'row')} about schools that are not in this plan: left out."
            )

    def rule(self) -> tuple[dict[str, Any], Rows | None]:
        if self.cleaned_data["way"] == "service":
            return {"source": "service"}, None
        rows = self.rows or []
        return {
            "source": "table",
            "name": str(self.cleaned_data["file"].name)[:100],
            "pairs": len(rows),
        }, rows


FORMS_OF_ALL: dict[str, type[RuleForm]] = {
    **FORMS,
    RuleKind.BARRIER: BarrierForm,
    RuleKind.TRAVEL: TravelForm,
}

__all__ = ["FORMS_OF_ALL", "BarrierForm", "Told", "TravelForm"]
