"""Pages of schools that leave: what they take along, and the removal of the rest."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.rights import access, actions, presenters, queries
from isthmus.apps.accounts.rights.actions.removing import why_not_yet
from isthmus.apps.accounts.rights.forms import LeaveForm, ReasonForm
from isthmus.apps.accounts.rights.models import WAITING_DAYS
from isthmus.apps.core import directory, leaving
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.permissions import Permission

PAGE = ["GET", "HEAD", "POST"]
SORTS = {"said": Sort("Said", ("-asked_at",))}


@requires(Permission.SCHOOL_LEAVE)
@require_GET
def leavings(request: HttpRequest) -> HttpResponse:
    """Schools that leave or left."""
    page = listing(request, access.leavings_for(actor(request)), sorts=SORTS)
    context = {"list": page, "table": presenters.leavings_table(page), "days": WAITING_DAYS}
    return render(request, "accounts/rights/leavings.html", context)


@requires(Permission.SCHOOL_LEAVE)
@require_http_methods(PAGE)
def begin(request: HttpRequest) -> HttpResponse:
    """Say that a school leaves."""
    names = directory.names(access.may_leave(actor(request)))
    places = sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    form = LeaveForm(request.POST if request.method == "POST" else None, places=places)
    if request.method == "POST" and form.is_valid():
        scope = next(scope for scope in names if str(scope) == form.cleaned_data["place"])
        leaves = actions.begin_leaving(by=actor(request), scope=scope, reason=form.cleaned_data["reason"])
        messages.success(request, f"{names[scope]} may stay after all until {in_words(leaves.purge_from)}.")
        return redirect("accounts:leaving", leaves.pk)
    context = {
        "form": form,
        "heading": "A school leaves",
        "said": [
            f"It takes along a copy of all that is kept of it. {WAITING_DAYS} days from today the rest may be removed "
            "here, with a certificate. Until then nothing is removed, and it may stay after all."
        ],
        "action": request.path,
        "button": "Continue",
        "back": reverse("accounts:leavings"),
        "back_label": "Schools that leave",
    }
    return render(request, "accounts/rights/form.html", context)


@requires(Permission.SCHOOL_LEAVE)
@require_GET
def leaving_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One school that leaves: the copy, the removal, the certificate."""
    leaves = access.get_leaving(actor(request), pk)
    bundle = queries.bundle_of(leaves)
    context = {
        "leaves": leaves,
        "name": directory.name(leaves.scope),
        "facts": presenters.leaving_facts(leaves, bundle),
        "bundle": bundle,
        "certificate": presenters.certificate(leaves) if leaves.certificate else None,
    }
    return render(request, "accounts/rights/leaving.html", context)


@requires(Permission.SCHOOL_LEAVE)
@require_POST
def make_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the copy made that the school takes along."""
    leaves = access.get_leaving(actor(request), pk)
    if not leaves.is_waiting:
        raise Http404
    actions.make_copy(by=actor(request), thing=leaves)
    messages.success(request, "The copy is being made. This page says when it is ready.")
    return redirect("accounts:leaving", pk)


@requires(Permission.SCHOOL_LEAVE)
@require_http_methods(PAGE)
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The school stays after all."""
    leaves = access.get_leaving(actor(request), pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, label="Why does it stay?", most=500)
    if request.method == "POST" and form.is_valid():
        if actions.stop_leaving(by=actor(request), leaves=leaves, why=form.cleaned_data["reason"]):
            messages.success(request, "The school stays. Nothing was removed.")
        return redirect("accounts:leaving", pk)
    if request.method != "POST" and not leaves.is_waiting:
        raise Http404
    context = {
        "form": form,
        "heading": "The school stays after all",
        "action": request.path,
        "button": "It stays",
        "back": reverse("accounts:leaving", args=[pk]),
        "back_label": "Back",
    }
    return render(request, "accounts/rights/form.html", context)


@requires(Permission.SCHOOL_LEAVE)
@require_http_methods(PAGE)
def purge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check what is removed, then remove it."""
    leaves = access.get_leaving(actor(request), pk)
    if request.method != "POST" and not leaves.is_waiting:
        raise Http404
    reasons = why_not_yet(leaves) if leaves.is_waiting else []
    if request.method == "POST":
        try:
            if actions.purge(by=actor(request), leaves=leaves) is not None:
                messages.success(request, "What was kept of the school was removed.")
            # Who led the school has no role there any more, so the page may be closed to them.
            mine = access.may_take(Person.objects.get(pk=actor(request).pk), leaves.scope)
            return redirect("accounts:leaving", pk) if mine else redirect("home")
        except actions.CannotPurge:
            reasons = why_not_yet(leaves)
        except OSError:
            reasons = ["The journal of erasures cannot be written. Ask whoever runs Isthmus"]
    context = {
        "leaves": leaves,
        "name": directory.name(leaves.scope),
        "reasons": reasons,
        "kept": [data.title for data in leaving.kept()],
    }
    return render(request, "accounts/rights/purge.html", context)
