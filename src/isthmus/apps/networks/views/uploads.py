"""A spreadsheet of who is in what: give it, look at what was found, apply it or put it aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks import actions
from isthmus.apps.networks.access import get_area, get_upload
from isthmus.apps.networks.forms.existing import SpreadsheetForm
from isthmus.apps.networks.models import UploadState
from isthmus.apps.networks.presenters import pages as presenters
from isthmus.apps.networks.queries.existing import uploads_of

SORTS = {"newest": Sort("Newest", ("-created_at",)), "file": Sort("File", ("file_name",))}


@requires(Permission.NETWORK_MANAGE)
@require_GET
def upload_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The spreadsheets that were given for an area."""
    area = get_area(actor(request), pk, Permission.NETWORK_MANAGE)
    page = listing(request, uploads_of(area), sorts=SORTS)
    context = {"area": area, "fictional": area.fictional, "list": page}
    return render(request, "networks/uploads.html", {**context, "table": presenters.uploads_table(page)})


@requires(Permission.NETWORK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a spreadsheet; it is looked through at once."""
    person = actor(request)
    area = get_area(person, pk, Permission.NETWORK_MANAGE)
    form = SpreadsheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        kept = actions.give_memberships(
            by=person,
            area=area,
            name=file.name or "file",
            content=file.read(),
            token=form.cleaned_data["token"],
        )
        return redirect("networks:upload", pk, kept.pk)
    context = {"area": area, "fictional": area.fictional, "form": form, "roles": presenters.roles_in_words()}
    return render(request, "networks/upload_new.html", context)


@requires(Permission.NETWORK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was found in a spreadsheet; the buttons apply it or put it aside."""
    person = actor(request)
    kept = get_upload(person, pk, number)
    if request.method == "POST":
        if request.POST.get("do") == "apply":
            kept = actions.apply_memberships(by=person, kept=kept)
            if kept.state == UploadState.APPLIED:
                messages.success(request, f"{kept.file_name} was applied. See what it tells.")
                return redirect("networks:area", pk)
        elif request.POST.get("do") == "aside":
            actions.put_memberships_aside(by=person, kept=kept)
        return redirect("networks:upload", pk, number)
    context = {
        "area": kept.area,
        "fictional": kept.area.fictional,
        "kept": kept,
        "found": presenters.found_in(kept),
        "waits": kept.state == UploadState.CHECKED,
    }
    return render(request, "networks/upload.html", context)
