"""The bound on a country's triads: below every round, close to it, and not to be had by a mistake of the regions."""

from __future__ import annotations

import itertools
from types import ModuleType

import numpy as np
import pytest

from isthmus.methods.formation import Apart, Problem, Sizes, Stop, check, solve
from isthmus.methods.formation import problem as problem_module
from isthmus.methods.matching import MatchingError, bound_of_triads, country, kernels, review_triads
from isthmus.methods.matching.country import LEAST, Prices
from isthmus.methods.matching.cuts import REMAINDER, ROW
from isthmus.methods.matching.model import Floats
from tests.methods.formation.test_mutants import changed


def points(n: int, seed: int) -> Floats:
    """Some in towns, some remote, a few at one place."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 60, (max(n // 20, 2), 2))
    xy = towns[rng.integers(len(towns), size=n)] + rng.normal(0, 1.5, (n, 2))
    xy[: n // 8] = rng.uniform(-40, 100, (n // 8, 2))
    xy[-3:] = xy[-4]
    return np.asarray(xy)


def distances(xy: Floats) -> Floats:
    return np.asarray(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))


@pytest.fixture
def small_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several cells and seams even on a small map."""
    stages = ((24, 0.6, 0.8, 0), (24, 1.2, 0.5, 0), (24, 2.4, 2.0, 3))
    monkeypatch.setattr(country, "CELL", 24)
    monkeypatch.setattr(country, "STAGES", stages)


@pytest.mark.parametrize("n", [60, 61, 62, *(pytest.param(n, marks=pytest.mark.prove) for n in (75, 90))])
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.prove)])
def test_no_round_is_below_the_bound(small_cells: None, n: int, seed: int) -> None:
    """Against proven optima, with one and two pairs beside the triads too."""
    xy = points(n, seed)
    best = review_triads(distances(xy), seed=seed)
    assert best.proven
    bound = bound_of_triads(xy)
    assert bound <= best.cost + 1e-9
    # Where pairs are formed, two of the most remote might be one.
    assert bound > (0.8 if n % 3 == 0 else 0.0) * best.cost


def test_inequalities_and_other_cells_lift_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    xy = points(300, 5)
    monkeypatch.setattr(country, "CELL", 75)
    monkeypatch.setattr(country, "STAGES", ((75, 0.6, 0.8, 0), (75, 2.4, 2.0, 4), (75, 3.0, 2.0, 3)))
    whole = bound_of_triads(xy)
    monkeypatch.setattr(country, "STAGES", country.STAGES[:1])
    plain = bound_of_triads(xy)
    monkeypatch.setattr(country, "STAGES", ())
    first = bound_of_triads(xy)
    assert first < plain < whole
    best = review_triads(distances(xy), seconds=8.0)
    assert whole <= best.cost
    assert whole > 0.9 * best.cost


def test_threads_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(country, "CELL", 100)
    monkeypatch.setattr(country, "STAGES", ((100, 0.6, 0.8, 0), (100, 2.4, 2.0, 3)))
    xy = points(400, 3)
    assert bound_of_triads(xy, workers=1) == bound_of_triads(xy, workers=3)


@pytest.mark.parametrize("n", [63, 64, 65])
def test_wrong_prices_and_cuts_are_put_right(n: int) -> None:
    """Whatever prices and cuts the regions leave behind, what is certified holds for a proven optimum."""
    rng = np.random.default_rng(n)
    xy = points(n, n)
    best = review_triads(distances(xy))
    assert best.proven
    for _ in range(20):
        found = Prices(rng.uniform(-0.5, 1.5, n) * best.cost / n)
        for _ in range(12):
            size = int(rng.integers(1, 9))
            members = np.sort(rng.choice(n, 3 if size % 3 == 0 else size, replace=False))
            found.members.append(members)
            found.weights.append(np.array(ROW if size % 3 == 0 else REMAINDER[size % 3]))
            found.worth.append(-float(rng.uniform(0, 0.3)) * best.cost / n)
            found.most.append(1.0 if size % 3 == 0 else -1.0)
        assert country._certify(xy, found) <= best.cost + 1e-9


MUTANTS = [
    ("c = min(c, cut[at_j])", "c = c"),
    ("inside, at_k = inside + 1, at_k + 1", "at_k = at_k + 1"),
    ("total += worth[c] * weight[c, inside]", "total -= worth[c] * weight[c, inside]"),
    ("if left >= high[i] + high[j] + high[k]:", "if left >= price[i] + price[j] + price[k]:"),
    ("left -= _lift(i, j, k, cut_first, cut, weight, worth)", "left -= 0.0"),
    ("price[k] += left / 3.0", "price[k] += 0.0"),
    ("- high[i] - high[j])", "- high[i])"),
    ("2.0 * side > (1.0 + slack) * (two + price[k])", "2.0 * side > (1.0 + slack) * two"),
    ("if cost > (1.0 + slack) * (two + price[j]):", "if cost > two + price[j]:"),
    ("least, most = min(i, j, k), max(i, j, k)", "least, most = min(i, j), max(i, j, k)"),
]


def unsound(kernel: ModuleType) -> bool:
    """Whether, of prices and cuts at random on a small map, any triple or pair stays worth more than it costs."""
    for n, seed in itertools.product((15, 16), range(8)):
        rng = np.random.default_rng((n, seed))
        xy = rng.uniform(0, 10, (n, 2))
        found = Prices(rng.uniform(-1, 7, n))
        for _ in range(10):
            size = int(rng.choice([3, 4, 5, 7]))
            found.members.append(np.sort(rng.choice(n, size, replace=False)))
            found.weights.append(np.array(ROW if size == 3 else REMAINDER[size % 3]))
            found.worth.append(-float(rng.uniform(0, 5)))
            found.most.append(1.0 if size == 3 else -1.0)
        first, ball = country._around(xy, 1.5 * 1.3 * found.high())
        listed = kernel.near_triples(xy, found.high(), first, ball, 0.3)
        every = np.array(list(itertools.combinations(range(n), 3)), dtype=np.int32)
        cost, high, before = country._values(xy, every), found.high(), found.price.copy()
        if set(map(tuple, listed.tolist())) != set(
            map(tuple, every[cost <= 1.3 * high[every].sum(axis=1)].tolist())
        ):
            return True
        lift = sum(
            worth * weight[np.isin(every, members).sum(axis=1)]
            for members, weight, worth in zip(found.members, found.weights, found.worth, strict=True)
        )
        if not np.allclose(kernel.lifts(every, *found.by_school()), lift):
            return True
        kernel.make_fair(xy, found.price, found.high(), first, ball, *found.by_school())
        left = cost - found.price[every].sum(axis=1) - lift
        fair = (cost - before[every].sum(axis=1) - lift >= 0).all()
        if left.min() < -1e-9 or (found.price > before).any() or (fair and (found.price < before).any()):
            return True
        pairs = distances(xy) - found.high()[:, None] - found.high()
        if not np.isclose(kernel.least_pair(xy, found.high()), pairs[np.triu_indices(n, 1)].min()):
            return True
    return False


def test_prices_are_fair_over_every_triple() -> None:
    assert not unsound(kernels)
    assert not unsound(changed(kernels, "least = np.inf", "least = np.inf"))


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_broken_line_is_caught(old: str, new: str) -> None:
    assert unsound(changed(kernels, old, new))


def test_every_triple_that_may_be_dear_is_met_once() -> None:
    xy = points(60, 9)
    price = np.random.default_rng(2).uniform(0, 12, 60)
    first, ball = country._around(xy, 1.5 * 1.3 * price)
    listed = kernels.near_triples(xy, price, first, ball, 0.3)
    cost = distances(xy)
    wanted = {
        (i, j, k)
        for i in range(60)
        for j in range(i + 1, 60)
        for k in range(j + 1, 60)
        if cost[i, j] + cost[i, k] + cost[j, k] <= 1.3 * (price[i] + price[j] + price[k])
    }
    assert len(listed) == len(wanted) > 100
    assert {tuple(t) for t in listed.tolist()} == wanted


def test_regions_in_one_wave_share_no_triple() -> None:
    xy = points(300, 4)
    cells = country._cells(xy, 20, 0.3)
    assert sorted(np.concatenate(cells)) == list(range(300))
    assert max(map(len, cells)) <= 20
    cost = distances(xy)
    near = np.argsort(cost, axis=1)[:, :3]
    triples = np.unique(np.sort(near, axis=1), axis=0).astype(np.int32)
    regions = country._regions(triples, cells, 300)
    for region in regions:
        assert (region.schools[region.triples] == triples[region.at]).all()
        touched = np.isin(triples, region.schools[region.inside]).any(axis=1)
        assert (np.flatnonzero(touched) == region.at).all()
    waves = country._waves(regions, len(triples))
    assert sorted(r for wave in waves for r in wave) == list(range(len(cells)))
    for wave in waves:
        rows = np.concatenate([regions[r].at for r in wave])
        assert len(rows) == len(np.unique(rows))


def test_time_and_cancelling_end_it_with_a_bound_that_holds() -> None:
    xy = points(90, 1)
    best = review_triads(distances(xy))
    assert bound_of_triads(xy, seconds=0.0) <= best.cost
    assert bound_of_triads(xy, cancelled=lambda: True) <= best.cost


@pytest.mark.parametrize("wrong", [np.zeros((LEAST - 1, 2)), np.zeros((80, 3)), np.full((80, 2), np.nan)])
def test_what_is_no_map_is_refused(wrong: Floats) -> None:
    with pytest.raises(MatchingError, match="coordinates"):
        bound_of_triads(wrong)


@pytest.mark.parametrize("n", [120, *(pytest.param(n, marks=pytest.mark.prove) for n in (121, 122))])
def test_a_plan_of_triads_on_a_large_map_has_this_bound(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_module, "DENSE_LIMIT", 0)
    xy, ids = points(n, 6), tuple(map(str, range(n)))
    sizes = Sizes(3 if n % 3 == 0 else 2, 3, -(-n // 3))
    apart = Apart(("3", "40", "77"))
    problem = Problem(ids, sizes, coordinates=xy * 1000, rules=(apart,))
    plan = solve(problem, stop=Stop(steps=600_000))
    assert check(problem, plan.groups) == ()
    assert plan.bound is not None
    assert plan.gap is not None
    assert plan.gap < 0.3
    cost = distances(xy)
    three = [3, 40, 77]
    cost[np.ix_(three, three)] = np.inf
    assert plan.bound <= review_triads(cost).cost + 1e-9
