"""Sections and questions of an instrument that is being written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.drafting import Tree
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.forms.building import (
    PASSAGE,
    PLAIN_FOR,
    SENTENCE,
    WORD,
    PartForm,
    Words,
    filled,
    one_of,
    people,
    several,
)
from isthmus.apps.surveys.models import Who

READY, NO_SCALE = "ready:", "none"
ALL_OR_NONE = "Leave them empty where the label says enough. Fill in all of them, or none."
SCORING = {
    "totals": "Totals and means: a figure for the section, and from a low one back to its questions. For questions "
    "that together measure one thing",
    "agreement": "Agreement: for each question whether people are agreed, nearly, or not yet. The last answer of the "
    "scale counts as agreed, the first as not yet",
    "stages": "Stages: how many stand at which stage, and the middle and the lowest one. Never a mean, because steps "
    "between stages have no size",
    "cumulative": "Levels: the highest level of which every criterion is met, and all of the levels below. Each "
    "question is a criterion of a level",
    "prompts": "Open questions: people write in their own words, and nothing is counted",
}


class SectionPartForm(PartForm):
    """A section: its heading, how it is scored, what people answer with."""

    title = Words("Heading", SENTENCE, needed="Enter a heading", hint="It stands above the questions.")
    help = Words("What people read below the heading", PASSAGE, rows=2)
    scoring = one_of("How it is scored", list(SCORING.items()), needed="Choose how it is scored")

    def add_fields(self) -> None:
        """Scale, who is asked, levels, what it rests on."""
        own = [
            (key, ", ".join(option.get("label", "") for option in one.get("options", [])))
            for key, one in self.draft.get("scales", {}).items()
        ]
        known = {labels for _key, labels in own}
        ready = [
            (f"{READY}{one.key}", one.labels) for one in drafting.ready_scales() if one.labels not in known
        ]
        self.fields["scale"] = one_of(
            "What people answer with",
            [*own, *ready, (NO_SCALE, "Their own words only")],
            needed="Choose what people answer with",
            hint="All questions of a section with answers to choose from share one scale. For labels of your own, make "
            "a scale first, on the page of the draft.",
        )
        self.fields["who"] = several(
            "Who is asked this section",
            people(self.draft.get("who", [])),
            hint="Leave all empty to ask everybody.",
        )
        self.fields["together"] = forms.BooleanField(
            label="The group answers it together, after its members answered the rest alone",
            required=False,
            help_text="For a joint statement. It is not asked of single people.",
        )
        before = self._before()
        if before:
            self.fields["rests_on"] = several(
                "Sections that it grows out of", before, hint="It is read beside them. Usually none."
            )
        self._add_levels()

    def _before(self) -> list[tuple[str, str]]:
        found = []
        for section in drafting.sections(self.draft):
            if section["id"] == self.id:
                break
            found.append((section["id"], section.get("title", "")))
        return found

    def _add_levels(self) -> None:
        for row in range(self.levels):
            self.fields[f"level-{row}-label"] = Words(
                f"Level {row + 1}",
                WORD,
                hint="" if row else "Only where it is scored as levels. The lowest first.",
            )
        options = self.draft.get("scales", {}).get(self.old.get("scale", ""), {}).get("options", [])
        if options and self.old.get("scoring") == "cumulative":
            found = [("", "The highest answer")]
            found += [(str(one["code"]), f"‘{one['label']}’ or more") for one in options]
            self.fields["met"] = forms.ChoiceField(
                label="A criterion is met with", choices=found, required=False
            )

    @property
    def levels(self) -> int:
        """How many levels there is room for."""
        return max(4, len(self.old.get("levels", [])) + 1)

    def values(self) -> dict[str, Any]:
        found = {**self.old, "met": str(self.old.get("met", ""))}
        if self.old:
            found["scale"] = self.old.get("scale", NO_SCALE)
        elif earlier := drafting.sections(self.draft):
            found |= {"scoring": earlier[-1].get("scoring"), "scale": earlier[-1].get("scale", NO_SCALE)}
        for row, level in enumerate(self.old.get("levels", [])):
            found[f"level-{row}-label"] = level.get("label", "")
        return found

    def clean(self) -> dict[str, Any]:
        """A scale where answers are counted, none where nothing is; levels where there are levels."""
        data = super().clean() or {}
        scoring, scale = data.get("scoring"), data.get("scale")
        if scoring == "prompts" and scale and scale != NO_SCALE:
            self.add_error("scale", "Choose ‘Their own words only’ for open questions, or another scoring")
        elif scoring and scoring != "prompts" and scale == NO_SCALE:
            self.add_error("scale", "Choose what people answer with, or score the section as open questions")
        if scoring == "cumulative" and not data.get("level-0-label") and not self.errors:
            self.add_error("level-0-label", "Enter the levels, the lowest first")
        return data

    @property
    def ready(self) -> drafting.Ready | None:
        """The scale that is to come into the draft with it."""
        chosen = self.cleaned_data["scale"]
        return next((one for one in drafting.ready_scales() if f"{READY}{one.key}" == chosen), None)

    def tree(self) -> Tree:
        """The section without its questions."""
        data = self.cleaned_data
        old = {level["level"]: level for level in self.old.get("levels", [])}
        labels = [data[f"level-{row}-label"] for row in range(self.levels)]
        levels = [
            filled({**old.get(number, {}), "level": number, "label": label})
            for number, label in enumerate(filter(None, labels), 1)
        ]
        names = ("title", "help", "scoring", "who", "together")
        scale = data["scale"].removeprefix(READY)
        met = data.get("met")
        return filled(
            {
                **{name: data[name] for name in names},
                "scale": "" if scale == NO_SCALE else scale,
                "rests_on": data.get("rests_on", []),
                "levels": levels,
                "met": int(met) if met else None,
            }
        )


class QuestionForm(PartForm):
    """A question: its words for each kind of people, who is asked, and what stands beside the answer."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        tree: Tree,
        id_: str,
        *,
        section: Tree,
        before: Instrument | None = None,
    ) -> None:
        self.section, self.before = section, before
        self.scale: Tree = tree.get("scales", {}).get(section.get("scale", ""), {})
        super().__init__(data, tree, "question", id_)

    def add_fields(self) -> None:
        """What there is to say depends on the section: its people, its scoring, its scale."""
        names = self.section.get("who") or self.draft.get("who", [])
        self.fields["text"] = Words(
            "Question",
            SENTENCE,
            rows=2,
            needed="Enter the question",
            hint="One idea in each question, in words that nobody has to read twice.",
        )
        if PLAIN_FOR & {Who(one) for one in names} or self.old.get("plain"):
            self.fields["plain"] = Words(
                "The same in plain words, for pupils and parents",
                SENTENCE,
                rows=2,
                hint="What they read in its place. Leave it empty where the question is plain enough.",
            )
        self.fields["help"] = Words("What explains it", PASSAGE, rows=2)
        if self.scale:
            kinds = [("scale", "One of the answers of the scale"), ("open", "In their own words")]
            self.fields["answer"] = one_of("How it is answered", kinds, needed="Choose how it is answered")
        if len(names) > 1:
            self.fields["who"] = several(
                "Who is asked this", people(names), hint="Leave all empty to ask everybody in this section."
            )
        if self.scale:
            self._add_of_scale()
        if any(one.get("topic") for one in drafting.items(self.draft)):
            self.fields["topic"] = Words("Matter that joins it with other questions", 40)
            self.fields["about"] = Words("What it says that of, for example ‘our school’", WORD)
        if self.changes_meaning:
            self.fields["another"] = forms.BooleanField(
                label="It asks something else now",
                required=False,
                help_text="Tick this where answers to it must not be compared with earlier ones. Leave it where only "
                "the words became better.",
            )

    def _add_of_scale(self) -> None:
        self.fields["evidence"] = Words(
            "Ask for evidence",
            SENTENCE,
            hint="What stands above the box beside the answer, for example ‘What shows it?’ Empty for no box.",
        )
        self.fields["comment"] = Words("Ask for a comment", SENTENCE, hint="The same, for a remark.")
        if self.section.get("scoring") == "totals":
            self.fields["reversed"] = forms.BooleanField(
                label="It asks the other way round", required=False, help_text="Agreeing then counts low."
            )
        if self.section.get("scoring") == "cumulative":
            levels = [(str(one["level"]), one.get("label", "")) for one in self.section.get("levels", [])]
            self.fields["level"] = one_of(
                "Of which level it is a criterion", levels, needed="Choose the level"
            )
        for row, option in enumerate(self.scale.get("options", [])):
            self.fields[f"anchor-{row}"] = Words(
                f"What ‘{option.get('label', '')}’ means here",
                SENTENCE,
                hint="" if row else ALL_OR_NONE,
            )

    @property
    def changes_meaning(self) -> bool:
        """Whether the version before asked it, so that it matters whether it still asks the same."""
        return self.before is not None and any(one.id == self.id for one in self.before.items)

    def values(self) -> dict[str, Any]:
        found = {**self.old, "answer": "open" if self.old.get("open") else "scale"}
        found["level"] = str(self.old.get("level", ""))
        for row, words in enumerate(self.old.get("anchors", [])):
            found[f"anchor-{row}"] = words
        return found

    def clean(self) -> dict[str, Any]:
        """Words for all answers, or for none."""
        data = super().clean() or {}
        if data.get("answer") == "open" and "level" in self.errors:
            del self.errors["level"]
        rows = [f"anchor-{row}" for row in range(len(self.scale.get("options", [])))]
        if any(data.get(name) for name in rows):
            for name in rows:
                if not data.get(name) and name not in self.errors:
                    label = str(self.fields[name].label)
                    self.add_error(name, f"Enter {label[:1].lower()}{label[1:]}, or empty all of them")
        return data

    def tree(self) -> Tree:
        """The question."""
        data = self.cleaned_data
        found = {**self.old, **{name: data[name] for name in self.fields if name in data}}
        anchors = [data.get(f"anchor-{row}", "") for row in range(len(self.scale.get("options", [])))]
        level = data.get("level")
        if self.scale:
            found |= {"anchors": anchors if any(anchors) else [], "open": data["answer"] == "open"}
            found["level"] = int(level) if level else self.old.get("level")
        names = (
            "text",
            "plain",
            "help",
            "who",
            "open",
            "required",
            "evidence",
            "comment",
            "reversed",
            "level",
        )
        return filled({name: found.get(name) for name in (*names, "anchors", "topic", "about")})
