"""A plan as a file, for the page and for `isthmus export`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse

from isthmus.apps.core.components import Fact
from isthmus.apps.core.exports import XLSX, Row, csv_bytes, xlsx_bytes
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import Plan, ProposedMember, ProposedNetwork
from isthmus.apps.networks.presenters.plans import asked, quality
from isthmus.apps.networks.queries.plans import members

HEADER = (
    "Network number", "Network", "URN", "School", "Phase", "Religious character", "Town", "Postcode",
    "Pupils", "Free school meals, %", "Easting", "Northing", "Latitude", "Longitude",
)  # fmt: skip
NETWORK_HEADER = (
    "Network number", "Network", "Schools", "Mean distance between two schools, km", "Furthest two, km",
)  # fmt: skip


def rows_for_file(members: list[ProposedMember]) -> list[Row]:
    """A row a school for a spreadsheet; what is not known stays empty."""
    rows: list[Row] = []
    for member in members:
        school, network = member.organisation, member.network
        rows.append((
            network.number if network else None, network.name if network else "not placed",
            school.urn, school.name, phase_label(school.phase), school.religious_character, school.town,
            school.postcode, school.pupils, school.fsm_percent, school.easting, school.northing,
            school.latitude, school.longitude,
        ))  # fmt: skip
    return rows


def network_rows(networks: list[ProposedNetwork]) -> list[Row]:
    """A row a network for a spreadsheet."""
    return [(n.number, n.name, n.size, _rounded(n.mean_km), _rounded(n.furthest_km)) for n in networks]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def about_rows(plan: Plan, networks: list[ProposedNetwork], unplaced: int) -> list[Row]:
    """What the plan is, for the last sheet of its workbook."""
    lines = [Fact("Plan", plan.name), *asked(plan), *quality(plan, networks, unplaced)]
    lines += [Fact("Attribution", settings.ATTRIBUTION)]
    return [(line.label, str(line.value)) for line in lines]


def geojson(plan: Plan, members: list[ProposedMember]) -> dict[str, Any]:
    """The plan as GeoJSON points in WGS84, one a placed school, drawn and labelled by network."""
    features = []
    for member in members:
        school, network = member.organisation, member.network
        if network is None or school.longitude is None or school.latitude is None:
            continue
        features.append(
            {
                "type": "Feature",
                "geometry": {
                    "type": "Point",
                    "coordinates": [round(school.longitude, 6), round(school.latitude, 6)],
                },
                "properties": {
                    "id": school.urn,
                    "name": school.name,
                    "detail": f"{phase_label(school.phase)}, {network.name}",
                    "network": network.number,
                    "network_name": network.name,
                    "url": reverse("register:school", args=[school.urn]),
                },
            }
        )
    return {
        "type": "FeatureCollection",
        "name": plan.name,
        "attribution": settings.ATTRIBUTION,
        "features": features,
    }


def _xlsx(plan: Plan) -> tuple[bytes, str]:
    every, networks = list(members(plan)), list(plan.networks.order_by("number"))
    missing = sum(member.network_id is None for member in every)
    sheets = [
        ("Schools", HEADER, rows_for_file(every)),
        ("Networks", NETWORK_HEADER, network_rows(networks)),
        ("About this plan", ("What", "Value"), about_rows(plan, networks, missing)),
    ]
    return xlsx_bytes(sheets), XLSX


def _csv(plan: Plan) -> tuple[bytes, str]:
    return csv_bytes(HEADER, rows_for_file(list(members(plan)))), "text/csv; charset=utf-8"


def _geojson(plan: Plan) -> tuple[bytes, str]:
    data = geojson(plan, list(members(plan)))
    return json.dumps(data, ensure_ascii=False).encode(), "application/geo+json"


WRITERS: dict[str, Callable[[Plan], tuple[bytes, str]]] = {"xlsx": _xlsx, "csv": _csv, "geojson": _geojson}
"""By the file's ending: a function from a plan to the file's bytes and its type."""
