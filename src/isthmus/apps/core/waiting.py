"""What waits for a person, and what goes to a successor: each app adds its own, the home page asks here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import Scope


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what it is, why in a few words, where it is done, and by when."""

    title: str
    url: str
    state: str
    hint: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Open:
    """One thing that is open when a role passes to somebody else."""

    title: str
    url: str
    hint: str = ""


Waits = Callable[[Actor], Iterable[Waiting]]
Opens = Callable[[Actor, Scope], Iterable[Open]]
_WAITING: dict[str, Waits] = {}
_OPEN: dict[str, Opens] = {}


def waits(name: str) -> Callable[[Waits], Waits]:
    """Register a function that names what waits for a person, under a name of its own ('networks.plans')."""

    def add(find: Waits) -> Waits:
        _WAITING[name] = find
        return find

    return add


def opens(name: str) -> Callable[[Opens], Opens]:
    """Register a function that names what a person has open on a scope, for the pack of a hand-over."""

    def add(find: Opens) -> Opens:
        _OPEN[name] = find
        return find

    return add


def waiting_for(person: Actor) -> list[Waiting]:
    """Everything that waits for `person`, what is due first at the top."""
    # The first address that is looked up loads apps' views, some of which add to the list.
    found = [item for find in list(_WAITING.values()) for item in find(person)]
    return sorted(found, key=lambda item: (item.due is None, item.due or date.max))


def open_for(person: Actor, scope: Scope) -> list[Open]:
    """Everything that `person` has open on `scope`."""
    return [item for find in list(_OPEN.values()) for item in find(person, scope)]
