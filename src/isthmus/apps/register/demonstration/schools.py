"""Invented schools: names, phases, faith, numbers. The same seed makes the same schools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from isthmus.apps.register.demonstration.country import TOWNS, Place, Point, coast, near, villages
from isthmus.apps.register.models import Kind, LinkKind, Phase, Status

CHURCH, CATHOLIC, NONE = "Church of England", "Roman Catholic", "Does not apply"
QUARTERS = (
    *("Ropewalk", "Saltpans", "Lantern Hill", "Sailmakers Row", "Mill Race", "Customs Quay", "Weavers Field"),
    *("Old Chandlery", "Beacon Rise", "Netmakers Lane", "Curlew Way", "Ferryman's Walk", "Orchard Bank"),
    *(
        "Kiln Lane",
        "Heron Park",
        "Harbour Fields",
        "Sandpiper",
        "Long Meadow",
        "Coopers Yard",
        "North Common",
    ),
    *(
        "Tollgate",
        "Glebe Lane",
        "Cutlers Rise",
        "Shingle Street",
        "Barley Close",
        "Tidemill",
        "Hawthorn Grove",
    ),
    *("Plover Road", "Bridge Street", "Hollow Lane", "Whitegate", "Castle Drift", "Eastfield", "Marram"),
)
SAINTS = (
    "St Aldwen",
    "St Oswin",
    "St Etheldreda",
    "St Botolph",
    "All Saints",
    "St Hilda",
    "St Wystan",
    "Holy Cross",
)
CATHOLIC_SAINTS = ("Our Lady Star of the Sea", "St Bede", "St Joseph", "English Martyrs", "St Teresa")
TRUSTS = (
    *(
        "Saltmarch Learning Trust",
        "Tidewater Academies Trust",
        "Estuary Schools Trust",
        "Gullhaven Harbour Trust",
    ),
    *("Northmarch Primary Trust", "Diocese of Marchport Academies Trust", "Star of the Sea Catholic Trust"),
    "Lantern Special Academies Trust",
)
FAITH_TRUST = {CHURCH: 5, CATHOLIC: 6}
# Schools in a town, by its number of people: primaries of all kinds, secondaries.
PEOPLE_PER_PRIMARY, PEOPLE_PER_SECONDARY = 3500, 14_000
ACADEMY, COMMUNITY = "Academy converter", "Community school"


@dataclass
class School:
    """One invented school. `trust` and `federation` are positions in their lists."""

    urn: str
    name: str
    place: Place
    at: Point | None
    phase: Phase
    low: int
    high: int
    pupils: int | None
    capacity: int
    fsm: float | None
    faith: str
    type_name: str
    type_group: str
    kind: Kind = Kind.SCHOOL
    gender: str = "Mixed"
    trust: int | None = None
    federation: int | None = None
    status: Status = Status.OPEN


@dataclass
class Country:
    """All that is invented: coast, places, schools, and joins as (before, after, kind)."""

    ring: list[Point]
    places: list[Place]
    schools: list[School] = field(default_factory=list)
    links: list[tuple[str, str, LinkKind]] = field(default_factory=list)


class Inventor:
    """Makes a country from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - invented schools, not secrets
        self.urns: Iterator[int] = count(900_001)
        ring = coast(self.random)
        self.country = Country(ring, [*TOWNS, *villages(ring, self.random)])

    def invent(self) -> Country:
        """The whole country."""
        for place in self.country.places:
            if place.town:
                self._town(place)
            else:
                self._village(place)
        self._special()
        self._others()
        self._trusts()
        self._federations()
        self._gaps()
        self._history()
        return self.country

    def _add(
        self, place: Place, name: str, phase: Phase, ages: tuple[int, int], size: int, **more: object
    ) -> School:
        random = self.random
        pupils = max(18, round(random.gauss(size, size * 0.18)))
        need = min(max(random.gauss(place.need, 0.15), 0.02), 1.0)
        values: dict[str, object] = {
            "faith": NONE,
            "type_name": COMMUNITY,
            "type_group": "Local authority maintained schools",
            "fsm": round(3 + 48 * need**1.4, 1),
            **more,
        }
        school = School(
            urn=str(next(self.urns)),
            name=name,
            place=place,
            at=near(place, self.country.ring, random),
            phase=phase,
            low=ages[0],
            high=ages[1],
            pupils=pupils,
            capacity=-(-round(pupils * random.uniform(0.98, 1.25)) // 15) * 15,
            **values,  # type: ignore[arg-type]  # the keywords are fields of School
        )
        self.country.schools.append(school)
        return school

    def _town(self, place: Place) -> None:
        """Infant and junior pairs, primaries with and without a faith, secondaries."""
        random = self.random
        quarters, saints = [*QUARTERS], [*SAINTS]
        random.shuffle(quarters)
        random.shuffle(saints)
        primaries = max(2, round(place.people / PEOPLE_PER_PRIMARY))
        for number in range(primaries):
            if number == 3:
                name = f"{random.choice(CATHOLIC_SAINTS)} Catholic Primary School, {place.name}"
                self._add(
                    place,
                    name,
                    Phase.PRIMARY,
                    (4, 11),
                    240,
                    faith=CATHOLIC,
                    type_name="Voluntary aided school",
                )
            elif number % 4 == 1:
                name = f"{place.name} {saints.pop()} Church of England Primary School"
                self._add(
                    place,
                    name,
                    Phase.PRIMARY,
                    (4, 11),
                    260,
                    faith=CHURCH,
                    type_name="Voluntary controlled school",
                )
            elif number % 3 == 0:
                quarter = quarters.pop()
                self._add(place, f"{place.name} {quarter} Infant School", Phase.PRIMARY, (4, 7), 190)
                self._add(place, f"{place.name} {quarter} Junior School", Phase.PRIMARY, (7, 11), 250)
            else:
                self._add(place, f"{place.name} {quarters.pop()} Primary School", Phase.PRIMARY, (4, 11), 330)
        for number in range(max(1, round(place.people / PEOPLE_PER_SECONDARY))):
            name = f"The {place.name} School" if number == 0 else f"{place.name} {quarters.pop()} High School"
            self._add(place, name, Phase.SECONDARY, (11, 18 if number == 0 else 16), 1050)

    def _village(self, place: Place) -> None:
        """One small school; half are of the Church of England."""
        size = 45 + place.people // 25
        if self.random.random() < 0.5:
            name = f"{place.name} {self.random.choice(SAINTS)} Church of England Primary School"
            kind = self.random.choice(("Voluntary controlled school", "Voluntary aided school"))
            self._add(place, name, Phase.PRIMARY, (4, 11), size, faith=CHURCH, type_name=kind)
        else:
            self._add(place, f"{place.name} Primary School", Phase.PRIMARY, (4, 11), size)

    def _special(self) -> None:
        """Special schools, nursery schools and a pupil referral unit."""
        special = {"type_name": "Community special school", "type_group": "Special schools"}
        for number, name in enumerate(
            ("Driftwood", "Lantern Hill", "The Moorings", "Fairway", "Anchor Court", "Pilot House")
        ):
            place = TOWNS[number]
            ages = (4, 19) if number % 2 == 0 else (11, 16)
            self._add(place, f"{place.name} {name} School", Phase.NOT_APPLICABLE, ages, 110, **special)
        for place in TOWNS[:4]:
            kind = "Local authority nursery school"
            self._add(
                place, f"{place.name} Nursery School", Phase.NURSERY, (2, 5), 85, type_name=kind, fsm=None
            )
        unit = "Pupil referral unit"
        self._add(TOWNS[0], "The Boathouse Saltmarch", Phase.NOT_APPLICABLE, (11, 16), 60, type_name=unit)

    def _others(self) -> None:
        """A second Catholic phase, an all-through school, a college, and independent schools."""
        free = {"type_name": "Free schools", "type_group": "Free Schools"}
        self._add(TOWNS[3], "Gullhaven Free School", Phase.ALL_THROUGH, (4, 16), 900, **free)
        aided = {"faith": CATHOLIC, "type_name": "Voluntary aided school"}
        self._add(
            TOWNS[0],
            "Our Lady Star of the Sea Catholic High School, Marchport",
            Phase.SECONDARY,
            (11, 16),
            860,
            **aided,
        )
        college = {
            "type_name": "Further education",
            "type_group": "Colleges",
            "kind": Kind.COLLEGE,
            "fsm": None,
        }
        self._add(TOWNS[0], "Saltmarch Sixth Form College", Phase.SIXTEEN_PLUS, (16, 19), 1700, **college)
        own = {
            "type_name": "Other independent school",
            "type_group": "Independent schools",
            "kind": Kind.INDEPENDENT_SCHOOL,
            "fsm": None,
        }
        self._add(TOWNS[5], "Skerrow Hall School", Phase.NOT_APPLICABLE, (4, 18), 420, **own)
        self._add(
            TOWNS[2], "Thornhythe Abbey School", Phase.NOT_APPLICABLE, (11, 18), 310, gender="Girls", **own
        )

    def _trusts(self) -> None:
        """Two thirds of secondaries, a third of the others are academies; faith schools join a trust of their faith."""
        eligible = [s for s in self.country.schools if s.kind == Kind.SCHOOL and s.phase != Phase.NURSERY]
        for school in eligible:
            share = 0.66 if school.phase in (Phase.SECONDARY, Phase.ALL_THROUGH) else 0.33
            if school.type_name == "Pupil referral unit" or self.random.random() > share:
                continue
            if school.type_group == "Special schools":
                school.trust, school.type_name = 7, "Academy special converter"
                continue
            by_coast = 3 if school.place.at[0] > 38 else self.random.choice((0, 1, 2, 4))
            school.trust = FAITH_TRUST.get(
                school.faith, 0 if school.phase == Phase.SECONDARY and by_coast == 4 else by_coast
            )
            school.type_name, school.type_group = ACADEMY, "Academies"

    def _federations(self) -> None:
        """Some infant and junior schools of one quarter share a governing body."""
        pairs = [
            (one, two)
            for one, two in zip(self.country.schools, self.country.schools[1:], strict=False)
            if one.name.endswith("Infant School") and two.name == one.name.replace("Infant", "Junior")
        ]
        for number, (infant, junior) in enumerate(pairs[::3][:5]):
            if infant.trust is None and junior.trust is None:
                infant.federation = junior.federation = number

    def _gaps(self) -> None:
        """As in real registers, something is not known of a few schools."""
        schools = self.country.schools
        for school in self.random.sample(schools, 5):
            school.at = None
        for school in self.random.sample(schools, 6):
            school.fsm = None
        for school in self.random.sample(schools, 4):
            school.pupils = None
        self.random.choice([s for s in schools if not s.place.town]).status = Status.PROPOSED_TO_CLOSE

    def _history(self) -> None:
        """Closed schools: converted to academies under a new URN, or an infant and a junior school amalgamated."""
        academies = [s for s in self.country.schools if s.type_name == ACADEMY]
        for school in self.random.sample(academies, 8):
            self._closed(
                school, school.name.replace("Academy", "School"), school.low, school.high, LinkKind.SUCCESSION
            )
        primaries = [s for s in self.country.schools if s.name.endswith(" Primary School") and s.place.town]
        for school in self.random.sample([s for s in primaries if s.faith == NONE], 2):
            stem = school.name.removesuffix(" Primary School")
            self._closed(school, f"{stem} Infant School", 4, 7, LinkKind.AMALGAMATION)
            self._closed(school, f"{stem} Junior School", 7, 11, LinkKind.AMALGAMATION)

    def _closed(self, heir: School, name: str, low: int, high: int, kind: LinkKind) -> None:
        gone = School(
            urn=str(next(self.urns)),
            name=name,
            place=heir.place,
            at=heir.at,
            phase=heir.phase,
            low=low,
            high=high,
            pupils=None,
            capacity=heir.capacity,
            fsm=None,
            faith=heir.faith,
            type_name=COMMUNITY,
            type_group="Local authority maintained schools",
            status=Status.CLOSED,
        )
        self.country.schools.append(gone)
        self.country.links.append((gone.urn, heir.urn, kind))
