"""The register's own file (edubasealldataYYYYMMDD.csv): one row an establishment, 111 columns or more."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from isthmus.apps.register.adapters import values
from isthmus.apps.register.adapters.layouts.base import Context, Layout, attempt, columns, read_urn
from isthmus.apps.register.adapters.records import (
    OS_ATTRIBUTION,
    Authority,
    Group,
    Record,
    SchoolRecord,
    SourceInfo,
)
from isthmus.apps.register.adapters.values import BadValue
from isthmus.apps.register.models import Phase, Status

Reader = Callable[[str], Any]
STATUS = {
    "open": Status.OPEN,
    "closed": Status.CLOSED,
    "open, but proposed to close": Status.PROPOSED_TO_CLOSE,
    "proposed to open": Status.PROPOSED_TO_OPEN,
    **{str(status.value): status for status in Status},
}
PHASE = {
    "not applicable": Phase.NOT_APPLICABLE,
    "nursery": Phase.NURSERY,
    "primary": Phase.PRIMARY,
    "middle deemed primary": Phase.MIDDLE_PRIMARY,
    "secondary": Phase.SECONDARY,
    "middle deemed secondary": Phase.MIDDLE_SECONDARY,
    "16 plus": Phase.SIXTEEN_PLUS,
    "all-through": Phase.ALL_THROUGH,
    "all through": Phase.ALL_THROUGH,
}
# The codes of PhaseOfEducation (code), in the order of the register's own list.
PHASE |= dict(zip("01234567", list(PHASE.values())[:8], strict=True))
NO_AREA = ("", "X999999", "Does not apply", "Not applicable")


def status(cell: str) -> Status:
    """One of the register's four states, by name or code."""
    try:
        return STATUS[cell.strip().casefold()]
    except KeyError:
        raise BadValue(
            "write Open, Closed, 'Open, but proposed to close' or 'Proposed to open' (or 1 to 4)"
        ) from None


def phase(cell: str) -> str:
    """One of the register's phases, by name or code; empty stays empty."""
    key = cell.strip().casefold()
    if not key:
        return ""
    try:
        return PHASE[key]
    except KeyError:
        raise BadValue("write a phase as the register does: Nursery, Primary, Secondary, …") from None


def limited(most: int) -> Reader:
    """Text of at most `most` characters."""

    def read(cell: str) -> str:
        value = values.text(cell)
        if len(value) > most:
            raise BadValue(f"this is longer than {most} characters; columns may have shifted")
        return value

    return read


def area_type(cell: str) -> str:
    """'Urban city and town' without the prefix that every row of the register has."""
    return values.text(cell).removeprefix("(England/Wales) ")


# fact, columns in order of preference, reader
PLAIN: tuple[tuple[str, tuple[str, ...], Reader], ...] = (
    ("name", ("EstablishmentName",), limited(200)),
    ("la_code", ("LA (code)",), lambda cell: values.digits(1, 3, cell)),
    ("establishment_number", ("EstablishmentNumber",), lambda cell: values.digits(1, 4, cell)),
    ("status", ("EstablishmentStatus (name)", "EstablishmentStatus (code)"), status),
    ("type_name", ("TypeOfEstablishment (name)",), limited(80)),
    ("type_group", ("EstablishmentTypeGroup (name)",), limited(80)),
    ("opened_on", ("OpenDate",), values.day),
    ("phase", ("PhaseOfEducation (name)", "PhaseOfEducation (code)"), phase),
    ("gender", ("Gender (name)",), limited(20)),
    ("religious_character", ("ReligiousCharacter (name)",), limited(80)),
    ("diocese", ("Diocese (name)",), limited(80)),
    ("region", ("GOR (name)",), limited(40)),
    ("capacity", ("SchoolCapacity",), values.whole),
    ("ukprn", ("UKPRN",), lambda cell: values.digits(8, 8, cell)),
    ("town", ("Town",), limited(80)),
    ("postcode", ("Postcode",), values.postcode),
    ("urban_rural", ("UrbanRural (name)",), area_type),
)
CENSUS: tuple[tuple[str, str, Reader], ...] = (
    ("pupils", "NumberOfPupils", values.whole),
    ("fsm_percent", "PercentageFSM", values.percentage),
)
NEEDED = {"URN", "EstablishmentName", "LA (code)", "EstablishmentNumber"}


def file_source(day: date) -> SourceInfo:
    """The register's file of `day`."""
    return SourceInfo(
        f"gias-{day:%Y%m%d}",
        "Get Information about Schools",
        day,
        day,
        attribution=OS_ATTRIBUTION,
    )


def census_source(day: date, census: date) -> SourceInfo:
    """A school census whose figures stand in the register's file of `day`."""
    return SourceInfo(
        f"gias-{day:%Y%m%d}-census-{census:%Y%m%d}",
        f"School census, in Get Information about Schools of {day:%-d %B %Y}",
        census,
        day,
    )


class Establishments(Layout):
    """All establishment data of Get Information about Schools."""

    kind = "establishments"
    title = "the register's own file of establishments"
    one_row_per_urn = True
    ends_its_lines = True

    def knows(self, names: set[str]) -> bool:
        return names >= NEEDED and bool(names & {"EstablishmentStatus (name)", "EstablishmentStatus (code)"})

    def reader(self, header: Sequence[str], context: Context) -> Callable[[int, list[str]], Iterator[Record]]:
        at = columns(header)
        plain = [
            (fact, name, at[name], read)
            for fact, names, read in PLAIN
            if (name := next((name for name in names if name in at), None))
        ]
        source = context.source(file_source(context.date))
        by_census: dict[date, str] = {}

        def read_row(row: int, cells: list[str]) -> Iterator[Record]:
            urn = read_urn(context, row, "URN", cells[at["URN"]])
            if urn is None:
                return
            facts: dict[str, Any] = {}
            for fact, name, position, read in plain:
                try:
                    value = read(cells[position])
                except BadValue as error:
                    context.wrong(row, name, cells[position], str(error))
                    continue
                if value is not None and value != "":
                    facts[fact] = value
            if "name" not in facts and not cells[at["EstablishmentName"]].strip():
                context.wrong(row, "EstablishmentName", "", "give the name of the establishment")
            if "status" not in facts:
                return
            sources = dict.fromkeys(facts, source)
            more = _whole_row(context, row, cells, at, urn, facts["status"])
            facts.update(more)
            sources.update(dict.fromkeys(more, source))
            counted = _census(context, row, cells, at)
            if counted:
                census = counted.pop("date")
                if census not in by_census:
                    by_census[census] = context.source(census_source(context.date, census))
                facts.update(counted)
                sources.update(dict.fromkeys(counted, by_census[census]))
            yield SchoolRecord(row, urn, facts, sources)

        return read_row


def _census(context: Context, row: int, cells: list[str], at: dict[str, int]) -> dict[str, Any]:
    """Pupils and free school meals, with the date of their census (the file's, where none is given)."""
    found = {}
    for fact, name, read in CENSUS:
        if name in at and (value := attempt(context, row, name, cells[at[name]], read)) is not None:
            found[fact] = value
    if found:
        census = (
            attempt(context, row, "CensusDate", cells[at["CensusDate"]], values.day)
            if "CensusDate" in at
            else None
        )
        found["date"] = min(census or context.date, context.date)
    return found


def _whole_row(
    context: Context, row: int, cells: list[str], at: dict[str, int], urn: str, state: Status
) -> dict[str, Any]:
    """Facts made of several columns. None says that the row tells there is none."""

    def cell(name: str) -> str:
        return values.text(cells[at[name]]) if name in at else ""

    facts: dict[str, Any] = {}
    code = cell("GSSLACode (name)") or cell("GSSLACode (code)")
    name = cell("LA (name)")
    if code not in NO_AREA or (name and name not in NO_AREA):
        facts["authority"] = Authority("" if code in NO_AREA else code, cell("LA (code)"), name)
    low = attempt(context, row, "StatutoryLowAge", cell("StatutoryLowAge"), values.whole)
    high = attempt(context, row, "StatutoryHighAge", cell("StatutoryHighAge"), values.whole)
    if low is not None and high is not None:
        if low > high:
            context.odd(
                row, "StatutoryLowAge", str(low), "the lowest age is above the highest; ages left out"
            )
        else:
            facts["ages"] = (low, high)
    easting = attempt(context, row, "Easting", cell("Easting"), values.whole)
    northing = attempt(context, row, "Northing", cell("Northing"), values.whole)
    if easting and northing:
        if easting > 700_000 or northing > 1_300_000:
            context.wrong(
                row, "Easting", str(easting), "the point lies outside Great Britain; columns may have shifted"
            )
        facts["position"] = (easting, northing, "Get Information about Schools")
    if "CloseDate" in at:
        closed = attempt(context, row, "CloseDate", cell("CloseDate"), values.day)
        facts["closed_on"] = closed if closed or state != Status.CLOSED else None
        if closed is None and state == Status.CLOSED:
            del facts["closed_on"]
    for fact, column in (("trust", "Trusts"), ("federation", "Federations")):
        if f"{column} (name)" in at:
            group = Group(fact, cell(f"{column} (code)"), cell(f"{column} (name)")[:200])
            facts[fact] = group if group.name or group.uid else None
    if head := _headship(context.secret, urn, cell("HeadFirstName"), cell("HeadLastName")):
        facts["headship"] = head
    return facts


def _headship(secret: bytes, urn: str, first: str, last: str) -> str | None:
    """A mark that changes when the head changes, and from which nobody can tell the name.

    HMAC-SHA-256 with the installation's secret, cut to 16 bits: even with the secret thousands of names fit.
    It begins with a mark of the secret: a new secret must not look like a change of every headship.
    """
    name = f"{first} {last}".casefold().strip()
    if not secret or not name:
        return None
    key = hashlib.sha256(b"isthmus headship\0" + secret).digest()
    mark = hmac.new(key, f"{urn}\0{name}".encode(), hashlib.sha256).hexdigest()[:4]
    return f"{hashlib.sha256(key).hexdigest()[:4]}:{mark}"
