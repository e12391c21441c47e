"""What others offer for grouping under bounds on size, each behind the same call: a problem and seconds in, groups
and whether they are proven the cheapest out. Their libraries are imported where they are used."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation import Problem, Sizes
from isthmus.methods.formation.geometry import nearest
from isthmus.methods.formation.model import build
from isthmus.methods.formation.repairing import repair

Groups = tuple[tuple[str, ...], ...]
NEAR = 12
LIMIT = 20.0


def km(problem: Problem) -> NDArray[np.float64]:
    assert problem.coordinates is not None
    return np.asarray(problem.coordinates, dtype=np.float64) / 1000.0


def bounds(problem: Problem) -> tuple[int, int, int]:
    """Fewest and most schools in a group, and the number of groups."""
    assert isinstance(problem.bounds, Sizes)
    assert problem.bounds.groups is not None
    return problem.bounds.smallest, problem.bounds.largest, problem.bounds.groups


def grouped(problem: Problem, label: NDArray[np.int64]) -> Groups:
    return tuple(tuple(problem.ids[i] for i in np.flatnonzero(label == g)) for g in range(bounds(problem)[2]))


def repaired(problem: Problem, label: NDArray[np.int64]) -> Groups:
    """Groups brought within the bounds by moves and swaps."""
    model = build(problem, bounds(problem)[2])
    blocks = np.empty(len(problem.ids), dtype=np.int32)
    blocks[model.block_of] = label
    mended, left = repair(model, blocks, seed=1, rounds=20_000)
    if left > 0:
        raise RuntimeError("could not be repaired to the bounds")
    return grouped(problem, mended[model.block_of].astype(np.int64))


def constrained_k_means(problem: Problem, _: float) -> tuple[Groups, bool]:
    from k_means_constrained import KMeansConstrained

    least, most, groups = bounds(problem)
    model = KMeansConstrained(groups, size_min=least, size_max=most, n_init=1, random_state=1)
    return grouped(problem, np.asarray(model.fit_predict(km(problem)), dtype=np.int64)), False


def metis(problem: Problem, _: float) -> tuple[Groups, bool]:
    """Recursive METIS on near neighbours, edges weighted by nearness, then repaired to the bounds."""
    import pymetis

    distance, index = nearest(km(problem), NEAR)
    weight = np.maximum(1, 1000 / (1 + 10 * distance)).astype(int)
    edges: list[dict[int, int]] = [{} for _ in problem.ids]
    for i, (others, weights) in enumerate(zip(index.tolist(), weight.tolist(), strict=True)):
        for j, w in zip(others, weights, strict=True):
            edges[i][j] = edges[j][i] = w
    first = np.concatenate([[0], np.cumsum([len(e) for e in edges])]).tolist()
    _, label = pymetis.part_graph(
        bounds(problem)[2],
        pymetis.CSRAdjacency(adj_starts=first, adjacent=[j for e in edges for j in e]),
        eweights=[w for e in edges for w in e.values()],
        recursive=True,
    )
    return repaired(problem, np.asarray(label)), False


def _frame(problem: Problem) -> tuple[Any, Any]:
    """The points as spopt takes them, and who is near whom."""
    import geopandas
    from libpysal.weights import KNN

    points = km(problem)
    frame = geopandas.GeoDataFrame(
        {"x": points[:, 0], "y": points[:, 1]}, geometry=geopandas.points_from_xy(points[:, 0], points[:, 1])
    )
    return frame, KNN.from_dataframe(frame, k=NEAR)


def region_k_means(problem: Problem, _: float) -> tuple[Groups, bool]:
    """Connected k-means; it knows no bounds on size."""
    from spopt.region import RegionKMeansHeuristic

    frame, near = _frame(problem)
    np.random.seed(1)  # the library draws from the global generator
    model = RegionKMeansHeuristic(frame[["x", "y"]].to_numpy(), bounds(problem)[2], near)
    model.solve()
    return repaired(problem, np.asarray(model.labels_)), False


def ward(problem: Problem, _: float) -> tuple[Groups, bool]:
    """Ward's clustering of neighbours; it knows no bounds on size."""
    from spopt.region import WardSpatial

    frame, near = _frame(problem)
    model = WardSpatial(frame, near, ["x", "y"], n_clusters=bounds(problem)[2])
    model.solve()
    return repaired(problem, np.asarray(model.labels_)), False


def cp_sat(problem: Problem, seconds: float) -> tuple[Groups, bool]:
    """Which group each school is in, and which pairs share one; two workers, schools numbered to break symmetry."""
    from ortools.sat.python import cp_model

    points, (least, most, groups) = km(problem), bounds(problem)
    n, model = len(points), cp_model.CpModel()
    inside = [[model.new_bool_var("") for _ in range(groups)] for _ in range(n)]
    for i in range(n):
        model.add_exactly_one(inside[i])
        for g in range(i + 1, groups):
            model.add(inside[i][g] == 0)
    for g in range(groups):
        model.add_linear_constraint(sum(inside[i][g] for i in range(n)), least, most)
    cost = []
    for i, j in combinations(range(n), 2):
        both = model.new_bool_var("")
        for g in range(groups):
            model.add_bool_or([both, ~inside[i][g], ~inside[j][g]])
        cost.append(round(float(np.hypot(*(points[i] - points[j]))) * 1000) * both)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(f"no plan in {seconds:.0f} s")
    label = np.array([max(range(groups), key=lambda g: solver.value(inside[i][g])) for i in range(n)])
    return grouped(problem, label), status == cp_model.OPTIMAL


def set_partitioning(problem: Problem, seconds: float) -> tuple[Groups, bool]:
    """A column for every possible group, each school in exactly one of those chosen, by HiGHS."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    points, (least, most, groups) = km(problem), bounds(problem)
    far = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    columns = [c for size in range(least, most + 1) for c in combinations(range(len(points)), size)]
    cost = np.array([sum(far[i, j] for i, j in combinations(c, 2)) for c in columns])
    rows = np.concatenate([np.array(c) for c in columns])
    starts = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
    table = csc_array((np.ones(len(rows)), rows, starts), shape=(len(points), len(columns)))
    many = LinearConstraint(np.ones((1, len(columns))), groups, groups)
    found = milp(
        cost, integrality=np.ones(len(columns)), bounds=Bounds(0, 1),
        constraints=[LinearConstraint(table, 1, 1), many], options={"time_limit": seconds},
    )  # fmt: skip
    if found.x is None:
        raise RuntimeError(f"no plan in {seconds:.0f} s")
    chosen = [columns[c] for c in np.flatnonzero(found.x > 0.5)]
    return tuple(tuple(problem.ids[i] for i in c) for c in chosen), found.status == 0
