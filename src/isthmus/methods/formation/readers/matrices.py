"""Published instances: MDGPLIB, capacitated clustering, handover minimisation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.formation.problem import GroupBounds, Problem
from isthmus.methods.formation.readers import InputError, read_text
from isthmus.methods.formation.terms import Given, ProblemError


def _floats(path: Path, row: int, words: list[str]) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError as error:
        raise InputError(f"{path}, row {row}: {error}. Every entry must be a number.") from error


def _whole(path: Path, row: int, column: str, word: str, least: int = 1) -> int:
    try:
        value = int(float(word))
    except (ValueError, OverflowError):
        value = least - 1
    if value < least or (word.strip().lstrip("+").isdigit() is False and float(value) != _number(word)):
        raise InputError(f"{path}, row {row}, {column}: '{word}' is not a whole number of {least} or more.")
    return value


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def read_pairs(path: Path, *, weighted: bool) -> Problem:
    """MDGPLIB or, ``weighted``, capacitated clustering: ``n groups ds|ss min max min max …`` (then ``W w1 … wn``),
    and lines ``i j value`` with items from 0. The sum of values within groups is maximised."""
    lines = read_text(path).splitlines()
    head = lines[0].split() if lines else []
    if len(head) < 5 or head[2] not in {"ds", "ss"}:
        raise InputError(f"{path}, row 1: expected 'n groups ds|ss min max min max …'.")
    n, k = _whole(path, 1, "n", head[0]), _whole(path, 1, "groups", head[1])
    numbers = head[3:]
    weights: tuple[float, ...] | None = None
    if "W" in numbers:
        at = numbers.index("W")
        weights = tuple(_floats(path, 1, numbers[at + 1 :]))
        numbers = numbers[:at]
        if len(weights) != n:
            raise InputError(f"{path}, row 1: {len(weights)} weights after W for {n} items.")
    if weighted != (weights is not None):
        raise InputError(
            f"{path}, row 1: {'there are no weights (W w1 … wn)' if weighted else 'there are weights (W)'}; "
            f"use --format {'mdgplib' if weighted else 'ccp'}."
        )
    limits = _floats(path, 1, numbers)
    if len(limits) != 2 * k:
        raise InputError(
            f"{path}, row 1: {len(limits)} bounds for {k} groups; a minimum and a maximum each are needed."
        )
    pairs = tuple(zip(limits[::2], limits[1::2], strict=True))
    affinity = _entries(path, lines, n)
    try:
        if weights is not None:
            bounds = GroupBounds(weights=pairs, item_weights=weights)
        else:
            bounds = GroupBounds(sizes=tuple((int(low), int(high)) for low, high in pairs))
        return Problem(_ids(n), bounds, affinity=affinity, terms=(Given(),), sense="max")
    except ProblemError as error:
        raise InputError(f"{path}, row 1: {error}") from error


def _entries(path: Path, lines: list[str], n: int) -> NDArray[np.float64]:
    """(n, n) symmetric values from lines 'i j value', each pair once."""
    body = [(row, line) for row, line in enumerate(lines[1:], start=2) if line.strip()]
    try:
        table = np.array([line.split() for _, line in body], dtype=np.float64).reshape(len(body), 3)
        i, j = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        sound = (i == table[:, 0]) & (j == table[:, 1]) & (i >= 0) & (j >= 0) & (i < n) & (j < n) & (i != j)
        sound &= np.isfinite(table[:, 2])
    except ValueError:
        for row, line in body:
            words = line.split()
            if len(words) != 3:
                raise InputError(f"{path}, row {row}: expected 'i j value', found '{line[:60]}'.") from None
            _floats(path, row, words)
        raise
    if not sound.all():
        row, line = body[int(np.flatnonzero(~sound)[0])]
        raise InputError(
            f"{path}, row {row}: '{line[:60]}': items are two different whole numbers from 0 to {n - 1}."
        )
    keys = np.minimum(i, j) * n + np.maximum(i, j)
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(twice):
        row, line = body[int(order[twice[0] + 1])]
        raise InputError(f"{path}, row {row}: the pair '{line[:60]}' occurs twice.")
    values = np.zeros((n, n))
    values[i, j] = values[j, i] = table[:, 2]
    return values


def read_handover(path: Path) -> Problem:
    """Handover minimisation: n, groups, the capacity of every group, n weights, then an n × n matrix. The sum between
    groups, both directions, is minimised."""
    words = read_text(path).split()
    if len(words) < 3:
        raise InputError(f"{path}: expected the number of items, the number of groups and the capacity.")
    n, k = _whole(path, 1, "items", words[0]), _whole(path, 2, "groups", words[1])
    if k > n:
        raise InputError(f"{path}, row 2: {k} groups are more than the {n} items.")
    wanted = 3 + n + n * n
    if len(words) != wanted:
        raise InputError(
            f"{path}: {len(words)} numbers; {n} items need {wanted} (a weight each and an {n} × {n} matrix)."
        )
    numbers = np.array(_floats(path, 3, words[2:]))
    if not np.isfinite(numbers).all() or (numbers[: n + 1] < 0).any():
        raise InputError(f"{path}: capacity and weights must be numbers of zero or more.")
    matrix = numbers[n + 1 :].reshape(n, n)
    affinity = matrix + matrix.T
    np.fill_diagonal(affinity, 0.0)
    bounds = GroupBounds(
        weights=((0.0, float(numbers[0])),) * k, item_weights=tuple(numbers[1 : n + 1].tolist())
    )
    return Problem(_ids(n), bounds, affinity=affinity, terms=(Given(),), sense="min", objective="between")


def _ids(n: int) -> tuple[str, ...]:
    return tuple(str(i) for i in range(n))
