"""Which strengths and gaps may be named, when many are looked at: only those that chance would hardly have made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from isthmus.methods.surveys.estimates import Compared
from isthmus.methods.surveys.model import LEVEL, Figure, Key, SurveyError, at_level

Kind = Literal["strength", "gap", "neither", "unknown"]
Rule = Literal["holm", "benjamini-hochberg"]


@dataclass(frozen=True)
class Named:
    """A difference with its ``kind``; ``p`` alone, and ``adjusted`` for how many were looked at. Neither: it cannot be
    told from nought, wherever it stands in the list. Unknown: there is no interval, and ``figure.why`` says why."""

    key: Key
    kind: Kind
    figure: Figure
    p: float | None
    adjusted: float | None


def strengths_and_gaps(
    differences: Mapping[Key, Compared], *, level: float = LEVEL, rule: Rule = "holm"
) -> tuple[Named, ...]:
    """Differences from the highest to the lowest, named a strength (above nought) or a gap (below) only where the
    interval excludes nought and so it does after adjustment for how many were looked at. Those without a figure come
    last. ``holm`` (Holm 1979): the chance that even one is named wrongly is at most 1 − level.
    ``benjamini-hochberg`` (1995): of those named, a share of at most 1 − level is expected to be wrong (where they are
    independent or rise and fall together)."""
    at_level(level)
    known = [(key, one.p) for key, one in differences.items() if one.p is not None]
    adjust = holm if rule == "holm" else benjamini_hochberg
    adjusted = dict(zip([key for key, _ in known], adjust([p for _, p in known]), strict=True))
    found = [_named(key, one, adjusted.get(key), level) for key, one in differences.items()]
    return tuple(sorted(found, key=lambda one: (one.figure.value is None, -(one.figure.value or 0.0))))


def _named(key: Key, one: Compared, adjusted: float | None, level: float) -> Named:
    if one.figure.value is None or adjusted is None:
        return Named(key, "unknown", one.figure, None, None)
    if one.figure.level != level:
        raise SurveyError("The differences have intervals of another level of confidence.")
    sure = adjusted < 1 - level and one.told_apart
    kind: Kind = "neither" if not sure else "strength" if one.figure.value > 0 else "gap"
    return Named(key, kind, one.figure, one.p, adjusted)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p in the order given: the i-th smallest times m − i + 1, never falling, at most 1."""
    order, m, most = _order(ps), len(ps), 0.0
    out = [0.0] * m
    for rank, place in enumerate(order):
        most = max(most, min(1.0, (m - rank) * ps[place]))
        out[place] = most
    return tuple(out)


def benjamini_hochberg(ps: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p in the order given: the i-th smallest times m/i, never falling, at most 1."""
    order, m, least = _order(ps), len(ps), 1.0
    out = [0.0] * m
    for rank in range(m - 1, -1, -1):
        least = min(least, ps[order[rank]] * m / (rank + 1))
        out[order[rank]] = least
    return tuple(out)


def _order(ps: Sequence[float]) -> list[int]:
    if any(not 0 <= p <= 1 for p in ps):
        raise SurveyError("A p lies between 0 and 1.")
    return sorted(range(len(ps)), key=lambda i: ps[i])
