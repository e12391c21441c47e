"""Invitations and hand-overs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from isthmus.apps.accounts.people.models import HandOver, Invitation, InvitationState
from isthmus.apps.accounts.personal.people import GONE, GONE_AT, name_of
from isthmus.apps.core import directory, mail, personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject


def _old_invitations(cutoff: datetime) -> QuerySet[Invitation]:
    """Answered or run out before `cutoff`, and no part of a hand-over."""
    over = Q(answered_at__lt=cutoff) | Q(state=InvitationState.OPEN, expires_at__lt=cutoff)
    return Invitation.objects.filter(over, hand_over=None)


def _dispose_invitations(cutoff: datetime, held: Held) -> int:
    rows = personal.batch(
        Invitation.objects.filter(pk__in=_old_invitations(cutoff).values("pk"))
        .exclude(email__in=held.emails)
        .exclude(holding__isnull=False, holding__person__in=held.people)
        .exclude(made_by__isnull=False, made_by__in=held.people)
    )
    return Invitation.objects.filter(pk__in=rows).delete()[0]


def _invited(subject: Subject) -> QuerySet[Invitation]:
    mine = Q(email=subject.email)
    if subject.person_id is not None:
        mine |= Q(holding__person=subject.person_id)
    return Invitation.objects.filter(mine).exclude(email__endswith=GONE_AT)


def _invitations_of(subject: Subject) -> Iterator[Part]:
    own = name_of(subject)
    for title, rows in (
        ("Invitations to you", _invited(subject)),
        (
            "Invitations that you sent",
            Invitation.objects.filter(made_by__isnull=False, made_by=subject.person_id or 0),
        ),
    ):
        found = list(rows.order_by("made_at", "pk"))
        names = directory.names(asked.scope for asked in found)
        notes = personal.redacted([f"{asked.name}\n{asked.note}" for asked in found], subject, own)
        yield Part(
            title,
            ("Made", "Role", "Of", "State", "Name", "Note"),
            [
                (
                    in_words(asked.made_at),
                    str(asked.get_role_display()),
                    names[asked.scope],
                    asked.state_label,
                    asked.name if asked.email == subject.email else personal.REDACTED,
                    note.partition("\n")[2],
                )
                for asked, note in zip(found, notes, strict=True)
            ],
        )


def _erase_invitations(subject: Subject) -> Erased:
    """Delete what was asked of the subject; where a hand-over hangs on it, only who was asked is taken off it."""
    mine = list(_invited(subject).select_for_update(of=("self",)))
    mail.withdraw([asked.mail_key for asked in mine])
    for asked in mine:
        if not HandOver.objects.filter(invitation=asked).exists():
            asked.delete()
            continue
        asked.name, asked.email, asked.note = GONE, f"gone-{asked.pk}{GONE_AT}", ""
        if asked.state == InvitationState.OPEN:
            asked.state, asked.answered_at = InvitationState.REVOKED, timezone.now()
        asked.save()
    sent = 0
    if subject.person_id is not None:
        sent = Invitation.objects.filter(made_by=subject.person_id).update(made_by=None)
    return Erased(len(mine) + sent)


def _hand_overs(subject: Subject) -> QuerySet[HandOver]:
    mine = Q(invitation__email=subject.email)
    if subject.person_id is not None:
        number = subject.person_id
        mine |= Q(holding__person=number) | Q(invitation__holding__person=number) | Q(made_by=number)
    return HandOver.objects.filter(mine)


def _dispose_hand_overs(cutoff: datetime, held: Held) -> int:
    old = HandOver.objects.filter(last_day__lt=cutoff.date()).exclude(invitation__state=InvitationState.OPEN)
    rows = personal.batch(
        old.exclude(holding__person__in=held.people)
        .exclude(holding__person__email__in=held.emails)
        .exclude(invitation__email__in=held.emails)
        .exclude(made_by__isnull=False, made_by__in=held.people)
        .exclude(invitation__holding__isnull=False, invitation__holding__person__in=held.people)
    )
    return HandOver.objects.filter(pk__in=rows).delete()[0]


def _hand_overs_of(subject: Subject) -> Iterator[Part]:
    found = list(
        _hand_overs(subject).select_related("holding__person", "invitation").order_by("made_at", "pk")
    )
    names = directory.names(made.holding.scope for made in found)
    notes = personal.redacted(
        ["\n".join([made.note, *(str(item["title"]) for item in made.pack)]) for made in found],
        subject,
        name_of(subject),
    )
    rows = [
        (
            in_words(made.made_at),
            str(made.holding.get_role_display()),
            names[made.holding.scope],
            "you handed it over"
            if subject.is_person(made.holding.person_id)
            else "it was handed to you"
            if made.invitation.email == subject.email
            else "you arranged it",
            in_words(made.last_day),
            note,
        )
        for made, note in zip(found, notes, strict=True)
    ]
    yield Part("Hand-overs", ("Made", "Role", "Of", "Your part", "Last day", "Note and what was open"), rows)


def _erase_hand_overs(subject: Subject) -> Erased:
    """A note is written by who goes to who comes: with either of them it goes."""
    mine = _hand_overs(subject)
    if subject.person_id is not None:
        arranged = Q(made_by=subject.person_id) & ~Q(holding__person=subject.person_id)
        only = mine.filter(arranged).exclude(invitation__email=subject.email)
        only = only.exclude(invitation__holding__isnull=False, invitation__holding__person=subject.person_id)
        rows = list(only.values_list("pk", flat=True))
        HandOver.objects.filter(pk__in=rows).update(made_by=None)
        gone = HandOver.objects.filter(pk__in=list(_hand_overs(subject).values_list("pk", flat=True)))
        return Erased(len(rows) + gone.delete()[0])
    gone = HandOver.objects.filter(pk__in=list(mine.values_list("pk", flat=True)))
    return Erased(gone.delete()[0])


personal.declare(
    PersonalData(
        key="invitations",
        title="Invitations",
        subjects="People who are invited to a role, and those who invite them",
        what="Name, e-mail address, role, term, a note, who invited, what was answered",
        purpose="To ask people whether they take a role on",
        basis=Basis.PUBLIC_TASK,
        recipients="Those who look after people in the same area, trust or school",
        source="Whoever invites; the answer comes from the person",
        columns={
            "accounts.Invitation": ("email", "name", "role", "note", "token_hash", "made_by", "holding"),
        },
        keep=Keep(
            days=183,
            since="the invitation was answered, was taken back or ran out",
            least=14,
            most=732,
            why="Long enough to clear up who was asked; the role itself shows who accepted",
        ),
        dispose=_dispose_invitations,
        of=_invitations_of,
        erase=_erase_invitations,
        rectify=("accounts.Invitation.name",),
        risks=(
            "Somebody else accepts in a person's place → the link is made when the mail is sent, works for 14 days "
            "and once, and accepting gives no way past the second step",
        ),
    )
)
personal.not_personal("accounts.Invitation", "names a kind of place or a state", "scope_kind", "state")
personal.declare(
    PersonalData(
        key="hand-overs",
        title="Hand-overs",
        subjects="People who hand a role over, their successors, and those who arrange it",
        what="Who follows whom in which role and when, a note, what was open on that day",
        purpose="To let a successor go on where the one before stopped",
        basis=Basis.PUBLIC_TASK,
        recipients="The two people, and those who look after people there",
        source="Who hands over; what was open is listed by Isthmus",
        columns={"accounts.HandOver": ("holding", "invitation", "note", "pack", "made_by")},
        keep=Keep(
            days=366,
            since="the last day of the role that was handed over",
            least=30,
            most=1098,
            why="A successor needs it through a first year",
        ),
        dispose=_dispose_hand_overs,
        of=_hand_overs_of,
        erase=_erase_hand_overs,
    )
)
