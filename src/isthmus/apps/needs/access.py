"""Who may see and say what schools need, and who knows who competes: fetch and check in one call."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.needs.models import Competition, GivenFile, Tie, What
from isthmus.apps.needs.queries import areas_asking
from isthmus.apps.register import access as register
from isthmus.apps.register.models import SCHOOL_KINDS, Area, Organisation, Theme
from isthmus.apps.register.queries import area_members

PERMISSION_OF = {
    What.NEEDS: Permission.NEEDS_SAY,
    What.TIES: Permission.NEEDS_SAY,
    What.COMPETITION: Permission.COMPETITION_KEEP,
}


@dataclass(frozen=True)
class SchoolHere:
    """A school as one area asks it. `may_say` tells whether the person may speak; `own` that it is their own school."""

    area: Area
    school: Organisation
    may_say: bool
    own: bool


def areas_seen(person: Actor) -> QuerySet[Area]:
    """The areas whose schools' needs the person sees as a whole, by name."""
    return register.areas_where(person, Permission.NEEDS_VIEW).defer("boundary", "places")


def get_area(person: Actor, pk: int, permission: Permission) -> Area:
    """An area on which the person holds `permission`; else Http404."""
    return register.get_area(person, pk, permission)


def own_schools(person: Actor, permission: Permission = Permission.NEEDS_VIEW) -> QuerySet[Organisation]:
    """The schools that the person's own roles are at: the school itself, or all of their trust or federation."""
    ids = [s.id for s in person.scopes(permission) if s.kind == ScopeKind.ORGANISATION]
    mine = Q(pk__in=ids) | Q(trust__in=ids) | Q(federation__in=ids)
    found = Organisation.objects.filter(mine, kind__in=SCHOOL_KINDS) if ids else Organisation.objects.none()
    return found.defer("measures", "provenance", "search")


def get_school(
    person: Actor, area: int, urn: str, permission: Permission = Permission.NEEDS_VIEW
) -> SchoolHere:
    """A school of an area, for the people of the area and those of the school; else Http404."""
    school = Organisation.objects.filter(urn=urn, kind__in=SCHOOL_KINDS).first()
    if school is None:
        raise Http404
    mine = own_schools(person, permission).filter(pk=school.pk).exists()
    asking = areas_asking(school).filter(pk=area).first() if mine else None
    if asking is None:
        asking = get_area(person, area, permission)
        if not area_members(asking, everything=True).filter(pk=school.pk).exists():
            raise Http404
    own = own_schools(person, Permission.NEEDS_SAY).filter(pk=school.pk).exists()
    officer = register.areas_where(person, Permission.NEEDS_SAY).filter(pk=area).exists()
    return SchoolHere(asking, school, may_say=own or officer, own=mine)


def get_theme(here: SchoolHere, number: int) -> Theme:
    """A theme in use that the area asks about; else Http404."""
    return get_object_or_404(Theme, area=here.area.in_charge_id, pk=number, in_use=True)


def may_say_for(person: Actor, area: Area) -> bool:
    """Whether the person may speak for the schools of an area, and keep their ties."""
    return register.areas_where(person, Permission.NEEDS_SAY).filter(pk=area.pk).exists()


def may_know_competition(person: Actor, area: Area) -> bool:
    """Whether the person may know which schools of an area compete. Heads never may by being heads."""
    return register.areas_where(person, Permission.COMPETITION_KEEP).filter(pk=area.pk).exists()


def get_competition(person: Actor, area: int, pk: int) -> Competition:
    """What was recorded of two schools, for those who may know it; else Http404."""
    owner = get_area(person, area, Permission.COMPETITION_KEEP)
    found = Competition.objects.select_related("area", "first", "second")
    return get_object_or_404(found, area=owner.in_charge_id, pk=pk, ended_on=None)


def get_tie(person: Actor, area: int, pk: int) -> Tie:
    """A tie of an area whose ties the person keeps; else Http404."""
    owner = get_area(person, area, Permission.NEEDS_SAY)
    found = Tie.objects.select_related("area", "first", "second")
    return get_object_or_404(found, area=owner.in_charge_id, pk=pk)


def get_file(person: Actor, area: int, pk: int, *, permission: Permission) -> GivenFile:
    """A spreadsheet that was given for an area, of a kind for which `permission` is needed; else Http404."""
    owner = get_area(person, area, permission)
    kinds = [what for what, needed in PERMISSION_OF.items() if needed == permission]
    found = GivenFile.objects.select_related("area", "by")
    return get_object_or_404(found, area=owner, pk=pk, what__in=kinds)
