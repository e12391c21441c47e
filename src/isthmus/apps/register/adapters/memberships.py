"""Who is in which group from when to when: what files tell, compared with what the register holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from isthmus.apps.register.adapters.records import MembershipRecord, Problem
from isthmus.apps.register.adapters.state import Snapshot, State, chunks
from isthmus.apps.register.models import GroupMembership, Kind

CURRENT = (Kind.TRUST, Kind.FEDERATION)
"""A school is in one of each at a time; of other groups it may be in many."""


@dataclass(slots=True)
class Membership:
    """A school's time in a group, as it shall be; `pk` is None for a new one, `stored` what the register holds."""

    school: State
    group: State
    since: dt.date | None
    until: dt.date | None
    source: str
    pk: int | None = None
    stored: tuple[dt.date | None, dt.date | None] | None = None

    @property
    def changed(self) -> bool:
        """Whether it must be written."""
        return self.stored != (self.since, self.until)

    def is_time(self, since: dt.date | None, until: dt.date) -> bool:
        """Whether a time from `since` to `until` is this one: an unknown start may be any."""
        if self.since and since:
            return self.since == since
        if self.until is None or self.until == until:
            return True
        return self.since is None and (since is None or since <= self.until)


class Claim(NamedTuple):
    """What one row tells."""

    file: str
    group: State
    record: MembershipRecord


class Memberships:
    """Collects the rows of all files, then says what becomes of each school's memberships."""

    def __init__(self, snapshot: Snapshot, ranks: dict[str, tuple[Any, ...]]) -> None:
        self.snapshot, self.ranks = snapshot, ranks
        self.regrouped: dict[str, State] = {}
        self.changes: list[Membership] = []
        self._claims: dict[str, list[Claim]] = {}
        self._joined: dict[tuple[str, int], MembershipRecord] = {}

    def tell(self, file: str, state: State, group: State, record: MembershipRecord) -> None:
        """Take in one row."""
        self.regrouped[record.urn] = state
        self._claims.setdefault(record.urn, []).append(Claim(file, group, record))

    def settled(self) -> Iterator[tuple[State, str, State | None, str, list[Problem]]]:
        """School, 'trust' or 'federation', the group it is in (None: in none any more), source; oldest source first.

        A file may tell two open trusts of one school: a trust that runs it comes before an umbrella trust, then the
        one that was joined last. The others are told as problems.
        """
        for urn, claims in self._claims.items():
            told: dict[tuple[str, str], list[Claim]] = {}
            for claim in claims:
                told.setdefault((claim.record.source, claim.group.kind), []).append(claim)
            for source, kind in sorted(told, key=lambda key: (self.ranks[key[0]], key[1])):
                lasting = [claim for claim in told[source, kind] if claim.record.until is None]
                lasting.sort(key=_preference)
                for claim in lasting if kind not in CURRENT else lasting[:1]:
                    self._joined[urn, id(claim.group)] = claim.record
                if kind not in CURRENT:
                    continue
                state = self.regrouped[urn]
                if lasting:
                    problems = [_second(lasting[0], claim) for claim in lasting[1:]]
                    yield state, kind, lasting[0].group, source, [one for one in problems if one]
                elif any(state.facts.get(kind) is claim.group for claim in told[source, kind]):
                    yield state, kind, None, source, []

    def compare(self) -> None:
        """Fill `changes`: what is new, what has ended, what got another date."""
        self.changes = []
        for chunk in chunks(list(self.regrouped.values())):
            stored = self._stored(chunk)
            for state in chunk:
                held = stored.get(state.pk or 0, [])
                wanted = self._wanted(state)
                self._past(state, held, wanted)
                self._end(state, held, wanted)
                self._begin(state, held, wanted)
                self.changes += [membership for membership in held if membership.changed]

    def _stored(self, states: list[State]) -> dict[int, list[Membership]]:
        """What the register holds about `states`, by primary key, in the order in which it was written."""
        by_pk = {state.pk: state for state in states if state.pk is not None}
        found: dict[int, list[Membership]] = {}
        if not self.snapshot.stored or not by_pk:
            return found
        rows = GroupMembership.objects.filter(organisation__in=[*by_pk]).select_related("dataset")
        for row in rows.order_by("pk"):
            group = self.snapshot.group_by_pk.get(row.group_id)
            if group is not None:
                source = row.dataset.code if row.dataset else ""
                times = row.since, row.until
                found.setdefault(row.organisation_id, []).append(
                    Membership(by_pk[row.organisation_id], group, *times, source, row.pk, times)
                )
        return found

    def _wanted(self, state: State) -> dict[int, tuple[State, str]]:
        """The groups a school is in now, with the source of each, by identity."""
        wanted = {}
        for kind in CURRENT:
            if group := state.facts.get(kind):
                wanted[id(group)] = (group, state.provenance.get(kind, ""))
        for claim in self._claims.get(state.urn or "", ()):
            if claim.record.until is None and claim.group.kind not in CURRENT:
                wanted[id(claim.group)] = (claim.group, claim.record.source)
        return wanted

    def _newer(self, source: str, membership: Membership) -> bool:
        return self.ranks[source] >= self.ranks.get(membership.source, ())

    def _past(self, state: State, held: list[Membership], wanted: dict[int, tuple[State, str]]) -> None:
        """Times that are told to be over: the row that holds such a time gets its dates, else there is a new one."""
        for _file, group, record in self._claims.get(state.urn or "", ()):
            since, until = record.since, record.until
            if until is None:
                continue
            for known in held:
                lasts = known.until is None and id(group) in wanted
                if known.group is not group or not known.is_time(since, until):
                    continue
                if lasts and known.since != since:
                    continue
                start = known.since or since
                if not lasts and (start is None or start <= until) and self._newer(record.source, known):
                    known.since, known.until, known.source = start, until, record.source
                break
            else:
                held.append(Membership(state, group, since, until, record.source))

    def _end(self, state: State, held: list[Membership], wanted: dict[int, tuple[State, str]]) -> None:
        """A trust or federation that the school is not in any more; hubs are told by their own file only."""
        for known in held:
            if known.until is None and id(known.group) not in wanted and known.group.kind in CURRENT:
                noticed = self.snapshot.sources[state.provenance[known.group.kind]].date
                known.until = max(noticed, known.since or noticed)

    def _begin(self, state: State, held: list[Membership], wanted: dict[int, tuple[State, str]]) -> None:
        """The groups that the school is in now."""
        lasting = {id(known.group): known for known in held if known.until is None}
        for key, (group, source) in wanted.items():
            joined = self._joined.get((state.urn or "", key))
            since = joined.since if joined else None
            known = lasting.get(key)
            if known is None:
                held.append(Membership(state, group, since, None, source))
            elif joined and since and known.since != since and self._newer(joined.source, known):
                known.since, known.source = since, joined.source


def _preference(claim: Claim) -> tuple[int, int, str]:
    joined = claim.record.since
    return claim.record.order, -joined.toordinal() if joined else 0, claim.group.uid or ""


def _second(first: Claim, claim: Claim) -> Problem | None:
    """What is said of a second group of one kind; nothing where it is the same group again."""
    if claim.group is first.group:
        return None
    what = f"{claim.record.urn} is in {first.group.facts['name']} too, which counts; this one was left out"
    return Problem(claim.file, claim.record.row, "Group UID", claim.group.uid or "", what)
