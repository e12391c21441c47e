"""What changed between two days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from isthmus.methods.networks.model import Group, Key, Member


@dataclass(frozen=True)
class NetworkChange:
    """Who joined and who left a network that was there on both days; never both empty."""

    joined: tuple[Key, ...]
    left: tuple[Key, ...]


@dataclass(frozen=True)
class Change:
    """Networks that began, ended and changed, and schools that came into their first network or left their last."""

    began: tuple[Key, ...]
    ended: tuple[Key, ...]
    changed: Mapping[Key, NetworkChange]
    found_one: tuple[Key, ...]
    left_all: tuple[Key, ...]


def compare(
    before: tuple[Sequence[Group], Iterable[Member]], after: tuple[Sequence[Group], Iterable[Member]]
) -> Change:
    """What changed from one picture to another: each is its networks and who is in them."""
    old, new = _inside(*before), _inside(*after)
    changed = {}
    for key in new:
        if key in old and new[key] != old[key]:
            changed[key] = NetworkChange(
                tuple(s for s in new[key] if s not in old[key]),
                tuple(s for s in old[key] if s not in new[key]),
            )
    was = {school: None for rows in old.values() for school in rows}
    is_now = {school: None for rows in new.values() for school in rows}
    return Change(
        began=tuple(key for key in new if key not in old),
        ended=tuple(key for key in old if key not in new),
        changed={key: change for key, change in changed.items() if change.joined or change.left},
        found_one=tuple(key for key in is_now if key not in was),
        left_all=tuple(key for key in was if key not in is_now),
    )


def _inside(groups: Sequence[Group], members: Iterable[Member]) -> dict[Key, dict[Key, None]]:
    inside: dict[Key, dict[Key, None]] = {group.key: {} for group in groups}
    for member in members:
        inside[member.group][member.school] = None
    return inside
