"""Reads of plans."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F, Prefetch, Q, QuerySet

from isthmus.apps.networks.models import Plan, ProposedMember, ProposedNetwork
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import area_members


def schools_to_group(about: Area, phases: Sequence[str]) -> QuerySet[Organisation]:
    """The open schools of an area in the given phases, by URN. An empty phase counts as 'no phase given'."""
    wanted = Q(phase__in=phases)
    if "not_applicable" in phases:
        wanted |= Q(phase="")
    return area_members(about).filter(wanted, urn__isnull=False).order_by("urn")


def phases_in(about: Area) -> dict[str, tuple[int, int]]:
    """For each phase with open schools in the area: how many, and how many of those have a known place."""
    rows = (
        area_members(about)
        .filter(urn__isnull=False)
        .order_by()
        .values_list("phase")
        .annotate(Count("pk"), Count("easting"))
    )
    found: dict[str, tuple[int, int]] = {}
    for phase, number, placed in rows:
        key = phase or "not_applicable"
        before = found.get(key, (0, 0))
        found[key] = (before[0] + number, before[1] + placed)
    return found


# What pages and files show of a school: the rest (measures, provenance) is long and stays unread.
SHOWN = (
    "urn",
    "name",
    "sort_name",
    "phase",
    "religious_character",
    "town",
    "postcode",
    "pupils",
    "fsm_percent",
    "easting",
    "northing",
    "latitude",
    "longitude",
)
OF_MEMBER = tuple(f"organisation__{field}" for field in SHOWN)


def members(plan: Plan) -> QuerySet[ProposedMember]:
    """Every school of a plan with its network, in the order of networks and names; the unplaced last."""
    return (
        ProposedMember.objects.filter(plan=plan)
        .select_related("network", "organisation")
        .only("plan", *OF_MEMBER, "network__number", "network__name")
        .order_by(F("network__number").asc(nulls_last=True), "organisation__sort_name", "organisation__urn")
    )


def networks(plan: Plan, text: str = "") -> QuerySet[ProposedNetwork]:
    """The networks of a plan, each with its members and their schools: two queries in all.

    With `text`, those whose name holds it, or that have a school whose name holds it or whose URN it is.
    """
    found = plan.networks.all()
    if text:
        inside = ProposedMember.objects.filter(_school_fits(text), plan=plan).values("network")
        found = found.filter(Q(name__icontains=text) | Q(pk__in=inside))
    shown = (
        ProposedMember.objects.select_related("organisation")
        .only("plan", "network", *OF_MEMBER)
        .order_by("organisation__sort_name", "organisation__urn")
    )
    return found.prefetch_related(Prefetch("members", queryset=shown))


def placed(plan: Plan, text: str = "") -> QuerySet[ProposedMember]:
    """The schools of a plan that have a network; with `text`, those that it or their network's name fits."""
    found = members(plan).exclude(network=None)
    return found.filter(_school_fits(text) | Q(network__name__icontains=text)) if text else found


def _school_fits(text: str) -> Q:
    return Q(organisation__name__icontains=text) | Q(organisation__urn=text)


def unplaced(plan: Plan) -> list[Organisation]:
    """The schools that could not be placed, by name."""
    rows = (
        ProposedMember.objects.filter(plan=plan, network=None).select_related("organisation").only(*OF_MEMBER)
    )
    return sorted((row.organisation for row in rows), key=lambda school: (school.sort_name, school.urn or ""))
