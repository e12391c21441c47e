"""allauth's views with our declarations, our templates, and built when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.signing import state
from isthmus.apps.core.access import actor, public, signed_in

View = Callable[..., HttpResponseBase]
ONCE_SECONDS = 60 * 60


def step(view: str, *, twice: str = "", **given: Any) -> View:
    """A step of coming in, open to anyone: allauth's class or function at this dotted name, with these attributes.

    `twice`: the address to which a second click on the same form leads, where doing it twice would be two changes.
    """
    built = later(view, given)

    def once(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
        if twice and request.method == "POST" and not _first(request):
            return redirect(twice)
        return built(request, **kwargs)

    once.__name__, once.__doc__ = built.__name__, built.__doc__
    return public(once)


def own(view: str, *, opens: str = "", fresh: bool = True, alone: bool = True, **given: Any) -> View:
    """A page about a person's own ways in. `fresh`: they must have shown lately who they are, to change one.

    `opens`: 'adding' or 'again', where the page is how the second factor that a role asks for is added or shown.
    `alone`: no two changes of one person happen at once; not for what asks another site meanwhile.
    """
    guarded = signed_in(own_ways(later(view, given), fresh=fresh, alone=alone))
    guarded.opens = opens  # type: ignore[attr-defined]  # functions take attributes; the type has none
    return guarded


def own_ways(view: View, *, fresh: bool, alone: bool = True) -> View:
    """Not for invented people, whom many visitors share; and, where `fresh`, only soon after signing in."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
        if state.is_invented(request.user):
            return render(request, "accounts/signing/invented.html")
        if fresh and not state.is_fresh(request):
            return redirect(_again(request))
        if alone and fresh and request.method == "POST":
            return _alone(view, request, **kwargs)
        return view(request, **kwargs)

    return wrapped


@transaction.atomic
def _alone(view: View, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """Change a way in while no other request does for the same person, and one form once.

    allauth checks first and writes then, so of twenty requests at once each would find nothing done yet.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=actor(request).pk)
    still_in = request.session.exists(request.session.session_key or "")
    if not still_in or not _first(request):
        return redirect("mfa_index")
    request.user = person  # as it is now that the others are through
    return view(request, **kwargs)


def _first(request: HttpRequest) -> bool:
    """Whether this form is sent for the first time: each drawing of a page masks the CSRF token anew."""
    form = request.POST.get("csrfmiddlewaretoken")
    if not form:
        return True
    browser = request.session.session_key or request.META.get("CSRF_COOKIE", "")
    return cache.add(f"form sent:{request.path}:{browser}:{form}", True, ONCE_SECONDS)


def _again(request: HttpRequest) -> str:
    """Where this person can show again who they are."""
    from allauth.account.adapter import get_adapter

    methods = get_adapter().get_reauthentication_methods(request.user)
    url = methods[0]["url"] if methods else "/account/again/"
    return f"{url}?{urlencode({'next': request.path})}"


def later(dotted: str, given: dict[str, Any]) -> View:
    """The view at a dotted name, built when it is first asked for, with these attributes."""
    built: list[View] = []

    def view(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
        # Passkeys, keys and requests to other sites take long to load, and most processes never need them.
        if not built:
            target: Any = import_string(dotted)
            built.append(target if isfunction(target) else target.as_view(**given))
        return built[0](request, **kwargs)

    view.__name__ = dotted.rpartition(".")[2]
    view.__doc__ = f"{dotted}, drawn in our pages."
    return view
