"""Who may see what of the register: fetch and check in one call. Public facts are for every signed-in person."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.register.models import SCHOOL_KINDS, Area, Organisation, RegisterImport


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


def get_area(person: Actor, pk: int) -> Area:
    """An area; else Http404."""
    _need(person, Permission.REGISTER_VIEW)
    return get_object_or_404(Area, pk=pk)


def get_import(person: Actor, pk: int) -> RegisterImport:
    """An import of a register file, for those who may import; else Http404."""
    _need(person, Permission.REGISTER_IMPORT)
    return get_object_or_404(RegisterImport.objects.select_related("job", "by"), pk=pk)
