"""Signing in through another site, against a provider that runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.site import environment
from tests.accounts import signing as steps
from tests.accounts.oidc.conftest import Running

pytestmark = pytest.mark.django_db
Use = Callable[..., Running]
LOOK = """
from isthmus.site import settings
print(*settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"])
"""


@pytest.fixture
def clerk() -> Person:
    return steps.real(
        Role.ADVISER, Scope(ScopeKind.AREA, 1), email="ada@wessex.example", password=steps.PASSWORD
    )


def through(client: Client, running: Running, **asked: str) -> Any:
    """From our button to the provider, and back; our last answer."""
    away = client.post("/sign-in/with/own/", {"next": "/areas/", **asked})
    assert away.status_code == 302, away.content
    back = running.follow(away.url)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return client.get(f"{parts.path}?{parts.query}")


def test_a_verified_address_finds_the_person(client: Client, provider: Use, clerk: Person) -> None:
    running = provider(trusted=True)
    running.at_the_keyboard(sub="1", email="Ada@Wessex.example", email_verified=True, name="Ada")
    assert "Continue with Wessex Council" in client.get("/sign-in/").content.decode()
    assert through(client, running).url == "/areas/"
    assert client.get("/areas/").status_code == 200
    assert SocialAccount.objects.get().user_id == clerk.pk
    assert Person.objects.get(pk=clerk.pk).has_usable_password(), "the other ways in stay"
    assert running.refused() == []
    client.post("/sign-out/")
    running.at_the_keyboard(sub="1", email="renamed@wessex.example", email_verified=True)
    assert through(client, running).url == "/areas/", "from now on by who they are there, not by the address"


def test_the_challenge_is_kept_and_a_code_works_once(client: Client, provider: Use, clerk: Person) -> None:
    running = provider(trusted=True)
    running.at_the_keyboard(sub="2", email=clerk.email, email_verified=True)
    away = client.post("/sign-in/with/own/")
    asked = parse_qs(urlsplit(away.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = urlsplit(running.follow(away.url).headers["Location"])
    code = parse_qs(back.query)["code"][0]
    given = {
        "code": code,
        "client_id": "isthmus-client",
        "client_secret": "isthmus-secret",
        "code_verifier": "guess",
    }
    stolen = requests.post(f"{running.address}/token", given, timeout=5)
    assert stolen.status_code == 400, "a stolen code is worth nothing without the verifier"
    client.get(f"{back.path}?{back.query}")
    assert not steps.is_in(client), "and it is spent"


@pytest.mark.parametrize(
    ("trusted", "claims"),
    [
        (False, {"email_verified": True}),
        (True, {"email_verified": False}),
        (True, {"email": "nobody-we-know@wessex.example", "email_verified": True}),
    ],
    ids=["untrusted", "unverified", "unknown"],
)
def test_others_are_told_to_come_in_another_way(
    client: Client, provider: Use, clerk: Person, trusted: bool, claims: dict[str, Any]
) -> None:
    running = provider(trusted=trusted)
    running.at_the_keyboard(**{"sub": "3", "email": clerk.email, **claims})
    answer = through(client, running)
    assert "You cannot sign in this way" in answer.content.decode()
    assert not steps.is_in(client)
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == 1


def test_a_trusted_provider_may_leave_the_claim_out(client: Client, provider: Use, clerk: Person) -> None:
    running = provider(trusted=True)
    running.at_the_keyboard(sub="4", email=clerk.email)
    assert through(client, running).url == "/areas/"


def test_an_untrusted_provider_is_connected_by_its_owner(
    client: Client, provider: Use, clerk: Person
) -> None:
    running = provider(trusted=False)
    running.at_the_keyboard(sub="5", email="quite-another@home.example", email_verified=True)
    steps.by_password(client, clerk)
    assert "Connect Wessex Council" in client.get("/account/providers/").content.decode()
    through(client, running, process="connect")
    account = SocialAccount.objects.get()
    assert account.user_id == clerk.pk
    client.post("/sign-out/")
    assert through(client, running).url == "/areas/"
    assert "Wessex Council is connected" in client.get("/account/providers/").content.decode()
    client.post("/account/providers/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_the_second_factor_is_still_asked_for(client: Client, provider: Use) -> None:
    officer = steps.real(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, 1), email="olu@wessex.example")
    steps.give_app(officer)
    running = provider(trusted=True)
    running.at_the_keyboard(sub="6", email=officer.email, email_verified=True)
    assert through(client, running).url == "/sign-in/second-step/"
    assert not steps.is_in(client)


def test_whoever_left_stays_out(client: Client, provider: Use, clerk: Person) -> None:
    running = provider(trusted=True)
    running.at_the_keyboard(sub="7", email=clerk.email, email_verified=True)
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    through(client, running)
    assert not steps.is_in(client)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    client_for: Callable[[None], Client], provider: Use, clerk: Person
) -> None:
    """Somebody else's answer, pasted into a link, signs nobody in."""
    running = provider(trusted=True)
    running.at_the_keyboard(sub="8", email=clerk.email, email_verified=True)
    back = urlsplit(running.follow(client_for(None).post("/sign-in/with/own/").url).headers["Location"])
    victim = client_for(None)
    answer = victim.get(f"{back.path}?{back.query}")
    assert answer.status_code in (200, 302, 401)
    assert not steps.is_in(victim)


def test_somebody_who_turns_round_at_the_provider_is_led_back(client: Client, provider: Use) -> None:
    running = provider(trusted=True)
    running.at_the_keyboard(sub="9", refuses=True)
    assert through(client, running).url == "/sign-in/not-open/provider/"
    assert client.get("/sign-in/not-open/provider/").status_code == 200


def test_a_provider_that_is_not_in_the_settings_does_not_exist(client: Client) -> None:
    assert client.post("/sign-in/with/own/").status_code == 404
    assert client.get("/sign-in/with/own/back/?code=x&state=y").status_code in (302, 404)
    assert client.get("/sign-in/with/own/").status_code == 405


def test_settings_of_each_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    from environs import Env

    def found(**given: str) -> list[environment.Provider]:
        for name, value in given.items():
            monkeypatch.setenv(f"ISTHMUS_OIDC_{name}", value)
        return environment.providers(Env(prefix=environment.PREFIX), production=True)

    assert found() == []
    for name in ("ENTRA", "GOOGLE", "DFE"):
        with pytest.raises(environment.UnsafeSettings, match="SECRET"):
            found(**{f"{name}_CLIENT": "a"})
        assert found(**{f"{name}_SECRET": "b"})[-1].server.startswith("https://")
    with pytest.raises(environment.UnsafeSettings, match="SERVER"):
        found(OWN_CLIENT="a", OWN_SECRET="b")
    with pytest.raises(environment.UnsafeSettings, match="https"):
        found(OWN_SERVER="http://sign-in.wessex.example/realm")
    ours = found(OWN_SERVER="https://sign-in.wessex.example/realm/", OWN_NAME="Wessex", OWN_TRUST="1")[-1]
    assert (ours.name, ours.server, ours.trusted) == ("Wessex", "https://sign-in.wessex.example/realm", True)
    assert environment.origins([ours]) == ["https://sign-in.wessex.example"]


def test_a_form_may_lead_to_the_providers_in_the_settings_and_nowhere_else(tmp_path: Path) -> None:
    given = {"CLIENT": "a", "SECRET": "b", "SERVER": "https://sign-in.wessex.example/realm"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("ISTHMUS_")},
            **{f"ISTHMUS_OIDC_OWN_{name}": value for name, value in given.items()},
            "ISTHMUS_DATA": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["'self'", "https://sign-in.wessex.example"], done.stderr
