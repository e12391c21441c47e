"""Changes of who holds which role: invitations, answers, ends, hand-overs."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import emails
from isthmus.apps.accounts.people.models import PURPOSE, VALID, HandOver, Invitation, InvitationState
from isthmus.apps.accounts.people.queries import is_over, open_hand_over
from isthmus.apps.accounts.queries import role_facts
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, mail
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.core.waiting import open_for


@transaction.atomic
def invite(
    *,
    by: Actor | None,
    email: str,
    name: str,
    role: Role,
    scope: Scope,
    starts: date | None = None,
    ends: date | None = None,
    note: str = "",
) -> Invitation:
    """Ask somebody to hold a role. A second time while the first is open and works (a double click) gives the first
    again, without another mail; one that has expired is sent anew.

    Raises ValueError where the role is not held on this kind of scope.
    """
    if scope.kind not in DESCRIPTIONS[role].held_on:
        raise ValueError(f"The role {role.value!r} is not held on {scope.kind.label}")
    asked, made = Invitation.objects.get_or_create(
        email=email.lower(),
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        state=InvitationState.OPEN,
        defaults={
            "name": name,
            "starts": starts,
            "ends": ends,
            "note": note,
            "made_by_id": by.pk if by else None,
            "expires_at": timezone.now() + VALID,
        },
    )
    if made or asked.has_expired:
        if not made:
            asked.name, asked.starts, asked.ends, asked.note = name, starts, ends, note
        _new_link(asked)
        emails.invitation(asked)
        after = {
            "role": role.label,
            "state": asked.state_label,
            "link_works_until": asked.expires_at.isoformat(),
        }
        audit.record("invitation.send", by=by, target=asked, scope=scope, after=after)
    return asked


def _new_link(asked: Invitation) -> None:
    """A link that works from now; the ones before work no more, and their mail is taken back where it can be."""
    mail.withdraw([asked.mail_key])
    asked.round += 1
    asked.token_hash = hashed(derived(PURPOSE, asked.reference))
    asked.expires_at = timezone.now() + VALID
    asked.save()


@transaction.atomic
def send_again(*, by: Actor, invitation: Invitation, seen_round: int) -> bool:
    """Send an open invitation again with a new link. False, and nothing sent, where somebody did since `seen_round`
    or it was answered."""
    asked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if asked.state != InvitationState.OPEN or asked.round != seen_round:
        return False
    before = {"link_works_until": asked.expires_at.isoformat()}
    _new_link(asked)
    emails.invitation(asked, getattr(asked, "hand_over", None))
    after = {"link_works_until": asked.expires_at.isoformat()}
    audit.record("invitation.send_again", by=by, target=asked, scope=asked.scope, before=before, after=after)
    return True


@transaction.atomic
def take_back(*, by: Actor, invitation: Invitation, why: str = "") -> bool:
    """Take an open invitation back: its link works no more. False where it was answered already."""
    asked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if asked.state != InvitationState.OPEN:
        return False
    before = {"state": asked.state_label}
    asked.state, asked.answered_at = InvitationState.REVOKED, timezone.now()
    asked.save()
    mail.withdraw([asked.mail_key])
    after = {"state": asked.state_label}
    audit.record(
        "invitation.take_back", by=by, target=asked, scope=asked.scope, before=before, after=after, why=why
    )
    return True


@transaction.atomic
def decline(*, by: Actor | None, invitation: Invitation) -> bool:
    """Say no to an open invitation. False where it was answered already."""
    asked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if asked.state != InvitationState.OPEN or asked.has_expired:
        return False
    before = {"state": asked.state_label}
    asked.state, asked.answered_at = InvitationState.DECLINED, timezone.now()
    asked.save()
    emails.answered(asked)
    after = {"state": asked.state_label}
    audit.record("invitation.decline", by=by, target=asked, scope=asked.scope, before=before, after=after)
    return True


@transaction.atomic
def accept(*, by: Actor | None, invitation: Invitation) -> bool:
    """Say yes to an open invitation: the person is found by the address or made, and holds the role.

    In a hand-over the role of who went before ends on the day that was agreed. False, and nothing changed, where
    the invitation was answered, was taken back or has expired. `by` is the person themselves; it is not asked for.
    """
    asked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if asked.state != InvitationState.OPEN or asked.has_expired:
        return False
    person = _person(asked)
    asked.holding = _holding(asked, person)
    before = {"state": asked.state_label}
    asked.state, asked.answered_at = InvitationState.ACCEPTED, timezone.now()
    asked.save()
    passed = HandOver.objects.select_related("holding").filter(invitation=asked).first()
    if passed is not None:
        earlier = passed.holding
        last = max(min(passed.last_day, earlier.ends or passed.last_day), earlier.starts)
        RoleHolding.objects.filter(pk=earlier.pk, ended_at=None).update(ends=last)
    emails.answered(asked)
    detail = {"holding": asked.holding.pk, "instead_of": passed.holding_id if passed else None}
    after = {"state": asked.state_label, **role_facts(asked.holding)}
    audit.record(
        "invitation.accept",
        by=person,
        target=asked,
        scope=asked.scope,
        detail=detail,
        before=before,
        after=after,
    )
    return True


def _person(asked: Invitation) -> Person:
    """The person of the address; somebody who left comes back."""
    person, made = Person.objects.get_or_create(
        email=asked.email, defaults={"name": asked.name, "is_demonstration": settings.DEMONSTRATION}
    )
    if made:
        person.set_unusable_password()
        person.save()
    elif not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
    return person


def _holding(asked: Invitation, person: Person) -> RoleHolding:
    """The role as it is held from now; one already held gets the later end."""
    held = person.holdings.not_over(today()).filter(
        role=asked.role, scope_kind=asked.scope_kind, scope_id=asked.scope_id
    )
    holding = held.order_by("starts", "pk").first()
    if holding is None:
        starts = max(asked.starts or today(), today())
        holding = RoleHolding(
            person=person,
            role=asked.role,
            scope_kind=asked.scope_kind,
            scope_id=asked.scope_id,
            starts=starts,
            ends=asked.ends,
        )
    elif holding.ends is not None:
        holding.ends = max(holding.ends, asked.ends) if asked.ends else None
    holding.save()
    return holding


@transaction.atomic
def end_role(*, by: Actor, holding: RoleHolding, why: str = "") -> bool:
    """End a role now. Whoever holds no other leaves: their sessions end with their next request.

    False where it was over already.
    """
    held = RoleHolding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    if is_over(held):
        return False
    before = role_facts(held)
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    waiting = open_hand_over(held)
    if waiting is not None:
        # The successor may still accept; only the day on which this role would have ended has passed.
        HandOver.objects.filter(pk=waiting.pk).update(last_day=min(waiting.last_day, today()))
    leaves = not held.person.holdings.not_over(today()).exists()
    if leaves:
        Person.objects.filter(pk=held.person_id).update(is_active=False)
        # Should they come back, an old session must not come back with them.
        SignInSession.objects.filter(person=held.person_id).delete()
    emails.ended(held)
    audit.record(
        "role.end",
        by=by,
        target=held,
        scope=held.scope,
        detail={"left": leaves},
        before=before,
        after=role_facts(held),
        why=why,
    )
    return True


@transaction.atomic
def change_term(
    *,
    by: Actor,
    holding: RoleHolding,
    starts: date,
    ends: date | None,
    why: str,
    seen: tuple[date, date | None],
) -> bool:
    """Give a role that is not over another term, without a new invitation; its holder gets a mail.

    False, and nothing changed, where the role is over, has this term already (a double click), or got another since
    its term was `seen`. Raises ValueError for a term that is over or ends before it begins, and for another first day
    of a role that has begun.
    """
    held = RoleHolding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    if is_over(held) or (held.starts, held.ends) != seen or (starts, ends) == seen:
        return False
    if starts != held.starts and min(starts, held.starts) <= today():
        raise ValueError("The first day of a role that has begun stays")
    if ends is not None and ends < max(starts, today()):
        raise ValueError("The last day must be today or later, and not before the first")
    before = role_facts(held)
    held.starts, held.ends = starts, ends
    held.save(update_fields=["starts", "ends"])
    event = audit.record(
        "role.change_term",
        by=by,
        target=held,
        scope=held.scope,
        before=before,
        after=role_facts(held),
        why=why,
    )
    emails.term_changed(held, why, event.pk)
    return True


@transaction.atomic
def name_successor(
    *, by: Actor, holding: RoleHolding, email: str, name: str, last_day: date, note: str = ""
) -> HandOver:
    """Hand a role over: the successor is invited to it, and finds what is open. A second time while the first waits
    for its answer (a double click) gives the first again.

    Raises ValueError where the successor was already named by somebody else who holds the role.
    """
    held = RoleHolding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    waiting = open_hand_over(held)
    if waiting is not None and not waiting.invitation.has_expired:
        return waiting
    ends = held.ends if held.ends and held.ends > last_day else None
    role = Role(held.role)
    asked = invite(
        by=by,
        email=email,
        name=name,
        role=role,
        scope=held.scope,
        ends=ends or DESCRIPTIONS[role].term_from(today()),
    )
    other = HandOver.objects.filter(invitation=asked).exclude(holding=held)
    if other.exists():
        raise ValueError(f"{name} was already named as a successor in this role")
    pack = [{"title": o.title, "url": o.url, "hint": o.hint} for o in open_for(held.person, held.scope)]
    hand_over, _ = HandOver.objects.update_or_create(
        invitation=asked,
        defaults={
            "holding": held,
            "last_day": last_day,
            "note": note,
            "pack": pack,
            "made_by_id": by.pk,
        },
    )
    _new_link(asked)
    emails.invitation(asked, hand_over)
    before = {"last_day": held.ends.isoformat() if held.ends else None}
    after = {"last_day": last_day.isoformat(), "open_things_passed_on": len(pack)}
    audit.record("role.hand_over", by=by, target=held, scope=held.scope, before=before, after=after)
    return hand_over
