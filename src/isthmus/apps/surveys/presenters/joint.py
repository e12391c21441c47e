"""What a group agreed together, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from isthmus.apps.core.components import Action, Fact
from isthmus.apps.core.dates import in_words
from isthmus.apps.surveys.adapters.instruments import Instrument, Item, Section
from isthmus.apps.surveys.forms.joint import NOT_YET
from isthmus.apps.surveys.models import JointAnswer, Wave

NOTHING = "Not agreed yet"


def sections(instrument: Instrument) -> list[Section]:
    """The sections that the group answers together."""
    return [section for section in instrument.sections if section.together]


@dataclass(frozen=True)
class Part:
    """A section, its explanation, and what was agreed on each of its questions."""

    title: str
    help: str
    facts: list[Fact]


def parts(
    wave: Wave, instrument: Instrument, said: Mapping[str, JointAnswer], *, changes: bool
) -> list[Part]:
    """The whole statement."""
    return [
        Part(
            section.title,
            section.help,
            [_fact(wave, instrument, item, said.get(item.id), changes=changes) for item in section.items],
        )
        for section in sections(instrument)
    ]


def _fact(wave: Wave, instrument: Instrument, item: Item, row: JointAnswer | None, *, changes: bool) -> Fact:
    lines: list[object] = [] if item.open else [stage(instrument, item, row)]
    if row is not None:
        labels = {f"{item.id}:evidence": item.evidence, f"{item.id}:comment": item.comment}
        lines += [_labelled(labels.get(key, ""), text) for key, text in row.texts.items()]
        lines += [f"Heard: {row.heard}"] if row.heard else []
        lines += [f"Looked at by: {row.moderated}"] if row.moderated else []
    note = f"Written down {in_words(row.changed_at)}" if row is not None else ""
    at = reverse("surveys:together_say", args=[wave.pk, item.id])
    actions = [Action("Change" if row else "Write down", at, f"‘{item.text}’")] if changes else []
    return Fact(item.text, lines or [NOTHING], note=note, actions=actions)


def _labelled(label: str, text: str) -> str:
    """'What shows it? Minutes', 'Why this stage: minutes'."""
    return f"{label}{'' if label.endswith(('?', ':')) else ':'} {text}" if label else text


def stage(instrument: Instrument, item: Item, row: JointAnswer | None) -> str:
    """The words of what was agreed on a question with a scale."""
    if row is None or row.code is None:
        return NOTHING
    scale = instrument.scale_of(item)
    place = next((n for n, option in enumerate(scale.options) if option.code == row.code), None)
    if place is None:
        return scale.label(row.code)
    anchor = item.anchors[place] if item.anchors else ""
    return f"{scale.options[place].label}: {anchor}" if anchor else scale.options[place].label


def initial(row: JointAnswer | None, seen: str) -> dict[str, Any]:
    """What stands in the form at first."""
    if row is None:
        return {"seen": seen}
    code = NOT_YET if row.code is None else str(row.code)
    texts = {f"text-{key}": text for key, text in row.texts.items()}
    return {"seen": seen, "code": code, "heard": row.heard, "moderated": row.moderated, **texts}
