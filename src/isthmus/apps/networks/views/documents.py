"""A plan as a document: a page to print, a PDF and a Word file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.documents import PDF, WORD, Document, NoPrinter, pdf, word
from isthmus.apps.core.exports import download
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import get_plan
from isthmus.apps.networks.exports.documents import picture
from isthmus.apps.networks.models import Plan, PlanState, ProposedNetwork
from isthmus.apps.networks.presenters.documents import document as made_of
from isthmus.apps.networks.presenters.plans import map_source
from isthmus.apps.networks.queries.plans import networks, unplaced
from isthmus.apps.networks.queries.workbench import version_of


def _made(request: HttpRequest, pk: int) -> tuple[Plan, Document, list[ProposedNetwork]]:
    plan = get_plan(actor(request), pk)
    if plan.state != PlanState.READY:
        raise Http404
    found = list(networks(plan).order_by("number"))
    may_know = actor(request).may(Permission.COMPETITION_KEEP, plan.scope)
    return plan, made_of(plan, found, unplaced(plan), version_of(plan), may_know=may_know), found


@requires(Permission.PLAN_VIEW)
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as a page."""
    plan, made, _found = _made(request, pk)
    context = {"plan": plan, "document": made, "map": map_source(plan), "fictional": plan.about.fictional}
    return render(request, "networks/documents.html", context)


@requires(Permission.PLAN_VIEW)
@require_GET
def document_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The document as a file."""
    plan, made, found = _made(request, pk)
    image = picture(found)
    try:
        content = pdf(made, image) if ending == "pdf" else word(made, image)
    except NoPrinter as error:
        messages.error(request, f"{error} Take the Word file, or print this page, instead.")
        return redirect("networks:plan_document", plan.pk)
    kind = PDF if ending == "pdf" else WORD
    return download(content, name=f"{plan.about.name} {plan.name}", ending=ending, content_type=kind)
