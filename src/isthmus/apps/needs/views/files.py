"""Spreadsheets: give one, look at what was found, apply it or put it aside. Those of competition stand apart."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.needs import actions
from isthmus.apps.needs.access import get_area, get_file
from isthmus.apps.needs.adapters.sheets import headings
from isthmus.apps.needs.forms import SpreadsheetForm
from isthmus.apps.needs.models import FileState, What
from isthmus.apps.needs.presenters import ties as presenters
from isthmus.apps.needs.queries import files_of

SORTS = {"newest": Sort("Newest", ("-created_at",)), "file": Sort("File", ("file_name",))}
SHOWN_ON = {What.NEEDS: "needs:area", What.TIES: "needs:ties", What.COMPETITION: "needs:competition"}
PAGE_OF = {
    What.NEEDS: "needs:upload",
    What.TIES: "needs:upload",
    What.COMPETITION: "needs:competition_upload",
}


@requires(Permission.NEEDS_SAY)
@require_GET
def upload_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The spreadsheets of needs and ties that were given for an area."""
    return _list(request, pk, Permission.NEEDS_SAY, What.NEEDS, What.TIES)


@requires(Permission.COMPETITION_KEEP)
@require_GET
def competition_uploads(request: HttpRequest, pk: int) -> HttpResponse:
    """The spreadsheets of competition that were given for an area."""
    return _list(request, pk, Permission.COMPETITION_KEEP, What.COMPETITION)


def _list(request: HttpRequest, pk: int, permission: Permission, *kinds: What) -> HttpResponse:
    area = get_area(actor(request), pk, permission)
    page = listing(request, files_of(area, *kinds), sorts=SORTS)
    context = {
        "area": area,
        "fictional": area.fictional,
        "list": page,
        "table": presenters.files_table(page, PAGE_OF[kinds[0]]),
        "back": reverse(SHOWN_ON[kinds[0]], args=[pk]),
    }
    return render(request, "needs/uploads.html", context)


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def needs_upload_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a spreadsheet of needs and strengths."""
    return _give(request, pk, What.NEEDS, Permission.NEEDS_SAY)


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def ties_upload_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a spreadsheet of ties."""
    return _give(request, pk, What.TIES, Permission.NEEDS_SAY)


@requires(Permission.COMPETITION_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def competition_upload_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a spreadsheet of competition."""
    return _give(request, pk, What.COMPETITION, Permission.COMPETITION_KEEP)


def _give(request: HttpRequest, pk: int, what: What, permission: Permission) -> HttpResponse:
    person = actor(request)
    area = get_area(person, pk, permission)
    form = SpreadsheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        kept = actions.give_file(
            by=person,
            area=area,
            what=what,
            name=file.name or "file",
            content=file.read(),
            token=form.cleaned_data["token"],
        )
        return redirect(PAGE_OF[what], pk, kept.pk)
    template = {What.NEEDS: "needs:template", What.TIES: "needs:ties_template"}
    context = {
        "area": area,
        "fictional": area.fictional,
        "form": form,
        "what": what.value,
        "title": f"Bring in {str(what.label).lower()}",
        "template": template.get(what, "needs:competition_template"),
        "columns": headings(what),
        "back": reverse(SHOWN_ON[what], args=[pk]),
    }
    return render(request, "needs/upload_new.html", context)


@requires(Permission.NEEDS_SAY)
@require_GET
def ties_template(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """An empty table of ties with an example."""
    get_area(actor(request), pk, Permission.NEEDS_SAY)
    example = ("feeder", "123456", "Any name, for you", "123457", "", "Most of year 6", "01/09/2020", "")
    return _template("ties-template", ending, What.TIES, example)


@requires(Permission.COMPETITION_KEEP)
@require_GET
def competition_template(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """An empty table of competition with an example."""
    get_area(actor(request), pk, Permission.COMPETITION_KEEP)
    example = ("123456", "Any name, for you", "123457", "", "pupils", "yes", "Families choose between them")
    return _template("competition-template", ending, What.COMPETITION, example)


def _template(name: str, ending: str, what: What, example: tuple[str, ...]) -> HttpResponse:
    header = headings(what)
    return (
        as_csv(name, header, [example])
        if ending == "csv"
        else as_xlsx(name, [("Fill in", header, [example])])
    )


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was found in a spreadsheet of needs or ties."""
    return _upload(request, pk, number, Permission.NEEDS_SAY)


@requires(Permission.COMPETITION_KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def competition_upload(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was found in a spreadsheet of competition."""
    return _upload(request, pk, number, Permission.COMPETITION_KEEP)


def _upload(request: HttpRequest, pk: int, number: int, permission: Permission) -> HttpResponse:
    person = actor(request)
    kept = get_file(person, pk, number, permission=permission)
    what = What(kept.what)
    if request.method == "POST":
        if request.POST.get("do") == "apply":
            kept = actions.apply_file(by=person, kept=kept)
            if kept.state == FileState.APPLIED:
                messages.success(request, f"{kept.file_name} was applied.")
                return redirect(SHOWN_ON[what], pk)
        elif request.POST.get("do") == "aside":
            actions.put_file_aside(by=person, kept=kept)
        return redirect(PAGE_OF[what], pk, number)
    context = {
        "area": kept.area,
        "fictional": kept.area.fictional,
        "kept": kept,
        "found": presenters.found_in(kept),
        "waits": kept.state == FileState.CHECKED,
        "back": reverse(SHOWN_ON[what], args=[pk]),
        "again": reverse(f"needs:{what.value}_upload_new", args=[pk]),
    }
    return render(request, "needs/upload.html", context)
