"""Names of scopes, filled by the apps that own them, so that a page of people can say 'Saltmarch' and not 'area 12'."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind


@dataclass(frozen=True)
class Entry:
    """How to learn about the scopes of one kind.

    `names(ids)` gives the names of those that exist; `parent(id)` the next wider scope; `inside(id, text)` the
    scopes within, each with its name, those first whose name has the text.
    """

    names: Callable[[Sequence[int]], dict[int, str]]
    parent: Callable[[int], Scope | None]
    inside: Callable[[int, str], Iterable[tuple[Scope, str]]]


_ENTRIES: dict[ScopeKind, Entry] = {}
Inside = Callable[[int, str], Iterable[tuple[Scope, str]]]
_MORE_INSIDE: dict[ScopeKind, list[Inside]] = {}


def register(kind: ScopeKind, entry: Entry) -> None:
    """Say how scopes of `kind` are found; an app does so when it is ready."""
    _ENTRIES[kind] = entry


def also_inside(kind: ScopeKind, find: Inside) -> None:
    """Say what else lies within scopes of `kind`, such as the networks of an area, which its own app does not know."""
    if find not in _MORE_INSIDE.setdefault(kind, []):
        _MORE_INSIDE[kind].append(find)


register(
    ScopeKind.INSTALLATION,
    Entry(
        names=lambda ids: dict.fromkeys(ids, "Isthmus"), parent=lambda _id: None, inside=lambda _id, _text: ()
    ),
)


def names(scopes: Iterable[Scope]) -> dict[Scope, str]:
    """The name of each scope; one that is gone, or whose app is not there, is 'something that is gone'."""
    wanted = set(scopes)
    found: dict[Scope, str] = {}
    for kind in {scope.kind for scope in wanted}:
        known = _ENTRIES[kind].names([s.id for s in wanted if s.kind == kind]) if kind in _ENTRIES else {}
        found |= {Scope(kind, number): name for number, name in known.items()}
    return {scope: found.get(scope, f"{scope.kind.label} that is gone") for scope in wanted}


def name(scope: Scope) -> str:
    """The name of one scope."""
    return names([scope])[scope]


def exists(scope: Scope) -> bool:
    """Whether there is such a thing."""
    return scope.kind in _ENTRIES and scope.id in _ENTRIES[scope.kind].names([scope.id])


def parent(scope: Scope) -> Scope | None:
    """The next wider scope: an area for a school, the installation for an area."""
    if scope == INSTALLATION or scope.kind not in _ENTRIES:
        return None
    return _ENTRIES[scope.kind].parent(scope.id)


def inside(scope: Scope, text: str = "") -> list[tuple[Scope, str]]:
    """Scopes within a scope whose name has `text`, each with its name."""
    if scope.kind not in _ENTRIES:
        return []
    finders = [_ENTRIES[scope.kind].inside, *_MORE_INSIDE.get(scope.kind, ())]
    return [found for find in finders for found in find(scope.id, text)]
