"""From a tree to an instrument, with every rule that an instrument keeps."""

from __future__ import annotations

from isthmus.methods.surveys.instruments.forms import PASSAGE, SENTENCE, WORD, Faults, Form, nearest
from isthmus.methods.surveys.instruments.model import (
    Asked,
    Instrument,
    Item,
    Level,
    Option,
    Respondent,
    Scale,
    Scoring,
    Section,
    Source,
    WaveKind,
)
from isthmus.methods.surveys.instruments.rules import keep_rules
from isthmus.methods.surveys.instruments.trees import Tree

FORMAT = 1
MOST_SECTIONS, MOST_ITEMS, MOST_SCALES, MOST_OPTIONS, MOST_SOURCES = 60, 300, 20, 15, 20
INSTRUMENT_KEYS = (
    "format", "id", "version", "title", "purpose", "licence", "sources", "ours", "who", "asked", "private", "waves",
    "scoring", "reading", "scales", "sections",
)  # fmt: skip
SECTION_KEYS = (
    "id", "title", "help", "who", "together", "scoring", "scale", "levels", "met", "rests_on", "items",
)  # fmt: skip
ITEM_KEYS = (
    "id", "text", "plain", "help", "who", "open", "required", "evidence", "comment", "reversed", "level", "anchors",
    "topic", "about",
)  # fmt: skip
SCALE_KEYS = ("options", "not_applicable", "dont_know")
OPTION_KEYS = ("code", "label", "help", "plain")


def build(tree: Tree) -> Instrument:
    """The instrument of a tree. Raises `InstrumentError` with everything that is wrong, twenty problems at most."""
    faults = Faults()
    form = Form(tree, "", faults, INSTRUMENT_KEYS)
    faults.stop() if not form.values else None
    if form.has("format"):
        form.whole("format", FORMAT, FORMAT)
    scoring = form.choice("scoring", Scoring, Scoring.PROMPTS)
    for key in ("scoring", "who", "sections"):
        if not form.has(key):
            form.missing(key)
    private = form.flag("private")
    waves = form.choices("waves", WaveKind)
    scales = tuple(_scale(name, one, faults) for name, one in form.named("scales"))
    found = Instrument(
        id=form.id(),
        version=form.whole("version", 1, 9_999, needed=True) or 1,
        title=form.text("title", SENTENCE, needed=True),
        purpose=form.text("purpose", PASSAGE, needed=True),
        licence=form.text("licence", PASSAGE, needed=True),
        sources=tuple(_source(n, one, faults) for n, one in enumerate(form.many("sources", MOST_SOURCES), 1)),
        ours=form.text("ours", PASSAGE),
        who=form.choices("who", Respondent) or (),
        asked=form.choice("asked", Asked, Asked.ONCE),
        private=private,
        waves=waves if waves is not None else () if private else tuple(WaveKind),
        scoring=scoring,
        reading=form.text("reading", PASSAGE, needed=True),
        scales=scales[:MOST_SCALES],
        sections=tuple(
            _section(n, one, faults, scoring, scales)
            for n, one in enumerate(form.many("sections", MOST_SECTIONS), 1)
        ),
    )
    if len(scales) > MOST_SCALES:
        form.fault("scales", f"holds {len(scales)} scales; at most {MOST_SCALES} are read.")
    if len(found.items) > MOST_ITEMS:
        form.fault(
            "sections", f"hold {len(found.items)} items; at most {MOST_ITEMS} are read. Make two of it."
        )
    faults.stop()
    keep_rules(found, form)
    faults.stop()
    return found


def _scale(name: str, tree: Tree, faults: Faults) -> Scale:
    form = Form(tree, f"scale {name}", faults, SCALE_KEYS)
    options: list[Option] = []
    for number, one in enumerate(form.many("options", MOST_OPTIONS), 1):
        option = Form(one, f"scale {name}, option {number}", faults, OPTION_KEYS)
        code = option.whole("code", 0, 100, needed=True)
        label = option.text("label", WORD, needed=True)
        if code is not None and options and code <= options[-1].code:
            option.fault("code", f"must be above {options[-1].code}, the code before it.")
        options.append(Option(code or 0, label, option.text("help", SENTENCE), option.text("plain", WORD)))
    if len(options) < 2:
        form.fault("options", "a scale needs two options or more.")
        options = [Option(0, ""), Option(1, "")]
    return Scale(name, tuple(options), form.text("not_applicable", WORD), form.text("dont_know", WORD))


def _source(number: int, tree: Tree, faults: Faults) -> Source:
    form = Form(tree, f"source {number}", faults, ("author", "year", "title", "used"))
    return Source(
        form.text("author", SENTENCE, needed=True),
        form.whole("year", 1000, 2999),
        form.text("title", SENTENCE, needed=True),
        form.text("used", PASSAGE, needed=True),
    )


def _section(number: int, tree: Tree, faults: Faults, scoring: Scoring, scales: tuple[Scale, ...]) -> Section:
    form = Form(tree, _called("section", number, tree), faults, SECTION_KEYS)
    known = [scale.id for scale in scales]
    scale = form.text("scale", 40)
    if scale and scale not in known:
        form.fault("scale", f"there is no scale '{scale}'. {nearest(scale, known)}")
    items = form.many("items")
    if not items:
        form.fault("items", "a section needs an item or more.")
    return Section(
        id=form.id(),
        title=form.text("title", SENTENCE, needed=True),
        help=form.text("help", PASSAGE),
        who=form.choices("who", Respondent) or (),
        together=form.flag("together"),
        scoring=form.choice("scoring", Scoring, scoring),
        levels=tuple(_level(form.place, n, one, faults) for n, one in enumerate(form.many("levels", 20), 1)),
        met=form.whole("met", 0, 100),
        rests_on=form.texts("rests_on", 40),
        items=tuple(
            _item(f"{form.place}, {_called('item', n, one)}", one, faults, scale)
            for n, one in enumerate(items, 1)
        ),
    )


def _level(place: str, number: int, tree: Tree, faults: Faults) -> Level:
    form = Form(tree, f"{place}, level {number}", faults, ("level", "label", "help"))
    level = form.whole("level", number, number, needed=True) or number
    return Level(level, form.text("label", WORD, needed=True), form.text("help", SENTENCE))


def _item(place: str, tree: Tree, faults: Faults, scale: str) -> Item:
    form = Form(tree, place, faults, ITEM_KEYS)
    return Item(
        id=form.id(),
        text=form.text("text", SENTENCE, needed=True),
        scale=None if form.flag("open") or not scale else scale,
        help=form.text("help", PASSAGE),
        plain=form.text("plain", SENTENCE),
        who=form.choices("who", Respondent) or (),
        required=form.flag("required"),
        evidence=form.text("evidence", SENTENCE),
        comment=form.text("comment", SENTENCE),
        reversed=form.flag("reversed"),
        level=form.whole("level", 1, 20),
        anchors=form.texts("anchors", SENTENCE),
        topic=form.text("topic", 40),
        about=form.text("about", WORD),
    )


def _called(kind: str, number: int, tree: Tree) -> str:
    """'item know-1' where it says its id, else 'item 3'."""
    own = tree.value.get("id") if isinstance(tree.value, dict) else None
    named = own is not None and isinstance(own.value, str) and 0 < len(own.value) <= 40
    return f"{kind} {own.value if own is not None and named else number}"
