"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from isthmus.apps.core.access import declared
from isthmus.apps.core.help import entry_for
from isthmus.apps.core.permissions import Permission

# Name of the page, and the word in the bar, in the order of a person's work.
NAVIGATION = (
    ("register:schools", "Schools"),
    ("register:areas", "Areas"),
    ("needs:home", "Needs"),
    ("surveys:home", "Questionnaires"),
    ("networks:home", "Networks"),
    ("networks:plans", "Plans"),
    ("accounts:people", "People"),
    ("core:sharings", "Sharing"),
    ("register:imports", "Register files"),
    ("core:jobs", "Tasks"),
    ("core:records", "Record"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Navigation for whoever is looking, and whether this is a demonstration."""
    return {
        "navigation": _navigation(request),
        "demonstration": settings.DEMONSTRATION,
        "mail_stays_here": settings.DEMONSTRATION and settings.MAIL_TRANSPORT == "file",
        "attribution": settings.ATTRIBUTION,
        "page_help": entry_for(request.resolver_match.view_name) if request.resolver_match else None,
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or getattr(request, "second_step_due", False):
        return []
    current = request.resolver_match.view_name if request.resolver_match else ""
    home = _home_of_area_page(request)
    items = []
    for name, label in NAVIGATION:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        permission = _permission_of(name)
        if permission is None or person.may(permission):
            items.append(
                {
                    "label": label,
                    "url": url,
                    "current": current == name,
                    "within": name == home if home else request.path.startswith(url),
                }
            )
    return items


def _home_of_area_page(request: HttpRequest) -> str:
    """What the bar marks on the pages of an area that are of networks or of needs; empty on all others."""
    match = request.resolver_match
    below = match is not None and request.path.startswith(reverse("register:areas"))
    return f"{match.app_name}:home" if below and match and match.app_name in ("networks", "needs") else ""


_DECLARED: dict[str, Permission | None] = {}


def _permission_of(name: str) -> Permission | None:
    """The permission that the view called `name` declares, if it asks for one."""
    if not _DECLARED:
        from django.urls import resolve

        for wanted, _label in NAVIGATION:
            try:
                access = declared(resolve(reverse(wanted)).func)
            except NoReverseMatch:
                continue
            _DECLARED[wanted] = access if isinstance(access, Permission) else None
    return _DECLARED.get(name)
