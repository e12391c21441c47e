"""Each rule, the checker, conflicts, and how a problem is posed."""

from __future__ import annotations

import numpy as np
import pytest

from isthmus.methods.formation import (
    Apart,
    AtLeast,
    AtMost,
    Barrier,
    Cap,
    Complementarity,
    Fixed,
    Given,
    GroupBounds,
    Mixed,
    Nearness,
    NoRepeat,
    Problem,
    ProblemError,
    Reach,
    Rule,
    Sizes,
    Stop,
    Together,
    Travel,
    check,
    evaluate,
    rates,
    solve,
)

IDS = ("a", "b", "c", "d")
SQUARE = np.array([[0.0, 0], [1_000, 0], [0, 1_500], [1_000, 1_500]])
COLUMNS = {
    "phase": ["Secondary", "Primary", "Primary", None],
    "pupils": [900.0, 200.0, None, 100.0],
    "needs": [("maths",), (), ("maths",), ()],
    "strengths": [(), ("Maths",), (), ()],
}
RIVER = Barrier((((500.0, -5_000.0), (500.0, 5_000.0)),))


def square(*rules: Rule, **changes: object) -> Problem:
    asked: dict[str, object] = {
        "ids": IDS,
        "coordinates": SQUARE,
        "bounds": Sizes(2, 2),
        "attributes": COLUMNS,
    }
    return Problem(**asked | {"rules": rules} | changes)  # type: ignore[arg-type]  # keyword by keyword as above


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        (Together(("a", "b")), (("a", "c"), ("b", "d"))),
        (Apart(("a", "b", "d")), (("a", "b"), ("c", "d"))),
        (Fixed("2", ("a",)), (("a", "b"), ("c", "d"))),
        (AtLeast({"phase": "primary"}, 1), (("a", "d"), ("b", "c"))),
        (AtMost({"phase": ["Primary", "Secondary"]}, 1), (("a", "b"), ("c", "d"))),
        (Cap("pupils", 1_050.0), (("a", "b"), ("c", "d"))),
        (NoRepeat((("c", "d"),)), (("a", "b"), ("c", "d"))),
        (RIVER, (("a", "b"), ("c", "d"))),
        (Reach(1.2), (("a", "c"), ("b", "d"))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_checker_sees_each_rule_broken_and_the_search_keeps_it(
    rule: Rule, groups: tuple[tuple[str, ...], ...]
) -> None:
    problem = square(rule)
    broken = check(problem, groups)
    assert {violation.rule for violation in broken} == {str(rule)}
    assert evaluate(problem, groups).status == "infeasible"
    plan = solve(problem, stop=Stop(steps=500))
    if plan.groups:
        assert check(problem, plan.groups, plan.names) == ()
    else:
        assert plan.conflict == (str(rule),) or str(rule) in plan.conflict


def test_the_checker_sees_schools_left_out_twice_placed_or_unknown() -> None:
    said = " ".join(v.message for v in check(square(), (("a", "b"), ("b", "x"))))
    for wanted in ("b is in two groups", "x is not among", "c is in no group", "d is in no group"):
        assert wanted in said


def test_a_barrier_with_a_detour_factor_lengthens_the_way() -> None:
    groups = (("a", "b"), ("c", "d"))
    factor = Barrier(RIVER.lines, 3.0)
    assert evaluate(square(), groups).objective == pytest.approx(2.0)
    assert evaluate(square(factor), groups).objective == pytest.approx(6.0)
    plan = solve(square(factor), stop=Stop(steps=500))
    assert {frozenset(g) for g in plan.groups} == {frozenset("ac"), frozenset("bd")}


def test_travel_is_turned_into_kilometres_at_the_table_s_own_speed() -> None:
    problem = square(travel=Travel({("a", "b"): 4.0, ("b", "a"): 6.0, ("c", "d"): 5.0}))
    # One kilometre in five minutes both times, so 0.2 km a minute.
    assert evaluate(problem, (("a", "b"), ("c", "d"))).objective == pytest.approx(2.0)
    fixed = square(travel=Travel({("a", "b"): 10.0}, km_per_minute=0.5))
    assert evaluate(fixed, (("a", "b"), ("c", "d"))).objective == pytest.approx(6.0)


def test_a_need_is_counted_once_and_met_by_any_strength() -> None:
    problem = square(terms=(Complementarity(),), objective="pairs")
    rate = rates(problem)["complementarity"]
    assert evaluate(problem, (("a", "c"), ("b", "d"))).objective == pytest.approx(2 * rate)
    assert evaluate(problem, (("a", "b"), ("c", "d"))).objective == pytest.approx(rate)


def test_an_unknown_value_is_neither_alike_nor_mixed() -> None:
    problem = square(terms=(Mixed("phase"),))
    assert evaluate(problem, (("a", "d"), ("b", "c"))).terms["mixed:phase"] == rates(problem)["mixed:phase"]
    assert evaluate(problem, (("a", "b"), ("c", "d"))).objective == 0.0


def test_a_conflict_is_irreducible_and_a_way_out_is_named() -> None:
    rules = (Together(("a", "b")), Together(("c", "d")), Apart(("a", "b")), AtLeast({"phase": "Primary"}, 0))
    plan = solve(square(*rules, bounds=Sizes(1, 3, 2)), stop=Stop(steps=500))
    assert plan.status == "infeasible"
    assert set(plan.conflict) == {"together: a, b", "apart: a, b"}
    assert plan.irreducible
    assert plan.relaxation is not None
    assert plan.relaxation.broken == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: square(ids=("a", "a", "b", "c")), "twice"),
        (lambda: square(coordinates=SQUARE[:3]), "shape"),
        (lambda: square(terms=()), "weight above zero"),
        (lambda: square(terms=(Nearness(), Nearness(2.0))), "given twice"),
        (lambda: Nearness(-1.0), "zero or a positive"),
        (lambda: square(terms=(Given(),)), "affinity"),
        (lambda: square(sense="max"), "Only given values"),
        (lambda: square(affinity=np.arange(16.0).reshape(4, 4)), "symmetric"),
        (lambda: square(Together(("a", "z"))), "not among the schools"),
        (lambda: square(AtLeast({"colour": "red"})), "needs the column colour"),
        (lambda: square(Cap("phase", 3.0)), "column of numbers"),
        (lambda: square(Fixed("x", ("a",)), Fixed("y", ("b",)), Fixed("z", ("c",)), bounds=Sizes(1, 4, 2)), "names 3"),
        (lambda: Barrier(((),), 0.5), "1 or more"),
        (lambda: GroupBounds(), "sizes, weights or both"),
        (lambda: GroupBounds(((3, 2),)), "0 ≤ low ≤ high"),
        (lambda: Stop(seconds=1.0, steps=1), "not both"),
        (lambda: Sizes(0, 3), "1 or more"),
    ],
)  # fmt: skip
def test_a_problem_without_sense_is_refused(make: object, said: str) -> None:
    with pytest.raises(ProblemError, match=said):
        make()  # type: ignore[operator]  # a function above
