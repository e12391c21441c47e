"""Who is in what, on any day. A school keeps its place across a new URN: the register's links carry it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from isthmus.apps.core.dates import SchoolYear, today
from isthmus.apps.networks.models import Layer, MemberRole, Membership, MembershipImport, Network
from isthmus.apps.register.models import SCHOOL_KINDS, Area, Kind, Organisation, Status
from isthmus.apps.register.models.organisations import NO_FAITH
from isthmus.apps.register.queries import area_members, carried_on_by

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONG = ("measures", "provenance", "search")


class Shown(NamedTuple):
    """What lists show of an organisation. Not a row of the table: 600 of those would take longer than the page."""

    pk: int
    urn: str | None
    kind: str
    status: int
    name: str
    sort_name: str
    phase: str
    religious_character: str
    town: str
    postcode: str
    easting: int | None
    northing: int | None
    latitude: float | None
    longitude: float | None
    opened_on: date | None
    closed_on: date | None

    @property
    def has_faith(self) -> bool | None:
        """As `Organisation.has_faith`."""
        return self.religious_character not in NO_FAITH if self.religious_character else None

    @property
    def kind_label(self) -> StrOrPromise:
        """The kind in words."""
        return Kind(self.kind).label


@dataclass(frozen=True)
class Sat:
    """One membership on the day. `school` is the organisation as it is today, `organisation` as it was entered."""

    pk: int
    network: int
    school: int
    organisation: int
    role: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Picture:
    """An area's networks on one day.

    `schools` are those of the area and every other organisation in a network, by key; `here` are the keys of the
    area's schools that were open. `gone` are memberships of schools that closed and that no one school carries on.
    """

    area: Area
    day: date
    schools: dict[int, Shown]
    here: tuple[int, ...]
    layers: tuple[Layer, ...]
    networks: tuple[Network, ...]
    members: tuple[Sat, ...]
    gone: tuple[Sat, ...]

    def of_network(self) -> dict[int, list[Sat]]:
        """The memberships of each network, by the names of the schools."""
        found: dict[int, list[Sat]] = {network.pk: [] for network in self.networks}
        for sat in sorted(self.members, key=lambda sat: self.schools[sat.school].sort_name):
            found[sat.network].append(sat)
        return found

    def of_school(self) -> dict[int, list[Sat]]:
        """The memberships of each school."""
        found: dict[int, list[Sat]] = {pk: [] for pk in self.here}
        for sat in self.members:
            found.setdefault(sat.school, []).append(sat)
        return found

    def is_school(self, key: int) -> bool:
        """Whether a member is a school, and no partner of another kind."""
        return self.schools[key].kind in SCHOOL_KINDS


def in_force(day: date, prefix: str = "") -> Q:
    """The condition that a time from `since` to `until` covers `day`; both ends belong to it."""
    return (Q(**{f"{prefix}since": None}) | Q(**{f"{prefix}since__lte": day})) & (
        Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": day})
    )


def networks_on(area: Area, day: date) -> QuerySet[Network]:
    """The networks of an area that had begun and had not ended on `day`, as far as that is known."""
    begun, lasting = Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day)
    return Network.objects.filter(begun, lasting, layer__area=area).order_by("layer__name", "name", "pk")


def picture(area: Area, day: date | None = None) -> Picture:
    """Who is in what on `day` (today, where none is given): some eight queries, whatever the size."""
    day = day or today()
    every = _shown(area_members(area, everything=True))
    rows = list(
        Membership.objects.filter(in_force(day), network__in=networks_on(area, day).order_by())
        .order_by("pk")
        .values_list("pk", "network_id", "organisation_id", "role", "since", "until")
    )
    own = set(every)
    outside = {row[2] for row in rows} - own
    if outside:
        every |= _shown(Organisation.objects.filter(pk__in=outside))
    now = {key: school.pk for key, school in carried_on_by(every.values()).items()}
    there = _there(every, now, day)
    if later := set(now.values()) - every.keys():
        every |= _shown(Organisation.objects.filter(pk__in=later))
    members, gone, seen = [], [], set()
    for pk, network, organisation, role, since, until in rows:
        key = now.get(organisation, organisation)
        sat = Sat(pk, network, key, organisation, role, since, until)
        if key not in there:
            gone.append(sat)
        elif (network, key) not in seen:
            seen.add((network, key))
            members.append(sat)
    with_members = {sat.network for sat in (*members, *gone)}
    layers = {layer.pk: layer for layer in Layer.objects.filter(area=area)}
    found = list(networks_on(area, day))
    for one in found:
        one.layer = layers[one.layer_id]  # joined here: a layer has dozens of networks
    shown = tuple(n for n in found if n.starts is not None or n.pk in with_members or day >= today())
    return Picture(
        area=area,
        day=day,
        schools=every,
        here=tuple(sorted(there & own, key=lambda key: (every[key].sort_name, key))),
        layers=tuple(layers.values()),
        networks=shown,
        members=tuple(members),
        gone=tuple(gone),
    )


def _shown(rows: QuerySet[Organisation]) -> dict[int, Shown]:
    return {row[0]: Shown(*row) for row in rows.order_by().values_list(*Shown._fields)}


def _there(every: dict[int, Shown], now: dict[int, int], day: date) -> set[int]:
    """The keys, as of today, of what was there on `day`: one of its URNs was open."""
    return {
        now.get(key, key)
        for key, school in every.items()
        if school.kind not in SCHOOL_KINDS or _was_open(school, day)
    }


def _was_open(school: Shown, day: date) -> bool:
    if school.opened_on is not None and school.opened_on > day:
        return False
    if school.status == Status.PROPOSED_TO_OPEN:
        return school.opened_on is not None
    if school.status == Status.CLOSED:
        return school.closed_on is not None and school.closed_on >= day
    return school.closed_on is None or school.closed_on >= day


def years_of(area: Area) -> list[SchoolYear]:
    """The school years of which something is known, newest first; always this year."""
    dates = Membership.objects.filter(network__layer__area=area, since__isnull=False)
    first = dates.order_by("since").values_list("since", flat=True).first()
    starts = Network.objects.filter(layer__area=area, starts__isnull=False).order_by("starts")
    begun = starts.values_list("starts", flat=True).first()
    now = SchoolYear.of(today()).start
    earliest = min([now, *(SchoolYear.of(day).start for day in (first, begun) if day)])
    return [SchoolYear(start) for start in range(now, max(earliest, now - 30) - 1, -1)]


def layers_of(area: Area) -> QuerySet[Layer]:
    """The layers of an area, each with `count`, its networks of any time."""
    return Layer.objects.filter(area=area).annotate(count=Count("networks"))


def memberships_of(network: Network) -> QuerySet[Membership]:
    """Everybody who is or was in a network, by name, then time."""
    rows = Membership.objects.filter(network=network).select_related("organisation")
    return rows.defer(*(f"organisation__{name}" for name in LONG)).order_by(
        "organisation__sort_name", "organisation_id", "since", "pk"
    )


def overlapping(
    network: Network, organisation: Organisation, since: date | None, until: date | None, *, but: int | None
) -> Membership | None:
    """A membership of the same organisation in the same network at a time in common, other than `but`."""
    rows = Membership.objects.filter(network=network, organisation=organisation)
    if but is not None:
        rows = rows.exclude(pk=but)
    if until is not None:
        rows = rows.filter(Q(since=None) | Q(since__lte=until))
    if since is not None:
        rows = rows.filter(Q(until=None) | Q(until__gte=since))
    return rows.order_by("since", "pk").first()


def memberships_for_file(area: Area) -> Iterable[tuple[Any, ...]]:
    """Layer, network, URN, name, role, from, to, why joined, why left: everything, in the order of a spreadsheet."""
    rows = Membership.objects.filter(network__layer__area=area)
    return rows.order_by(
        "network__layer__name", "network__name", "organisation__sort_name", "since", "pk"
    ).values_list(
        *("network__layer__name", "network__name", "organisation__urn", "organisation__name", "role"),
        *("since", "until", "why_joined", "why_left"),
    )


def uploads_of(area: Area) -> QuerySet[MembershipImport]:
    """Spreadsheets that were given, newest first, without their rows."""
    return MembershipImport.objects.filter(area=area).defer("rows", "report").select_related("by")


def leads_of(picture: Picture) -> dict[int, list[int]]:
    """For each school that leads or is a hub, the networks."""
    found: dict[int, list[int]] = {}
    for sat in picture.members:
        if sat.role in (MemberRole.LEAD, MemberRole.HUB):
            found.setdefault(sat.school, []).append(sat.network)
    return found


def to_add(area: Area, text: str) -> list[Organisation]:
    """Organisations that could join a network of `area` and whose name, URN or place has `text`; at most thirty."""
    from isthmus.apps.register.queries.search import matching

    found = matching(Organisation.objects.filter(fictional=area.fictional), text).exclude(
        status=Status.CLOSED
    )
    near = found.filter(authority=area) if area.fictional else found
    return list(near.select_related("authority").defer(*LONG).order_by("sort_name", "pk")[:30])


def by_year(area: Area) -> list[tuple[SchoolYear, int, int, int]]:
    """For each school year, on the day that stands for it: networks with members, memberships, members."""
    rows = list(
        Membership.objects.filter(network__layer__area=area)
        .order_by()
        .values_list("network_id", "organisation_id", "since", "until")
    )
    found = []
    for year in years_of(area):
        day = day_of(year)
        there = [
            row for row in rows if (row[2] is None or row[2] <= day) and (row[3] is None or row[3] >= day)
        ]
        found.append((year, len({row[0] for row in there}), len(there), len({row[1] for row in there})))
    return found


def day_of(year: SchoolYear) -> date:
    """The day that stands for a school year: 1 October, when groups have settled; today where that is to come."""
    return min(date(year.start, 10, 1), today())
