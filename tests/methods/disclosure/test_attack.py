"""What an attacker recovers from reports: nothing; and from reports made with each rule broken: something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.disclosure.areas import Area, moved
from benchmarks.disclosure.areas import area as synthetic
from isthmus.methods.disclosure import (
    Band,
    Item,
    Mean,
    Report,
    Rules,
    bands,
    bounds,
    publish,
    publishing,
    selecting,
    write_report,
)
from isthmus.methods.disclosure.attacker import Finding, attack
from tests.methods.disclosure.areas import area

Break = Callable[[pytest.MonkeyPatch], None]


def report_of(one: Area, before: tuple[Report, ...] = (), lattice: Any = None) -> Report:
    return publish("w", lattice or one.lattice, one.people, one.items, one.answers, before=before)


def attacked(one: Area, *reports: Report, pairs: int = 4) -> list[Finding]:
    return attack([write_report(report) for report in reports], one.people, one.answers, pairs=pairs)


@pytest.mark.parametrize("seed", range(5))
def test_synthetic_areas_give_nothing_away(seed: int) -> None:
    one = synthetic(seed, schools=8 + seed, questions=1)
    first = report_of(one)
    second = report_of(one, (first,), moved(one.lattice, seed))
    assert min(sum(cell.shown for cell in report.cells) for report in (first, second)) > 5
    assert attacked(one, first, second, pairs=1) == []


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(200))
def test_two_hundred_areas_give_nothing_away(seed: int) -> None:
    one = synthetic(1000 + seed, questions=1)
    first = report_of(one)
    second = report_of(one, (first,), moved(one.lattice, seed))
    assert attacked(one, first, second, pairs=2) == []


def no_primary(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(selecting, "primary", lambda base, rules: base >= 4)


def no_linear(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(selecting, "find_leak", lambda *args: None)


def no_siblings_nor_linear(patch: pytest.MonkeyPatch) -> None:
    no_linear(patch)
    patch.setattr(selecting, "hide_siblings", lambda shown, *args: shown)


def no_bounds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bounds, "is_open", lambda *args: True)


def exact_shares(patch: pytest.MonkeyPatch) -> None:
    no_bounds(patch)
    patch.setattr(bands, "band_of", lambda count, base, wide=1: Band(count, count))


def exact_extremes(patch: pytest.MonkeyPatch) -> None:
    right = bands.band_of

    def faulty(count: int, base: int, wide: int = 1) -> Band:
        return Band(count, count) if count in (0, base) else right(count, base, wide)

    no_bounds(patch)
    patch.setattr(bands, "band_of", faulty)


def narrow_bands(patch: pytest.MonkeyPatch) -> None:
    no_bounds(patch)
    patch.setattr(bands, "step_of", lambda base: 2)


def means_without_ends(patch: pytest.MonkeyPatch) -> None:
    def faulty(total: int, base: int, item: Item) -> Mean:
        return Mean(f"{total / base:.2f}", round(total / base, 2), 0.01, Band(total, total))

    no_bounds(patch)
    patch.setattr(bands, "mean_of", faulty)


def small_item_bases(patch: pytest.MonkeyPatch) -> None:
    right, calls = selecting.select, list[int]()

    def faulty(frame: Any, sizes: Any, allowed: Any, earlier: Any, rules: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            return right(frame, sizes, allowed, earlier, rules)
        return allowed & (frame.twin == range(len(allowed))) & (frame.inside @ sizes > 1)

    patch.setattr(selecting, "select", faulty)
    no_bounds(patch)


def forgets_earlier(patch: pytest.MonkeyPatch) -> None:
    right = publishing.publish
    patch.setattr("tests.methods.disclosure.test_attack.publish", lambda *args, before=(): right(*args))


def forgets_colluders(patch: pytest.MonkeyPatch) -> None:
    right = publishing.publish
    promised = Rules()

    def faulty(*args: Any, before: tuple[Report, ...] = ()) -> Report:
        return replace(right(*args, Rules(colluders=0), before=before), rules=promised)

    patch.setattr("tests.methods.disclosure.test_attack.publish", faulty)


TWO = {"leader": 14, "teacher": 20}
PLAIN = {"A": TWO, "B": TWO, "C": TWO}
ONE_SMALL = {"A": {"leader": 4, "teacher": 20}, "B": TWO, "C": TWO}
ONE_CELL = {"A": {"leader": 3, "teacher": 9}, "B": TWO, "C": TWO}
LEFT_OVER = {"A": {"leader": 5, "": 5, "teacher": 20}, "B": TWO, "C": TWO}
UNEVEN = {name: {"teacher": people} for name, people in zip("ABCDE", (6, 34, 40, 50, 60), strict=True)}
# So many teachers, and no means, that the audit of bounds finds nothing wrong with a difference of ten.
STAGES = Item("q1", 5)
MANY = LEFT_OVER | {"A": {"leader": 5, "": 5, "teacher": 200}}
BEFORE, AFTER = dict(zip("ABCDE", "NNMMM", strict=True)), dict(zip("ABCDE", "MNNMM", strict=True))
ALIKE, HALVES = {"A": [4]}, {"A": [0, 1]}

MUTANTS: dict[str, tuple[Break, Area, Area | None]] = {
    "groups under the threshold": (no_primary, area(ONE_SMALL), None),
    "no siblings, no linear audit": (no_siblings_nor_linear, area(ONE_SMALL), None),
    "no linear audit": (no_linear, area(MANY, item=STAGES), None),
    "no audit of bounds": (no_bounds, area(ONE_CELL, said=HALVES), None),
    "exact shares": (exact_shares, area(PLAIN, said=ALIKE), None),
    "exact extremes": (exact_extremes, area(PLAIN, said=ALIKE), None),
    "bands of two counts": (narrow_bands, area(PLAIN, said=ALIKE), None),
    "means without ends": (means_without_ends, area(PLAIN, said=ALIKE), None),
    "item bases under the threshold": (small_item_bases, area(PLAIN, said={"A": [4] * 6 + [-1] * 28}), None),
    "earlier reports forgotten": (forgets_earlier, area(UNEVEN, BEFORE), area(UNEVEN, AFTER)),
    "colluders forgotten": (forgets_colluders, area(LEFT_OVER), None),
}


def published(one: Area, later: Area | None) -> list[Report]:
    first = report_of(one)
    return [first, report_of(one, (first,), later.lattice)] if later else [first]


@pytest.mark.parametrize("name", MUTANTS)
def test_each_seeded_fault_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, one, later = MUTANTS[name]
    right = attacked(one, *published(one, later), pairs=12)
    assert right == []
    broken(monkeypatch)
    found = attacked(one, *published(one, later), pairs=12)
    assert found


def test_the_attacker_shares_no_code_with_the_suppression() -> None:
    import ast
    import inspect

    from isthmus.methods.disclosure import attacker

    tree = ast.parse(inspect.getsource(attacker))
    named = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(name.startswith("isthmus") for name in named)
