"""What a plan depends on: the price of its rules, how firm its pairs are, and other good plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from isthmus.apps.networks.adapters.plans import problem_of_plan
from isthmus.apps.networks.models import Plan, StudyKind
from isthmus.apps.networks.queries.layers import groups_of_plan

if TYPE_CHECKING:
    from isthmus.methods.formation import Plan as Result

RUNS = 12
LEAST = 15
"""Schools with the least firm places that are named."""


def look_into(
    plan: Plan, kind: StudyKind, words: Mapping[str, str], on_progress: Callable[[int, int], bool]
) -> tuple[dict[str, Any], list[Result]]:
    """What a study of one kind found, as plain values for `PlanStudy.result`, and the other plans that it found.

    `words` are the method's rules as people say them. Raises `ProblemError` where there is nothing to look into.
    """
    from isthmus.methods import formation
    from isthmus.methods.formation import varying

    problem = problem_of_plan(plan)
    ids = set(problem.ids)
    groups = [[u for u in urns if u in ids] for _name, urns in groups_of_plan(plan)]
    names = [str(number) for number in plan.networks.order_by("number").values_list("number", flat=True)]
    result = formation.evaluate(problem, groups, names=names, bound=False)
    if kind == StudyKind.PRICES:
        prices = varying.price_of_rules(problem, result, seed=plan.seed, on_progress=on_progress)
        rows = [{"rule": words.get(p.rule, p.rule), "price": p.price, "broken": p.broken} for p in prices]
        return {"prices": rows, "of": len(problem.rules)}, []
    if kind == StudyKind.STABILITY:
        firm = varying.stability(problem, result, runs=RUNS, seed=plan.seed, on_progress=on_progress)
        least = sorted(firm.schools.items(), key=lambda item: (item[1], item[0]))[:LEAST]
        return {"overall": firm.overall, "runs": firm.runs, "least": least}, []
    others = varying.several(problem, result, seed=plan.seed, on_progress=on_progress)
    rows = [{"objective": v.objective, "common": v.common} for v in others]
    return {"others": rows, "objective": result.objective}, [v.plan for v in others]
