"""From the mail that invites to a second sign-in, by keyboard alone: with a passkey, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import mail, mail_delivery
from isthmus.apps.core.models import Message, MessageState
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests import factories
from tests.accounts import signing as steps
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EACH_WIDTH, NARROW, Visitor
from tests.browser.test_signing_in import authenticator

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
EMAIL = "nadia@example.org"


@pytest.fixture
def invitation(transactional_db: None, settings: Any) -> Invitation:
    """An invitation to a role that asks for a second step, in an installation that is no demonstration."""
    settings.DEMONSTRATION = False
    people = factories.cast()
    return actions.invite(
        by=people.officer,
        email=EMAIL,
        name="Nadia New",
        role=Role.AUTHORITY_OFFICER,
        scope=Scope(ScopeKind.AREA, people.area.pk),
        note="See you on Thursday.",
    )


def link_in_the_mail(invitation: Invitation) -> str:
    """The address in the mail as it was sent."""
    assert mail_delivery.deliver() == 1
    message = Message.objects.get(key=invitation.mail_key)
    assert message.state == MessageState.SENT
    found = re.search(r"/invitations/[\w-]{43}/", mail.render(message).text)
    assert found
    return found[0]


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits, and a picture is kept."""
    visitor.is_accessible()
    visitor.takes_picture(f"first-sign-in-{name}")


def presses(visitor: Visitor, target: Locator, *, backwards: bool = False) -> None:
    """Tab to it and press Enter."""
    tab_to(visitor.page, target, backwards=backwards)
    visitor.page.keyboard.press("Enter")


def button(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("button", name=name, exact=True)


def signs_out(visitor: Visitor) -> None:
    presses(visitor, visitor.page.get_by_role("button", name="Sign out (Nadia New)"), backwards=True)
    visitor.sees_heading("Schools that work together")


def accepts(visitor: Visitor, invitation: Invitation) -> None:
    """Follow the link, twice as a scanner of mail would, and press the one button."""
    link = link_in_the_mail(invitation)
    visitor.opens(link)
    visitor.opens(link)
    visitor.sees_heading("You are invited")
    visitor.sees("See you on Thursday.")
    looked_at(visitor, "invited")
    assert not Person.objects.filter(email=EMAIL).exists()
    presses(visitor, button(visitor, "Accept the invitation"))
    visitor.sees_heading("How you sign in")
    visitor.sees("You have accepted the invitation.")
    visitor.sees("nothing else opens before")
    looked_at(visitor, "accepted")


@EACH_WIDTH
def test_with_a_passkey(visit: Visit, invitation: Invitation, width: int) -> None:
    nadia = visit(width=width)
    page = nadia.page
    authenticator(page)
    accepts(nadia, invitation)
    presses(nadia, page.get_by_role("link", name="Add a passkey"))
    nadia.sees_heading("Add a passkey")
    looked_at(nadia, "add-passkey")
    presses(nadia, button(nadia, "Add a passkey"))
    nadia.sees_heading("Your recovery codes")
    looked_at(nadia, "recovery-codes")
    presses(nadia, button(nadia, "Continue"))
    nadia.sees_heading("What waits for you")
    looked_at(nadia, "home")
    nadia.opens("/people/me/")
    nadia.sees("Authority officer")
    signs_out(nadia)
    presses(nadia, button(nadia, "Sign in"))
    nadia.sees_heading("Sign in")
    presses(nadia, button(nadia, "Sign in with a passkey"))
    nadia.sees_heading("What waits for you")
    expect(page.get_by_role("button", name="Sign out (Nadia New)")).to_be_visible()


@EACH_WIDTH
def test_without_scripts(visit: Visit, invitation: Invitation, width: int) -> None:
    nadia = visit(javascript=False, width=width)
    page = nadia.page
    accepts(nadia, invitation)
    presses(nadia, page.get_by_role("link", name="Add an authenticator app"))
    nadia.sees_heading("Add an authenticator app")
    looked_at(nadia, "app")
    secret = page.locator("main code").inner_text()
    tab_to(page, page.get_by_label("Code that the app shows"))
    page.keyboard.type(steps.totp(secret))
    page.keyboard.press("Enter")
    nadia.sees_heading("Your recovery codes")
    recovery = page.locator("main li code").first.inner_text()
    presses(nadia, button(nadia, "Continue"))
    nadia.sees_heading("What waits for you")
    signs_out(nadia)
    presses(nadia, button(nadia, "Sign in"))
    presses(nadia, page.get_by_role("link", name="Sign in by e-mail"))
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")
    nadia.sees_heading("Enter the code")
    tab_to(page, page.get_by_label("Code from the e-mail"))
    page.keyboard.type(steps.code_for(EMAIL))
    page.keyboard.press("Enter")
    nadia.sees_heading("Your second step")
    looked_at(nadia, "second-step")
    tab_to(page, page.get_by_label("Code from your authenticator app, or a recovery code"))
    page.keyboard.type(recovery)
    page.keyboard.press("Enter")
    nadia.sees_heading("What waits for you")


def test_somebody_else_signs_out_first(visit: Visit, invitation: Invitation) -> None:
    other = steps.real(Role.ADVISER, Scope(ScopeKind.AREA, 1))
    visitor = visit(other, width=NARROW)
    visitor.opens(link_in_the_mail(invitation))
    visitor.sees("sign out first")
    looked_at(visitor, "somebody-else")
    presses(visitor, button(visitor, "Sign out and come back here"))
    visitor.sees_heading("You are invited")
    presses(visitor, button(visitor, "Accept the invitation"))
    visitor.sees_heading("How you sign in")
