"""Makers for tests of the register: schools that can be found, and register files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import search_text, sort_name
from tests import factories

SHARED = Path(__file__).resolve().parents[3] / "shared/data/register"
HAMPSHIRE = "edubasealldata-hampshire-surrey-20220420.csv"

# The columns of the register's file that carry facts, with the values of one school.
ROW = {
    "URN": "115850",
    "LA (code)": "850",
    "LA (name)": "Hampshire",
    "EstablishmentNumber": "2000",
    "EstablishmentName": "Alton Infant School",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "",
    "CloseDate": "",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "7",
    "Gender (name)": "Mixed",
    "ReligiousCharacter (name)": "Does not apply",
    "Diocese (name)": "Not applicable",
    "SchoolCapacity": "180",
    "CensusDate": "21-01-2021",
    "NumberOfPupils": "138",
    "PercentageFSM": "21.7",
    "Trusts (code)": "",
    "Trusts (name)": "",
    "Federations (name)": "",
    "UKPRN": "10080446",
    "Town": "Alton",
    "Postcode": "GU34 1DH",
    "HeadFirstName": "",
    "HeadLastName": "",
    "UrbanRural (name)": "(England/Wales) Urban city and town",
    "GSSLACode (name)": "E10000014",
    "Easting": "472080",
    "Northing": "139716",
}


def searchable(area: Area | None, **fields: Any) -> Organisation:
    """A school with the words by which it is found."""
    made = factories.school(area, **{"sort_name": sort_name(fields["name"]), **fields})
    made.search = search_text(made, area.name if area else "")
    made.save(update_fields=["search"])
    return made


def write(path: Path, rows: list[dict[str, Any]], *, encoding: str = "cp1252") -> Path:
    """Write rows as a CSV file; the first row gives the columns."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def establishments(folder: Path, *changes: dict[str, Any], day: str = "20220420") -> Path:
    """A register file with one row for each of `changes` to the usual row."""
    return write(folder / f"edubasealldata{day}.csv", [{**ROW, **change} for change in changes])
