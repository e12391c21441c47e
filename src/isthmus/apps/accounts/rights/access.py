"""Who may see and deal with what people ask about their data: fetch and check in one call."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.accounts.people.queries import with_inside
from isthmus.apps.accounts.rights.models import Bundle, Leaving, LegalHold, Restriction, SubjectRequest
from isthmus.apps.accounts.rights.queries import leavings_on, requests_on
from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes


def looked_after(person: Actor) -> list[Scope]:
    """The scopes on which the person deals with requests and holds."""
    return person.scopes(Permission.PRIVACY_MANAGE)


def requests_for(person: Actor) -> QuerySet[SubjectRequest]:
    """The requests that the person deals with; never their own: nobody judges that."""
    own = SubjectRequest.objects.filter(person_id=person.pk).values("pk")
    return requests_on(looked_after(person)).exclude(pk__in=own)


def get_request(person: Actor, pk: UUID) -> SubjectRequest:
    """A request that the person deals with; else Http404."""
    return get_object_or_404(requests_for(person), pk=pk)


def get_own_request(person: Actor, pk: UUID) -> SubjectRequest:
    """A request of the person themselves; else Http404."""
    return get_object_or_404(SubjectRequest.objects.select_related("person"), pk=pk, person_id=person.pk)


def saves_it_themselves(asked: SubjectRequest) -> bool:
    """Whether the subject can sign in, and so saves the copy without anybody else seeing it."""
    return asked.person is not None and asked.person.is_active


def get_copy(person: Actor, pk: UUID) -> Bundle:
    """A copy that can be saved: by the subject, or by who deals with the request where the subject cannot sign in;
    of a school by who may take it along. Else Http404."""
    bundle = get_object_or_404(
        Bundle.objects.select_related("request__person", "leaving").exclude(file=""), pk=pk, gone_at=None
    )
    thing = bundle.thing
    if isinstance(thing, Leaving):
        get_leaving(person, thing.pk)
    elif thing.person_id != person.pk or not saves_it_themselves(thing):
        if saves_it_themselves(thing):
            raise Http404
        get_request(person, thing.pk)
    return bundle


def restrictions_for(person: Actor) -> QuerySet[Restriction]:
    """The restrictions in force that came of requests that the person deals with."""
    return Restriction.objects.filter(lifted_at=None, request__in=requests_for(person)).select_related(
        "request"
    )


def holds_for(person: Actor) -> QuerySet[LegalHold]:
    """The legal holds that were placed where the person deals with such things."""
    return LegalHold.objects.filter(on_scopes(looked_after(person))).select_related("placed_by", "person")


def get_hold(person: Actor, pk: int) -> LegalHold:
    """A legal hold that the person may lift; else Http404."""
    return get_object_or_404(holds_for(person), pk=pk)


def may_leave(person: Actor) -> set[Scope]:
    """The organisations that the person may take along: their own, and those of their area."""
    scopes = with_inside(person.scopes(Permission.SCHOOL_LEAVE))
    return {scope for scope in scopes if scope.kind == ScopeKind.ORGANISATION}


def may_take(person: Actor, scope: Scope) -> bool:
    """Whether the person may take this one organisation along."""
    mine = person.scopes(Permission.SCHOOL_LEAVE)
    return scope.kind == ScopeKind.ORGANISATION and (scope in mine or directory.parent(scope) in mine)


def leavings_for(person: Actor) -> QuerySet[Leaving]:
    """Organisations that leave or left, where the person may take them along."""
    return leavings_on(may_leave(person))


def get_leaving(person: Actor, pk: UUID) -> Leaving:
    """One organisation that leaves or left; else Http404."""
    leaves = get_object_or_404(Leaving.objects.select_related("asked_by"), pk=pk)
    if not may_take(person, leaves.scope):
        raise Http404
    return leaves
