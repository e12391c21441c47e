"""Figures of all answers together: nobody who knows all other answers learns those of two people from the print."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.disclosure.shown import like_demonstration
from isthmus.methods.disclosure import together
from isthmus.methods.disclosure.attacker_together import ruled_out
from isthmus.methods.disclosure.together import Range, printed
from isthmus.methods.surveys import cronbach, icc_of_groups

SCALE = (1, 2, 3, 4, 5)


def alpha(answers: np.ndarray, units: np.ndarray) -> float | None:
    return cronbach(answers).raw.value


def icc(answers: np.ndarray, units: np.ndarray) -> float | None:
    return icc_of_groups(answers.mean(axis=1), units.tolist()).one.value


def drawn(seed: int, schools: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Complete answers to five questions, the school of each, and school by role."""
    one = like_demonstration(seed, schools=schools, questions=5)
    full = (one.answers >= 0).all(axis=1)
    names, who = (np.array(one.people[key])[full] for key in ("school", "people"))
    units = np.unique(names, return_inverse=True)[1]
    pairs = [f"{n}/{w}" for n, w in zip(names, who, strict=True)]
    return one.answers[full] + 1.0, units, np.unique(np.array(pairs), return_inverse=True)[1]


def attacked(seed: int, figure: Callable[..., float | None], schools: int = 12) -> tuple[Range, list[str]]:
    answers, units, atoms = drawn(seed, schools)
    shown = printed(answers, units, atoms, (1.0, 5.0), figure)
    if shown.low is None or shown.high is None:
        return shown, []
    groups = [np.flatnonzero(atoms == atom) for atom in np.unique(atoms)]
    return shown, ruled_out(shown.low, shown.high, answers, units, groups, SCALE, figure, seed=seed)


@pytest.mark.parametrize("figure", [alpha, icc])
def test_the_print_rules_nothing_out(figure: Callable[..., float | None]) -> None:
    for seed in range(5):
        shown, found = attacked(seed, figure, 8 + seed)
        assert found == []
        answers, units, _atoms = drawn(seed, 8 + seed)
        value = figure(answers, units)
        assert shown.low is None or (value is not None and shown.low <= value <= (shown.high or 0))
    assert any(attacked(seed, figure)[0].low is not None for seed in range(3))


def test_exact_prints_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_cases", lambda answers, units, *_rest: [(answers, units)])
    monkeypatch.setattr(together, "MARGIN", 0.0)
    monkeypatch.setattr(together.math, "floor", lambda value: value)
    monkeypatch.setattr(together.math, "ceil", lambda value: value)
    assert attacked(1, alpha)[1]


def test_few_people_and_one_large_school_get_no_figure() -> None:
    answers, units, atoms = drawn(0)
    few = np.arange(99)
    assert printed(answers[few], units[few], atoms[few], (1.0, 5.0), alpha).why.startswith("Shown for 100")
    one = np.where(np.arange(len(units)) % 2, 0, units)
    found = printed(answers, one, atoms, (1.0, 5.0), alpha)
    assert found.low is None
    assert "over half" in found.why
    alike = np.full_like(answers, 3.0)
    assert printed(alike, units, atoms, (1.0, 5.0), alpha).low is None


def test_the_order_of_people_does_not_matter() -> None:
    answers, units, atoms = drawn(2)
    order = np.random.default_rng(1).permutation(len(units))
    first = printed(answers, units, atoms, (1.0, 5.0), alpha)
    assert first == printed(answers[order], units[order], atoms[order], (1.0, 5.0), alpha)
    assert first.low is not None
