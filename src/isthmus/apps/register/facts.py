"""The facts that the register keeps about an organisation, and what they are called.

A fact has a source of its own. Two facts are made of several columns that belong together: `position`
(easting, northing, where it is from) and `ages` (lowest, highest).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A fact: the columns of `Organisation` that hold it, and its name for people."""

    label: str
    columns: tuple[str, ...]
    unit: str = ""


def _fact(label: str, *columns: str, unit: str = "") -> Fact:
    return Fact(label, columns, unit)


FACTS: dict[str, Fact] = {
    "name": _fact("Name", "name"),
    "status": _fact("State", "status"),
    "authority": _fact("Local authority", "authority"),
    "phase": _fact("Phase", "phase"),
    "type_name": _fact("Type", "type_name"),
    "type_group": _fact("Group of types", "type_group"),
    "gender": _fact("Girls or boys", "gender"),
    "ages": _fact("Ages", "low_age", "high_age"),
    "religious_character": _fact("Religious character", "religious_character"),
    "diocese": _fact("Diocese", "diocese"),
    "region": _fact("Region", "region"),
    "trust": _fact("Trust", "trust"),
    "federation": _fact("Federation", "federation"),
    "pupils": _fact("Pupils", "pupils"),
    "capacity": _fact("Places", "capacity"),
    "fsm_percent": _fact("Eligible for free school meals", "fsm_percent", unit="%"),
    "postcode": _fact("Postcode", "postcode"),
    "town": _fact("Town", "town"),
    "position": _fact("Grid reference", "easting", "northing", "coordinate_source"),
    "urban_rural": _fact("Urban or rural", "urban_rural"),
    "opened_on": _fact("Opened on", "opened_on"),
    "closed_on": _fact("Closed on", "closed_on"),
    "ukprn": _fact("UKPRN", "ukprn"),
    "la_code": _fact("Local authority number", "la_code"),
    "establishment_number": _fact("Establishment number", "establishment_number"),
    "headship": _fact("Headship", "headship_fingerprint"),
}

MEASURES: dict[str, Fact] = {
    "ks2_reading_progress": _fact("Reading progress, key stage 2"),
    "ks2_writing_progress": _fact("Writing progress, key stage 2"),
    "ks2_maths_progress": _fact("Mathematics progress, key stage 2"),
    "ks2_expected_percent": _fact(
        "Expected standard in reading, writing and mathematics, key stage 2", unit="%"
    ),
    "ks2_reading_score": _fact("Average scaled score in reading, key stage 2"),
    "ks2_maths_score": _fact("Average scaled score in mathematics, key stage 2"),
    "progress8": _fact("Progress 8, key stage 4"),
    "attainment8": _fact("Attainment 8, key stage 4"),
    "sen_percent": _fact("Pupils with special educational needs", unit="%"),
    "sen_support_percent": _fact("Pupils with SEN support", unit="%"),
    "ehc_percent": _fact("Pupils with an education, health and care plan", unit="%"),
    "eal_percent": _fact("Pupils whose first language is not English", unit="%"),
    "fsm6_percent": _fact("Eligible for free school meals in the last six years", unit="%"),
    "disadvantaged_percent": _fact("Disadvantaged pupils", unit="%"),
    "ks4_pupils": _fact("Pupils at the end of key stage 4"),
    "inspection_grade": _fact("Inspection, single overall grade (ended in September 2024)"),
    "inspection_date": _fact("Date of that inspection"),
}

CODES_IN_WORDS = {
    "z": "not applicable",
    "x": "not available",
    "c": "not shown, because few pupils are behind it",
    "supp": "not shown, because few pupils are behind it",
    "np": "not published",
    "ne": "no entries",
    "lowcov": "not shown, because few pupils are covered",
    "low": "less than half a percent",
}
"""What the letters mean that a publisher writes in place of a number."""
