"""Pages of the shell: search, help, cookies."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.core import help as helping
from isthmus.apps.core import search as searching
from isthmus.apps.core.access import Actor, public
from isthmus.apps.core.cookies import table


@public
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Everything that fits the words and that whoever asks may see, by kind."""
    text = request.GET.get("q", "").strip()[: searching.LONGEST]
    kind = request.GET.get("kind", "")
    person = cast(Actor, request.user) if request.user.is_authenticated else None
    one = searching.search_in(person, text, kind, request.GET.get("page")) if kind else None
    groups = [one] if one else searching.search(person, text)
    context = {
        "q": text,
        "groups": groups,
        "one": one,
        "total": sum(group.total for group in groups),
        "searching": True,
    }
    response = render(request, "core/search.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """All help on one page."""
    return render(request, "core/help.html", {"entries": helping.entries()})


@public
@require_GET
def cookies(request: HttpRequest) -> HttpResponse:
    """The cookies that Isthmus sets."""
    return render(request, "core/cookies.html", {"table": table(), "tiles": settings.TILES})
