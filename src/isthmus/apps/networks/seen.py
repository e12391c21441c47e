"""Changes of plans that a person may see."""

from __future__ import annotations

from django.db.models import Q

from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind, on_scopes
from isthmus.apps.networks import presenters  # noqa: F401 - gives the words of what is told


@seen("networks.plan", "Plans")
def plans(person: Actor) -> Q:
    """Those of the areas whose plans they see."""
    return on_scopes(s for s in person.scopes(Permission.PLAN_VIEW) if s.kind == ScopeKind.AREA)
