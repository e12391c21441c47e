"""What somebody types who writes an instrument: one part a page, each in plain words; `tree()` is the part as data."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.drafting import Tree
from isthmus.apps.surveys.forms.asking import KINDS, PEOPLE
from isthmus.apps.surveys.models import Who

WORD, SENTENCE, PASSAGE = 80, 500, 2000
PLAIN_FOR = {Who.PARENTS, Who.PUPILS}
# Marks that turn the direction of a line, so that it reads otherwise than it is kept.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


class Words(forms.CharField):
    """A text without characters that cannot be seen, in one form of Unicode."""

    def __init__(self, label: str, most: int, *, rows: int = 0, hint: str = "", needed: str = "") -> None:
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
        super().__init__(
            label=label, max_length=most, widget=widget, help_text=hint, required=bool(needed),
            error_messages={"required": needed} if needed else {},
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        """The text, trimmed."""
        text = unicodedata.normalize("NFC", super().clean(value)).replace("\r\n", "\n").replace("\t", " ")
        if any(
            c in TURNING or (unicodedata.category(c) in {"Cc", "Co", "Zl", "Zp"} and c != "\n") for c in text
        ):
            raise ValidationError(f"{self.label} holds characters that cannot be seen. Type it again")
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def several(label: str, choices: Sequence[tuple[str, str]], hint: str = "", needed: str = "") -> forms.Field:
    """Boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=hint, required=bool(needed),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": needed} if needed else {},
    )  # fmt: skip


def one_of(label: str, choices: Sequence[tuple[str, str]], hint: str = "", needed: str = "") -> forms.Field:
    """One of several."""
    return forms.ChoiceField(
        label=label, choices=choices, help_text=hint, required=bool(needed), widget=forms.RadioSelect,
        error_messages={"required": needed, "invalid_choice": "Choose one of these"} if needed else {},
    )  # fmt: skip


def people(names: Sequence[str]) -> list[tuple[str, str]]:
    """Kinds of people as choices."""
    return [(who.value, words) for who, words in PEOPLE.items() if who.value in names]


def filled(values: Mapping[str, Any]) -> Tree:
    """What says something."""
    return {k: v for k, v in values.items() if v is not None and v is not False and v not in ("", [], {})}


class PartForm(forms.Form):
    """A part of a draft. `seen` is what of it the page showed; `old` what stands there now."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=16)

    def __init__(self, data: Mapping[str, Any] | None, tree: Tree, kind: str, id_: str) -> None:
        self.draft, self.kind, self.id = tree, kind, id_
        self.old = drafting.part(tree, kind, id_) or {}
        super().__init__(data, initial={"seen": drafting.digest(tree, kind, id_), **self.values()})
        self.add_fields()

    def values(self) -> dict[str, Any]:
        """What stands in the fields at first."""
        return dict(self.old)

    def add_fields(self) -> None:
        """Fields that depend on the draft."""

    def tree(self) -> Tree:
        """The part as it is to be; what no field of the form shows stays."""
        fields = {name: self.cleaned_data[name] for name in self.fields if name != "seen"}
        return filled({**self.old, **fields})

    def rows(self, prefix: str, names: Sequence[str], number: int) -> list[Tree]:
        """Rows of fields `prefix-0-name` of which something was filled in."""
        found = (
            {name: self.cleaned_data.get(f"{prefix}-{row}-{name}") for name in names} for row in range(number)
        )
        return [filled(row) for row in found if filled(row)]


class AboutForm(PartForm):
    """Title, purpose, who answers, in which kinds of questionnaire, how to read the results."""

    title = Words("Title", 150, needed="Enter a title", hint="For example ‘How our schools work together’.")
    purpose = Words(
        "What it is for",
        PASSAGE,
        rows=3,
        needed="Enter what it is for",
        hint="In a sentence or two. Those who choose an instrument read it.",
    )
    who = several(
        "Who answers",
        people(Who.values),
        needed="Choose who answers",
        hint="Later you can narrow this down for a section or a question.",
    )
    waves = several(
        "In which kinds of questionnaire it can be used",
        [(kind.value, words) for kind, words in KINDS.items()],
        needed="Choose one kind or more",
        hint="Leave all ticked where you see no reason against one.",
    )
    reading = Words(
        "How results may be read",
        PASSAGE,
        rows=3,
        needed="Enter how results may be read",
        hint="For example ‘Read sections first, then the questions of the lowest. Look at changes, not at one figure.’",
    )

    def values(self) -> dict[str, Any]:
        return {"waves": [kind.value for kind in KINDS], **self.old}

    def tree(self) -> Tree:
        found = super().tree()
        if len(found["waves"]) == len(KINDS):
            del found["waves"]
        return found


class SourceForm(PartForm):
    """Where the questions come from, and who may use them."""

    NAMES = ("author", "year", "title", "used")
    ours = Words(
        "What of it is your own",
        PASSAGE,
        rows=2,
        hint="For example ‘All questions’, or ‘Sections three and four’.",
    )
    licence = Words(
        "Licence: who may use it, and how",
        PASSAGE,
        rows=2,
        needed="Enter who may use it",
        hint="For example ‘Ours; other areas may use it and name us.’ Many published questionnaires need a licence: "
        "say which you have, and until when.",
    )

    @property
    def number(self) -> int:
        """How many sources there is room for."""
        return min(20, len(self.old.get("sources", [])) + 2)

    def add_fields(self) -> None:
        for row in range(self.number):
            nth = f"Source {row + 1}: "
            self.fields[f"source-{row}-author"] = Words(f"{nth}author", SENTENCE)
            self.fields[f"source-{row}-year"] = forms.IntegerField(
                label=f"{nth}year", min_value=1000, max_value=2999, required=False
            )
            self.fields[f"source-{row}-title"] = Words(f"{nth}title", SENTENCE)
            self.fields[f"source-{row}-used"] = Words(f"{nth}what of it is used", PASSAGE, rows=2)

    def values(self) -> dict[str, Any]:
        found = {name: self.old.get(name, "") for name in ("ours", "licence")}
        for row, source in enumerate(self.old.get("sources", [])):
            found |= {f"source-{row}-{name}": source.get(name, "") for name in self.NAMES}
        return found

    def clean(self) -> dict[str, Any]:
        """Somebody's or one's own, and each source whole."""
        data = super().clean() or {}
        found = self.rows("source", self.NAMES, self.number)
        for row in range(self.number):
            given = filled({name: data.get(f"source-{row}-{name}") for name in self.NAMES})
            for name in ("author", "title", "used"):
                at = f"source-{row}-{name}"
                if given and name not in given and at not in self.errors:
                    self.add_error(at, f"Enter {self.fields[at].label}, or empty the whole source")
        if not found and not data.get("ours") and "ours" not in self.errors:
            self.add_error("ours", "Say what of it is your own, or name a source")
        return data

    def tree(self) -> Tree:
        data = self.cleaned_data
        sources = self.rows("source", self.NAMES, self.number)
        return filled({"licence": data["licence"], "ours": data["ours"], "sources": sources})


class ScaleForm(PartForm):
    """The answers of a scale, lowest first."""

    def __init__(self, data: Mapping[str, Any] | None, tree: Tree, kind: str, id_: str) -> None:
        self.options: list[Tree] = (drafting.part(tree, kind, id_) or {}).get("options", [])
        self.number = min(15, max(5, len(self.options) + 2))
        super().__init__(data, tree, kind, id_)

    def add_fields(self) -> None:
        plain = bool(PLAIN_FOR & {Who(one) for one in self.draft.get("who", [])})
        for row in range(self.number):
            self.fields[f"option-{row}-label"] = Words(f"Answer {row + 1}", WORD)
            if plain or any(option.get("plain") for option in self.options):
                self.fields[f"option-{row}-plain"] = Words(f"Answer {row + 1} for pupils and parents", WORD)
        self.fields["not_applicable"] = Words(
            "Words for ‘does not apply’", WORD, hint="Leave it empty where everything applies to everybody."
        )
        self.fields["dont_know"] = Words(
            "Words for ‘I do not know’",
            WORD,
            hint="It is counted, and scores as no answer. Usual is to offer it.",
        )

    def values(self) -> dict[str, Any]:
        found = {name: self.old.get(name, "") for name in ("not_applicable", "dont_know")}
        for row, option in enumerate(self.options):
            found |= {f"option-{row}-{name}": option.get(name, "") for name in ("label", "plain")}
        return found

    def clean(self) -> dict[str, Any]:
        """Two answers or more, no two of them the same, none without its words."""
        data = super().clean() or {}
        labels: dict[str, str] = {}
        for row in range(self.number):
            at = f"option-{row}-label"
            label = data.get(at, "").casefold()
            if not label and data.get(f"option-{row}-plain") and at not in self.errors:
                self.add_error(at, f"Enter answer {row + 1}")
            elif label in labels:
                self.add_error(at, f"Answer {row + 1} says the same as {labels[label]}")
            elif label:
                labels[label] = f"answer {row + 1}"
        if len(labels) < 2 and not self.errors:
            self.add_error("option-0-label", "Enter two answers or more, the lowest first")
        return data

    def tree(self) -> Tree:
        """Answers that stood there keep their codes, so that figures stay comparable; new ones get the next."""
        options: list[Tree] = []
        for row in range(self.number):
            old = self.options[row] if row < len(self.options) else {}
            label = self.cleaned_data[f"option-{row}-label"]
            plain = self.cleaned_data.get(f"option-{row}-plain", old.get("plain", ""))
            if label:
                following = options[-1]["code"] + 1 if options else 1
                more = {"label": label, "plain": plain}
                options.append(filled({**old, "code": old.get("code", following), **more}))
        blanks = {name: self.cleaned_data[name] for name in ("not_applicable", "dont_know")}
        return filled({"options": options, **blanks})


class StartForm(forms.Form):
    """Where a draft begins."""

    one_of = ("title",)
    area = forms.ChoiceField(label="For which area", help_text="Whoever asks people there can then use it.")
    begin = forms.ChoiceField(
        label="What do you begin with?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you begin with", "invalid_choice": "Choose one of these"},
    )
    title = Words(
        "Title", 150, hint="What people will know it by. Of a copy, leave it empty to keep the title."
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        areas: Sequence[tuple[str, str]],
        begins: Sequence[tuple[str, str]],
        initial: Mapping[str, Any],
    ) -> None:
        first = {"area": areas[0][0]} if len(areas) == 1 else {}
        super().__init__(data, initial={**first, **initial})
        self.fields["area"].choices = areas  # type: ignore[attr-defined]  # a choice field
        self.fields["begin"].choices = begins  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """A title, where there is none to keep."""
        data = super().clean() or {}
        if data.get("begin") == "nothing" and not data.get("title") and "title" not in self.errors:
            self.add_error("title", "Enter a title")
        return data
