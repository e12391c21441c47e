"""Lists of people and of invitations: found, filtered, sorted, and saved as a file."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.people import access, presenters, queries
from isthmus.apps.accounts.people.models import Invitation, InvitationState
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import Row, as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing, ordered
from isthmus.apps.core.permissions import Permission

SORTS = {
    "name": Sort("Name", ("person__name",)),
    "role": Sort("Role", ("role", "person__name")),
    "from": Sort("From", ("starts", "person__name")),
    "until": Sort("Until", ("ends", "person__name"), may_be_unknown=True),
}
INVITATION_SORTS = {
    "sent": Sort("Sent", ("-made_at",)),
    "name": Sort("Name", ("name",)),
    "role": Sort("Role", ("role", "name")),
}
WHEN = {"": "Now", "coming": "To come", "over": "Over", "all": "All"}


def _asked_of_people(request: HttpRequest) -> tuple[str, str, str]:
    text, role, when = (request.GET.get(key, "").strip() for key in ("q", "role", "when"))
    return text, role, when


def _people(request: HttpRequest) -> QuerySet[RoleHolding]:
    text, role, which = _asked_of_people(request)
    rows = queries.when(access.holdings_for(actor(request)), which)
    if text:
        rows = rows.filter(Q(person__name__icontains=text) | Q(person__email__icontains=text))
    return rows.filter(role=role) if role in Role.values else rows


def _asked_of_invitations(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("q", "").strip(), request.GET.get("state", "")


def _invitations(request: HttpRequest) -> QuerySet[Invitation]:
    text, state = _asked_of_invitations(request)
    rows = access.invitations_for(actor(request))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return rows.filter(state=state) if state in InvitationState.values else rows


@requires(Permission.PEOPLE_MANAGE)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role, wherever the person manages people."""
    text, role, which = _asked_of_people(request)
    page = listing(request, _people(request), sorts=SORTS)
    context = {
        "list": page,
        "table": presenters.holdings_table(page),
        "q": text,
        "role": role,
        "roles": Role.choices,
        "when": which,
        "whens": WHEN.items(),
    }
    return render(request, "accounts/people/people.html", context)


@requires(Permission.PEOPLE_MANAGE)
@require_GET
def invitations(request: HttpRequest) -> HttpResponse:
    """Invitations wherever the person manages people."""
    text, state = _asked_of_invitations(request)
    page = listing(request, _invitations(request), sorts=INVITATION_SORTS)
    context = {
        "list": page,
        "table": presenters.invitations_table(page),
        "q": text,
        "state": state,
        "states": InvitationState.choices,
    }
    return render(request, "accounts/people/invitations.html", context)


@requires(Permission.PEOPLE_MANAGE)
@require_GET
def people_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The list of people that was asked for, as a file."""
    rows = ordered(request, _people(request), sorts=SORTS)
    return _file("people", presenters.PEOPLE_HEADER, presenters.people_rows(rows), ending)


@requires(Permission.PEOPLE_MANAGE)
@require_GET
def invitations_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The list of invitations that was asked for, as a file."""
    rows = ordered(request, _invitations(request), sorts=INVITATION_SORTS)
    return _file("invitations", presenters.INVITATIONS_HEADER, presenters.invitation_rows(rows), ending)


def _file(name: str, header: tuple[str, ...], rows: list[Row], ending: str) -> HttpResponse:
    if ending == "csv":
        return as_csv(name, header, rows)
    return as_xlsx(name, [(name.capitalize(), header, rows)])
