"""Reads of waves for the pages of those who run them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.core import directory
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes
from isthmus.apps.surveys.models import Answer, Ballot, Response, Wave, WaveSchool, WaveState


def with_counts(rows: QuerySet[Wave]) -> QuerySet[Wave]:
    """Waves with `asked_schools`, how many organisations each asks."""
    each = (
        WaveSchool.objects.filter(wave=OuterRef("pk"))
        .order_by()
        .values("wave")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(asked_schools=Coalesce(Subquery(each, output_field=IntegerField()), 0))


def answers_by_school(wave: Wave) -> dict[int, int]:
    """How many have answered in each organisation so far (keys of `WaveSchool`). Not for any page as it is."""
    tables: Sequence[type[Ballot | Answer | Response]] = (Ballot, Answer) if wave.anonymous else (Response,)
    found: dict[int, int] = {}
    for table in tables:
        rows = (
            table._default_manager.filter(wave=wave).order_by().values_list("school").annotate(n=Count("pk"))
        )
        for school, number in rows:
            found[school] = found.get(school, 0) + number
    return found


def responses_of(wave: Wave, schools: Iterable[int]) -> dict[int, list[Response]]:
    """The answers with a name of these organisations, the newest first."""
    found: dict[int, list[Response]] = {}
    rows = Response.objects.filter(wave=wave, school__in=list(schools)).select_related("person")
    for row in rows.order_by("-answered_at", "-pk").defer("codes", "comments"):
        found.setdefault(row.school_id, []).append(row)
    return found


def earlier_waves(scope: Scope, key: str, but: Wave | None = None) -> list[Wave]:
    """Waves of the same scope and instrument that were opened, the newest first."""
    rows = Wave.objects.filter(scope_kind=scope.kind, scope_id=scope.id, instrument__key=key)
    rows = rows.exclude(state=WaveState.DRAFT)
    return list((rows.exclude(pk=but.pk) if but else rows).order_by("-opened_at", "-pk")[:30])


def around(scope: Scope) -> list[Scope]:
    """The scope itself and those around it, up to its area."""
    found = [scope]
    while found[-1].kind != ScopeKind.AREA and (wider := directory.parent(found[-1])):
        found.append(wider)
    return found


def reader_of(email: str, scope: Scope, organisations: Sequence[int]) -> Person | None:
    """Somebody with this address who holds a role in the scope, around it, or at an organisation that is asked."""
    places = [*around(scope), *(Scope(ScopeKind.ORGANISATION, pk) for pk in organisations)]
    rows = RoleHolding.objects.in_force(today()).filter(on_scopes(places), person__is_active=True)
    found = rows.filter(person__email=email.strip().lower()).select_related("person").first()
    return found.person if found else None


def own_response(school: WaveSchool, person: int) -> Response | None:
    """What the person answered for the organisation."""
    return Response.objects.filter(wave=school.wave_id, school=school, person=person).first()
