"""What a plan is worth, term by term, from the definitions alone (nothing of the search's bookkeeping)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.affinity import PairCosts, theme_tables
from isthmus.methods.formation.terms import Complementarity


def score(costs: PairCosts, groups: Sequence[NDArray[np.int64]]) -> tuple[float, dict[str, float]]:
    """The objective of groups of positions among the placed schools, and its parts by term."""
    kind = costs.problem.objective
    sizes = np.array([len(group) for group in groups])
    pairs = np.maximum(sizes * (sizes - 1) // 2, 1)
    share = 1.0 / pairs if kind == "mean" else np.ones(len(groups))
    left, right, at = _pairs_within(groups)
    terms = {}
    for name, values in costs.values(left, right).items():
        terms[name] = float((np.bincount(at, weights=values, minlength=len(groups)) * share).sum())
    for term in costs.terms:
        if isinstance(term, Complementarity):
            need, strength = theme_tables(costs.column(term.needs), costs.column(term.strengths))
            unmet = [need[g].sum(axis=0)[strength[g].sum(axis=0) == 0].sum() if len(g) else 0 for g in groups]
            alone = np.where((sizes < 2) & (kind == "mean"), 0.0, share)
            terms[term.name] = float((np.array(unmet) * alone).sum()) * costs.weight(term)
    if kind == "between":
        name = costs.terms[0].name
        every = np.arange(costs.n)
        whole = sum(float(costs.values(every[i : i + 1], every[i + 1 :])[name].sum()) for i in range(costs.n))
        terms[name] = whole - terms[name]
    return sum(terms.values()), terms


def _pairs_within(
    groups: Sequence[NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every pair that shares a group, and the group's number."""
    left, right, at = [], [], []
    for number, group in enumerate(groups):
        i, j = np.triu_indices(len(group), 1)
        left.append(group[i])
        right.append(group[j])
        at.append(np.full(len(i), number))
    return np.concatenate(left), np.concatenate(right), np.concatenate(at)
