"""What may be told of a wave before it has a report, and what its report will not be able to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from isthmus.methods import disclosure

Key = TypeVar("Key", int, str)


def while_open(number: int, k: int) -> int | None:
    """How many answered, as far as it may be told while a wave is open: None under `k`, else to the nearest five."""
    return disclosure.while_open(number, disclosure.Rules(threshold=k))


@dataclass(frozen=True)
class Asked:
    """One organisation: its key, its group ('' for none), how many people are asked, and where it lies in metres."""

    key: int
    group: str
    people: int | None
    at: tuple[int, int] | None = None


@dataclass(frozen=True)
class Outlook:
    """What a report would hold back if `share` of those asked answered.

    `small`: organisations with fewer than K answers. `beside`: those with enough, held back so that nobody can work
    out a small one from the rest. `unknown`: those that do not say how many people there are. `groups`: groups held
    back for either reason. `together`: small ones to be counted together, each lot with K answers or more.
    """

    small: tuple[int, ...]
    beside: tuple[int, ...]
    unknown: tuple[int, ...]
    groups: tuple[str, ...]
    together: tuple[tuple[int, ...], ...]

    @property
    def alone(self) -> frozenset[int]:
        """Every organisation without a report of its own."""
        return frozenset((*self.small, *self.beside))


def outlook(asked: Sequence[Asked], share: float, k: int) -> Outlook:
    """What a report would hold back if this `share` (0 to 1) of people answered: rules 4 and 5 of disclosure control.

    It is an outlook only: the audit of the true answers may hold back more.
    """
    known = {one.key: int((one.people or 0) * share) for one in asked if one.people is not None}
    members: dict[str, list[int]] = defaultdict(list)
    for one in asked:
        if one.key in known:
            members[one.group].append(one.key)
    small = {key for key, number in known.items() if number < k}
    hidden = set(small)
    for keys in [*members.values(), list(known)]:
        hidden |= _beside(keys, known, hidden, k)
    named = {group: sum(known[key] for key in keys) for group, keys in members.items() if group}
    few = {group for group, number in named.items() if number < k}
    groups = few | _beside(list(named), named, few, k)
    grouped = {key for group, keys in members.items() if group and group not in groups for key in keys}
    loose = [one for one in asked if one.key in small and one.key not in grouped]
    return Outlook(
        small=tuple(sorted(small)),
        beside=tuple(sorted(hidden - small)),
        unknown=tuple(one.key for one in asked if one.people is None),
        groups=tuple(sorted(groups)),
        together=_together(loose, known, k),
    )


def _beside(keys: Sequence[Key], sizes: dict[Key, int], hidden: set[Key], k: int) -> set[Key]:
    """Siblings to hold back too: those held back must be two or more, and have K answers or more between them."""
    more: set[Key] = set()
    while True:
        held = [key for key in keys if (key in hidden or key in more) and sizes[key]]
        left = sorted(
            (key for key in keys if key not in hidden and key not in more), key=lambda key: (sizes[key], key)
        )
        if not held or not left or (len(held) > 1 and sum(sizes[key] for key in held) >= k):
            return more
        more.add(left[0])


def _together(loose: Sequence[Asked], sizes: dict[int, int], k: int) -> tuple[tuple[int, ...], ...]:
    """Lots of two or more neighbours with K answers or more between them; what is left over joins the last lot."""
    waiting = sorted(loose, key=lambda one: (one.at or (0, 0), one.key))
    lots: list[list[Asked]] = []
    while waiting:
        lot = [waiting.pop(0)]
        while waiting and (len(lot) < 2 or sum(sizes[one.key] for one in lot) < k):
            near = min(waiting, key=lambda one: (_apart(lot[0], one), one.key))
            waiting.remove(near)
            lot.append(near)
        lots.append(lot)
    if len(lots) > 1 and (len(lots[-1]) < 2 or sum(sizes[one.key] for one in lots[-1]) < k):
        lots[-2:] = [lots[-2] + lots[-1]]
    enough = [lot for lot in lots if len(lot) > 1 and sum(sizes[one.key] for one in lot) >= k]
    return tuple(tuple(one.key for one in lot) for lot in enough)


def _apart(one: Asked, other: Asked) -> float:
    """Metres between two, squared; infinitely many where a place is not known."""
    if one.at is None or other.at is None:
        return float("inf")
    return float((one.at[0] - other.at[0]) ** 2 + (one.at[1] - other.at[1]) ** 2)
