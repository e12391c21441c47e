"""What an instrument is: sections, items, scales, who answers, and how answers are scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property


class Blank(IntEnum):
    """What stands in place of a code where no option was chosen. All are below every code of a scale."""

    MISSING = -1
    NOT_APPLICABLE = -2
    DONT_KNOW = -3


class Scoring(StrEnum):
    """How the answers to a section are put together."""

    TOTALS = "totals"
    """Totals and means; from a section with a gap back to its items."""
    AGREEMENT = "agreement"
    """Each item agreed (the scale's last option), not yet (its first) or nearly (between)."""
    STAGES = "stages"
    """Ordinal: distribution, median, minimum; never a mean."""
    CUMULATIVE = "cumulative"
    """The highest level k of which every criterion, and every criterion of the levels below, is met."""
    PROMPTS = "prompts"
    """Open questions; nothing is counted but who answered."""


class Respondent(StrEnum):
    """Who answers."""

    LEADERS = "leaders"
    STAFF = "staff"
    GOVERNORS = "governors"
    PARENTS = "parents"
    PUPILS = "pupils"
    PARTNERS = "partners"


class WaveKind(StrEnum):
    """What becomes of an answer: whose it is, and who may see that."""

    ATTRIBUTED = "attributed"
    IN_THE_ROOM = "in-the-room"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Asked(StrEnum):
    """How often one respondent answers the instrument in one wave."""

    ONCE = "once"
    EACH_PARTNER = "each-partner"


PLAIN_FOR = frozenset({Respondent.PARENTS, Respondent.PUPILS})
"""Who reads the plain wording where there is one."""


@dataclass(frozen=True)
class Option:
    """One answer of a scale. ``code`` 0 to 100; ``help`` says what it means; ``plain`` is for pupils and parents."""

    code: int
    label: str
    help: str = ""
    plain: str = ""

    def label_for(self, respondent: Respondent | None = None) -> str:
        """The label in the words for this respondent."""
        return self.plain if self.plain and respondent in PLAIN_FOR else self.label


@dataclass(frozen=True)
class Scale:
    """Options with rising codes. ``not_applicable`` and ``dont_know`` are the labels of two further answers that are
    not on the scale; empty where they are not offered."""

    id: str
    options: tuple[Option, ...]
    not_applicable: str = ""
    dont_know: str = ""

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """The codes in rising order."""
        return tuple(option.code for option in self.options)

    @property
    def lowest(self) -> int:
        """The smallest code."""
        return self.options[0].code

    @property
    def highest(self) -> int:
        """The largest code."""
        return self.options[-1].code

    @cached_property
    def allowed(self) -> frozenset[int]:
        """Every code that an answer may have: the options', missing, and the two others where they are offered."""
        blanks = {int(Blank.MISSING)}
        blanks |= {int(Blank.NOT_APPLICABLE)} if self.not_applicable else set()
        blanks |= {int(Blank.DONT_KNOW)} if self.dont_know else set()
        return frozenset(self.codes) | blanks

    def label(self, code: int, respondent: Respondent | None = None) -> str:
        """The words for a code; empty for missing. Raises KeyError for a code that the scale does not have."""
        if code not in self.allowed:
            raise KeyError(code)
        blanks = {
            Blank.MISSING: "",
            Blank.NOT_APPLICABLE: self.not_applicable,
            Blank.DONT_KNOW: self.dont_know,
        }
        if code < 0:
            return blanks[Blank(code)]
        return next(option.label_for(respondent) for option in self.options if option.code == code)


@dataclass(frozen=True)
class Level:
    """One level of a cumulative section: ``level`` from 1, its name, and what it means."""

    level: int
    label: str
    help: str = ""


@dataclass(frozen=True)
class Item:
    """One question. ``scale`` names a scale of the instrument; None is an open question.

    ``evidence`` and ``comment`` are labels of text fields beside the answer (empty: there is none). ``who`` narrows
    down the section's respondents (empty: all). ``anchors`` are words for each option of the scale, in its order.
    ``level`` is the level of which the item is a criterion (cumulative sections). ``topic`` joins items that ask the
    same of different things, and ``about`` names the thing: an item about the school beside one about the partnership.
    """

    id: str
    text: str
    scale: str | None = None
    help: str = ""
    plain: str = ""
    who: tuple[Respondent, ...] = ()
    required: bool = False
    evidence: str = ""
    comment: str = ""
    reversed: bool = False
    level: int | None = None
    anchors: tuple[str, ...] = ()
    topic: str = ""
    about: str = ""

    @property
    def open(self) -> bool:
        """Whether the answer is a text of its own."""
        return self.scale is None

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Names of the texts that an answer may hold: 'ID' of an open question, 'ID:evidence', 'ID:comment'."""
        own = (self.id,) if self.open else ()
        beside = (("evidence", self.evidence), ("comment", self.comment))
        return (*own, *(f"{self.id}:{kind}" for kind, label in beside if label))

    def wording(self, respondent: Respondent | None = None) -> str:
        """The question in the words for this respondent."""
        return self.plain if self.plain and respondent in PLAIN_FOR else self.text


@dataclass(frozen=True)
class Section:
    """Items that are scored together; those with a scale share one.

    ``together``: answered by the group as a whole, after its members answered the rest alone. ``levels`` and ``met``
    (the smallest code with which a criterion is met) are for cumulative sections. ``rests_on`` names the sections that
    this one arises from: it is read beside them.
    """

    id: str
    title: str
    items: tuple[Item, ...]
    scoring: Scoring
    help: str = ""
    who: tuple[Respondent, ...] = ()
    together: bool = False
    levels: tuple[Level, ...] = ()
    met: int | None = None
    rests_on: tuple[str, ...] = ()

    @cached_property
    def scored(self) -> tuple[Item, ...]:
        """The items with a scale."""
        return tuple(item for item in self.items if not item.open)

    @property
    def scale(self) -> str | None:
        """The scale of its scored items; None where all are open."""
        return self.scored[0].scale if self.scored else None


@dataclass(frozen=True)
class Source:
    """What was used, by whom, and what of it is in the instrument. ``year`` is None where the source has no date."""

    author: str
    year: int | None
    title: str
    used: str


@dataclass(frozen=True)
class Instrument:
    """A questionnaire as data. ``ours`` says which part of it was written for Isthmus; ``reading`` how results may be
    read. ``private``: for the one who answers alone, in no wave and no result (``waves`` is then empty)."""

    id: str
    version: int
    title: str
    purpose: str
    licence: str
    sources: tuple[Source, ...]
    ours: str
    who: tuple[Respondent, ...]
    scoring: Scoring
    reading: str
    scales: tuple[Scale, ...]
    sections: tuple[Section, ...]
    asked: Asked = Asked.ONCE
    waves: tuple[WaveKind, ...] = tuple(WaveKind)
    private: bool = False

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in order."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def scored(self) -> tuple[Item, ...]:
        """Every item with a scale, in order: the columns of an array of codes."""
        return tuple(item for item in self.items if not item.open)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Ids of the scored items, in order."""
        return tuple(item.id for item in self.scored)

    def item(self, id_: str) -> Item:
        """The item with this id. Raises KeyError."""
        return self._items[id_]

    def section(self, id_: str) -> Section:
        """The section with this id. Raises KeyError."""
        return next((s for s in self.sections if s.id == id_), None) or _missing(id_)

    def section_of(self, item: str) -> Section:
        """The section that holds the item with this id. Raises KeyError."""
        return next((s for s in self.sections if any(i.id == item for i in s.items)), None) or _missing(item)

    def scale(self, id_: str) -> Scale:
        """The scale with this id. Raises KeyError."""
        return self._scales[id_]

    def scale_of(self, item: Item) -> Scale:
        """The scale of an item. Raises KeyError for an open question."""
        return self._scales[item.scale or ""]

    def shown_to(self, respondent: Respondent, *, together: bool | None = None) -> Iterator[Section]:
        """The sections with the items that this respondent answers. ``together`` keeps only those that are, or are
        not, answered by the group as a whole."""
        for section in self.sections:
            if together not in (None, section.together):
                continue
            asked = [i for i in section.items if respondent in (i.who or section.who or self.who)]
            if asked:
                yield replace(section, items=tuple(asked))

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {scale.id: scale for scale in self.scales}


def _missing(id_: str) -> Section:
    raise KeyError(id_)
