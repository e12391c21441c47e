"""In which role somebody speaks, and whether it is for a school that is not their own."""

from __future__ import annotations

from typing import Any

from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area, Organisation


def area_scope(area: Area) -> Scope:
    """The scope of what happens in an area: the one in charge of it."""
    return Scope(ScopeKind.AREA, area.in_charge_id)


def speaks_for_own(by: Actor | None, school: Organisation) -> bool:
    """Whether the person may speak as the school itself: by a role there or at its federation."""
    if by is None:
        return False
    own = {Scope(ScopeKind.ORGANISATION, key) for key in (school.pk, school.federation_id) if key}
    return bool(own & set(by.scopes(Permission.NEEDS_SAY)))


def role_at(by: Actor | None, *scopes: Scope) -> str:
    """The role that the person holds on the first of `scopes` where they hold one, else any that lets them speak."""
    held: list[Any] = list(getattr(by, "held", ()))
    for scope in scopes:
        for holding in held:
            if holding.scope == scope:
                return str(holding.get_role_display())
    speaking = set(by.scopes(Permission.NEEDS_SAY)) if by else set()
    return next((str(holding.get_role_display()) for holding in held if holding.scope in speaking), "")
