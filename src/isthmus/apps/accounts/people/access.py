"""Who may see and change who holds which role: fetch and check in one call."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people.models import HandOver, Invitation
from isthmus.apps.accounts.people.queries import holdings_on, invitations_on, is_over, with_inside
from isthmus.apps.accounts.rights.models import Restriction
from isthmus.apps.accounts.roles import Role, given_from
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope


def managed(person: Actor) -> list[Scope]:
    """The scopes on which the person manages people."""
    return person.scopes(Permission.PEOPLE_MANAGE)


def managed_from(person: Actor, scope: Scope) -> Scope | None:
    """The scope from which the person manages people on `scope`: itself or the next wider one."""
    mine = managed(person)
    return next((s for s in (scope, directory.parent(scope)) if s in mine and s is not None), None)


def roles_to_give(person: Actor, scope: Scope) -> list[Role]:
    """The roles to which the person may invite on `scope`; none where there is no such scope."""
    start = managed_from(person, scope)
    return given_from(start.kind, scope.kind) if start and directory.exists(scope) else []


def places_to_give(person: Actor) -> list[tuple[Scope, str]]:
    """Where the person may invite to a role: their own scopes, then those within, each with its name."""
    mine = managed(person)
    own = sorted(directory.names(mine).items())
    inside = [pair for scope in mine for pair in directory.inside(scope)]
    return list(dict([*own, *inside]).items())


def holdings_for(person: Actor) -> QuerySet[RoleHolding]:
    """The roles held wherever the person manages people, but of those whose data may not be used."""
    unused = Restriction.objects.filter(lifted_at=None, person__isnull=False)
    return holdings_on(with_inside(managed(person))).exclude(person__in=unused.values("person"))


def invitations_for(person: Actor) -> QuerySet[Invitation]:
    """The invitations to roles wherever the person manages people, but of those whose data may not be used."""
    unused = Restriction.objects.filter(lifted_at=None)
    return invitations_on(with_inside(managed(person))).exclude(email__in=unused.values("email"))


def get_holding(person: Actor, pk: int) -> RoleHolding:
    """A role that the person holds themselves, or on a scope where they manage people; else Http404."""
    holding = get_object_or_404(RoleHolding.objects.select_related("person"), pk=pk)
    if holding.person_id != person.pk and managed_from(person, holding.scope) is None:
        raise Http404
    return holding


def may_change(person: Actor, holding: RoleHolding) -> bool:
    """Whether the person may change the term of a role: one that they could give, and not their own."""
    if holding.person_id == person.pk or is_over(holding):
        return False
    return Role(holding.role) in roles_to_give(person, holding.scope)


def get_holding_to_change(person: Actor, pk: int) -> RoleHolding:
    """A role whose term the person may change; else Http404."""
    holding = get_object_or_404(RoleHolding.objects.select_related("person"), pk=pk)
    if not may_change(person, holding):
        raise Http404
    return holding


def get_invitation(person: Actor, pk: int) -> Invitation:
    """An invitation to a role on a scope where the person manages people; else Http404."""
    invitation = get_object_or_404(Invitation.objects.select_related("made_by", "holding__person"), pk=pk)
    if managed_from(person, invitation.scope) is None:
        raise Http404
    return invitation


def get_hand_over(person: Actor, pk: UUID) -> HandOver:
    """A hand-over, for who hands over, who takes over, and who manages people there; else Http404."""
    rows = HandOver.objects.select_related("holding__person", "invitation__holding__person", "made_by")
    found = get_object_or_404(rows, pk=pk)
    between = Q(holding__person_id=person.pk) | Q(invitation__holding__person_id=person.pk)
    if managed_from(person, found.holding.scope) or rows.filter(between, pk=pk).exists():
        return found
    raise Http404
