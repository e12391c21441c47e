"""A consultation as its officers see it: who answered, wishes mutual or not, nominations. Never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.stories import tell
from isthmus.apps.needs.models import Level
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationState,
    Plan,
    Sees,
)
from isthmus.apps.networks.queries.consultation import Answers, wishes_met
from isthmus.apps.register.models import Organisation, Theme

tell(
    {
        "consultation.start": "wrote the consultation",
        "consultation.change": "changed the consultation",
        "consultation.open": "opened the consultation",
        "consultation.remind": "reminded those without an answer",
        "consultation.close": "closed the consultation",
        "consultation.remove": "removed the consultation",
        "consultation.link": "made a new link",
        "consultation.say": "changed the answer",
        "consultation.answer": "sent the answer",
    }
)
SORTS = {
    "newest": Sort("Newest", ("-made_at",)),
    "name": Sort("Consultation", ("name",)),
    "until": Sort("Open until", ("until", "name")),
    "said": Sort("Answered", ("said", "name")),
}
ANSWER_SORTS = {
    "school": Sort("School", ("organisation__sort_name", "organisation__urn")),
    "answered": Sort("Answered", ("answered_at", "organisation__sort_name"), may_be_unknown=True),
}
NOT_YET = "No answer yet"
FILTERS = (
    ("answered", "Answered"),
    ("silent", "No answer yet"),
    ("unknown", "Nobody known to write to"),
    ("nominates", "Name a co-leader"),
)
HEADER = (
    *("School", "URN", "Answered", "Wishes to work with", "Of these mutual", "Would rather not now"),
    *("Why not now", "Co-leader", "Co-leader's e-mail", "Note"),
)
Row = tuple[str | int | None, ...]


def state(consultation: Consultation) -> tuple[str, str]:
    """Where a consultation stands, with the colour of its tag."""
    if consultation.state == ConsultationState.DRAFT:
        return "Not opened yet", "grey"
    if consultation.accepts:
        return "Open", "green"
    return (
        ("Closed", "blue") if consultation.state == ConsultationState.CLOSED else ("Last day over", "orange")
    )


def consultations_table(page: Listing[Consultation]) -> Table:
    """The consultations of an area."""
    columns = [
        page.column("Consultation", "name"),
        page.column("State"),
        page.column("Open until", "until"),
        page.column("Answered", "said"),
    ]
    rows = []
    for one in page.page:
        label, colour = state(one)
        url = reverse("networks:consultation", args=[one.pk])
        said, asked = _counts(one)
        rows.append(
            (Cell(one.name, url=url), Cell(label, tag=colour), in_words(one.until), f"{said} of {asked}")
        )
    return Table(numbers.count(page.total, "consultation"), columns, rows)


def _counts(consultation: Consultation) -> tuple[int, int]:
    counted: Any = consultation  # `said` and `asked` come from the query
    return counted.said, counted.asked


def consultations_file(rows: Sequence[Consultation]) -> list[Row]:
    """The consultations of an area, for a file: name, state, layer, last day, asked, answered."""
    found: list[Row] = []
    for one in rows:
        said, asked = _counts(one)
        layer = one.layer.name if one.layer else ""
        found.append((one.name, state(one)[0], layer, one.until.isoformat(), asked, said))
    return found


def facts(consultation: Consultation, answers: Sequence[ConsultationAnswer], found: Answers) -> list[Fact]:
    """What was asked, and how it stands, in words."""
    asked, said = len(answers), sum(answer.answered_at is not None for answer in answers)
    unknown = sum(not answer.email and answer.answered_at is None for answer in answers)
    known = "Each school's head can be written to"
    if consultation.state == ConsultationState.DRAFT:
        known = "Once it is open, heads who are known get mail; for each other school there is a link to hand over"
    elif unknown:
        known = f"{numbers.count(unknown, 'school')} without an answer and nobody known to write to: hand each its link"
    wishes = (
        f"{numbers.count(len(found.pairs), 'wish', 'wishes')}; {numbers.count(len(found.mutual), 'pair')} of schools "
        "wished for each other"
    )
    reminded = numbers.count(consultation.reminders, "time")
    if consultation.reminded_at:
        reminded += f", last on {moment_in_words(consultation.reminded_at)}"
    return [
        Fact("State", state(consultation)[0]),
        Fact("For the networks of", consultation.layer.name if consultation.layer else "A layer to come"),
        Fact("Open until", f"the end of {in_words(consultation.until)}"),
        Fact("Answered", f"{said} of {numbers.count(asked, 'school')}"),
        Fact("Written to", known),
        Fact("Wishes so far", wishes),
        Fact("Most wishes of a school", str(consultation.most_wishes)),
        Fact("A school sees", str(Sees(consultation.sees).label)),
        Fact("Reminded", reminded if consultation.reminders else "Not yet"),
        Fact("What heads are told", consultation.text or "Nothing more"),
    ]


def answers_table(page: Listing[ConsultationAnswer], consultation: Consultation, found: Answers) -> Table:
    """The schools that are asked, a page of them."""
    columns = [
        page.column("School", "school"),
        page.column("Answered", "answered"),
        page.column("Wishes to work with"),
        page.column("Co-leader named"),
        page.column("Written to"),
    ]
    rows = []
    for answer in page.page:
        url = reverse("networks:consultation_school", args=[consultation.pk, answer.pk])
        rows.append(
            (
                Cell(answer.organisation.name, url=url),
                in_words(answer.answered_at) if answer.answered_at else NOT_YET,
                _wished(found.of(answer.organisation_id)) if answer.answered_at else NOT_YET,
                (answer.nominee_name or "Nobody") if answer.answered_at else NOT_YET,
                answer.name or answer.email or "Nobody known",
            )
        )
    return Table(numbers.count(page.total, "school"), columns, rows)


def _wished(named: Sequence[tuple[int, bool]]) -> str:
    if not named:
        return "None named"
    mutual = sum(both for _key, both in named)
    return f"{numbers.count(len(named), 'school')}, {mutual} mutual"


def mutual(found: Answers) -> list[tuple[str, str]]:
    """The pairs of schools that wished for each other, by name."""
    return [(found.schools[a].name, found.schools[b].name) for a, b in found.mutual]


def answer_facts(
    answer: ConsultationAnswer,
    found: Answers,
    not_now: Sequence[Organisation],
    themes: Sequence[Theme],
    levels: dict[int, Level],
) -> list[Fact]:
    """What one school said, for the officers. Before it is sent, only that it is not."""
    written = f"{answer.name}, {answer.email}".strip(", ") or "Nobody known: hand the link over"
    known = [
        Fact("Answered", moment_in_words(answer.answered_at) if answer.answered_at else NOT_YET),
        Fact("Written to", written),
    ]
    if answer.answered_at is None:
        return known
    wished = [
        f"{found.schools[key].name}{' (mutual)' if both else ''}"
        for key, both in found.of(answer.organisation_id)
    ]
    said = [f"{theme.name}: {levels[theme.pk].label}" for theme in themes if theme.pk in levels]
    rather = [school.name for school in not_now]
    return [
        *known,
        Fact("Last changed", moment_in_words(answer.changed_at)),
        Fact("Wishes to work with", wished or "None named"),
        Fact(
            "Would rather not work with now", rather or "None named", note="Confidential: for officers only"
        ),
        *([Fact("Why", answer.not_now_reason)] if answer.not_now_reason else []),
        Fact("Needs and strengths", said or "Nothing said"),
        Fact("Co-leader named", _nominee(answer)),
        Fact("Note", answer.note or "None"),
    ]


def _nominee(answer: ConsultationAnswer) -> str:
    if not answer.nominee_name:
        return "Nobody"
    return f"{answer.nominee_name}{', ' + answer.nominee_email if answer.nominee_email else ''} (agreed to be named)"


def answers_file(
    answers: Sequence[ConsultationAnswer], found: Answers, not_now: dict[int, list[str]]
) -> list[Row]:
    """Every school and what it said, for a file. `not_now` are names by key of the answer."""
    rows: list[Row] = []
    for answer in answers:
        school = answer.organisation
        if answer.answered_at is None:
            rows.append((school.name, school.urn, NOT_YET, *[""] * (len(HEADER) - 3)))
            continue
        named = found.of(school.pk)
        wished = "; ".join(found.schools[key].name for key, _both in named)
        both = "; ".join(found.schools[key].name for key, mutual_ in named if mutual_)
        rather = "; ".join(not_now.get(answer.pk, []))
        rows.append(
            (
                *(school.name, school.urn, _moment(answer.answered_at), wished, both, rather),
                *(answer.not_now_reason, answer.nominee_name, answer.nominee_email, answer.note),
            )
        )
    return rows


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def nobody_asked(plan: Plan) -> str:
    """That wishes were to count and there were none, in words; else empty."""
    if not Choices.from_json(plan.choices).wishes:
        return ""
    return "No school of this plan has said whom it wishes to work with, so wishes did not count. Ask them first."


def wishes_in_words(plan: Plan) -> str:
    """How many wishes a plan meets, in words; empty where nobody was asked."""
    met = wishes_met(plan)
    if met is None:
        return ""
    words = f"{met.met} of {numbers.count(met.wishes, 'wish', 'wishes')} of schools met"
    if met.mutual:
        words += (
            f"; of {numbers.count(met.mutual, 'pair')} that wished for each other, {met.mutual_met} together"
        )
    return words
