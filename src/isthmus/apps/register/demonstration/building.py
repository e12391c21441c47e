"""Write the fictional authority into the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.register.adapters.coordinates import to_latitude_longitude
from isthmus.apps.register.demonstration.country import Point, to_grid
from isthmus.apps.register.demonstration.schools import TRUSTS, Country, Inventor, School
from isthmus.apps.register.facts import FACTS
from isthmus.apps.register.models import (
    Area,
    AreaKind,
    Dataset,
    GroupMembership,
    Kind,
    Link,
    Organisation,
    Phase,
    Status,
)
from isthmus.apps.register.queries.search import search_text, sort_name

AREA_CODE, AREA_NAME = "X90000001", "Saltmarch"
LA_CODE = "999"
DAY = date(2025, 9, 1)
CONVERTED_ON = date(2021, 9, 1)
DATASET = "saltmarch-fictional"
FEDERATIONS = ("Harbourside", "Meadow and Mill", "Twin Quays", "Estuary Bank", "Beacon")
PARTNERS = (
    ("Diocese of Marchport", Kind.DIOCESE),
    ("Catholic Diocese of the Isles", Kind.DIOCESE),
    ("Saltmarch Teaching School Hub", Kind.TEACHING_HUB),
    ("Governing Body of the Harbourside Federation", Kind.GOVERNING_BODY),
    ("Estuary Teacher Training", Kind.TRAINING_PROVIDER),
    ("Saltmarch Children's Health", Kind.HEALTH),
    ("Marchport Homes", Kind.HOUSING),
    ("Saltmarch Family Services", Kind.SOCIAL_CARE),
    ("Saltmarch Police", Kind.POLICE),
    ("Lifeboat Youth Fund", Kind.CHARITY),
    ("Gullhaven Quay Association", Kind.COMMUNITY_GROUP),
    ("Thornhythe Boatbuilders", Kind.BUSINESS),
    ("Parents of Saltmarch", Kind.PARENTS_BODY),
)


@transaction.atomic
def build(*, seed: int = 1, by: Actor | None = None) -> Area:
    """Make the fictional authority of Saltmarch with about 180 schools, or return it where it is there already."""
    existing = Area.objects.filter(kind=AreaKind.AUTHORITY, code=AREA_CODE).first()
    if existing:
        return existing
    country = Inventor(seed).invent()
    dataset = Dataset.objects.create(
        code=DATASET,
        title="Invented for demonstration",
        date=DAY,
        published=DAY,
        licence="Isthmus's own",
        attribution="Fictional: no such authority, school or person exists.",
    )
    area = _area(country)
    groups = _groups(area)
    _schools(country, area, groups, dataset)
    for name, kind in PARTNERS:
        _organisation(name, kind, area).save()
    audit.record("register.build_demonstration", by=by, target=area, after={"name": area.name, "seed": seed})
    return area


def _degrees(points: list[Point]) -> list[tuple[float, float]]:
    """Latitude and longitude of points in kilometres."""
    grid = [to_grid(point) for point in points]
    latitude, longitude = to_latitude_longitude([e for e, _n in grid], [n for _e, n in grid])
    return list(zip(latitude.round(5).tolist(), longitude.round(5).tolist(), strict=True))


def _area(country: Country) -> Area:
    ring = [[longitude, latitude] for latitude, longitude in _degrees(country.ring)]
    at = _degrees([place.at for place in country.places])
    places = [
        [place.name, latitude, longitude, place.people]
        for place, (latitude, longitude) in zip(country.places, at, strict=True)
    ]
    area = Area.objects.create(
        kind=AreaKind.AUTHORITY,
        code=AREA_CODE,
        name=AREA_NAME,
        fictional=True,
        boundary={"type": "Polygon", "coordinates": [ring]},
        places=sorted(places, key=lambda place: -place[3]),
    )
    council = _organisation(f"{AREA_NAME} Council", Kind.AUTHORITY, area, la_code=LA_CODE)
    council.save()
    area.organisation = council
    area.save(update_fields=["organisation"])
    return area


def _organisation(name: str, kind: Kind, area: Area, **more: Any) -> Organisation:
    """An invented organisation, not saved yet."""
    made = Organisation(
        name=name, kind=kind, authority=area, fictional=True, sort_name=sort_name(name), **more
    )
    made.search = search_text(made, area.name)
    return made


def _groups(area: Area) -> dict[str, list[Organisation]]:
    """Trusts and federations, with UIDs that no real group has."""
    trusts = [
        _organisation(name, Kind.TRUST, area, group_uid=f"F9{number:03d}")
        for number, name in enumerate(TRUSTS)
    ]
    federations = [
        _organisation(f"{name} Federation", Kind.FEDERATION, area, group_uid=f"F8{number:03d}")
        for number, name in enumerate(FEDERATIONS)
    ]
    for group in (*trusts, *federations):
        group.save()
    return {"trust": trusts, "federation": federations}


def _schools(country: Country, area: Area, groups: dict[str, list[Organisation]], dataset: Dataset) -> None:
    placed = [school for school in country.schools if school.at]
    degrees = {
        school.urn: point
        for school, point in zip(placed, _degrees([school.at for school in placed if school.at]), strict=True)
    }
    rows = [
        _row(number, school, area, groups, degrees.get(school.urn))
        for number, school in enumerate(country.schools)
    ]
    Organisation.objects.bulk_create(rows)
    since = {True: CONVERTED_ON, False: None}
    converted = {after for _before, after, _kind in country.links}
    GroupMembership.objects.bulk_create(
        GroupMembership(organisation=row, group=group, since=since[row.urn in converted], dataset=dataset)
        for row in rows
        for group in (row.trust, row.federation)
        if group is not None
    )
    names = {school.urn: school.name for school in country.schools}
    Link.objects.bulk_create(
        Link(
            predecessor_urn=before,
            successor_urn=after,
            predecessor_name=names[before],
            successor_name=names[after],
            kind=kind,
            established_on=CONVERTED_ON,
            dataset=dataset,
        )
        for before, after, kind in country.links
    )


def _row(
    number: int,
    school: School,
    area: Area,
    groups: dict[str, list[Organisation]],
    degrees: tuple[float, float] | None,
) -> Organisation:
    """One school as a row; every fact that is known names the invented source."""
    easting, northing = to_grid(school.at) if school.at else (None, None)
    church = {"Church of England": "Diocese of Marchport", "Roman Catholic": "Catholic Diocese of the Isles"}
    closed = school.status == Status.CLOSED
    row = _organisation(
        school.name,
        school.kind,
        area,
        urn=school.urn,
        la_code=LA_CODE,
        establishment_number=f"{(4000 if school.phase == Phase.SECONDARY else 2000) + number}",
        status=school.status,
        phase=school.phase,
        type_name=school.type_name,
        type_group=school.type_group,
        gender=school.gender,
        low_age=school.low,
        high_age=school.high,
        religious_character=school.faith,
        diocese=church.get(school.faith, "Not applicable"),
        town=school.place.name,
        easting=easting,
        northing=northing,
        latitude=degrees[0] if degrees else None,
        longitude=degrees[1] if degrees else None,
        coordinate_source="Invented" if degrees else "",
        pupils=school.pupils,
        capacity=school.capacity,
        fsm_percent=school.fsm,
        urban_rural="Urban city and town" if school.place.town else "Rural village",
        closed_on=date(2021, 8, 31) if closed else None,
        trust=groups["trust"][school.trust] if school.trust is not None else None,
        federation=groups["federation"][school.federation] if school.federation is not None else None,
    )
    row.provenance = dict.fromkeys(_known(row), DATASET)
    return row


def _known(row: Organisation) -> list[str]:
    """The facts that are known of an invented school; trust and federation always are, even where there is none."""
    known = [name for name, fact in FACTS.items() if getattr(row, fact.columns[0]) not in (None, "")]
    return [*dict.fromkeys([*known, "trust", "federation"])]
