"""Pages to adopt a plan, to watch the answers, and for a school to answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.core.access import Actor, actor, public, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import areas_where, get_plan, plans_for
from isthmus.apps.networks.actions import adopting as actions
from isthmus.apps.networks.forms.adopting import AdoptForm, AnswerForm
from isthmus.apps.networks.forms.existing import ReasonForm
from isthmus.apps.networks.models import Adoption, AdoptionState, Answer, Layer, Plan, PlanState
from isthmus.apps.networks.presenters import adopting as presenters
from isthmus.apps.networks.queries.adopting import (
    adoption_of,
    answer_by_token,
    answers_of,
    counts,
    outcome,
)
from isthmus.apps.networks.queries.consultation import heads_of
from isthmus.apps.networks.queries.layers import layers_seen

PAGE = ["GET", "HEAD", "POST"]
ANSWER_SORTS = {
    "school": Sort("School", ("organisation__sort_name",)),
    "network": Sort("Network", ("network_name", "organisation__sort_name")),
    "head": Sort("Head", ("name", "organisation__sort_name")),
    "answer": Sort("Answer", ("answer", "organisation__sort_name")),
    "invited": Sort("Invited", ("sent_at", "organisation__sort_name"), may_be_unknown=True),
}


def _layers(person: Actor, plan: Plan) -> list[Layer]:
    """The layers in which the person may write networks of this plan."""
    managed = areas_where(person, Permission.NETWORK_MANAGE).filter(pk__in={plan.about_id, plan.owner_id})
    return layers_seen(managed.order_by().values_list("pk", flat=True))


def _adoption(person: Actor, pk: int) -> Adoption:
    """An adoption of a plan of the person's areas, in a layer that they may change; else Http404."""
    rows = Adoption.objects.select_related("plan__about", "layer__area", "prepared_by")
    found = get_object_or_404(rows, pk=pk, plan__in=plans_for(person, Permission.PLAN_MAKE))
    if not areas_where(person, Permission.NETWORK_MANAGE).filter(pk=found.layer.area_id).exists():
        raise Http404
    return found


@requires(Permission.PLAN_MAKE)
@require_http_methods(PAGE)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the adoption of a plan: nothing is written to any network yet."""
    person = actor(request)
    plan = get_plan(person, pk, Permission.PLAN_MAKE)
    if plan.state != PlanState.READY:
        raise Http404
    before = adoption_of(plan)
    if before is not None:
        return redirect("networks:adoption", before.pk)
    layers = _layers(person, plan)
    form = AdoptForm(request.POST or None, layers=layers, usual=plan.choices)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.prepare_adoption(by=person, plan=plan, **form.cleaned_data)
        except actions.CannotAdopt as error:
            form.add_error("layer", str(error))
        else:
            return redirect("networks:adoption", made.pk)
    return render(
        request,
        "networks/adopting_prepare.html",
        {"plan": plan, "form": form, "layers": layers, "fictional": plan.about.fictional},
    )


@requires(Permission.PLAN_MAKE)
@require_GET
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """An adoption: what it does or did, and how schools answer."""
    row = _adoption(actor(request), pk)
    context: dict[str, Any] = {
        "adoption": row,
        "facts": presenters.facts(row),
        "colour": presenters.STATE_TAGS[AdoptionState(row.state)],
        "fictional": row.plan.about.fictional,
    }
    if row.state == AdoptionState.PREPARED:
        found = outcome(row.plan, row.layer, row.starts)
        heads = heads_of([member.organisation_id for member in found.members])
        context["outcome"] = presenters.outcome_facts(found, len(heads))
        context["changes"] = presenters.changes(found)
    elif row.adopted_at is not None:
        context |= _answers(request, row)
    return render(request, "networks/adopting.html", context)


def _answers(request: HttpRequest, row: Adoption) -> dict[str, Any]:
    text, wanted = request.GET.get("q", "").strip()[:100], request.GET.get("answer", "")
    rows = answers_of(row)
    if text:
        by_school = rows.filter(organisation__name__icontains=text)
        rows = by_school | rows.filter(network_name__icontains=text) | rows.filter(name__icontains=text)
    if wanted in Answer.values:
        rows = rows.filter(answer=wanted)
    page = listing(request, rows, sorts=ANSWER_SORTS)
    return {
        "list": page,
        "table": presenters.answers_table(page),
        "counts": presenters.answered(counts(row)),
        "q": text,
        "answer": wanted,
        "answers": Answer.choices,
        "asked": bool(text or wanted),
    }


@requires(Permission.PLAN_MAKE)
@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it so."""
    row = _adoption(actor(request), pk)
    try:
        if actions.adopt(by=actor(request), adoption=row):
            messages.success(request, f"The plan ‘{row.plan.name}’ is adopted. Invitations are on their way.")
    except actions.CannotAdopt as error:
        messages.error(request, str(error))
    return redirect("networks:adoption", pk)


@requires(Permission.PLAN_MAKE)
@require_http_methods(PAGE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an adoption before its first day: the page asks why, the button does."""
    row = _adoption(actor(request), pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if actions.cancel_adoption(by=actor(request), adoption=row, why=form.cleaned_data["why"]):
                messages.success(request, "The adoption was cancelled. Every network is as it was.")
        except actions.CannotAdopt as error:
            messages.error(request, str(error))
        return redirect("networks:adoption", pk)
    context = {
        "title": "Cancel the adoption?",
        "text": "Memberships and networks become what they were before. Heads who were invited are told.",
        "form": form,
        "back": reverse("networks:adoption", args=[pk]),
        "button": "Cancel the adoption",
        "warning": True,
    }
    return render(request, "networks/form.html", context)


@requires(Permission.PLAN_MAKE)
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Write again to heads who have not answered."""
    sent = actions.remind(by=actor(request), adoption=_adoption(actor(request), pk))
    said = f"{sent} reminder{'' if sent == 1 else 's'} on the way." if sent else "Nobody to remind today."
    messages.success(request, said)
    return redirect("networks:adoption", pk)


@requires(Permission.PLAN_MAKE)
@require_GET
def answers_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """How each school answered, as a spreadsheet."""
    row = _adoption(actor(request), pk)
    rows = presenters.answer_rows(
        list(answers_of(row).order_by("network_name", "organisation__sort_name", "pk"))
    )
    name = f"{row.plan.name} answers"
    if ending == "csv":
        return as_csv(name, presenters.HEADER, rows)
    return as_xlsx(name, [("Answers", presenters.HEADER, rows)])


@public
@never_cache
@require_http_methods(PAGE)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What a head's link opens: the network, and the answer. Looking changes nothing."""
    asked = answer_by_token(token)
    if asked is None:
        raise Http404
    works = asked.works and asked.adoption.state == AdoptionState.ADOPTED
    initial = {} if asked.answer == Answer.WAITING else {"answer": asked.answer, "reason": asked.reason}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = Answer(form.cleaned_data["answer"])
        if actions.give_answer(by=None, asked=asked, answer=answer, reason=form.cleaned_data["reason"]):
            messages.success(request, "Thank you. Your answer was kept.")
        return redirect("networks:adoption_invitation", token)
    others = answers_of(asked.adoption).filter(network_name=asked.network_name).exclude(pk=asked.pk)
    context = {
        "asked": asked,
        "adoption": asked.adoption,
        "works": works,
        "form": form,
        "token": token,
        "others": [row.organisation for row in others.order_by("organisation__sort_name")],
    }
    return render(request, "networks/adopting_invitation.html", context)
