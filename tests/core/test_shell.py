"""The shell: help on each page, cookies as they are set, what the statement says, pages of errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import help as helping
from isthmus.apps.core.cookies import cookies
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.accounts import signing as steps
from tests.conftest import People
from tests.meta import sweep

pytestmark = pytest.mark.django_db
ON_A_WALL = {"surveys:projector", "surveys:present"}
"""Read from afar, without anything to press; the pages that lead there explain them."""
ClientFor = Callable[[Person | None], Client]


@pytest.mark.sweep
def test_every_page_says_what_it_is_and_sets_only_known_cookies(people: People) -> None:
    world = sweep.build(people)
    clients = {who: Client() for who in people.by_name()}
    for who, person in people.by_name().items():
        if person:
            clients[who].force_login(person)
    unexplained, wrong, seen = set(), set(), set()
    # One visit for each answer that an address has; the sweep itself makes them all.
    visits = {(visit.address.name, sweep.expected(world, visit)): visit for visit in sweep.visits(world)}
    for visit in visits.values():
        response = clients[visit.who].get(visit.url)
        seen |= set(response.cookies)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code != 200 or not html:
            continue
        text, entry = response.content.decode(), helping.entry_for(visit.address.name)
        if entry is None:
            unexplained.add(visit.address.name)
        elif "What is this page?" not in text or entry.title.replace("'", "&#x27;") not in text:
            wrong.add(visit.address.name)
    assert unexplained == set(), "explain these pages in the app's helped.py"
    assert wrong == ON_A_WALL
    assert seen <= {cookie.name for cookie in cookies()}
    known = {address.name for address in sweep.addresses()}
    assert {name for entry in helping.entries() for name in entry.pages} <= known, "these pages do not exist"


def test_signing_in_sets_only_known_cookies(client: Client, people: People) -> None:
    person = steps.real(
        Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk), password=steps.PASSWORD
    )
    secret = steps.give_app(person)
    client.get("/sign-in/")
    steps.by_password(client, person)
    client.get("/sign-in/second-step/")
    client.post("/sign-in/second-step/", {"code": steps.totp(secret)})
    assert steps.is_in(client)
    client.post("/sign-in/demonstration/", {"person": people.head.pk})
    assert set(client.cookies) == {cookie.name for cookie in cookies()}, "all that are named, and no other"
    page = client.get("/cookies/").content.decode()
    for name, morsel in client.cookies.items():
        assert name in page
        days, hours = divmod(int(morsel["max-age"] or 0) // 3600, 24)
        said = f"{days} days" if days and not hours else f"{hours} hours"
        assert said in page, f"{name} lasts {said}"


def test_a_page_is_explained_once() -> None:
    with pytest.raises(ValueError, match="explained by 'home' and 'other'"):
        helping.explain("other", "Other", "Nothing.", pages=["home"])
    assert "other" not in {entry.slug for entry in helping.entries()}


def test_help_names_everything_once_and_leads_from_each_page(client: Client) -> None:
    page = client.get("/help/").content.decode()
    slugs = [entry.slug for entry in helping.entries()]
    assert len(slugs) == len(set(slugs))
    assert all(f'href="#{slug}"' in page and f'id="{slug}"' in page for slug in slugs)
    assert 'href="/help/"' in client.get("/sign-in/").content.decode()


def test_an_error_page_leads_on(client_for: ClientFor, people: People) -> None:
    for person in (None, people.head):
        page = client_for(person).get("/nowhere/").content.decode()
        assert 'action="/search/"' in page
        assert "Page not found" in page
    refused = client_for(people.head).get("/register-files/")
    assert refused.status_code == 403
    assert "Your role does not let you open this page" in refused.content.decode()


def test_the_statement_says_what_needs_scripts(client: Client) -> None:
    text = re.sub(r"\s+", " ", client.get("/accessibility/").content.decode())
    for said in ("passkey", "list or a table", "Web Content Accessibility Guidelines 2.2", "320"):
        assert said in text


def test_nothing_is_told_to_other_sites(client: Client, settings: Any) -> None:
    assert "another server" not in client.get("/cookies/").content.decode()
    settings.TILES = "https://tiles.example/{z}/{x}/{y}.png"
    assert "another server" in client.get("/cookies/").content.decode()


@pytest.mark.django_db
def test_the_bar_marks_what_a_page_of_an_area_is_about(client_for: Any, people: People) -> None:
    area = f"/areas/{people.area.pk}/"
    for path, word in ((area, "Areas"), (f"{area}networks/", "Networks"), (f"{area}needs/", "Needs")):
        page = client_for(people.officer).get(path)
        assert [item["label"] for item in page.context["navigation"] if item["within"]] == [word]
