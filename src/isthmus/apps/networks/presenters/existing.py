"""Tables, matrix, changes and map of an area's networks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, MapSource, Table
from isthmus.apps.core.dates import SchoolYear, in_words
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.networks.adapters.measures import Change, Survey
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import Layer, Network
from isthmus.apps.networks.presenters.rows import NetworkRow, SchoolRow, named, organisation_url, where
from isthmus.apps.networks.queries.existing import Picture
from isthmus.apps.register.models import Area

NONE = "none"


@dataclass(frozen=True)
class Tab:
    """A page of the area's networks, in the bar that joins them."""

    label: str
    url: str
    current: bool


PAGES = (
    ("area", "Findings"),
    ("networks", "Networks and map"),
    ("schools", "Schools"),
    ("matrix", "Schools by layer"),
    ("changes", "Changes"),
)


def tabs(area: Area, page: str, query: dict[str, str]) -> list[Tab]:
    """The pages of an area's networks, each for the same day."""
    end = f"?{urlencode(query)}" if query else ""
    return [
        Tab(label, reverse(f"networks:{name}", args=[area.pk]) + end, name == page) for name, label in PAGES
    ]


def figures(picture: Picture, survey: Survey) -> list[Fact]:
    """How many networks, and schools in none, one and several."""
    base = len(picture.here)
    sizes = sorted(found.size for found in survey.networks.values())
    known = [found.mean_km for found in survey.networks.values() if found.mean_km is not None]
    between = f"from {sizes[0]} to {sizes[-1]}, {sizes[len(sizes) // 2]} in the middle" if sizes else None
    spread = (
        f"{numbers.decimal(min(known))} to {numbers.decimal(max(known))} km on average within a network, straight lines"
        if known
        else None
    )
    return [
        Fact("Networks", f"{len(picture.networks):,} in {numbers.count(len(picture.layers), 'layer')}"),
        Fact("Schools of the area", numbers.whole(base)),
        Fact("In no network", _share(len(survey.none), base)),
        Fact("In one", _share(len(survey.one), base)),
        Fact("In several", _share(len(survey.many), base)),
        Fact("Schools in a network", between),
        Fact("Distance between two schools", spread),
    ]


def _share(part: int, base: int) -> str:
    return f"{part:,}" + (f" ({numbers.percent(100 * part / base, 0)})" if base else "")


def layers_table(picture: Picture, survey: Survey, link: str) -> Table:
    """One row a layer: its networks and how many schools are in none, one and several of them."""
    rows = []
    for layer in picture.layers:
        found = survey.layers[layer.pk]
        median = None if found.median_size is None else f"{found.median_size:g}"
        rows.append(
            [
                Cell(layer.name, f"{link}layer={layer.pk}"),
                str(layer.get_kind_display()),
                found.networks,
                median,
                len(found.none),
                found.one,
                len(found.several),
            ]
        )
    heads = [Column("Layer"), Column("Kind")]
    heads += [
        Column(label, numeric=True)
        for label in ("Networks", "Schools in each, median", "In none", "In one", "In several")
    ]
    return Table("Layers", heads, rows, empty="No layer has been written down yet.")


def networks_table(rows: Sequence[NetworkRow]) -> Table:
    """Networks as a table, for print and for comparison."""
    columns = [
        Column("Network"),
        Column("Layer"),
        Column("Schools", numeric=True),
        Column("Mean distance, km", numeric=True),
        Column("Phases"),
        Column("Lead"),
    ]
    body = [
        [
            Cell(row.network.name, row.url),
            row.network.layer.name,
            row.size,
            None if row.mean_km is None else numbers.decimal(row.mean_km),
            row.phases,
            ", ".join(row.leads) or NONE,
        ]
        for row in rows
    ]
    return Table(numbers.count(len(rows), "network"), columns, body)


def schools_table(page: Listing[SchoolRow], picture: Picture) -> Table:
    """A page of the schools: which networks, how many, how far."""
    networks = {network.pk: network for network in picture.networks}
    columns = [
        page.column("School", "school"),
        page.column("Phase", "phase"),
        page.column("Place", "town"),
        page.column("Networks", "networks", numeric=True),
        page.column("In"),
        page.column("Leads", "leads", numeric=True),
        page.column("Other schools in them", "ties", numeric=True),
    ]
    rows = [
        [
            Cell(row.school.name, row.url),
            phase_label(row.school.phase),
            row.school.town or row.school.postcode,
            row.networks,
            named([sat for sats in row.by_layer.values() for sat in sats], networks) or NONE,
            row.leads,
            row.ties,
        ]
        for row in page.page
    ]
    return Table(f"{numbers.count(page.total, 'school')} on {in_words(picture.day)}", columns, rows)


def matrix_table(page: Listing[SchoolRow], picture: Picture) -> Table:
    """Schools × layers."""
    networks = {network.pk: network for network in picture.networks}
    columns = [page.column("School", "school"), *(Column(layer.name) for layer in picture.layers)]
    rows = [
        [
            Cell(row.school.name, row.url),
            *(named(row.by_layer.get(layer.pk, ()), networks) or NONE for layer in picture.layers),
        ]
        for row in page.page
    ]
    return Table(f"{numbers.count(page.total, 'school')} on {in_words(picture.day)}", columns, rows)


def schools_for_file(rows: Sequence[SchoolRow], picture: Picture) -> tuple[list[str], list[Row]]:
    """The matrix with counts, for a spreadsheet."""
    networks = {network.pk: network for network in picture.networks}
    header = ["URN", "School", "Phase", "Town", "Postcode", "Networks", "Leads", "Other schools in them"]
    header += [layer.name for layer in picture.layers]
    body: list[Row] = [
        (
            *(row.school.urn, row.school.name, phase_label(row.school.phase), row.school.town),
            *(row.school.postcode, row.networks, row.leads, row.ties),
            *(named(row.by_layer.get(layer.pk, ()), networks) for layer in picture.layers),
        )
        for row in rows
    ]
    return header, body


def map_source(area: Area, layer: Layer | None, query: dict[str, str]) -> MapSource:
    """The map of one layer; without one, of the schools."""
    asked = urlencode({**query, **({"layer": layer.pk} if layer else {})})
    return MapSource(
        label=f"Map of ‘{layer.name}’ in {area.name}" if layer else f"Map of the schools of {area.name}",
        points=f"{reverse('networks:map', args=[area.pk])}?{asked}",
        boundary=reverse("register:area_boundary", args=[area.pk]),
        places=reverse("register:area_places", args=[area.pk]),
        list_id="list",
    )


def geojson(picture: Picture, rows: Sequence[NetworkRow], layer: Layer | None) -> dict[str, Any]:
    """Points: each school of the area once for each of its networks in the layer, or without a network."""
    inside = {
        sat.school: row
        for row in reversed(rows)
        if layer and row.network.layer_id == layer.pk
        for sat in row.sats
    }
    features = []
    for key in dict.fromkeys([*picture.here, *inside]):
        school, row = picture.schools[key], inside.get(key)
        if school.longitude is None or school.latitude is None:
            continue
        properties: dict[str, Any] = {
            "id": key,
            "name": school.name,
            "url": organisation_url(school),
            "detail": where(school)
            + (f". {row.network.name}" if row else ". In no network of this layer" if layer else ""),
        }
        if row:
            properties["network"] = row.number
        point = [round(school.longitude, 6), round(school.latitude, 6)]
        geometry = {"type": "Point", "coordinates": point}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "attribution": settings.ATTRIBUTION, "features": features}


@dataclass(frozen=True)
class Card:
    """A network with its members, for the list beside the map. `show` is empty where the map shows another layer."""

    title: str
    url: str
    layer: str
    about: str
    lead: str
    members: list[tuple[str, str, str]]
    show: str
    what: str


def cards(rows: Iterable[NetworkRow], picture: Picture, on_map: Layer | None) -> list[Card]:
    """Networks as cards."""
    return [_card(row, picture, on_map) for row in rows]


def _card(row: NetworkRow, picture: Picture, on_map: Layer | None) -> Card:
    shown = on_map is not None and row.network.layer_id == on_map.pk
    parts = numbers.count(row.size, "school")
    if row.partners:
        parts += f" and {numbers.count(row.partners, 'partner')}"
    members = [
        (school.name, organisation_url(school), where(school))
        for school in (picture.schools[sat.school] for sat in row.sats)
    ]
    return Card(
        f"{row.number}. {row.network.name}",
        row.url,
        row.network.layer.name,
        ". ".join(filter(None, (f"{parts}{': ' if row.phases else ''}{row.phases}", row.spread))),
        ", ".join(row.leads) or NONE,
        members,
        f"Show {row.network.name} on the map" if shown and row.sats else "",
        f"network:{row.number}",
    )


@dataclass(frozen=True)
class Changed:
    """A network that changed: who joined and who left, with links."""

    name: str
    url: str
    layer: str
    joined: list[tuple[str, str]]
    left: list[tuple[str, str]]


def changes(change: Change, before: Picture, after: Picture) -> dict[str, Any]:
    """What changed between two days, as a page tells it."""
    networks: dict[Any, Network] = {n.pk: n for n in (*before.networks, *after.networks)}
    schools: dict[Any, Any] = {**before.schools, **after.schools}

    def people(keys: Sequence[object]) -> list[tuple[str, str]]:
        found = sorted((schools[key] for key in keys), key=lambda school: school.sort_name)
        return [(school.name, organisation_url(school)) for school in found]

    def links(keys: Sequence[object]) -> list[tuple[str, str, str]]:
        return [
            (n.name, reverse("networks:network", args=[n.pk]), n.layer.name)
            for n in (networks[key] for key in keys)
        ]

    return {
        "began": links(change.began),
        "ended": links(change.ended),
        "changed": [
            Changed(
                networks[key].name,
                reverse("networks:network", args=[networks[key].pk]),
                networks[key].layer.name,
                people(found.joined),
                people(found.left),
            )
            for key, found in change.changed.items()
        ],
        "found_one": people(change.found_one),
        "left_all": people(change.left_all),
    }


def over_years(years: Sequence[tuple[SchoolYear, int, int, int]]) -> Table:
    """A row a school year: networks with members, memberships and members, on 1 October."""
    columns = [Column("On 1 October of the school year")]
    columns += [Column(label, numeric=True) for label in ("Networks", "Memberships", "Members")]
    rows = [[str(year), networks, memberships, members] for year, networks, memberships, members in years]
    return Table("Year by year", columns, rows)
