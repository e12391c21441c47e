"""Reads of instruments: the areas' own that are kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.models import Instrument
from isthmus.apps.surveys.queries.waves import around


def newest(rows: Iterable[Instrument]) -> list[Instrument]:
    """Of each area's instruments with the same key, the newest version, by title."""
    found: dict[tuple[int | None, str], Instrument] = {}
    for row in rows:
        kept = found.setdefault((row.owner_id, row.key), row)
        if (row.version, row.pk) > (kept.version, kept.pk):
            found[row.owner_id, row.key] = row
    return sorted(found.values(), key=lambda row: (row.title.casefold(), row.pk))


def own_instruments(scope: Scope) -> list[Instrument]:
    """What the areas around a scope have of their own, the newest versions."""
    areas = [place.id for place in around(scope) if place.kind == ScopeKind.AREA]
    return newest(Instrument.objects.filter(owner__in=areas).select_related("owner"))


def versions(instrument: Instrument) -> QuerySet[Instrument]:
    """All versions of an area's own instrument, the newest first."""
    rows = Instrument.objects.filter(owner=instrument.owner_id, key=instrument.key)
    return rows.order_by("-version", "-pk").defer("text")
