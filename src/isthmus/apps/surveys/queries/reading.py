"""Reads for the one person who reads a confidential wave."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveState
from isthmus.apps.surveys.queries.waves import around


def reader_holds_role(wave: Wave) -> bool:
    """Whether the reader has an account in use, and a role with which they could be named today."""
    asked = wave.schools.values_list("organisation", flat=True)
    places = [*around(wave.scope), *(Scope(ScopeKind.ORGANISATION, pk) for pk in asked)]
    rows = RoleHolding.objects.in_force(today()).filter(on_scopes(places), person__is_active=True)
    return wave.reader_id is not None and rows.filter(person=wave.reader_id).exists()


def answers_there(wave: Wave) -> dict[int, int]:
    """How many answers of each school there are to read (keys of `WaveSchool`)."""
    rows = Response.objects.filter(wave=wave).order_by().values_list("school")
    return dict(rows.annotate(number=Count("pk")))


def waves_to_read(person: int) -> QuerySet[Wave]:
    """The closed confidential waves whose answers the person was named to read."""
    rows = Wave.objects.filter(kind=WaveKind.CONFIDENTIAL, state=WaveState.CLOSED, reader=person)
    return rows.order_by("-closed_at", "-pk")
