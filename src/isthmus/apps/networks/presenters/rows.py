"""The rows of lists of networks and schools, worked out from one picture, and what they are filtered by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.listing import Order
from isthmus.apps.networks.adapters.measures import Survey
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.models import LEADING, Layer, MemberRole, Network
from isthmus.apps.networks.queries.existing import Picture, Sat, Shown
from isthmus.apps.register.models import Organisation
from isthmus.apps.register.queries.search import plain

FEW, MANY_SCHOOLS, MANY_NETWORKS, MANY_LED = 3, 20, 4, 3
"""Below which a network is small, above which it is large; from which a school is in many or leads many."""


@dataclass(frozen=True)
class NetworkRow:
    """A network on the day, with its number on the map of its layer."""

    number: int
    network: Network
    sats: Sequence[Sat]
    size: int
    partners: int
    leads: Sequence[str]
    mean_km: float | None
    furthest_km: float | None
    secondaries: int
    phases: str
    faiths: int
    apart: bool
    far: int

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("networks:network", args=[self.network.pk])

    @property
    def spread(self) -> str:
        """How far apart its schools are, in words."""
        if self.mean_km is None:
            return "Distance not available" if self.size > 1 else "Fewer than two schools"
        return (
            f"{numbers.decimal(self.mean_km, 1, 'km')} between two schools on average, "
            f"{numbers.decimal(self.furthest_km, 1, 'km')} at most"
        )


@dataclass(frozen=True)
class SchoolRow:
    """A school of the area on the day. `by_layer` maps a layer to its memberships there."""

    school: Shown
    by_layer: dict[int, list[Sat]]
    networks: int
    leads: int
    ties: int
    far_km: float | None

    @property
    def url(self) -> str:
        """The school's page in the register."""
        return organisation_url(self.school)


def organisation_url(organisation: Organisation | Shown) -> str:
    """The page of a school or of any other organisation."""
    if organisation.urn:
        return reverse("register:school", args=[organisation.urn])
    return reverse("register:organisation", args=[organisation.pk])


def network_rows(picture: Picture, survey: Survey) -> list[NetworkRow]:
    """Every network of the picture, by layer and name; numbered within its layer."""
    of_network, rows = picture.of_network(), []
    number: dict[int, int] = {}
    far: dict[object, int] = {}
    for measures in survey.schools.values():
        for key in measures.far:
            far[key] = far.get(key, 0) + 1
    for network in picture.networks:
        number[network.layer_id] = number.get(network.layer_id, 0) + 1
        found, sats = survey.networks[network.pk], of_network[network.pk]
        rows.append(
            NetworkRow(
                number[network.layer_id],
                network,
                sats,
                found.size,
                len(sats) - found.size,
                [picture.schools[sat.school].name for sat in sats if sat.role in LEADING],
                found.mean_km,
                found.furthest_km,
                found.secondaries,
                ", ".join(
                    f"{count} {phase.lower()}"
                    for phase, count in sorted(found.phases.items(), key=lambda p: (-p[1], p[0]))
                ),
                len(found.faiths),
                found.apart,
                far.get(network.pk, 0),
            )
        )
    return rows


def school_rows(picture: Picture, survey: Survey) -> list[SchoolRow]:
    """Every school of the area that was open on the day, by name."""
    layer_of = {network.pk: network.layer_id for network in picture.networks}
    of_school, rows = picture.of_school(), []
    for key in picture.here:
        by_layer: dict[int, list[Sat]] = {}
        for sat in of_school.get(key, ()):
            by_layer.setdefault(layer_of[sat.network], []).append(sat)
        found = survey.schools[key]
        far = [found.mean_km[network] for network in found.far]
        rows.append(
            SchoolRow(
                picture.schools[key],
                by_layer,
                len(found.networks),
                len(found.leads),
                found.ties,
                max(far, default=None),
            )
        )
    return rows


NETWORK_ORDERS: dict[str, Order[NetworkRow]] = {
    "layer": Order("layer", lambda row: (row.network.layer.name.lower(), row.number)),
    "name": Order("name", lambda row: row.network.name.lower()),
    "size": Order("schools", lambda row: row.size),
    "spread": Order("distance", lambda row: row.mean_km),
}
SCHOOL_ORDERS: dict[str, Order[SchoolRow]] = {
    "school": Order("School", lambda row: row.school.sort_name),
    "networks": Order("Networks", lambda row: row.networks),
    "leads": Order("Leads", lambda row: row.leads),
    "ties": Order("Other schools", lambda row: row.ties),
    "phase": Order("Phase", lambda row: row.school.phase),
    "town": Order("Place", lambda row: row.school.town or None),
}
NETWORK_FILTERS: dict[str, tuple[str, Callable[[NetworkRow], bool]]] = {
    "no-lead": ("Nobody named as lead", lambda row: not row.leads),
    "no-secondary": ("No secondary", lambda row: row.size > 0 and not row.secondaries),
    "small": (f"Fewer than {FEW} schools", lambda row: row.size < FEW),
    "large": (f"More than {MANY_SCHOOLS} schools", lambda row: row.size > MANY_SCHOOLS),
    "no-purpose": ("No purpose written down", lambda row: not row.network.purpose),
    "apart": ("No school in another network", lambda row: row.apart),
    "far": ("A school far from the others", lambda row: row.far > 0),
    "mixed-faith": ("Several faiths, or some and none", lambda row: row.faiths > 1),
}
SCHOOL_FILTERS: dict[str, tuple[str, Callable[[SchoolRow], bool]]] = {
    "none": ("In none", lambda row: row.networks == 0),
    "one": ("In one", lambda row: row.networks == 1),
    "many": ("In several", lambda row: row.networks > 1),
    "very-many": (f"In {MANY_NETWORKS} or more", lambda row: row.networks >= MANY_NETWORKS),
    "far": ("Far from others of a network", lambda row: row.far_km is not None),
    "leads": (f"Leads {MANY_LED} or more", lambda row: row.leads >= MANY_LED),
    "few-ties": ("Few ties yet: shares a network with fewer than three", lambda row: row.ties < 3),
}


def fitting_networks(
    rows: Sequence[NetworkRow], picture: Picture, *, text: str, layer: Layer | None, only: str
) -> list[NetworkRow]:
    """The networks that a search, a layer and a filter leave. The search finds networks and their schools."""
    words = plain(text).split()

    def fits(row: NetworkRow) -> bool:
        if layer is not None and row.network.layer_id != layer.pk:
            return False
        if only in NETWORK_FILTERS and not NETWORK_FILTERS[only][1](row):
            return False
        names = [plain(row.network.name)] + [_findable(picture.schools[sat.school]) for sat in row.sats]
        return not words or any(all(word in name for word in words) for name in names)

    return [row for row in rows if fits(row)]


def fitting_schools(
    rows: Sequence[SchoolRow], *, text: str, layer: Layer | None, only: str, phase: str
) -> list[SchoolRow]:
    """The schools that a search and filters leave. With a layer, 'in none' and the like count its networks alone."""
    words = plain(text).split()

    def fits(row: SchoolRow) -> bool:
        if layer is not None and only in ("none", "one", "many"):
            count = len(row.by_layer.get(layer.pk, ()))
            if not {"none": count == 0, "one": count == 1, "many": count > 1}[only]:
                return False
        elif only in SCHOOL_FILTERS and not SCHOOL_FILTERS[only][1](row):
            return False
        if phase and row.school.phase != phase:
            return False
        return not words or all(word in _findable(row.school) for word in words)

    return [row for row in rows if fits(row)]


def _findable(school: Shown) -> str:
    return f"{school.sort_name} {school.urn or ''} {plain(school.town)} {school.postcode.lower()}"


def where(school: Organisation | Shown) -> str:
    """Phase and place of a school, to tell those of one name apart."""
    kind = phase_label(school.phase) if school.urn else str(school.kind_label)
    return ", ".join(filter(None, (kind, school.town or school.postcode)))


def named(sats: Sequence[Sat], networks: dict[int, Network]) -> str:
    """Networks by name, with the role where it is not that of any member."""
    parts = []
    for sat in sats:
        role = "" if sat.role == MemberRole.MEMBER else f" ({MemberRole(sat.role).label.lower()})"
        parts.append(f"{networks[sat.network].name}{role}")
    return ", ".join(parts)
