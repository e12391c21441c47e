"""From what a plan holds in memory to rows of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isthmus.apps.register.adapters.coordinates import to_latitude_longitude
from isthmus.apps.register.adapters.state import SINGLE, State
from isthmus.apps.register.models import Kind, Status
from isthmus.apps.register.queries.search import search_words, sort_name

TEXTS = frozenset(
    {
        "phase",
        "type_name",
        "type_group",
        "gender",
        "religious_character",
        "diocese",
        "region",
        "postcode",
        "town",
    }
    | {"urban_rural", "ukprn", "la_code", "establishment_number"}
)
NOTHING = (None, None)
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


def rows(states: Sequence[State], areas: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    """A row of `Organisation`, by column, for each state; positions are converted all at once.

    `areas` maps an area's code to its primary key and name. A state without a primary key gives a row with None.
    """
    placed = [state for state in states if "position" in state.facts]
    points: dict[int, tuple[float, float]] = {}
    if placed:
        latitude, longitude = to_latitude_longitude(
            [state.facts["position"][0] for state in placed], [state.facts["position"][1] for state in placed]
        )
        for state, lat, lon in zip(placed, latitude.tolist(), longitude.tolist(), strict=True):
            points[id(state)] = (lat, lon)
    return [_row(state, areas, points.get(id(state), (None, None))) for state in states]


def _row(
    state: State, areas: dict[str, tuple[int, str]], point: tuple[float | None, float | None]
) -> dict[str, Any]:
    facts = state.facts
    row: dict[str, Any] = {name: facts.get(name, "" if name in TEXTS else None) for name in SINGLE}
    row["status"] = row["status"] or Status.OPEN
    low, high = facts.get("ages", NOTHING)
    easting, northing, source = facts.get("position", (None, None, ""))
    area, area_name = areas.get(facts.get("authority", ""), (None, ""))
    row.update(
        id=state.pk,
        urn=state.urn,
        group_uid=state.uid,
        kind=school_kind(facts) if state.urn else state.kind,
        low_age=low,
        high_age=high,
        easting=easting,
        northing=northing,
        coordinate_source=source,
        latitude=point[0],
        longitude=point[1],
        authority_id=area,
        trust_id=facts["trust"].key if "trust" in facts else None,
        federation_id=facts["federation"].key if "federation" in facts else None,
        headship_fingerprint=facts.get("headship", ""),
        headship_changed_on=state.headship_changed_on,
        measures={name[8:]: value for name, value in facts.items() if name.startswith("measure:")},
        provenance={name.removeprefix("measure:"): source for name, source in state.provenance.items()},
        fictional=False,
        sort_name=sort_name(row["name"]),
        search=search_words(
            *(
                row["name"],
                row["town"],
                area_name,
                row["postcode"],
                row["la_code"],
                row["establishment_number"],
            ),
            *(state.urn, state.uid, row["ukprn"]),
        ),
    )
    return row
