"""A role as whatever asks about people may know it, without knowing the tables of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope


@dataclass(frozen=True)
class RoleHeld:
    """A role as somebody holds it: its word in a sentence, where, what it permits, and its term."""

    label: str
    scope: Scope
    permissions: frozenset[Permission]
    starts: date
    ends: date | None
