"""Plans of groups of exactly three are proved by the matching of triads, where nothing but pairs decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from isthmus.methods.formation import (
    Apart,
    AtLeast,
    Plan,
    Problem,
    Sizes,
    Stop,
    Together,
    improving,
    solve,
    triads,
)
from isthmus.methods.formation.exact import Exact
from isthmus.methods.formation.model import Model, build
from isthmus.methods.matching import may_meet, review_triads

N = 48
POINTS = np.random.default_rng(11).random((N, 2)) * 30_000
PROBLEM = Problem(tuple(map(str, range(N))), Sizes(3, 3), coordinates=POINTS)
KM = np.hypot(*(POINTS[:, None] - POINTS[None]).transpose(2, 0, 1)) / 1000


def plan(problem: Problem) -> Plan:
    return solve(problem, stop=Stop(steps=100_000), seed=3)


def test_a_plan_of_triads_is_proved() -> None:
    found = plan(PROBLEM)
    assert (found.status, found.gap) == ("optimal", 0.0)
    assert found.objective == pytest.approx(review_triads(KM).cost)


def test_pairs_kept_apart_are_apart_in_what_is_proved() -> None:
    nearest = np.argsort(KM[0])[1:4].tolist()
    rules = tuple(Apart(("0", str(one))) for one in nearest)
    found = plan(replace(PROBLEM, rules=rules))
    assert found.status == "optimal"
    assert found.violations == ()
    allowed = may_meet(N, pairs=[(0, one) for one in nearest])
    assert found.objective == pytest.approx(review_triads(np.where(allowed, KM, np.inf)).cost)
    assert found.objective is not None
    assert found.objective > review_triads(KM).cost


def test_what_is_more_than_pairs_in_threes_is_left_to_others() -> None:
    leads = tuple("yes" if i < 20 else "no" for i in range(N))
    asked = (
        replace(PROBLEM, bounds=Sizes(3, 4)),
        replace(PROBLEM, rules=(Together(("0", "1")),)),
        replace(PROBLEM, objective="mean"),
        replace(PROBLEM, attributes={"lead": leads}, rules=(AtLeast({"lead": "yes"}, 1),)),
    )
    assert triads.are_triads(build(PROBLEM, N // 3))
    assert not any(triads.are_triads(build(one, N // 3)) for one in asked)


def test_half_of_a_short_time_is_kept_for_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    plan(PROBLEM)  # kernels are loaded
    given: list[float] = []
    best = triads.best_triads

    def told(model: Model, seconds: float) -> Exact:
        given.append(seconds)
        return best(model, seconds)

    monkeypatch.setattr(improving, "best_triads", told)
    solve(PROBLEM, stop=Stop(seconds=2.0), seed=3)
    assert given
    assert given[0] > 0.5
