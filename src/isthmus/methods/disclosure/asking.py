"""Beside a report: what to expect before opening, what may be said while open, and when comments are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isthmus.methods.disclosure.lattice import Lattice
from isthmus.methods.disclosure.model import STANDARD, DisclosureError, Rules


@dataclass(frozen=True)
class Expected:
    """A finest unit before opening: who is ``invited``, how many are ``expected`` to answer, whether it would have a
    report of its own, and with which others it might share one (itself included; empty where none is needed)."""

    unit: str
    invited: int
    expected: int
    own: bool
    together: tuple[str, ...] = ()


def expect(
    lattice: Lattice,
    invited: Mapping[str, int],
    rate: float,
    rules: Rules = STANDARD,
    *,
    near: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Expected, ...]:
    """Which units would get no report of their own if a share ``rate`` answered, and which would together.

    ``near`` lists other units for each, nearest first; without it, those of the same unit above come first, then others
    by name. A combination grows from the smallest unit by the nearest other that needs one, until it is expected to
    reach the threshold; who is left over joins the combination of the nearest. Units with a report of their own are in
    none: subtracting it would undo the combination. Raises DisclosureError for a rate outside 0 to 1 and unknown units.
    """
    units = [place[0] for place in lattice.places]
    if not 0 < rate <= 1:
        raise DisclosureError("The expected rate of response is a share above 0, at most 1")
    if set(invited) - set(units):
        raise DisclosureError(
            f"{sorted(set(invited) - set(units))[0]!r} is not a {lattice.levels[0]} of this wave"
        )
    count = {unit: int(rate * invited.get(unit, 0)) for unit in units}
    order = near or _by_units_above(lattice)
    own = {unit for unit in units if count[unit] >= rules.threshold}
    left = sorted((unit for unit in units if unit not in own), key=lambda unit: (count[unit], unit))
    together: dict[str, tuple[str, ...]] = {}
    for unit in left:
        if unit in together:
            continue
        group, people = [unit], count[unit]
        for other in order.get(unit, ()):
            if people >= rules.threshold:
                break
            if other != unit and other in left and other not in together:
                group.append(other)
                people += count[other]
        if people >= rules.threshold:
            together |= {one: tuple(sorted(group)) for one in group}
    for unit in left:
        nearest = next((together[other] for other in order.get(unit, ()) if other in together), ())
        if unit not in together and nearest:
            together |= {one: tuple(sorted((*nearest, unit))) for one in (*nearest, unit)}
    return tuple(
        Expected(unit, invited.get(unit, 0), count[unit], unit in own, together.get(unit, ()))
        for unit in units
    )


def _by_units_above(lattice: Lattice) -> dict[str, list[str]]:
    above = {place[0]: place[1:] for place in lattice.places}

    def apart(one: str, other: str) -> int:
        shared = [a and a == b for a, b in zip(above[one], above[other], strict=True)]
        return shared.index(True) if True in shared else len(shared)

    return {one: sorted(above, key=lambda other: (apart(one, other), other)) for one in above}


def while_open(answered: int, rules: Rules = STANDARD) -> int | None:
    """How many have answered so far, as it may be said: None below the threshold, else to the nearest 5."""
    return None if answered < rules.threshold else max(rules.threshold, 5 * ((answered + 2) // 5))


@dataclass(frozen=True)
class Comments:
    """Comments of one question as they may be shown, or ``why`` not."""

    texts: tuple[str, ...]
    why: str = ""


def show_comments(
    redacted: Sequence[str | None],
    rng: np.random.Generator,
    rules: Rules = STANDARD,
    *,
    whole_unit: bool = True,
) -> Comments:
    """Comments of a finest unit or more on one question, in an order drawn anew for each call.

    ``redacted`` holds what a person left after redaction, None where nobody has looked yet, "" where nothing is left.
    They are shown only where ten people or more commented, all have been looked at, and the unit is whole
    (``whole_unit``; never by attribute). Give a generator seeded from the operating system.
    """
    if not whole_unit:
        return Comments((), "Comments are shown for a whole school or more, never for a part of it")
    if len(redacted) < rules.commenters:
        return Comments((), f"Comments are shown once {rules.commenters} people have written one")
    if any(text is None for text in redacted):
        return Comments(
            (), "Comments are shown once somebody has taken out names and what would give people away"
        )
    texts = [text for text in redacted if text]
    return Comments(tuple(texts[place] for place in rng.permutation(len(texts))))
