"""Who may see and run waves: fetched and checked in one call; what belongs to others is not there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.register.access import areas_where
from isthmus.apps.register.models import Area
from isthmus.apps.surveys.models import (
    Instrument,
    InstrumentDraft,
    Meeting,
    Step,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
)
from isthmus.apps.surveys.queries.reading import reader_holds_role
from isthmus.apps.surveys.queries.steps import person_by
from isthmus.apps.surveys.schools import networks_of

RUN, VIEW = Permission.SURVEY_RUN, Permission.SURVEY_VIEW


def scopes_where(person: Actor, permission: Permission) -> list[Scope]:
    """The areas, networks and organisations on which the person holds `permission`. To ask people for an area holds for
    the networks of it, too; to see what is asked there does not."""
    areas = list(areas_where(person, permission).order_by().values_list("pk", flat=True))
    others = (ScopeKind.NETWORK, ScopeKind.ORGANISATION)
    own = [scope for scope in person.scopes(permission) if scope.kind in others]
    inside = networks_of(areas) if permission == RUN else []
    found = [*(Scope(ScopeKind.AREA, pk) for pk in areas), *inside, *own]
    return list(dict.fromkeys(found))


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


def schools_of_own(person: Actor) -> list[int]:
    """The organisations for which the person may ask people."""
    return [scope.id for scope in person.scopes(RUN) if scope.kind == ScopeKind.ORGANISATION]


def get_school_of(person: Actor, pk: int, number: int, kinds: Sequence[str]) -> WaveSchool:
    """An organisation that a wave of these kinds asks, of a wave that the person looks after; or their own, where they
    run questionnaires for it and were asked for its list or the wave was opened; else Http404."""
    own = Q(organisation__in=schools_of_own(person))
    told = Q(wave__opened_at__isnull=False) | Q(roster__by_school=True)
    rows = WaveSchool.objects.filter(
        Q(wave__in=waves_run_by(person).order_by().values("pk")) | own & told,
        wave=pk,
        wave__kind__in=kinds,
    )
    return get_object_or_404(rows.select_related("wave__instrument", "organisation"), pk=number)


def schools_on_paper(person: Actor, wave: Wave) -> QuerySet[WaveSchool]:
    """The organisations whose forms the person may print and type: all of a wave they look after, else their own."""
    rows = wave.schools.select_related("organisation")
    return rows if runs(person, wave) else rows.filter(organisation__in=schools_of_own(person))


def get_wave_on_paper(person: Actor, pk: int) -> Wave:
    """An anonymous wave of which the person may print and type forms; else Http404."""
    own = Q(opened_at__isnull=False, schools__organisation__in=schools_of_own(person))
    mine = Q(pk__in=waves_run_by(person).order_by().values("pk"))
    found = Wave.objects.filter(mine | own, kind=WaveKind.ANONYMOUS).order_by().values("pk")
    return get_object_or_404(Wave.objects.filter(pk__in=found).select_related("instrument"), pk=pk)


def instruments_seen(person: Actor) -> QuerySet[Instrument]:
    """The areas' own instruments that the person may see: those of their areas, and of the area around their network,
    sub-group or school."""
    scopes = {*scopes_where(person, VIEW), *person.scopes(VIEW)}
    areas = {area.id for area in map(_area_around, scopes) if area is not None}
    return Instrument.objects.filter(owner__in=areas).select_related("owner", "made_by")


def _area_around(scope: Scope) -> Scope | None:
    """The area that a scope is, or lies in."""
    found: Scope | None = scope
    while found is not None and found.kind != ScopeKind.AREA:
        found = directory.parent(found)
    return found


def get_instrument(person: Actor, pk: int) -> Instrument:
    """An area's own instrument that the person may see; else Http404."""
    return get_object_or_404(instruments_seen(person), pk=pk)


def areas_to_keep_for(person: Actor) -> QuerySet[Area]:
    """The areas for which the person may bring in instruments."""
    return areas_where(person, RUN)


def drafts_of(person: Actor) -> QuerySet[InstrumentDraft]:
    """The instruments that are being written for the areas for which the person may bring some in."""
    rows = InstrumentDraft.objects.filter(owner__in=areas_to_keep_for(person))
    return rows.select_related("owner", "changed_by", "based_on")


def get_draft(person: Actor, pk: int) -> InstrumentDraft:
    """A draft that the person may change; else Http404."""
    return get_object_or_404(drafts_of(person), pk=pk)


def get_room_wave(person: Actor, pk: int) -> Wave:
    """A wave of the kind 'in the room' that the person looks after, once it was opened; else Http404."""
    rows = waves_run_by(person).filter(kind=WaveKind.IN_ROOM, opened_at__isnull=False)
    return get_object_or_404(rows.select_related("instrument"), pk=pk)


def get_meeting(person: Actor, pk: int) -> Meeting:
    """The meeting of a wave that the person looks after, begun or over; else Http404."""
    wave = get_room_wave(person, pk)
    return get_object_or_404(Meeting.objects.select_related("wave__instrument"), wave=wave)


def get_wave_to_read(person: Actor, pk: int) -> Wave:
    """A closed confidential wave whose answers the person was named to read, and still has a role to; else Http404.

    The role that they must hold is one that they could be named with: in the wave's scope, around it, or at a school
    that is asked. Without it nobody reads; nobody can take their place.
    """
    rows = Wave.objects.filter(kind=WaveKind.CONFIDENTIAL, state=WaveState.CLOSED, reader=person.pk)
    wave = get_object_or_404(rows.select_related("instrument"), pk=pk)
    if not reader_holds_role(wave):
        raise Http404
    return wave


def steps_seen(person: Actor, wave: Wave) -> QuerySet[Step]:
    """The actions of a wave that the person may see: everybody's who reads its report, and of their own schools."""
    rows = wave.steps.filter(Q(organisation=None) | Q(organisation__in=own_organisations(person)))
    return rows.select_related("organisation", "responsible", "wave__instrument")


def schools_to_act_for(person: Actor, wave: Wave) -> QuerySet[WaveSchool]:
    """The schools that are asked and for which the person may take actions of their own."""
    own = [scope.id for scope in person.scopes(RUN) if scope.kind == ScopeKind.ORGANISATION]
    return wave.schools.filter(organisation__in=own).select_related("organisation")


def may_act(person: Actor, step: Step) -> bool:
    """Whether the person may change an action: whose it is, whoever looks after it, or who is responsible for it."""
    if step.responsible_id is not None and step.responsible_id == person.pk:
        return True
    if step.organisation_id is not None:
        return Scope(ScopeKind.ORGANISATION, step.organisation_id) in person.scopes(RUN)
    return runs(person, step.wave)


def responsible_by(email: str, wave: Wave, organisation: int | None) -> Actor | None:
    """Who has this address and could see an action about the wave (of one school, where it is named), or None."""
    person = person_by(email)
    if person is None or not waves_seen(person).filter(pk=wave.pk).exists():
        return None
    return person if organisation is None or organisation in own_organisations(person) else None
