"""Sign in, sign out, and what each role may do."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from isthmus.apps.accounts.presenters import people_to_be, roles_in_words
from isthmus.apps.accounts.queries import demonstration_people
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
    people = people_to_be() if settings.DEMONSTRATION else []
    return render(request, "accounts/sign_in.html", {"people": people, "next": request.GET.get("next", "")})


@public
@require_POST
def sign_in_demonstration(request: HttpRequest) -> HttpResponse:
    """Become an invented person. The address does not exist outside a demonstration, and this checks again."""
    if not settings.DEMONSTRATION:
        raise Http404
    person = get_object_or_404(demonstration_people(), pk=row_number(request.POST.get("person")) or 0)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(_next(request, request.POST.get("next")))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; a second click does no harm."""
    logout(request)
    return redirect("home")


@public
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """What each role sees and may do."""
    return render(request, "accounts/roles.html", {"roles": roles_in_words()})
