"""Nothing that belongs to a person opens before the second factor that their role asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from isthmus.apps.accounts.signing import state
from isthmus.apps.core.access import PUBLIC, declared
from isthmus.apps.core.dates import today

Handler = Callable[[HttpRequest], HttpResponse]


class SecondFactor:
    """Until the second factor is shown a session is nobody's, except on the pages where it is added or shown."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_args: Any
    ) -> HttpResponse | None:
        """Send to where the second factor is given, or take the person off the request."""
        if not request.user.is_authenticated:
            return None
        _seen(request)
        if not state.second_factor_missing(request):
            return None
        request.second_step_due = True  # type: ignore[attr-defined]  # pages then offer nothing that would not open
        has_one = state.has_second_factor(request.user)
        if getattr(view, "opens", "") in (("again",) if has_one else ("again", "adding")):
            return None
        if declared(view) == PUBLIC:
            request.user = AnonymousUser()
            return None
        return redirect(f"/account/confirm/?next={request.path}" if has_one else "mfa_index")


def _seen(request: HttpRequest) -> None:
    """Note the day, once a day."""
    day = today().isoformat()
    if request.session.get("last_seen") != day:
        request.session["last_seen"] = day
