"""Pages of signing in that are our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.queries import open_sessions, usable_link
from isthmus.apps.accounts.signing import state
from isthmus.apps.accounts.signing.guards import later, own, own_ways, step
from isthmus.apps.accounts.signing.presenters import devices_table, ways_in
from isthmus.apps.core.access import actor, public, signed_in


def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A code is tried a few times only, also by requests that race each other; the count is the database's."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
        from allauth.core import ratelimit

        key = request.session.session_key or ""
        if request.method == "POST" and not ratelimit.consume(request, action="enter_code", key=key):
            return too_many(request)
        return view(request, **kwargs)

    return wrapped


@public
def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too many tries: when to come back. Also the page of every other limit (`handler429`)."""
    return render(request, "accounts/signing/too_many.html", status=429)


def let_in(request: HttpRequest, person: Person, *, leads_to: str | None = None) -> HttpResponseBase:
    """Sign in somebody whom a link of ours vouches for; the second step, where they have one, comes first."""
    from allauth.account.internal.flows.login import perform_login, record_authentication
    from allauth.account.models import Login

    record_authentication(request, person, "link")
    return cast(HttpResponseBase, perform_login(request, Login(user=person, redirect_url=leads_to)))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """A one-time link: looking at it spends nothing, the button does."""
    found = usable_link(token)
    if found is None:
        return render(request, "accounts/signing/link_over.html", status=404)
    if request.method != "POST":
        return render(request, "accounts/signing/link.html", {"person": found.person})
    logout(request)
    if not actions.use_sign_in_link(by=None, link=found):
        return render(request, "accounts/signing/link_over.html", status=404)
    return let_in(request, found.person)


_passkey = step("allauth.mfa.webauthn.views.LoginWebAuthnView")


@public
@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponseBase:
    """First the challenge for the browser, then its answer."""
    if "credential" in request.POST:
        return _passkey(request)
    from allauth.mfa.webauthn.internal.auth import begin_authentication

    return JsonResponse({"request_options": begin_authentication(user=None)})


_provider = step("allauth.socialaccount.providers.openid_connect.views.login")


@public
@require_POST
def provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Go to a provider, to come in or to connect it."""
    if provider_id not in {p.id for p in settings.PROVIDERS}:
        raise Http404
    if "connect" in (request.GET.get("process"), request.POST.get("process")):
        return _connect(request, provider_id=provider_id)
    return _provider(request, provider_id=provider_id)


_connect = own("allauth.socialaccount.providers.openid_connect.views.login", alone=False)


@public
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Leave a sign-in that is half done and choose another way."""
    from allauth.account.internal.stagekit import clear_login

    clear_login(request)
    return redirect("accounts:sign_in")


@public
@require_GET
def password_is_new(request: HttpRequest) -> HttpResponse:
    """The password is a new one; now sign in with it."""
    return render(request, "accounts/signing/password_is_new.html")


@public
@require_GET
def not_open(request: HttpRequest) -> HttpResponse:
    """Whoever this is, they cannot come in this way."""
    return render(request, "accounts/signing/not_open.html")


def _ways(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    missing = state.second_factor_missing(request)
    return render(request, "accounts/signing/ways.html", {"ways": ways_in(person), "missing": missing})


@signed_in
@require_GET
def ways(request: HttpRequest) -> HttpResponseBase:
    """How the person signs in, and what their role asks for."""
    return own_ways(_ways, fresh=False)(request)


ways.opens = "adding"  # type: ignore[attr-defined]  # functions take attributes; the type has none


@signed_in
@require_GET
def to_ways(request: HttpRequest) -> HttpResponseBase:
    """Passkeys stand on the page of all ways in."""
    return ways(request)


_remove = later(
    "allauth.mfa.webauthn.views.RemoveWebAuthnView",
    {
        "template_name": "accounts/signing/form.html",
        "extra_context": {"heading": "Remove this passkey", "button": "Remove it", "kind": "warning"},
    },
)


@signed_in
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a passkey, unless it is the last second step of somebody whose role asks for one."""
    return own_ways(_remove_checked, fresh=True)(request, pk=pk)


def _remove_checked(request: HttpRequest, pk: int) -> HttpResponseBase:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    found = Authenticator.objects.filter(pk=pk, user_id=request.user.pk).first()
    if request.method == "POST" and found and not get_adapter().can_delete_authenticator(found):
        messages.error(request, get_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_index")
    return _remove(request, pk=pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Somebody with neither password nor second step shows who they are by signing in again."""
    leads_to = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(leads_to, None):
        leads_to = ""
    if request.method != "POST":
        return render(request, "accounts/signing/again.html", {"next": leads_to})
    logout(request)
    return redirect(f"/sign-in/?next={leads_to}")


@signed_in
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    sessions = list(open_sessions(cast(Person, request.user)))
    table, others = devices_table(sessions, request.session.session_key or "")
    return render(request, "accounts/signing/devices.html", {"table": table, "others": others})


@signed_in
@require_POST
def end_devices(request: HttpRequest) -> HttpResponse:
    """End one other session, or all others; ending what is over does no harm."""
    person = cast(Person, request.user)
    others = open_sessions(person).exclude(session_key=request.session.session_key)
    if "all" not in request.POST:
        wanted = request.POST.get("device", "")
        others = others.filter(session_key__in=[s.session_key for s in others if s.mark == wanted])
    ended = actions.end_sessions(by=actor(request), person=person, sessions=others)
    if ended:
        messages.success(request, "Signed out there." if ended == 1 else f"Signed out in {ended} places.")
    return redirect("sign_in_devices")
