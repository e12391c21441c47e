"""Somebody who wants to know what a small group answered. It shares no code with what made the reports.

It knows everything but the answers: who belongs where and who answered what question. It reads all reports on a wave at
once, adds and subtracts groups (linear algebra, and integer programming for the smallest group that follows),
bounds every small cell by linear programs, enumerates whole people where that is narrower, and lets two people pool
what they answered themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EPS = 1e-6
SECONDS, ENUMERATED = 2.0, 4


@dataclass(frozen=True)
class Finding:
    """What was recovered: ``kind`` of attack, the ``item``, ``people`` of the small group and ``who`` they are. ``low``
    and ``high`` bound the count of an answer (or the sum of scores) where there is one."""

    kind: str
    item: str
    people: int
    who: str
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Statement:
    """A published cell on the attacker's atoms: which, how many people, and rows low ≤ weight · counts ≤ high."""

    inside: Array
    people: int
    weight: Array
    low: Array
    high: Array
    words: str
    report: int = 0


@dataclass(frozen=True)
class Known:
    """All the attacker has on an item: atoms with names and sizes, statements, cells of interest (k, m), which report
    declared them ``since``, and counts (m, C) that colluders gave themselves."""

    item: str
    scores: tuple[int, ...]
    names: tuple[str, ...]
    sizes: Array
    said: tuple[Statement, ...]
    cells: Array
    since: tuple[int, ...]
    own: Array


def attack(
    reports: Sequence[str],
    roster: Mapping[str, Sequence[str]],
    answers: Array,
    *,
    unit: str = "school",
    pairs: int = 6,
    seed: int = 0,
) -> list[Finding]:
    """Everything that was recovered from frozen reports on one wave.

    ``roster`` gives each respondent's unit and attributes. ``answers`` (n, items) serve to see who answered what and
    what colluders, ``pairs`` of whom are drawn for each item, answered themselves; of others no answer is read.
    """
    read = [json.loads(text) for text in reports]
    columns = [unit, *sorted(set(roster) - {unit})]
    keys = list(zip(*(roster[name] for name in columns), strict=True))
    atoms = sorted(set(keys))
    of = np.array([atoms.index(key) for key in keys])
    rng, found = np.random.default_rng(seed), []
    for column, item in enumerate(read[0]["items"]):
        threshold = read[0]["rules"]["threshold"]
        answered = answers[:, column] >= 0
        sizes = np.bincount(of[answered], minlength=len(atoms))
        said, cells, since = _said(read, item, atoms, columns)
        known = Known(
            item["name"], tuple(item["scores"] or range(item["categories"])),
            tuple("/".join(map(str, atom)) for atom in atoms),
            sizes, said, cells, since, np.zeros((len(atoms), item["categories"]), int),
        )  # fmt: skip
        found += list(_plain(known, threshold))
        points: list[Array] = []
        found += list(_alone(known, threshold, points))
        drawn = _pairs(known, of, answered, pairs, rng) if read[0]["rules"]["colluders"] else []
        for two in drawn:
            own = np.zeros_like(known.own)
            for person in two:
                own[of[person], answers[person, column]] += 1
            # What fits with their own answers in it still fits when they are taken out.
            still = [point - own for point in points if (point >= own - EPS).all()]
            found += list(_alone(_without(known, own), threshold, still))
    return found


def _said(
    read: list[dict[str, Any]], item: dict[str, Any], atoms: list[Any], columns: list[str]
) -> tuple[tuple[Statement, ...], Array, tuple[int, ...]]:
    said: list[Statement] = []
    cells = {mask.tobytes(): (mask, 0) for mask in np.eye(len(atoms), dtype=bool)}
    for number, report in enumerate(read):
        for line in report["lines"]:
            mask = _mask(line["group"], atoms, columns)
            cells.setdefault(mask.tobytes(), (mask, number))
        said += [
            replace(_statement(cell, item, _mask(cell["group"], atoms, columns)), report=number)
            for cell in report["cells"]
            if cell["item"] == item["name"] and cell["base"] is not None
        ]
    masks, since = zip(*cells.values(), strict=True)
    return tuple(said), np.array(masks), since


def _mask(group: dict[str, Any], atoms: list[Any], columns: list[str]) -> Array:
    members = set(group["members"])
    at = columns.index(group["attribute"]) if group["attribute"] else None
    return np.array([a[0] in members and (at is None or a[at] == group["value"]) for a in atoms])


def _statement(cell: dict[str, Any], item: dict[str, Any], mask: Array) -> Statement:
    rows: list[tuple[Array, float, float]] = []
    each, n = np.eye(item["categories"]), cell["base"]
    rows += [(each[c], band["low"], band["high"]) for c, band in enumerate(cell["shares"])]
    if cell["favourable"]:
        rows.append(
            (each[item["favourable"]].sum(axis=0), cell["favourable"]["low"], cell["favourable"]["high"])
        )
    if cell["mean"]:
        scores, total = np.array(item["scores"], float), cell["mean"]["total"]
        rows.append((scores, total["low"], total["high"]))
        if cell["sd"] is not None:
            squares = sorted(total[end] ** 2 / n for end in ("low", "high"))
            rows.append(
                (
                    scores**2,
                    (n - 1) * max(cell["sd"] - 0.05, 0) ** 2 + squares[0],
                    (n - 1) * (cell["sd"] + 0.05) ** 2 + squares[1],
                )
            )
    weight = np.array([row[0] for row in rows]).reshape(-1, item["categories"])
    low, high = (np.array([row[at] for row in rows], float) for at in (1, 2))
    return Statement(mask, n, weight, low, high, f"{cell['group']['unit']} {cell['group']['value']}".strip())


def _plain(known: Known, threshold: int) -> Iterator[Finding]:
    """What is printed too finely or on too few people."""
    ends = min(known.scores), max(known.scores)
    for one in known.said:
        if one.people < threshold:
            yield Finding("small base", known.item, one.people, one.words)
        for weight, low, high in zip(one.weight, one.low, one.high, strict=True):
            single = set(np.unique(weight)) <= {0.0, 1.0}
            edge = (0, one.people) if single else (ends[0] * one.people, ends[1] * one.people)
            if (
                high - low < 2 - EPS
                and (low < edge[0] + 3 or high > edge[1] - 3)
                and weight.max() <= ends[1] + 1
            ):
                yield Finding("extreme", known.item, one.people, one.words, low, high)


def _alone(known: Known, threshold: int, points: list[Array]) -> Iterator[Finding]:
    """Linear algebra, then bounds; ``points`` are counts (m, C) that fit already, and gather more."""
    yield from _linear(known, threshold)
    yield from _bounded(known, threshold, points)


def _linear(known: Known, threshold: int) -> Iterator[Finding]:
    """The smallest group under the threshold whose result follows from sums and differences of published groups."""
    live = known.sizes > 0
    if not known.said or not live.any():
        return
    table = np.unique(np.array([one.inside[live] for one in known.said], float), axis=0)
    sizes, names = (
        known.sizes[live],
        [name for name, is_live in zip(known.names, live, strict=True) if is_live],
    )
    union = _smallest(table, sizes, threshold, programmed=not known.own.any())
    if union is not None:
        who = ", ".join(name for name, hit in zip(names, union, strict=True) if hit)
        yield Finding("linear", known.item, int(sizes[union].sum()), who)


def _smallest(table: Array, sizes: Array, threshold: int, *, programmed: bool) -> Array | None:
    """A 0/1 vector in the row space with 1 … threshold − 1 people that is no published group, colluders aside."""
    from scipy.linalg import null_space
    from scipy.optimize import Bounds, LinearConstraint, milp

    # By rank alone a vector is in the row space where it is orthogonal to the null space.
    kernel = null_space(table)
    small = np.flatnonzero(sizes < threshold)
    if len(small) == 0:
        return None
    published = {tuple(row) for row in table.astype(bool)}
    for number in (1, 2):
        for some in combinations(small, number):
            mask = np.zeros(len(sizes), bool)
            mask[list(some)] = True
            if (
                sizes[mask].sum() < threshold
                and tuple(mask) not in published
                and np.abs(kernel[mask].sum(axis=0)).max(initial=0) < EPS
            ):
                return mask
    if not programmed or not kernel.shape[1]:
        return None
    cuts = table[(table @ sizes) < threshold]
    constraints = [LinearConstraint(kernel.T, -1e-7, 1e-7), LinearConstraint(sizes[None], 1, threshold - 1)]
    if len(cuts):
        constraints.append(LinearConstraint(1 - 2 * cuts, 1 - cuts.sum(axis=1), np.inf))
    found = milp(
        sizes,
        constraints=constraints,
        integrality=np.ones(len(sizes)),
        bounds=Bounds(0, (sizes < threshold).astype(float)),
        options={"time_limit": SECONDS},
    )
    if found.x is None:
        return None
    union = found.x > 0.5
    return union if np.abs(kernel[union].sum(axis=0)).max() < EPS else None


def _matrix(known: Known) -> tuple[Any, Array, Array]:
    from scipy.sparse import csr_array, kron, vstack

    parts = [
        kron(csr_array(one.inside[None].astype(float)), csr_array(one.weight))
        for one in known.said
        if len(one.low)
    ]
    each = kron(csr_array(np.eye(len(known.sizes))), csr_array(np.ones((1, known.own.shape[1]))))
    low, high = (
        np.concatenate([*(getattr(one, end) for one in known.said), known.sizes]) for end in ("low", "high")
    )
    return vstack([*parts, each], format="csr"), low, high


def _bounded(known: Known, threshold: int, points: list[Array]) -> Iterator[Finding]:
    """Small cells whose count of some answer, or sum of scores, is bound to fewer values than it must be. Colluders
    look at the cells of their own units."""
    if not known.said:
        return
    system = _matrix(known)
    shown = {(one.inside & (known.sizes > 0)).tobytes() for one in known.said}
    units = [name.split("/")[0] for name in known.names]
    met = {unit for unit, own in zip(units, known.own, strict=True) if own.any()}
    near = np.array([not met or unit in met for unit in units])
    enumerated = 0
    order = np.argsort(known.cells @ known.sizes, kind="stable")
    for cell, since in ((known.cells[place], known.since[place]) for place in order):
        people = int(known.sizes[cell].sum())
        if (
            not 0 < people < threshold
            or (cell & (known.sizes > 0)).tobytes() in shown
            or not near[cell].all()
        ):
            continue
        need, who = min(people, 2), ", ".join(n for n, hit in zip(known.names, cell, strict=True) if hit)
        for aim in (*np.eye(known.own.shape[1]), np.array(known.scores, float)):
            values = [float(point[cell].sum(axis=0) @ aim) for point in points]
            if values and max(values) - min(values) >= need - EPS:
                continue
            ends = _ends(system, known, cell, aim, whole=False)
            points += ends
            span = [float(end[cell].sum(axis=0) @ aim) for end in ends]
            if (
                len(ends) == 2
                and span[1] - span[0] >= need - EPS
                and enumerated < ENUMERATED
                and any(_broken(end) for end in ends)
            ):
                enumerated += 1
                span = [
                    float(end[cell].sum(axis=0) @ aim) for end in _ends(system, known, cell, aim, whole=True)
                ]
            if (
                len(span) == 2
                and span[1] - span[0] < need - EPS
                and not _closed(known, since, cell, aim, need)
            ):
                yield Finding("bounds", known.item, people, who, *span)


def _closed(known: Known, since: int, cell: Array, aim: Array, need: int) -> bool:
    """Whether a cell was bound already by reports made before anybody declared it: they could not know."""
    before = replace(known, said=tuple(one for one in known.said if one.report < since))
    if not before.said:
        return False
    ends = _ends(_matrix(before), before, cell, aim, whole=True)
    return len(ends) == 2 and float((ends[1] - ends[0])[cell].sum(axis=0) @ aim) < need - EPS


def _broken(point: Array) -> bool:
    return bool(np.abs(point - np.rint(point)).max() > EPS)


def _ends(
    system: tuple[Any, Array, Array], known: Known, cell: Array, aim: Array, *, whole: bool
) -> list[Array]:
    """Counts with the least and the most of ``aim`` in a cell; fewer where time ran out."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, size = known.own.shape
    found = []
    for sign in (1.0, -1.0):
        solved = milp(
            sign * np.outer(cell, aim).ravel(), constraints=LinearConstraint(*system),
            bounds=Bounds(0, np.repeat(known.sizes, size)), integrality=np.full(m * size, int(whole)),
            options={"time_limit": SECONDS},
        )  # fmt: skip
        if solved.x is not None and solved.status == 0:
            found.append(solved.x.reshape(m, size))
    return found


def _pairs(
    known: Known, of: Array, answered: Array, number: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """People worth asking: first those alone or nearly so in a small cell, then anybody."""
    able = np.flatnonzero(answered)
    if len(able) < 2 or not number:
        return []
    weight = 1.0 / known.sizes[of[able]]
    weight /= weight.sum()
    drawn = []
    for _ in range(number):
        first = int(rng.choice(able, p=weight))
        near = able[(able != first) & ((rng.random(len(able)) < 0.2) | (of[able] == of[first]))]
        drawn.append((first, int(rng.choice(near if len(near) else able[able != first]))))
    return drawn


def _without(known: Known, own: Array) -> Known:
    """The same with people taken out whose answers are known."""
    said = tuple(
        Statement(
            one.inside, one.people - int(own[one.inside].sum()), one.weight,
            one.low - one.weight @ own[one.inside].sum(axis=0), one.high - one.weight @ own[one.inside].sum(axis=0),
            one.words, one.report,
        )
        for one in known.said
    )  # fmt: skip
    return replace(known, sizes=known.sizes - own.sum(axis=1), said=said, own=own)
