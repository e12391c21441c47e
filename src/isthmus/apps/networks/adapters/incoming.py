"""Compare the rows of a spreadsheet with what is known: what is new, what changes, and what cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from isthmus.apps.core.dates import in_words
from isthmus.apps.networks.adapters.spreadsheet import COLUMNS, MOST_KEPT, Problem, Row
from isthmus.apps.networks.models import MemberRole, Membership, Network
from isthmus.apps.register.models import Area, Organisation, Status
from isthmus.apps.register.queries import area_members, carried_on_by

CHUNK = 900
MOST_GUESSED = 200
"""Names that are new and like a known one are pointed out, in files with at most this many new networks."""
NetworkKey = tuple[str, str]


@dataclass
class Time:
    """A membership as it will be. `pk` is None where it is new; `row` the row that speaks of it, 0 where none does."""

    pk: int | None
    organisation: int
    role: str
    since: date | None
    until: date | None
    why_joined: str
    why_left: str
    row: int = 0
    changed: bool = False

    def meets(self, since: date | None, until: date | None) -> bool:
        """Whether the two times have a day in common."""
        starts_in_time = until is None or self.since is None or self.since <= until
        return starts_in_time and (since is None or self.until is None or self.until >= since)


@dataclass
class Incoming:
    """What a file would do. Names are as written; `networks` maps plain names to a network, or None for a new one."""

    layers: dict[str, str] = field(default_factory=dict)
    names: dict[NetworkKey, str] = field(default_factory=dict)
    networks: dict[NetworkKey, int | None] = field(default_factory=dict)
    times: dict[tuple[NetworkKey, int], list[Time]] = field(default_factory=dict)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    known_layers: set[str] = field(default_factory=set)

    def touched(self) -> Iterator[tuple[NetworkKey, Time]]:
        """Every membership that is new or changes."""
        for (network, _school), times in self.times.items():
            yield from ((network, time) for time in times if time.changed)

    def new_networks(self) -> list[NetworkKey]:
        """The networks that are not there yet."""
        return [key for key, pk in self.networks.items() if pk is None]

    @property
    def nothing_changes(self) -> bool:
        """Whether all of it is known already."""
        return not self.new_networks() and not any(True for _ in self.touched())

    def report(self, headings: dict[str, str], rows: int) -> dict[str, Any]:
        """What was found, as JSON, with at most `MOST_KEPT` mistakes in full."""
        touched = list(self.touched())
        return {
            "rows": rows,
            "headings": headings,
            "layers_new": [name for key, name in self.layers.items() if key not in self.known_layers],
            "networks_new": [self.names[key] for key in self.new_networks()],
            "new": sum(time.pk is None for _key, time in touched),
            "changed": sum(time.pk is not None for _key, time in touched),
            "unchanged": self.unchanged,
            "problems": [vars(problem) for problem in self.problems[:MOST_KEPT]],
            "problem_count": len(self.problems),
            "warnings": [vars(problem) for problem in self.warnings[:MOST_KEPT]],
            "warning_count": len(self.warnings),
        }


def plain(name: str) -> str:
    """A name as it is compared: 'Marchport  NORTH' is 'Marchport North'."""
    return " ".join(name.lower().split())


def compare(area: Area, rows: Sequence[Row], headings: dict[str, str]) -> Incoming:
    """Compare rows with the networks of an area: some ten queries and one for each 900 schools."""
    found = Incoming()
    known = _networks(area, found)
    schools = _schools(row.urn for row in rows)
    gone_on = carried_on_by(schools.values())
    own = set(area_members(area, everything=True).order_by().values_list("pk", flat=True))
    _known_times(area, found, known)

    def wrong(row: Row, name: str, value: str, what: str, *, odd: bool = False) -> None:
        into = found.warnings if odd else found.problems
        into.append(Problem(row.row, headings.get(name, COLUMNS[name]), value[:80], what))

    for row in rows:
        school = schools.get(row.urn)
        if school is None:
            wrong(row, "urn", row.urn, "the register holds no school with this URN: check it")
            continue
        if school.fictional != area.fictional:
            wrong(row, "urn", row.urn, "what is real and what is invented stay apart: take the row out")
            continue
        if school.pk not in own:
            what = f"{school.name} is none of the area’s own schools. It can be in the network all the same"
            wrong(row, "urn", row.urn, what, odd=True)
        if school.status == Status.CLOSED and school.pk not in gone_on and row.until is None:
            what = (
                f"{school.name} has closed, and no one school carries it on: give its last day in the network"
            )
            wrong(row, "until" if "until" in headings else "urn", row.urn, what, odd=True)
        key = (plain(row.layer), plain(row.network))
        network = known.get(key)
        if network and network.ends and (row.until is None or row.until > network.ends):
            what = f"the network was dissolved on {in_words(network.ends)}: give a last day by then"
            wrong(row, "until", in_words(row.until) if row.until else "", what)
            continue
        found.layers.setdefault(key[0], row.layer)
        found.names.setdefault(key, row.network)
        found.networks.setdefault(key, network.pk if network else None)
        if problem := _take(found, key, school, row):
            wrong(row, "urn", row.urn, problem)
    _guess(found, headings, rows)
    found.problems.sort(key=lambda problem: problem.row)
    found.warnings.sort(key=lambda problem: problem.row)
    return found


def _networks(area: Area, found: Incoming) -> dict[NetworkKey, Network]:
    found.known_layers = {plain(name) for name in area.layers.values_list("name", flat=True)}
    rows = Network.objects.filter(layer__area=area).select_related("layer")
    return {(plain(network.layer.name), plain(network.name)): network for network in rows}


def _schools(urns: Iterable[str]) -> dict[str, Organisation]:
    """The schools with these URNs; a URN is known with its leading zeros and without."""
    wanted = sorted(set(urns))
    found: dict[str, Organisation] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = Organisation.objects.filter(urn__in=part).only(
            "urn", "name", "status", "fictional", "sort_name"
        )
        found |= {row.urn or "": row for row in rows}
    return found


def _known_times(area: Area, found: Incoming, known: dict[NetworkKey, Network]) -> None:
    keys = {network.pk: key for key, network in known.items()}
    rows = Membership.objects.filter(network__layer__area=area).order_by("pk")
    times: dict[tuple[NetworkKey, int], list[Time]] = defaultdict(list)
    for pk, network, organisation, *rest in rows.values_list(
        *("pk", "network_id", "organisation_id", "role", "since", "until", "why_joined", "why_left")
    ):
        times[keys[network], organisation].append(Time(pk, organisation, *rest))
    found.times = dict(times)


def _take(found: Incoming, key: NetworkKey, school: Organisation, row: Row) -> str:
    """Fit one row in; gives what is wrong with it, or nothing."""
    times = found.times.setdefault((key, school.pk), [])
    free = [time for time in times if not time.row]
    match = next((time for time in free if time.since == row.since), None)
    if match is None:
        near = [time for time in free if time.meets(row.since, row.until)]
        match = next((time for time in near if row.since is None or time.since is None), None)
    since = row.since or (match.since if match else None)
    until = row.until or (match.until if match else None)
    clash = next((time for time in times if time is not match and time.meets(since, until)), None)
    if clash is not None and clash.row:
        return f"the same school is in this network at the same time in row {clash.row}: keep one of the two"
    if clash is not None:
        began = in_words(clash.since) if clash.since else "a day that is not known"
        ended = in_words(clash.until) if clash.until else "now"
        return f"it is in this network already from {began} to {ended}: give that first day, or other dates"
    if since and until and until < since:
        return f"its last day here would be before its first, {in_words(since)}: give other dates"
    if match is None:
        role = row.role or MemberRole.MEMBER.value
        times.append(
            Time(None, school.pk, role, since, until, row.why_joined, row.why_left, row.row, changed=True)
        )
        return ""
    match.row = row.row
    new = {
        "role": row.role or match.role,
        "since": since,
        "until": until,
        "why_joined": row.why_joined or match.why_joined,
        "why_left": row.why_left or match.why_left,
    }
    match.changed = any(getattr(match, name) != value for name, value in new.items())
    found.unchanged += not match.changed
    for name, value in new.items():
        setattr(match, name, value)
    return ""


def _guess(found: Incoming, headings: dict[str, str], rows: Sequence[Row]) -> None:
    """Point out new names that are very like a known or an earlier one: often a slip of the hand."""
    fresh = found.new_networks()
    if len(fresh) > MOST_GUESSED:
        return
    first = {(plain(row.layer), plain(row.network)): row for row in reversed(rows)}
    names: dict[str, list[str]] = defaultdict(list)
    for layer, name in dict.fromkeys([*(key for key in found.networks if found.networks[key]), *fresh]):
        like = get_close_matches(name, names[layer], n=1, cutoff=0.9)
        names[layer].append(name)
        if like and not _differ_by_number(name, like[0]) and (layer, name) in first:
            row = first[layer, name]
            what = f"a new network. Did you mean ‘{found.names.get((layer, like[0]), like[0])}’?"
            found.warnings.append(
                Problem(row.row, headings.get("network", "Network"), row.network[:80], what)
            )


def _differ_by_number(one: str, other: str) -> bool:
    """'North 1' and 'North 2' are meant to differ; so are 'Cluster A' and 'Cluster B'."""
    return one.split()[:-1] == other.split()[:-1] and len(one.split()[-1]) <= 2
