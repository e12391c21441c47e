"""What the kernels keep up to date, against a fresh count: used on the kernels as they are, and on broken ones."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from isthmus.methods.formation import Problem, ProblemError
from isthmus.methods.formation.construct import first_plan
from isthmus.methods.formation.model import Model, build
from isthmus.methods.formation.repairing import breach, repair
from isthmus.methods.formation.searching import Group
from isthmus.methods.formation.state import energy, make_state
from isthmus.methods.formation.sweeping import BEST, BREACH, ENERGY

TINY = 1e-6


def modelled(problem: Problem, seed: int = 1) -> tuple[Model, Group] | None:
    """The model and a plan that keeps every rule; None where there is none at hand."""
    try:
        model = build(problem, problem.bounds.groups or 2)
    except ProblemError:
        return None
    group, left = repair(model, first_plan(model, np.random.default_rng(seed)), seed=seed, rounds=100)
    return None if left > 0 else (model, group)


def _rules(model: Model, group: Group, beyond_size: bool) -> list[str]:
    """Bounds, foes and fixed schools of a plan, from its model."""
    d, state = model.data, make_state(model, group)
    columns = slice(None) if beyond_size else slice(0, 1)
    short = (state.load < d.low - 1e-9)[:, columns].any() or (state.load > d.high + 1e-9)[:, columns].any()
    wrong = ["a bound is broken"] if short else []
    if (group[d.foe] == np.repeat(group, np.diff(d.foe_first))).any():
        wrong.append("two that are to be apart share a group")
    if (group[d.pinned] != model.target[d.pinned]).any():
        wrong.append("a fixed school was moved")
    return wrong


def after_anneal(
    kernels: ModuleType, model: Model, group: Group, steps: int = 3_000, seed: int = 99
) -> list[str]:
    """What is wrong after ``steps`` trials of ``kernels.anneal`` from a sound plan."""
    state = make_state(model, group)
    began = energy(model, state)
    everyone = np.arange(len(group), dtype=np.int32)
    rng, part_of = np.array([seed], dtype=np.uint64), np.zeros(model.groups, np.int16)
    typical = max(abs(began) / len(group), 1.0)
    _, gained = kernels.anneal(model.data, state, everyone, part_of, 0, rng, steps, typical)
    fresh = make_state(model, state.group)
    wrong = _rules(model, state.group, True)
    if abs(energy(model, fresh) - began - gained) > TINY * max(1.0, abs(began)):
        wrong.append("the changes do not add up to the objective")
    for name, kept, counted in zip(state._fields, state, fresh, strict=True):
        if name in {"members", "place"} or (name == "own" and len(model.data.dense)):
            continue
        if not np.allclose(kept, counted, atol=TINY):
            wrong.append(f"{name} is not what a fresh count gives")
    for g, filled in enumerate(state.filled):
        if sorted(state.members[g, :filled]) != list(np.flatnonzero(state.group == g)):
            wrong.append("a group's list of members is wrong")
    return wrong


def after_sweep(
    kernel: ModuleType, model: Model, group: Group, steps: int = 3_000, seed: int = 7, price: float = 1.0,
    cold: bool = False,
) -> list[str]:  # fmt: skip
    """What is wrong after ``steps`` trials of ``kernel.sweep`` from a sound plan, at a typical temperature or so
    ``cold`` that nothing worse is taken; then ``group`` becomes the plan it ends with."""
    state = make_state(model, group)
    free = np.flatnonzero(~model.data.pinned).astype(np.int32)
    if not len(free):
        return []
    contact, own, now, load = state.contact, state.own, state.group, state.load
    score = np.array([energy(model, state), 0.0, energy(model, state), 0.0])
    best, typical = now.copy(), max(abs(score[ENERGY]) / len(group), 1.0)
    kernel.sweep(
        model.data, free, now, contact, own, load, best, score, np.array([seed], np.uint64), steps,
        1e-9 if cold else typical, price * typical, False,
    )  # fmt: skip
    if cold:
        group[:] = now
    fresh, top = make_state(model, now), make_state(model, best)
    wrong = _rules(model, best, True) + _rules(model, now, False)
    scale = max(1.0, abs(score[ENERGY]))
    checks = {
        "the energy": (score[ENERGY], energy(model, fresh)),
        "the best energy": (score[BEST], energy(model, top)),
        "the breach": (score[BREACH], breach(model.data, fresh.load, slice(None)).sum()),
    }
    wrong += [
        f"{name} is wrong" for name, (kept, counted) in checks.items() if abs(kept - counted) > TINY * scale
    ]
    if not np.allclose(contact, fresh.contact, atol=TINY * scale):
        wrong.append("the contacts are not what a fresh count gives")
    if not np.allclose(own, fresh.own, atol=TINY * scale):
        wrong.append("the costs to a block's own group are not what a fresh count gives")
    if not np.allclose(load, fresh.load, atol=TINY):
        wrong.append("the loads are not what a fresh count gives")
    return wrong
