"""Who holds which role, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people.emails import term
from isthmus.apps.accounts.people.models import HandOver, Invitation, InvitationState
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core import directory
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words, today
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.models import Message
from isthmus.apps.core.numbers import count
from isthmus.apps.core.personal import is_restricted
from isthmus.apps.core.queries import histories
from isthmus.apps.core.stories import story, tell, things
from isthmus.apps.core.waiting import Open

TAGS = {
    InvitationState.OPEN: "blue",
    InvitationState.ACCEPTED: "green",
    InvitationState.DECLINED: "orange",
    InvitationState.REVOKED: "grey",
}


def state(holding: RoleHolding) -> tuple[str, str]:
    """'In force', 'To come' or 'Over', with its colour."""
    day = today()
    if holding.ended_at or (holding.ends and holding.ends < day):
        return "Over", "grey"
    return ("To come", "blue") if holding.starts > day else ("In force", "green")


def until(holding: RoleHolding) -> str:
    """The last day in words."""
    if holding.ended_at:
        return in_words(holding.ended_at)
    return in_words(holding.ends) if holding.ends else "no end"


def _holding_url(holding: RoleHolding) -> str:
    return reverse("accounts:holding", args=[holding.pk])


def holdings_table(page: Listing[RoleHolding]) -> Table:
    """A page of the list of people."""
    rows = list(page.page)
    names = directory.names(row.scope for row in rows)
    columns = [
        page.column("Name", "name"),
        page.column("Role", "role"),
        page.column("Of"),
        page.column("From", "from"),
        page.column("Until", "until"),
        page.column("State"),
    ]
    body = [
        (
            Cell(row.person.name, url=_holding_url(row)),
            row.get_role_display(),
            names[row.scope],
            in_words(row.starts),
            until(row),
            Cell(state(row)[0], tag=state(row)[1]),
        )
        for row in rows
    ]
    return Table(count(page.total, "role held", "roles held"), columns, body)


def own_table(holdings: Iterable[RoleHolding]) -> Table:
    """A person's own roles."""
    rows = list(holdings)
    names = directory.names(row.scope for row in rows)
    columns = [Column("Role"), Column("Of"), Column("From"), Column("Until"), Column("State")]
    body = [
        (
            Cell(row.get_role_display(), url=_holding_url(row)),
            names[row.scope],
            in_words(row.starts),
            until(row),
            Cell(state(row)[0], tag=state(row)[1]),
        )
        for row in rows
    ]
    return Table(count(len(rows), "role"), columns, body)


def invitations_table(page: Listing[Invitation]) -> Table:
    """A page of the list of invitations."""
    rows = list(page.page)
    names = directory.names(row.scope for row in rows)
    columns = [
        page.column("Name", "name"),
        page.column("Role", "role"),
        page.column("Of"),
        page.column("Sent", "sent"),
        page.column("State"),
    ]
    body = [
        (
            Cell(row.name, url=reverse("accounts:invited", args=[row.pk])),
            row.get_role_display(),
            names[row.scope],
            in_words(row.made_at),
            Cell(row.state_label, tag=tag(row)),
        )
        for row in rows
    ]
    return Table(count(page.total, "invitation"), columns, body)


PEOPLE_HEADER = ("Name", "E-mail address", "Role", "Of", "From", "Until", "State")
INVITATIONS_HEADER = ("Name", "E-mail address", "Role", "Of", "Sent", "Invited by", "State", "Answered")


def people_rows(holdings: Iterable[RoleHolding]) -> list[Row]:
    """The list of people as a file, days as 2026-09-01; a term without an end has an empty last day."""
    rows = list(holdings)
    names = directory.names(row.scope for row in rows)
    return [
        (
            row.person.name,
            row.person.email,
            row.get_role_display(),
            names[row.scope],
            row.starts.isoformat(),
            _day(row.ended_at) if row.ended_at else _day(row.ends),
            state(row)[0],
        )
        for row in rows
    ]


def invitation_rows(invitations: Iterable[Invitation]) -> list[Row]:
    """The list of invitations as a file."""
    rows = list(invitations)
    names = directory.names(row.scope for row in rows)
    return [
        (
            row.name,
            row.email,
            row.get_role_display(),
            names[row.scope],
            _day(row.made_at),
            row.made_by.name if row.made_by else "Isthmus",
            row.state_label,
            _day(row.answered_at),
        )
        for row in rows
    ]


def _day(day: date | datetime | None) -> str | None:
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return day.isoformat() if day else None


def tag(asked: Invitation) -> str:
    """The colour of an invitation's state."""
    return "orange" if asked.has_expired else TAGS[InvitationState(asked.state)]


def holding_facts(holding: RoleHolding) -> list[Fact]:
    """One role as somebody holds it."""
    facts = [
        Fact("Person", holding.person.name, url=""),
        Fact("E-mail address", holding.person.email),
        Fact("Role", holding.get_role_display()),
        Fact("Of", directory.name(holding.scope)),
        Fact("From", in_words(holding.starts)),
        Fact("Until", until(holding)),
        Fact("State", state(holding)[0]),
    ]
    if is_restricted(holding.person.email):
        facts.append(Fact("Their information", "is kept, and may not be used: not in lists, not for mail"))
    return facts


def invitation_facts(asked: Invitation) -> list[Fact]:
    """One invitation, for who sent it."""
    facts = [
        Fact("Name", asked.name),
        Fact("E-mail address", asked.email),
        Fact("Role", asked.get_role_display()),
        Fact("Of", directory.name(asked.scope)),
        Fact("Term", term(asked)),
        Fact("Invited by", asked.made_by.name if asked.made_by else "Isthmus"),
        Fact("State", asked.state_label),
    ]
    if asked.state == InvitationState.OPEN:
        facts.append(Fact("The link works until", moment_in_words(asked.expires_at)))
        sent = Message.objects.filter(key=asked.mail_key).first()
        facts.append(
            Fact("Mail", sent.get_state_display() if sent else None, note=sent.error if sent else "")
        )
    else:
        facts.append(Fact("Answered", moment_in_words(asked.answered_at)))
    return facts


def offer(asked: Invitation) -> list[Fact]:
    """One invitation, for who is invited."""
    description = DESCRIPTIONS[Role(asked.role)]
    return [
        Fact("Role", asked.get_role_display()),
        Fact("Of", directory.name(asked.scope)),
        Fact("Term", term(asked)),
        Fact("Invited by", asked.made_by.name if asked.made_by else "Isthmus"),
        Fact("What it is", description.summary),
    ]


def may_then(asked: Invitation) -> list[str]:
    """What the role of an invitation lets a person do."""
    return sorted(p.words for p in DESCRIPTIONS[Role(asked.role)].permissions)


tell(
    {
        "role.give": "gave the role",
        "role.end": "ended the role",
        "role.change_term": "changed the term of the role",
        "role.hand_over": "named a successor",
        "invitation.send": "sent the invitation",
        "invitation.send_again": "sent the invitation again, with a new link",
        "invitation.take_back": "took the invitation back",
        "invitation.decline": "said no to the invitation, with its link",
        "invitation.accept": "accepted the invitation",
    }
)


def _holdings(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    rows = RoleHolding.objects.filter(pk__in=ids).select_related("person")
    return {str(held.pk): (str(held), reverse("accounts:holding", args=[held.pk])) for held in rows}


def _invitations(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    rows = Invitation.objects.filter(pk__in=ids)
    return {str(asked.pk): (str(asked), reverse("accounts:invited", args=[asked.pk])) for asked in rows}


things("accounts.roleholding", _holdings)
things("accounts.invitation", _invitations)


def happened(held: RoleHolding) -> list[Fact]:
    """What happened to a role and to the invitations that led to it, newest first."""
    asked = [("accounts.invitation", pk) for pk in held.invitations.values_list("pk", flat=True)]
    return story(histories([("accounts.roleholding", held.pk), *asked]))


def pack(hand_over: HandOver) -> list[Open]:
    """What was open on the day of the hand-over."""
    return [Open(item["title"], item["url"], item["hint"]) for item in hand_over.pack]
