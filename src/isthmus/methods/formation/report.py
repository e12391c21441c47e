"""A plan as text for people."""

from __future__ import annotations

import numpy as np

from isthmus.methods.formation.problem import Problem
from isthmus.methods.formation.result import Plan
from isthmus.methods.formation.words import counted

STATUS = {
    "optimal": "This plan is proved to be the best possible under these rules.",
    "feasible": "Every rule holds. It may not be the best plan there is: see the gap.",
    "infeasible": "No plan satisfies these rules together.",
    "undecided": "No plan was found in the time or steps given, and none was ruled out.",
}


def report(problem: Problem, plan: Plan) -> str:
    """Base, objective with bound and gap, terms, a line for each network with its spread, and what was left out."""
    lines = []
    if plan.groups:
        lines += [*_summary(problem, plan), "", *_table(problem, plan)]
    else:
        lines.append(STATUS[plan.status])
    if plan.violations:
        lines = [
            "This plan breaks rules:",
            *(_violation(plan, v.rule, v.group, v.message) for v in plan.violations),
            "",
            *lines,
        ]
    if plan.conflict:
        whole = "" if plan.irreducible else " (some of these may not be needed for the conflict)"
        lines += ["", f"These rules cannot hold together{whole}:", *(f"  - {rule}" for rule in plan.conflict)]
    if plan.relaxation is not None:
        way = plan.relaxation
        times = "once" if way.broken == 1 else f"{way.broken} times"
        lines += [
            "",
            f"The cheapest way out found: without '{way.rule}' there is a plan with objective {way.objective:,.1f}; "
            f"it breaks that rule {times}.",
        ]
    if plan.unplaced:
        lines += [
            "",
            f"Not placed, because coordinates are missing ({len(plan.unplaced)}): {_some(plan.unplaced)}",
        ]
    lines += [f"Note: {warning}" for warning in plan.warnings]
    return "\n".join(lines)


def _violation(plan: Plan, rule: str, group: int | None, message: str) -> str:
    place = (
        "" if group is None else f" network {plan.names[group] if group < len(plan.names) else group + 1}:"
    )
    return f"  - {rule}:{place} {message}"


def _some(ids: tuple[str, ...], most: int = 20) -> str:
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more


def unit(problem: Problem) -> str:
    return " km" if any(term.name == "nearness" for term in problem.terms) else ""


def _summary(problem: Problem, plan: Plan) -> list[str]:
    sizes = [len(group) for group in plan.groups]
    spread = str(min(sizes)) if min(sizes) == max(sizes) else f"{min(sizes)} to {max(sizes)}"
    best = "smaller is better" if plan.sense == "min" else "larger is better"
    u = unit(problem)
    kind = {
        "pairs": "summed over the pairs of each network",
        "mean": "mean over the pairs of each network, summed over networks",
        "between": "summed between networks, both directions",
    }[problem.objective]
    lines = [
        f"{counted(sum(sizes), 'school')} in {counted(len(sizes), 'network')} of {spread}. "
        + (STATUS[plan.status] if not plan.violations else ""),
        f"Objective  {plan.objective:,.3f}{u} ({kind}; {best})",
    ]
    if plan.bound is not None:
        side = "below" if plan.sense == "min" else "above"
        gap = "" if plan.gap is None else f"; gap {plan.gap:.2%}"
        lines.append(f"Bound      {plan.bound:,.3f}{u} (no plan lies {side} it{gap})")
    else:
        lines.append("Bound      none could be certified")
    for name, value in plan.terms.items():
        rate = plan.rates.get(name, 1.0)
        stated = "" if name in {"nearness", "given"} else f" (one unit costs {rate:.3g}{u} at weight 1)"
        lines.append(f"  {name}  {value:,.3f}{u}{stated}")
    if plan.moved:
        lines.append(f"Schools in another network than before: {len(plan.moved)} ({_some(plan.moved)})")
    searched = (
        f"{plan.steps:,} {'step' if plan.steps == 1 else 'steps'}, {plan.seconds:.1f} s"
        if plan.seed is not None
        else f"{plan.seconds:.1f} s"
    )
    seed = "" if plan.seed is None else f", seed {plan.seed}"
    lines.append(f"Search     {searched}{seed}, isthmus {plan.version}")
    return lines


def _table(problem: Problem, plan: Plan) -> list[str]:
    name_width = max(7, *(len(name) for name in plan.names))
    points = None
    if problem.coordinates is not None:
        row = {id_: r for r, id_ in enumerate(problem.ids)}
        points = [problem.coordinates[[row[i] for i in group if i in row]] / 1000.0 for group in plan.groups]
    head = f"{'network':<{name_width}}  schools"
    lines = [head + ("  mean km  widest km" if points else "") + "  members"]
    for number, group in enumerate(plan.groups):
        text = f"{plan.names[number]:<{name_width}}  {len(group):>7}"
        if points:
            mean, widest = _spread(points[number])
            text += f"  {mean:>7.1f}  {widest:>9.1f}"
        lines.append(f"{text}  {' '.join(group)}")
    if points:
        spreads = np.array([_spread(p) for p in points if len(p) > 1])
        if len(spreads):
            lines.append(
                f"Straight-line spread: mean distance between two schools of a network {spreads[:, 0].mean():.1f} km; "
                f"widest network {spreads[:, 1].max():.1f} km (base: {counted(len(spreads), 'network')})."
            )
    return lines


def _spread(km: np.typing.NDArray[np.float64]) -> tuple[float, float]:
    """Mean and greatest straight-line distance between two schools, in kilometres."""
    i, j = np.triu_indices(len(km), 1)
    if not len(i):
        return 0.0, 0.0
    distance = np.hypot(*(km[i] - km[j]).T)
    return float(distance.mean()), float(distance.max())
