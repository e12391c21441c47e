"""Schools of the register to the estimate of competition, and its pairs to rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from isthmus.apps.needs.models import Estimate
from isthmus.apps.register.models import Area, Organisation, Phase
from isthmus.methods import competition

LEAST = 0.1
"""Pairs with an index below this are not shown."""
MOST = 2500
USUAL_AGES = {
    Phase.NURSERY: (2, 4),
    Phase.PRIMARY: (4, 11),
    Phase.MIDDLE_PRIMARY: (8, 12),
    Phase.MIDDLE_SECONDARY: (9, 13),
    Phase.SECONDARY: (11, 16),
    Phase.ALL_THROUGH: (4, 16),
    Phase.SIXTEEN_PLUS: (16, 19),
}
# Whoever needs such a school or pays for one does not choose by distance and size.
APART = ("Special schools", "Independent schools")


class TooManySchools(ValueError):
    """An area has more schools than can be compared; the text says so."""


def school_of(school: Organisation) -> competition.School | None:
    """The school as the estimate wants it; None where its place or its ages are not known, or it is of another sort."""
    if school.easting is None or school.northing is None or school.type_group in APART:
        return None
    low, high = school.low_age, school.high_age
    if low is None or high is None or high <= low:
        usual = USUAL_AGES.get(Phase(school.phase)) if school.phase else None
        if usual is None:
            return None
        low, high = usual
    # The register's highest age is that at which pupils leave: the last year taught begins a year before.
    return competition.School(
        str(school.pk), school.easting, school.northing, low, max(high - 1, low), school.pupils or None
    )


def estimates(area: Area, schools: Iterable[Organisation], day: date) -> list[Estimate]:
    """The estimates of an area's schools, not yet saved. Raises `TooManySchools` for more than `MOST`."""
    given = [found for school in schools if (found := school_of(school))]
    if len(given) > MOST:
        raise TooManySchools(
            f"{area.name} has {len(given):,} schools; at most {MOST:,} are compared at once."
        )
    rows = []
    for pair in competition.pairs(given, least=LEAST):
        first, second, turned = int(pair.first), int(pair.second), int(pair.first) > int(pair.second)
        rows.append(
            Estimate(
                area=area,
                first_id=min(first, second),
                second_id=max(first, second),
                index=pair.index,
                km=pair.km,
                shared_ages=pair.shared_ages,
                of_first=pair.of_second if turned else pair.of_first,
                of_second=pair.of_first if turned else pair.of_second,
                size_assumed=pair.size_assumed,
                estimated_on=day,
            )
        )
    return rows
