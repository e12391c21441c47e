"""What a plan is judged by (terms) and what it may never break (rules).

Each is a small frozen dataclass, checked when it is made. A term's weight is a multiplier: what one unit of
each term costs, in kilometres, is stated by :func:`isthmus.methods.formation.rates`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


class ProblemError(ValueError):
    """A problem that cannot be posed as given. The message says what to change."""


def _weight(weight: float, name: str) -> None:
    if not (math.isfinite(weight) and weight >= 0):
        raise ProblemError(f"The weight of {name} must be zero or a positive number, not {weight}.")


@dataclass(frozen=True)
class Nearness:
    """Distance between two schools of a group, in kilometres, straight-line unless a travel table says otherwise."""

    weight: float = 1.0

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return "nearness"


@dataclass(frozen=True)
class Mixed:
    """Prefer groups that are mixed in an attribute.

    A category costs 1 for each pair with the same value. A number is standardised to z (mean 0, standard deviation
    1 over the known values, cut at ±3) and a pair costs (z_i + z_j)²/2: nothing when both are average or when one
    balances the other, much when both lie on the same side. For groups of equal size this ranks plans exactly as
    the sum over groups of (Σz)² does. A pair with an unknown value costs nothing, and gains nothing.
    """

    attribute: str
    weight: float = 1.0
    kind: Literal["auto", "category", "number"] = "auto"

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return f"mixed:{self.attribute}"


@dataclass(frozen=True)
class Alike:
    """Prefer groups that are alike in an attribute.

    A category costs 1 for each pair with different values, a number (z_i − z_j)²/2 with z as in :class:`Mixed`.
    A pair with an unknown value costs nothing, and gains nothing.
    """

    attribute: str
    weight: float = 1.0
    kind: Literal["auto", "category", "number"] = "auto"

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return f"alike:{self.attribute}"


@dataclass(frozen=True)
class Complementarity:
    """A school's need that no school of its group lists as a strength costs 1, once for each need.

    The two attributes hold a tuple of themes for each school. A theme that a school lists as both counts as a
    strength only.
    """

    weight: float = 1.0
    needs: str = "needs"
    strengths: str = "strengths"

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return "complementarity"


@dataclass(frozen=True)
class Continuity:
    """A pair in one group that does not work together now costs 1, so that existing ``ties`` (pairs of ids) are
    kept. For groups of equal size this ranks plans as the number of ties cut does."""

    ties: tuple[tuple[str, str], ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return "continuity"


@dataclass(frozen=True)
class Newness:
    """A pair in one group that works together already costs 1, so that ``ties`` (pairs of ids, of another layer or of
    today) are not repeated. A rule that must hold is :class:`NoRepeat`. A ``label`` tells several apart."""

    ties: tuple[tuple[str, str], ...]
    weight: float = 1.0
    label: str = ""

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return f"newness:{self.label}" if self.label else "newness"


@dataclass(frozen=True)
class Wishes:
    """Each of ``wishes`` is (who wishes, with whom). A pair in one group costs 1, less a half for each of the two who
    wished for the other. For groups of equal size this ranks plans as the number of wishes met does."""

    wishes: tuple[tuple[str, str], ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return "wishes"


@dataclass(frozen=True)
class Themes:
    """Prefer groups that share themes. The attribute holds a tuple of themes for each school; a pair costs
    1 − |A ∩ B| / |A ∪ B| (Jaccard 1912). A pair of which one has no theme costs nothing, and gains nothing."""

    attribute: str = "themes"
    weight: float = 1.0

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return f"themes:{self.attribute}"


@dataclass(frozen=True)
class Given:
    """The values of ``Problem.affinity``, summed over the pairs of a group."""

    weight: float = 1.0

    def __post_init__(self) -> None:
        _weight(self.weight, self.name)

    @property
    def name(self) -> str:
        return "given"


Term = Nearness | Mixed | Alike | Complementarity | Continuity | Newness | Wishes | Themes | Given


@dataclass(frozen=True)
class Together:
    """These schools are in one group."""

    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"together: {', '.join(self.ids)}"


@dataclass(frozen=True)
class Apart:
    """No two of these schools are in one group."""

    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"apart: {', '.join(self.ids)}"


@dataclass(frozen=True)
class Fixed:
    """These schools are in the group with this name."""

    network: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"fixed: {', '.join(self.ids)} in {self.network}"


def _where(where: Mapping[str, object]) -> str:
    return ", ".join(
        f"{key} is {' or '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
        for key, value in where.items()
    )


@dataclass(frozen=True)
class AtLeast:
    """Each group has at least ``count`` schools for which every attribute in ``where`` has the value (or one of the
    values) given. Text is compared without regard to case; an unknown value never matches."""

    where: Mapping[str, object]
    count: int = 1

    def __post_init__(self) -> None:
        if not self.where or self.count < 0:
            raise ProblemError("'at least' needs a 'where' and a number of zero or more.")

    def __str__(self) -> str:
        return f"each network: at least {self.count} where {_where(self.where)}"


@dataclass(frozen=True)
class AtMost:
    """Each group has at most ``count`` schools that match ``where`` (as in :class:`AtLeast`)."""

    where: Mapping[str, object]
    count: int

    def __post_init__(self) -> None:
        if not self.where or self.count < 0:
            raise ProblemError("'at most' needs a 'where' and a number of zero or more.")

    def __str__(self) -> str:
        return f"each network: at most {self.count} where {_where(self.where)}"


@dataclass(frozen=True)
class Cap:
    """The known values of a column add up to no more than ``maximum`` in any group. An unknown value is left out of
    the sum; the plan's warnings count how many were."""

    column: str
    maximum: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.maximum) or self.maximum < 0:
            raise ProblemError(
                f"The cap on {self.column} must be zero or a positive number, not {self.maximum}."
            )

    def __str__(self) -> str:
        return f"cap: {self.column} at most {self.maximum:g}"


@dataclass(frozen=True)
class NoRepeat:
    """None of these pairs (of an earlier round) is in one group again. Ids not in the problem are ignored."""

    pairs: tuple[tuple[str, str], ...]
    source: str = "earlier round"

    def __str__(self) -> str:
        return f"no_repeat: pairs of {self.source}"


@dataclass(frozen=True)
class Barrier:
    """Lines (each a sequence of points in the problem's coordinates) that a straight line may not cross.

    With a ``detour_factor`` (1 or more) a crossing pair's distance is multiplied by it, once for each barrier
    crossed; without one, two schools on either side of the line are never in one group.
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]
    detour_factor: float | None = None
    name: str = "barrier"

    def __post_init__(self) -> None:
        if self.detour_factor is not None and not (
            math.isfinite(self.detour_factor) and self.detour_factor >= 1
        ):
            raise ProblemError(
                f"The detour factor of {self.name} must be 1 or more, not {self.detour_factor}."
            )
        if any(len(line) < 2 for line in self.lines):
            raise ProblemError(f"A line of {self.name} has fewer than two points.")

    def __str__(self) -> str:
        return f"barriers: {self.name}"


@dataclass(frozen=True)
class Reach:
    """No two schools of a group are further apart than ``kilometres``: straight-line, or by detour or travel table
    where the problem has them (minutes counted as it says)."""

    kilometres: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.kilometres) and self.kilometres > 0):
            raise ProblemError(f"The reach must be above zero kilometres, not {self.kilometres}.")

    def __str__(self) -> str:
        return f"reach: at most {self.kilometres:g} km"


Rule = Together | Apart | Fixed | AtLeast | AtMost | Cap | NoRepeat | Barrier | Reach
