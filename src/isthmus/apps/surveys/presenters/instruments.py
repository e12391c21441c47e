"""Instruments as people choose and read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from isthmus.apps.core.components import Cell, Fact, Table
from isthmus.apps.core.listing import Listing, Order
from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.choosing import Choice, in_waves
from isthmus.apps.surveys.adapters.instruments import Instrument, Section, allowed_kinds, sections_for
from isthmus.apps.surveys.forms.answering import Given, SectionForm
from isthmus.apps.surveys.forms.asking import PEOPLE
from isthmus.apps.surveys.models import WaveKind, Who
from isthmus.apps.surveys.presenters.answering import minutes
from isthmus.apps.surveys.presenters.waves import KINDS

SCORING = {
    "totals": "Totals and means, and from a section with a gap back to its questions",
    "agreement": "Agreed, nearly, not yet",
    "stages": "Stages: how many stand where; never a mean",
    "cumulative": "The highest level of which all is met",
    "prompts": "In people’s own words; nothing is counted",
}
ORDERS = {
    "title": Order[Choice]("Instrument", lambda one: one.instrument.title.casefold()),
    "whose": Order[Choice]("Whose", lambda one: whose(one).casefold()),
}
HEADER = (
    "Instrument",
    "Version",
    "What for",
    "Who answers",
    "How it is scored",
    "Questions",
    "Whose",
    "Source",
    "Licence",
)


def whose(choice: Choice) -> str:
    """'Comes with Isthmus', or the area whose own it is."""
    return choice.kept.owner.name if choice.kept and choice.kept.owner else "Comes with Isthmus"


def address(choice: Choice) -> str:
    """The page of an instrument."""
    return reverse("surveys:instrument", args=[choice.key])


def who_answers(instrument: Instrument) -> str:
    """'Leaders, staff'."""
    return ", ".join(str(who) for who in instrument.who).capitalize()


def sources(instrument: Instrument) -> list[str]:
    """Who wrote what it stands on, and what of it is used."""
    return [
        f"{one.author}{f' ({one.year})' if one.year else ''}: {one.title}. {one.used}"
        for one in instrument.sources
    ]


def table(page: Listing[Choice]) -> Table:
    """Instruments to choose from."""
    columns = [
        page.column("Instrument", "title"), page.column("What for"), page.column("Who answers"),
        page.column("How it is scored"), page.column("Whose", "whose"),
    ]  # fmt: skip
    rows = [
        (
            Cell(one.instrument.title, url=address(one)),
            one.instrument.purpose,
            who_answers(one.instrument),
            SCORING[one.instrument.scoring.value],
            whose(one),
        )
        for one in page.page
    ]
    return Table(count(page.total, "instrument"), columns, rows)


def file_rows(found: Sequence[Choice]) -> list[tuple[str | int | None, ...]]:
    """The same for a file."""
    return [
        (
            *(
                one.instrument.title,
                one.instrument.version,
                one.instrument.purpose,
                who_answers(one.instrument),
            ),
            *(SCORING[one.instrument.scoring.value], len(one.instrument.items), whose(one)),
            *("; ".join(sources(one.instrument)), one.instrument.licence),
        )
        for one in found
    ]


def facts(choice: Choice) -> list[Fact]:
    """What an instrument is for, who answers, how it is scored and read, where it comes from."""
    one = choice.instrument
    kinds = [KINDS[WaveKind(kind)] for kind in allowed_kinds(one)] if in_waves(one) else []
    use = ", ".join(kinds)
    if one.private:
        use = "For yourself alone: what you write is nobody else’s, so it is not asked in questionnaires"
    elif not kinds:
        use = "Answered once for each partner, so it is not asked in questionnaires"
    return [
        Fact("What for", one.purpose),
        Fact("Who answers", who_answers(one)),
        Fact("How long", f"{count(len(one.items), 'question')}, about {longest(one)}"),
        Fact("Can be asked as", use),
        Fact("How it is scored", SCORING[one.scoring.value]),
        Fact("How results may be read", one.reading),
        Fact("Source", sources(one) or "None named"),
        Fact("What is ours", one.ours or "Not said"),
        Fact("Licence", one.licence),
        Fact("Version", f"{one.version}, {whose(choice)}"),
    ]


def longest(instrument: Instrument) -> str:
    """How long it takes whoever is asked most."""
    most = max(
        instrument.who, key=lambda who: sum(len(one.items) for one in sections_for(instrument, who.value))
    )
    return minutes(instrument, most.value)


@dataclass(frozen=True)
class Part:
    """A section as a respondent sees it; `together`: answered by the group as a whole."""

    title: str
    help: str
    together: bool
    form: SectionForm


def preview(instrument: Instrument, who: str) -> list[Part]:
    """Every question that this respondent is asked, as they see it."""
    nothing = Given(1, who, 0)
    return [
        Part(one.title, one.help, one.together, SectionForm(one, instrument, nothing, texts=True))
        for one in _every(instrument, who)
    ]


def _every(instrument: Instrument, who: str) -> list[Section]:
    respondent = next(one for one in instrument.who if one.value == who)
    return list(instrument.shown_to(respondent))


def respondents(instrument: Instrument) -> list[tuple[str, str]]:
    """Who is asked, as choices."""
    return [(one.value, PEOPLE[Who(one.value)]) for one in instrument.who]
