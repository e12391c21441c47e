"""Reads of roles held, invitations and hand-overs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import HandOver, Invitation, InvitationState
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, on_scopes
from isthmus.apps.core.tokens import hashed

SOON = timedelta(days=28)
"""How long before its end a term is said to end soon."""


def with_inside(scopes: Iterable[Scope]) -> set[Scope]:
    """The scopes and those within them, one step down."""
    found = set(scopes)
    return found.union(*({inner for inner, _ in directory.inside(scope)} for scope in found))


def holdings_on(scopes: Iterable[Scope]) -> QuerySet[RoleHolding]:
    """Roles held on these scopes, with their people."""
    return RoleHolding.objects.filter(on_scopes(scopes)).select_related("person")


def invitations_on(scopes: Iterable[Scope]) -> QuerySet[Invitation]:
    """Invitations to roles on these scopes."""
    return Invitation.objects.filter(on_scopes(scopes)).select_related("made_by")


def when(holdings: QuerySet[RoleHolding], which: str) -> QuerySet[RoleHolding]:
    """Those of now, those to come, those that are over, or all of them."""
    day = today()
    if which == "coming":
        return holdings.filter(starts__gt=day, ended_at=None)
    if which == "over":
        return holdings.filter(Q(ended_at__isnull=False) | Q(ends__lt=day))
    if which == "all":
        return holdings
    return holdings.filter(starts__lte=day, ended_at=None).filter(Q(ends=None) | Q(ends__gte=day))


def is_over(holding: RoleHolding) -> bool:
    """Whether a role has ended, by its term or before it."""
    return holding.ended_at is not None or (holding.ends is not None and holding.ends < today())


def by_token(token: str) -> Invitation | None:
    """The invitation that this link is for, whatever became of it."""
    return Invitation.objects.select_related("made_by").filter(token_hash=hashed(token)).first()


def waiting_invitations(email: str) -> QuerySet[Invitation]:
    """Invitations that an address can still answer, the oldest first."""
    found = Invitation.objects.filter(email=email, state=InvitationState.OPEN, expires_at__gt=timezone.now())
    return found.filter(Q(ends=None) | Q(ends__gte=today())).order_by("made_at", "pk")


def ending_soon(day: date) -> QuerySet[RoleHolding]:
    """Roles in force whose term ends within four weeks of `day`."""
    found = RoleHolding.objects.in_force(day).filter(ends__lte=day + SOON, person__is_active=True)
    return found.select_related("person").order_by("ends", "pk")


def hand_overs_by(person: Person) -> QuerySet[HandOver]:
    """Hand-overs of the person's roles that wait for the successor's answer."""
    found = HandOver.objects.filter(holding__person=person, invitation__state=InvitationState.OPEN)
    return found.select_related("invitation", "holding").order_by("made_at")


def taken_over(person: Actor) -> QuerySet[HandOver]:
    """Hand-overs through which the person came to roles that they still hold, the newest first."""
    held = RoleHolding.objects.not_over(today()).filter(person_id=person.pk)
    found = HandOver.objects.filter(invitation__holding__in=held.values("pk"))
    return found.select_related("holding__person", "invitation").order_by("-invitation__answered_at")


def open_hand_over(holding: RoleHolding) -> HandOver | None:
    """The hand-over of a role that waits for an answer, if there is one."""
    found = HandOver.objects.filter(holding=holding, invitation__state=InvitationState.OPEN)
    return found.select_related("invitation").order_by("-made_at").first()
