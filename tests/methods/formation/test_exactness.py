"""Plans, proofs and bounds against trying every plan."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from isthmus.methods.formation import Problem, Stop, check, evaluate, solve
from tests.methods.formation.problems import best, given_problems, problems, worth

SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def assert_right(problem: Problem) -> None:
    plan = solve(problem, stop=Stop(steps=3_000))
    truth = best(problem)
    if truth is None:
        assert plan.status == "infeasible"
        assert plan.conflict
        assert plan.groups == ()
        return
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(truth, abs=1e-6)
    assert plan.bound == pytest.approx(truth, abs=1e-6)
    assert check(problem, plan.groups, plan.names) == plan.violations == ()
    assert plan.objective == pytest.approx(worth(problem, plan.groups), abs=1e-6)
    assert sum(plan.terms.values()) == pytest.approx(plan.objective, abs=1e-9)


@SLOW
@given(problems())
def test_small_problems_are_solved_or_refuted_with_proof(problem: Problem) -> None:
    assert_right(problem)


@SLOW
@given(given_problems())
def test_small_problems_of_given_values_are_solved_with_proof(problem: Problem) -> None:
    assert_right(problem)


def assert_bound_holds(problem: Problem) -> None:
    truth = best(problem)
    plan = solve(problem, stop=Stop(steps=500))
    if truth is None or not plan.groups:
        return
    scored = evaluate(problem, plan.groups, names=plan.names)
    if scored.bound is not None:
        slack = 1e-7 * max(1.0, abs(truth))
        assert scored.bound <= truth + slack if problem.sense == "min" else scored.bound >= truth - slack


@SLOW
@given(problems(rules=False))
def test_the_relaxed_bound_never_crosses_the_optimum(problem: Problem) -> None:
    assert_bound_holds(problem)


@SLOW
@given(given_problems())
def test_the_relaxed_bound_of_given_values_never_crosses_the_optimum(problem: Problem) -> None:
    assert_bound_holds(problem)
