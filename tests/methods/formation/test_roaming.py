"""The search on a large map: what it keeps up to date, its rules, and that broken lines of it are caught."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from isthmus.methods.formation import (
    Apart,
    AtLeast,
    AtMost,
    Cap,
    Fixed,
    Mixed,
    Nearness,
    Problem,
    Sizes,
    Together,
    roaming,
)
from isthmus.methods.formation import problem as problem_module
from isthmus.methods.formation.model import Model, build
from isthmus.methods.formation.roaming import on_map, placed
from isthmus.methods.formation.searching import Group
from isthmus.methods.formation.state import energy, make_state
from tests.methods.formation.bookkeeping import modelled
from tests.methods.formation.test_mutants import Battery, caught, changed
from tests.methods.formation.test_search import towns

SECONDARY = AtLeast({"phase": "Secondary"}, 1)
MUTANTS = [
    ("total += out[p]", "total += out[p] if p else 0.0"),
    ("delta = cost_b - own[a, at]", "delta = cost_b"),
    ("back = cost_a - own[b, p] - 2.0 * to_b[p]", "back = cost_a - own[b, p] - to_b[p]"),
    ("back = cost_a - own[b, p] - 2.0 * to_b[p]", "back = cost_a - 2.0 * to_b[p]"),
    ("and many_a - 1.0 >= low[a, 0]", ""),
    ("and many_b + 1.0 <= high[b, 0]", ""),
    ("and (extra == 1 or _fits(resource, load, low, high, i, -1, a, b))", ""),
    ("and not _foes(foe_first, foe, group, i, b, -1)", ""),
    (
        "if pinned[k] or (extra > 1 and not _fits(resource, load, low, high, i, k, a, b)):",
        "if extra > 1 and not _fits(resource, load, low, high, i, k, a, b):",
    ),
    ("if pinned[k] or (extra > 1 and not _fits(resource, load, low, high, i, k, a, b)):", "if pinned[k]:"),
    ("or _foes(foe_first, foe, group, i, b, k)", ""),
    ("or _foes(foe_first, foe, group, k, a, i)", ""),
    ("or part_of[b] != part or pinned[i]", ""),
    ("j, delta = k, delta + back", "j, delta = k, back"),
    ("own[a, q] += to_a[q] - math.sqrt(dx * dx + dy * dy)", "own[a, q] += to_a[q]"),
    ("own[b, q] += to_b[q] - math.sqrt(dx * dx + dy * dy)", "own[b, q] += to_b[q]"),
    ("own[a, at] = cost_a - to_b[p]", "own[a, at] = cost_a"),
    ("x[a, at], y[a, at] = xj, yj", "x[a, at], y[a, at] = xj, yi"),
    ("members[a, at], place[j], group[j] = j, at, a", "members[a, at], place[j], group[j] = j, p, a"),
    ("cost_b -= to_b[p]", "cost_b -= 0.0"),
    ("middle[a, 0] += xj", "middle[a, 0] -= xj"),
    ("middle[b, 1] -= yj", "middle[b, 1] += yj"),
    ("own[a, q] -= math.sqrt(dx * dx + dy * dy)", "own[a, q] += math.sqrt(dx * dx + dy * dy)"),
    ("own[b, q] += to_b[q]\n", "own[b, q] -= to_b[q]\n"),
    ("members[a, at], place[k] = k, at", "members[a, at] = k"),
    ("x[a, at], y[a, at], own[a, at] = x[a, last], y[a, last], own[a, last]", "own[a, at] = own[a, last]"),
    ("filled[a] -= 1", "filled[a] -= 0"),
    ("own[b, p] = cost_b", "own[b, p] = 0.0"),
    ("x[b, p], y[b, p] = xi, yi", "x[b, p], y[b, p] = yi, xi"),
    ("members[b, p], place[i], group[i] = i, p, b", "members[b, p], group[i] = i, b"),
    ("middle[a, 1] -= yi", "middle[a, 1] += yi"),
    ("load[a, c] -= more", "load[a, c] += more"),
    ("more = resource[i, c] - (resource[j, c] if j >= 0 else 0.0)", "more = resource[i, c]"),
    ("gained += delta", "gained -= delta"),
]  # fmt: skip


def names(rows: range) -> tuple[str, ...]:
    return tuple(f"{100_000 + i}" for i in rows)


def after_roam(kernel: ModuleType, model: Model, group: Group, steps: int = 400, seed: int = 99) -> list[str]:
    """What is wrong after ``steps`` trials from a sound plan, of the groups but the last two."""
    state, began = placed(model, group), energy(model, make_state(model, group))
    part_of = (np.arange(model.groups) >= model.groups - 2).astype(np.int16)
    mine = np.flatnonzero(part_of[group] == 0).astype(np.int32)
    rng = np.array([seed], dtype=np.uint64)
    _, gained = kernel.roam(model.data, state, mine, part_of, 0, rng, steps, began / len(group))
    fresh = placed(model, state.group)
    d = model.data
    wrong = [] if (np.abs(fresh.load - np.clip(fresh.load, d.low, d.high)) < 1e-9).all() else ["a bound"]
    if (state.group[d.foe] == np.repeat(state.group, np.diff(d.foe_first))).any():
        wrong.append("two that are to be apart")
    if (state.group[d.pinned] != model.target[d.pinned]).any():
        wrong.append("a fixed school")
    if (state.group != group)[part_of[group] == 1].any():
        wrong.append("a group of another part")
    if abs(energy(model, make_state(model, state.group)) - began - gained) > 1e-6 * began:
        wrong.append("the changes do not add up")
    for kept, counted in (
        (state.load, fresh.load),
        (state.middle, fresh.middle),
        (state.filled, fresh.filled),
    ):
        if not np.allclose(kept, counted, atol=1e-6):
            wrong.append("loads, middles or numbers")
    every = np.arange(len(group))
    if (state.members[state.group, state.place] != every).any():
        wrong.append("the lists of members")
    for name in ("x", "y", "own"):
        kept = getattr(state, name)[state.group, state.place]
        if not np.allclose(kept, getattr(fresh, name)[fresh.group, fresh.place], atol=1e-6):
            wrong.append(name)
    return wrong


@pytest.fixture(scope="module")
def battery() -> Battery:
    """Problems on the map under each kind of rule, each with a sound plan."""
    patch = pytest.MonkeyPatch()
    patch.setattr(problem_module, "DENSE_LIMIT", 0)
    asked = [
        towns(30, bounds=Sizes(2, 5, 9)),
        towns(32, bounds=Sizes(4, 4, 8)),
        towns(36, bounds=Sizes(3, 6, 8), rules=(SECONDARY,)),
        towns(36, bounds=Sizes(2, 6, 8), rules=(Cap("pupils", 2_400.0), AtMost({"phase": "Secondary"}, 2))),
        towns(30, bounds=Sizes(2, 5, 9), rules=tuple(Apart(names(range(r, 30, 4))) for r in range(3))),
        towns(30, bounds=Sizes(2, 5, 9), rules=(Fixed("1", ("100003", "100011")), Fixed("2", ("100004",)))),
    ]
    found = [one for problem in asked if (one := modelled(problem)) is not None]
    patch.undo()
    assert len(found) == len(asked)
    assert all(on_map(model) for model, _ in found)
    return found


def test_the_kernel_keeps_the_rules_and_its_books(battery: Battery) -> None:
    for model, group in battery:
        for seed in range(5):
            assert after_roam(roaming, model, group, 20_000, seed + 1) == []


def test_the_kernel_uncompiled_does_the_same(battery: Battery) -> None:
    assert not caught(after_roam, changed(roaming, "gained = 0, 0.0", "gained = 0, 0.0"), battery)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_broken_line_is_caught(battery: Battery, old: str, new: str) -> None:
    assert caught(after_roam, changed(roaming, old, new), battery)


def test_a_floor_is_never_above_what_the_exchange_costs() -> None:
    """An exchange refused unseen would have been refused in any case."""
    rng = np.random.default_rng(4)
    for _ in range(200):
        xy, many = rng.normal(0, rng.uniform(0.1, 9), (2, 16, 2)), 5 + int(rng.integers(4))
        a, b = xy[0, :many], xy[1, :many]
        x, y = np.zeros((2, 1, 8)), np.zeros((2, 1, 8))
        x[0, 0, :many], y[0, 0, :many] = b.T
        to_b = np.zeros(8)
        to_b[:many] = np.hypot(*(b - a[0]).T)
        own, floor = rng.normal(size=(1, 8)), np.empty(8)
        rest = a[1:].sum(axis=0)
        roaming._floors(x[0], y[0], own, 0, many - 1.0, rest[0], rest[1], to_b, floor)
        for p in range(many):
            cost_a = np.hypot(*(a - b[p]).T).sum()
            assert floor[p] <= cost_a - own[0, p] - 2 * to_b[p] + 1e-9


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": (Nearness(), Mixed("phase"))},
        {"objective": "mean"},
        {"rules": (Together(("100000", "100001")),)},
        {"bounds": Sizes(2, 80, 8)},
    ],
    ids=["another term", "mean", "blocks", "large groups"],
)
def test_anything_but_distances_goes_to_the_other_kernel(
    changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problem_module, "DENSE_LIMIT", 0)
    assert on_map(build(towns(120, bounds=Sizes(2, 30, 8)), 8))
    assert not on_map(build(towns(120, **({"bounds": Sizes(2, 30, 8)} | changes)), 8))  # type: ignore[arg-type]  # as towns


def test_heat_follows_how_far_apart_schools_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_module, "DENSE_LIMIT", 0)
    points = np.array([[i * 100.0, 0] for i in range(40)] + [[i * 6_400.0, 1e6] for i in range(40)])
    model = build(Problem(tuple(map(str, range(80))), Sizes(2, 5, 20), coordinates=points), 20)
    heat = placed(model, np.repeat(np.arange(20), 4).astype(np.int32)).heat
    near = model.costs.km[model.data.schools][:, 1] < 500
    assert heat[~near].mean() / heat[near].mean() == pytest.approx(8.0, rel=1e-6)
