"""A plan before it is asked for: its rules on pages of their own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks import actions
from isthmus.apps.networks.access import areas_where, get_plan, layers_for, plans_for
from isthmus.apps.networks.actions.rules import NotNow
from isthmus.apps.networks.adapters.barriers import as_geojson
from isthmus.apps.networks.adapters.travel import is_configured
from isthmus.apps.networks.choices import HUBS, Choices
from isthmus.apps.networks.forms.barriers import FORMS_OF_ALL, Told
from isthmus.apps.networks.forms.hubs import HubsForm, hubs_of_plan
from isthmus.apps.networks.forms.plans import PlanForm, from_plan
from isthmus.apps.networks.models import Plan, PlanState, RuleKind
from isthmus.apps.networks.presenters import plans as presenters
from isthmus.apps.networks.presenters import rules as in_words
from isthmus.apps.networks.queries.layers import Groups, groups_of_plan, groups_on
from isthmus.apps.networks.queries.plans import phases_in, schools_to_group
from isthmus.apps.networks.views.layers import hubs_form
from isthmus.apps.register.models import Organisation
from isthmus.apps.register.queries import geojson

MOST_SOURCES = 30
HUB_RULES = {
    *(RuleKind.APART, RuleKind.REACH, RuleKind.NO_REPEAT, RuleKind.BARRIER),
    *(RuleKind.TRAVEL, RuleKind.COMPETITORS),
}


def _schools(plan: Plan) -> list[Organisation]:
    found = schools_to_group(plan.about, Choices.from_json(plan.choices).phases)
    return list(found.defer("measures", "provenance", "search"))


def _kinds(plan: Plan) -> list[in_words.About]:
    """The kinds of rules that such a plan can have: of hubs, those that say who may work with whom."""
    hubs = plan.choices.get("what") == HUBS
    return [about for about in in_words.KINDS if not hubs or about.kind in HUB_RULES]


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules of a plan that was not asked for yet; the button asks for it."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    if request.method == "POST":
        actions.send_draft(by=person, plan=plan)
        return redirect("networks:plan", pk)
    if plan.state != PlanState.DRAFT:
        return redirect("networks:plan", pk)
    schools = _schools(plan)
    context = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "asked": presenters.asked(plan),
        "rules": in_words.rule_rows(plan, list(plan.rules.defer("large")), schools),
        "kinds": _kinds(plan),
    }
    return render(request, "networks/plan_rules.html", context)


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_rule_new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give a plan a rule of one kind."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    if kind not in {about.kind for about in _kinds(plan)}:
        raise Http404
    if plan.state != PlanState.DRAFT:
        return redirect("networks:plan", pk)
    schools = _schools(plan)
    sources = _sources(person, plan, {s.urn or "" for s in schools}) if kind == RuleKind.NO_REPEAT else {}
    told = Told(schools, sources, is_configured())
    form = FORMS_OF_ALL[kind](
        request.POST if request.method == "POST" else None, request.FILES or None, told=told
    )
    if request.method == "POST" and form.is_valid():
        data, rows = form.rule()
        try:
            actions.set_rule(
                by=person,
                plan=plan,
                kind=RuleKind(kind),
                data=data,
                token=form.cleaned_data["token"],
                rows=rows,
            )
        except NotNow as error:
            messages.warning(request, str(error))
        else:
            for note in form.notes:
                messages.info(request, note)
        return redirect("networks:plan_rules", pk)
    context = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "form": form,
        "about": in_words.ABOUT[kind],
        "schools": sorted(schools, key=lambda s: s.sort_name)
        if "schools" in form.fields or "side" in form.fields
        else [],
        "map": in_words.drawing(plan) if kind == RuleKind.BARRIER else None,
    }
    return render(request, "networks/plan_rule_new.html", context)


def _sources(person: Actor, plan: Plan, urns: set[str]) -> dict[str, tuple[str, Groups]]:
    """Where pairs that are not to come again may come from: layers that the person sees, and plans of the owner."""
    found: dict[str, tuple[str, Groups]] = {}
    for layer in layers_for(person, plan.about)[:MOST_SOURCES]:
        groups = groups_on(layer, among=urns)
        if groups:
            found[f"layer-{layer.pk}"] = (f"the layer ‘{layer.name}’ ({layer.area.name})", groups)
    plans = plans_for(person).filter(owner=plan.owner_id, state=PlanState.READY).exclude(pk=plan.pk)
    for other in plans.only("pk", "name")[:MOST_SOURCES]:
        groups = groups_of_plan(other)
        if any(urns & set(inside) for _name, inside in groups):
            found[f"plan-{other.pk}"] = (f"the plan ‘{other.name}’", groups)
    return found


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_rule_remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a rule away: the page asks, the button does."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    rule = plan.rules.defer("large").filter(pk=number).first()
    if request.method == "POST":
        try:
            if actions.take_rule_away(by=person, plan=plan, number=number):
                messages.success(request, "The rule was taken away.")
        except NotNow as error:
            messages.warning(request, str(error))
        return redirect("networks:plan_rules", pk)
    if rule is None:
        raise Http404
    text = in_words.sentence(rule, in_words.names_of(_schools(plan)))
    return render(request, "networks/plan_rule_remove.html", {"plan": plan, "text": text})


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_choices(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what matters in a plan that was not asked for yet."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    if plan.state != PlanState.DRAFT:
        return redirect("networks:plan", pk)
    owners = list(areas_where(person, Permission.PLAN_MAKE).filter(pk=plan.owner_id))
    hubs = plan.choices.get("what") == HUBS
    form: PlanForm | HubsForm
    form = (
        hubs_form(request, plan.about, owners, hubs_of_plan(plan))
        if hubs
        else PlanForm(
            request.POST or None,
            owners=owners,
            phases=phases_in(plan.about),
            layers=layers_for(person, plan.about),
            initial=from_plan(plan),
        )
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_draft(by=person, plan=plan, name=form.cleaned_data["name"], choices=form.choices())
        except NotNow as error:
            messages.warning(request, str(error))
        return redirect("networks:plan_rules", pk)
    context = {"form": form, "about": plan.about, "plan": plan, "fictional": plan.about.fictional}
    return render(request, "networks/plan_hubs.html" if hubs else "networks/plan_new.html", context)


@requires(Permission.PLAN_MAKE)
@require_GET
def plan_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a plan that nobody travels across, for its map."""
    plan = get_plan(actor(request), pk, Permission.PLAN_MAKE)
    rules = plan.rules.filter(kind=RuleKind.BARRIER).defer("large")
    lines = [(rule.data["name"], rule.data["lines"]) for rule in rules if rule.data.get("lines")]
    return JsonResponse(as_geojson(lines), content_type="application/geo+json")


@requires(Permission.PLAN_MAKE)
@require_GET
def plan_schools(request: HttpRequest, pk: int) -> HttpResponse:
    """The schools of a plan as points of a map."""
    plan = get_plan(actor(request), pk, Permission.PLAN_MAKE)
    return JsonResponse(geojson(_schools(plan)), content_type="application/geo+json")
