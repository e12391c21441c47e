"""Hubs and spokes: which recognised centres serve which schools, within each centre's capacity.

Given the centres, who is served by whom is an assignment of schools to places, solved to the optimum by shortest
augmenting paths (Jonker and Volgenant 1987, as in scipy). Which centres to choose is the capacitated p-median problem
(Ross and Soland 1977): an integer program where it is small, else exchange of centres (Teitz and Bart 1968) with the
bound of the linear relaxation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.terms import ProblemError
from isthmus.methods.formation.words import counted

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

Floats = NDArray[np.float64]
EXACT_CELLS = 40_000


@dataclass(frozen=True)
class Served:
    """``hub`` (n,): the position of each school's centre among the candidates. ``cost`` is the sum over schools,
    ``bound`` a number that no choice is below, ``proven`` whether they agree; ``open``: the centres that serve."""

    hub: NDArray[np.int64]
    open: tuple[int, ...]
    cost: float
    bound: float
    proven: bool


def serve(cost: Floats, capacity: Sequence[int] | NDArray[np.int64]) -> Served:
    """The cheapest way to serve n schools by h given centres.

    cost: (n, h), any unit; infinite where a centre may not serve a school (too far, a barrier, a competitor).
    capacity: (h,) most schools each serves. Raises ProblemError where not everybody can be served, saying how many can.
    """
    n, h = cost.shape
    room = np.asarray(capacity, dtype=np.int64)
    _sound(cost, room)
    found = _transport(cost, room)
    if found is None:
        most = n - int(_transport(np.where(np.isfinite(cost), 0.0, 1.0), room, spill=True)[1])  # type: ignore[index]  # with a spill there is always a way
        raise ProblemError(
            f"Only {counted(most, 'school')} of {n} can be served: {counted(int(room.sum()), 'place')} at "
            f"{counted(h, 'centre')}, and not every centre may serve every school. Add places or centres."
        )
    hub, value = found
    return Served(hub, tuple(sorted(set(hub.tolist()))), value, value, True)


def choose(cost: Floats, capacity: Sequence[int], number: int, *, seconds: float = 10.0) -> Served:
    """The best ``number`` centres of h candidates, and who is served by whom.

    As :func:`serve`; exact where n · h is at most 40,000 and the time suffices, else a plan with the certified bound.
    """
    n, h = cost.shape
    room = np.asarray(capacity, dtype=np.int64)
    _sound(cost, room)
    if not 1 <= number <= h:
        raise ProblemError(f"The number of centres must be from 1 to {h}, not {number}.")
    if np.sort(room)[-number:].sum() < n:
        raise ProblemError(
            f"The {counted(number, 'centre')} with most places have {int(np.sort(room)[-number:].sum())} places for "
            f"{counted(n, 'school')}. Choose more centres, or add places."
        )
    if n * h <= EXACT_CELLS:
        found = _program(cost, room, number, seconds)
        if found is not None:
            return found
    chosen = _exchange(cost, room, number)
    served = serve(np.where(np.isin(np.arange(h), chosen)[None, :], cost, np.inf), room)
    bound = _relaxed(cost, room, number)
    proven = served.cost - bound <= 1e-9 * max(1.0, abs(served.cost))
    return Served(served.hub, served.open, served.cost, min(bound, served.cost), proven)


def _sound(cost: Floats, room: NDArray[np.int64]) -> None:
    if cost.ndim != 2 or len(room) != cost.shape[1] or not cost.size:
        raise ProblemError("Costs must be a table of schools by centres, with a capacity for each centre.")
    if np.isnan(cost).any() or (cost < 0).any() or (room < 0).any():
        raise ProblemError("Costs and capacities must be zero or more.")
    alone = np.flatnonzero(~np.isfinite(cost[:, room > 0]).any(axis=1))
    if len(alone):
        raise ProblemError(
            f"{counted(len(alone), 'school')} can be served by no centre (the first is in row {int(alone[0]) + 1})."
        )


def _transport(
    cost: Floats, room: NDArray[np.int64], spill: bool = False
) -> tuple[NDArray[np.int64], float] | None:
    """The transportation problem; with ``spill`` a school may stay unserved at a cost of 1."""
    from scipy.optimize import linear_sum_assignment

    places = np.repeat(np.arange(cost.shape[1]), np.minimum(room, len(cost)))
    table = cost[:, places]
    if spill:
        table = np.concatenate([table, np.ones((len(cost), len(cost)))], axis=1)
    if table.shape[1] < len(cost):
        return None
    try:
        rows, columns = linear_sum_assignment(table)
    except ValueError:
        return None
    value = float(table[rows, columns].sum())
    if not np.isfinite(value):
        return None
    hub = np.full(len(cost), -1, dtype=np.int64)
    inside = columns < len(places)
    hub[rows[inside]] = places[columns[inside]]
    return hub, value


def _program(cost: Floats, room: NDArray[np.int64], number: int, seconds: float) -> Served | None:
    from scipy.optimize import Bounds, milp

    n, h = cost.shape
    weights, rows = _rows(cost, room, number)
    upper = np.concatenate([np.isfinite(cost).ravel().astype(float), np.ones(h)])
    found = milp(
        weights,
        constraints=rows,
        bounds=Bounds(np.zeros(n * h + h), upper),
        integrality=np.concatenate([np.zeros(n * h), np.ones(h)]),
        options={"time_limit": seconds},
    )
    if found.status == 2:
        raise ProblemError(
            f"No {counted(number, 'centre')} can serve every school within the limits. Choose more centres, add "
            "places, or let schools travel further."
        )
    if found.x is None:
        return None
    opened = np.flatnonzero(found.x[n * h :] > 0.5)
    served = serve(np.where(np.isin(np.arange(h), opened)[None, :], cost, np.inf), room)
    bound = min(float(found.mip_dual_bound), served.cost)
    proven = found.status == 0 and served.cost - bound <= 1e-6 * max(1.0, served.cost)
    return Served(served.hub, served.open, served.cost, served.cost if proven else bound, proven)


def _relaxed(cost: Floats, room: NDArray[np.int64], number: int) -> float:
    from scipy.optimize import Bounds, milp

    weights, rows = _rows(cost, room, number)
    upper = np.concatenate([np.isfinite(cost).ravel().astype(float), np.ones(cost.shape[1])])
    found = milp(weights, constraints=rows, bounds=Bounds(np.zeros(len(weights)), upper))
    # A little is taken off for the tolerance of the linear program.
    return 0.0 if found.x is None else max(0.0, float(found.fun) * (1 - 1e-7))


def _rows(cost: Floats, room: NDArray[np.int64], number: int) -> tuple[Floats, LinearConstraint]:
    """Every school is served; no centre beyond its capacity, or when it is closed; ``number`` centres at most."""
    from scipy import sparse
    from scipy.optimize import LinearConstraint

    n, h = cost.shape
    each = sparse.kron(sparse.eye(n), np.ones((1, h)))
    within = sparse.kron(np.ones((1, n)), sparse.eye(h))
    rows = sparse.bmat(
        [
            [each, None],
            [within, -sparse.diags(np.minimum(room, n).astype(float))],
            [sparse.eye(n * h), sparse.kron(np.ones((n, 1)), -sparse.eye(h))],
            [sparse.csr_matrix((1, n * h)), np.ones((1, h))],
        ],
        format="csr",
    )
    low = np.concatenate([np.ones(n), np.full(h + n * h, -np.inf), [0.0]])
    high = np.concatenate([np.ones(n), np.zeros(h + n * h), [float(number)]])
    weights = np.concatenate([np.where(np.isfinite(cost), cost, 0.0).ravel(), np.zeros(h)])
    return weights, LinearConstraint(rows, low, high)


def _exchange(cost: Floats, room: NDArray[np.int64], number: int) -> list[int]:
    """Centres by exchange: one that serves for one that does not, as long as that helps."""
    h = cost.shape[1]

    def worth(chosen: list[int]) -> float:
        found = _transport(cost[:, chosen], room[chosen])
        return np.inf if found is None else found[1]

    finite = np.where(np.isfinite(cost), cost, cost[np.isfinite(cost)].max() * 10 + 1.0)
    chosen: list[int] = np.argsort(-room, kind="stable")[:number].tolist()
    best = worth(chosen)
    better = True
    while better:
        better = False
        for out in list(chosen):
            near = np.argsort(finite[:, [c for c in range(h) if c != out]].sum(axis=0))[:40]
            others = [c for c in range(h) if c != out]
            for come in (others[int(p)] for p in near):
                if come in chosen:
                    continue
                trial = [c for c in chosen if c != out] + [come]
                value = worth(trial)
                if value < best - 1e-9:
                    chosen, best, better = trial, value, True
                    break
    if not np.isfinite(best):
        raise ProblemError("No choice of centres was found that serves every school. Add places or centres.")
    return chosen
