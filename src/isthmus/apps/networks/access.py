"""Who may see and make plans: fetch and check in one call."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from isthmus.apps.core import seeing
from isthmus.apps.core.access import Actor
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.networks.models import Plan, PlanState
from isthmus.apps.register.models import Area

PROPOSAL, WORKING = "proposal", "working"
PLANS = seeing.declare(
    seeing.Dataset(
        "networks.plans",
        "plans of networks",
        of=ScopeKind.AREA,
        permission=Permission.PLAN_VIEW,
        classes=(
            seeing.DataClass(
                PROPOSAL,
                "plans that are ready: what was asked, the proposed networks, how good they are",
                {
                    "networks.Plan": (
                        "id",
                        "owner",
                        "about",
                        "name",
                        "choices",
                        "created_at",
                        "state",
                        "worked_out_at",
                        "proven",
                        "objective",
                        "bound",
                        "gap",
                        "terms",
                        "rates",
                        "steps",
                        "seconds",
                        "seed",
                        "version",
                        "conflict",
                        "relaxation",
                        "warnings",
                    ),
                    "networks.ProposedNetwork": (
                        "id",
                        "plan",
                        "number",
                        "name",
                        "size",
                        "mean_km",
                        "furthest_km",
                    ),
                    "networks.ProposedMember": ("id", "plan", "network", "organisation"),
                },
                shared=True,
            ),
            seeing.DataClass(
                WORKING,
                "plans that are not ready, who asked for a plan, and its history",
                {"networks.Plan": ("request_token", "job", "created_by")},
            ),
        ),
    )
)


def areas_where(person: Actor, permission: Permission) -> QuerySet[Area]:
    """The areas on which `person` holds `permission`, by name."""
    ids = [scope.id for scope in person.scopes(permission) if scope.kind == ScopeKind.AREA]
    return Area.objects.filter(pk__in=ids).order_by("name")


def plans_for(person: Actor, permission: Permission = Permission.PLAN_VIEW) -> QuerySet[Plan]:
    """The plans of the areas on which `person` holds `permission`; to see, also what is open to them of others."""
    if permission != Permission.PLAN_VIEW:
        return Plan.objects.filter(owner__in=areas_where(person, permission))
    opened = seeing.opened(person, PLANS.name)
    whole = [subject.id for subject, classes in opened.items() if WORKING in classes]
    ready = [subject.id for subject, classes in opened.items() if PROPOSAL in classes]
    return Plan.objects.filter(Q(owner__in=whole) | Q(owner__in=ready, state=PlanState.READY))


def get_plan(person: Actor, pk: int, permission: Permission = Permission.PLAN_VIEW) -> Plan:
    """The plan, if `person` may see it (or holds `permission` on its area); else Http404, as if there were none."""
    return get_object_or_404(plans_for(person, permission).select_related("owner", "about", "job"), pk=pk)


def decision_on(person: Actor, plan: Plan) -> seeing.Decision:
    """Which classes of a plan `person` may see, and why."""
    return seeing.may_see(person, PLANS.name, plan.scope)
