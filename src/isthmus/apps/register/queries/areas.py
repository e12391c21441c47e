"""Which schools an area of any kind has, and what else belongs to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from isthmus.apps.core.dates import SchoolYear
from isthmus.apps.register.models import (
    OWNED_AREAS,
    SCHOOL_KINDS,
    Area,
    AreaKind,
    AreaSchool,
    Kind,
    Organisation,
    Term,
    Theme,
)

Ring = list[tuple[float, float]]


def belongs(area: Area) -> Q:
    """The condition that an organisation belongs to `area`, whatever kind of area it is. Places count as of today."""
    kind = AreaKind(area.kind)
    if kind == AreaKind.AUTHORITY:
        return Q(authority=area)
    if kind == AreaKind.TRUST:
        return Q(trust=area.organisation_id) | Q(federation=area.organisation_id)
    if kind == AreaKind.DIOCESE:
        return Q(diocese=area.register_value, fictional=area.fictional)
    if kind == AreaKind.REGION:
        return Q(region=area.register_value, fictional=area.fictional)
    if kind == AreaKind.DRAWN:
        return Q(pk__in=inside(area.boundary or {}, fictional=area.fictional))
    if kind == AreaKind.JOINED:
        found = Q(pk__in=[])
        for part in area.parts.all():
            found |= belongs(part)
        return found
    return Q(pk__in=AreaSchool.objects.filter(area=area).values("organisation"))


def inside(polygon: dict[str, Any], *, fictional: bool) -> list[int]:
    """The schools inside a GeoJSON polygon: its first ring, by the even-odd rule. One query, by box."""
    ring: Ring = [(x, y) for x, y in (polygon.get("coordinates") or [[]])[0]]
    if len(ring) < 3:
        return []
    west, east = min(x for x, _y in ring), max(x for x, _y in ring)
    south, north = min(y for _x, y in ring), max(y for _x, y in ring)
    rows = list(
        Organisation.objects.filter(
            kind__in=SCHOOL_KINDS,
            fictional=fictional,
            longitude__gte=west,
            longitude__lte=east,
            latitude__gte=south,
            latitude__lte=north,
        )
        .order_by()
        .values_list("pk", "longitude", "latitude")
    )
    if not rows:
        return []
    _pks, across, up = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    within = np.zeros(len(rows), dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y1 != y2:
            crosses = (y1 > up) != (y2 > up)
            within ^= crosses & (across < (x2 - x1) * (up - y1) / (y2 - y1) + x1)
    return [row[0] for row, yes in zip(rows, within, strict=True) if yes]


def partners(area: Area) -> QuerySet[Organisation]:
    """Organisations of other kinds that work with `area`, by name: those named here, and those of the authority."""
    here = Q(pk__in=area.partners.values("organisation"))
    if area.kind == AreaKind.AUTHORITY:
        here |= Q(authority=area)
    groups = (*SCHOOL_KINDS, Kind.TRUST, Kind.FEDERATION, Kind.AUTHORITY)
    found = Organisation.objects.filter(here).exclude(kind__in=[kind.value for kind in groups])
    return found.defer("measures", "provenance", "search")


def themes(area: Area, *, everything: bool = False) -> QuerySet[Theme]:
    """The themes in use in the area in charge of `area`, by name (with `everything`, those put aside too)."""
    found = Theme.objects.filter(area=area.in_charge_id)
    return found if everything else found.filter(in_use=True)


def terms(area: Area, year: SchoolYear | None = None) -> QuerySet[Term]:
    """The terms of the area in charge of `area`, in order of time, of one school year where one is given."""
    found = Term.objects.filter(area=area.in_charge_id)
    return found if year is None else found.filter(year=year.start)


def term_on(area: Area, day: date) -> Term | None:
    """The term in which `day` falls; None in holidays and where no terms were set."""
    return terms(area).filter(starts__lte=day, ends__gte=day).first()


def areas_with_names(kind: AreaKind) -> list[str]:
    """What the register's column says for areas of this kind (diocese or region), each value once, by name."""
    column = {AreaKind.DIOCESE: "diocese", AreaKind.REGION: "region"}[kind]
    found = Organisation.objects.filter(kind__in=SCHOOL_KINDS, fictional=False).exclude(**{column: ""})
    values = found.order_by(column).values_list(column, flat=True).distinct()
    return [value for value in values if value.casefold() not in ("not applicable", "none")]


def is_owned(area: Area) -> bool:
    """Whether the area is somebody's own work, seen only by them."""
    return area.kind in OWNED_AREAS
