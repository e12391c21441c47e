"""Pages of schools, other organisations and areas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.register import presenters, queries
from isthmus.apps.register.access import areas_where, get_area, get_organisation, get_school
from isthmus.apps.register.forms import SchoolFilter
from isthmus.apps.register.models import OWNED_AREAS, SCHOOL_KINDS, Area

SORTS = {
    "name": Sort("Name", ("sort_name",)),
    "urn": Sort("URN", ("urn",)),
    "authority": Sort("Authority", ("authority__name", "sort_name")),
    "phase": Sort("Phase", ("phase", "sort_name")),
    "pupils": Sort("Pupils", ("pupils", "sort_name"), may_be_unknown=True),
}
AREA_SORTS = {
    "name": Sort("Name", ("name",)),
    "code": Sort("Code", ("code",)),
    "schools": Sort("Open schools", ("schools", "name")),
    "on_map": Sort("On the map", ("on_map", "name")),
}
GEOJSON = "application/geo+json"
MOST_MEMBERS = 200


@requires(Permission.REGISTER_VIEW)
@require_GET
def school_list(request: HttpRequest) -> HttpResponse:
    """Find schools by words and filters."""
    form = SchoolFilter(request.GET)
    page = listing(request, queries.search(**form.asked()), sorts=SORTS)
    narrowed = any(value for key, value in request.GET.items() if key not in ("page", "sort"))
    context = {"form": form, "list": page, "table": presenters.schools_table(page), "narrowed": narrowed}
    return render(request, "register/schools.html", context)


@requires(Permission.REGISTER_VIEW)
@require_GET
def school_export(request: HttpRequest) -> HttpResponse:
    """The list that was asked for, as a file."""
    rows = queries.search(**SchoolFilter(request.GET).asked()).order_by("sort_name", "pk")
    return as_csv("schools", presenters.EXPORT_HEADER, presenters.export_rows(rows.iterator(2000)))


@requires(Permission.REGISTER_VIEW)
@require_GET
def school_detail(request: HttpRequest, urn: str) -> HttpResponse:
    """A school: its facts with date and source, its history across URNs, others of its name."""
    school = get_school(actor(request), urn)
    shown = queries.facts(school)
    steps = queries.history(urn)
    family = {urn for step in steps for urn in (step.predecessor_urn, step.successor_urn)}
    namesakes = queries.namesakes(school).exclude(urn__in=family)
    context = {
        "school": school,
        "fictional": school.fictional,
        "where": presenters.where(school),
        "facts": presenters.fact_rows(shown, measures=False),
        "results": presenters.fact_rows(shown, measures=True),
        "history": presenters.history_table(steps, urn) if steps else None,
        "namesakes": [(other, presenters.where(other)) for other in namesakes[:MOST_MEMBERS]],
    }
    return render(request, "register/school.html", context)


@requires(Permission.REGISTER_VIEW)
@require_GET
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Any other organisation: its facts, and the schools that belong to it."""
    organisation = get_organisation(actor(request), pk)
    if organisation.urn and organisation.kind in SCHOOL_KINDS:
        return redirect("register:school", organisation.urn)
    shown = [fact for fact in queries.facts(organisation) if fact.value is not None or fact.words]
    members = queries.group_members(organisation)
    total = members.count()
    context = {
        "organisation": organisation,
        "fictional": organisation.fictional,
        "facts": presenters.fact_rows(shown, measures=False),
        "results": presenters.fact_rows(shown, measures=True),
        "members": presenters.members_table(list(members[:MOST_MEMBERS]), total) if total else None,
        "more": max(total - MOST_MEMBERS, 0),
    }
    return render(request, "register/organisation.html", context)


@requires(Permission.REGISTER_VIEW)
@require_GET
def area_list(request: HttpRequest) -> HttpResponse:
    """All areas, with their open schools."""
    text = request.GET.get("q", "").strip()[:100]
    areas = queries.areas_with_counts()
    if text:
        areas = areas.filter(name__icontains=text)
    page = listing(request, areas, sorts=AREA_SORTS, per_page=200)
    manage = actor(request).may(Permission.AREA_MANAGE)
    context = {"list": page, "table": presenters.areas_table(page), "q": text, "may_manage": manage}
    return render(request, "register/areas.html", context)


@requires(Permission.REGISTER_VIEW)
@require_GET
def area_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An area: how many schools of each phase, on a map, and what can be done."""
    area = get_area(actor(request), pk)
    counts = queries.counts_by_phase(area)
    placed = queries.area_members(area).filter(latitude__isnull=False).count()
    context = {
        "area": area,
        "fictional": area.fictional,
        "total": sum(counts.values()),
        "placed": placed,
        "phases": presenters.phases_table(area, counts) if counts else None,
        "map": presenters.map_source(area) if placed else None,
        "trusts": queries.trusts(area).count(),
        "map_from": "" if area.fictional else queries.geography_attribution(),
        "plan_url": _plan_url(request, pk),
        "networks_url": _url_on(request, area, "networks:area", Permission.NETWORK_VIEW),
        "needs_url": _url_on(request, area, "needs:area", Permission.NEEDS_VIEW),
        "may_manage": areas_where(actor(request), Permission.AREA_MANAGE).filter(pk=pk).exists(),
        "owned": area.kind in OWNED_AREAS,
    }
    return render(request, "register/area.html", context)


def _url_on(request: HttpRequest, area: Area, name: str, permission: Permission) -> str:
    """Where a page of the area is, if its app is installed and the person may see it."""
    try:
        url = reverse(name, args=[area.pk])
    except NoReverseMatch:
        return ""
    return url if areas_where(actor(request), permission).filter(pk=area.pk).exists() else ""


def _plan_url(request: HttpRequest, pk: int) -> str:
    """Where a plan of networks is asked for, if that is installed and the person may."""
    try:
        url = reverse("networks:plan_new")
    except NoReverseMatch:
        return ""
    return f"{url}?about={pk}" if actor(request).may(Permission.PLAN_MAKE) else ""


@requires(Permission.REGISTER_VIEW)
@require_GET
def area_schools(request: HttpRequest, pk: int) -> HttpResponse:
    """The open schools of an area as points."""
    schools = queries.area_members(get_area(actor(request), pk)).defer("measures", "provenance", "search")
    return JsonResponse(presenters.points(schools), content_type=GEOJSON)


@requires(Permission.REGISTER_VIEW)
@require_GET
def area_boundary(request: HttpRequest, pk: int) -> HttpResponse:
    """The boundary of an area and its neighbours."""
    return JsonResponse(queries.boundaries_near(get_area(actor(request), pk)), content_type=GEOJSON)


@requires(Permission.REGISTER_VIEW)
@require_GET
def area_places(request: HttpRequest, pk: int) -> HttpResponse:
    """Names of towns in and near an area."""
    places = queries.places_near(get_area(actor(request), pk))
    return JsonResponse(presenters.place_points(places), content_type=GEOJSON)
