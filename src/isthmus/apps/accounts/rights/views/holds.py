"""Pages of legal holds."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.accounts.rights import access, actions, presenters, queries
from isthmus.apps.accounts.rights.forms import HoldForm, ReasonForm
from isthmus.apps.core import directory
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission

PAGE = ["GET", "HEAD", "POST"]
SORTS = {
    "since": Sort("Since", ("-placed_at",)),
    "until": Sort("Until", ("until",), may_be_unknown=True),
}


@requires(Permission.PRIVACY_MANAGE)
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Legal holds where the person deals with such things."""
    text, which = request.GET.get("q", "").strip().replace("\0", ""), request.GET.get("state", "")
    rows = access.holds_for(actor(request))
    if text:
        rows = rows.filter(Q(email__icontains=text) | Q(reason__icontains=text))
    if which != "all":
        rows = rows.filter(pk__in=queries.holds_in_force().values("pk"))
    page = listing(request, rows, sorts=SORTS)
    context = {"list": page, "table": presenters.holds_table(page), "q": text, "state": which}
    return render(request, "accounts/rights/holds.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def place(request: HttpRequest) -> HttpResponse:
    """Place a legal hold."""
    person = actor(request)
    places = {
        str(scope): (scope, name) for scope, name in directory.names(access.looked_after(person)).items()
    }
    form = HoldForm(request.POST if request.method == "POST" else None, places=sorted(places.values()))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hold = actions.place_hold(
            by=person,
            scope=places[data["place"]][0],
            email=data["email"],
            data_class=data["data_class"],
            reason=data["reason"],
            until=data["until"],
        )
        messages.success(request, "The legal hold is in force.")
        return redirect("accounts:hold", hold.pk)
    context = {
        "form": form,
        "heading": "Place a legal hold",
        "said": [
            "What is held is neither erased nor disposed of, whoever asks: for a claim, an inquiry or a court. "
            "Lift it as soon as it is not needed."
        ],
        "action": request.path,
        "button": "Place the hold",
        "back": reverse("accounts:holds"),
        "back_label": "Legal holds",
    }
    return render(request, "accounts/rights/form.html", context)


@requires(Permission.PRIVACY_MANAGE)
@require_http_methods(PAGE)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """One legal hold, and lifting it."""
    held = access.get_hold(actor(request), pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, label="Why is it not needed any more?", most=500
    )
    if request.method == "POST" and form.is_valid():
        if actions.lift_hold(by=actor(request), hold=held, why=form.cleaned_data["reason"]):
            messages.success(request, "The legal hold is lifted.")
        return redirect("accounts:hold", pk)
    context = {"hold": held, "facts": presenters.hold_facts(held), "form": form}
    return render(request, "accounts/rights/hold.html", context)
