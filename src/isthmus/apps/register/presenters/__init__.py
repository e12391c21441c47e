"""The register as pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse

from isthmus.apps.core import dates, numbers
from isthmus.apps.core.components import Cell, Column, Fact, MapSource, Table
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing
from isthmus.apps.register.facts import FACTS
from isthmus.apps.register.models import Area, Organisation, Phase, Status
from isthmus.apps.register.queries import ShownFact, Step, geojson
from isthmus.apps.register.queries.geography import Place

EXPORT_HEADER = (
    *("URN", "Name", "State", "Phase", "Type", "Religious character", "Local authority", "Trust", "Town"),
    *("Postcode", "Pupils", "Free school meals %", "Easting", "Northing"),
)
# Facts of a school that is open say nothing by being empty.
ONLY_WHEN_KNOWN = {"closed_on", "type_group"}
NEVER = "not in one"
RANKS = ((100_000, 1), (40_000, 2), (15_000, 3), (5_000, 4))


def phase_words(school: Organisation) -> str:
    """The phase in words; for primary schools infant and junior are told apart by their ages."""
    if school.phase == Phase.PRIMARY and school.low_age is not None and school.high_age is not None:
        if school.high_age <= 8:
            return "Primary (infant)"
        if school.low_age >= 7:
            return "Primary (junior)"
    if school.phase == Phase.NOT_APPLICABLE and school.type_group:
        return {"Special schools": "Special", "Independent schools": "Independent"}.get(
            school.type_group, Phase.NOT_APPLICABLE.label
        )
    return school.get_phase_display()


def where(school: Organisation) -> str:
    """Place of a school, to tell those of one name apart."""
    authority = school.authority.name if school.authority else ""
    return ", ".join(filter(None, (school.town, school.postcode, authority))) or "place not available"


def schools_table(page: Listing[Organisation]) -> Table:
    """A page of the list of schools."""
    columns = [
        page.column("School", "name"),
        page.column("URN", "urn"),
        page.column("Place"),
        page.column("Authority", "authority"),
        page.column("Phase", "phase"),
        page.column("Pupils", "pupils", numeric=True),
        page.column("Trust"),
    ]
    rows = [
        [
            Cell(school.name, school_url(school), tag=_mark(school)),
            school.urn,
            school.town or school.postcode,
            school.authority.name if school.authority else None,
            phase_words(school),
            None if school.pupils is None else numbers.whole(school.pupils),
            school.trust.name if school.trust else NEVER if "trust" in school.provenance else None,
        ]
        for school in page.page
    ]
    return Table(numbers.count(page.total, "school"), columns, rows)


def _mark(school: Organisation) -> str:
    """What must be said beside a school's name in a list."""
    words = ["Fictional"] if school.fictional else []
    return ", ".join(words if school.is_open else [*words, Status(school.status).label])


def school_url(school: Organisation) -> str:
    """The page of an organisation: by URN where it has one."""
    if school.urn:
        return reverse("register:school", args=[school.urn])
    return reverse("register:organisation", args=[school.pk])


def export_rows(schools: Iterable[Organisation]) -> Iterable[Row]:
    """The list as a file: what is not known stays empty."""
    for school in schools:
        yield (
            *(
                school.urn,
                school.name,
                Status(school.status).label,
                school.get_phase_display(),
                school.type_name,
            ),
            *(school.religious_character, school.authority.name if school.authority else None),
            *(school.trust.name if school.trust else None, school.town, school.postcode, school.pupils),
            *(school.fsm_percent, school.easting, school.northing),
        )


def fact_rows(shown: Sequence[ShownFact], *, measures: bool) -> list[Fact]:
    """Facts (or, with `measures`, published results), each with its date and source."""
    return [
        _fact(fact)
        for fact in shown
        if (fact.name not in FACTS) == measures and not (fact.name in ONLY_WHEN_KNOWN and fact.value is None)
    ]


def _fact(fact: ShownFact) -> Fact:
    url = ""
    value: Any = fact.value
    if isinstance(value, Organisation):
        url, value = school_url(value), value.name
    elif isinstance(value, Area):
        url, value = reverse("register:area", args=[value.pk]), value.name
    elif fact.name == "inspection_date" and isinstance(value, str):
        value = dates.in_words(date.fromisoformat(value))
    elif isinstance(value, int):
        value = numbers.whole(value)
    elif isinstance(value, float):
        value = numbers.percent(value) if fact.unit == "%" else f"{value:g}"
    elif hasattr(value, "isoformat"):
        value = dates.in_words(value)
    elif value is None:
        value = fact.words or ("None" if fact.none else None)
    note = f"{dates.in_words(fact.date)}. {fact.source}" if fact.date else ""
    return Fact(fact.label, value, note, url)


def history_table(steps: Sequence[Step], urn: str) -> Table:
    """One line for each join, oldest first; the school itself is not a link."""
    rows = [
        [
            _school_cell(step.predecessor, step.predecessor_urn, step.predecessor_name, urn),
            step.kind.label.lower(),
            _school_cell(step.successor, step.successor_urn, step.successor_name, urn),
            dates.in_words(step.on),
        ]
        for step in steps
    ]
    return Table(
        "History across URNs",
        [Column("School"), Column("What happened"), Column("School"), Column("When")],
        rows,
    )


def _school_cell(school: Organisation | None, urn: str, name: str, own: str) -> Cell:
    text = f"{name or 'Name not available'} ({urn})"
    return Cell(text, school_url(school) if school and urn != own else "")


def members_table(schools: Sequence[Organisation], total: int) -> Table:
    """Schools of a trust or federation."""
    rows = [
        [
            Cell(school.name, school_url(school)),
            school.urn,
            school.authority.name if school.authority else None,
            phase_words(school),
        ]
        for school in schools
    ]
    columns = [Column("School"), Column("URN"), Column("Authority"), Column("Phase")]
    return Table(numbers.count(total, "school"), columns, rows)


def areas_table(page: Listing[Any]) -> Table:
    """Areas with their open schools."""
    rows = [
        [
            Cell(
                area.name, reverse("register:area", args=[area.pk]), tag="Fictional" if area.fictional else ""
            ),
            area.code,
            numbers.whole(area.schools),
            numbers.whole(area.on_map),
        ]
        for area in page.page
    ]
    columns = [
        page.column("Area", "name"),
        page.column("Code", "code"),
        page.column("Open schools", "schools", numeric=True),
        page.column("Of them on the map", "on_map", numeric=True),
    ]
    return Table(numbers.count(page.total, "area"), columns, rows)


def phases_table(area: Area, counts: dict[str, int]) -> Table:
    """Open schools by phase, each a link to the list."""
    labels = {phase.value: phase.label for phase in Phase} | {"": "Not available"}
    base = f"{reverse('register:schools')}?area={area.pk}"
    rows: list[list[object]] = [
        [Cell(labels[phase], f"{base}&phase={phase}" if phase else ""), numbers.whole(counts[phase])]
        for phase in labels
        if counts.get(phase)
    ]
    rows.append([Cell("All", base), numbers.whole(sum(counts.values()))])
    return Table("Open schools by phase", [Column("Phase"), Column("Schools", numeric=True)], rows)


def map_source(area: Area) -> MapSource:
    """The map of an area's schools."""
    return MapSource(
        label=f"Map of the schools of {area.name}",
        points=reverse("register:area_schools", args=[area.pk]),
        boundary=reverse("register:area_boundary", args=[area.pk]),
        places=reverse("register:area_places", args=[area.pk]),
    )


def drawing(area: Area | None) -> MapSource | None:
    """The map on which an area of one's own is drawn: it shows the schools of the area that makes it."""
    if area is None:
        return None
    label = f"Map of the schools of {area.name}: draw an area"
    return replace(map_source(area), label=label, draw="id_corners")


def points(schools: Iterable[Organisation]) -> dict[str, Any]:
    """Schools as the map wants them: each with its page and a line of detail."""
    collection = geojson(schools)
    labels = {phase.value: phase.label for phase in Phase}
    for feature in collection["features"]:
        properties = feature["properties"]
        properties["url"] = reverse("register:school", args=[properties["urn"]])
        properties["detail"] = ", ".join(filter(None, (labels.get(properties["phase"]), properties["town"])))
    return collection


def place_points(places: Sequence[Place]) -> dict[str, Any]:
    """Places as the map wants them; rank 1 is a city, 5 a village."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": {"name": name, "rank": next((rank for least, rank in RANKS if people >= least), 5)},
        }
        for name, latitude, longitude, people in places
    ]
    return {"type": "FeatureCollection", "features": features}
