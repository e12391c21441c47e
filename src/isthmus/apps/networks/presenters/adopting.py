"""An adoption, what it would do, and how schools answer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.stories import tell
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionState,
    Answer,
    ProposedMember,
)
from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE
from isthmus.apps.networks.queries.adopting import Outcome

tell(
    {
        "adoption.prepare": "prepared the adoption of a plan",
        "adoption.adopt": "adopted the plan",
        "adoption.cancel": "cancelled the adoption",
        "adoption.remind": "reminded heads who had not answered",
        "adoption.answer": "kept a school’s answer",
    }
)
TAGS = {Answer.WAITING: "grey", Answer.JOINS: "green", Answer.ASKS: "blue", Answer.DECLINES: "orange"}
STATE_TAGS = {AdoptionState.PREPARED: "blue", AdoptionState.ADOPTED: "green", AdoptionState.CANCELLED: "grey"}
HEADER = ("Network", "URN", "School", "Head", "Answer", "What they said", "Invited", "Answered")


def facts(adoption: Adoption) -> list[Fact]:
    """What was prepared."""
    plan = f"{adoption.plan.name}, version {adoption.version}"
    who = getattr(adoption.prepared_by, "name", "Isthmus")
    return [
        Fact("Plan", plan, url=reverse("networks:plan", args=[adoption.plan_id])),
        Fact("Layer", adoption.layer.name),
        Fact("First day", in_words(adoption.starts)),
        *([Fact("Last day", in_words(adoption.ends))] if adoption.ends else []),
        Fact("Message to heads", adoption.message or "None"),
        Fact("Prepared", f"{who}, {moment_in_words(adoption.prepared_at)}"),
    ]


def outcome_facts(found: Outcome, known_heads: int) -> list[Fact]:
    """What adopting would do, before it is done."""
    fresh = found.new_names
    schools = len(found.members)
    return [
        Fact("Networks founded", fresh or "None"),
        Fact("Networks kept, by their names", [n.name for n in found.kept.values()] or "None"),
        Fact("Memberships that begin", numbers.whole(schools - len(found.staying))),
        Fact("Schools that stay where they are", numbers.whole(len(found.staying))),
        Fact("Memberships that end the day before", numbers.whole(len(found.ending))),
        Fact(
            "Invitations",
            f"{numbers.count(known_heads, 'head')} known here of {numbers.count(schools, 'school')}: "
            "they get a mail. For each other school you find a link to hand over.",
        ),
    ]


def changes(found: Outcome) -> Table:
    """Every school that adopting moves: from where, and where to; schools by name."""
    before: dict[int, list[str]] = {}
    for row in found.ending:
        before.setdefault(row.organisation_id, []).append(row.network.name)
    rows = [
        (
            member.organisation.name,
            ", ".join(before.get(member.organisation_id, ())) or "no network",
            member.network.name,
        )
        for member in sorted(found.members, key=lambda member: member.organisation.sort_name)
        if member.network and not _stays(found, member)
    ]
    columns = [Column("School"), Column("From"), Column("To")]
    return Table(numbers.count(len(rows), "school changes network", "schools change network"), columns, rows)


def _stays(found: Outcome, member: ProposedMember) -> bool:
    kept = found.kept.get(member.network.name.lower()) if member.network else None
    return kept is not None and (member.organisation_id, kept.pk) in found.staying


def answered(counts: Mapping[str, int]) -> list[Fact]:
    """How many schools gave each answer."""
    return [Fact(str(answer.label), numbers.count(counts.get(answer, 0), "school")) for answer in Answer]


def answers_table(page: Listing[AdoptionAnswer]) -> Table:
    """How each school answered."""
    columns = [
        page.column("School", "school"),
        page.column("Network", "network"),
        page.column("Head", "head"),
        page.column("Answer", "answer"),
        page.column("What they said"),
        page.column("Invited", "invited"),
    ]
    rows = [
        (
            Cell(row.organisation.name, url=reverse("register:school", args=[row.organisation.urn])),
            _network(row),
            row.name or "no head is known here",
            Cell(Answer(row.answer).label, tag=TAGS[Answer(row.answer)]),
            row.reason or "–",
            _invited(row),
        )
        for row in page.page
    ]
    return Table(numbers.count(page.total, "school"), columns, rows)


def _network(row: AdoptionAnswer) -> Cell:
    """The network; once there is a membership, with the way to change it."""
    if row.membership is None:
        return Cell(row.network_name)
    return Cell(row.network_name, url=reverse("networks:network", args=[row.membership.network_id]))


def _invited(row: AdoptionAnswer) -> str | Cell:
    if row.sent_at is None and row.works and row.answer == Answer.WAITING:
        address = reverse("networks:adoption_invitation", args=[derived(ANSWER_PURPOSE, row.reference)])
        return Cell("Link to hand over", url=address)
    if row.sent_at is None:
        return "by hand"
    return in_words(row.sent_at) + (f", {row.round} times" if row.round > 1 else "")


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def answer_rows(rows: list[AdoptionAnswer]) -> list[Row]:
    """A row a school for a spreadsheet."""
    return [
        (
            *(
                row.network_name,
                row.organisation.urn,
                row.organisation.name,
                row.name,
                row.get_answer_display(),
            ),
            *(row.reason, _day(row.sent_at), _day(row.answered_at)),
        )
        for row in rows
    ]
