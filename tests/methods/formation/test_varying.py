"""The price of rules, stability, plans that differ, hubs and spokes."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.methods.formation import (
    Apart,
    Complementarity,
    Nearness,
    Problem,
    ProblemError,
    Sizes,
    Stop,
    Together,
    evaluate,
    solve,
)
from isthmus.methods.formation.hubs import choose, serve
from isthmus.methods.formation.varying import pairs_of, price_of_rules, several, shaken, stability

CHANCE = np.random.default_rng(5)
POINTS = CHANCE.uniform(0, 30_000, (24, 2))
IDS = tuple(f"s{i:02}" for i in range(24))
STEPS = Stop(steps=60_000)
AREA = Problem(IDS, Sizes(4, 8), coordinates=POINTS)


def far_pair() -> tuple[str, str]:
    spread = np.hypot(*(POINTS[:, None] - POINTS[None, :]).transpose(2, 0, 1))
    i, j = np.unravel_index(spread.argmax(), spread.shape)
    return IDS[int(i)], IDS[int(j)]


def test_a_rule_that_costs_has_a_price_and_one_that_does_not_has_none() -> None:
    free = solve(AREA, stop=STEPS, seed=2)
    partner = next(iter(sorted(pairs_of(free.groups))))
    asked = replace(AREA, rules=(Together(far_pair()), Together(partner)))
    plan = solve(asked, stop=STEPS, seed=2)
    prices = {price.rule: price for price in price_of_rules(asked, plan, stop=STEPS)}
    dear, cheap = prices[str(asked.rules[0])], prices[str(asked.rules[1])]
    assert plan.objective is not None
    assert dear.price == pytest.approx(plan.objective - dear.without)
    assert dear.price > 5
    assert dear.broken == 1
    assert 0 <= cheap.price < dear.price / 5
    seen: list[int] = []

    def stop_after_one(done: int, _of: int) -> bool:
        seen.append(done)
        return False

    assert len(price_of_rules(asked, plan, stop=STEPS, on_progress=stop_after_one)) == len(seen) == 1


def test_near_pairs_are_stable_and_any_executor_says_the_same() -> None:
    clusters = np.repeat(np.array([[0, 0], [50_000, 0], [0, 50_000], [50_000, 50_000]]), 3, axis=0)
    points = clusters + np.random.default_rng(1).uniform(0, 800, clusters.shape)
    clear = Problem(IDS[:12], Sizes(3, 3), coordinates=points)
    plan = solve(clear, stop=STEPS)
    assert stability(clear, plan, runs=4, steps=20_000).overall == 1.0

    loose = replace(AREA, coordinates=np.random.default_rng(3).uniform(0, 9_000, (24, 2)))
    plan = solve(loose, stop=STEPS)
    alone = stability(loose, plan, runs=6, steps=20_000, travel=0.6)
    with ThreadPoolExecutor(2) as pool:
        assert stability(loose, plan, runs=6, steps=20_000, travel=0.6, executor=pool) == alone
    assert alone.runs == 6
    assert 0.0 < alone.overall < 1.0
    assert alone.overall == pytest.approx(np.mean(list(alone.pairs.values())))
    assert set(alone.schools) == set(IDS)


def test_a_shaken_problem_changes_only_what_it_should() -> None:
    asked = replace(
        AREA,
        attributes={"needs": [("maths", "reading")] * 24, "strengths": [("art",)] * 24},
        terms=(Nearness(), Complementarity(0.5)),
    )
    other = shaken(asked, np.random.default_rng(1), 0.25, 0.1, 0.5)
    assert other.ids == asked.ids
    assert {term.name for term in other.terms} == {term.name for term in asked.terms}
    assert other.terms != asked.terms
    dropped = sum(len(v) for v in other.attributes["needs"])  # type: ignore[arg-type]  # tuples of themes
    assert 10 < dropped < 40
    still = shaken(asked, np.random.default_rng(1), 0.0, 0.0, 0.0)
    assert still.terms == asked.terms
    assert still.attributes["needs"] == asked.attributes["needs"]
    np.testing.assert_array_equal(still.coordinates, asked.coordinates)


def test_other_good_plans_keep_the_rules_and_differ() -> None:
    asked = replace(AREA, rules=(Apart(far_pair()),))
    plan = solve(asked, stop=STEPS, seed=4)
    found = several(asked, plan, number=2, within=0.15, stop=STEPS, seed=4)
    assert found
    assert plan.objective is not None
    for variant in found:
        assert variant.objective <= plan.objective * 1.15 + 1e-9
        assert variant.objective == pytest.approx(evaluate(asked, variant.plan.groups).objective)
        assert not variant.plan.violations
        assert variant.common <= 0.95
        common = len(pairs_of(variant.plan.groups) & pairs_of(plan.groups)) / len(pairs_of(plan.groups))
        assert variant.common == pytest.approx(common)
    assert several(asked, plan, number=2, within=0.0, stop=STEPS, seed=4) == ()


def test_what_has_no_plan_cannot_be_varied() -> None:
    nothing = replace(solve(AREA, stop=STEPS), objective=None, groups=())
    for ask in (
        lambda: several(AREA, nothing),
        lambda: price_of_rules(AREA, nothing),
        lambda: stability(AREA, nothing),
    ):
        with pytest.raises(ProblemError):
            ask()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_serving_is_proven_best_by_trying_all(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n, h = int(chance.integers(2, 5)), int(chance.integers(2, 4))
    cost = chance.integers(0, 20, (n, h)).astype(float)
    cost[chance.random((n, h)) < 0.2] = np.inf
    room = chance.integers(0, n + 1, h)
    ways = [
        sum(cost[i, c] for i, c in enumerate(way))
        for way in itertools.product(range(h), repeat=n)
        if all(way.count(c) <= room[c] for c in range(h))
    ]
    best = min(ways, default=np.inf)
    if not np.isfinite(best):
        with pytest.raises(ProblemError, match="served"):
            serve(cost, room)
        return
    found = serve(cost, room)
    assert found.proven
    assert found.cost == pytest.approx(best)
    assert found.cost == pytest.approx(cost[np.arange(n), found.hub].sum())
    assert np.bincount(found.hub, minlength=h).tolist() <= [n] * h
    assert (np.bincount(found.hub, minlength=h) <= room).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_centres_are_chosen_as_well_as_trying_all(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n, h, number = int(chance.integers(3, 7)), int(chance.integers(3, 6)), int(chance.integers(1, 3))
    cost = chance.integers(0, 30, (n, h)).astype(float)
    room = chance.integers(1, n + 1, h)
    worths = []
    for some in itertools.combinations(range(h), number):
        try:
            worths.append(serve(cost[:, some], room[list(some)]).cost)
        except ProblemError:
            continue
    if not worths:
        with pytest.raises(ProblemError):
            choose(cost, room, number)
        return
    found = choose(cost, room, number)
    assert found.cost == pytest.approx(min(worths))
    assert found.proven
    assert len(found.open) <= number


def test_many_schools_are_served_with_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    import isthmus.methods.formation.hubs as hubs

    cost = np.hypot(*(POINTS[:, None] - POINTS[None, :8]).transpose(2, 0, 1)) / 1000
    exact = choose(cost, [12] * 8, 3)
    monkeypatch.setattr(hubs, "EXACT_CELLS", 0)
    found = choose(cost, [12] * 8, 3)
    assert exact.proven
    assert found.bound <= exact.cost + 1e-9 <= found.cost + 2e-9
    assert found.cost <= exact.cost * 1.1


def test_centres_that_are_too_few_are_refused_with_what_to_do() -> None:
    cost = np.ones((4, 2))
    with pytest.raises(ProblemError, match="places"):
        choose(cost, [1, 2], 2)
    with pytest.raises(ProblemError, match="from 1 to 2"):
        choose(cost, [4, 4], 3)
    with pytest.raises(ProblemError, match="Only 3 schools of 4"):
        serve(cost, [1, 2])
    cost[0] = np.inf
    with pytest.raises(ProblemError, match="row 1"):
        serve(cost, [4, 4])
