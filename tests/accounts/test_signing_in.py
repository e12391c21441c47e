"""Signing in as an invented person, and out again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.signing.models import SignInSession
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db


def sign_in(client: Client, person: Person | str, **more: str) -> object:
    value = person if isinstance(person, str) else str(person.pk)
    return client.post("/sign-in/demonstration/", {"person": value, **more})


def test_one_click_signs_in_and_goes_where_one_wanted_to(client: Client, people: People) -> None:
    assert client.get("/tasks/").url == "/sign-in/?next=/tasks/"
    page = client.get("/sign-in/?next=/tasks/").content.decode()
    assert people.officer.name in page
    assert 'name="next" value="/tasks/"' in page
    assert sign_in(client, people.officer, next="/tasks/").url == "/tasks/"
    assert client.get("/tasks/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https://testserver@evil.example/",
        " https://evil.example",
        "",
    ],
)
def test_next_never_leads_to_another_site(client: Client, people: People, elsewhere: str) -> None:
    assert sign_in(client, people.officer, next=elsewhere).url == "/"


def test_the_session_changes_when_somebody_signs_in(client: Client, people: People) -> None:
    sign_in(client, people.head)
    first = client.cookies["isthmus_session"].value
    sign_in(client, people.officer)
    assert client.cookies["isthmus_session"].value != first
    assert not SignInSession.objects.filter(session_key=first).exists()
    assert client.cookies["isthmus_session"]["httponly"]


def test_signing_out_ends_the_session_and_a_second_click_does_no_harm(
    people: People, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.officer)
    key = client.cookies["isthmus_session"].value
    assert client.post("/sign-out/").url == "/"
    assert not SignInSession.objects.filter(session_key=key).exists()
    assert client.get("/tasks/").status_code == 302
    assert client.post("/sign-out/").status_code == 302


@pytest.mark.parametrize("value", ["", "0", "-1", "x", "1 OR 1=1", "٣", "9" * 30])
def test_an_unknown_person_is_not_found(client: Client, people: People, value: str) -> None:
    assert sign_in(client, value).status_code == 404


def test_only_invented_people_who_are_active_can_be_chosen(client: Client) -> None:
    real = factories.person(is_demonstration=False)
    left = factories.person(is_active=False)
    page = client.get("/sign-in/").content.decode()
    for person in (real, left):
        assert person.name not in page
        assert sign_in(client, person).status_code == 404


def test_outside_a_demonstration_nobody_is_invented(client: Client, people: People, settings: object) -> None:
    client.get("/")  # the addresses are read once a process, here those of a demonstration
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]  # pytest-django's fixture
    assert people.officer.name not in client.get("/sign-in/").content.decode()
    assert sign_in(client, people.officer).status_code == 404


def test_a_post_without_a_token_is_refused_in_words(people: People) -> None:
    from tests.invariants import InvariantClient

    client = InvariantClient(enforce_csrf_checks=True)
    response = client.post("/sign-in/demonstration/", {"person": str(people.officer.pk)})
    assert response.status_code == 403
    assert "isthmus_session" not in client.cookies


def test_the_page_costs_the_same_for_one_person_and_for_three(
    client: Client, list_query_count: Callable[..., int]
) -> None:
    list_query_count(factories.person, lambda: client.get("/sign-in/"))
