"""Hubs and spokes around strengths, and what is looked into once there is a plan."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.needs.queries.statements import themes_of
from isthmus.apps.networks import actions
from isthmus.apps.networks.access import areas_where, get_plan
from isthmus.apps.networks.adapters.given import said
from isthmus.apps.networks.choices import HUBS
from isthmus.apps.networks.forms.hubs import HubsForm, hubs_of_plan
from isthmus.apps.networks.forms.plans import AreaForm
from isthmus.apps.networks.models import PlanState, StudyKind
from isthmus.apps.networks.presenters import studies as presenters
from isthmus.apps.networks.queries.plans import phases_in
from isthmus.apps.register.access import areas_seen
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import area_members


def hubs_form(request: HttpRequest, about: Area, owners: list[Area], initial: dict[str, Any]) -> HubsForm:
    """The form for hubs among the schools of an area."""
    return HubsForm(
        request.POST or None,
        owners=owners,
        phases=phases_in(about),
        themes=themes_of(about),
        schools=_schools(about),
        initial=initial,
    )


def _schools(about: Area) -> list[Organisation]:
    found = area_members(about).filter(urn__isnull=False).order_by("sort_name", "urn")
    return list(found.only("urn", "name", "town", "postcode"))


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_hubs(request: HttpRequest) -> HttpResponse:
    """Ask for hubs and spokes: who serves, in what, how many; with 'Set rules first', put it together."""
    person = actor(request)
    number = row_number(request.POST.get("about") or request.GET.get("about"))
    about = areas_seen(person).filter(pk=number or 0).first()
    if about is None:
        return render(request, "networks/plan_area.html", {"form": AreaForm(None, areas=areas_seen(person))})
    before = row_number(request.POST.get("again") or request.GET.get("again"))
    again = get_plan(person, before) if before is not None else None
    owners = list(areas_where(person, Permission.PLAN_MAKE))
    form = hubs_form(request, about, owners, hubs_of_plan(again) if again else {})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked: dict[str, Any] = {"by": person, "owner": data["owner"], "about": about, "name": data["name"]}
        asked |= {"choices": form.choices(), "token": data["token"], "like": again}
        if request.POST.get("then") == "rules":
            return redirect("networks:plan_rules", actions.put_together(**asked).pk)
        return redirect("networks:plan", actions.ask_for_plan(**asked).pk)
    mine = about.in_charge_id in {owner.pk for owner in owners}
    schools = _schools(about)
    strengths = said(about, {s.pk: s.urn or "" for s in schools})[1] if mine else {}
    context = {
        "form": form,
        "about": about,
        "again": again,
        "fictional": about.fictional,
        "strong": presenters.by_theme(strengths, schools),
        "has_themes": bool(themes_of(about)),
    }
    return render(request, "networks/plan_hubs.html", context)


@requires(Permission.PLAN_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_studies(request: HttpRequest, pk: int) -> HttpResponse:
    """What each rule costs, how firm the plan is, other good plans; the buttons ask the worker for them."""
    person = actor(request)
    plan = get_plan(person, pk)
    may_make = person.may(Permission.PLAN_MAKE, plan.scope)
    if plan.state != PlanState.READY or plan.choices.get("what") == HUBS:
        raise Http404
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if not may_make or kind not in StudyKind.values:
            raise Http404
        actions.ask_for_study(by=person, plan=plan, kind=StudyKind(kind))
        return redirect("networks:plan_studies", pk)
    found = presenters.studies(plan, may_know=person.may(Permission.COMPETITION_KEEP, plan.scope))
    context = {"plan": plan, "fictional": plan.about.fictional, "may_make": may_make, "studies": found}
    return render(request, "networks/plan_studies.html", context)
