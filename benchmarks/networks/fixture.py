"""An invented area of 600 schools with 120 networks in 5 layers over 10 years, as rows of a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date
from random import Random

SCHOOLS, NETWORKS, LAYERS, YEARS = 600, 120, 5, 10
FIRST_URN = 960_001
PHASES = ("primary",) * 8 + ("secondary", "all_through")
FAITHS = ("Does not apply", "Does not apply", "Church of England", "Roman Catholic", "")


def build() -> object:
    """Make the area and its schools in the database; gives the area."""
    from isthmus.apps.register.adapters.coordinates import to_latitude_longitude
    from isthmus.apps.register.models import Area, Kind, Organisation
    from isthmus.apps.register.queries import search_text, sort_name

    random = Random(1)
    area = Area.objects.create(code="B00000001", name="Benchmark", fictional=True)
    grid = [(random.randrange(400_000, 460_000), random.randrange(100_000, 160_000)) for _ in range(SCHOOLS)]
    latitudes, longitudes = to_latitude_longitude([e for e, _n in grid], [n for _e, n in grid])
    rows = []
    for number, (east, north) in enumerate(grid):
        row = Organisation(
            kind=Kind.SCHOOL,
            urn=str(FIRST_URN + number),
            name=f"School {number} of Benchmark",
            sort_name=sort_name(f"School {number} of Benchmark"),
            phase=random.choice(PHASES),
            religious_character=random.choice(FAITHS),
            town=f"Town {number % 30}",
            easting=east,
            northing=north,
            latitude=float(latitudes[number]),
            longitude=float(longitudes[number]),
            pupils=random.randrange(50, 1500),
            authority=area,
            fictional=True,
        )
        row.search = search_text(row, area.name)
        rows.append(row)
    Organisation.objects.bulk_create(rows)
    return area


def spreadsheet(memberships: int, *, this_year: int) -> bytes:
    """About as many memberships as are asked for, spread over layers, networks and years; the same each time."""
    random = Random(2)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Layer", "Network", "URN", "Role", "From", "To"))
    seen: set[tuple[int, int]] = set()
    while len(seen) < memberships:
        network, school = random.randrange(NETWORKS), random.randrange(SCHOOLS)
        if (network, school) in seen:
            continue
        seen.add((network, school))
        starts = this_year - random.randrange(YEARS)
        ends = starts + random.randrange(1, 5) if random.random() < 0.3 else None
        until = date(ends, 8, 31).isoformat() if ends and ends <= this_year else ""
        role = "lead" if random.random() < 0.05 else ""
        cells = (f"Layer {network % LAYERS}", f"Network {network}", FIRST_URN + school, role)
        writer.writerow((*cells, date(starts, 9, 1).isoformat(), until))
    return text.getvalue().encode()
