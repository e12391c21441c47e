"""Linear audit: what can be worked out by adding and subtracting published groups.

``inside`` (g, m) says which of m atoms each published group holds; ``sizes`` (m,) how many people answered in each.
A union of atoms is worked out where its 0/1 vector lies in the row space of ``inside``. Sums are exact, modulo the
prime 2³¹ − 1: a coincidence modulo the prime can only make the audit more careful.

Colluders know their own answers. A union must therefore keep the threshold when they are taken out of it, and an atom
that they fill (one person, or two) may stand in a sum with any factor. Every such choice is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from isthmus.methods.disclosure.kernels import echelon, small_union
from isthmus.methods.disclosure.model import Bools, Ints

NODES = 3_000


@dataclass(frozen=True)
class Leak:
    """Atoms (m,) whose joint result can be worked out by people who fill the atoms ``known`` (m,)."""

    union: Bools
    known: Bools


def find_leak(inside: Bools, sizes: Ints, threshold: int, colluders: int) -> Leak | None:
    """A union of fewer than ``threshold`` people, colluders taken out, that is no published group itself; or None.

    Where the search by elimination exceeds its steps, integer programming decides.
    """
    full = np.flatnonzero(sizes > 0)
    if not len(full) or not len(inside):
        return None
    # Atoms that always appear together act as one.
    columns, first, back = np.unique(inside[:, full], axis=1, return_index=True, return_inverse=True)
    merged = np.bincount(back.ravel(), weights=sizes[full]).astype(np.int64)
    seen: Bools = np.asarray(columns.any(axis=0))
    order = np.lexsort((first, -merged))
    order = order[seen[order]]
    table, count = columns[:, order].astype(np.int64), merged[order]
    limit = threshold + colluders
    basis, pivots = echelon(table)
    small = np.flatnonzero(count[pivots] < limit)
    if not len(small):
        return None
    basis = basis[small]
    live: Bools = np.asarray(basis.any(axis=0))
    # A published group stays one without the colluders in it, so only groups wholly among these atoms are compared.
    whole = table[~table[:, ~live].any(axis=1)][:, live]
    basis, count = basis[:, live], count[live]
    for known in choices(basis, count, colluders):
        rest = ~known
        spent = int(count[known].sum())
        rows, at = echelon(basis[:, rest]) if known.any() else (basis, _pivots(basis))
        if not len(rows):
            continue
        ended, found = small_union(rows, at, count[rest], whole[:, rest], limit - spent, NODES)
        if not ended:
            found = _programmed(
                table,
                np.flatnonzero(live)[rest],
                np.flatnonzero(live)[known],
                count[rest],
                whole[:, rest],
                limit - spent,
            )
        if found.any():
            union, jokers = np.zeros(len(live), np.bool_), np.zeros(len(live), np.bool_)
            union[np.flatnonzero(live)[rest]] = found
            jokers[np.flatnonzero(live)[known]] = True
            return Leak(*(_spread(mask, order, back.ravel(), full, len(sizes)) for mask in (union, jokers)))
    return None


def _programmed(table: Ints, free: Ints, known: Ints, count: Ints, whole: Ints, limit: int) -> Bools:
    """The same search as an integer program: 0/1 on the columns ``free``, 0 on others, anything on ``known``. A program
    that ends without an answer counts as a leak."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    height, width = len(table), len(free)
    others = np.setdiff1d(np.arange(table.shape[1]), np.concatenate([free, known]))
    span = np.block(
        [
            [-np.eye(width), table[:, free].T],
            [np.zeros((len(others), width)), table[:, others].T],
        ]
    )
    people = np.concatenate([count, np.zeros(height)])
    # A published group is no leak: at least one place must differ from each.
    apart = np.hstack([1 - 2 * (whole != 0).astype(float), np.zeros((len(whole), height))])
    found = milp(
        people,
        constraints=[
            LinearConstraint(span, 0, 0),
            LinearConstraint(people, 1, limit - 1),
            LinearConstraint(apart, 1 - (whole != 0).sum(axis=1), np.inf),
        ],
        integrality=np.concatenate([np.ones(width), np.zeros(height)]),
        options={"node_limit": 20_000},
        bounds=Bounds(
            np.concatenate([np.zeros(width), np.full(height, -np.inf)]),
            np.concatenate([np.ones(width), np.full(height, np.inf)]),
        ),
    )
    if found.status == 2:
        return np.zeros(width, np.bool_)
    return np.ones(width, np.bool_) if found.x is None else np.asarray(found.x[:width] > 0.5)


def _pivots(rows: Ints) -> Ints:
    return np.asarray(np.argmax(rows != 0, axis=1), dtype=np.int64)


def _spread(mask: Bools, order: Ints, back: Ints, full: Ints, atoms: int) -> Bools:
    merged = np.zeros(int(back.max()) + 1, np.bool_)
    merged[order[mask]] = True
    out = np.zeros(atoms, np.bool_)
    out[full] = merged[back]
    return out


def choices(basis: Ints, count: Ints, colluders: int) -> list[Bools]:
    """Which atoms colluders may fill so that it matters: none, one, or two that share a sum."""
    none = np.zeros(len(count), np.bool_)
    found = [none]
    for one in np.flatnonzero(count <= colluders):
        mask = none.copy()
        mask[one] = True
        found.append(mask)
    if colluders == 2:
        part = _parts(basis)
        for pair in combinations(np.flatnonzero(count == 1), 2):
            if part[pair[0]] == part[pair[1]]:
                mask = none.copy()
                mask[list(pair)] = True
                found.append(mask)
    return found


def _parts(basis: Ints) -> Ints:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    touch = csr_array((basis != 0).astype(np.int8))
    return np.asarray(connected_components(touch.T @ touch, directed=False)[1], dtype=np.int64)


def contributor(inside: Bools, leak: Leak, order: Ints) -> int:
    """The group to drop: with groups added in ``order`` (most worth keeping first), the one that makes the leak."""
    keep = ~leak.known
    target = leak.union[keep].astype(np.int64)
    rank = 0
    for number in range(1, len(order) + 1):
        rows = inside[order[:number]][:, keep].astype(np.int64)
        got = len(echelon(rows)[0])
        if got == rank:
            continue
        rank = got
        if len(echelon(np.vstack([rows, target]))[0]) == rank:
            return int(order[number - 1])
    return int(order[-1])
