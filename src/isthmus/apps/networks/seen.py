"""Changes of plans and networks that a person may see."""

from __future__ import annotations

from django.db.models import Q

from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind, on_scopes
from isthmus.apps.networks.access import networks_seen
from isthmus.apps.networks.presenters import plans as _plans  # noqa: F401 - gives the words of what is told
from isthmus.apps.networks.presenters import (  # noqa: F401 - each gives the words of what is told
    telling,
    workbench,
)


@seen("networks.plan", "Plans")
def plans(person: Actor) -> Q:
    """Those of the areas whose plans they see."""
    return on_scopes(s for s in person.scopes(Permission.PLAN_VIEW) if s.kind == ScopeKind.AREA)


@seen("networks.network", "Networks")
def networks(person: Actor) -> Q | None:
    """Those that the person sees; of a whole area also those that are gone."""
    if not person.may(Permission.NETWORK_VIEW):
        return None
    areas = on_scopes(s for s in person.scopes(Permission.NETWORK_VIEW) if s.kind == ScopeKind.AREA)
    mine = networks_seen(person).order_by().values_list("pk", flat=True)
    return areas | Q(target_id__in=[str(pk) for pk in mine])
