"""Which schools may compete for pupils, estimated from phase, distance and size alone. An estimate, not a fact.

Huff's model of shopping trips (D. L. Huff, 'A probabilistic analysis of shopping center trade areas', Land Economics
39(1), 1963) gives the share of people at a place who go to each destination: its attraction over the sum of the
attractions of all. Here the place is the door of a school and the destinations are that school and all others:

    attraction of j at the door of i   A(i, j) = pupils(j) · shared ages(i, j) · exp(-km(i, j) / reach(i))
    of_first = A(i, j) / Σ_k A(i, k)   the share of pupils at i's door that j may draw (k runs over i itself too)
    index    = (of_first + of_second) / 2

Shared ages are the years of age that both teach over the years of the one that teaches fewer. `reach` is the distance
at which the pull has fallen to 1/e: 1.5 km where the oldest are 11 or younger, 4 km otherwise. Nothing is known here of
admissions, faith, roads, buses or what families think: somebody who knows the place has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

YOUNG, REACH_YOUNG_KM, REACH_OLDER_KM = 11, 1.5, 4.0
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class School:
    """A school: place in metres on a plane, first and last year of age that it teaches, pupils (None: not known).

    Raises ValueError where the ages are out of order or pupils are below 0.
    """

    id: str
    easting: float
    northing: float
    youngest: int
    oldest: int
    pupils: int | None = None

    def __post_init__(self) -> None:
        if self.oldest < self.youngest:
            raise ValueError(f"{self.id}: the oldest pupils must not be younger than the youngest")
        if self.pupils is not None and self.pupils < 0:
            raise ValueError(f"{self.id}: pupils cannot be fewer than 0")


@dataclass(frozen=True)
class Pair:
    """Two schools that may compete, with the parts of the estimate; all but `km` are shares from 0 to 1."""

    first: str
    second: str
    index: float
    km: float
    shared_ages: float
    of_first: float
    of_second: float
    size_assumed: bool


def pairs(schools: Sequence[School], *, least: float = 0.1) -> list[Pair]:
    """The pairs with an index of at least `least`, highest first.

    Where the number of pupils is not known, the median of the others is taken (1 where none is known) and the pair
    says `size_assumed`. Memory and time grow with the square of the number of schools: 600 take some 90 ms. Raises
    ValueError where two schools have one id or `least` is not above 0.
    """
    if not 0 < least <= 1:
        raise ValueError("least must be above 0 and at most 1")
    if len({school.id for school in schools}) != len(schools):
        raise ValueError("two schools have the same id")
    if len(schools) < 2:
        return []
    km, ages = _distances(schools), _shared_ages(schools)
    share = _shares(schools, km, ages)
    index = (share + share.T) / 2
    rows, columns = np.nonzero(np.triu(index >= least, k=1))
    found = [
        Pair(
            first=schools[i].id,
            second=schools[j].id,
            index=float(index[i, j]),
            km=float(km[i, j]),
            shared_ages=float(ages[i, j]),
            of_first=float(share[i, j]),
            of_second=float(share[j, i]),
            size_assumed=schools[i].pupils is None or schools[j].pupils is None,
        )
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return sorted(found, key=lambda pair: (-pair.index, pair.first, pair.second))


def _distances(schools: Sequence[School]) -> Matrix:
    east = np.array([school.easting for school in schools], dtype=float)
    north = np.array([school.northing for school in schools], dtype=float)
    return np.asarray(np.hypot(east[:, None] - east, north[:, None] - north) / 1000)


def _shared_ages(schools: Sequence[School]) -> Matrix:
    low = np.array([school.youngest for school in schools])
    high = np.array([school.oldest for school in schools])
    years = high - low + 1
    both = np.minimum(high[:, None], high) - np.maximum(low[:, None], low) + 1
    return np.asarray(np.clip(both, 0, None) / np.minimum(years[:, None], years))


def _shares(schools: Sequence[School], km: Matrix, ages: Matrix) -> Matrix:
    """The share of pupils at the door of each row's school that each column's school may draw; rows sum to 1."""
    known = [school.pupils for school in schools if school.pupils]
    usual = float(np.median(known)) if known else 1.0
    pupils = np.array([usual if s.pupils is None else float(s.pupils) for s in schools])
    reach = np.array([REACH_YOUNG_KM if s.oldest <= YOUNG else REACH_OLDER_KM for s in schools])
    attraction = pupils * ages * np.exp(-km / reach[:, None])
    whole = attraction.sum(axis=1, keepdims=True)
    shares: Matrix = np.divide(attraction, whole, out=np.zeros_like(attraction), where=whole > 0)
    return shares
