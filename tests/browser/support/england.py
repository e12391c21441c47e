"""What `make run` starts on an empty folder, all of England and the demonstration, as processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.support.visitor import Visitor
from tests.harness.installation import Installation, free_port, wait_for

Open = Callable[..., Visitor]
ROOT = Path(__file__).resolve().parents[3]
SIGN_IN = """
import sys
sys.path.insert(0, {root!r})
import django
django.setup()
from django.test import Client
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area
from tests import factories
area = Area.objects.get(name={area!r}, owner=None)
email = f"officer-of-{{area.code}}@example.org".lower()
client = Client()
client.force_login(factories.person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, area.pk), email=email))
print(client.cookies["isthmus_session"].value)
"""


@pytest.fixture(scope="session")
def england(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Started by the first test of a process that needs it; it runs until the last."""
    folder = tmp_path_factory.mktemp("england")
    installed = Installation(folder, f"sqlite:///{folder / 'isthmus.sqlite3'}", free_port())
    installed.start("everything", "run", "--port", str(installed.port))
    try:
        wait_for(installed.answers, lambda: installed.log("everything"), seconds=120)
        yield installed
    finally:
        installed.close()


@pytest.fixture
def opens(chromium: Browser, england: Installation, pytestconfig: pytest.Config) -> Iterator[Open]:
    """`opens(javascript, width, officer_of="")`: a window on it, of nobody or of the officer of an authority."""
    visitors: list[Visitor] = []
    address, pictures = f"http://localhost:{england.port}", pytestconfig.getoption("pictures")

    def make(*, javascript: bool, width: int, officer_of: str = "") -> Visitor:
        context = chromium.new_context(
            java_script_enabled=javascript,
            locale="en-GB",
            viewport={"width": width, "height": 900},
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        if officer_of:
            cookie = england.python(SIGN_IN.format(root=str(ROOT), area=officer_of)).strip()
            context.add_cookies([{"name": "isthmus_session", "value": cookie, "url": address}])
        visitors.append(Visitor(context, address, javascript=javascript, pictures=pictures))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leaves()
        visitor.has_no_console_errors()
