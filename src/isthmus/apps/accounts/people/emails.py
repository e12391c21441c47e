"""What people are told about roles. Each mail says what it is about without a click."""

from __future__ import annotations

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people.models import PURPOSE, HandOver, Invitation
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core import directory, mail
from isthmus.apps.core.dates import in_words, moment_in_words

INVITATION = mail.mail_kind(
    "invitation", subject="You are invited to a role", words="an invitation to a role", may_stop=False
)
ENDED = mail.mail_kind(
    "role.ended", subject="A role of yours has ended", words="an end of a role", may_stop=False
)
TERM = mail.mail_kind("role.term", subject="A role of yours ends soon", words="roles that end soon")
TERM_CHANGED = mail.mail_kind(
    "role.term_changed", subject="The term of a role of yours changed", words="changes of a role's term"
)
ANSWERED = mail.mail_kind(
    "invitation.answered", subject="An invitation was answered", words="answers to invitations that you sent"
)


def role_on(role: str, place: str) -> str:
    """'head of Saltmarch Primary School'."""
    label = str(Role(role).label)
    return f"{label[0].lower()}{label[1:]} of {place}"


def invitation(asked: Invitation, hand_over: HandOver | None = None) -> None:
    """Send the newest link of an invitation."""
    place = directory.name(asked.scope)
    who = asked.made_by.name if asked.made_by else "Isthmus"
    description = DESCRIPTIONS[Role(asked.role)]
    said = [
        f"Dear {asked.name},",
        f"{who} invites you to be {role_on(asked.role, place)}, {term(asked)}.",
        description.summary,
        "In this role you may: " + "; ".join(sorted(p.words for p in description.permissions)) + ".",
    ]
    if hand_over:
        said.append(
            f"You would take over from {hand_over.holding.person.name}, whose last day is "
            f"{in_words(hand_over.last_day)}. What is open then goes to you."
        )
    if asked.note:
        said.append(f"{who} writes: {asked.note}")
    said.append(
        f"Nothing happens until you press the button on the page that opens. The link works until "
        f"{moment_in_words(asked.expires_at)}. If this is not for you, leave it, or say so on that page."
    )
    mail.send(
        INVITATION,
        mail.letter(*said, label="See the invitation", path="/invitations/{token}/"),
        to=asked.email,
        key=asked.mail_key,
        token=mail.Token(PURPOSE, asked.reference),
        useless_after=asked.expires_at,
    )


def term(asked: Invitation) -> str:
    """'from the day you accept until 31 August 2027'."""
    begins = f"from {in_words(asked.starts)}" if asked.starts else "from the day you accept"
    return f"{begins} until {in_words(asked.ends)}" if asked.ends else f"{begins}, without an end"


def answered(asked: Invitation) -> None:
    """Tell whoever invited how it was answered."""
    if asked.made_by is None or asked.made_by.email == asked.email:
        return
    place = directory.name(asked.scope)
    said = f"{asked.name} has {asked.state} your invitation to be {role_on(asked.role, place)}."
    mail.send(
        ANSWERED,
        mail.letter(said),
        to=asked.made_by.email,
        person_id=asked.made_by.pk,
        key=f"invitation.answered:{asked.pk}",
    )


def ended(holding: RoleHolding) -> None:
    """Tell somebody that a role of theirs ended before its term."""
    place = directory.name(holding.scope)
    said = (
        f"Your role as {role_on(holding.role, place)} has ended. What it let you see and do is closed to you."
    )
    mail.send(
        ENDED,
        mail.letter(
            f"Dear {holding.person.name},", said, "If this is a mistake, write to whoever invited you."
        ),
        to=holding.person.email,
        person_id=holding.person_id,
        key=f"role.ended:{holding.pk}",
    )


def term_changed(holding: RoleHolding, why: str, event: int) -> None:
    """Tell somebody that a role of theirs lasts until another day."""
    place = directory.name(holding.scope)
    until = f"ends at the end of {in_words(holding.ends)}" if holding.ends else "has no end"
    mail.send(
        TERM_CHANGED,
        mail.letter(
            f"Dear {holding.person.name},",
            f"Your role as {role_on(holding.role, place)} from {in_words(holding.starts)} now {until}.",
            f"Why: {why}",
            label="See your role",
            path=f"/people/roles/{holding.pk}/",
        ),
        to=holding.person.email,
        person_id=holding.person_id,
        key=f"role.term_changed:{event}",
    )


def ends_soon(holding: RoleHolding) -> None:
    """Warn once that a term ends."""
    place = directory.name(holding.scope)
    mail.send(
        TERM,
        mail.letter(
            f"Dear {holding.person.name},",
            f"Your role as {role_on(holding.role, place)} ends at the end of {in_words(holding.ends)}.",
            "If somebody follows you, name them now, and they find what is open.",
            label="See your role",
            path=f"/people/roles/{holding.pk}/",
        ),
        to=holding.person.email,
        person_id=holding.person_id,
        key=f"role.term:{holding.pk}:{holding.ends}",
    )
