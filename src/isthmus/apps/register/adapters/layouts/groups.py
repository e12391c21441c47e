"""Trusts and federations: the register's two files of groups, and results of trusts at key stage 4.

The register's group files are read to the published layout; no real one was at hand when this was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from isthmus.apps.register.adapters import values
from isthmus.apps.register.adapters.layouts.base import Context, Layout, attempt, columns, read_urn
from isthmus.apps.register.adapters.layouts.open_schools import TABLES_2025
from isthmus.apps.register.adapters.records import Group, GroupRecord, MembershipRecord, Record, SourceInfo
from isthmus.apps.register.adapters.values import BadValue
from isthmus.apps.register.models import Kind, Status


def group_kind(cell: str) -> Kind | None:
    """Trust or federation, from the register's words; None for groups that Isthmus does not keep."""
    words = cell.casefold()
    if "trust" in words:
        return Kind.TRUST
    if "federation" in words:
        return Kind.FEDERATION
    if "teaching school" in words or "school hub" in words:
        return Kind.TEACHING_HUB
    return None


def precedence(cell: str) -> int:
    """Of two trusts of one school: the one that runs it, then one that holds its land, an umbrella, a sponsor."""
    words = cell.casefold()
    if "multi-academy" in words or "single-academy" in words:
        return 0
    return 3 if "sponsor" in words else 2 if "umbrella" in words else 1


def groups_source(context: Context) -> SourceInfo:
    """The register's group files of the day of this file."""
    return SourceInfo(
        f"gias-groups-{context.date:%Y%m%d}",
        "Get Information about Schools, groups",
        context.date,
        context.date,
    )


class _GroupFile(Layout):
    """What the register's two group files have in common."""

    def group(self, context: Context, row: int, cells: list[str], at: dict[str, int]) -> Group | None:
        """The group that the row is about, or None where it is of no use here or wrong."""
        uid = attempt(
            context, row, "Group UID", cells[at["Group UID"]], lambda cell: values.digits(1, 8, cell)
        )
        name = values.text(cells[at["Group Name"]])[:200]
        kind = group_kind(cells[at["Group Type"]])
        if uid == "":
            context.wrong(row, "Group UID", "", "give the group's UID, or take the row out")
        if uid and not name:
            context.wrong(row, "Group Name", "", "give the group's name, or take the row out")
        if not uid or not name:
            return None
        if kind is None:
            context.left_out += 1
            return None
        return Group(kind.value, uid, name)

    def dates(self, context: Context, row: int, cells: list[str], at: dict[str, int]) -> dict[str, Any]:
        """State, opening and closing of the group."""

        def read(name: str) -> Any:
            return attempt(context, row, name, cells[at[name]], values.day) if name in at else None

        closed = read("Closed Date")
        state = values.text(cells[at["Group Status"]]).casefold() if "Group Status" in at else ""
        facts: dict[str, Any] = {
            "status": Status.CLOSED if closed or state.startswith("closed") else Status.OPEN
        }
        if opened := read("Incorporated on (open date)") or read("Open date"):
            facts["opened_on"] = opened
        if closed:
            facts["closed_on"] = closed
        return facts


class Groups(_GroupFile):
    """All groups (allgroupsdata.csv)."""

    kind = "groups"
    title = "the register's trusts and federations"

    def knows(self, names: set[str]) -> bool:
        return {"Group UID", "Group Name", "Group Type", "Group Status"} <= names and "URN" not in names

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)
        source = context.source(groups_source(context))

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            group = self.group(context, row, cells, at)
            if group is None:
                return
            facts: dict[str, Any] = {"name": group.name, **self.dates(context, row, cells, at)}
            if "UKPRN" in at:
                try:
                    facts["ukprn"] = values.digits(8, 8, cells[at["UKPRN"]])
                except BadValue as error:
                    context.odd(row, "UKPRN", cells[at["UKPRN"]], f"{error}; left out")
            for fact, column in (("postcode", "Group Contact Postcode"), ("town", "Group Contact Town")):
                if column in at:
                    cell = cells[at[column]]
                    facts[fact] = values.postcode(cell) if fact == "postcode" else values.text(cell)[:80]
            facts = {fact: value for fact, value in facts.items() if value != ""}
            yield GroupRecord(row, group, facts, dict.fromkeys(facts, source))

        return read_row


class GroupLinks(_GroupFile):
    """All groups with the establishments in them (alllinksdata.csv, grouplinks_edubase….csv)."""

    kind = "group-links"
    title = "the register's trusts and federations with their schools"

    def knows(self, names: set[str]) -> bool:
        return {"URN", "Group UID", "Group Name", "Group Type"} <= names

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)
        source = context.source(groups_source(context))

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            group = self.group(context, row, cells, at)
            urn = read_urn(context, row, "URN", cells[at["URN"]])
            if group is None or urn is None:
                return
            facts = self.dates(context, row, cells, at)
            joined = (
                attempt(context, row, "Joined date", cells[at["Joined date"]], values.day)
                if "Joined date" in at
                else None
            )
            yield GroupRecord(
                row, group, {"name": group.name, **facts}, dict.fromkeys([*facts, "name"], source)
            )
            until = facts.get("closed_on")
            if facts["status"] == Status.CLOSED and until is None:
                what = "the group is closed, nobody says since when; this membership was left out"
                context.odd(row, "Closed Date", "", what)
                return
            if joined and until and joined > until:
                context.odd(row, "Joined date", joined.isoformat(), "later than the group's end; left out")
                return
            order = precedence(cells[at["Group Type"]])
            yield MembershipRecord(row, urn, group, joined, until, source, order)

        return read_row


class TrustResults(Layout):
    """Trusts with results at key stage 4 (performance tables)."""

    kind = "trust-results"
    title = "trusts with results at key stage 4"
    ends_its_lines = True
    dated_within = True

    def knows(self, names: set[str]) -> bool:
        return {"trust_uid", "trust_name", "urns", "academy_eligibility", "time_period"} <= names

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            source = context.source(_year_source(context, values.text(cells[at["time_period"]])))
            uid = attempt(
                context, row, "trust_uid", cells[at["trust_uid"]], lambda cell: values.digits(1, 8, cell)
            )
            if not uid:
                context.wrong(
                    row, "trust_uid", cells[at["trust_uid"]], "give the trust's UID, or take the row out"
                )
                return
            group = Group("trust", uid, values.text(cells[at["trust_name"]])[:200])
            facts: dict[str, Any] = {"name": group.name}
            # The row of all mainstream academies is the fuller of a trust's two rows.
            if cells[at["academy_eligibility"]].startswith("All mainstream"):
                facts["ukprn"] = values.text(cells[at["trust_ukprn"]])[:8]
                for fact, column in (
                    ("measure:ks4_pupils", "pupil_count"),
                    ("measure:disadvantaged_percent", "disadvantaged_pupil_percent"),
                    ("measure:eal_percent", "eal_pupil_percent"),
                    ("measure:sen_percent", "sen_pupil_percent"),
                ):
                    facts[fact] = attempt(context, row, column, cells[at[column]], values.number)
            facts = {fact: value for fact, value in facts.items() if value is not None and value != ""}
            yield GroupRecord(row, group, facts, dict.fromkeys(facts, source))
            for cell in cells[at["urns"]].split(";"):
                if cell.strip() and (urn := read_urn(context, row, "urns", cell)):
                    yield MembershipRecord(row, urn, group, None, None, source)

        return read_row


def _year_source(context: Context, period: str) -> SourceInfo:
    """The performance tables of a school year written as 202425."""
    day = values.file_day(period) or context.date
    if day == TABLES_2025.date:
        return TABLES_2025
    return SourceInfo(
        f"tables-{day.year}", f"Performance tables {day.year - 1}/{day:%y}", day, max(day, context.date)
    )
