"""A country in regions: any executor, every rule, the same plan however many workers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest

from isthmus.methods.formation import (
    Apart,
    AtLeast,
    Fixed,
    Given,
    GroupBounds,
    Mixed,
    Nearness,
    Problem,
    ProblemError,
    Stop,
    Together,
    check,
    evaluate,
    solve,
)
from isthmus.methods.formation.regions import solve_by_regions
from tests.methods.formation.test_search import towns

RULES = (
    AtLeast({"phase": "Secondary"}, 1),
    Together(("100003", "100004")),
    Apart(("100010", "100011", "100390")),
    Fixed("North", ("100020",)),
)


@contextmanager
def dask() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (group bench)")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def in_threads() -> tuple[Problem, tuple[tuple[str, ...], ...]]:
    problem = towns(400, rules=RULES, terms=(Nearness(), Mixed("fsm", 0.3)))
    with ThreadPoolExecutor(1) as pool:
        plan = solve_by_regions(problem, pool, regions=3, rounds=3, steps=300_000)
    assert plan.status == "feasible"
    assert check(problem, plan.groups, plan.names) == ()
    assert plan.objective == pytest.approx(evaluate(problem, plan.groups, names=plan.names).objective)
    return problem, plan.groups


@pytest.mark.parametrize("kind", [processes, dask], ids=["processes", "dask"])
def test_the_executor_makes_no_difference(kind, in_threads) -> None:  # type: ignore[no-untyped-def]  # fixtures
    problem, groups = in_threads
    with kind() as executor:
        assert solve_by_regions(problem, executor, regions=3, rounds=3, steps=300_000).groups == groups


def test_seams_are_mended() -> None:
    """Regions with one cut leave a seam; further cuts come close to a search of the whole."""
    problem = towns(400)
    with ThreadPoolExecutor(2) as pool:
        once = solve_by_regions(problem, pool, regions=8, rounds=1, steps=1_000_000)
        mended = solve_by_regions(problem, pool, regions=8, rounds=5, steps=1_000_000)
    whole = solve(problem, stop=Stop(steps=1_000_000))
    assert once.objective is not None
    assert mended.objective is not None
    assert whole.objective is not None
    assert mended.objective < once.objective
    assert mended.objective < 1.05 * whole.objective


def test_a_plan_given_is_never_made_worse() -> None:
    problem = towns(200)
    good = solve(problem, stop=Stop(steps=2_000_000))
    with ThreadPoolExecutor(2) as pool:
        plan = solve_by_regions(problem, pool, regions=4, rounds=2, steps=20_000, start=good.groups)
    assert good.objective is not None
    assert plan.objective is not None
    assert plan.objective <= good.objective + 1e-6


def test_what_cannot_be_cut_is_refused() -> None:
    matrix = np.zeros((4, 4))
    no_map = Problem(tuple("abcd"), GroupBounds(((2, 2), (2, 2))), affinity=matrix, terms=(Given(),))
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(ProblemError, match="coordinates"):
            solve_by_regions(no_map, pool)
        with pytest.raises(ProblemError, match="1 or more"):
            solve_by_regions(towns(60), pool, regions=0)


def test_no_plan_is_said_as_for_the_whole() -> None:
    problem = towns(60, rules=(AtLeast({"phase": "Secondary"}, 9),))
    with ThreadPoolExecutor(1) as pool:
        assert solve_by_regions(problem, pool, steps=1_000).status == "infeasible"
