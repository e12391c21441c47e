"""Sign in, sign out, and what each role may do."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from isthmus.apps.accounts.presenters import people_to_be, roles_in_words
from isthmus.apps.accounts.queries import demonstration_people
from isthmus.apps.accounts.signing.presenters import provider_buttons
from isthmus.apps.core.access import public
from isthmus.apps.core.numbers import row_number


def _next(request: HttpRequest, given: str | None) -> str:
    """Where to go after signing in: only ever a page of this installation."""
    if given and url_has_allowed_host_and_scheme(
        given, {request.get_host()}, require_https=request.is_secure()
    ):
        return given
    return "home"


@public
@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways in."""
    if "_auth_user_id" in request.session and not request.user.is_authenticated:
        return redirect("mfa_index")  # signed in but for the second factor, which is given there
    leads_to = request.GET.get("next", "")
    context = {
        "people": people_to_be() if settings.DEMONSTRATION else [],
        "next": leads_to,
        "next_query": f"?{urlencode({'next': leads_to})}" if leads_to else "",
        "passkey_url": reverse("mfa_login_webauthn"),
        "providers": provider_buttons(),
    }
    return render(request, "accounts/sign_in.html", context)


@public
@require_POST
def sign_in_demonstration(request: HttpRequest) -> HttpResponse:
    """Become an invented person. The address does not exist outside a demonstration, and this checks again."""
    if not settings.DEMONSTRATION:
        raise Http404
    person = get_object_or_404(demonstration_people(), pk=row_number(request.POST.get("person")) or 0)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_next(request, request.POST.get("next")))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; a second click does no harm."""
    logout(request)
    return redirect(_next(request, request.POST.get("next")))


sign_out.opens = "again"  # type: ignore[attr-defined]  # functions take attributes; the type has none


@public
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """What each role sees and may do."""
    return render(request, "accounts/roles.html", {"roles": roles_in_words()})
