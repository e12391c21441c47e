"""Open sessions: listed, ended one by one or all at once, and dead when their owner leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.queries import open_sessions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing import devices
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.accounts import signing as steps

pytestmark = pytest.mark.django_db
Clients = Callable[[None], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
)


@pytest.fixture
def ada() -> Person:
    return steps.real(Role.ADVISER, Scope(ScopeKind.AREA, 1), password=steps.PASSWORD)


def signed_in(client: Client, person: Person, browser: str = FIREFOX) -> Client:
    client.defaults["HTTP_USER_AGENT"] = browser
    assert steps.by_password(client, person).url == "/"
    return client


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on an iPhone"),
        (EDGE, "Edge on a Mac"),
        ("curl/8", "An unknown device"),
        ("", "An unknown device"),
        ("Something on Linux", "A browser on Linux"),
        ("Firefox", "Firefox"),
    ],
)
def test_a_device_in_words(browser: str, words: str) -> None:
    assert devices.in_words(browser) == words


def test_the_list_tells_device_and_days_and_no_address(client_for: Clients, ada: Person) -> None:
    client = signed_in(client_for(None), ada)
    signed_in(client_for(None), ada, SAFARI)
    page = client.get("/account/devices/").content.decode()
    assert "Firefox on Windows (here)" in page
    assert "Safari on an iPhone" in page
    assert in_words(today()) in page
    held = str(list(SignInSession.objects.values())) + str(
        [s.get_decoded() for s in SignInSession.objects.all()]
    )
    assert "127.0.0.1" not in held
    for session in SignInSession.objects.all():
        assert session.session_key not in page, "the key itself would open the session"


def test_the_list_costs_the_same_for_one_session_and_for_three(
    client_for: Clients, ada: Person, list_query_count: Callable[..., int]
) -> None:
    client = signed_in(client_for(None), ada)
    list_query_count(lambda: signed_in(client_for(None), ada), lambda: client.get("/account/devices/"))


def test_one_other_session_is_ended(client_for: Clients, ada: Person) -> None:
    here, there, third = (signed_in(client_for(None), ada, b) for b in (FIREFOX, SAFARI, EDGE))
    mark = SignInSession.objects.get(session_key=there.session.session_key).mark
    for _ in range(2):
        assert here.post("/account/devices/end/", {"device": mark}).url == "/account/devices/"
    assert [steps.is_in(c) for c in (here, there, third)] == [True, False, True]
    assert AuditEvent.objects.filter(action="session.end", target_id=str(ada.pk)).count() == 1


def test_all_others_are_ended(client_for: Clients, ada: Person) -> None:
    here, there, third = (signed_in(client_for(None), ada) for _ in range(3))
    here.post("/account/devices/end/", {"all": "1"})
    assert [steps.is_in(c) for c in (here, there, third)] == [True, False, False]


def test_nobody_ends_the_session_of_another(client_for: Clients, ada: Person) -> None:
    victim = signed_in(client_for(None), ada)
    mark = SignInSession.objects.get(session_key=victim.session.session_key).mark
    other = signed_in(client_for(None), steps.real(password=steps.PASSWORD))
    other.post("/account/devices/end/", {"device": mark})
    other.post("/account/devices/end/", {"all": "1"})
    assert steps.is_in(victim)


def test_an_ended_session_does_not_come_back(client_for: Clients, ada: Person) -> None:
    """A request that is under way as its session is ended does not write it anew."""
    from django.contrib.sessions.backends.base import UpdateError

    client = signed_in(client_for(None), ada)
    under_way = client.session
    assert under_way["device"]
    SignInSession.objects.all().delete()
    under_way["something"] = 1
    with pytest.raises(UpdateError):
        under_way.save()
    assert not SignInSession.objects.exists()


def test_a_new_password_ends_the_other_sessions(client_for: Clients, ada: Person) -> None:
    here, there = signed_in(client_for(None), ada), signed_in(client_for(None), ada)
    new = "another long password"
    given = {"oldpassword": steps.PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/", given).url == "/account/"
    assert [steps.is_in(c) for c in (here, there)] == [True, False]
    assert open_sessions(ada).count() == 1
    assert AuditEvent.objects.filter(action="password.change", target_id=str(ada.pk)).count() == 1
    assert "Your password was changed" in str(steps.mails(ada.email)[-1].letter)


def test_a_forgotten_password_ends_every_session(client_for: Clients, ada: Person) -> None:
    there, client = signed_in(client_for(None), ada), client_for(None)
    client.post("/sign-in/forgotten/", {"email": ada.email})
    client.post("/sign-in/forgotten/code/", {"code": steps.code_for(ada.email)})
    new = "another long password"
    client.post("/sign-in/forgotten/new/", {"password1": new, "password2": new})
    assert not steps.is_in(there)
    assert not open_sessions(ada).exists()


def test_the_session_of_a_leaver_dies_at_its_next_request(client_for: Clients, ada: Person) -> None:
    client = signed_in(client_for(None), ada)
    assert steps.is_in(client)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert not steps.is_in(client)
    assert client.get("/account/").status_code == 302


def test_a_role_that_ended_opens_nothing_at_the_next_request(client_for: Clients, ada: Person) -> None:
    client = signed_in(client_for(None), ada)
    assert client.get("/plans/").status_code == 200
    RoleHolding.objects.filter(person=ada).update(
        starts=today() - timedelta(days=9), ends=today() - timedelta(days=1)
    )
    assert client.get("/plans/").status_code == 403


def test_the_last_day_is_kept_once_a_day(client_for: Clients, ada: Person) -> None:
    client = signed_in(client_for(None), ada)
    session = client.session
    session["last_seen"] = (today() - timedelta(days=3)).isoformat()
    session.save()
    client.get("/account/")
    assert SignInSession.objects.get(person=ada).last_seen == today()


def test_sessions_that_ran_out_are_cleared_away(client_for: Clients, ada: Person) -> None:
    signed_in(client_for(None), ada)
    SignInSession.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    signed_in(client_for(None), ada)
    assert SignInSession.objects.count() == 1
