"""The same problem by other means: schools of one area in groups of 6 to 10, pair-kilometres within groups.

    python -m benchmarks.formation.peers                      4,000 schools nearest to one point
    python -m benchmarks.formation.peers --schools 1000 --seconds 5

k-means-constrained and METIS minimise something else (distance to centres, edges cut), so each plan is scored by the
same sum; METIS breaks the bounds on size, and is repaired to them first. A peer that is not installed is named and
left out: `uv pip install --group bench` installs them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.formation.__main__ import DATA, schools
from isthmus.methods.formation import Plan, Problem, Sizes, Stop, evaluate, solve
from isthmus.methods.formation.geometry import nearest
from isthmus.methods.formation.model import build
from isthmus.methods.formation.repairing import repair

NEAR = 12


def around(data: Path, number: int) -> Problem:
    """The ``number`` schools nearest to the middle of England's schools."""
    whole = schools(data, None)
    assert whole.coordinates is not None
    far = np.hypot(*(whole.coordinates - np.median(whole.coordinates, axis=0)).T)
    rows = np.sort(np.argsort(far, kind="stable")[:number])
    ids = tuple(whole.ids[r] for r in rows)
    groups = Sizes(6, 10).count(number)
    return Problem(ids, Sizes(6, 10, groups), coordinates=whole.coordinates[rows])


def grouped(problem: Problem, label: NDArray[np.int64]) -> tuple[tuple[str, ...], ...]:
    assert problem.bounds.groups is not None
    return tuple(
        tuple(problem.ids[i] for i in np.flatnonzero(label == g)) for g in range(problem.bounds.groups)
    )


def constrained_k_means(problem: Problem) -> tuple[tuple[str, ...], ...]:
    from k_means_constrained import KMeansConstrained

    assert problem.coordinates is not None
    km = problem.coordinates / 1000.0
    model = KMeansConstrained(problem.bounds.groups, size_min=6, size_max=10, n_init=1, random_state=1)
    return grouped(problem, np.asarray(model.fit_predict(km), dtype=np.int64))


def metis(problem: Problem) -> tuple[tuple[str, ...], ...]:
    """k-way METIS on near neighbours, edges weighted by nearness, then repaired to the bounds."""
    import pymetis

    assert problem.coordinates is not None
    distance, index = nearest(problem.coordinates / 1000.0, NEAR)
    weight = np.maximum(1, 1000 / (1 + 10 * distance)).astype(int)
    edges: list[dict[int, int]] = [{} for _ in problem.ids]
    for i, (others, weights) in enumerate(zip(index.tolist(), weight.tolist(), strict=True)):
        for j, w in zip(others, weights, strict=True):
            edges[i][j] = edges[j][i] = w
    first = np.concatenate([[0], np.cumsum([len(e) for e in edges])]).tolist()
    assert problem.bounds.groups is not None
    _, label = pymetis.part_graph(
        problem.bounds.groups,
        pymetis.CSRAdjacency(adj_starts=first, adjacent=[j for e in edges for j in e]),
        eweights=[w for e in edges for w in e.values()],
        recursive=True,
    )
    model = build(problem, problem.bounds.groups)
    blocks = np.empty(len(problem.ids), dtype=np.int32)
    blocks[model.block_of] = label
    mended, left = repair(model, blocks, seed=1, rounds=20_000)
    if left > 0:
        raise RuntimeError("could not be repaired to the bounds")
    return grouped(problem, mended[model.block_of].astype(np.int64))


PEERS: dict[str, Callable[[Problem], tuple[tuple[str, ...], ...]]] = {
    "k-means-constrained": constrained_k_means,
    "METIS, repaired": metis,
}


def row(name: str, plan: Plan, seconds: float, ours: Plan) -> str:
    assert plan.objective is not None
    assert ours.objective is not None
    broken = "" if plan.status != "infeasible" else f", {len(plan.violations)} rules broken"
    less = 1 - ours.objective / plan.objective
    return f"| {name} | {plan.objective:,.0f} km{broken} | {seconds:.1f} | {less:.1%} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formation.peers", description=__doc__)
    parser.add_argument("--schools", type=int, default=4_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args()
    problem = around(args.data, args.schools)
    ours = solve(problem, stop=Stop(seconds=args.seconds), workers=args.workers)
    print("| method | within groups | seconds | this search lies below it by |\n|---|---|---|---|")
    print(row("this search", replace(ours, bound=None), ours.seconds, ours), flush=True)
    for name, method in PEERS.items():
        began = time.perf_counter()
        try:
            groups = method(problem)
        except ImportError as missing:
            print(f"| {name} | left out: {missing} | | |", flush=True)
            continue
        except RuntimeError as failed:
            print(f"| {name} | {failed} | {time.perf_counter() - began:.1f} | |", flush=True)
            continue
        seconds = time.perf_counter() - began
        print(row(name, evaluate(problem, groups, bound=False), seconds, ours), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
