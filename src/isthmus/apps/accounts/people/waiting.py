"""What waits for a person because of their roles."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people.emails import role_on
from isthmus.apps.accounts.people.models import PURPOSE
from isthmus.apps.accounts.people.queries import SOON, ending_soon, hand_overs_by, waiting_invitations
from isthmus.apps.accounts.people.queries import taken_over as taken_over_by
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.numbers import count
from isthmus.apps.core.tokens import derived
from isthmus.apps.core.waiting import Waiting, waits


@waits("accounts.invitations")
def invitations(person: Actor) -> Iterator[Waiting]:
    """Invitations to answer."""
    if not isinstance(person, Person):
        return
    asked = list(waiting_invitations(person.email))
    names = directory.names(one.scope for one in asked)
    for one in asked:
        yield Waiting(
            title=f"You are invited to be {role_on(one.role, names[one.scope])}",
            url=reverse("accounts:invitation", args=[derived(PURPOSE, one.reference)]),
            state="To answer",
            hint=f"Answer by {in_words(one.expires_at)}",
            due=one.expires_at.date(),
        )


@waits("accounts.terms")
def terms(person: Actor) -> Iterator[Waiting]:
    """Terms that end soon."""
    held = list(ending_soon(today()).filter(person_id=person.pk))
    names = directory.names(one.scope for one in held)
    for one in held:
        yield Waiting(
            title=f"Your role as {role_on(one.role, names[one.scope])} ends soon",
            url=reverse("accounts:holding", args=[one.pk]),
            state="Ends soon",
            hint=f"Its last day is {in_words(one.ends)}",
            due=one.ends,
        )


@waits("accounts.hand_overs")
def hand_overs(person: Actor) -> Iterator[Waiting]:
    """Hand-overs that wait for the successor."""
    if not isinstance(person, Person):
        return
    for made in hand_overs_by(person):
        yield Waiting(
            title=f"{made.invitation.name} has not yet accepted to take over from you",
            url=reverse("accounts:hand_over", args=[made.pk]),
            state="Expired" if made.invitation.has_expired else "Asked",
            hint=f"Your last day is {in_words(made.last_day)}",
            due=made.last_day,
        )


@waits("accounts.taken_over")
def taken_over(person: Actor) -> Iterator[Waiting]:
    """What somebody left open who handed a role over to the person, for four weeks."""
    for made in taken_over_by(person).filter(invitation__answered_at__gte=timezone.now() - SOON):
        yield Waiting(
            title=f"You took over from {made.holding.person.name}",
            url=reverse("accounts:hand_over", args=[made.pk]),
            state="To look at",
            hint=count(len(made.pack), "thing was open", "things were open")
            if made.pack
            else "Nothing was open",
        )
