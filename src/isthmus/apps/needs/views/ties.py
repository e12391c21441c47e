"""Which schools compete, for officers alone; and the ties that are recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import today
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing, listing_of
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.needs import actions
from isthmus.apps.needs.access import get_area, get_competition, get_tie, may_say_for
from isthmus.apps.needs.actions.ties import TieThere, TooManySchools
from isthmus.apps.needs.adapters.sheets import headings
from isthmus.apps.needs.forms import CompetitionForm, ReasonForm, TieForm
from isthmus.apps.needs.models import Estimate, Over, TieKind, What
from isthmus.apps.needs.presenters import ties as presenters
from isthmus.apps.needs.queries import competitions_in_force, estimated_on, ties_in_force
from isthmus.apps.register.models import Area

TIE_SORTS = {
    "first": Sort("First school", ("first__sort_name", "second__sort_name")),
    "kind": Sort("Tie", ("kind", "first__sort_name")),
    "second": Sort("Second school", ("second__sort_name", "first__sort_name")),
    "since": Sort("From", ("since", "first__sort_name"), may_be_unknown=True),
}
HEAVY = tuple(
    f"{end}__{name}" for end in ("first", "second") for name in ("measures", "provenance", "search")
)


def _pairs(area: Area, request: HttpRequest) -> list[presenters.PairRow]:
    """The pairs that are asked for."""
    recorded = competitions_in_force(area, today()).select_related("first", "second", "said_by")
    estimates = Estimate.objects.filter(area=area.in_charge_id).select_related("first", "second")
    rows = presenters.pair_rows(list(recorded.defer(*HEAVY)), list(estimates.defer(*HEAVY)))
    text = request.GET.get("q", "").strip()[:100]
    return presenters.fitting_pairs(rows, text=text, only=request.GET.get("only", ""))


@requires(Permission.COMPETITION_KEEP)
@require_GET
def competition_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The pairs of an area that compete, recorded and estimated."""
    area = get_area(actor(request), pk, Permission.COMPETITION_KEEP)
    page = listing_of(request, _pairs(area, request), sorts=presenters.PAIR_ORDERS)
    context = {
        "area": area,
        "fictional": area.fictional,
        "list": page,
        "table": presenters.pairs_table(area, page),
        "estimated": presenters.estimated_words(estimated_on(area)),
        "q": request.GET.get("q", "").strip()[:100],
        "only": request.GET.get("only", ""),
        "filters": list(presenters.PAIR_FILTERS.items()),
        "files": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "needs/competition.html", context)


@requires(Permission.COMPETITION_KEEP)
@require_GET
def competition_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The pairs as a file."""
    area = get_area(actor(request), pk, Permission.COMPETITION_KEEP)
    header = [*headings(What.COMPETITION), "Estimate"]
    rows = presenters.pair_export(_pairs(area, request))
    name = f"competition-{area.name}"
    return as_csv(name, header, rows) if ending == "csv" else as_xlsx(name, [("Competition", header, rows)])


@requires(Permission.COMPETITION_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def competition_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that two schools compete, or that they do not."""
    person = actor(request)
    area = get_area(person, pk, Permission.COMPETITION_KEEP)
    asked = {name: request.GET.get(name, "")[:20] for name in ("first", "second")}
    form = CompetitionForm(request.POST or None, area=area, initial=asked)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.record_competition(
            by=person,
            area=area,
            first=data["first"],
            second=data["second"],
            over=Over(data["over"]),
            competes=data["competes"] == "yes",
            reason=data["reason"],
        )
        messages.success(request, "Saved. Only officers of the area see it.")
        return redirect("needs:competition", pk)
    context = {
        "form": form,
        "fictional": area.fictional,
        "title": "Record what you know of two schools",
        "text": "Only officers of the area see this. Plans of networks may heed it, and never say so to others.",
        "button": "Save",
        "back": reverse("needs:competition", args=[pk]),
    }
    return render(request, "needs/form.html", context)


@requires(Permission.COMPETITION_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def competition_end(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was recorded of two schools no longer holds."""
    person = actor(request)
    kept = get_competition(person, pk, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.end_competition(by=person, competition=kept, why=form.cleaned_data["why"])
        messages.success(request, "Saved.")
        return redirect("needs:competition", pk)
    context = {
        "form": form,
        "fictional": kept.area.fictional,
        "title": f"No longer so: {kept.first.name} and {kept.second.name}",
        "text": kept.reason,
        "button": "It no longer holds",
        "back": reverse("needs:competition", args=[pk]),
        "kept": kept,
    }
    return render(request, "needs/form.html", context)


@requires(Permission.COMPETITION_KEEP)
@require_POST
def competition_estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """Estimate anew from the register of today."""
    person = actor(request)
    area = get_area(person, pk, Permission.COMPETITION_KEEP)
    try:
        found = actions.estimate_competition(by=person, area=area)
    except TooManySchools as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Estimated: {count(found, 'pair')} that may compete for pupils.")
    return redirect("needs:competition", pk)


@requires(Permission.NEEDS_VIEW)
@require_GET
def tie_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The ties of an area's schools today."""
    person = actor(request)
    area = get_area(person, pk, Permission.NEEDS_VIEW)
    rows = ties_in_force(area, today()).select_related("first", "second", "said_by").defer(*HEAVY)
    text, kind = request.GET.get("q", "").strip()[:100], request.GET.get("kind", "")
    if text:
        rows = rows.filter(first__name__icontains=text) | rows.filter(second__name__icontains=text)
    if kind in TieKind.values:
        rows = rows.filter(kind=kind)
    page = listing(request, rows, sorts=TIE_SORTS)
    manage = may_say_for(person, area)
    context = {
        "area": area,
        "fictional": area.fictional,
        "list": page,
        "table": presenters.ties_table(area, page, manage=manage),
        "may_say": manage,
        "q": text,
        "only": kind,
        "filters": TieKind.choices,
        "files": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "needs/ties.html", context)


@requires(Permission.NEEDS_VIEW)
@require_GET
def ties_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The ties as a file that can be changed and brought in again."""
    area = get_area(actor(request), pk, Permission.NEEDS_VIEW)
    rows = ties_in_force(area, today()).select_related("first", "second").defer(*HEAVY)
    text, kind = request.GET.get("q", "").strip()[:100], request.GET.get("kind", "")
    if text:
        rows = rows.filter(first__name__icontains=text) | rows.filter(second__name__icontains=text)
    if kind in TieKind.values:
        rows = rows.filter(kind=kind)
    lines, header = presenters.tie_rows(list(rows.order_by("pk"))), headings(What.TIES)
    name = f"ties-{area.name}"
    return as_csv(name, header, lines) if ending == "csv" else as_xlsx(name, [("Ties", header, lines)])


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def tie(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """Record a tie, or correct one."""
    person = actor(request)
    area = get_area(person, pk, Permission.NEEDS_SAY)
    kept = None if number is None else get_tie(person, pk, number)
    form = TieForm(request.POST or None, area=area, tie=kept)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "kind": TieKind(form.cleaned_data["kind"])}
        try:
            actions.keep_tie(by=person, area=area, tie=kept, **data)
        except TieThere as error:
            form.add_error("second", f"Second school: {error}")
        else:
            messages.success(request, "Saved.")
            return redirect("needs:ties", pk)
    context = {
        "form": form,
        "fictional": area.fictional,
        "title": "Change a tie" if kept else "Record a tie",
        "text": "What is not a network: where pupils move on to, shared staff, joint work.",
        "button": "Save",
        "back": reverse("needs:ties", args=[pk]),
        "more": (reverse("needs:tie_remove", args=[pk, kept.pk]), "Remove it") if kept else None,
        "kept": kept,
    }
    return render(request, "needs/form.html", context)


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def tie_remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Remove a tie that never was."""
    person = actor(request)
    kept = get_tie(person, pk, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.remove_tie(by=person, tie=kept, why=form.cleaned_data["why"])
        messages.success(request, "Removed.")
        return redirect("needs:ties", pk)
    context = {
        "form": form,
        "fictional": kept.area.fictional,
        "title": f"Remove the tie of {kept.first.name} and {kept.second.name}",
        "text": "Remove it only where it never was. Where it is over, give it a last day.",
        "button": "Remove it",
        "warning": True,
        "back": reverse("needs:tie", args=[pk, number]),
    }
    return render(request, "needs/form.html", context)
