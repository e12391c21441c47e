"""One picture of an area's networks on one day, measured."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.networks.model import Group, Key, Layer, Member, School

FAR = 2.0
"""A school counts as far from others where it is more than this many times as far as is usual in its layer…"""
FAR_KM = 5.0
"""…and at least this many kilometres: in a town everybody is near."""
LARGELY = 0.5
"""Two networks of different layers overlap largely where they share this share of all schools in either (Jaccard)."""


@dataclass(frozen=True)
class SchoolMeasures:
    """A school: its networks, those it leads, others it shares a network with, and distances in km.

    `mean_km` maps each network to the mean distance to its other members whose place is known. `far` are the networks
    where that is unusual for the layer.
    """

    networks: tuple[Key, ...]
    leads: tuple[Key, ...]
    ties: int
    mean_km: Mapping[Key, float]
    far: tuple[Key, ...]


@dataclass(frozen=True)
class NetworkMeasures:
    """A network: its schools, leads, phases and faiths counted, spread in km (None below two known places).

    `apart` says that none of its schools is in any other network.
    """

    size: int
    leads: int
    secondaries: int
    phases: Mapping[str, int]
    faiths: Mapping[str, int]
    mean_km: float | None
    furthest_km: float | None
    unplaced: int
    apart: bool


@dataclass(frozen=True)
class LayerMeasures:
    """A layer: networks, the area's schools in none, one and several of its networks, and the median size."""

    networks: int
    none: tuple[Key, ...]
    one: int
    several: tuple[Key, ...]
    median_size: float | None


@dataclass(frozen=True)
class Overlap:
    """Two networks and how many schools they share; `share` is of all schools in either."""

    one: Key
    other: Key
    shared: int
    share: float


@dataclass(frozen=True)
class Survey:
    """Everything that is measured. `none`, `one` and `many` (two or more networks) hold the area's own schools.

    `leading` counts for each school how many networks it leads. `pieces` is the number of parts that no school joins:
    1 where every network can be reached from every other through schools in both.
    """

    schools: Mapping[Key, SchoolMeasures]
    networks: Mapping[Key, NetworkMeasures]
    layers: Mapping[Key, LayerMeasures]
    none: tuple[Key, ...]
    one: tuple[Key, ...]
    many: tuple[Key, ...]
    overlaps: tuple[Overlap, ...]
    leading: Mapping[Key, int]
    pieces: int


def survey(
    schools: Sequence[School], layers: Sequence[Layer], groups: Sequence[Group], members: Iterable[Member]
) -> Survey:
    """Measure a picture. A member whose school or network is not given is an error (KeyError); twice counts once."""
    known = {school.key: school for school in schools}
    inside: dict[Key, dict[Key, bool]] = {group.key: {} for group in groups}
    of: dict[Key, list[Key]] = {school.key: [] for school in schools}
    for member in members:
        if member.school not in inside[member.group]:
            of[member.school].append(member.group)
        inside[member.group][member.school] = inside[member.group].get(member.school, False) or member.leads
    spreads = {key: _spread([known[s] for s in rows]) for key, rows in inside.items()}
    far = _far(groups, spreads)
    measured = {
        key: SchoolMeasures(
            tuple(of[key]),
            tuple(group for group in of[key] if inside[group][key]),
            len({mate for group in of[key] for mate in inside[group]} - {key}),
            {group: spreads[group].means[key] for group in of[key] if key in spreads[group].means},
            tuple(group for group in of[key] if (group, key) in far),
        )
        for key in known
    }
    here = [school.key for school in schools if school.here]
    return Survey(
        schools=measured,
        networks={key: _network(rows, known, spreads[key], of) for key, rows in inside.items()},
        layers={layer.key: _layer(layer, groups, inside, here) for layer in layers},
        none=tuple(key for key in here if not of[key]),
        one=tuple(key for key in here if len(of[key]) == 1),
        many=tuple(key for key in here if len(of[key]) > 1),
        overlaps=_overlaps(groups, inside, of),
        leading=Counter(key for rows in inside.values() for key, leads in rows.items() if leads),
        pieces=_pieces(inside, of),
    )


@dataclass(frozen=True)
class _Spread:
    means: Mapping[Key, float]
    mean: float | None
    furthest: float | None
    unplaced: int


def _spread(rows: Sequence[School]) -> _Spread:
    """Mean distance of each placed school to the others, over all pairs, and the longest; in km."""
    placed = [school for school in rows if school.at is not None]
    if len(placed) < 2:
        return _Spread({}, None, None, len(rows) - len(placed))
    points: NDArray[np.float64] = np.array([school.at for school in placed], dtype=np.float64)
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 1000.0
    means = apart.sum(axis=1) / (len(placed) - 1)
    return _Spread(
        {school.key: float(mean) for school, mean in zip(placed, means, strict=True)},
        float(means.mean()),
        float(apart.max()),
        len(rows) - len(placed),
    )


def _far(groups: Sequence[Group], spreads: Mapping[Key, _Spread]) -> set[tuple[Key, Key]]:
    """Network and school where the school's mean distance is more than `FAR` times the layer's median."""
    by_layer: dict[Key, list[tuple[Key, Key, float]]] = defaultdict(list)
    for group in groups:
        by_layer[group.layer] += [(group.key, school, km) for school, km in spreads[group.key].means.items()]
    found = set()
    for rows in by_layer.values():
        usual = float(np.median([km for _group, _school, km in rows])) if rows else 0.0
        found |= {(group, school) for group, school, km in rows if km > max(FAR * usual, FAR_KM)}
    return found


def _network(
    rows: Mapping[Key, bool], known: Mapping[Key, School], spread: _Spread, of: Mapping[Key, list[Key]]
) -> NetworkMeasures:
    inside = [known[key] for key in rows]
    return NetworkMeasures(
        size=len(rows),
        leads=sum(rows.values()),
        secondaries=sum(school.secondary for school in inside),
        phases=Counter(school.phase for school in inside if school.phase),
        faiths=Counter(school.faith for school in inside if school.faith),
        mean_km=spread.mean,
        furthest_km=spread.furthest,
        unplaced=spread.unplaced,
        apart=bool(rows) and all(len(of[key]) == 1 for key in rows),
    )


def _layer(
    layer: Layer, groups: Sequence[Group], inside: Mapping[Key, Mapping[Key, bool]], here: Sequence[Key]
) -> LayerMeasures:
    mine = [group.key for group in groups if group.layer == layer.key]
    times = Counter(key for group in mine for key in inside[group])
    sizes = [len(inside[group]) for group in mine]
    return LayerMeasures(
        networks=len(mine),
        none=tuple(key for key in here if not times[key]),
        one=sum(times[key] == 1 for key in here),
        several=tuple(key for key in here if times[key] > 1),
        median_size=float(np.median(sizes)) if sizes else None,
    )


def _overlaps(
    groups: Sequence[Group], inside: Mapping[Key, Mapping[Key, bool]], of: Mapping[Key, list[Key]]
) -> tuple[Overlap, ...]:
    """Pairs of networks that share schools, the largest share first."""
    order = {group.key: position for position, group in enumerate(groups)}
    shared: Counter[tuple[Key, Key]] = Counter()
    for mine in of.values():
        shared.update(combinations(sorted(mine, key=order.__getitem__), 2))
    found = [
        Overlap(one, other, number, number / (len(inside[one]) + len(inside[other]) - number))
        for (one, other), number in shared.items()
    ]
    return tuple(sorted(found, key=lambda o: (-o.share, -o.shared, order[o.one], order[o.other])))


def _pieces(inside: Mapping[Key, Mapping[Key, bool]], of: Mapping[Key, list[Key]]) -> int:
    """How many connected parts the networks with members make, joined by schools in more than one."""
    left = {group for group, rows in inside.items() if rows}
    pieces = 0
    while left:
        pieces += 1
        frontier = [left.pop()]
        while frontier:
            reached = {other for school in inside[frontier.pop()] for other in of[school]} & left
            left -= reached
            frontier += reached
    return pieces
