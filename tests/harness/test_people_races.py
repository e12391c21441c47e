"""Twenty clicks at once on each button about people have one effect, on both databases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from tests.harness.conftest import Install
from tests.harness.installation import Installation, Visitor

pytestmark = pytest.mark.scenario
LAST = date.today() + timedelta(days=5)  # noqa: DTZ011 - the machine's day is near enough for a form
LINK = """
import django
django.setup()
from isthmus.apps.core.tokens import derived
from isthmus.apps.accounts.people.models import Invitation
print(derived("invitation", Invitation.objects.latest("pk").reference), end="")
"""


def twenty(installation: Installation, visitor: Visitor, page: str, path: str, **fields: str) -> set[int]:
    """Post the form of `page` to `path` twenty times at once; the statuses that came back."""
    status, _, text = visitor.ask("GET", page)
    assert status == 200, text[:500]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    form = [("csrfmiddlewaretoken", token[1]), *fields.items()]

    def click(_number: int) -> int:
        own = Visitor(installation.port)
        own.cookies = dict(visitor.cookies)
        return own.ask("POST", path, form)[0]

    with ThreadPoolExecutor(20) as pool:
        return set(pool.map(click, range(20)))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)])
def test_twenty_clicks_have_one_effect(install: Install, database: str) -> None:
    installation = install(database)
    installation.start_web()
    officer = Visitor(installation.port)
    officer.sign_in("Olive")
    area = installation.one("SELECT id FROM register_area WHERE fictional")

    def count(sql: str) -> object:
        return installation.one(f"SELECT COUNT(*) FROM {sql}")

    place = f"area:{area}"
    form = {"place": place, "role": "adviser", "name": "Race Runner", "email": "race@example.org"}
    assert twenty(installation, officer, f"/people/invite/?place={place}", "/people/invite/", **form) == {302}
    assert count("accounts_invitation") == 1
    assert count("core_message WHERE kind = 'invitation'") == 1

    link = f"/invitations/{installation.python(LINK)}/"
    assert twenty(installation, Visitor(installation.port), link, link) == {302}
    assert count("accounts_person WHERE email = 'race@example.org'") == 1
    held = "accounts_roleholding h JOIN accounts_person p ON p.id = h.person_id WHERE p.email = 'race@example.org'"
    assert count(held) == 1
    assert count("core_auditevent WHERE action = 'invitation.accept'") == 1
    assert count("core_message WHERE kind = 'invitation.answered'") == 1

    role = f"/people/roles/{installation.one(f'SELECT h.id FROM {held}')}"
    shown = re.search(r'name="seen"[^>]* value="([^"]+)"', officer.ask("GET", f"{role}/term/")[2])
    assert shown
    term = {"seen": shown[1], "why": "The project goes on", "ends_day": str(LAST.day)}
    term |= {"ends_month": str(LAST.month), "ends_year": str(LAST.year + 1)}
    assert twenty(installation, officer, f"{role}/term/", f"{role}/term/", **term) == {302}
    assert count("core_auditevent WHERE action = 'role.change_term'") == 1
    assert count("core_message WHERE kind = 'role.term_changed'") == 1

    successor = {
        "name": "Sam Successor",
        "email": "sam@example.org",
        "last_day_day": str(LAST.day),
        "last_day_month": str(LAST.month),
        "last_day_year": str(LAST.year),
    }
    assert twenty(installation, officer, f"{role}/hand-over/", f"{role}/hand-over/", **successor) == {302}
    assert count("accounts_handover") == 1
    assert count("core_message WHERE kind = 'invitation' AND state = 'waiting'") == 2

    assert twenty(installation, officer, f"{role}/end/", f"{role}/end/") == {302}
    assert count("core_auditevent WHERE action = 'role.end'") == 1
    assert count("core_message WHERE kind = 'role.ended'") == 1
