"""A draft of an instrument as a tree: finding, replacing, adding, moving and removing its parts, and reading the whole.

A *part* is named by its kind and its id: ('about', ''), ('source', ''), ('scale', 'agree'), ('section', 'know'),
('question', 'know-1'). No function changes the tree that it is given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from isthmus.methods.ledger import canonical
from isthmus.methods.surveys.instruments import (
    Instrument,
    InstrumentError,
    Problem,
    Scoring,
    compare,
    from_dict,
    shipped,
    to_dict,
)

Tree = dict[str, Any]
KINDS = ("about", "source", "scale", "section", "question")
ABOUT = ("title", "purpose", "who", "waves", "reading")
SOURCE = ("licence", "ours", "sources")
MOST_ID = 40
_STANDING_IN = {
    "format": 1, "version": 1, "title": "Untitled", "purpose": "Not said yet.", "licence": "Not said yet.",
    "ours": "Not said yet.", "reading": "Not said yet.", "scoring": "prompts",
}  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A scale to choose: its key, its labels in a line, and its tree."""

    key: str
    labels: str
    tree: Tree


_CHOSEN = (
    ("collaboration-diagnostic", "agree"),
    ("agreement-check", "agreed"),
    ("readiness-check", "yet"),
    ("maturity-model", "stages"),
    ("maturity-model", "heard"),
    ("cluster-strengths", "held"),
    ("nine-benefits", "traced"),
)


@cache
def ready_scales() -> tuple[Ready, ...]:
    """Scales that can be chosen as they are, out of the instruments that are shipped."""
    trees = {one.id: to_dict(one) for one in shipped()}
    found = []
    for instrument, key in _CHOSEN:
        tree = trees[instrument]["scales"][key]
        found.append(Ready(key, ", ".join(option["label"] for option in tree["options"]), tree))
    return tuple(found)


def empty(title: str) -> Tree:
    """A draft of nothing but a title."""
    return {"format": 1, "version": 1, "title": title, "who": [], "scales": {}, "sections": []}


def copied(instrument: Instrument, *, credit: bool) -> Tree:
    """A draft with everything of an instrument; `credit` names it among the sources, as of what comes with Isthmus."""
    tree = to_dict(instrument)
    for section in tree["sections"]:
        section.setdefault("scoring", tree["scoring"])
    if credit:
        used = "Its questions, sections and scales, as far as they were not changed."
        source = {
            "author": "Isthmus",
            "title": f"{instrument.title}, version {instrument.version}",
            "used": used,
        }
        tree["sources"] = [*tree.get("sources", []), source]
    return tree


def sections(tree: Tree) -> list[Tree]:
    """Its sections."""
    found: list[Tree] = tree.get("sections", [])
    return found


def items(tree: Tree) -> list[Tree]:
    """Its questions, in order."""
    return [item for section in sections(tree) for item in section.get("items", [])]


def section_of(tree: Tree, question: str) -> Tree | None:
    """The section that holds a question."""
    return next((s for s in sections(tree) if any(i["id"] == question for i in s.get("items", []))), None)


def part(tree: Tree, kind: str, id_: str) -> Tree | None:
    """A part without what is below it (a section without its questions); None where there is none."""
    if kind in ("about", "source"):
        names = ABOUT if kind == "about" else SOURCE
        return {name: tree[name] for name in names if name in tree}
    if kind == "scale":
        found = tree.get("scales", {}).get(id_)
    elif kind == "section":
        found = _named(sections(tree), id_)
    else:
        found = _named(items(tree), id_)
    return None if found is None else {key: value for key, value in found.items() if key != "items"}


def _named(found: Iterable[Tree], id_: str) -> Tree | None:
    return next((one for one in found if one["id"] == id_), None)


def digest(tree: Tree, kind: str, id_: str, *, whole: bool = False) -> str:
    """A short text that changes with the part; empty where there is none. `whole`: with what is below it."""
    found = _named(sections(tree), id_) if whole and kind == "section" else part(tree, kind, id_)
    return "" if found is None else sha256(canonical(found).encode("ascii")).hexdigest()[:16]


def replaced(tree: Tree, kind: str, id_: str, new: Mapping[str, Any], *, section: str = "") -> Tree:
    """The tree with another part in the place of this one; at the end where there is none (a question: of `section`).

    A section keeps its questions. Raises KeyError where the section for a new question is not there.
    """
    made = deepcopy(tree)
    if kind in ("about", "source"):
        for name in ABOUT if kind == "about" else SOURCE:
            made.pop(name, None)
        return {**made, **new}
    if kind == "scale":
        made.setdefault("scales", {})[id_] = dict(new)
        return made
    rows = made.setdefault("sections", []) if kind == "section" else _rows_of(made, id_, section)
    old = _named(rows, id_)
    below = {"items": old["items"] if old else []} if kind == "section" else {}
    whole = {"id": id_, **{key: value for key, value in new.items() if key != "id"}, **below}
    if old is None:
        rows.append(whole)
    else:
        rows[rows.index(old)] = whole
    return made


def _rows_of(tree: Tree, question: str, section: str) -> list[Tree]:
    home = section_of(tree, question) or _named(sections(tree), section)
    if home is None:
        raise KeyError(section)
    rows: list[Tree] = home.setdefault("items", [])
    return rows


def moved(tree: Tree, kind: str, id_: str, to: int) -> Tree:
    """A section, or a question within its section, at another place (from 0). As it was where there is none."""
    made = deepcopy(tree)
    home = section_of(made, id_) if kind == "question" else made
    rows = (home or {}).get("items" if kind == "question" else "sections", [])
    one = _named(rows, id_)
    if one is not None:
        rows.remove(one)
        rows.insert(max(0, min(to, len(rows))), one)
    return made


def without(tree: Tree, kind: str, id_: str) -> Tree:
    """The tree without a section (and its questions), a question or a scale; sections that used the scale have none."""
    made = deepcopy(tree)
    if kind == "scale":
        made.get("scales", {}).pop(id_, None)
        for section in sections(made):
            if section.get("scale") == id_:
                del section["scale"]
    elif kind == "section":
        made["sections"] = [one for one in sections(made) if one["id"] != id_]
        for section in made["sections"]:
            section["rests_on"] = [one for one in section.get("rests_on", []) if one != id_]
    else:
        for section in sections(made):
            section["items"] = [one for one in section.get("items", []) if one["id"] != id_]
    return made


def renamed(tree: Tree, question: str, new: str) -> Tree:
    """The tree with another id for a question: it asks something else than before."""
    made = deepcopy(tree)
    for item in items(made):
        if item["id"] == question:
            item["id"] = new
    return made


def free_id(tree: Tree, kind: str, before: Instrument | None = None) -> str:
    """An id that no part of this kind has or had: 'q12', 's3', 'scale2'."""
    prefix = {"question": "q", "section": "s", "scale": "scale"}[kind]
    used = {"question": items, "section": sections}.get(kind, lambda _tree: [])(tree)
    taken = {one["id"] for one in used} | (set(tree.get("scales", {})) if kind == "scale" else set())
    if before is not None:
        taken |= {one.id for one in (before.items if kind == "question" else before.sections)}
    numbers = [
        int(found[1]) for one in taken if (found := re.fullmatch(rf"{prefix}([0-9]{{1,6}})", one, re.I))
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def a_key(title: str, taken: Iterable[str]) -> str:
    """An id for a new instrument: letters and digits of its title, with a number where that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[: MOST_ID - 4].strip("-")
    plain = plain if plain[:1].isalpha() else f"own-{plain}".strip("-")
    known = {one.casefold() for one in taken} | {one.id for one in shipped()}
    numbered = (f"{plain}-{number}" if number > 1 else plain for number in range(1, len(known) + 2))
    return next(one for one in numbered if one not in known)


def whole(tree: Tree, key: str, version: int) -> Instrument:
    """The instrument that a draft says. Raises InstrumentError with everything that is wrong."""
    return from_dict(_normal({**tree, "id": key, "version": version}))


def problems(tree: Tree) -> tuple[Problem, ...]:
    """What the format of instruments has against a draft."""
    try:
        whole(tree, "draft", 1)
    except InstrumentError as wrong:
        return wrong.problems
    return ()


def shown(tree: Tree) -> tuple[Instrument | None, tuple[str, ...]]:
    """What of a draft can be looked at as people will see it, and the ids of sections that cannot be yet."""
    given = {**_STANDING_IN, **{key: value for key, value in tree.items() if value}, "id": "draft"}
    if not given.get("who"):
        given["who"] = ["leaders", "staff"]
    fit, unfit = [], []
    for section in sections(tree):
        alone = {key: value for key, value in section.items() if key != "rests_on"}
        try:
            from_dict(_normal({**given, "sections": [alone]}))
        except InstrumentError:
            unfit.append(section["id"])
        else:
            fit.append(alone)
    if not fit:
        return None, tuple(unfit)
    return from_dict(_normal({**given, "sections": fit})), tuple(unfit)


def _normal(tree: Tree) -> Tree:
    """Without what does not fit the scoring and what stays empty, so that changing one's mind loses nothing before."""
    made = deepcopy(tree)
    kinds = Counter(section.get("scoring") for section in sections(made))
    if made.get("scoring") not in kinds and kinds:
        made["scoring"] = kinds.most_common(1)[0][0]
    for section in sections(made):
        scoring = section.get("scoring", made.get("scoring"))
        if scoring == Scoring.PROMPTS:
            section.pop("scale", None)
        if scoring != Scoring.CUMULATIVE:
            section.pop("levels", None)
            section.pop("met", None)
        for item in section.get("items", []):
            scored = bool(section.get("scale")) and not item.get("open")
            gone = [] if scored and scoring == Scoring.TOTALS else ["reversed"]
            gone += [] if scored and scoring == Scoring.CUMULATIVE else ["level"]
            gone += [] if scored else ["anchors"]
            gone += [] if section.get("scale") else ["open"]
            for name in gone:
                item.pop(name, None)
    used = {section.get("scale") for section in sections(made)}
    made["scales"] = {name: scale for name, scale in made.get("scales", {}).items() if name in used}
    return made


@dataclass(frozen=True)
class Changes:
    """Questions by what became of them since the version before, in words, and the titles of comparable sections."""

    kept: tuple[str, ...]
    reworded: tuple[str, ...]
    rescaled: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    sections: tuple[str, ...]
    not_sections: tuple[str, ...]


def changes(old: Instrument, new: Instrument) -> Changes:
    """What changed between two versions."""
    found = compare(old, new)

    def said(ids: Iterable[str], of: Instrument = new) -> tuple[str, ...]:
        return tuple(of.item(one).text for one in ids)

    fit = set(found.sections)
    return Changes(
        said(found.kept), said(found.reworded), said(found.rescaled), said(found.added),
        said(found.dropped, old), said(found.moved),
        tuple(one.title for one in new.sections if one.id in fit),
        tuple(one.title for one in new.sections if one.id not in fit and one.scored),
    )  # fmt: skip
