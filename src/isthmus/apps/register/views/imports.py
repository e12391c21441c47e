"""Bring a register file in: upload, look at what was found, apply or put aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.register.access import get_import
from isthmus.apps.register.actions import uploads
from isthmus.apps.register.forms import UploadForm
from isthmus.apps.register.models import Dataset, RegisterImport
from isthmus.apps.register.presenters import imports as import_pages

SORTS = {"newest": Sort("Newest", ("-created_at",)), "file": Sort("File", ("file_name",))}


@requires(Permission.REGISTER_IMPORT)
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, and the sources of all facts."""
    rows = RegisterImport.objects.select_related("by").defer("report")
    page = listing(request, rows, sorts=SORTS)
    sources = import_pages.sources_table(Dataset.objects.all())
    context = {"list": page, "table": import_pages.imports_table(page), "sources": sources}
    return render(request, "register/imports.html", context)


@requires(Permission.REGISTER_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Give a file; it is checked by the worker."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = uploads.begin(
            by=actor(request), upload=data["file"], file_date=data["date"], token=data["token"]
        )
        return redirect("register:import", kept.pk)
    return render(request, "register/import_new.html", {"form": form})


@requires(Permission.REGISTER_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in a file; the buttons apply it or put it aside."""
    person = actor(request)
    kept = get_import(person, pk)
    if request.method == "POST":
        if request.POST.get("do") == "apply":
            uploads.apply(by=person, kept=kept)
        elif request.POST.get("do") == "aside":
            uploads.put_aside(by=person, kept=kept)
            messages.success(request, f"{kept.file_name} was put aside. Nothing was written.")
        return redirect("register:import", pk)
    context = {"kept": kept, "found": import_pages.found(kept)}
    return render(request, "register/import.html", context)
