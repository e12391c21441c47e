"""Who may see and change networks, and who may make plans: fetch and check in one call."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from isthmus.apps.core import seeing
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.networks.models import (
    AdoptionAnswer,
    Consultation,
    ConsultationAnswer,
    Layer,
    Membership,
    MembershipImport,
    Network,
    NetworkState,
    Plan,
    PlanState,
    SubGroup,
)
from isthmus.apps.networks.queries.adopting import invitations_of
from isthmus.apps.networks.queries.consultation import waits_for
from isthmus.apps.networks.queries.existing import in_force
from isthmus.apps.networks.queries.layers import layers_seen
from isthmus.apps.register import access as register
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import forebears

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
                        "before",
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
                    "networks.ProposedMember": ("id", "plan", "network", "organisation", "role"),
                },
                shared=True,
            ),
            seeing.DataClass(
                WORKING,
                "plans that are not ready, who asked for a plan, and its history",
                {
                    "networks.Plan": ("request_token", "job", "created_by", "given"),
                    "networks.PlanComment": (
                        *("id", "plan", "network", "about", "text", "name", "share", "by"),
                        *("version", "token", "at"),
                    ),
                },
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


def get_own_plan(person: Actor, pk: int) -> Plan:
    """The plan, if a role on its own area lets `person` see it; else Http404. What people say of a plan is shared with
    no other area."""
    mine = Plan.objects.filter(owner__in=areas_where(person, Permission.PLAN_VIEW))
    return get_object_or_404(mine.select_related("owner", "about", "job"), pk=pk)


def decision_on(person: Actor, plan: Plan) -> seeing.Decision:
    """Which classes of a plan `person` may see, and why."""
    return seeing.may_see(person, PLANS.name, plan.scope)


def get_area(person: Actor, pk: int, permission: Permission = Permission.NETWORK_VIEW) -> Area:
    """An area on which the person holds `permission`; else Http404."""
    return register.get_area(person, pk, permission)


def areas_with_networks(person: Actor) -> QuerySet[Area]:
    """The areas whose networks the person sees as a whole, by name."""
    return register.areas_where(person, Permission.NETWORK_VIEW)


def _in_areas(person: Actor, permission: Permission) -> Q:
    areas = register.areas_where(person, permission).order_by()
    return Q(layer__area__in=areas.values("pk"))


def networks_seen(person: Actor) -> QuerySet[Network]:
    """The networks of one's areas, those in which one has a role, and those that one's own organisation is in today.

    An organisation is in what its forebears under other URNs joined and did not leave.
    """
    scopes = person.scopes(Permission.NETWORK_VIEW)
    ids = {kind: [s.id for s in scopes if s.kind == kind] for kind in ScopeKind}
    return Network.objects.filter(
        _in_areas(person, Permission.NETWORK_VIEW)
        | Q(pk__in=ids[ScopeKind.NETWORK])
        | Q(pk__in=SubGroup.objects.filter(pk__in=ids[ScopeKind.SUB_GROUP]).values("network"))
        | Q(pk__in=own_memberships(ids[ScopeKind.ORGANISATION]).values("network"))
    )


def own_memberships(organisations: list[int]) -> QuerySet[Membership]:
    """What these organisations, or their forebears, are in today."""
    if not organisations:
        return Membership.objects.none()
    urns = Organisation.objects.filter(pk__in=organisations, urn__isnull=False).values_list("urn", flat=True)
    before = Organisation.objects.filter(urn__in=forebears(urns)).values("pk")
    rows = Membership.objects.filter(in_force(today()), network__state=NetworkState.ACTIVE)
    return rows.filter(Q(organisation__in=organisations) | Q(organisation__in=before))


def get_network(person: Actor, pk: int) -> Network:
    """A network that the person sees; else Http404."""
    return get_object_or_404(networks_seen(person).select_related("layer__area"), pk=pk)


def managed_networks(person: Actor) -> QuerySet[Network]:
    """The networks that the person may change."""
    found = Network.objects.filter(_in_areas(person, Permission.NETWORK_MANAGE))
    return found.select_related("layer__area")


def get_managed_network(person: Actor, pk: int) -> Network:
    """A network that the person may change; else Http404."""
    return get_object_or_404(managed_networks(person), pk=pk)


def get_public_network(pk: int) -> Network:
    """A network that anybody may see; else Http404."""
    return get_object_or_404(Network.objects.select_related("layer__area"), pk=pk, public=True)


def get_membership(person: Actor, network: int, pk: int) -> Membership:
    """A membership of a network that the person may change; else Http404."""
    found = Membership.objects.filter(network__in=managed_networks(person), network=network)
    return get_object_or_404(found.select_related("network__layer__area", "organisation"), pk=pk)


def get_layer(person: Actor, area: Area, pk: int) -> Layer:
    """A layer of an area that the person may change; else Http404."""
    get_area(person, area.pk, Permission.NETWORK_MANAGE)
    return get_object_or_404(Layer, area=area, pk=pk)


def get_sub_group(person: Actor, network: Network, pk: int) -> SubGroup:
    """A sub-group of a network that the person may change; else Http404."""
    return get_object_or_404(SubGroup, network=get_managed_network(person, network.pk), pk=pk)


def get_upload(person: Actor, area: int, pk: int) -> MembershipImport:
    """A spreadsheet that was given for an area where the person changes networks; else Http404."""
    owner = get_area(person, area, Permission.NETWORK_MANAGE)
    return get_object_or_404(MembershipImport.objects.select_related("area", "by"), area=owner, pk=pk)


def layers_for(person: Actor, about: Area) -> list[Layer]:
    """The layers of networks that the person sees, those of the areas of `about` first."""
    areas = set(areas_with_networks(person).filter(fictional=about.fictional).values_list("pk", flat=True))
    own = {about.pk, about.owner_id}
    return sorted(layers_seen(areas), key=lambda layer: layer.area_id not in own)


def get_consultation(person: Actor, pk: int) -> Consultation:
    """A consultation of an area where the person changes networks; else Http404. Nobody else sees any of it."""
    areas = register.areas_where(person, Permission.NETWORK_MANAGE).order_by()
    found = Consultation.objects.filter(area__in=areas.values("pk")).select_related("area", "layer")
    return get_object_or_404(found, pk=pk)


def get_consultation_answer(person: Actor, consultation: int, pk: int) -> ConsultationAnswer:
    """A school that a consultation asks, for those who see the consultation; else Http404."""
    whole = get_consultation(person, consultation)
    found = ConsultationAnswer.objects.filter(consultation=whole)
    return get_object_or_404(found.select_related("consultation__area", "organisation"), pk=pk)


def own_consultations(person: Actor) -> QuerySet[ConsultationAnswer]:
    """What the schools for which the person may speak are asked and have not answered."""
    return waits_for(_own_schools(person))


def own_invitations(person: Actor) -> QuerySet[AdoptionAnswer]:
    """The invitations to networks of the schools for which the person may speak, without an answer yet."""
    return invitations_of(_own_schools(person))


def _own_schools(person: Actor) -> list[int]:
    return [s.id for s in person.scopes(Permission.NEEDS_SAY) if s.kind == ScopeKind.ORGANISATION]
