"""Audit of bounds: how far every hidden small cell's counts may differ, given everything that is published.

The rule asks it of linear programs: the range of a count over all shares of people that fit. Here it is asked of whole
numbers of people, which is stricter, and by witness: other counts that fit everything published are looked for, and a
cell is open only where they are found, for every choice of colluders. What is not found counts as closed, so the audit
can be too careful and never too bold; it takes no tolerance and no clock, so the same answers give the same report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.disclosure import searching
from isthmus.methods.disclosure.bands import Rows
from isthmus.methods.disclosure.model import Bools, Ints


@dataclass(frozen=True)
class Target:
    """A sum that must stay open: ``aim`` (C,) over the atoms ``inside`` (m,), by at least ``need``. ``own`` marks a
    hidden cell, of ``people``: colluders in it leave fewer to hide."""

    inside: Bools
    aim: Ints
    need: int
    people: int
    own: bool


@dataclass(frozen=True)
class System:
    """Everything published on one item: the inequalities of groups ``inside`` (g, m), and the true ``counts`` (m, C).
    ``scale`` (r,) weighs what breaks an inequality."""

    counts: Ints
    inside: Bools
    weight: Ints
    low: Ints
    high: Ints
    scale: NDArray[np.float64]
    of: Ints
    rows: Ints
    first: Ints
    atoms: Ints
    start: Ints

    @staticmethod
    def of_rows(counts: Ints, published: Sequence[tuple[Bools, Rows]]) -> System:
        """Lay out inequalities for the search. Each is a group's atoms (m,) and its rows."""
        m, categories = counts.shape
        inside = np.array([atoms for atoms, _ in published], dtype=np.bool_).reshape(len(published), m)
        of = np.repeat(np.arange(len(published)), [len(rows.low) for _, rows in published]).astype(np.int64)
        weight = np.concatenate(
            [np.zeros((0, categories), np.int64), *(rows.weight for _, rows in published)]
        )
        low, high = (
            np.concatenate([np.zeros(0, np.int64), *(getattr(rows, end) for _, rows in published)])
            for end in ("low", "high")
        )
        scale = 1.0 / np.maximum(np.ptp(weight, axis=1), 1)
        table = inside[of].reshape(len(of), m)
        atoms = np.nonzero(table)[1].astype(np.int64)
        rows_of = np.nonzero(table.T)[1].astype(np.int64)
        start = np.concatenate([[0], np.cumsum(table.sum(axis=1))]).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(table.sum(axis=0))]).astype(np.int64)
        return System(counts, inside, weight, low, high, scale, of, rows_of, first, atoms, start)


def is_open(system: System, target: Target, colluders: int) -> bool:
    """Whether counts were found that keep the target open, for every choice of colluders. False may also mean that the
    search did not find them."""
    points = np.zeros((searching.POINTS, system.counts.size), np.int64)
    points[0] = system.counts.ravel()
    return bool(
        searching.proved(
            points, np.zeros(len(points), np.int64), 1, target.need, target.people, target.own, colluders,
            target.inside, target.aim, system.weight, system.low, system.high, system.scale, system.rows,
            system.first, system.atoms, system.start,
        )[0]
    )  # fmt: skip
