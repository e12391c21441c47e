"""Attacks on signing in, replayed: stuffing, guessing, reuse, going round the second factor. Threat 27."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.queries import link_token
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SharedCount
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.accounts import signing as steps

pytestmark = pytest.mark.django_db
Clients = Callable[[None], Client]
HERE = Scope(ScopeKind.AREA, 1)


@pytest.fixture
def officer() -> Person:
    return steps.real(Role.AUTHORITY_OFFICER, HERE, password=steps.PASSWORD)


def test_stuffing_one_person_is_stopped_from_many_computers(client_for: Clients, officer: Person) -> None:
    answers = []
    for number in range(12):
        client = client_for(None)
        client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        answers.append(
            "Too many tries" in steps.by_password(client, officer, f"guess {number}").content.decode()
        )
    assert answers == [False] * 5 + [True] * 7
    last = client_for(None)
    assert "Too many tries" in steps.by_password(last, officer).content.decode(), "the right one, too"
    assert steps.by_code(last, officer).status_code == 302, "the owner still comes in another way"


def test_stuffing_many_people_from_one_computer_is_stopped(client_for: Clients) -> None:
    client = client_for(None)
    answers = [
        client.post("/sign-in/password/", {"login": f"p{n}@example.org", "password": "guess"})
        for n in range(15)
    ]
    assert sum("Too many tries" in a.content.decode() for a in answers) >= 5


def test_a_pretended_origin_does_not_help(client_for: Clients, officer: Person) -> None:
    """X-Forwarded-For counts only as far as proxies of ours add to it."""
    stopped = 0
    for number in range(15):
        given = {"login": f"p{number}@example.org", "password": "guess"}
        answer = client_for(None).post(
            "/sign-in/password/", given, headers={"x-forwarded-for": f"203.0.113.{number}"}
        )
        stopped += "Too many tries" in answer.content.decode()
    assert stopped >= 5


def test_a_code_is_guessed_three_times_at_most(client: Client, officer: Person) -> None:
    steps.ask_for_code(client, officer.email)
    right = steps.code_for(officer.email)
    for _ in range(3):
        answer = client.post("/sign-in/code/enter/", {"code": "WRONGX"})
    assert answer.status_code == 302
    client.post("/sign-in/code/enter/", {"code": right})
    assert not steps.is_in(client)


def test_codes_are_asked_for_a_few_times_only(client_for: Clients, officer: Person) -> None:
    for _ in range(6):
        steps.ask_for_code(client_for(None), officer.email)
    assert len(steps.mails(officer.email)) == 3


def test_a_code_works_in_its_own_browser_only(client_for: Clients) -> None:
    person = steps.real()
    steps.ask_for_code(client_for(None), person.email)
    thief = client_for(None)
    steps.ask_for_code(thief, "thief@example.org")
    thief.post("/sign-in/code/enter/", {"code": steps.code_for(person.email)})
    assert not steps.is_in(thief)


def test_a_code_works_once(client: Client) -> None:
    person = steps.real()
    steps.by_code(client, person)
    used = steps.code_for(person.email)
    client.post("/sign-out/")
    client.post("/sign-in/code/enter/", {"code": used})
    assert not steps.is_in(client)


def test_an_old_code_is_over(client: Client, settings: Any) -> None:
    person = steps.real()
    steps.ask_for_code(client, person.email)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    client.post("/sign-in/code/enter/", {"code": steps.code_for(person.email)})
    assert not steps.is_in(client)


def test_a_code_of_the_app_works_once(client_for: Clients, officer: Person) -> None:
    """Whoever looked over the shoulder comes half a minute late."""
    code = steps.totp(steps.give_app(officer))
    for works in (True, False):
        client = client_for(None)
        steps.by_password(client, officer)
        client.post("/sign-in/second-step/", {"code": code})
        assert steps.is_in(client) is works


def test_codes_of_the_app_are_guessed_a_few_times_only(client_for: Clients, officer: Person) -> None:
    secret = steps.give_app(officer)
    for number in range(6):
        client = client_for(None)
        client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        steps.by_password(client, officer)
        client.post("/sign-in/second-step/", {"code": "000000"})
    client.post("/sign-in/second-step/", {"code": steps.totp(secret)})
    assert not steps.is_in(client)


@pytest.mark.parametrize("way", ["password", "code", "reset", "link"])
def test_no_way_goes_round_the_second_factor(client: Client, officer: Person, way: str) -> None:
    steps.give_app(officer)
    if way == "password":
        steps.by_password(client, officer)
    elif way == "code":
        steps.by_code(client, officer)
    elif way == "link":
        link = actions.make_sign_in_link(by=None, person=officer, hours=1)
        client.post(f"/sign-in/link/{link_token(link)}/")
    else:
        client.post("/sign-in/forgotten/", {"email": officer.email})
        client.post("/sign-in/forgotten/code/", {"code": steps.code_for(officer.email)})
        client.post("/sign-in/forgotten/new/", {"password1": "a b c d e f g", "password2": "a b c d e f g"})
    for path in (
        "/tasks/",
        "/account/",
        "/account/app/",
        "/account/passkeys/add/",
        "/account/recovery-codes/",
    ):
        assert client.get(path).url.startswith("/sign-in/?next="), path
    from allauth.mfa.models import Authenticator

    assert Authenticator.objects.filter(user_id=officer.pk, type="totp").exists()


def test_the_counts_tell_nobodys_address(client: Client, officer: Person) -> None:
    steps.by_password(client, officer, "wrong")
    kept = str(list(SharedCount.objects.values()))
    assert SharedCount.objects.exists()
    assert officer.email not in kept
    assert "127.0.0.1" not in kept


def at_once(number: int, what: Callable[[], Any]) -> list[Any]:
    """Do it in so many threads, each with a connection of its own."""
    if (
        connection.vendor == "sqlite"
    ):  # one connection holds it in memory; test_sign_in_limits.py has processes for it
        return [what() for _ in range(number)]
    results: list[Any] = []
    gate = threading.Barrier(number)

    def run() -> None:
        gate.wait()
        try:
            results.append(what())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number
    return results


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_of_a_links_button_sign_in_once() -> None:
    person = steps.real()
    link = actions.make_sign_in_link(by=None, person=person, hours=1)
    used = at_once(20, lambda: actions.use_sign_in_link(by=None, link=link))
    assert Counter(used) == {True: 1, False: 19}
    assert AuditEvent.objects.filter(action="sign_in_link.use").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_used_code_is_used_on_every_connection() -> None:
    assert Counter(at_once(10, lambda: cache.add("used", 1, timeout=30))) == {True: 1, False: 9}
