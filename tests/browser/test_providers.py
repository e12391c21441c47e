"""Signing in through an authority's own sign-in that runs as a process beside us."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.accounts import signing as steps
from tests.accounts.oidc.conftest import Running
from tests.accounts.oidc.conftest import provider as provider
from tests.accounts.oidc.conftest import running as running
from tests.browser.support.visitor import EVERY_WAY, NARROW, Visitor
from tests.browser.test_first_sign_in import button, presses

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
Use = Callable[..., Running]


@pytest.fixture
def clerk(transactional_db: None) -> Person:
    return steps.real(Role.ADVISER, Scope(ScopeKind.AREA, 1), email="ada@wessex.example")


def may_lead_to(site: Running, settings: Any) -> None:
    """Let the policy of our pages lead to the provider."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**directives, "form-action": [*directives["form-action"], site.address]}
    }


@EVERY_WAY
def test_in_and_out_and_in_again(
    visit: Visit, provider: Use, clerk: Person, settings: Any, javascript: bool, width: int
) -> None:
    site = provider(trusted=True)
    site.at_the_keyboard(sub="1", email=clerk.email, email_verified=True)
    ada = visit(javascript=javascript, width=width)
    may_lead_to(site, settings)
    for _ in range(2):
        ada.opens("/sign-in/?next=/areas/")
        ada.is_accessible()
        ada.takes_picture("provider-ways")
        presses(ada, button(ada, "Continue with Wessex Council"))
        ada.sees_heading("Areas")
        ada.opens("/account/providers/")
        ada.sees("Wessex Council is connected")
        expect(button(ada, "Connect Wessex Council")).to_have_count(0)
        ada.is_accessible()
        ada.takes_picture("provider-connected")
        site.at_the_keyboard(sub="1", email="renamed@wessex.example", email_verified=True)
        presses(ada, ada.page.get_by_role("button", name=re.compile("^Sign out")).last, backwards=True)
        ada.sees_heading("Schools that work together")
    assert site.refused() == []


def test_whoever_is_not_known_here_is_told_what_to_do(
    visit: Visit, provider: Use, clerk: Person, settings: Any
) -> None:
    site = provider(trusted=True)
    site.at_the_keyboard(sub="9", email="nobody@wessex.example", email_verified=True)
    visitor = visit(width=NARROW)
    may_lead_to(site, settings)
    visitor.opens("/sign-in/")
    presses(visitor, button(visitor, "Continue with Wessex Council"))
    visitor.sees("You cannot sign in this way")
    visitor.is_accessible()
    visitor.takes_picture("provider-unknown")
    assert Person.objects.count() == 1
