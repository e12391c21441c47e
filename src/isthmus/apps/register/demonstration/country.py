"""The lie of the land of Saltmarch, in kilometres east and north of a point in the North Sea.

The nearest real coast is some 60 km to the west. A southern estuary and an isthmus four kilometres wide make
straight lines between some schools long ways by road, as on a real coast.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, sin
from random import Random

ORIGIN = (600_000, 440_000)
"""Easting and northing, in metres, of the point (0, 0)."""

Point = tuple[float, float]

# Anticlockwise from the south-west: the estuary is cut into the south coast, the isthmus lies at x = 35.
OUTLINE: tuple[Point, ...] = (
    *((2, 8), (7, 5), (11, 4.5), (13.2, 6), (14.5, 10), (16, 14), (18.5, 18), (21, 21.5), (21.9, 21.1)),
    *((20, 17.2), (17.8, 13), (17, 9), (17.5, 5), (22, 3.5), (27, 5), (31, 9), (32.5, 14), (32, 18)),
    *((34, 20.2), (37, 20.5), (39, 17), (41, 12), (45, 8.5), (50, 8), (55, 11), (58, 16.5), (58.5, 22)),
    *((57, 28), (53, 33), (48, 36.5), (43, 36), (39.5, 32), (38.5, 27.5), (37, 24.8), (34, 24.6), (32.5, 28)),
    *((33, 33), (30, 38), (25, 41.5), (18, 43), (11, 42), (5, 38), (2.5, 32), (0.5, 25), (1, 17), (0.2, 12)),
)


@dataclass(frozen=True)
class Place:
    """A town or village: where it is, how many people live there, how far it spreads (km), how poor it is (0-1)."""

    name: str
    at: Point
    people: int
    spread: float
    need: float

    @property
    def town(self) -> bool:
        return self.people >= 5000


TOWNS = (
    Place("Marchport", (10.2, 9.5), 96_400, 2.2, 0.75),
    Place("Brackwater", (20.5, 26.5), 41_200, 1.6, 0.45),
    Place("Thornhythe", (25.5, 9.0), 33_700, 1.5, 0.35),
    Place("Gullhaven", (52.6, 14.5), 30_900, 1.5, 0.9),
    Place("Aldermouth", (4.6, 20.5), 26_800, 1.3, 0.6),
    Place("Skerrow", (12.5, 36.5), 21_900, 1.2, 0.25),
    Place("Fenwold", (46.0, 30.0), 14_300, 1.1, 0.4),
    Place("Holmsea Cross", (27.0, 34.5), 11_800, 1.0, 0.2),
    Place("Neckford", (35.4, 22.5), 8_600, 0.7, 0.55),
)
VILLAGES = (
    *("Ashenby", "Barrowick", "Cawdle Green", "Coldfen", "Crannock", "Dunmarsh", "Easterholt", "Farrowsby"),
    *(
        "Fleetholme",
        "Garrickstow",
        "Hallowmere",
        "Hexmarsh",
        "Ingleholt",
        "Jarrowell",
        "Keldersby",
        "Kestlewick",
    ),
    *("Lambsfold", "Lowmarch", "Marlstead", "Netherfen", "Oxmarsh", "Pellbury", "Quillby", "Rushmarsh"),
    *(
        "Saltby Staithe",
        "Sedgeholt",
        "Tarnwick",
        "Thrushmere",
        "Ulverstow",
        "Vennacott",
        "Wadelby",
        "Wexholme",
    ),
    *("Wickenfold", "Yarrowmarsh", "Yelderby", "Zeal Marsh"),
)


def coast(random: Random) -> list[Point]:
    """The outline with four times as many points, each moved a little, as a closed ring."""
    ring = [*OUTLINE]
    for scale in (0.12, 0.10):
        finer: list[Point] = []
        for (x, y), (next_x, next_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            length = hypot(next_x - x, next_y - y)
            aside = random.uniform(-scale, scale)
            middle = ((x + next_x) / 2 - (next_y - y) * aside, (y + next_y) / 2 + (next_x - x) * aside)
            finer += [(x, y), middle] if length > 0.8 else [(x, y)]
        ring = finer
    return [*ring, ring[0]]


def inside(point: Point, ring: list[Point]) -> bool:
    """Whether `point` lies within the closed `ring` (even-odd rule)."""
    x, y = point
    within = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within


def near(place: Place, ring: list[Point], random: Random) -> Point:
    """A point on land in or near `place`."""
    while True:
        point = (random.gauss(place.at[0], place.spread * 0.6), random.gauss(place.at[1], place.spread * 0.6))
        if inside(point, ring):
            return point


def villages(ring: list[Point], random: Random) -> list[Place]:
    """Villages spread over the country, at least 2.6 km from each other and 3 km from towns."""
    found: list[Place] = []
    for name in VILLAGES:
        while True:
            point = (random.uniform(0, 60), random.uniform(3, 44))
            away = all(hypot(point[0] - p.at[0], point[1] - p.at[1]) > 2.6 for p in found)
            from_towns = all(hypot(point[0] - t.at[0], point[1] - t.at[1]) > 3 for t in TOWNS)
            # A village stands a little inland: all round it there is land.
            ashore = all(
                inside((point[0] + 0.7 * cos(turn * pi / 4), point[1] + 0.7 * sin(turn * pi / 4)), ring)
                for turn in range(8)
            )
            if away and from_towns and ashore:
                break
        found.append(Place(name, point, random.randrange(350, 3200, 10), 0.3, random.uniform(0.05, 0.5)))
    return found


def to_grid(point: Point) -> tuple[int, int]:
    """Easting and northing, in metres, of a point in kilometres."""
    return ORIGIN[0] + round(point[0] * 1000), ORIGIN[1] + round(point[1] * 1000)
