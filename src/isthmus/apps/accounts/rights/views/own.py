"""Pages about one's own information: what is kept, asking, following a request, saving a copy."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.rights import access, actions, files, presenters, queries
from isthmus.apps.accounts.rights.forms import AskForm
from isthmus.apps.accounts.rights.models import Leaving, Right
from isthmus.apps.core import directory
from isthmus.apps.core.access import actor, signed_in
from isthmus.apps.core.dates import after_months, in_words, today

PAGE = ["GET", "HEAD", "POST"]
ABOUT = {
    Right.COPY: "You get everything that Isthmus keeps about you as one file. What is about other people is left out.",
    Right.RECTIFY: "Say what is wrong and what would be right. Somebody changes it, and tells you what was changed.",
    Right.RESTRICT: "Your information stays, but is used for nothing more: no mail, no lists, no suggestions. You can "
    "still sign in and use your rights.",
    Right.OBJECT: "Say which use you object to. Somebody looks at it, and stops the use or says why it goes on.",
    Right.ERASE: "Everything that names you is removed, and you cannot sign in any more. This cannot be undone.",
}
HEADINGS = {
    Right.COPY: "Ask for a copy of your information",
    Right.RECTIFY: "Ask to have something put right",
    Right.RESTRICT: "Ask that your information is not used",
    Right.OBJECT: "Object to a use of your information",
    Right.ERASE: "Ask to have your information erased",
}


def _person(request: HttpRequest) -> Person:
    """Who is signed in: people alone sign in here."""
    return cast(Person, request.user)


@signed_in
@require_GET
def your_information(request: HttpRequest) -> HttpResponse:
    """What is kept about people here, what one asked, and what one may ask."""
    person = _person(request)
    context = {
        "classes": presenters.classes_table(),
        "table": presenters.own_table(list(queries.requests_of(person.pk))),
        "rights": [(right.value, HEADINGS[right], ABOUT[right]) for right in Right],
        "restriction": queries.restriction_of(person.pk),
    }
    return render(request, "accounts/rights/your_information.html", context)


def _right(given: str) -> Right:
    if given not in Right.values:
        raise Http404
    return Right(given)


@signed_in
@require_http_methods(PAGE)
def ask(request: HttpRequest, right: str) -> HttpResponse:
    """Ask about one's own information."""
    asked_for = _right(right)
    form = AskForm(request.POST if request.method == "POST" else None, right=asked_for)
    person = _person(request)
    if request.method == "POST" and form.is_valid():
        asked = actions.ask(by=person, right=asked_for, text=form.cleaned_data.get("text", ""))
        messages.success(request, "Your request is there. A mail with its reference is on its way to you.")
        return redirect("accounts:own_request", asked.pk)
    context = {
        "form": form,
        "right": asked_for.value,
        "heading": HEADINGS[asked_for],
        "about": ABOUT[asked_for],
        "answers": directory.name(queries.place_for(queries.subject_of(person.email))),
        "by": in_words(after_months(today(), 1)),
        "warning": asked_for == Right.ERASE,
    }
    return render(request, "accounts/rights/ask.html", context)


@signed_in
@require_GET
def own_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own request: how far it is, and the copy."""
    asked = access.get_own_request(actor(request), pk)
    bundle = queries.bundle_of(asked)
    saves = access.saves_it_themselves(asked)
    context = {
        "asked": asked,
        "facts": presenters.request_facts(asked, own=True),
        "bundle": bundle if saves else None,
        "copy_state": presenters.copy_state(bundle) if asked.right == Right.COPY else "",
    }
    return render(request, "accounts/rights/own_request.html", context)


@signed_in
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's own request back."""
    asked = access.get_own_request(actor(request), pk)
    if actions.withdraw(by=actor(request), asked=asked):
        messages.success(request, "You have taken your request back.")
    return redirect("accounts:own_request", pk)


@signed_in
@require_POST
def save_copy(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Save a copy: written down, so that it is known who had it."""
    bundle = access.get_copy(actor(request), pk)
    try:
        file = files.stored(bundle.file).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    actions.note_saved(by=actor(request), bundle=bundle)
    what = "school" if isinstance(bundle.thing, Leaving) else "copy"
    name = f"isthmus-{what}-{bundle.made_at:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
