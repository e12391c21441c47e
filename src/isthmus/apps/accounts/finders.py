"""What search finds of people: who holds a role, and who is invited, wherever the person manages people."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people import access
from isthmus.apps.accounts.people.models import Invitation, InvitationState
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.search import Found, Matches, all_words, finds


@finds("people", "People in their roles", order=60)
def people(person: Actor | None, text: str) -> Matches | None:
    """People by name or e-mail address, once for each role that is not over."""
    if person is None or not person.may(Permission.PEOPLE_MANAGE):
        return None
    mine = access.holdings_for(person).filter(pk__in=RoleHolding.objects.not_over(today()).values("pk"))
    found = mine.filter(all_words(text, "person__name", "person__email"))
    return Matches(found.order_by("person__name", "pk"), _holdings)


def _holdings(found: Sequence[RoleHolding]) -> list[Found]:
    names = directory.names(held.scope for held in found)
    return [
        Found(
            held.person.name,
            reverse("accounts:holding", args=[held.pk]),
            f"{held.get_role_display()} of {names[held.scope]}",
        )
        for held in found
    ]


@finds("invitations", "Invitations", order=70)
def invitations(person: Actor | None, text: str) -> Matches | None:
    """Invitations that are not answered yet, by name or e-mail address."""
    if person is None or not person.may(Permission.PEOPLE_MANAGE):
        return None
    found = access.invitations_for(person).filter(all_words(text, "name", "email"))
    return Matches(found.filter(state=InvitationState.OPEN).order_by("name", "pk"), _invitations)


def _invitations(found: Sequence[Invitation]) -> list[Found]:
    names = directory.names(asked.scope for asked in found)
    return [
        Found(
            asked.name,
            reverse("accounts:invited", args=[asked.pk]),
            f"Invited to be {asked.get_role_display().lower()} of {names[asked.scope]}, "
            f"{in_words(asked.made_at)}, {asked.state_label.lower()}",
        )
        for asked in found
    ]
