"""Which chain of the record binds what."""

from __future__ import annotations

from isthmus.apps.core import directory
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind


def chain_of(scope: Scope) -> Scope:
    """The scope whose chain binds what happens on `scope`: its area, or the installation where it has none."""
    wider: Scope | None = scope
    while wider is not None and wider.kind not in (ScopeKind.AREA, ScopeKind.INSTALLATION):
        wider = directory.parent(wider)
    return wider or INSTALLATION


def chains_binding(person: Actor) -> list[Scope]:
    """The chains that bind `person`: those of the areas in which they play a part."""
    return sorted({chain_of(scope) for scope in person.scopes(Permission.RECORD_VIEW)})


def chains_read(person: Actor) -> list[Scope]:
    """The chains of which `person` may read what happened: of the very scopes that they look after."""
    scopes = set(person.scopes(Permission.RECORD_READ))
    return sorted(scope for scope in scopes if chain_of(scope) == scope)
