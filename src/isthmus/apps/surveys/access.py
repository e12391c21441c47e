"""Who may see and run waves: fetched and checked in one call; what belongs to others is not there."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.register.access import areas_where
from isthmus.apps.register.models import Area
from isthmus.apps.surveys.models import Instrument, Wave, WaveKind, WaveSchool, WaveState

RUN, VIEW = Permission.SURVEY_RUN, Permission.SURVEY_VIEW


def scopes_where(person: Actor, permission: Permission) -> list[Scope]:
    """The areas, networks and organisations on which the person holds `permission`."""
    areas = [
        Scope(ScopeKind.AREA, pk)
        for pk in areas_where(person, permission).order_by().values_list("pk", flat=True)
    ]
    others = (ScopeKind.NETWORK, ScopeKind.ORGANISATION)
    return [*areas, *(scope for scope in person.scopes(permission) if scope.kind in others)]


def get_scope(person: Actor, kind: str, number: int) -> Scope:
    """A scope for which the person may ask people; else Http404."""
    if kind not in {ScopeKind.AREA, ScopeKind.NETWORK, ScopeKind.ORGANISATION}:
        raise Http404
    scope = Scope(ScopeKind(kind), number)
    if scope not in scopes_where(person, RUN):
        raise Http404
    return scope


def waves_run_by(person: Actor) -> QuerySet[Wave]:
    """The waves that the person looks after."""
    return Wave.objects.filter(on_scopes(scopes_where(person, RUN)))


def waves_seen(person: Actor) -> QuerySet[Wave]:
    """Those the person looks after, those of their area or network, and those that ask their own school."""
    scopes = scopes_where(person, VIEW)
    own = [scope.id for scope in scopes if scope.kind == ScopeKind.ORGANISATION]
    opened = ~Q(state=WaveState.DRAFT)
    found = Wave.objects.filter(
        on_scopes(scopes_where(person, RUN))
        | opened & (on_scopes(scopes) | Q(schools__organisation__in=own)) & ~Q(kind=WaveKind.CONFIDENTIAL)
    )
    return Wave.objects.filter(pk__in=found.order_by().values("pk")).select_related("instrument", "made_by")


def get_wave(person: Actor, pk: int) -> Wave:
    """A wave that the person looks after; else Http404."""
    return get_object_or_404(waves_run_by(person).select_related("instrument"), pk=pk)


def get_seen_wave(person: Actor, pk: int) -> Wave:
    """A wave that the person may see; else Http404."""
    return get_object_or_404(waves_seen(person), pk=pk)


def runs(person: Actor, wave: Wave) -> bool:
    """Whether the person looks after the wave."""
    return waves_run_by(person).filter(pk=wave.pk).exists()


def own_organisations(person: Actor) -> list[int]:
    """The organisations whose own results the person may see."""
    return [scope.id for scope in person.scopes(VIEW) if scope.kind == ScopeKind.ORGANISATION]


def schools_handed(person: Actor, wave: Wave) -> QuerySet[WaveSchool]:
    """The organisations whose codes the person may hand out: all of a wave that they look after, else their own."""
    rows = wave.schools.select_related("organisation")
    return rows if runs(person, wave) else rows.filter(organisation__in=own_organisations(person))


def get_school_to_answer(person: Actor, pk: int, number: int) -> WaveSchool:
    """An organisation of the person's own that a wave with names asks, once it was opened; else Http404."""
    rows = WaveSchool.objects.filter(
        wave=pk,
        wave__kind=WaveKind.ATTRIBUTED,
        wave__opened_at__isnull=False,
        organisation__in=own_organisations(person),
    )
    return get_object_or_404(
        rows.select_related("wave__instrument", "wave__reader", "organisation"), pk=number
    )


def instruments_seen(person: Actor) -> QuerySet[Instrument]:
    """The areas' own instruments that the person may see: those of their areas, and of the area around their network or
    school."""
    scopes = scopes_where(person, VIEW)
    around = (directory.parent(scope) for scope in scopes if scope.kind != ScopeKind.AREA)
    areas = {scope.id for scope in [*scopes, *filter(None, around)] if scope.kind == ScopeKind.AREA}
    return Instrument.objects.filter(owner__in=areas).select_related("owner", "made_by")


def get_instrument(person: Actor, pk: int) -> Instrument:
    """An area's own instrument that the person may see; else Http404."""
    return get_object_or_404(instruments_seen(person), pk=pk)


def areas_to_keep_for(person: Actor) -> QuerySet[Area]:
    """The areas for which the person may bring in instruments."""
    return areas_where(person, RUN)
