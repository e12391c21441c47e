"""Each way in: a code by mail, a password, an authenticator app, recovery codes, a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.queries import link_token
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInLink
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from tests.accounts import signing as steps
from tests.invariants import InvariantClient

pytestmark = pytest.mark.django_db
HERE = Scope(ScopeKind.AREA, 1)
Clients = Callable[[None], Client]


@pytest.fixture
def clerk() -> Person:
    """Somebody whose role asks for no second factor."""
    return steps.real(Role.ADVISER, HERE, password=steps.PASSWORD)


@pytest.fixture
def officer() -> Person:
    """Somebody whose role asks for a second factor."""
    return steps.real(Role.AUTHORITY_OFFICER, HERE, password=steps.PASSWORD)


def test_a_code_by_mail_signs_in_and_leads_where_one_wanted_to(client: Client, clerk: Person) -> None:
    page = client.get("/sign-in/?next=/areas/").content.decode()
    assert 'href="/sign-in/code/?next=%2Fareas%2F"' in page or 'href="/sign-in/code/?next=/areas/"' in page
    answer = client.post("/sign-in/code/", {"email": clerk.email.upper(), "next": "/areas/"})
    assert answer.url == "/sign-in/code/enter/?next=%2Fareas%2F"
    answer = client.post(answer.url, {"code": steps.code_for(clerk.email).lower(), "next": "/areas/"})
    assert answer.url == "/areas/"
    assert steps.is_in(client)


def test_a_subject_line_carries_no_code(client: Client, clerk: Person) -> None:
    from isthmus.apps.core.mail import render

    steps.ask_for_code(client, clerk.email)
    mail = render(steps.mails(clerk.email)[-1])
    assert steps.code_for(clerk.email) in mail.text
    assert mail.subject == "Your code for Isthmus"
    assert "href" not in mail.html.split("</p>")[0]


def test_a_password_signs_in(client: Client, clerk: Person) -> None:
    wrong = steps.by_password(client, clerk, "another password")
    assert "The e-mail address or the password is not right" in wrong.content.decode()
    assert not steps.is_in(client)
    assert steps.by_password(client, clerk).url == "/"
    assert steps.is_in(client)


@pytest.mark.parametrize("way", ["/sign-in/code/", "/sign-in/forgotten/", "/sign-in/password/"])
def test_nothing_says_whether_an_address_is_known(client_for: Clients, clerk: Person, way: str) -> None:
    def told(address: str) -> tuple[int, str, str, set[str]]:
        client = client_for(None)
        answer = client.post(way, {"email": address, "login": address, "password": "a wrong password"})
        body = answer.content.decode()
        after = client.get(answer.url).content.decode() if answer.status_code == 302 else ""
        clean = [
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", t).replace(address, "")
            for t in (body, after)
        ]
        return answer.status_code, clean[0], clean[1], set(client.cookies)

    assert told(clerk.email) == told("nobody-at-all@example.org")
    left = steps.real(is_active=False, email="left@example.org", password=steps.PASSWORD)
    assert told(left.email) == told("nobody-at-all@example.org")
    assert steps.mails("nobody-at-all@example.org") == steps.mails(left.email) == []


def test_a_guess_of_a_code_for_nobody_fails_like_any_other(client: Client) -> None:
    steps.ask_for_code(client, "nobody-at-all@example.org")
    for _ in range(2):
        answer = client.post("/sign-in/code/enter/", {"code": ""})
        assert answer.status_code == 200
    answer = client.post("/sign-in/code/enter/", {"code": "ABCDEF"})
    assert answer.status_code == 302
    assert not steps.is_in(client)


def test_nobody_registers_themselves(client: Client) -> None:
    from django.urls import NoReverseMatch, reverse

    for name in ("account_signup", "socialaccount_signup", "mfa_signup_webauthn", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/sign-in/signup/").status_code == 404


def test_invented_people_come_in_by_one_click_only(client: Client, clerk: Person) -> None:
    Person.objects.filter(pk=clerk.pk).update(is_demonstration=True)
    assert steps.by_password(client, clerk).url == "/sign-in/not-open/"
    assert steps.by_code(client, clerk).url == "/sign-in/not-open/"
    assert not steps.is_in(client)


@pytest.mark.django_db(transaction=True)
def test_an_officer_adds_a_second_factor_before_anything_opens(client: Client, officer: Person) -> None:
    assert steps.by_password(client, officer).url == "/account/"
    home = client.get("/").content.decode()
    assert officer.name not in home
    assert "Sign in" in home
    for path in ("/tasks/", "/areas/", "/account/devices/", "/account/password/", "/account/providers/"):
        assert client.get(path).url == "/account/", path
        assert client.post(path).url == "/account/", path
    assert client.get("/sign-in/").url == "/account/"
    assert "Your role needs a second step" in client.get("/account/").content.decode()
    page = client.get("/account/app/").content.decode()
    secret = re.search(r"<code>(\w{32})</code>", page)[1]  # type: ignore[index]  # a failure names the line
    assert client.post("/account/app/", {"code": "000000"}).status_code == 200
    answer = client.post("/account/app/", {"code": steps.totp(secret)})
    assert answer.url == "/account/recovery-codes/"
    assert steps.recovery_codes(officer)[0] in client.get(answer.url).content.decode()
    assert steps.is_in(client)
    assert [e.action for e in AuditEvent.objects.filter(target_id=str(officer.pk), action="way_in.add")]


def test_a_password_and_an_app(client: Client, officer: Person) -> None:
    secret = steps.give_app(officer)
    assert steps.by_password(client, officer).url == "/sign-in/second-step/"
    assert client.get("/tasks/").url.startswith("/sign-in/")
    client.get("/sign-in/second-step/")
    assert "not right" in client.post("/sign-in/second-step/", {"code": "000000"}).content.decode()
    assert client.post("/sign-in/second-step/", {"code": steps.totp(secret)}).url == "/"
    assert steps.is_in(client)


def test_a_recovery_code_works_once(client_for: Clients, officer: Person) -> None:
    steps.give_app(officer)
    code = steps.recovery_codes(officer)[3]
    for works in (True, False):
        client = client_for(None)
        steps.by_password(client, officer)
        client.post("/sign-in/second-step/", {"code": code})
        assert steps.is_in(client) is works
    assert len(steps.recovery_codes(officer)) == 9


def test_a_session_from_before_the_second_factor_is_asked_for_it(
    client_for: Clients, officer: Person
) -> None:
    """A role, or a factor, that came after the session began."""
    client = client_for(None)
    steps.by_password(client, officer)
    secret = steps.give_app(officer)
    assert client.get("/tasks/").url == "/account/confirm/?next=/tasks/"
    for path in ("/account/", "/account/app/", "/account/passkeys/add/"):
        assert client.get(path).url.startswith("/account/confirm/"), "another factor cannot be added instead"
    assert (
        client.post("/account/confirm/?next=/tasks/", {"code": steps.totp(secret), "next": "/tasks/"}).url
        == "/tasks/"
    )
    assert steps.is_in(client)


def test_the_last_second_factor_of_an_officer_stays(client: Client, officer: Person) -> None:
    secret = steps.give_app(officer)
    steps.by_password(client, officer)
    client.post("/sign-in/second-step/", {"code": steps.totp(secret)})
    assert "this is your last one" in client.get("/account/app/remove/").content.decode()
    client.post("/account/app/remove/")
    from allauth.mfa.models import Authenticator

    assert Authenticator.objects.filter(user_id=officer.pk, type="totp").exists()


def test_secrets_are_not_in_the_database_as_they_are(officer: Person) -> None:
    from allauth.mfa.models import Authenticator

    secret = steps.give_app(officer)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_forgotten_password_leaves_the_second_factor(client: Client, officer: Person) -> None:
    steps.give_app(officer)
    client.post("/sign-in/forgotten/", {"email": officer.email})
    answer = client.post("/sign-in/forgotten/code/", {"code": steps.code_for(officer.email)})
    assert answer.url == "/sign-in/forgotten/new/"
    fields = {"password1": "another long password", "password2": "another long password"}
    assert client.post("/sign-in/forgotten/new/", fields).url == "/sign-in/forgotten/done/"
    assert client.get("/sign-in/forgotten/done/").status_code == 200
    assert not steps.is_in(client)
    assert steps.by_password(client, officer, "another long password").url == "/sign-in/second-step/"
    assert not steps.is_in(client)


@pytest.mark.parametrize("password", ["short", "password1234", "personperson1"])
def test_a_password_that_many_would_guess_is_refused(client: Client, password: str) -> None:
    person = steps.real(name="person person", email="personperson1@example.org")
    client.post("/sign-in/forgotten/", {"email": person.email})
    client.post("/sign-in/forgotten/code/", {"code": steps.code_for(person.email)})
    answer = client.post("/sign-in/forgotten/new/", {"password1": password, "password2": password})
    assert answer.status_code == 200
    assert not Person.objects.get(pk=person.pk).has_usable_password()


def test_an_old_address_lets_nobody_in(client: Client, clerk: Person) -> None:
    old = clerk.email
    steps.by_code(client, clerk)
    client.post("/sign-out/")
    clerk.email = "moved@example.org"
    clerk.save()
    before = len(steps.mails(old))
    steps.ask_for_code(client, old)
    assert len(steps.mails(old)) == before
    assert client.get("/sign-in/password/").url == "/sign-in/code/enter/", "one way at a time"
    assert client.post("/sign-in/start-again/").url == "/sign-in/"
    assert steps.by_password(client, clerk).url == "/"


def make_link(person: Person, hours: int = 24) -> tuple[SignInLink, str]:
    link = actions.make_sign_in_link(by=None, person=person, hours=hours)
    return link, f"/sign-in/link/{link_token(link)}/"


def test_looking_at_a_link_spends_nothing_and_its_button_works_once(client_for: Clients) -> None:
    person = steps.real(Role.ADMINISTRATOR, INSTALLATION)
    link, address = make_link(person)
    assert link_token(link) not in str(SignInLink.objects.values())
    for _ in range(5):
        assert "Sign in" in client_for(None).get(address).content.decode()
    client = client_for(None)
    assert client.post(address).url == "/account/"
    assert client.get("/tasks/").url == "/account/", "an administrator adds a second step first"
    assert client_for(None).post(address).status_code == 404
    assert client_for(None).get(address).status_code == 404


def test_a_link_that_is_over_or_of_somebody_who_left_is_none(client: Client, clerk: Person) -> None:
    link, address = make_link(clerk)
    SignInLink.objects.filter(pk=link.pk).update(
        made_at=timezone.now() - timedelta(hours=2), expires_at=timezone.now() - timedelta(hours=1)
    )
    assert client.post(address).status_code == 404
    _, address = make_link(clerk)
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.post(address).status_code == 404
    assert client.get("/sign-in/link/anything/").status_code == 404


def test_a_link_does_not_go_round_the_second_factor(client: Client, officer: Person) -> None:
    steps.give_app(officer)
    assert client.post(make_link(officer)[1]).url == "/sign-in/second-step/"
    assert not steps.is_in(client)


def test_a_way_in_is_changed_only_soon_after_signing_in(client: Client, clerk: Person) -> None:
    steps.by_password(client, clerk)
    assert client.get("/account/app/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session.save()
    assert client.get("/account/app/").url == "/account/confirm/password/?next=%2Faccount%2Fapp%2F"
    assert client.get("/account/").status_code == 200
    answer = client.post(
        "/account/confirm/password/?next=/account/app/", {"password": steps.PASSWORD, "next": "/account/app/"}
    )
    assert answer.url == "/account/app/"
    assert client.get("/account/app/").status_code == 200


def test_somebody_without_password_or_factor_shows_it_by_signing_in_again(client: Client) -> None:
    person = steps.real()
    steps.by_code(client, person)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 16 * 60
    session.save()
    assert client.get("/account/password/new/").url == "/account/again/?next=%2Faccount%2Fpassword%2Fnew%2F"
    client.get("/account/again/?next=/account/password/new/")
    assert (
        client.post("/account/again/", {"next": "/account/password/new/"}).url
        == "/sign-in/?next=/account/password/new/"
    )
    assert client.post("/account/again/", {"next": "//evil.example"}).status_code == 302


def test_the_pages_of_ways_in_belong_to_their_owner(client: Client, clerk: Person, officer: Person) -> None:
    from allauth.mfa.models import Authenticator

    foreign = Authenticator.objects.create(
        user=officer, type="webauthn", data={"name": "x", "credential": {}}
    )
    steps.by_password(client, clerk)
    for part in ("name", "remove"):
        for ask in (client.get, client.post):
            assert ask(f"/account/passkeys/{foreign.pk}/{part}/").status_code == 404
    assert Authenticator.objects.filter(pk=foreign.pk).exists()


def test_every_page_keeps_the_rules_of_pages(client: Any, clerk: Person) -> None:
    assert isinstance(client, InvariantClient)
    for path in (
        "/sign-in/",
        "/sign-in/code/",
        "/sign-in/password/",
        "/sign-in/forgotten/",
        "/sign-in/not-open/",
    ):
        assert client.get(path).status_code == 200
    steps.by_password(client, clerk)
    for path in (
        "/account/",
        "/account/app/",
        "/account/passkeys/add/",
        "/account/password/",
        "/account/devices/",
        "/account/providers/",
    ):
        assert client.get(path).status_code == 200, path
        assert "no-store" in client.get(path).headers["Cache-Control"]
