"""The search on a matrix: its bookkeeping, its sizes and its independence of the number of threads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from isthmus.methods.formation import Given, GroupBounds, Problem, Stop, check, solve, sweeping, tempering
from isthmus.methods.formation.model import build
from isthmus.methods.formation.repairing import breach
from isthmus.methods.formation.state import energy, make_state
from isthmus.methods.formation.tempering import by_rows
from tests.methods.formation.bookkeeping import after_sweep, modelled
from tests.methods.formation.problems import given_problems, problems

FAST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def matrix(n: int, sizes: tuple[tuple[int, int], ...] | None, weighted: bool = False) -> Problem:
    rng = np.random.default_rng(n)
    values = np.triu(rng.integers(0, 100, (n, n)).astype(float), 1)
    heavy = tuple(float(w) for w in rng.integers(1, 10, n))
    k = len(sizes) if sizes else 6
    share = sum(heavy) / k
    return Problem(
        tuple(map(str, range(n))),
        GroupBounds(
            sizes, ((share * 0.7, share * 1.2),) * k if weighted else None, heavy if weighted else None
        ),
        affinity=values + values.T,
        terms=(Given(),),
        sense="max",
    )


@FAST
@given(st.one_of(given_problems(), problems(smallest=6, largest=9)), st.sampled_from((0.01, 1.0, 1e6)))
def test_what_a_sweep_keeps_up_to_date_equals_a_fresh_count(problem: Problem, price: float) -> None:
    found = modelled(problem)
    if found is None or not by_rows(found[0]):
        return
    assert after_sweep(sweeping, *found, price=price) == []


@pytest.mark.parametrize("weighted", [False, True])
def test_same_seed_and_steps_same_plan_for_any_number_of_workers(weighted: bool) -> None:
    problem = matrix(48, None if weighted else ((6, 10),) * 6, weighted)
    assert by_rows(build(problem, 6))
    plans = [solve(problem, stop=Stop(steps=400_000), seed=3, workers=w) for w in (1, 2, 3)]
    assert plans[0].groups == plans[1].groups == plans[2].groups
    assert plans[0].steps == plans[1].steps
    assert check(problem, plans[0].groups, plans[0].names) == ()


@pytest.mark.parametrize("weighted", [False, True])
def test_the_ladder_gives_the_same_plan_for_any_number_of_workers(
    weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    climbed = []
    exchange = tempering.Ladder.exchange
    monkeypatch.setattr(tempering.Ladder, "exchange", lambda *a: climbed.append(1) or exchange(*a))
    problem = matrix(18, None if weighted else ((4, 5),) * 4, weighted)
    plans = [solve(problem, stop=Stop(steps=3_000_000), seed=3, workers=w) for w in (1, 2, 3)]
    assert climbed
    assert plans[0].groups == plans[1].groups == plans[2].groups
    assert plans[0].steps == plans[1].steps == plans[2].steps


@pytest.mark.parametrize("weighted", [False, True])
def test_searches_on_a_ladder_change_places_and_stay_what_they_are(weighted: bool) -> None:
    found = modelled(matrix(24, None if weighted else ((4, 8),) * 4, weighted))
    assert found is not None
    model, group = found
    walks = tempering.Walks(model, [group], 1)
    hot, cold = walks.window(None, 1_000_000)
    ladder = tempering.Ladder(walks, 1, 20 * hot, cold)
    rungs = len(ladder)
    for cuts in ([0, rungs], [0, rungs // 2, rungs]):
        ladder.exchange(None, cuts)
    assert sorted(ladder.order) == list(range(rungs))
    assert list(ladder.order) != list(range(rungs))
    for w in range(rungs):
        state = make_state(model, ladder.group[w])
        assert np.allclose(ladder.contact[w], state.contact)
        assert ladder.score[w, tempering.ENERGY] == pytest.approx(energy(model, state))
    assert (np.diff(ladder.temperature) > 0).all()
    # Cold rungs hold better plans than hot ones.
    paid = ladder.score[ladder.order, tempering.ENERGY]
    assert paid[: rungs // 3].mean() < paid[-rungs // 3 :].mean()


def test_sizes_with_the_most_pairs_are_kept_through_the_heat() -> None:
    plan = solve(matrix(40, ((4, 12),) * 5), stop=Stop(steps=400_000))
    assert sorted(map(len, plan.groups)) == [4, 4, 8, 12, 12]


def test_random_matrices_are_solved_to_within_a_hair_of_a_long_search() -> None:
    problem = matrix(48, ((8, 8),) * 6)
    short = solve(problem, stop=Stop(steps=2_000_000), seed=1).objective
    long = solve(problem, stop=Stop(steps=20_000_000), seed=2).objective
    assert short is not None
    assert long is not None
    assert short >= 0.997 * long


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_cold_sweep_ends_where_no_change_is_better(weighted: bool, seed: int) -> None:
    found = modelled(matrix(40, None if weighted else ((4, 12),) * 5, weighted), seed)
    assert found is not None
    model, group = found
    after_sweep(sweeping, model, group, steps=400_000, seed=seed + 1, price=1e6, cold=True)
    d, state = model.data, make_state(model, group)
    assert not (breach(d, state.load, slice(None)) > 1e-9).any()
    best = energy(model, state)
    for i, j in itertools.product(range(len(group)), range(-model.groups, len(group))):
        other = group.copy()
        other[i] = group[j] if j >= 0 else -j - 1
        if j >= 0:
            other[j] = group[i]
        after = make_state(model, other)
        if not (breach(d, after.load, slice(None)) > 1e-9).any():
            assert energy(model, after) >= best - 1e-6
