"""Who may open a view. Every view carries exactly one of `public`, `signed_in` and `requires(...)`.

A person without the permission anywhere sees 403. An object of somebody else's is 404, as if it did not
exist: the functions in each app's `access` fetch and check in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from isthmus.apps.core.held import RoleHeld
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PUBLIC, SIGNED_IN = "public", "signed in"


class Actor(Protocol):
    """What the rest of the system may ask of whoever is acting."""

    pk: Any

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""

    def may(self, permission: Permission, scope: Scope | None = None) -> bool:
        """Whether the person holds `permission` on `scope` (anywhere, where none is given)."""

    def scopes(self, permission: Permission) -> list[Scope]:
        """The scopes on which the person holds `permission`."""

    def roles_on(self, day: date) -> Sequence[RoleHeld]:
        """The roles that the person holds on `day`; of a past day, those held then."""


def declared(view: Callable[..., Any]) -> str | Permission | None:
    """What `view` declares, or None."""
    return getattr(view, "access", None)


def public(view: View[P]) -> View[P]:
    """Anyone may open the view, signed in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]  # functions take attributes; the type has none
    return view


def signed_in(view: View[P]) -> View[P]:
    """Any signed-in person may open the view."""
    return _guard(view, SIGNED_IN, lambda _request: True)


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Only a person who holds `permission` somewhere may open the view."""
    return lambda view: _guard(view, permission, lambda request: actor(request).may(permission))


def _guard(view: View[P], access: str, allowed: Callable[[HttpRequest], bool]) -> View[P]:
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not allowed(request):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponse):
            # What a signed-in person sees stays out of every cache, the browser's back button included.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    wrapped.access = access  # type: ignore[attr-defined]  # as above
    return wrapped


def actor(request: HttpRequest) -> Actor:
    """The signed-in person behind a guarded request."""
    return cast(Actor, request.user)
