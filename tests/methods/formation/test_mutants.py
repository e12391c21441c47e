"""Broken kernels are caught: each line below is broken in turn, and the bookkeeping of small problems must tell.

The kernels run uncompiled here, from their changed source, so that nothing has to be compiled forty times.
"""

from __future__ import annotations

import itertools
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from isthmus.methods.formation import (
    Alike,
    Apart,
    AtLeast,
    Cap,
    Complementarity,
    Fixed,
    Given,
    GroupBounds,
    Mixed,
    Nearness,
    Problem,
    Sizes,
    Together,
    kernels,
    sweeping,
)
from isthmus.methods.formation import problem as problem_module
from isthmus.methods.formation.model import Model
from isthmus.methods.formation.searching import Group
from tests.methods.formation.bookkeeping import after_anneal, after_sweep, modelled

Battery = list[tuple[Model, Group]]

ANNEAL = [
    ("da = -contact[a, i] - inner[i]", "da = contact[a, i] - inner[i]"),
    ("db = contact[b, i] + inner[i]", "db = contact[b, i] - inner[i]"),
    ("da += contact[a, j] - both + inner[j]", "da += contact[a, j] + inner[j]"),
    ("db -= contact[b, j] + both + inner[j]", "db -= contact[b, j] - both + inner[j]"),
    ("da = -own[i] - inner[i]", "da = -inner[i]"),
    ("db -= own[j] + inner[j]", "db -= inner[j]"),
    ("if k != j:", "if True:"),
    ("if k != i:", "if True:"),
    (
        "now_a, now_b = np.int64(load[a, 0]), np.int64(load[b, 0])",
        "now_a, now_b = np.int64(load[b, 0]), np.int64(load[a, 0])",
    ),
    ("after_a += (need[a, t] - in_need) * need_cost", "after_a += need[a, t] * need_cost"),
    ("if strength[b, t] + in_strength == 0:", "if strength[b, t] == 0:"),
    ("in_need -= needs[j, t]", "in_need += needs[j, t]"),
    (
        "delta += after_b * factor[next_b] - before_b * factor[now_b]",
        "delta += after_b * factor[now_b] - before_b * factor[now_b]",
    ),
    ("contact[a, q] -= step", "contact[a, q] += step"),
    (
        "own[q] -= _between(feature, kind, price, first, i, q)",
        "own[q] += _between(feature, kind, price, first, i, q)",
    ),
    ("own_j += cost", "own_j -= cost"),
    ("middle[b, axis] += shift", "middle[b, axis] -= shift"),
    ("shift -= feature[p, axis]", "shift += 0 * feature[p, axis]"),
    ("place[last] = place[i]", "place[last] = place[last]"),
    ("count[b] += 1", "count[b] += 0"),
    ("load[b, c] += more", "load[b, c] -= more"),
    ("load[a, c] - more < low[a, c] - 1e-9 or", "False or"),
    ("load[b, c] + more > high[b, c] + 1e-9", "load[b, c] > high[b, c] + 1e-9"),
    ("or (j >= 0 and _foes(foe_first, foe, group, j, a, i))", ""),
    ("if _foes(foe_first, foe, group, i, b, j) or", "if False or"),
    ("inside[b] += db", "inside[b] -= db"),
    ("gained += delta", "gained -= delta"),
    ("elif (a == b) == (kind[c] == MIXED_CATEGORY):", "elif a == b:"),
    ("v = a + b if kind[c] == MIXED_NUMBER else a - b", "v = a + b"),
]  # fmt: skip

SWEEP = [
    ("delta = contact[b, i] - own[i]\n", "delta = contact[b, i] + own[i]\n"),
    ("(over[a] + over[g]) if g != a else math.inf", "(over[a] + over[g])"),
    ("both = contact[a, j] - own[j] - 2.0 * dense[i, j]", "both = contact[a, j] - own[j] - dense[i, j]"),
    ("delta = contact[b, i] - own[i] + both", "delta = contact[b, i] + both"),
    ("from_a[q] -= step", "from_a[q] += step"),
    ("step = row[q] - back * other[q]", "step = row[q]"),
    ("            own[q] = from_a[q]\n", "            own[q] = own[q]\n"),
    ("            own[q] = to_b[q]\n", "            own[q] = own[q]\n"),
    ("load[b, c] += more", "load[b, c] -= more"),
    ("        group[j] = a\n", "        group[j] = b\n"),
    (
        "change += _outside(load[b, c] + more, low[b, c], high[b, c])",
        "change += _outside(load[b, c] - more, low[b, c], high[b, c])",
    ),
    ("total += change * unit[c]", "total -= change * unit[c]"),
    ("return value - high if value > high + 1e-9 else 0.0", "return 0.0"),
    ("load[b, 0] + resource[i, 0] > high[b, 0]", "load[b, 0] > high[b, 0]"),
    ("if not held and load[a, 0] - resource[i, 0] >= low[a, 0]:", "if not held:"),
    ("if score[BREACH] < 1e-9 and", "if"),
    ("            score[BREACH] += breach\n", "            score[BREACH] -= breach\n"),
    ("                    a = b\n", "                    a = a\n"),
    ("or _foes(foe_first, foe, group, j, a, i)", ""),
    ("if change[b] + both > limit or pinned[j]:", "if change[b] + both > limit:"),
]  # fmt: skip


def schools(n: int = 14, **changes: object) -> Problem:
    rng = np.random.default_rng(11)
    themes: list[tuple[str, ...]] = [("reading",), ("maths",), (), ("reading", "maths")]
    asked: dict[str, object] = {
        "ids": tuple(f"s{i}" for i in range(n)),
        "bounds": Sizes(3, 7, 3),
        "coordinates": rng.uniform(0, 20_000, (n, 2)),
        "attributes": {
            "phase": ["Secondary" if i % 4 == 0 else "Primary" for i in range(n)],
            "fsm": [float(v) for v in rng.integers(0, 60, n)],
            "pupils": [float(v) for v in rng.integers(60, 500, n)],
            "needs": [themes[int(v)] for v in rng.integers(0, 4, n)],
            "strengths": [themes[int(v)] for v in rng.integers(0, 3, n)],
        },
    } | changes
    return Problem(**asked)  # type: ignore[arg-type]  # keyword by keyword as above


def values(n: int = 12, **bounds: object) -> Problem:
    rng = np.random.default_rng(5)
    matrix = np.triu(rng.integers(0, 40, (n, n)).astype(float), 1)
    limits = GroupBounds(**bounds)  # type: ignore[arg-type]  # keyword by keyword as given
    ids = tuple(map(str, range(n)))
    rules = (Apart(("0", "1", "2")), Fixed("1", ("3", "7")))
    return Problem(ids, limits, affinity=matrix + matrix.T, terms=(Given(),), rules=rules, sense="max")


@pytest.fixture(scope="module")
def batteries() -> tuple[Battery, Battery]:
    """Problems for the kernel on the map and for that on a matrix, each with a sound plan."""
    rules = (AtLeast({"phase": "Secondary"}, 1), Cap("pupils", 2_000.0), Apart(("s1", "s2", "s3")))
    mixed = (Nearness(), Mixed("phase", 0.7), Alike("fsm", 0.5), Complementarity(2.0))
    asked = [
        schools(),
        schools(rules=rules),
        schools(terms=mixed, objective="mean"),
        schools(terms=(Nearness(), Mixed("fsm"), Alike("phase")), rules=rules[2:]),
        schools(rules=(Together(("s4", "s5")), Together(("s6", "s9"))), bounds=Sizes(2, 9, 3)),
        schools(rules=(AtLeast({"phase": "Secondary"}, 1),), bounds=Sizes(2, 9, 3)),
        schools(rules=(Cap("pupils", 1_450.0),), bounds=Sizes(2, 9, 3)),
        schools(bounds=Sizes(2, 9, 3), objective="mean"),
    ]
    patch = pytest.MonkeyPatch()
    on_map: Battery = []
    for limit in (0, 1_000):
        patch.setattr(problem_module, "DENSE_LIMIT", limit)
        on_map += [found for problem in asked if (found := modelled(problem)) is not None]
    weights = tuple(float(w) for w in np.random.default_rng(6).integers(1, 9, 12))
    heavy: dict[str, Any] = {
        "weights": ((sum(weights) * 0.2, sum(weights) * 0.45),) * 3,
        "item_weights": weights,
    }
    given = [values(sizes=((3, 5), (2, 6), (4, 4))), values(**heavy), values(sizes=((2, 6),) * 3, **heavy)]
    on_matrix = [found for problem in given if (found := modelled(problem)) is not None]
    patch.undo()
    assert (len(on_map), len(on_matrix)) == (16, 3)
    return on_map, on_matrix


def changed(module: ModuleType, old: str, new: str) -> ModuleType:
    """A module with one piece of its source replaced, nothing compiled."""
    source = Path(module.__file__ or "").read_text("utf-8")
    assert old in source, f"no longer in the source: {old}"
    source = re.sub(r"^@compiled\n", "", source.replace(old, new), flags=re.MULTILINE)
    broken = ModuleType(f"{module.__name__}_broken")
    sys.modules[broken.__name__] = broken
    try:
        exec(compile(source, broken.__name__, "exec"), broken.__dict__)
    finally:
        del sys.modules[broken.__name__]
    if module is sweeping:
        plain = changed(kernels, "gained = 0, 0.0", "gained = 0, 0.0")
        broken.__dict__["_draw"], broken.__dict__["_foes"] = plain._draw, plain._foes
    return broken


def caught(run: Callable[..., list[str]], module: ModuleType, battery: Battery) -> bool:
    """Whether something is found wrong in any problem (a crash counts)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the generator's products overflow on purpose
        for (model, group), seed in itertools.product(battery, (99, 7, 23)):
            try:
                if run(module, model, group, 400, seed=seed):
                    return True
            except (IndexError, ValueError, OverflowError):
                return True
    return False


def test_the_kernels_as_they_are_pass(batteries: tuple[Battery, Battery]) -> None:
    same = "uphill, gained = 0, 0.0"
    assert not caught(after_anneal, changed(kernels, same, same), batteries[0])
    assert not caught(after_sweep, changed(sweeping, "tried = 0", "tried = 0"), batteries[1])


@pytest.mark.parametrize(("old", "new"), ANNEAL)
def test_a_broken_kernel_of_the_map_is_caught(batteries: tuple[Battery, Battery], old: str, new: str) -> None:
    assert caught(after_anneal, changed(kernels, old, new), batteries[0])


@pytest.mark.parametrize(("old", "new"), SWEEP)
def test_a_broken_kernel_of_the_matrix_is_caught(
    batteries: tuple[Battery, Battery], old: str, new: str
) -> None:
    assert caught(after_sweep, changed(sweeping, old, new), batteries[1])
