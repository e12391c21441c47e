"""From what a plan holds in memory to rows of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isthmus.apps.register.adapters.coordinates import to_latitude_longitude
from isthmus.apps.register.adapters.state import SINGLE, State
from isthmus.apps.register.models import Kind, Organisation, Status
from isthmus.apps.register.queries.search import search_text, sort_name

TEXTS = frozenset(
    {"phase", "type_name", "type_group", "gender", "religious_character", "diocese", "postcode", "town"}
    | {"urban_rural", "ukprn", "la_code", "establishment_number"}
)
COLLEGES = ("Colleges", "Universities")
COLLEGE_TYPES = ("Special post 16 institution", "Higher education institutions", "Further education")


def school_kind(facts: dict[str, Any]) -> Kind:
    """School, independent school or college, from the register's group of types."""
    group, type_name = facts.get("type_group", ""), facts.get("type_name", "")
    if group in COLLEGES or type_name in COLLEGE_TYPES:
        return Kind.COLLEGE
    if group == "Independent schools" or "independent" in type_name.lower():
        return Kind.INDEPENDENT_SCHOOL
    return Kind.SCHOOL


def organisations(states: Sequence[State], areas: dict[str, tuple[int, str]]) -> list[Organisation]:
    """Rows for `states`; `areas` maps a code to primary key and name. Positions are converted all at once."""
    placed = [state for state in states if "position" in state.facts]
    points: dict[int, tuple[float, float]] = {}
    if placed:
        latitude, longitude = to_latitude_longitude(
            [state.facts["position"][0] for state in placed], [state.facts["position"][1] for state in placed]
        )
        points = {
            id(state): (float(lat), float(lon))
            for state, lat, lon in zip(placed, latitude, longitude, strict=True)
        }
    return [_row(state, areas, points.get(id(state))) for state in states]


def _row(state: State, areas: dict[str, tuple[int, str]], point: tuple[float, float] | None) -> Organisation:
    facts = state.facts
    row = Organisation(
        pk=state.pk,
        urn=state.urn,
        group_uid=state.uid,
        kind=school_kind(facts) if state.urn else state.kind,
        headship_fingerprint=facts.get("headship", ""),
        headship_changed_on=state.headship_changed_on,
        measures={name[8:]: value for name, value in facts.items() if name.startswith("measure:")},
        provenance={name.removeprefix("measure:"): source for name, source in state.provenance.items()},
    )
    for name in SINGLE:
        setattr(row, name, facts.get(name, "" if name in TEXTS else None))
    if row.status is None:
        row.status = Status.OPEN
    row.low_age, row.high_age = facts.get("ages", (None, None))
    row.easting, row.northing, row.coordinate_source = facts.get("position", (None, None, ""))
    row.latitude, row.longitude = point or (None, None)
    area, area_name = areas.get(facts.get("authority", ""), (None, ""))
    row.authority_id = area
    row.trust_id = facts["trust"].pk if "trust" in facts else None
    row.federation_id = facts["federation"].pk if "federation" in facts else None
    row.sort_name = sort_name(row.name)
    row.search = search_text(row, area_name)
    return row
