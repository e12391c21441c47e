"""Explanations are exact: each is checked against scoring the changed plan from the beginning."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.methods.formation import (
    Apart,
    AtLeast,
    Complementarity,
    Continuity,
    Nearness,
    Problem,
    ProblemError,
    Sizes,
    Together,
    Wishes,
    check,
    evaluate,
)
from isthmus.methods.formation.explaining import Change, Explainer, compare
from tests.methods.formation.problems import given_problems, names_of, problems

CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def dealt(problem: Problem, seed: int) -> list[list[str]]:
    """Some groups, whatever the rules say."""
    k = problem.bounds.groups
    assert k is not None
    groups: list[list[str]] = [[] for _ in range(k)]
    chance = random.Random(seed)
    for number, id_ in enumerate(chance.sample(problem.ids, len(problem.ids))):
        groups[number % k if number < k else chance.randrange(k)].append(id_)
    return groups


def changed(groups: list[list[str]], change: Change) -> list[list[str]]:
    """The groups after a change, done the plain way."""
    home = {id_: g for g, group in enumerate(groups) for id_ in group}
    after = [[id_ for id_ in group if id_ not in (change.school, change.instead)] for group in groups]
    after[change.to].append(change.school)
    if change.instead is not None:
        after[home[change.school]].append(change.instead)
    return after


def worth(problem: Problem, groups: list[list[str]]) -> float:
    found = evaluate(problem, groups, bound=False).objective
    assert found is not None
    return found


@CALM
@given(st.one_of(problems(), given_problems()), st.integers(0, 10_000))
def test_every_change_is_worth_what_scoring_it_afresh_says(problem: Problem, seed: int) -> None:
    groups = dealt(problem, seed)
    told = Explainer(problem, groups, names_of(problem))
    now = worth(problem, groups)
    for school in problem.ids:
        moves, swaps = told.deltas(school)
        home = next(g for g, group in enumerate(groups) if school in group)
        for to in set(range(len(groups))) - {home}:
            change = told.move(school, to)
            fresh = worth(problem, changed(groups, change)) - now
            assert change.delta == pytest.approx(fresh, abs=1e-7)
            assert moves[to] == pytest.approx(fresh, abs=1e-7)
            for other in groups[to]:
                swap = told.move(school, to, other)
                fresh = worth(problem, changed(groups, swap)) - now
                assert swap.delta == pytest.approx(fresh, abs=1e-7)
                assert swaps[told.position[other]] == pytest.approx(fresh, abs=1e-7)


@CALM
@given(problems(), st.integers(0, 10_000))
def test_the_alternatives_are_the_best_that_keep_every_rule(problem: Problem, seed: int) -> None:
    groups = dealt(problem, seed)
    names = names_of(problem)
    if check(problem, groups, names):
        return
    told = Explainer(problem, groups, names)
    school = problem.ids[seed % len(problem.ids)]
    home = next(g for g, group in enumerate(groups) if school in group)
    every = [
        told.move(school, to, other)
        for to in set(range(len(groups))) - {home}
        for other in [None, *groups[to]]
    ]
    for change in every:
        broken = {v.rule for v in check(problem, changed(groups, change), names)}
        assert set(change.breaks) == broken, change
    sound = sorted(c.delta for c in every if not c.breaks)
    kept, blocked = told.alternatives(school, 3)
    assert [c.delta for c in kept] == pytest.approx(sound[:3], abs=1e-7)
    assert all(c.breaks and (not kept or c.delta <= kept[0].delta + 1e-7) for c in blocked)


@CALM
@given(problems(), st.integers(0, 10_000))
def test_the_shares_of_all_schools_are_the_objective(problem: Problem, seed: int) -> None:
    groups = dealt(problem, seed)
    scored = evaluate(problem, groups, bound=False)
    shares = Explainer(problem, groups).shares()
    assert sum(sum(terms.values()) for terms in shares.values()) == pytest.approx(scored.objective, abs=1e-7)
    for name, value in scored.terms.items():
        assert sum(terms.get(name, 0.0) for terms in shares.values()) == pytest.approx(value, abs=1e-7)


IDS = ("a", "b", "c", "d", "e", "f")
POINTS = np.array([[0, 0], [1, 0], [0, 1], [10, 0], [11, 0], [10, 1]], dtype=float) * 1_000
COAST = Problem(
    IDS,
    Sizes(2, 4, 2),
    coordinates=POINTS,
    attributes={
        "needs": [("Reading", "Maths"), (), (), (), (), ()],
        "strengths": [(), ("reading",), (), (), ("Maths",), ()],
        "phase": ["Secondary", "Primary", "Primary", "Secondary", "Primary", "Primary"],
    },
    terms=(Nearness(), Complementarity(), Continuity((("a", "c"),)), Wishes((("a", "b"), ("e", "a")))),
    rules=(AtLeast({"phase": "Secondary"}, 1),),
)
GROUPS = [["a", "b", "c"], ["d", "e", "f"]]


def test_a_place_is_told_in_full() -> None:
    place = Explainer(COAST, GROUPS).place("a")
    assert place.needs_met == {"Reading": ("b",)}
    assert place.needs_open == ("Maths",)
    assert place.ties_kept == ("c",)
    assert place.wishes_met == ("b",)
    assert place.share["nearness"] == pytest.approx(1.0)
    assert not place.alternatives[0].breaks
    assert place.alternatives[0].delta > 0
    moved = Explainer(COAST, GROUPS).move("a", 1)
    assert moved.breaks == ("each network: at least 1 where phase is Secondary",)


def test_a_school_in_no_group_can_join_one() -> None:
    told = Explainer(COAST, [["a", "b"], ["d", "e", "f"]])
    joined = told.move("c", 0)
    assert joined.delta == pytest.approx(
        worth(COAST, GROUPS) - worth(COAST, [["a", "b"], ["d", "e", "f"]]), abs=1e-9
    )
    assert told.place("c").group == -1
    assert [change.to for change in told.place("c").alternatives][:1] == [0]


def test_who_gains_between_two_plans() -> None:
    other = [["a", "b", "e"], ["d", "c", "f"]]
    shifts = compare(COAST, GROUPS, other)
    assert sum(s.before for s in shifts) == pytest.approx(worth(COAST, GROUPS))
    assert sum(s.after for s in shifts) == pytest.approx(worth(COAST, other))
    assert [s.change for s in shifts] == sorted(s.change for s in shifts)
    assert max(shifts, key=lambda s: s.change).school in {"c", "e"}


def test_rules_about_particular_schools_are_named() -> None:
    together = replace(COAST, rules=(Together(("a", "b")), Apart(("a", "d"))))
    breaks = Explainer(together, GROUPS).move("a", 1).breaks
    assert set(breaks) == {"together: a, b", "apart: a, d"}
    assert Explainer(together, GROUPS).move("a", 1, "d").breaks == ("together: a, b",)


@pytest.mark.parametrize("groups", [[["a", "a"], ["b"]], [["a", "x"]]], ids=["twice", "unknown"])
def test_groups_that_make_no_sense_are_refused(groups: list[list[str]]) -> None:
    with pytest.raises(ProblemError, match="two groups"):
        Explainer(COAST, groups)


def test_a_move_that_makes_no_sense_is_refused() -> None:
    told = Explainer(COAST, GROUPS)
    for school, to, instead in (("a", 0, None), ("a", 2, None), ("a", 1, "b")):
        with pytest.raises(ProblemError):
            told.move(school, to, instead)


def test_every_pair_of_schools_counts_once() -> None:
    told = Explainer(replace(COAST, terms=(Nearness(),)), GROUPS)
    within = sum(
        float(np.hypot(*(POINTS[IDS.index(p)] - POINTS[IDS.index(q)]))) / 1000
        for group in GROUPS
        for p, q in itertools.combinations(group, 2)
    )
    assert sum(terms["nearness"] for terms in told.shares().values()) == pytest.approx(within)
