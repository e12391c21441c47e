"""Rules for counts of pupils and performance: what may be printed of a base, a ratio, and a partnership's total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isthmus.methods.disclosure.linear import find_leak
from isthmus.methods.disclosure.model import Bools, DisclosureError, Ints, Token

PUPILS, PART, SCHOOLS, SHARE = 6, 3, 3, 0.9


@dataclass(frozen=True)
class Shown:
    """A figure as it may be printed: ``text``, or a ``token`` and ``why`` nothing is."""

    text: str = ""
    token: Token | None = None
    why: str = ""


def pupil_base(pupils: int | None) -> Shown:
    """A number of pupils. Below 6, 0 included, it is hidden; None is 'not available'."""
    if pupils is None:
        return Shown(token=Token.NOT_AVAILABLE, why="Not available")
    if pupils < PUPILS:
        return Shown(token=Token.CONFIDENTIAL, why=f"Fewer than {PUPILS} pupils")
    return Shown(str(pupils))


def ratio(part: int | None, base: int | None) -> Shown:
    """A percentage of pupils. Hidden on a base under 6; where fewer than 3 are in it, or all but fewer than 3, only
    that is said. Raises DisclosureError where the part exceeds the base."""
    if part is None or base is None:
        return Shown(token=Token.NOT_AVAILABLE, why="Not available")
    if not 0 <= part <= base:
        raise DisclosureError(f"{part} of {base} pupils is no share")
    if base < PUPILS:
        return pupil_base(base)
    edge = -(-100 * (PART - 1) // base)
    if part < PART:
        return Shown(f"{edge}% or less")
    if base - part < PART:
        return Shown(f"{100 - edge}% or more")
    low, high = (round(100 * end / base) for end in _band(part, base))
    return Shown(f"{low}%" if low == high else f"{low}% to {high}%")


def _band(part: int, base: int) -> tuple[int, int]:
    """Three counts around which a band lies; the same for every part in it. Its edges depend on the base alone."""
    inner = base - 2 * PART + 1
    number = max(inner // PART, 1)
    which = min((part - PART) // PART, number - 1)
    return PART + which * PART, base - PART if which == number - 1 else 2 * PART + which * PART - 1


def partnership_total(pupils: Mapping[str, int]) -> Shown:
    """A total over schools: three schools with pupils at least, and no two of them with more than 90% of the pupils."""
    counts = sorted((count for count in pupils.values() if count > 0), reverse=True)
    if len(counts) < SCHOOLS:
        return Shown(token=Token.CONFIDENTIAL, why=f"Fewer than {SCHOOLS} schools")
    if counts[0] + counts[1] > SHARE * sum(counts):
        return Shown(token=Token.CONFIDENTIAL, why=f"Two schools have more than {SHARE:.0%} of the pupils")
    return pupil_base(sum(counts))


def totals_leak(published: Sequence[Sequence[str]], pupils: Mapping[str, int]) -> tuple[str, ...]:
    """Schools, fewer than three, whose joint total follows from these published totals; empty where none does.

    ``published`` holds the members of each total. The same linear audit as for surveys, with schools in place of
    people, and no colluders.
    """
    names = sorted(pupils)
    inside: Bools = np.array(
        [[name in set(members) for name in names] for members in published], dtype=np.bool_
    )
    ones: Ints = np.array([int(pupils[name] > 0) for name in names], dtype=np.int64)
    leak = find_leak(inside.reshape(len(published), len(names)), ones, SCHOOLS, 0)
    return () if leak is None else tuple(name for name, hit in zip(names, leak.union, strict=True) if hit)
