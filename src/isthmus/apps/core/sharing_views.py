"""Pages of sharing between areas."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core import directory, sharing, sharing_pages
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import today
from isthmus.apps.core.exports import as_csv
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.models import Sharing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import on_scopes

PAGE = ["GET", "HEAD", "POST"]
SORTS = {
    "newest": Sort("Newest", ("-made_at",)),
    "data": Sort("Data", ("dataset", "-made_at")),
    "from": Sort("From", ("starts",)),
    "until": Sort("Until", ("ends",)),
}
WAYS = {"": "Both ways", "out": "Shared by your areas", "in": "Shared with your areas"}
STATES = {"": "Now and to come", "all": "All, with what is over"}


def _asked(request: HttpRequest) -> QuerySet[Sharing]:
    """The sharings that the person may see, as the list was asked for."""
    person = actor(request)
    rows, text = sharing.sharings_for(person), request.GET.get("q", "").strip()[:100]
    if text:
        named = [s for s, name in sharing.other_areas().items() if text.lower() in name.lower()]
        rows = rows.filter(Q(purpose__icontains=text) | on_scopes(named) | on_scopes(named, "to"))
    way, mine = request.GET.get("way"), sharing.areas_of(person, Permission.SHARING_VIEW)
    if way in ("out", "in"):
        rows = rows.filter(on_scopes(mine, "scope" if way == "out" else "to"))
    if request.GET.get("state") != "all":
        rows = rows.filter(open=True, ends__gte=today())
    return rows


@requires(Permission.SHARING_VIEW)
@require_GET
def sharing_list(request: HttpRequest) -> HttpResponse:
    """What the person's areas share with others, and what others share with them."""
    page = listing(request, _asked(request), sorts=SORTS)
    context = {
        "list": page,
        "table": sharing_pages.sharings_table(page),
        "q": request.GET.get("q", "").strip(),
        "way": request.GET.get("way", ""),
        "ways": WAYS.items(),
        "state": request.GET.get("state", ""),
        "states": STATES.items(),
        "may_share": actor(request).may(Permission.SHARING_MAKE),
        "query": page.query.urlencode(),
    }
    return render(request, "core/sharing/sharings.html", context)


@requires(Permission.SHARING_VIEW)
@require_GET
def sharing_export(request: HttpRequest) -> HttpResponse:
    """The list that was asked for, as a file."""
    rows = sharing_pages.export_rows(_asked(request).order_by("-made_at", "pk"))
    return as_csv("sharing", sharing_pages.HEADER, rows)


@requires(Permission.SHARING_MAKE)
@require_http_methods(PAGE)
def sharing_new(request: HttpRequest) -> HttpResponse:
    """Open data of an area to another area."""
    person = actor(request)
    owners = directory.names(sharing.areas_of(person, Permission.SHARING_MAKE))
    form = sharing_pages.ShareForm(request.POST or None, owners=owners)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = sharing.share(
                by=person,
                owner=form.places[data["owner"]],
                to=form.places[data["to"]],
                dataset=data["dataset"],
                purpose=data["purpose"],
                starts=data["starts"],
                ends=data["ends"],
            )
        except sharing.CannotShare as error:
            form.add_error("to", str(error))
        else:
            messages.success(
                request, f"It is shared with {directory.name(made.to)}. You can take it back at any time."
            )
            return redirect("core:sharing", made.pk)
    return render(request, "core/sharing/new.html", {"form": form})


@requires(Permission.SHARING_VIEW)
@require_GET
def sharing_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One sharing, for both sides; whoever shares may take it back."""
    person = actor(request)
    row = sharing.get_sharing(person, pk)
    context = {
        "facts": sharing_pages.sharing_facts(row),
        "row": row,
        "over": sharing_pages.state(row) in ("Over", "Taken back"),
        "may_take_back": person.may(Permission.SHARING_MAKE, row.scope),
        "history": sharing_pages.history_for(person, row),
    }
    return render(request, "core/sharing/sharing.html", context)


@requires(Permission.SHARING_MAKE)
@require_http_methods(PAGE)
def sharing_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back: the page asks, the button does."""
    person = actor(request)
    row = sharing.get_sharing(person, pk, Permission.SHARING_MAKE)
    if request.method == "POST":
        if sharing.take_back(by=person, sharing=row, why=request.POST.get("why", "").strip()[:300]):
            messages.success(request, f"{directory.name(row.to)} sees it no more.")
        return redirect("core:sharing", pk)
    context = {"row": row, "to": directory.name(row.to)}
    return render(request, "core/sharing/take_back.html", context)


@requires(Permission.SHARING_VIEW)
@require_GET
def sharing_who(request: HttpRequest) -> HttpResponse:
    """Who could see what of the person's areas, and why, today or on any other day."""
    given = request.GET.get("day", "").strip()
    try:
        day, wrong = (date.fromisoformat(given) if given else today()), ""
    except ValueError:
        day, wrong = today(), "Enter a day as year, month and day, like 2026-09-01"
    mine = sharing.areas_of(actor(request), Permission.SHARING_VIEW)
    names = directory.names(mine)
    tables = [
        (
            f"{dataset.words[:1].upper()}{dataset.words[1:]} of {names[area]}",
            sharing_pages.who_table(dataset.name, area, day),
        )
        for area in mine
        for dataset in sharing.datasets_to_share()
    ]
    return render(
        request, "core/sharing/who.html", {"tables": tables, "day": day, "given": given, "wrong": wrong}
    )
