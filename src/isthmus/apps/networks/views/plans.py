"""Pages of plans: the list, asking for one, and a plan as map, list and table."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.audit import reason
from isthmus.apps.core.exports import download
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import (
    WORKING,
    areas_where,
    decision_on,
    get_plan,
    layers_for,
    plans_for,
)
from isthmus.apps.networks.actions import plans as actions
from isthmus.apps.networks.actions.rules import put_together
from isthmus.apps.networks.choices import HUBS
from isthmus.apps.networks.exports import plans as exports
from isthmus.apps.networks.forms.plans import AreaForm, PlanForm, from_plan, from_preset
from isthmus.apps.networks.models import Plan, PlanState, RuleKind
from isthmus.apps.networks.presenters import asking
from isthmus.apps.networks.presenters import plans as presenters
from isthmus.apps.networks.presenters import rules as rules_in_words
from isthmus.apps.networks.queries.plans import members, networks, phases_in, placed, unplaced
from isthmus.apps.register.access import areas_seen
from isthmus.apps.register.models import Area, Organisation

SORTS = {
    "newest": Sort("Newest", ("-created_at",)),
    "name": Sort("Name", ("name",)),
    "area": Sort("Schools of", ("about__name", "name")),
}
TABLE_SORTS = {
    "network": Sort("Network", ("network__number", "organisation__sort_name")),
    "school": Sort("School", ("organisation__sort_name",)),
    "phase": Sort("Phase", ("organisation__phase", "organisation__sort_name")),
    "pupils": Sort("Pupils", ("organisation__pupils", "organisation__sort_name"), may_be_unknown=True),
    "meals": Sort(
        "Free school meals", ("organisation__fsm_percent", "organisation__sort_name"), may_be_unknown=True
    ),
}
CARD_SORTS = {
    "network": Sort("Number", ("number",)),
    "name": Sort("Name", ("name", "number")),
    "size": Sort("Schools", ("size", "number")),
    "spread": Sort("Distance", ("mean_km", "number"), may_be_unknown=True),
}
VIEWS = {"list": "List", "table": "Table"}


@requires(Permission.PLAN_VIEW)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans of the person's areas."""
    text = request.GET.get("q", "").strip()
    rows = plans_for(actor(request)).select_related("about", "owner")
    if text:
        rows = rows.filter(name__icontains=text)
    page = listing(request, rows, sorts=SORTS)
    context = {
        "list": page,
        "table": presenters.plans_table(page),
        "q": text,
        "may_make": actor(request).may(Permission.PLAN_MAKE),
    }
    return render(request, "networks/plans.html", context)


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Ask for a plan: first of which area, then what matters; with 'Set rules first', put it together."""
    person = actor(request)
    about = about_asked(request, person)
    if about is None:
        choice = AreaForm(request.GET if "about" in request.GET else None, areas=areas_seen(person))
        return render(request, "networks/plan_area.html", {"form": choice})
    number = row_number(request.POST.get("again") or request.GET.get("again"))
    again = get_plan(person, number) if number is not None else None
    if again is not None and again.choices.get("what") == HUBS:
        return redirect(f"{reverse('networks:plan_hubs')}?about={about.pk}&again={again.pk}")
    layers = layers_for(person, about)
    preset = request.GET.get("preset", "")
    owners = list(areas_where(person, Permission.PLAN_MAKE))
    form = PlanForm(
        request.POST or None,
        owners=owners,
        phases=phases_in(about),
        layers=layers,
        initial=from_plan(again) if again else from_preset(preset, layers, about),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = {"by": person, "owner": data["owner"], "about": about, "name": data["name"]}
        asked |= {"choices": form.choices(), "token": data["token"], "like": again}
        if request.POST.get("then") == "rules":
            return redirect("networks:plan_rules", put_together(**asked).pk)
        return redirect("networks:plan", actions.ask_for_plan(**asked).pk)
    context = {
        "form": form,
        "about": about,
        "fictional": about.fictional,
        "again": again,
        "again_rules": again.rules.count() if again else 0,
        "presets": asking.presets(about, preset),
        "open": bool(form.errors) or bool(preset) or again is not None,
        "usual": asking.usual_way(about, form["smallest"].value(), form["largest"].value()),
    }
    return render(request, "networks/plan_new.html", context)


def about_asked(request: HttpRequest, person: Actor) -> Area | None:
    """The area that the address or the form names; None where it names none that the person sees."""
    number = row_number(request.POST.get("about") or request.GET.get("about"))
    return areas_seen(person).filter(pk=number or 0).first()


@requires(Permission.PLAN_VIEW)
@require_GET
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan: how good it is, the map, and its schools as a list or a table."""
    person = actor(request)
    plan = get_plan(person, pk)
    may_make = person.may(Permission.PLAN_MAKE, plan.scope)
    decision = decision_on(person, plan)
    may_know = person.may(Permission.COMPETITION_KEEP, plan.scope)
    context = {
        "plan": plan,
        "shared": "" if WORKING in decision.classes else decision.why,
        "asked": presenters.asked(plan),
        "may_make": may_make,
        "fictional": plan.about.fictional,
        "outcome": presenters.outcome(plan),
        "conflict": presenters.conflict(plan, may_know=may_know),
        "way_out": presenters.way_out(plan, may_know=may_know),
        "of_today": asking.of_today(plan),
        "rules": _rules(plan, may_know=may_know),
    }
    if plan.state == PlanState.READY:
        context |= _ready(request, plan)
    return render(request, "networks/plan.html", context)


def _rules(plan: Plan, *, may_know: bool) -> list[str]:
    """The rules of a plan in words, without the one about competition for who may not know of it."""
    kept = plan.rules.defer("large")
    rules = list(kept if may_know else kept.exclude(kind=RuleKind.COMPETITORS))
    if not rules:
        return []
    urns = {urn for rule in rules for name in ("urns", "side") for urn in rule.data.get(name, ())}
    schools = Organisation.objects.filter(urn__in=urns).only("urn", "name")
    return [rules_in_words.sentence(rule, rules_in_words.names_of(schools)) for rule in rules]


def _ready(request: HttpRequest, plan: Plan) -> dict[str, object]:
    chosen = request.GET.get("view", "list")
    chosen = chosen if chosen in VIEWS else "list"
    text = request.GET.get("q", "").strip()[:100]
    every = list(plan.networks.order_by("number"))
    missing = unplaced(plan)
    whys = plan.choices.get("what") != HUBS
    context: dict[str, object] = {
        "view": chosen,
        "views": VIEWS.items(),
        "q": text,
        "quality": presenters.quality(plan, every, len(missing)),
        "parts": presenters.parts(plan),
        "rates": asking.rates(plan),
        "broken": asking.broken(plan),
        "beside": asking.beside_today(plan, every),
        "more_placed": asking.more_placed(plan, every),
        "may_look_closer": whys,
        "networks": every,
        "unplaced": [presenters.school_row(school) for school in missing],
        "map": presenters.map_source(plan),
    }
    if chosen == "list":
        whole = "whole" in request.GET
        shown = listing(request, networks(plan, text), sorts=CARD_SORTS, per_page=len(every) if whole else 20)
        cards = presenters.cards(list(shown.page))
        return {**context, "list": shown, "cards": cards, "whole": whole, "orders": presenters.orders(shown)}
    page = listing(request, placed(plan, text), sorts=TABLE_SORTS, per_page=100)
    return {**context, "list": page, "table": presenters.schools_table(page, len(every), whys=whys)}


@requires(Permission.PLAN_VIEW)
@require_GET
def plan_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The points of the map."""
    plan = get_plan(actor(request), pk)
    return JsonResponse(exports.geojson(plan, list(members(plan))), content_type="application/geo+json")


@requires(Permission.PLAN_VIEW)
@require_GET
def plan_export(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The plan as a file."""
    plan = get_plan(actor(request), pk)
    if plan.state != PlanState.READY or ending not in exports.WRITERS:
        raise Http404
    content, kind = exports.WRITERS[ending](plan)
    return download(content, name=f"{plan.about.name} {plan.name}", ending=ending, content_type=kind)


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a plan: the page asks, the button does."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    if request.method == "POST":
        removed = actions.remove_plan(by=person, plan=plan, why=reason(request.POST))
        if not removed and plan.adoptions.exists():
            messages.error(
                request, "This plan was adopted or prepared to be, so it stays as what was decided on."
            )
            return redirect("networks:plan", plan.pk)
        messages.success(request, f"The plan ‘{plan.name}’ was removed.")
        return redirect("networks:plans")
    return render(request, "networks/plan_remove.html", {"plan": plan})
