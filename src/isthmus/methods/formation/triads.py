"""Proof for plans of triads: groups of exactly three under costs of pairs, by ``isthmus.methods.matching``."""

from __future__ import annotations

import numpy as np

from isthmus.methods.formation.bounds import by_school
from isthmus.methods.formation.exact import Exact
from isthmus.methods.formation.model import Model
from isthmus.methods.matching import NoTriads, review_triads

MOST = 300
SECONDS = 60.0


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
