"""Changes of roles and invitations that a person may see: their own, and those where they manage people."""

from __future__ import annotations

from django.db.models import Q

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people import presenters  # noqa: F401 - gives the words of what is told
from isthmus.apps.accounts.people.access import managed
from isthmus.apps.accounts.people.queries import with_inside
from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.scopes import on_scopes


@seen("accounts.roleholding", "People and their roles")
def roles(person: Actor) -> Q:
    """Their own roles, and those held wherever they manage people."""
    own = RoleHolding.objects.filter(person_id=person.pk).values_list("pk", flat=True)
    return on_scopes(with_inside(managed(person))) | Q(target_id__in=[str(pk) for pk in own])


@seen("accounts.invitation", "Invitations")
def invitations(person: Actor) -> Q | None:
    """Those to roles wherever they manage people."""
    mine = managed(person)
    return on_scopes(with_inside(mine)) if mine else None
