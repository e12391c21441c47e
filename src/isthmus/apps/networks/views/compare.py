"""Two plans, or a plan and the networks of today, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.components import MapSource
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import listing_of
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import areas_with_networks, get_plan, plans_for
from isthmus.apps.networks.adapters.compare import Compared, compared
from isthmus.apps.networks.choices import HUBS
from isthmus.apps.networks.models import Layer, Plan, PlanState
from isthmus.apps.networks.presenters import compare as presenters
from isthmus.apps.networks.presenters.plans import map_source
from isthmus.apps.networks.queries.layers import Groups, groups_of_plan, groups_on, layers_seen, once
from isthmus.apps.register.models import Organisation


@dataclass(frozen=True)
class Other:
    """What a plan is compared with: `key` is 'plan:12' or 'layer:3'."""

    key: str
    label: str


def others_of(person: Actor, plan: Plan) -> list[Other]:
    """The plans of the same schools, and the layers of today's networks, that the person may see."""
    plans = plans_for(person).filter(about=plan.about_id, state=PlanState.READY).exclude(pk=plan.pk)
    found = [Other(f"plan:{other.pk}", f"The plan ‘{other.name}’") for other in plans.order_by("name", "pk")]
    seen = areas_with_networks(person).filter(pk__in={plan.about_id, plan.owner_id})
    layers = layers_seen(seen.values_list("pk", flat=True))
    return [Other(f"layer:{layer.pk}", f"Today’s networks: {layer.name}") for layer in layers] + found


def _groups(other: Other) -> tuple[Groups, int]:
    """The networks to compare with, each school once, and how many places were left out for that."""
    kind, _, number = other.key.partition(":")
    if kind == "plan":
        return groups_of_plan(Plan.objects.get(pk=number)), 0
    return once(groups_on(Layer.objects.select_related("area").get(pk=number)))


def _map(other: Other, plan: Plan) -> MapSource:
    kind, _, number = other.key.partition(":")
    if kind == "plan":
        return replace(map_source(Plan.objects.select_related("about").get(pk=number)), list_id="schools")
    layer = Layer.objects.get(pk=number)
    points = f"{reverse('networks:map', args=[layer.area_id])}?layer={layer.pk}"
    boundary = reverse("register:area_boundary", args=[plan.about_id])
    return MapSource(label=f"Map of {other.label}", points=points, boundary=boundary, list_id="schools")


def _rows(told: Compared, *, needs: bool) -> list[presenters.SchoolCompared]:
    """The schools by name; without `needs`, as for those who may not know what schools need."""
    names = dict(Organisation.objects.filter(urn__in=list(told.schools)).values_list("urn", "name"))
    rows = [
        presenters.SchoolCompared(urn, names.get(urn, f"URN {urn}"), before, after)
        for urn, (before, after) in told.schools.items()
    ]
    known = rows if needs else [presenters.without_needs(row) for row in rows]
    return sorted(known, key=lambda row: (row.name.casefold(), row.urn))


def _asked(request: HttpRequest, pk: int) -> tuple[Plan, list[Other], Other | None]:
    person = actor(request)
    plan = get_plan(person, pk)
    if plan.state != PlanState.READY:
        raise Http404
    others = others_of(person, plan)
    wanted = request.GET.get("with", "")
    chosen = next((other for other in others if other.key == wanted), None)
    if wanted and chosen is None:
        raise Http404
    return plan, others, chosen


def _may_know_needs(request: HttpRequest, plan: Plan) -> bool:
    return actor(request).may(Permission.NEEDS_VIEW, plan.scope)


@requires(Permission.PLAN_VIEW)
@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Who gains, who travels further, which needs are open, which pairs stay together."""
    plan, others, chosen = _asked(request, pk)
    needs = _may_know_needs(request, plan)
    context: dict[str, object] = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "others": others,
        "chosen": chosen,
        "filters": {key: label for key, label in presenters.FILTERS.items() if needs or key != "needs"},
    }
    if chosen is None:
        return render(request, "networks/compare.html", context)
    groups, twice = _groups(chosen)
    told = compared(plan, groups, groups_of_plan(plan))
    rows = _rows(told, needs=needs)
    wanted, text = request.GET.get("show", ""), request.GET.get("q", "").strip()[:100]
    shown = [row for row in rows if row.fits(wanted) and _has(row, text)]
    page = listing_of(request, shown, sorts=presenters.SORTS)
    names = (chosen.label, f"‘{plan.name}’")
    urls = {row.urn: reverse("networks:plan_school", args=[plan.pk, row.urn]) for row in page.page}
    context |= {
        "summary": presenters.summary(told, rows, names),
        "twice": twice,
        "list": page,
        "table": presenters.table(page, names, urls if plan.choices.get("what") != HUBS else {}, needs=needs),
        "show": wanted,
        "q": text,
        "maps": (_map(chosen, plan), replace(map_source(plan), list_id="schools")),
        "names": names,
    }
    return render(request, "networks/compare.html", context)


def _has(row: presenters.SchoolCompared, text: str) -> bool:
    text = text.casefold()
    networks = (row.before.network or "", row.after.network or "")
    return not text or text == row.urn or any(text in name.casefold() for name in (row.name, *networks))


@requires(Permission.PLAN_VIEW)
@require_GET
def compare_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The comparison as a spreadsheet; with the first there is, where none is named."""
    plan, others, chosen = _asked(request, pk)
    chosen = chosen or next(iter(others), None)
    if chosen is None:
        raise Http404
    told = compared(plan, _groups(chosen)[0], groups_of_plan(plan))
    rows = presenters.rows_for_file(_rows(told, needs=_may_know_needs(request, plan)))
    name = f"{plan.name} compared"
    if ending == "csv":
        return as_csv(name, presenters.HEADER, rows)
    return as_xlsx(name, [("Schools", presenters.HEADER, rows)])
