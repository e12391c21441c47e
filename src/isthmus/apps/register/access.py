"""Who may see what of the register: fetch and check in one call. Public facts are for every signed-in person."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.register.models import (
    PUBLIC_AREAS,
    SCHOOL_KINDS,
    Area,
    AreaKind,
    Organisation,
    RegisterImport,
)


def _need(person: Actor, permission: Permission) -> None:
    if not person.may(permission):
        raise Http404


def get_school(person: Actor, urn: str) -> Organisation:
    """The school with this URN, with authority, trust and federation; else Http404."""
    _need(person, Permission.REGISTER_VIEW)
    schools = Organisation.objects.filter(kind__in=SCHOOL_KINDS)
    return get_object_or_404(schools.select_related("authority", "trust", "federation"), urn=urn)


def get_organisation(person: Actor, pk: int) -> Organisation:
    """Any organisation; else Http404."""
    _need(person, Permission.REGISTER_VIEW)
    return get_object_or_404(Organisation.objects.select_related("authority", "trust", "federation"), pk=pk)


def areas_where(person: Actor, permission: Permission) -> QuerySet[Area]:
    """The areas on which `person` holds `permission`, by name: where the role is held on the area, on the trust whose
    area it is, or on the area that made it."""
    scopes = person.scopes(permission)
    areas = [scope.id for scope in scopes if scope.kind == ScopeKind.AREA]
    trusts = [scope.id for scope in scopes if scope.kind == ScopeKind.ORGANISATION]
    own = Q(pk__in=areas) | Q(kind=AreaKind.TRUST, organisation__in=trusts)
    made = Q(owner__in=areas) | Q(owner__kind=AreaKind.TRUST, owner__organisation__in=trusts)
    return Area.objects.filter(own | made).order_by("name", "pk")


def areas_seen(person: Actor) -> QuerySet[Area]:
    """Every area that follows from public facts, and those of one's own."""
    _need(person, Permission.REGISTER_VIEW)
    mine = areas_where(person, Permission.REGISTER_VIEW).order_by()
    return Area.objects.filter(Q(kind__in=PUBLIC_AREAS) | Q(pk__in=mine.values("pk")))


def get_area(person: Actor, pk: int, permission: Permission = Permission.REGISTER_VIEW) -> Area:
    """An area that the person sees, or with another `permission` one on which they hold that; else Http404."""
    if permission == Permission.REGISTER_VIEW:
        return get_object_or_404(areas_seen(person), pk=pk)
    return get_object_or_404(areas_where(person, permission), pk=pk)


def get_import(person: Actor, pk: int) -> RegisterImport:
    """An import of a register file, for those who may import; else Http404."""
    _need(person, Permission.REGISTER_IMPORT)
    return get_object_or_404(RegisterImport.objects.select_related("job", "by"), pk=pk)
