"""What the register holds now about the organisations that a file speaks of, ready to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from sys import intern
from typing import Any

from isthmus.apps.register.adapters.records import Authority, Group, SourceInfo
from isthmus.apps.register.models import Area, AreaKind, Dataset, Kind, Organisation
from isthmus.apps.register.queries.search import plain

# Facts that are one column, taken as they are.
SINGLE = (
    *("name", "status", "phase", "type_name", "type_group", "gender", "religious_character", "diocese"),
    "region",
    *("pupils", "capacity", "fsm_percent", "postcode", "town", "urban_rural", "opened_on", "closed_on"),
    *("ukprn", "la_code", "establishment_number"),
)
EXTRA = (
    *(
        "pk",
        "urn",
        "group_uid",
        "kind",
        "provenance",
        "measures",
        "low_age",
        "high_age",
        "easting",
        "northing",
    ),
    *("coordinate_source", "authority__code", "trust_id", "federation_id", "headship_fingerprint"),
    *("headship_changed_on", "latitude", "longitude"),
)
REPEATED = (
    "phase",
    "type_name",
    "type_group",
    "gender",
    "religious_character",
    "diocese",
    "region",
    "town",
    "urban_rural",
)
GROUP_KINDS = (Kind.TRUST, Kind.FEDERATION, Kind.TEACHING_HUB)
CHUNK = 900


class State:
    """An organisation's facts and their sources; `changed` names the facts that a file changed."""

    __slots__ = ("changed", "dirty", "facts", "headship_changed_on", "kind", "pk", "provenance", "uid", "urn")

    def __init__(self, urn: str | None, kind: str, uid: str | None = None, pk: int | None = None) -> None:
        self.urn, self.kind, self.uid, self.pk = urn, kind, uid, pk
        self.facts: dict[str, Any] = {}
        self.provenance: dict[str, str] = {}
        self.changed: list[str] = []
        self.dirty = False
        self.headship_changed_on: Any = None

    @property
    def key(self) -> int:
        """The primary key of an organisation that has been written."""
        if self.pk is None:
            raise ValueError(f"{self.urn or self.uid} has not been written yet")
        return self.pk


def chunks(items: Sequence[Any] | Collection[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """`items` in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


class Snapshot:
    """The part of the register that the files speak of, read once and then changed in memory.

    With `stored=False` it starts empty and never looks into the database.
    """

    def __init__(self, *, stored: bool = True) -> None:
        self.stored = stored
        self.schools: dict[str, State] = {}
        self.groups: list[State] = []
        self.group_by_uid: dict[str, State] = {}
        self.group_by_name: dict[tuple[str, str], list[State]] = {}
        self.areas: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.new_areas: dict[str, Authority] = {}
        self.numbered_areas: dict[str, str] = {}
        self.sources: dict[str, SourceInfo] = {}
        self.group_by_pk: dict[int, State] = {}
        if stored:
            self._load_common()

    def _load_common(self) -> None:
        for dataset in Dataset.objects.all():
            self.sources[dataset.code] = SourceInfo(
                dataset.code,
                dataset.title,
                dataset.date,
                dataset.published,
                dataset.licence,
                dataset.attribution,
            )
        areas = Area.objects.filter(kind=AreaKind.AUTHORITY, fictional=False)
        for code, name, number in areas.values_list("code", "name", "organisation__la_code"):
            self.areas[code] = name
            if number:
                self.numbers[number] = code
        groups = Organisation.objects.filter(kind__in=GROUP_KINDS, fictional=False)
        for row in groups.order_by("pk").values(*SINGLE, *EXTRA):
            state = self._state(row)
            self.group_by_pk[row["pk"]] = state
            self._index_group(state)

    def load(self, urns: Sequence[str]) -> None:
        """Make sure that the stored schools among `urns` are known here."""
        wanted = [urn for urn in urns if urn not in self.schools]
        if not self.stored:
            return
        for chunk in chunks(wanted):
            for row in Organisation.objects.filter(urn__in=chunk).order_by().values(*SINGLE, *EXTRA):
                self.schools[row["urn"]] = self._state(row)

    def _state(self, row: dict[str, Any]) -> State:
        state = State(row["urn"], row["kind"], row["group_uid"], row["pk"])
        facts = {name: row[name] for name in SINGLE if row[name] is not None and row[name] != ""}
        facts.update({name: intern(facts[name]) for name in REPEATED if name in facts})
        if row["low_age"] is not None and row["high_age"] is not None:
            facts["ages"] = (row["low_age"], row["high_age"])
        if row["easting"] is not None:
            facts["position"] = (row["easting"], row["northing"], row["coordinate_source"])
        if row["authority__code"]:
            facts["authority"] = row["authority__code"]
        for fact in ("trust", "federation"):
            if row[f"{fact}_id"]:
                facts[fact] = self.group_by_pk[row[f"{fact}_id"]]
        if row["headship_fingerprint"]:
            facts["headship"] = row["headship_fingerprint"]
        facts.update({f"measure:{code}": value for code, value in row["measures"].items()})
        state.facts = facts
        # One copy of each name and code, not one a row: 50,000 rows then fit in half the memory.
        state.provenance = {
            intern(f"measure:{name}" if name in row["measures"] else name): intern(source)
            for name, source in row["provenance"].items()
        }
        state.headship_changed_on = row["headship_changed_on"]
        return state

    def _index_group(self, state: State) -> None:
        self.groups.append(state)
        if state.uid:
            self.group_by_uid[state.uid] = state
        self.group_by_name.setdefault((state.kind, plain(state.facts["name"])), []).append(state)

    def group(self, group: Group) -> State:
        """The group meant by UID, else the only one of that name; made where there is none.

        A group that was known by name only takes the UID when a file first gives it.
        """
        if group.uid and group.uid in self.group_by_uid:
            return self.group_by_uid[group.uid]
        namesakes = self.group_by_name.get((group.kind, plain(group.name)), [])
        without = [state for state in namesakes if not state.uid] if group.uid else namesakes
        if len(without) == 1:
            state = without[0]
            if group.uid:
                state.uid, state.dirty = group.uid, True
                state.changed.append("uid")
                self.group_by_uid[group.uid] = state
            return state
        state = State(None, group.kind, group.uid or None)
        state.facts = {"name": group.name or f"Group {group.uid}"}
        state.dirty = True
        self._index_group(state)
        return state

    def area(self, authority: Authority) -> str | None:
        """The code of the area that is meant; an English authority not known yet is noted as new."""
        code = authority.code or self.numbers.get(authority.number, "")
        if not code:
            return None
        if code not in self.areas:
            if not code.startswith("E"):
                return None
            self.areas[code] = authority.name or code
            self.new_areas[code] = authority
        if authority.number and authority.number not in self.numbers:
            self.numbers[authority.number] = code
            self.numbered_areas[code] = authority.number
        return code
