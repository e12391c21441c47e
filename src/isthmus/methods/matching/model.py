"""What is asked about triads, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Groups = tuple[tuple[int, ...], ...]


class MatchingError(ValueError):
    """What was asked is not a question about triads; the message says what to change."""


@dataclass(frozen=True)
class Triads:
    """One round. ``groups`` hold positions of schools, in rising order; threes, and where the number of schools is no
    multiple of three one or two pairs. ``cost`` is the sum over pairs within groups; no round costs less than
    ``bound``; ``proven`` where the two agree to a millionth. ``cuts`` counts the inequalities the proof rests on."""

    groups: Groups
    cost: float
    bound: float
    proven: bool
    cuts: int = 0

    @property
    def gap(self) -> float:
        """How much less, as a share of the cost, another round could cost at most."""
        return 0.0 if self.proven else (self.cost - self.bound) / max(abs(self.cost), 1e-12)


class NoTriads(MatchingError):
    """No round keeps everybody apart who must be. ``proven`` says whether that is certain or time ran out;
    ``groups`` break ``broken`` pairs, and where it is proven no round breaks fewer than ``fewest``."""

    def __init__(self, groups: Groups, broken: int, fewest: int) -> None:
        self.groups, self.broken, self.fewest = groups, broken, fewest
        self.proven = fewest > 0
        pairs = "pair" if broken == 1 else "pairs"
        self.text = (
            f"No round of triads keeps apart every pair that must not meet: at least {fewest} of them would meet, and "
            f"a round was found in which {broken} {'does' if broken == 1 else 'do'}. "
            if self.proven
            else f"No round was found that keeps apart every pair that must not meet ({broken} {pairs} would), and it "
            "is not known whether there is one. Allow more time, or "
        )
        self.text += ("A" if self.proven else "a") + "llow some pairs to meet, or ask for fewer rounds."
        super().__init__(self.text)


def reviewers(groups: Iterable[tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Who reviews each school: the others of its group."""
    return {one: tuple(other for other in group if other != one) for group in groups for one in group}
