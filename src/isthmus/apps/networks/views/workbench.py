"""Pages for work on a finished plan: why here, move by hand, undo, lock, work out again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import get_plan
from isthmus.apps.networks.actions import workbench as actions
from isthmus.apps.networks.adapters.given import Given
from isthmus.apps.networks.adapters.workbench import Bench, Cannot, bench_of
from isthmus.apps.networks.choices import HUBS
from isthmus.apps.networks.forms.workbench import PlaceForm, WhyForm
from isthmus.apps.networks.models import Plan, PlanState, ProposedMember
from isthmus.apps.networks.presenters import workbench as presenters
from isthmus.apps.networks.presenters.rules import rules_in_words
from isthmus.apps.networks.presenters.workbench import Known
from isthmus.apps.networks.queries.workbench import (
    last_again,
    locks_of,
    steps_of,
    steps_since,
    to_undo,
    version_of,
    working_again,
)
from isthmus.apps.register.models import Organisation

STEP_SORTS = {
    "version": Sort("Version", ("-number",)),
    "who": Sort("Who", ("by__name", "-number")),
    "when": Sort("When", ("-at",)),
    "objective": Sort("Objective", ("objective_after", "number"), may_be_unknown=True),
}
STEP_HEADER = ("Version", "What", "Why", "Who", "When", "Objective, km")


def ready_plan(person: Actor, pk: int, permission: Permission = Permission.PLAN_VIEW) -> Plan:
    """A plan that can be worked on; else Http404."""
    plan = get_plan(person, pk, permission)
    if plan.state != PlanState.READY or plan.choices.get("what") == HUBS:
        raise Http404
    return plan


def known_of(person: Actor, plan: Plan) -> Known:
    """Names for words, and what the reader may know."""
    rows = ProposedMember.objects.filter(plan=plan).values_list("organisation__urn", "organisation__name")
    return Known(
        plan,
        {urn or "": name for urn, name in rows},
        {n.number: n for n in plan.networks.all()},
        person.may(Permission.COMPETITION_KEEP, plan.scope),
        _words_of_rules(plan),
        may_know_needs=person.may(Permission.NEEDS_VIEW, plan.scope),
        may_know_wishes=person.may(Permission.NETWORK_MANAGE, plan.scope),
    )


def _words_of_rules(plan: Plan) -> dict[str, str]:
    rules = list(plan.rules.all())
    if not rules:
        return {}
    schools = Organisation.objects.filter(pk__in=plan.members.values("organisation")).defer(
        "measures", "provenance"
    )
    return rules_in_words(rules, list(schools), Given.from_json(plan.given))


def _member(plan: Plan, urn: str) -> ProposedMember:
    rows = ProposedMember.objects.filter(plan=plan, organisation__urn=urn)
    found = rows.select_related("organisation", "network").defer("organisation__measures").first()
    if found is None:
        raise Http404
    return found


@requires(Permission.PLAN_VIEW)
@require_GET
def plan_school(request: HttpRequest, pk: int, urn: str) -> HttpResponse:
    """Why a school is where it is in a plan, and what else it could do."""
    person = actor(request)
    plan = ready_plan(person, pk)
    member = _member(plan, urn)
    bench, known = bench_of(plan), known_of(person, plan)
    context: dict[str, Any] = {"plan": plan, "member": member, "school": member.organisation}
    context["fictional"] = plan.about.fictional
    if urn in bench.explainer.position:
        why = bench.why(urn)
        context |= {
            "facts": presenters.why_facts(why, known) if member.network else [],
            "options": presenters.options(why.options, known),
            "blocked": presenters.options(why.blocked, known),
        }
    networks, schools = locks_of(plan)
    context |= {
        "unknown": urn not in bench.explainer.position,
        "may_make": person.may(Permission.PLAN_MAKE, plan.scope),
        "locked": member.organisation_id in schools,
        "network_locked": member.network_id in networks,
    }
    return render(request, "networks/workbench_school.html", context)


@requires(Permission.PLAN_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int, urn: str) -> HttpResponse:
    """Move a school, or let two change places: what it means first, then the button."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    member = _member(plan, urn)
    asked = request.POST if request.method == "POST" else request.GET
    to, instead = row_number(asked.get("to")), asked.get("instead") or None
    version = version_of(plan)
    context: dict[str, Any] = {"base": version, "status": 200, "why": WhyForm()}
    context["fictional"] = plan.about.fictional
    if request.method == "POST" and to is not None:
        base = row_number(request.POST.get("base"))
        why = WhyForm(request.POST)
        try:
            step = actions.move(
                by=person,
                plan=plan,
                base=version if base is None else base,
                school=urn,
                to=to,
                instead=instead,
                why=why.cleaned_data["why"] if why.is_valid() else "",
            )
        except actions.Stale as error:
            context |= {"meanwhile": presenters.meanwhile(error.steps), "status": 409}
        except actions.NeedsWhy:
            context |= {"why": why}
        except Cannot as error:
            context |= {"problem": str(error)}
        else:
            others = [s for s in steps_since(plan, base or 0) if base is not None and s.number < step.number]
            said = f"{step.words}. Version {step.number}."
            said += (
                f" {others[-1].by} changed something else meanwhile; both changes stand." if others else ""
            )
            messages.success(request, said)
            return redirect("networks:workbench", plan.pk)
    bench, known = bench_of(plan), known_of(person, plan)
    context |= _move_page(request, plan, member, bench, known, to, instead)
    return render(request, "networks/workbench_move.html", context, status=context["status"])


def _move_page(
    request: HttpRequest,
    plan: Plan,
    member: ProposedMember,
    bench: Bench,
    known: Known,
    to: int | None,
    instead: str | None,
) -> dict[str, Any]:
    """The form, and what the change asked for would mean."""
    urn = member.organisation.urn or ""
    costs = bench.costs(urn) if urn in bench.explainer.position else {}
    others = sorted(bench.groups[bench.at[to]], key=known.schools.get) if to in bench.at else []  # type: ignore[arg-type]  # every URN has a name
    schools = [(other, known.schools[other]) for other in others] if member.network else []
    context: dict[str, Any] = {
        "plan": plan,
        "member": member,
        "school": member.organisation,
        "form": PlaceForm(
            request.GET if "to" in request.GET else None,
            networks=presenters.choices_of_network(costs, known),
            schools=schools,
        ),
        "to": to,
        "instead": instead or "",
    }
    if to is None:
        return context
    try:
        told = bench.preview(urn, to, instead)
    except Cannot as error:
        return {**context, "problem": str(error)}
    context["to_name"] = known.network(to)
    context["instead_name"] = known.schools.get(instead, "") if instead else ""
    context["facts"] = presenters.preview_facts(told, plan.objective, known)
    context["journeys"] = presenters.journeys_table(told, known)
    return {**context, "breaks": bool(told.breaks)}


@requires(Permission.PLAN_MAKE)
@require_GET
def workbench(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbench: find a school to move, locks, the task that works it out again, and every version."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    version = version_of(plan)
    bench, known = bench_of(plan), known_of(person, plan)
    networks, schools = locks_of(plan)
    broken = bench.broken()
    text = request.GET.get("q", "").strip()[:100]
    page = listing(request, steps_of(plan), sorts=STEP_SORTS, per_page=20)
    context = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "version": version,
        "q": text,
        "found": presenters.school_links(plan, _find(plan, text)) if text else [],
        "locked_schools": Organisation.objects.filter(pk__in=schools).order_by("sort_name"),
        "networks": presenters.lockables(known, networks, broken),
        "broken": known.rules(broken),
        "list": page,
        "table": presenters.steps_table(page, known),
        "undo": to_undo(plan),
        "job": working_again(plan),
        "last": last_again(plan),
    }
    return render(request, "networks/workbench.html", context)


def _find(plan: Plan, text: str) -> list[Organisation]:
    rows = ProposedMember.objects.filter(plan=plan, organisation__urn__isnull=False)
    rows = rows.filter(organisation__name__icontains=text) | rows.filter(organisation__urn=text)
    return [
        m.organisation for m in rows.select_related("organisation").order_by("organisation__sort_name")[:30]
    ]


@requires(Permission.PLAN_MAKE)
@require_GET
def steps_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Every version of a plan as a spreadsheet."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    rows = [
        (
            s.number,
            s.words,
            s.why,
            str(s.by or "Isthmus"),
            s.at.isoformat(timespec="seconds"),
            s.objective_after,
        )
        for s in steps_of(plan).order_by("number")
    ]
    name = f"{plan.name} versions"
    if ending == "csv":
        return as_csv(name, STEP_HEADER, rows)
    return as_xlsx(name, [("Versions", STEP_HEADER, rows)])


@requires(Permission.PLAN_MAKE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back one step."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    base = row_number(request.POST.get("base"))
    try:
        step = actions.undo(by=person, plan=plan, base=-1 if base is None else base)
    except actions.Stale as error:
        done = "; ".join(presenters.meanwhile(error.steps[-3:]))
        messages.error(request, f"Nothing was undone, because the plan was changed meanwhile: {done}.")
    except Cannot as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{step.words}. Version {step.number}.")
    return redirect("networks:workbench", plan.pk)


@requires(Permission.PLAN_MAKE)
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or unlock a network (by number) or a school (by URN)."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    on = request.POST.get("on") == "1"
    urn = request.POST.get("school", "")
    number = row_number(request.POST.get("network"))
    network = plan.networks.filter(number=number).first() if number is not None else None
    school = _member(plan, urn).organisation if urn else None
    if (network is None) == (school is None):
        messages.error(request, "Choose one network or one school of this plan, then lock it.")
        return redirect("networks:workbench", plan.pk)
    try:
        actions.lock(by=person, plan=plan, on=on, network=network, school=school)
    except Cannot as error:
        messages.error(request, str(error))
    else:
        name = f"{network.number}. {network.name}" if network else school.name if school else ""
        messages.success(request, f"{name} is {'locked' if on else 'unlocked'}.")
    if school:
        return redirect("networks:plan_school", plan.pk, urn)
    return redirect("networks:workbench", plan.pk)


@requires(Permission.PLAN_MAKE)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Work the plan out again around what is locked."""
    person = actor(request)
    plan = ready_plan(person, pk, Permission.PLAN_MAKE)
    try:
        actions.work_out_again(by=person, plan=plan)
    except Cannot as error:
        messages.error(request, str(error))
    return redirect("networks:workbench", plan.pk)
