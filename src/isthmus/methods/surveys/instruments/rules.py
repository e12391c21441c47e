"""What must hold between the parts of an instrument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isthmus.methods.surveys.instruments.forms import Form, nearest
from isthmus.methods.surveys.instruments.model import Instrument, Item, Scale, Scoring, Section
from isthmus.methods.surveys.instruments.trees import Tree

Broken = Iterator[tuple[str, str]]


def keep_rules(instrument: Instrument, form: Form) -> None:
    """Note in ``form`` every rule that does not hold, at the line of the section or item."""
    for key, words in _whole(instrument):
        form.fault(key, words)
    trees = form.many("sections")
    earlier: list[str] = []
    for section, tree in zip(instrument.sections, trees, strict=True):
        place = f"section {section.id}"
        for key, words in _section(instrument, section, earlier):
            form.faults.add(_line(tree, key), f"{place}, {key}", words)
        earlier.append(section.id)
        items = tree.value.get("items") if isinstance(tree.value, dict) else None
        below = items.value if items is not None and isinstance(items.value, list) else []
        for item, one in zip(section.items, below, strict=True):
            for key, words in _item(instrument, section, item):
                form.faults.add(_line(one, key), f"{place}, item {item.id}, {key}", words)
    for kind, ids in (
        ("section", [s.id for s in instrument.sections]),
        ("item", [i.id for i in instrument.items]),
    ):
        for twice in _repeated(ids):
            form.fault("sections", f"two {kind}s have the id '{twice}'. Give one of them another.")


def _line(tree: Tree, key: str) -> int | None:
    values = tree.value if isinstance(tree.value, dict) else {}
    return values[key].line if key in values else tree.line


def _repeated(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one.casefold() in seen:
            yield one
        seen.add(one.casefold())


def _whole(instrument: Instrument) -> Broken:
    if not instrument.sources and not instrument.ours:
        yield "sources", "say where it comes from: add sources, or 'ours' for what you wrote yourself."
    if not instrument.who:
        yield "who", "say who answers, as in [leaders, staff]."
    if instrument.private and instrument.waves:
        yield "waves", "a private instrument is in no wave. Remove 'waves' or 'private'."
    if not instrument.private and not instrument.waves:
        yield "waves", "name the kinds of wave it may be used in, or remove the key for all of them."


def _section(instrument: Instrument, section: Section, earlier: list[str]) -> Broken:
    if section.scoring is Scoring.PROMPTS and section.scored:
        yield "scoring", "prompts are open questions: remove 'scale', or choose another scoring."
    if section.scoring is not Scoring.PROMPTS and not section.scored:
        yield "scoring", f"'{section.scoring}' needs a scale: add 'scale', or choose the scoring 'prompts'."
    for other in section.rests_on:
        if other not in earlier:
            yield "rests_on", f"there is no section '{other}' before this one. {nearest(other, earlier)}"
    for one in section.who:
        if one not in instrument.who:
            yield "who", f"'{one}' does not answer this instrument. Add it to the instrument's 'who'."
    if section.scoring is Scoring.CUMULATIVE and section.scale:
        yield from _cumulative(section, instrument.scale(section.scale))
    elif section.levels or section.met is not None:
        yield "levels", "levels and 'met' are for the scoring 'cumulative'."


def _cumulative(section: Section, scale: Scale) -> Broken:
    if not section.levels:
        yield "levels", "name the levels, from 1 upwards."
    used = {item.level for item in section.scored}
    for level in section.levels:
        if level.level not in used:
            yield "levels", f"no item is a criterion of level {level.level}. Give one 'level: {level.level}'."
    if section.met is not None and section.met not in scale.codes:
        yield "met", f"must be a code of the scale: {', '.join(map(str, scale.codes))}."
    if scale.not_applicable:
        yield "scale", "a criterion always applies: use a scale without 'not_applicable'."


def _item(instrument: Instrument, section: Section, item: Item) -> Broken:
    for one in item.who:
        if one not in (section.who or instrument.who):
            yield "who", f"'{one}' does not answer this section. Add it to the section's 'who'."
    if item.level is not None and section.scoring is not Scoring.CUMULATIVE:
        yield "level", "is for items of a section with the scoring 'cumulative'."
    if section.scoring is Scoring.CUMULATIVE and not item.open:
        levels = [level.level for level in section.levels]
        if item.level is None:
            yield "level", "say of which level this is a criterion, as in 'level: 1'."
        elif item.level not in levels:
            yield "level", f"the section has no level {item.level}. Add it to 'levels'."
    if item.reversed and (item.open or section.scoring is not Scoring.TOTALS):
        yield "reversed", "is for items with a scale in a section with the scoring 'totals'."
    if item.anchors and item.open:
        yield "anchors", "are words for the options of a scale; an open question has none."
    elif item.anchors and len(item.anchors) != len(instrument.scale_of(item).options):
        count = len(instrument.scale_of(item).options)
        yield "anchors", f"the scale has {count} options, so write {count} anchors."
