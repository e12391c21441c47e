"""The search's bookkeeping, its reproducibility and its stopping rules."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from isthmus.methods.formation import (
    AtLeast,
    Cap,
    Complementarity,
    Mixed,
    Nearness,
    NoRepeat,
    Problem,
    ProblemError,
    Progress,
    Sizes,
    Stop,
    Together,
    check,
    evaluate,
    solve,
)
from isthmus.methods.formation import problem as problem_module
from isthmus.methods.formation.construct import extreme_sizes, first_plan, target_sizes
from isthmus.methods.formation.kernels import anneal
from isthmus.methods.formation.model import build
from isthmus.methods.formation.repairing import repair
from isthmus.methods.formation.state import energy, make_state
from tests.methods.formation.problems import names_of, partitions, problems, worth

FAST = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def towns(n: int, seed: int = 3, *, rules: tuple[object, ...] = (), **changes: object) -> Problem:
    """n schools in a few towns, a quarter of them secondary, some figures unknown."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 90_000, (max(n // 25, 1), 2))
    points = centres[rng.integers(len(centres), size=n)] + rng.normal(0, 2_500, (n, 2))
    asked: dict[str, object] = {
        "ids": tuple(f"{100_000 + i}" for i in range(n)),
        "bounds": Sizes(6, 10),
        "coordinates": points,
        "attributes": {
            "phase": ["Secondary" if i % 4 == 0 else "Primary" for i in range(n)],
            "fsm": [None if i % 7 == 0 else float(v) for i, v in enumerate(rng.integers(0, 60, n))],
            "pupils": [None if i % 11 == 0 else float(v) for i, v in enumerate(rng.integers(60, 900, n))],
            "needs": [("reading",) if i % 3 == 0 else () for i in range(n)],
            "strengths": [("reading",) if i % 10 == 1 else () for i in range(n)],
        },
        "rules": rules,
    } | changes
    return Problem(**asked)  # type: ignore[arg-type]  # keyword by keyword as above


@pytest.mark.parametrize("dense", [True, False])
@FAST
@given(problem=problems(smallest=6, largest=9))
def test_what_the_kernel_keeps_up_to_date_equals_a_fresh_count(dense: bool, problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problem_module, "DENSE_LIMIT", 10_000 if dense else 0)
        try:
            model = build(problem, problem.bounds.groups or 2)
        except ValueError:
            return
        group, left = repair(model, first_plan(model, np.random.default_rng(1)), seed=1, rounds=100)
        if left > 0:
            return
        state = make_state(model, group)
        began = energy(model, state)
        everyone = np.arange(len(group), dtype=np.int32)
        rng = np.array([99], dtype=np.uint64)
        _, gained = anneal(model.data, state, everyone, np.zeros(model.groups, np.int16), 0, rng, 3_000, 2.0)
        fresh = make_state(model, state.group)
    assert energy(model, fresh) == pytest.approx(began + gained, abs=1e-6)
    for kept, counted in zip(state, fresh, strict=True):
        if kept is state.members or kept is state.place or (len(model.data.dense) and kept is state.own):
            continue
        np.testing.assert_allclose(kept, counted, atol=1e-6)
    for g, filled in enumerate(state.filled):
        assert sorted(state.members[g, :filled]) == list(np.flatnonzero(state.group == g))


@settings(FAST, max_examples=20)
@given(problems(smallest=8, largest=11))
def test_rules_hold_and_the_score_is_that_of_the_definitions(problem: Problem) -> None:
    plan = solve(problem, stop=Stop(steps=2_000))
    if plan.status in {"infeasible", "undecided"}:
        assert plan.groups == ()
        return
    assert check(problem, plan.groups, plan.names) == ()
    assert plan.objective == pytest.approx(worth(problem, plan.groups), abs=1e-6)
    assert plan.bound is None or plan.bound <= plan.objective + 1e-6


@pytest.mark.parametrize("dense", [True, False])
def test_the_same_seed_and_steps_give_the_same_plan_for_any_number_of_workers(
    dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problem_module, "DENSE_LIMIT", 3_000 if dense else 100)
    problem = towns(300, rules=(AtLeast({"phase": "Secondary"}, 1),))
    plans = [solve(problem, stop=Stop(steps=150_000), seed=5, workers=workers) for workers in (1, 2, 3)]
    assert plans[0].groups == plans[1].groups == plans[2].groups
    assert plans[0].steps == plans[1].steps
    assert solve(problem, stop=Stop(steps=150_000), seed=6).groups != plans[0].groups


@pytest.mark.parametrize("objective", ["pairs", "mean"])
def test_coordinates_and_matrix_find_plans_of_like_worth(
    objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = (Nearness(), Mixed("phase", 0.5), Mixed("fsm", 0.5), Complementarity(0.5))
    problem = towns(240, terms=terms, objective=objective)
    by_matrix = solve(problem, stop=Stop(steps=400_000))
    monkeypatch.setattr(problem_module, "DENSE_LIMIT", 0)
    by_points = solve(problem, stop=Stop(steps=400_000))
    assert by_matrix.objective == pytest.approx(by_points.objective, rel=0.06)
    for plan in (by_matrix, by_points):
        assert plan.objective == pytest.approx(worth(problem, plan.groups), rel=1e-9)


def test_unequal_sizes_go_where_schools_are_dense() -> None:
    plan = solve(towns(400), stop=Stop(steps=200_000))
    assert plan.objective is not None
    assert plan.bound is not None
    assert len(plan.groups) == 50
    assert plan.bound <= plan.objective
    level = sum(len(group) == 8 for group in plan.groups)
    assert level < 40


def test_rules_with_room_to_spare_hold_on_hundreds_of_schools() -> None:
    ids = tuple(f"{100_000 + i}" for i in range(400))
    earlier = tuple(itertools.pairwise(ids[:120]))
    rules = (AtLeast({"phase": "Secondary"}, 1), Cap("pupils", 5_000.0), NoRepeat(earlier))
    problem = towns(400, rules=rules)
    plan = solve(problem, stop=Stop(steps=200_000))
    assert plan.status == "feasible"
    assert check(problem, plan.groups, plan.names) == ()
    assert any("pupils is not known for 37 of 400" in warning for warning in plan.warnings)


def test_a_start_with_a_limit_on_moves_moves_no_more_than_that() -> None:
    problem = towns(200)
    first = solve(problem, stop=Stop(steps=2_000), seed=1)
    better = solve(problem, stop=Stop(steps=100_000), start=first.groups, max_moves=6)
    assert first.objective is not None
    assert better.objective is not None
    assert better.objective <= first.objective
    before = {id_: g for g, group in enumerate(first.groups) for id_ in group}
    away = [id_ for g, group in enumerate(better.groups) for id_ in group if before[id_] != g]
    assert sorted(away) == sorted(better.moved)
    assert len(away) <= 6
    assert solve(problem, stop=Stop(steps=5_000), start=first.groups, max_moves=0).groups == first.groups


def test_moves_are_counted_school_by_school_where_a_rule_joins_schools_of_two_groups() -> None:
    points = np.array([[0.0, 0], [0, 1_000], [9_000, 0], [9_000, 1_000]])
    problem = Problem(("a", "b", "c", "d"), Sizes(1, 3, 2), coordinates=points, rules=(Together(("a", "c")),))
    start = [["a", "b"], ["c", "d"]]
    assert solve(problem, stop=Stop(steps=1_000), start=start, max_moves=0).status == "infeasible"
    plan = solve(problem, stop=Stop(steps=1_000), start=start, max_moves=1)
    assert len(plan.moved) == 1
    assert plan.status == "feasible"


@st.composite
def limited(draw: st.DrawFn) -> tuple[Problem, list[list[str]], int]:
    """A problem with schools to be together, a plan to start from (it may lack schools), a limit on moves."""
    problem = draw(problems(smallest=5, largest=7))
    pairs = st.lists(st.sampled_from(problem.ids), min_size=2, max_size=3, unique=True).map(tuple)
    together = tuple(Together(ids) for ids in draw(st.lists(pairs, min_size=1, max_size=2)))
    k = problem.bounds.groups
    assert k is not None
    start: list[list[str]] = [[] for _ in range(k + 1)]
    for id_ in problem.ids:
        start[draw(st.integers(0, k))].append(id_)
    return (
        replace(problem, rules=problem.rules[:1] + together),
        start[: draw(st.integers(k, k + 1))],
        draw(st.integers(0, 5)),
    )


@settings(FAST, max_examples=60)
@given(limited())
def test_no_plan_moves_more_schools_than_the_limit_and_none_is_refused_that_exists(
    asked: tuple[Problem, list[list[str]], int],
) -> None:
    problem, start, most = asked
    before = {id_: g for g, group in enumerate(start) for id_ in group}

    def moved(groups: Sequence[Sequence[str]]) -> list[str]:
        return [id_ for g, group in enumerate(groups) for id_ in group if before.get(id_, g) != g]

    names = names_of(problem)
    sound = [
        worth(problem, groups)
        for groups in partitions(problem)
        if len(moved(groups)) <= most and not check(problem, groups, names)
    ]
    plan = solve(problem, stop=Stop(steps=5_000), start=start, max_moves=most)
    assert (plan.status == "infeasible") == (not sound)
    if sound:
        assert plan.objective is not None
        assert list(plan.moved) == moved(plan.groups)
        assert len(plan.moved) <= most
        assert check(problem, plan.groups, plan.names) == ()
        assert plan.objective >= min(sound) - 1e-6


def test_progress_is_told_and_can_stop_the_search() -> None:
    seen: list[Progress] = []

    def listen(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) < 5

    plan = solve(towns(200), stop=Stop(steps=10_000_000), on_progress=listen)
    assert plan.status == "feasible"
    assert len(seen) == 5
    assert plan.steps == seen[-1].steps < 10_000_000
    assert [p.fraction for p in seen] == sorted(p.fraction for p in seen)
    assert plan.objective == pytest.approx(seen[-1].objective, rel=1e-9)
    assert evaluate(towns(200), seen[-1].groups).objective == pytest.approx(plan.objective)


def test_a_gap_that_is_good_enough_stops_the_search() -> None:
    plan = solve(towns(200), stop=Stop(steps=5_000_000, gap=0.9))
    assert plan.steps < 5_000_000
    assert plan.gap is not None
    assert plan.gap <= 0.9


def test_seconds_limit_the_search() -> None:
    plan = solve(towns(200), stop=Stop(seconds=0.3))
    assert 0.3 <= plan.seconds < 2.0
    assert plan.trajectory[-1][1] == plan.steps


def test_schools_without_coordinates_are_listed() -> None:
    problem = towns(60)
    assert problem.coordinates is not None
    problem.coordinates[[3, 17]] = np.nan
    plan = solve(problem, stop=Stop(steps=5_000))
    assert plan.unplaced == (problem.ids[3], problem.ids[17])
    assert sum(map(len, plan.groups)) == 58
    assert check(problem, plan.groups, plan.names) == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {"seed": -1},
        {"workers": 0},
        {"max_moves": 3},
        {"start": [["100000"]], "max_moves": -1},
    ],
)
def test_arguments_without_sense_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ProblemError):
        solve(towns(60), **arguments)  # type: ignore[arg-type]  # that is the point


def test_sizes_level_and_extreme() -> None:
    low, high = np.array([2.0, 2, 2]), np.array([5.0, 4, 9])
    assert target_sizes(low, high, 11).tolist() == [4, 4, 3]
    assert sorted(extreme_sizes(low, high, 11).tolist()) == [2, 2, 7]
