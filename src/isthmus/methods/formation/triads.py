"""Proof for plans of triads by ``isthmus.methods.matching``: groups of exactly three under costs of pairs are proved
best, and triads on a large map get a bound."""

from __future__ import annotations

import numpy as np

from isthmus.methods.formation.bounds import by_school
from isthmus.methods.formation.exact import Exact
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.roaming import on_map
from isthmus.methods.matching import NoTriads, bound_of_triads, review_triads
from isthmus.methods.matching.country import LEAST

MOST = 300
SECONDS = 60.0
SECONDS_MAP = 180.0
SEARCH = 0.45
"""Share of the seconds given that goes to the search where a proof is to be had, or the bound takes long."""


def are_triads(model: Model) -> bool:
    """Whether every group is of three single schools and only costs of pairs, and pairs kept apart, decide."""
    d, n = model.data, model.costs.n
    return bool(
        3 <= n == 3 * model.groups <= MOST
        and len(model.target) == n
        and d.resource.shape[1] == 1
        and (d.low[:, 0] == 3).all()
        and (d.high[:, 0] == 3).all()
        and model.problem.objective == "pairs"
        and not d.pinned.any()
        and not len(d.away)
        and not d.needs.any()
    )


def best_triads(model: Model, seconds: float) -> Exact:
    """The best plan of triads, proved where time allows, and a bound in any case."""
    try:
        found = review_triads(by_school(model), seconds=seconds)
    except NoTriads as none:
        return Exact(None, None, proved=none.proven)
    group = np.empty(model.costs.n, dtype=np.int32)
    for g, members in enumerate(found.groups):
        group[model.block_of[list(members)]] = g
    return Exact(group, found.bound, found.proven)


def are_triads_on_map(model: Model) -> bool:
    """Whether every group is of three on a large map where distances alone decide, or as near to it as the number of
    schools allows: one or two of two beside. Rules only forbid plans, so the bound holds under any."""
    d, n, k = model.data, model.costs.n, model.groups
    low, high = d.low[:, 0], d.high[:, 0]
    threes = (high == 3).all() and k == -(-n // 3) and ((low == 3) | ((low == 2) & (n % 3 > 0))).all()
    return bool(threes and n >= LEAST and on_map(model))


def bound_on_map(model: Model, seconds: float, workers: int) -> float:
    """What the energy of no plan is below."""
    return bound_of_triads(model.data.feature[:, :2], seconds=seconds, workers=workers)
