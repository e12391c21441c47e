"""Rounds of triads: against every possible round where they can be listed, and by their own promises where not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.methods.matching import (
    MatchingError,
    NoTriads,
    Triads,
    cuts,
    kernels,
    may_meet,
    programming,
    relaxing,
    review_rounds,
    review_triads,
    reviewers,
    triads,
)
from isthmus.methods.matching.model import Floats, Groups, Ints


def every_round(schools: tuple[int, ...]) -> Iterator[Groups]:
    """Each way to split schools into triads, once."""
    if not schools:
        yield ()
        return
    first, rest = schools[0], schools[1:]
    for two in itertools.combinations(rest, 2):
        others = tuple(s for s in rest if s not in two)
        for more in every_round(others):
            yield ((first, *two), *more)


NINE = tuple(every_round(tuple(range(9))))
TWELVE = tuple(every_round(tuple(range(12))))


def total(cost: Floats, groups: Groups) -> float:
    return float(sum(cost[i, j] for g in groups for i, j in itertools.combinations(g, 2)))


def places(n: int, seed: int) -> Floats:
    """Distances between n random places, some of them close together."""
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2)) * 10 + rng.integers(0, 3, (n, 1)) * 20
    return np.asarray(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))


def keeps_its_word(answer: Triads, cost: Floats) -> None:
    n = len(cost)
    assert sorted(s for g in answer.groups for s in g) == list(range(n))
    assert sorted(map(len, answer.groups))[0] == (3 if n % 3 == 0 else 2)
    assert answer.cost == pytest.approx(total(cost, answer.groups))
    assert answer.bound <= answer.cost


@given(st.integers(0, 10_000), st.booleans())
def test_nine_schools_get_the_best_of_all_280_rounds(seed: int, near: bool) -> None:
    table = np.random.default_rng(seed).normal(size=(9, 9))
    cost = places(9, seed) if near else table + table.T
    np.fill_diagonal(cost, 0.0)
    answer = review_triads(cost)
    keeps_its_word(answer, cost)
    assert answer.proven
    assert answer.cost == pytest.approx(min(total(cost, groups) for groups in NINE), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("n", "pairs"), [(10, 2), (11, 1), (7, 2), (5, 1), (4, 2)])
def test_who_is_left_over_is_in_a_pair(n: int, pairs: int) -> None:
    cost = places(n, n)
    answer = review_triads(cost)
    assert sum(len(g) == 2 for g in answer.groups) == pairs
    keeps_its_word(answer, cost)
    padded = np.zeros((12, 12))
    padded[:n, :n] = cost
    everything = [
        tuple(tuple(s for s in g if s < n) for g in groups)
        for groups in every_round(tuple(range(n + -n % 3)))
        if all(sum(s >= n for s in g) < 2 for g in groups)
    ]
    assert answer.cost == pytest.approx(min(total(cost, groups) for groups in everything))


@given(st.integers(0, 10_000))
def test_those_who_must_not_meet_do_not_or_it_is_proven_that_some_must(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = places(9, seed)
    for i, j in itertools.combinations(range(9), 2):
        if rng.random() < 0.35:
            cost[i, j] = cost[j, i] = np.inf
    best = min(total(cost, groups) for groups in NINE)
    if np.isfinite(best):
        answer = review_triads(cost)
        keeps_its_word(answer, cost)
        assert answer.cost == pytest.approx(best)
        return
    broken = min(
        sum(not np.isfinite(cost[p]) for g in groups for p in itertools.combinations(g, 2)) for groups in NINE
    )
    with pytest.raises(NoTriads, match="keeps apart every pair") as caught:
        review_triads(cost)
    assert caught.value.proven
    assert caught.value.fewest == caught.value.broken == broken


def test_no_round_breaks_an_inequality_and_fractions_do() -> None:
    """Every cut that is ever made is kept by all 15,400 rounds of twelve schools."""
    rounds = np.array(TWELVE)
    made = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        all_triples = np.array(list(itertools.combinations(range(12), 3)), dtype=np.int32)
        some = all_triples[rng.permutation(220)[:25]]
        program = programming.Program(np.full(12, 5.0))
        program.let_in(rng.random(25), some)
        dual = program.solve(10.0)
        assert dual is not None
        used = dual.share > 1e-6
        sets, weights = cuts.broken_by(some[used], dual.share[used], 12)
        every = cuts.Cuts.none(12).and_more(sets, weights)
        made += len(every)
        counted = every.rows(rounds.reshape(-1, 3)).reshape(len(every), len(rounds), 4).sum(axis=2)
        assert (counted <= every.most[:, None] + 1e-9).all()
        fractions = every.rows(some[used]) @ dual.share[used]
        assert (fractions > every.most).all()
    assert made > 100


def test_sets_grow_by_who_has_most_to_do_with_them() -> None:
    together = np.random.default_rng(5).random((9, 9)).round(1)
    together += together.T
    together[8] = together[:, 8] = 0.0
    order, many = kernels.grow(together, 4)
    assert many[8] == 1
    for start in range(8):
        assert many[start] == 5
        for at in range(1, 5):
            inside = list(order[start, :at])
            tie = together[inside].sum(axis=0)
            tie[inside] = -1.0
            assert tie[order[start, at]] == pytest.approx(tie.max())


def test_what_triples_count_in_sets_is_what_their_inequalities_say() -> None:
    rng = np.random.default_rng(6)
    some = np.array(list(itertools.combinations(range(9), 3)), dtype=np.int32)[rng.permutation(84)[:30]]
    share, sets = rng.random(30), [rng.random(9) < 0.5 for _ in range(12)]
    weights: list[tuple[float, ...]] = [cuts.REMAINDER[1 + at % 2] for at in range(12)]
    counted = kernels.counted(some, share, np.array(sets), np.array(weights))
    assert np.allclose(counted, cuts.Cuts.none(9).and_more(sets, weights).rows(some) @ share)


def changed_and_solved(seed: int) -> list[tuple[float, int, int]]:
    """(value, columns, cuts) of a program after each of many changes."""
    rng = np.random.default_rng(seed)
    every = np.array(list(itertools.combinations(range(12), 3)), dtype=np.int32)
    order, value = rng.permutation(220), rng.random(220)
    program, found = programming.Program(np.full(12, 2.0)), []
    for some in np.array_split(order, 5):
        program.let_in(value[some], every[some])
        dual = program.solve(10.0)
        assert dual is not None
        used = dual.share > 1e-6
        program.keep(program.cuts.rows(program.triples) @ dual.share > program.cuts.most - 1e-5)
        program.cut(cuts.Cuts.none(12).and_more(*cuts.broken_by(program.triples[used], dual.share[used], 12)))
        dual = program.solve(10.0)
        assert dual is not None
        price = dual.price.sum() + dual.worth @ program.cuts.most
        paid = program.value @ dual.share
        rest = program.value - dual.price[program.triples].sum(axis=1)
        rest -= dual.worth @ program.cuts.rows(program.triples)
        assert rest.min() > -1e-6
        assert paid <= price + 1e-6
        found.append((round(float(price), 6), len(program.value), len(program.cuts)))
        program.only((dual.share > 1e-6) | (rest < 0.5))
    return found


@pytest.mark.parametrize("seed", range(10))
def test_a_program_kept_between_solutions_comes_to_what_one_begun_afresh_does(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def value(kept: list[tuple[float, int, int]]) -> list[float]:
        return [price for price, _, _ in kept]

    kept = changed_and_solved(seed)
    assert programming._kept(np.ones(3)) is not None
    monkeypatch.setattr(programming, "_kept", lambda dear: None)
    afresh = changed_and_solved(seed)
    # Of equally good solutions they may find different ones, and so cut differently; the last has every triple.
    assert value(kept)[0] == pytest.approx(value(afresh)[0], abs=1e-5)


def test_what_the_kept_program_refuses_is_solved_afresh() -> None:
    program = programming.Program(np.full(6, 9.0))
    program.let_in(np.array([1.0, 1.0]), np.array([[0, 1, 2], [3, 3, 4]], dtype=np.int32))
    assert program._lp is None
    dual = program.solve(10.0)
    assert dual is not None
    assert dual.share[0] == pytest.approx(1.0)


def test_a_wrong_inequality_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cuts.REMAINDER, 1, (0.0, -0.5, -0.5, 0.0))
    with pytest.raises(AssertionError):
        test_no_round_breaks_an_inequality_and_fractions_do()


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.prove) for n in (1, 2))])
def test_thirty_six_schools_are_proven_by_cuts_and_the_bound_only_rises(seed: int) -> None:
    cost, told = places(36, seed), []
    answer = review_triads(cost, on_progress=lambda best, bound: told.append((best, bound)))
    keeps_its_word(answer, cost)
    assert answer.proven
    assert answer.gap == 0.0
    assert [bound for _, bound in told] == sorted(bound for _, bound in told)
    without = _without_cuts(cost)
    assert answer.cost == pytest.approx(without, rel=1e-6)


def _without_cuts(cost: Floats) -> float:
    """The same by integer programming over every triple."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    pool: Ints = np.array(list(itertools.combinations(range(len(cost)), 3)), dtype=np.int32)
    value = relaxing.values(cost, pool)
    rows, m = pool.T.ravel(), len(pool)
    cover = csr_array((np.ones(3 * m), (rows, np.tile(np.arange(m), 3))), shape=(len(cost), m))
    found = milp(
        value,
        constraints=LinearConstraint(cover, 1, 1),
        integrality=np.ones(m),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return float(found.fun)


def test_time_that_runs_out_leaves_a_round_and_an_honest_bound() -> None:
    cost = places(90, 3)
    hurried = review_triads(cost, seconds=0.0)
    keeps_its_word(hurried, cost)
    assert not hurried.proven
    assert hurried.gap > 0
    best = review_triads(cost)
    assert hurried.bound <= best.cost <= hurried.cost
    assert review_triads(cost, cancelled=lambda: True).groups == hurried.groups


def test_the_same_question_has_the_same_answer() -> None:
    cost = places(30, 8)
    assert review_triads(cost, seed=5) == review_triads(cost, seed=5)


def test_a_round_that_annealing_missed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triads, "_first", lambda table, *_rest: np.arange(len(table), dtype=np.int32))
    cost = places(45, 2)
    answer = review_triads(cost)
    assert answer.proven
    monkeypatch.undo()
    assert answer.cost == pytest.approx(review_triads(cost).cost)


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (np.zeros((3, 4)), "square table"),
        (np.full((4, 4), np.nan), "A cost is missing"),
        (np.arange(16.0).reshape(4, 4), "not symmetric"),
        (np.zeros((2, 2)), "three schools"),
    ],
)
def test_what_is_no_table_of_costs(cost: Floats, words: str) -> None:
    with pytest.raises(MatchingError, match=words):
        review_triads(cost)


def test_nobody_meets_again_in_four_rounds() -> None:
    cost = places(21, 4)
    held = review_rounds(cost, 4)
    met = [p for one in held for g in one.groups for p in itertools.combinations(g, 2)]
    assert len(met) == len(set(met)) == 4 * 21
    assert held[0].cost <= min(one.cost for one in held[1:]) + 1e-9


def test_pairs_may_meet_again_once_enough_rounds_have_passed() -> None:
    cost = places(9, 5)
    first, second, third = review_rounds(cost, 3, apart_for=1)
    assert first.groups == third.groups  # the cheapest round comes back as soon as it may
    assert first.groups != second.groups
    (after,) = review_rounds(cost, 1, apart_for=1, before=[first.groups])
    assert after.groups == second.groups


def test_more_rounds_than_there_can_be() -> None:
    with pytest.raises(NoTriads) as caught:
        review_rounds(places(6, 1), 3)
    assert caught.value.proven
    assert "at least" in str(caught.value)


def test_same_trust_and_competitors_do_not_review_each_other() -> None:
    trusts = ["a", "a", "b", None, None, "b", "c", "c", None]
    allowed = may_meet(9, same=[trusts], pairs=[(3, 4)])
    assert not allowed[0, 1]
    assert not allowed[4, 3]
    assert allowed[3, 8], "no trust is not the same trust"
    answer = review_triads(np.where(allowed, places(9, 6), np.inf))
    assert all(allowed[p] for g in answer.groups for p in itertools.combinations(g, 2))
    with pytest.raises(MatchingError, match="labels"):
        may_meet(9, same=[trusts[:4]])


def test_each_is_reviewed_by_the_others() -> None:
    assert reviewers([(0, 2, 5), (1, 3)]) == {0: (2, 5), 2: (0, 5), 5: (0, 2), 1: (3,), 3: (1,)}
