"""Every address that takes a POST is raced by twenty browsers, or says why it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import public
from tests.harness import races_networks, races_rights, races_surveys
from tests.harness.races import RACES, UNTRIED


def takes_posts(view: Callable[..., Any]) -> bool:
    """Whether no `require_GET` or its like stands around or within a view."""
    step: Any = view
    while step is not None:
        cells = dict(zip(step.__code__.co_freevars, step.__closure__ or (), strict=True))
        if "request_method_list" in cells:
            return "POST" in cells["request_method_list"].cell_contents
        step = getattr(step, "__wrapped__", None)
    return True


def writing(resolver: URLResolver | None = None, space: str = "") -> set[str]:
    """The addresses that take a POST."""
    found: set[str] = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            found |= writing(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and takes_posts(entry.callback):
            found.add(f"{space}{entry.name}")
    return found


def test_every_address_that_writes_is_raced() -> None:
    assert races_rights.CAME, "importing it adds its races"
    assert races_networks.ADDED, "importing it adds its races"
    assert races_surveys.ADDED, "importing it adds its races"
    found, raced = writing(), RACES.keys() | UNTRIED.keys()
    assert {"networks:plan_new", "accounts:invite", "account_login", "core:job_cancel"} <= found
    assert not {"home", "networks:plans"} & found
    assert sorted(found - raced) == [], "give each a race in tests/harness/races.py"
    assert sorted(raced - found) == [], "these take no POST any more"
    assert not RACES.keys() & UNTRIED.keys()


def test_what_is_not_raced_says_why() -> None:
    assert [name for name, reason in UNTRIED.items() if len(reason.split()) < 5] == []


def test_a_view_that_takes_posts_is_told_from_one_that_does_not() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert takes_posts(public(view))
    assert takes_posts(require_http_methods(["GET", "POST"])(view))
    assert not takes_posts(public(require_GET(view)))
