"""Changes of roles and invitations that a person may see: their own, and those where they manage people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people import presenters  # noqa: F401 - gives the words of what is told
from isthmus.apps.accounts.people.access import managed
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.people.queries import with_inside
from isthmus.apps.accounts.rights.models import Restriction
from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.scopes import on_scopes


@seen("accounts.roleholding", "People and their roles")
def roles(person: Actor) -> Q:
    """Their own roles, and those held wherever they manage people, but of those whose data may not be used."""
    unused = Restriction.objects.filter(lifted_at=None, person__isnull=False)
    hidden = RoleHolding.objects.filter(person__in=unused.values("person"))
    own = RoleHolding.objects.filter(person_id=person.pk)
    return on_scopes(with_inside(managed(person))) & ~_about(hidden) | _about(own)


@seen("accounts.invitation", "Invitations")
def invitations(person: Actor) -> Q | None:
    """Those to roles wherever they manage people, but of those whose data may not be used."""
    mine = managed(person)
    unused = Restriction.objects.filter(lifted_at=None)
    hidden = Invitation.objects.filter(email__in=unused.values("email"))
    return on_scopes(with_inside(mine)) & ~_about(hidden) if mine else None


def _about(rows: QuerySet[Any]) -> Q:
    return Q(target_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)])
