"""Compare records with what the register holds: newer facts win, field by field, and keep their date."""

from __future__ import annotations

import datetime as dt
from typing import Any

from isthmus.apps.register.adapters.layouts.links import MOST_TELLING
from isthmus.apps.register.adapters.memberships import Memberships
from isthmus.apps.register.adapters.records import (
    Group,
    GroupRecord,
    LinkRecord,
    MembershipRecord,
    Problem,
    Record,
    SchoolRecord,
    SourceInfo,
)
from isthmus.apps.register.adapters.report import MOST_EXAMPLES, FieldChanges, ImportReport
from isthmus.apps.register.adapters.state import Snapshot, State, chunks
from isthmus.apps.register.models import Kind, Link, LinkKind, Status

WITHOUT_DIRECTION = (LinkKind.JOINED, LinkKind.OTHER)
LinkState = tuple[int | None, LinkRecord]


class Plan:
    """All that the files change, in memory. Nothing is written here."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.report = ImportReport()
        self.touched: dict[str, State] = {}
        self.listed: set[str] = set()
        self.links: dict[tuple[str, str], LinkState] = {}
        self.changed_links: set[tuple[str, str]] = set()
        self.ranks: dict[str, tuple[Any, ...]] = {}
        self.memberships = Memberships(snapshot, self.ranks)
        self.add_sources(snapshot.sources)

    def add_sources(self, sources: dict[str, SourceInfo]) -> None:
        """Make the dates of `sources` known."""
        self.snapshot.sources.update(sources)
        self.ranks.update({code: (*info.rank, code) for code, info in sources.items()})

    def add(self, file: str, records: list[Record]) -> None:
        """Take in records of one file, in their order."""
        self._load(records)
        for record in records:
            if isinstance(record, SchoolRecord):
                self._school(file, record)
            elif isinstance(record, GroupRecord):
                self._merge(self.snapshot.group(record.group), record.facts, record.sources)
            elif isinstance(record, MembershipRecord):
                self._membership(file, record)
            else:
                self._link(record)

    def _load(self, records: list[Record]) -> None:
        """Read what is stored about everything that `records` speak of."""
        self.snapshot.load([r.urn for r in records if isinstance(r, SchoolRecord | MembershipRecord)])
        links = [r for r in records if isinstance(r, LinkRecord)]
        if not links or not self.snapshot.stored:
            return
        wanted = {r.predecessor for r in links}
        for chunk in chunks(wanted):
            for link in Link.objects.filter(predecessor_urn__in=chunk).select_related("dataset"):
                key = (link.predecessor_urn, link.successor_urn)
                self.links.setdefault(key, (link.pk, _stored_link(link)))

    def _school(self, file: str, record: SchoolRecord) -> None:
        state = self.snapshot.schools.get(record.urn)
        if state is None:
            if record.must_exist:
                self._unknown(file, record.row, record.urn)
                return
            state = self.snapshot.schools[record.urn] = State(record.urn, Kind.SCHOOL)
        for fact in ("trust", "federation"):
            group = record.facts.get(fact)
            if isinstance(group, Group):
                record.facts[fact] = self.snapshot.group(group)
                if group.name:
                    self._merge(record.facts[fact], {"name": group.name}, {"name": record.sources[fact]})
        if "authority" in record.facts:
            code = self.snapshot.area(record.facts.pop("authority"))
            if code:
                record.facts["authority"] = code
        self._merge(state, record.facts, record.sources)
        self.touched[record.urn] = state
        if not record.must_exist:
            self.listed.add(record.urn)

    def _unknown(self, file: str, row: int, urn: str) -> None:
        self.report.unknown += 1
        self.report.warnings.add(
            Problem(file, row, "URN", urn, "the register does not hold this URN; the row was left out")
        )

    def _membership(self, file: str, record: MembershipRecord) -> None:
        group = self.snapshot.group(record.group)
        state = self.snapshot.schools.get(record.urn)
        if state is None:
            self._unknown(file, record.row, record.urn)
            return
        self.touched[record.urn] = state
        self.memberships.tell(file, state, group, record)

    def _link(self, record: LinkRecord) -> None:
        """Two rows tell one link, one from each side: keep the more telling kind and the later date."""
        key = (record.predecessor, record.successor)
        pk, known = self.links.get(key, (None, None))
        if known is None:
            self.links[key] = (None, record)
            self.changed_links.add(key)
            return
        newer = self.ranks[record.source] > self.ranks.get(known.source, ())
        kind = min(known.kind, record.kind, key=lambda kind: MOST_TELLING.index(kind))
        on = max(known.established_on or dt.date.min, record.established_on or dt.date.min)
        best = LinkRecord(
            record.row,
            *key,
            kind,
            None if on == dt.date.min else on,
            record.predecessor_name or known.predecessor_name,
            record.successor_name or known.successor_name,
            record.source if newer else known.source,
        )
        if _tells(best) != _tells(known) or newer:
            self.links[key] = (pk, best)
            self.changed_links.add(key)

    def _merge(self, state: State, facts: dict[str, Any], sources: dict[str, str]) -> None:
        """Take each fact of a source that is not older than the one the fact has now."""
        new = state.pk is None
        for fact, value in facts.items():
            source = sources[fact]
            known = state.provenance.get(fact)
            if known is not None and self.ranks[known] > self.ranks[source]:
                continue
            before = state.facts.get(fact)
            if known != source:
                state.provenance[fact] = source
                state.dirty = True
            if before == value:
                continue
            same_point = fact == "position" and before and value and before[:2] == value[:2]
            if not new and not same_point and fact not in state.changed:
                state.changed.append(fact)
                self._count(state, fact, before, value)
            if fact == "headship" and before and before.split(":")[0] == value.split(":")[0]:
                state.headship_changed_on = self.snapshot.sources[source].date
                self.report.headships += 1
            state.dirty = True
            if fact in ("trust", "federation") and state.urn:
                self.memberships.regrouped[state.urn] = state
            if value is None:
                state.facts.pop(fact, None)
            else:
                state.facts[fact] = value

    def _count(self, state: State, fact: str, before: Any, after: Any) -> None:
        found = self.report.fields.setdefault(fact, FieldChanges())
        found.count += 1
        if len(found.examples) < MOST_EXAMPLES:
            hidden = fact == "headship"
            found.examples.append(
                {
                    "urn": state.urn or state.uid or "",
                    "name": state.facts.get("name", ""),
                    "before": "" if hidden else said(fact, before),
                    "after": "noticed" if hidden else said(fact, after),
                }
            )
        if fact == "status" and after == Status.CLOSED:
            self.report.closed += 1
            if len(self.report.closed_examples) < MOST_EXAMPLES:
                self.report.closed_examples.append({"urn": state.urn or "", "name": state.facts["name"]})

    def finish(self) -> ImportReport:
        """Count what is new, changed, confirmed and as it was."""
        report = self.report
        for state, kind, group, source, problems in self.memberships.settled():
            self._merge(state, {kind: group}, {kind: source})
            for problem in problems:
                report.warnings.add(problem)
        self.memberships.compare()
        report.memberships_new = sum(one.pk is None for one in self.memberships.changes)
        report.memberships_changed = len(self.memberships.changes) - report.memberships_new
        for state in self.touched.values():
            if state.pk is None:
                report.new += 1
                if len(report.new_examples) < MOST_EXAMPLES:
                    report.new_examples.append({"urn": state.urn or "", "name": state.facts["name"]})
            elif state.changed:
                report.changed += 1
            elif state.dirty:
                report.confirmed += 1
            else:
                report.unchanged += 1
        report.groups_new = sum(group.pk is None for group in self.snapshot.groups)
        held = [group for group in self.snapshot.groups if group.pk is not None and group.dirty]
        report.groups_changed = sum(bool(group.changed) for group in held)
        report.groups_confirmed = len(held) - report.groups_changed
        # 'Merged with', told of a pair whose direction another row gives, adds nothing.
        for before, after in [key for key in self.changed_links if self.links[key][0] is None]:
            if (after, before) in self.links and self.links[before, after][1].kind in WITHOUT_DIRECTION:
                self.changed_links.discard((before, after))
        report.links_new = sum(self.links[key][0] is None for key in self.changed_links)
        report.links_changed = len(self.changed_links) - report.links_new
        report.areas_new = sorted(area.name or code for code, area in self.snapshot.new_areas.items())
        return report


def said(fact: str, value: Any) -> str:
    """A fact's value in words; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, State):
        return str(value.facts.get("name", value.uid))
    if fact == "status":
        return str(Status(value).label)
    if fact == "ages":
        return f"{value[0]} to {value[1]}"
    if fact == "position":
        return f"{value[0]}, {value[1]}"
    return str(value)


def _stored_link(link: Link) -> LinkRecord:
    return LinkRecord(
        0,
        link.predecessor_urn,
        link.successor_urn,
        link.kind,
        link.established_on,
        link.predecessor_name,
        link.successor_name,
        link.dataset.code if link.dataset else "",
    )


def _tells(link: LinkRecord) -> tuple[Any, ...]:
    return link.kind, link.established_on, link.predecessor_name, link.successor_name
