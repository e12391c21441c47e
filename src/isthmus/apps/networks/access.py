"""Who may see and make plans: fetch and check in one call."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import Area


def areas_where(person: Actor, permission: Permission) -> QuerySet[Area]:
    """The areas on which `person` holds `permission`, by name."""
    ids = [scope.id for scope in person.scopes(permission) if scope.kind == ScopeKind.AREA]
    return Area.objects.filter(pk__in=ids).order_by("name")


def plans_for(person: Actor, permission: Permission = Permission.PLAN_VIEW) -> QuerySet[Plan]:
    """The plans of the areas on which `person` holds `permission`."""
    return Plan.objects.filter(owner__in=areas_where(person, permission))


def get_plan(person: Actor, pk: int, permission: Permission = Permission.PLAN_VIEW) -> Plan:
    """The plan, if `person` holds `permission` on its area; else Http404, as if there were none."""
    return get_object_or_404(plans_for(person, permission).select_related("owner", "about", "job"), pk=pk)
