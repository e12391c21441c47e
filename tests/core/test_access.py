"""What the three declarations on a view mean, and that one without any is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, set_script_prefix

from isthmus.apps.core.access import declared, public, requires, signed_in
from isthmus.apps.core.checks import patterns, undeclared_views
from isthmus.apps.core.permissions import Permission
from tests.conftest import People


def _plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen", content_type="text/plain")


@pytest.fixture
def planted(settings: object) -> Iterator[None]:
    """The product's own addresses and four more."""
    urls = ModuleType("planted")
    urls.urlpatterns = [  # type: ignore[attr-defined]  # a module made by hand
        path("planted/public/", public(_plain)),
        path("planted/signed-in/", signed_in(_plain)),
        path("planted/import/", requires(Permission.REGISTER_IMPORT)(_plain)),
        path("planted/deep/", include([path("undeclared/", _undeclared)])),
        path("", include("isthmus.site.urls")),
    ]
    settings.ROOT_URLCONF = urls  # type: ignore[attr-defined]  # pytest-django's fixture
    yield
    set_script_prefix("/")


def _undeclared(request: HttpRequest) -> HttpResponse:
    raise AssertionError("a view that declares nothing was run")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "statuses"),
    [
        ("public", {"anonymous": 200, "head": 200, "officer": 200, "administrator": 200}),
        ("signed-in", {"anonymous": 302, "head": 200, "officer": 200, "administrator": 200}),
        ("import", {"anonymous": 302, "head": 403, "officer": 403, "administrator": 200}),
    ],
)
def test_who_may_open_what(
    planted: None, people: People, client_for: Callable[..., Client], address: str, statuses: dict[str, int]
) -> None:
    for who, status in statuses.items():
        response = client_for(people.by_name()[who]).get(f"/planted/{address}/")
        assert response.status_code == status, who
        if status == 302:
            assert response.url == f"/sign-in/?next=/planted/{address}/"
        if status == 200 and address != "public":
            assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_an_undeclared_view_is_never_run(planted: None, client: Client) -> None:
    with pytest.raises(ImproperlyConfigured, match="declares no permission"):
        client.get("/planted/deep/undeclared/")


def test_an_undeclared_view_stops_the_checks(planted: None) -> None:
    assert [error.msg for error in undeclared_views(None)] == [
        "The view at /planted/deep/undeclared/ declares no permission"
    ]


def test_every_address_of_the_product_declares_who_may_open_it() -> None:
    found = dict(patterns())
    assert len(found) > 10, "the walk over the addresses finds them"
    assert [route for route, pattern in found.items() if declared(pattern.callback) is None] == []


def test_every_permission_has_words_and_somebody_who_holds_it() -> None:
    from isthmus.apps.accounts.roles import DESCRIPTIONS

    held = {p for text in DESCRIPTIONS.values() for p in text.permissions}
    assert held == set(Permission)
    assert all(permission.words for permission in Permission)
