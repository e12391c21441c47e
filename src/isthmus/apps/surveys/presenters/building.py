"""An instrument that is being written, as its page shows it: parts, what is missing, what people will see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from isthmus.apps.core.components import Action, Cell, Fact, Table
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.drafting import Tree
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.forms.answering import Given, SectionForm
from isthmus.apps.surveys.forms.asking import PEOPLE
from isthmus.apps.surveys.forms.building import PLAIN_FOR
from isthmus.apps.surveys.models import InstrumentDraft, Who
from isthmus.apps.surveys.presenters.instruments import SCORING

WHOLE = "all"
SORTS = {
    "title": Sort("Instrument", ("title",)),
    "area": Sort("For", ("owner__name",)),
    "changed": Sort("Last changed", ("changed_at",)),
}


def address(draft: InstrumentDraft, kind: str, part: str = WHOLE, **query: str) -> str:
    """The page of a part."""
    at = reverse("surveys:build_part", args=[draft.pk, kind, part])
    return at + "".join(f"?{name}={value}" for name, value in query.items())


def home(draft: InstrumentDraft) -> str:
    """The page of the draft."""
    return reverse("surveys:build", args=[draft.pk])


def table(page: Listing[InstrumentDraft]) -> Table:
    """Drafts to go on with."""
    columns = [
        page.column("Instrument", "title"),
        page.column("For", "area"),
        page.column("Last changed", "changed"),
        page.column("By"),
    ]
    rows = [
        (
            Cell(row.title, url=home(row)),
            row.owner.name,
            moment(row),
            str(row.changed_by) if row.changed_by else "",
        )
        for row in page.page
    ]
    return Table(count(page.total, "draft"), columns, rows)


def moment(draft: InstrumentDraft) -> str:
    """When it was changed last."""
    from isthmus.apps.core.dates import moment_in_words

    return moment_in_words(draft.changed_at)


def people_of(names: list[str]) -> str:
    """'Leaders, Staff'."""
    return ", ".join(PEOPLE[Who(name)] for name in names)


def facts(draft: InstrumentDraft) -> list[Fact]:
    """What is said of the whole, each with where to change it."""
    tree = draft.content
    change = [Action("Change", address(draft, "about"), "what is said of it")]
    source = [Action("Change", address(draft, "source"), "source and licence")]
    sources = [f"{one.get('author', '')}: {one.get('title', '')}" for one in tree.get("sources", [])]
    return [
        Fact("What it is for", tree.get("purpose"), actions=change),
        Fact("Who answers", people_of(tree.get("who", [])), actions=change),
        Fact("How results may be read", tree.get("reading"), actions=change),
        Fact("What is your own", tree.get("ours"), actions=source),
        Fact("Sources", sources or "None named", actions=source),
        Fact("Licence", tree.get("licence"), actions=source),
    ]


@dataclass(frozen=True)
class Row:
    """A section or question of the page: its words, notes, addresses, and where the buttons would move it (or None)."""

    id: str
    words: str
    notes: str
    change: str
    remove: str
    up: int | None
    down: int | None
    add: str = ""
    rows: tuple[Row, ...] = ()


def outline(draft: InstrumentDraft, before: Instrument | None) -> list[Row]:
    """The sections with their questions."""
    tree = draft.content
    following = drafting.free_id(tree, "question", before)
    found = drafting.sections(tree)
    return [
        _row(
            draft,
            "section",
            section,
            number,
            len(found),
            notes=_notes(tree, section),
            add=address(draft, "question", following, section=section["id"]),
            rows=tuple(
                _row(draft, "question", item, place, len(section["items"]), notes=_asks(section, item))
                for place, item in enumerate(section.get("items", []))
            ),
        )
        for number, section in enumerate(found)
    ]


def _row(draft: InstrumentDraft, kind: str, one: Tree, place: int, last: int, **more: Any) -> Row:
    return Row(
        id=one["id"],
        words=one.get("title") or one.get("text") or "",
        change=address(draft, kind, one["id"]),
        remove=reverse("surveys:build_remove", args=[draft.pk, kind, one["id"]]),
        up=place - 1 if place else None,
        down=place + 1 if place + 1 < last else None,
        **more,
    )


def _notes(tree: Tree, section: Tree) -> str:
    scale = tree.get("scales", {}).get(section.get("scale", ""), {})
    labels = ", ".join(option.get("label", "") for option in scale.get("options", []))
    parts = [SCORING[section.get("scoring", "prompts")], f"Answers: {labels}" if labels else ""]
    parts += [f"Asked of: {people_of(section['who'])}"] if section.get("who") else []
    parts += ["The group answers it together"] if section.get("together") else []
    return ". ".join(filter(None, parts)) + "."


def _asks(section: Tree, item: Tree) -> str:
    levels = {one["level"]: one.get("label", "") for one in section.get("levels", [])}
    parts = [
        "In their own words" if item.get("open") or not section.get("scale") else "",
        f"For pupils and parents: {item['plain']}" if item.get("plain") else "",
        f"Asked of: {people_of(item['who'])}" if item.get("who") else "",
        "The other way round" if item.get("reversed") else "",
        f"Level {item['level']}: {levels.get(item['level'], '')}" if item.get("level") else "",
        "With evidence" if item.get("evidence") else "",
        "With a comment" if item.get("comment") else "",
    ]
    return ". ".join(filter(None, parts))


def scales(draft: InstrumentDraft) -> list[tuple[str, str, str]]:
    """Each scale's labels, where to change it and where to remove it."""
    return [
        (
            ", ".join(option.get("label", "") for option in scale.get("options", [])),
            address(draft, "scale", key),
            reverse("surveys:build_remove", args=[draft.pk, "scale", key]),
        )
        for key, scale in draft.content.get("scales", {}).items()
    ]


def faults(draft: InstrumentDraft) -> list[tuple[str, str]]:
    """What is missing before it can be made a version, and where to say it."""
    found = list(_missing(draft, draft.content))
    if found:
        return found
    told = []
    for problem in drafting.problems(draft.content):
        at = re.search(r"(?:section (\S+?)(?:, item (\S+?))?)(?:,|$)", problem.place)
        kind, part = ("question", at[2]) if at and at[2] else ("section", at[1]) if at else ("about", WHOLE)
        told.append((str(problem), address(draft, kind, part)))
    return told


def _missing(draft: InstrumentDraft, tree: Tree) -> Iterator[tuple[str, str]]:
    about, source = address(draft, "about"), address(draft, "source")
    for name, words in (
        ("purpose", "Say what it is for"),
        ("who", "Say who answers"),
        ("reading", "Say how results may be read"),
    ):
        if not tree.get(name):
            yield words, about
    if not tree.get("licence"):
        yield "Say who may use it", source
    if not tree.get("ours") and not tree.get("sources"):
        yield "Say what of it is your own, or name a source", source
    if not drafting.sections(tree):
        yield "Add a section", address(draft, "section", drafting.free_id(tree, "section"))
    for section in drafting.sections(tree):
        yield from _missing_in(draft, tree, section)


def _missing_in(draft: InstrumentDraft, tree: Tree, section: Tree) -> Iterator[tuple[str, str]]:
    name, at = f"‘{section.get('title', '')}’", address(draft, "section", section["id"])
    scale = tree.get("scales", {}).get(section.get("scale", ""))
    scoring, asked = section.get("scoring"), section.get("who") or tree.get("who", [])
    if not section.get("items"):
        yield (
            f"Add a question to {name}",
            address(draft, "question", drafting.free_id(tree, "question"), section=section["id"]),
        )
    if scoring != "prompts" and scale is None:
        yield f"Choose what people answer with in {name}", at
    elif scoring != "prompts" and section.get("items") and all(one.get("open") for one in section["items"]):
        yield f"Score {name} as open questions, as it has no others", at
    if stray := [one for one in section.get("who", []) if one not in tree.get("who", [])]:
        yield f"{name} is for {people_of(stray)}, who do not answer this instrument", at
    used = {one.get("level") for one in section.get("items", [])}
    for level in section.get("levels", []) if scoring == "cumulative" else ():
        if level["level"] not in used:
            yield f"Give level {level['level']} of {name}, ‘{level.get('label', '')}’, a criterion", at
    for item in section.get("items", []):
        here, words = address(draft, "question", item["id"]), item.get("text", "")
        if [one for one in item.get("who", []) if one not in asked]:
            yield f"‘{words}’ is for people who are not asked {name}", here
        options = len((scale or {}).get("options", []))
        if item.get("anchors") and scale and not item.get("open") and len(item["anchors"]) != options:
            yield (
                f"‘{words}’ has words of its own for {len(item['anchors'])} answers, the scale {options}",
                here,
            )
        if scoring == "cumulative" and not item.get("open") and not item.get("level"):
            yield f"Say of which level ‘{words}’ is a criterion", here


@dataclass(frozen=True)
class Look:
    """A question or a page of them as some people will see it."""

    who: str
    form: SectionForm


def looks(tree: Tree, question: str) -> list[Look]:
    """How one question will look, once for those who read the usual words, once for those who read the plain ones."""
    section = drafting.section_of(tree, question)
    if section is None:
        return []
    only = {**section, "items": [one for one in section["items"] if one["id"] == question], "who": []}
    only["items"] = [{**one, "who": []} for one in only["items"]]
    found, _unfit = drafting.shown({**tree, "sections": [only]})
    if found is None:
        return []
    asked = (drafting.part(tree, "question", question) or {}).get("who") or section.get("who")
    names = [Who(one) for one in asked or tree.get("who") or [Who.STAFF.value]]
    groups = [[one for one in names if one not in PLAIN_FOR], [one for one in names if one in PLAIN_FOR]]
    return [
        Look(" and ".join(PEOPLE[one].lower() for one in group), page(found, 0, group[0].value))
        for group in groups
        if group and group[0].value in {one.value for one in found.who}
    ]


def page(instrument: Instrument, number: int, who: str) -> SectionForm:
    """The questions of one page as they will be asked, with ids that stand beside no others."""
    form = SectionForm(sections_of(instrument, who)[number], instrument, Given(1, who, number), texts=True)
    form.auto_id = f"look-{who}-%s"
    return form


def sections_of(instrument: Instrument, who: str) -> list[Any]:
    """What these people are asked, alone or together."""
    respondent = next(one for one in instrument.who if one.value == who)
    return list(instrument.shown_to(respondent))


def changes(old: Instrument, new: Instrument) -> list[Fact]:
    """What became of the questions since the version before, as far as something did."""
    found = drafting.changes(old, new)
    told = [
        ("Added", found.added),
        ("Taken out", found.dropped),
        ("Other words: their sections are no longer compared", found.reworded),
        ("Other answers or scoring: they are no longer compared", found.rescaled),
        ("In another section", found.moved),
        ("As they were", (count(len(found.kept), "question"),)),
        ("Sections that stay comparable", found.sections),
        ("Sections that do not", found.not_sections),
    ]
    return [Fact(label, list(texts)) for label, texts in told if texts]


def fits(new: Instrument, sections: frozenset[str]) -> str:
    """Which sections of an earlier questionnaire can be laid beside the new version's."""
    scored = [one for one in new.sections if one.scored]
    titles = [one.title for one in scored if one.id in sections]
    if len(titles) == len(scored):
        return "All sections with figures"
    return f"Only {', '.join(titles)}" if titles else "Nothing: every section with figures changed"


def standing(form: forms.Form) -> list[Fact]:
    """What stands there now of the fields that somebody filled in otherwise."""
    told = []
    for name, field in form.fields.items():
        now, typed = form[name].initial, form[name].value()
        if name == "seen" or _plain(now) == _plain(typed):
            continue
        labels: Mapping[str, str] = dict(getattr(field, "choices", ()))
        values = now if isinstance(now, list) else [now]
        words = [labels.get(str(one), str(one)) for one in values if one not in (None, "", False)]
        told.append(Fact(str(field.label), ["Ticked"] if now is True else words or "Nothing"))
    return told


def _plain(value: object) -> str:
    found = value if isinstance(value, list) else [value]
    return "\n".join(sorted(str(one).replace("\r\n", "\n") for one in found if one not in (None, "", False)))
