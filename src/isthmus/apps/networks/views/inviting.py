"""Pages to share a draft, to read it by a link, and to comment on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.core.access import actor, public, requires
from isthmus.apps.core.components import MapSource
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import get_own_plan, get_plan
from isthmus.apps.networks.actions import inviting as actions
from isthmus.apps.networks.exports.plans import geojson
from isthmus.apps.networks.forms.inviting import CommentForm, ShareForm
from isthmus.apps.networks.models import Plan, PlanShare, PlanState
from isthmus.apps.networks.presenters import inviting as presenters
from isthmus.apps.networks.presenters.plans import cards, quality
from isthmus.apps.networks.queries.inviting import comments_on, share_by_token
from isthmus.apps.networks.queries.plans import members, networks, unplaced

PAGE = ["GET", "HEAD", "POST"]
SHARE_SORTS = {
    "name": Sort("Name", ("name",)),
    "email": Sort("E-mail address", ("email",)),
    "until": Sort("Works until", ("-expires_at", "name")),
}
COMMENT_SORTS = {
    "newest": Sort("Newest", ("-at",)),
    "about": Sort("Network", ("network__number", "-at"), may_be_unknown=True),
    "who": Sort("Who", ("name", "-at")),
}
COMMENT_HEADER = ("When", "Who", "About", "Version", "Comment")


def _ready(request: HttpRequest, pk: int, permission: Permission) -> Plan:
    plan = get_plan(actor(request), pk, permission)
    if plan.state != PlanState.READY:
        raise Http404
    return plan


def _said_of(request: HttpRequest, pk: int) -> Plan:
    plan = get_own_plan(actor(request), pk)
    if plan.state != PlanState.READY:
        raise Http404
    return plan


@requires(Permission.PLAN_MAKE)
@require_http_methods(PAGE)
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom a draft is shared; share it with one more."""
    plan = _ready(request, pk, Permission.PLAN_MAKE)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        share = actions.share_plan(by=actor(request), plan=plan, **form.cleaned_data)
        messages.success(request, f"A link to this draft is on its way to {share.name}.")
        return redirect("networks:plan_sharing", plan.pk)
    text = request.GET.get("q", "").strip()[:100]
    rows: QuerySet[PlanShare] = PlanShare.objects.filter(plan=plan).annotate(said=Count("comments"))
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(email__icontains=text)
    page = listing(request, rows, sorts=SHARE_SORTS)
    context = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "form": form,
        "list": page,
        "table": presenters.shares_table(page),
        "q": text,
        "working": [share for share in page.page if share.works],
    }
    return render(request, "networks/sharing.html", context)


@requires(Permission.PLAN_MAKE)
@require_POST
def stop_sharing(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a link back."""
    plan = get_plan(actor(request), pk, Permission.PLAN_MAKE)
    share = get_object_or_404(PlanShare, plan=plan, pk=number)
    if actions.stop_sharing(by=actor(request), share=share):
        messages.success(request, f"The link of {share.name} works no more.")
    return redirect("networks:plan_sharing", plan.pk)


@requires(Permission.PLAN_VIEW)
@require_http_methods(PAGE)
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said about a plan; say something too."""
    plan = _said_of(request, pk)
    form = CommentForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        actions.comment(by=actor(request), plan=plan, **form.cleaned_data)
        messages.success(request, "Your comment was kept.")
        return redirect("networks:plan_comments", plan.pk)
    text = request.GET.get("q", "").strip()[:100]
    rows = comments_on(plan)
    if text:
        rows = (
            rows.filter(text__icontains=text)
            | rows.filter(name__icontains=text)
            | rows.filter(about__icontains=text)
        )
    page = listing(request, rows, sorts=COMMENT_SORTS, per_page=20)
    context = {
        "plan": plan,
        "fictional": plan.about.fictional,
        "form": form,
        "list": page,
        "orders": [page.column(sort.label, key) for key, sort in COMMENT_SORTS.items()],
        "comments": presenters.comment_lines(list(page.page)),
        "q": text,
        "may_make": actor(request).may(Permission.PLAN_MAKE, plan.scope),
    }
    return render(request, "networks/sharing_comments.html", context)


@requires(Permission.PLAN_VIEW)
@require_GET
def comments_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """What was said, as a spreadsheet."""
    plan = _said_of(request, pk)
    rows = [
        (c.at.isoformat(timespec="minutes"), c.name, c.about or "The whole draft", c.version, c.text)
        for c in comments_on(plan).order_by("at", "pk")
    ]
    name = f"{plan.name} comments"
    if ending == "csv":
        return as_csv(name, COMMENT_HEADER, rows)
    return as_xlsx(name, [("Comments", COMMENT_HEADER, rows)])


def _share(token: str) -> PlanShare:
    share = share_by_token(token)
    if share is None:
        raise Http404
    return share


def _opened(request: HttpRequest, share: PlanShare) -> bool:
    """Whether the button was pressed in this browser, and the link still works."""
    return share.works and request.session.get("shared plan") == share.reference


@public
@never_cache
@require_http_methods(PAGE)
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link in mail opens: looking changes nothing, the one button opens the draft."""
    share = _share(token)
    if request.method == "POST" and share.works:
        actions.open_share(by=None, share=share)
        request.session["shared plan"] = share.reference
        return redirect("networks:shared_draft", token)
    return render(
        request, "networks/sharing_shared.html", {"share": share, "token": token, "works": share.works}
    )


@public
@never_cache
@require_http_methods(PAGE)
def shared_draft(request: HttpRequest, token: str) -> HttpResponse:
    """The draft as an invited person reads it: this plan alone, and what they said about it."""
    share = _share(token)
    if not _opened(request, share):
        return redirect("networks:shared", token)
    plan = share.plan
    form = CommentForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            actions.comment(by=None, plan=plan, share=share, **form.cleaned_data)
        except actions.CannotComment as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "Thank you. Your comment was kept.")
            return redirect("networks:shared_draft", token)
    found = list(networks(plan).order_by("number"))
    text = request.GET.get("q", "").strip()[:100]
    shown = list(networks(plan, text).order_by("number")) if text else found
    context: dict[str, Any] = {
        "q": text,
        "share": share,
        "token": token,
        "plan": plan,
        "form": form,
        "quality": quality(plan, found, len(unplaced(plan))),
        "cards": cards(shown),
        "map": MapSource(
            f"Map of the networks of {plan.name}",
            reverse("networks:shared_map", args=[token]),
            list_id="networks",
        ),
        "comments": presenters.comment_lines(list(comments_on(plan).filter(share=share).order_by("-at"))),
        "fictional": plan.about.fictional,
    }
    return render(request, "networks/sharing_draft.html", context)


@public
@never_cache
@require_GET
def shared_map(request: HttpRequest, token: str) -> HttpResponse:
    """The points of the map of a shared draft, without links to pages that need a sign-in."""
    share = _share(token)
    if not _opened(request, share):
        raise Http404
    data = geojson(share.plan, list(members(share.plan)))
    for feature in data["features"]:
        del feature["properties"]["url"]
    return JsonResponse(data, content_type="application/geo+json")
