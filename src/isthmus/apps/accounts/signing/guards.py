"""allauth's views with our declarations, our templates, and built when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from isthmus.apps.accounts.signing import state
from isthmus.apps.core.access import public, signed_in

View = Callable[..., HttpResponseBase]


def step(view: str, **given: Any) -> View:
    """A step of coming in, open to anyone: allauth's class or function at this dotted name, with these attributes."""
    return public(_later(view, given))


def own(view: str, *, opens: str = "", fresh: bool = True, **given: Any) -> View:
    """A page about a person's own ways in. `fresh`: they must have shown lately who they are, to change one.

    `opens`: 'adding' or 'again', where the page is how the second factor that a role asks for is added or shown.
    """
    guarded = signed_in(own_ways(_later(view, given), fresh=fresh))
    guarded.opens = opens  # type: ignore[attr-defined]  # functions take attributes; the type has none
    return guarded


def own_ways(view: View, *, fresh: bool) -> View:
    """Not for invented people, whom many visitors share; and, where `fresh`, only soon after signing in."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
        if state.is_invented(request.user):
            return render(request, "accounts/signing/invented.html")
        if fresh and not state.is_fresh(request):
            return redirect(_again(request))
        return view(request, **kwargs)

    return wrapped


def _again(request: HttpRequest) -> str:
    """Where this person can show again who they are."""
    from allauth.account.adapter import get_adapter

    methods = get_adapter().get_reauthentication_methods(request.user)
    url = methods[0]["url"] if methods else "/account/again/"
    return f"{url}?{urlencode({'next': request.path})}"


def _later(dotted: str, given: dict[str, Any]) -> View:
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
