"""The linear program over triples, kept between solutions: columns and inequalities come and go, and each solution
starts from the one before it (HiGHS, as scipy carries it; through ``linprog``, from the start, where it carries it
no more under that name)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.matching.cuts import Cuts
from isthmus.methods.matching.model import Floats, Ints


@dataclass(frozen=True)
class Dual:
    """A solved linear program: shares (m,) of the columns, prices (n,) of schools and worth (c,) of cuts."""

    share: Floats
    price: Floats
    worth: Floats


class Program:
    """min Σ value x so that each school is in one triple, or left alone for ``dear`` (n,), and every cut is kept.
    Triples (m, 3) stand in the order in which they were let in, ``cuts`` in theirs."""

    def __init__(self, dear: Floats) -> None:
        self.dear = np.asarray(dear, dtype=np.float64)
        self.n = len(dear)
        self.triples, self.value = np.zeros((0, 3), dtype=np.int32), np.zeros(0)
        self.cuts = Cuts.none(self.n)
        self._lp = _kept(self.dear)

    def let_in(self, value: Floats, triples: Ints) -> None:
        """More columns."""
        self.triples = np.concatenate([self.triples, triples])
        self.value = np.concatenate([self.value, value])
        if self._lp is None or not len(value):
            return
        m = len(value)
        rows = self.cuts.rows(triples)
        cut, at = np.nonzero(rows)
        column = np.concatenate([np.repeat(np.arange(m), 3), at])
        index = np.concatenate([triples.ravel(), self.n + cut])
        weight = np.concatenate([np.ones(3 * m), rows[cut, at]])
        order = np.argsort(column, kind="stable")
        first = np.searchsorted(column[order], np.arange(m))
        self._done(self._lp.addCols(
            m, value, np.zeros(m), np.full(m, np.inf), len(index),
            first.astype(np.int32), index[order].astype(np.int32), weight[order],
        ))  # fmt: skip

    def only(self, which: NDArray[np.bool_]) -> None:
        """Only some of the triples, ``which`` (m,)."""
        gone = np.flatnonzero(~which)
        self.triples, self.value = self.triples[which], self.value[which]
        if self._lp is not None and len(gone):
            self._done(self._lp.deleteCols(len(gone), (self.n + gone).astype(np.int32)))

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Only some of the cuts, ``which`` (c,)."""
        gone = np.flatnonzero(~which)
        if self._lp is not None and len(gone):
            self._done(self._lp.deleteRows(len(gone), (self.n + gone).astype(np.int32)))
        self.cuts = self.cuts.kept(which)

    def cut(self, more: Cuts) -> None:
        """More cuts."""
        self.cuts = Cuts(
            *(np.concatenate(both) for both in zip(_parts(self.cuts), _parts(more), strict=True))
        )
        if self._lp is None or not len(more):
            return
        # Who is left alone counts as on its way out of a set, so that there always is a solution.
        rows = np.hstack([more.member * more.weight[:, 1:2], more.rows(self.triples)])
        row, column = np.nonzero(rows)
        first = np.searchsorted(row, np.arange(len(more)))
        self._done(self._lp.addRows(
            len(more), np.full(len(more), -np.inf), more.most, len(row),
            first.astype(np.int32), column.astype(np.int32), rows[row, column],
        ))  # fmt: skip

    def _done(self, status: Any) -> None:
        """Where the kept program refused a change, each solution starts afresh from now on."""
        if status.name == "kError":
            self._lp = None

    def solve(self, seconds: float) -> Dual | None:
        """The solution, None where time ran out or none was found."""
        if self._lp is None:
            return self._afresh(seconds)
        self._lp.setOptionValue("time_limit", self._lp.getRunTime() + max(seconds, 0.05))
        self._lp.run()
        if self._lp.modelStatusToString(self._lp.getModelStatus()) != "Optimal":
            return None
        found = self._lp.getSolution()
        dual = np.array(found.row_dual)
        return Dual(np.array(found.col_value)[self.n :], dual[: self.n], np.minimum(dual[self.n :], 0.0))

    def _afresh(self, seconds: float) -> Dual | None:
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, eye_array, hstack

        n, m, some = self.n, len(self.value), len(self.cuts) > 0
        cover = csr_array((np.ones(3 * m), (self.triples.T.ravel(), np.tile(np.arange(m), 3))), shape=(n, m))
        rows = np.hstack([self.cuts.member * self.cuts.weight[:, 1:2], self.cuts.rows(self.triples)])
        found = linprog(
            np.concatenate([self.dear, self.value]),
            A_eq=hstack([eye_array(n), cover]),
            b_eq=np.ones(n),
            A_ub=csr_array(rows) if some else None,
            b_ub=self.cuts.most if some else None,
            method="highs",
            options={"time_limit": max(seconds, 0.05)},
        )
        if found.status != 0:
            return None
        worth = np.minimum(found.ineqlin.marginals, 0.0) if some else np.zeros(0)
        return Dual(found.x[n:], found.eqlin.marginals, worth)


def _parts(cuts: Cuts) -> tuple[NDArray[Any], ...]:
    return cuts.member, cuts.weight, cuts.most


def _kept(dear: Floats) -> Any:
    """A program of schools left alone, or None where scipy shows no HiGHS to keep one in."""
    try:
        from scipy.optimize._highspy._core import _Highs
    except ImportError:
        return None
    n = len(dear)
    lp = _Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("simplex_strategy", 0)):
        lp.setOptionValue(name, value)
    none = np.zeros(0, dtype=np.int32)
    lp.addRows(n, np.ones(n), np.ones(n), 0, np.zeros(n, dtype=np.int32), none, np.zeros(0))
    each = np.arange(n, dtype=np.int32)
    lp.addCols(n, dear, np.zeros(n), np.full(n, np.inf), n, each, each, np.ones(n))
    return lp
