"""Pages of people: inviting, answering an invitation, changing a term, ending a role, handing it over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import access, actions, presenters, queries
from isthmus.apps.accounts.people.forms import InviteForm, PlaceForm, SuccessorForm, TermForm
from isthmus.apps.accounts.people.models import Invitation, InvitationState
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.views import let_in
from isthmus.apps.core import directory
from isthmus.apps.core.access import actor, public, requires, signed_in
from isthmus.apps.core.audit import reason
from isthmus.apps.core.dates import today
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind

PAGE = ["GET", "HEAD", "POST"]


def _place(given: str | None) -> Scope | None:
    """'area:12' as a scope; None for anything else."""
    kind, _, number = (given or "").partition(":")
    pk = row_number(number)
    return Scope(ScopeKind(kind), pk) if kind in ScopeKind.values and pk is not None else None


@requires(Permission.PEOPLE_MANAGE)
@require_http_methods(PAGE)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: first where, then who and to what."""
    person = actor(request)
    given = request.POST.get("place") or request.GET.get("place")
    scope = _place(given)
    roles = access.roles_to_give(person, scope) if scope else []
    if scope is None or not roles:
        choice = PlaceForm(
            {"place": given} if given is not None else None, places=access.places_to_give(person)
        )
        return render(request, "accounts/people/place.html", {"form": choice})
    form = InviteForm(request.POST or None, roles=roles)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = actions.invite(
            by=person,
            email=data["email"],
            name=data["name"],
            role=Role(data["role"]),
            scope=scope,
            ends=form.term(),
            note=data["note"],
        )
        messages.success(request, f"The invitation to {asked.name} is on its way.")
        return redirect("accounts:invited", asked.pk)
    context = {"form": form, "place": str(scope), "place_name": directory.name(scope)}
    return render(request, "accounts/people/invite.html", context)


@requires(Permission.PEOPLE_MANAGE)
@require_GET
def invited(request: HttpRequest, pk: int) -> HttpResponse:
    """One invitation, for who may send it again or take it back."""
    asked = access.get_invitation(actor(request), pk)
    context = {
        "asked": asked,
        "facts": presenters.invitation_facts(asked),
        "open": asked.state == InvitationState.OPEN,
    }
    return render(request, "accounts/people/invited.html", context)


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link."""
    asked = access.get_invitation(actor(request), pk)
    seen = row_number(request.POST.get("round")) or 0
    if actions.send_again(by=actor(request), invitation=asked, seen_round=seen):
        messages.success(
            request, f"A new invitation to {asked.name} is on its way. The old link works no more."
        )
    return redirect("accounts:invited", pk)


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    asked = access.get_invitation(actor(request), pk)
    if actions.take_back(by=actor(request), invitation=asked, why=reason(request.POST)):
        messages.success(request, f"The invitation to {asked.name} was taken back.")
    return redirect("accounts:invited", pk)


def _asked(token: str) -> Invitation:
    asked = queries.by_token(token)
    if asked is None:
        raise Http404
    return asked


@public
@never_cache
@require_http_methods(PAGE)
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What an invitation's link opens: looking changes nothing, the one button accepts and signs in."""
    asked = _asked(token)
    here = get_user(request)  # also somebody whose second step is due, who is nobody to other pages
    other = isinstance(here, Person) and here.email != asked.email
    if request.method == "POST":
        if other or not actions.accept(by=None, invitation=asked):
            return redirect("accounts:invitation", token)
        return _come_in(request, Person.objects.get(email=asked.email)) or redirect(
            "accounts:invitation", token
        )
    context = {
        "asked": asked,
        "token": token,
        "facts": presenters.offer(asked),
        "may": presenters.may_then(asked),
        "place_name": directory.name(asked.scope),
        "open": asked.state == InvitationState.OPEN and not asked.has_expired,
        "other": here if other else None,
    }
    return render(request, "accounts/people/invitation.html", context)


def _come_in(request: HttpRequest, person: Person) -> HttpResponseBase | None:
    """Sign in who has just accepted: whoever holds the link reads mail to the address, as with a code by mail.

    The second step is asked for, or set up, as after any other way in. None for invented people, who have no ways
    in of their own.
    """
    if request.user.is_authenticated:
        messages.success(request, "You have accepted the invitation.")
        return redirect("home")
    if person.is_demonstration:
        return None
    logout(request)  # a sign-in of theirs that was half done
    messages.success(request, "You have accepted the invitation.")
    return let_in(request, person, leads_to=reverse("home"))


@public
@never_cache
@require_http_methods(PAGE)
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Say no: the page asks, the button does."""
    asked = _asked(token)
    if request.method == "POST":
        actions.decline(by=None, invitation=asked)
        return redirect("accounts:invitation", token)
    if asked.state != InvitationState.OPEN or asked.has_expired:
        return redirect("accounts:invitation", token)
    context = {"asked": asked, "token": token, "place_name": directory.name(asked.scope)}
    return render(request, "accounts/people/decline.html", context)


@signed_in
@require_GET
def own_roles(request: HttpRequest) -> HttpResponse:
    """The person's own roles, with what can be done about each."""
    held = RoleHolding.objects.filter(person_id=actor(request).pk).order_by("-starts", "pk")
    return render(request, "accounts/people/own_roles.html", {"table": presenters.own_table(held)})


@signed_in
@require_GET
def holding(request: HttpRequest, pk: int) -> HttpResponse:
    """One role as somebody holds it."""
    held = access.get_holding(actor(request), pk)
    context = {
        "held": held,
        "own": held.person_id == actor(request).pk,
        "facts": presenters.holding_facts(held),
        "over": presenters.state(held)[0] == "Over",
        "taken_over": queries.taken_over(held.person).filter(invitation__holding=held).first(),
        "may_change": access.may_change(actor(request), held),
        "hand_over": held.hand_overs.select_related("invitation").order_by("-made_at").first(),
        "story": presenters.happened(held),
    }
    return render(request, "accounts/people/holding.html", context)


def _held_still(request: HttpRequest, pk: int) -> RoleHolding:
    held = access.get_holding(actor(request), pk)
    if presenters.state(held)[0] == "Over":
        raise Http404
    return held


@signed_in
@require_http_methods(PAGE)
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role at once: the page asks, the button does."""
    held = access.get_holding(actor(request), pk)
    own = held.person_id == actor(request).pk
    if request.method == "POST":
        if actions.end_role(by=actor(request), holding=held, why=reason(request.POST)):
            messages.success(request, f"The role of {held.person.name} has ended.")
        return redirect("home" if own else "accounts:people")
    last = not held.person.holdings.not_over(today()).exclude(pk=held.pk).exists()
    context = {"held": held, "own": own, "last": last, "place_name": directory.name(held.scope)}
    return render(request, "accounts/people/end_role.html", context)


@requires(Permission.PEOPLE_MANAGE)
@require_http_methods(PAGE)
def change_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the term of a role that somebody else holds."""
    held = access.get_holding_to_change(actor(request), pk)
    form = TermForm(request.POST or None, holding=held)
    if request.method == "POST" and form.is_valid():
        starts, ends = form.term()
        changed = actions.change_term(
            by=actor(request),
            holding=held,
            starts=starts,
            ends=ends,
            why=form.cleaned_data["why"],
            seen=form.cleaned_data["seen"],
        )
        held.refresh_from_db()
        if changed or (held.starts, held.ends) == (starts, ends):
            messages.success(
                request, f"The role of {held.person.name} now lasts until {presenters.until(held)}."
            )
            return redirect("accounts:holding", pk)
        form.add_error(
            None, "Somebody else changed this term meanwhile. Look at it again before you change it"
        )
    context = {
        "form": form,
        "held": held,
        "place_name": directory.name(held.scope),
        "now": presenters.until(held),
    }
    return render(request, "accounts/people/change_term.html", context)


@signed_in
@require_http_methods(PAGE)
def name_successor(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who follows in a role."""
    held = _held_still(request, pk)
    form = SuccessorForm(request.POST or None, holding=held)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.name_successor(
                by=actor(request),
                holding=held,
                email=data["email"],
                name=data["name"],
                last_day=data["last_day"],
                note=data["note"],
            )
        except ValueError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"{made.invitation.name} is asked to take over.")
            return redirect("accounts:hand_over", made.pk)
    context = {"form": form, "held": held, "place_name": directory.name(held.scope)}
    return render(request, "accounts/people/name_successor.html", context)


@signed_in
@require_GET
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A hand-over: who, when, what was said, and what was open."""
    made = access.get_hand_over(actor(request), pk)
    context = {
        "made": made,
        "place_name": directory.name(made.holding.scope),
        "state": made.invitation.state_label,
        "colour": presenters.tag(made.invitation),
        "pack": presenters.pack(made),
    }
    return render(request, "accounts/people/hand_over.html", context)
