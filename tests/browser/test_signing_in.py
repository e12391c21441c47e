"""Signing in, as people do it: a code by mail, a password and an app, a passkey; by keyboard and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.queries import link_token
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from tests.accounts import signing as steps
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import NARROW, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
HERE = Scope(ScopeKind.AREA, 1)
IN = "How you sign in"


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"sign-in-{name}")


def is_in(visitor: Visitor, person: Person) -> None:
    """The page of their own ways in opens."""
    visitor.opens("/account/devices/")
    visitor.sees_heading("Where you are signed in")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_code_by_mail(visit: Visit, javascript: bool) -> None:
    person = steps.real(Role.ADVISER, HERE)
    visitor = visit(javascript=javascript, width=NARROW)
    visitor.opens("/sign-in/")
    looked_at(visitor, "ways")
    visitor.follows("Sign in by e-mail")
    visitor.presses("Send the code")
    visitor.sees_errors("Enter e-mail address")
    visitor.fills("E-mail address", person.email)
    looked_at(visitor, "address")
    visitor.presses("Send the code")
    visitor.sees_heading("Enter the code")
    visitor.fills("Code from the e-mail", "WRONGX")
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.sees_errors("The code is not right, or it was used before")
    looked_at(visitor, "code")
    visitor.fills("Code from the e-mail", steps.code_for(person.email))
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))
    is_in(visitor, person)
    looked_at(visitor, "devices")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_password_then_an_app_that_the_role_asks_for(visit: Visit, javascript: bool) -> None:
    officer = steps.real(Role.AUTHORITY_OFFICER, HERE, password=steps.PASSWORD)
    visitor = visit(javascript=javascript)
    visitor.opens("/sign-in/?next=/areas/")
    visitor.follows("Sign in with a password")
    looked_at(visitor, "password")
    visitor.fills("E-mail address", officer.email)
    visitor.page.locator("#id_password").fill(steps.PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.sees_heading(IN)
    visitor.sees("nothing else opens before")
    looked_at(visitor, "second-step-is-due")
    visitor.follows("Add an authenticator app")
    secret = visitor.page.locator("main code").inner_text()
    looked_at(visitor, "app")
    visitor.fills("Code that the app shows", steps.totp(secret))
    visitor.presses("Add this app")
    visitor.sees_heading("Your recovery codes")
    looked_at(visitor, "recovery-codes")
    recovery = visitor.page.locator("main li code").first.inner_text()
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.sees_heading("Areas")
    visitor.opens("/account/")
    looked_at(visitor, "my-ways")
    visitor.presses("Sign out")
    visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))
    for code in (steps.totp(secret), recovery):
        visitor.opens("/sign-in/password/")
        visitor.fills("E-mail address", officer.email)
        visitor.page.locator("#id_password").fill(steps.PASSWORD)
        visitor.page.get_by_role("button", name="Sign in", exact=True).click()
        visitor.sees_heading("Your second step")
        looked_at(visitor, "second-step")
        visitor.fills("Code from your authenticator app, or a recovery code", code)
        visitor.page.get_by_role("button", name="Sign in", exact=True).click()
        visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))
        is_in(visitor, officer)
        visitor.opens("/account/")
        visitor.presses("Sign out")
        visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))


def authenticator(page: Page) -> None:
    """Give the browser a device that holds passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def press_by_keyboard(page: Page, name: str) -> None:
    """Tab to a button and press it."""
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def test_a_first_sign_in_by_link_with_a_passkey_by_keyboard(visit: Visit) -> None:
    person = steps.real(Role.ADMINISTRATOR, INSTALLATION)
    link = actions.make_sign_in_link(by=None, person=person, hours=1)
    visitor = visit()
    page = visitor.page
    authenticator(page)
    visitor.opens(f"/sign-in/link/{link_token(link)}/")
    looked_at(visitor, "link")
    press_by_keyboard(page, "Sign in")
    visitor.sees_heading(IN)
    tab_to(page, page.get_by_role("link", name="Add a passkey"))
    page.keyboard.press("Enter")
    visitor.sees_heading("Add a passkey")
    looked_at(visitor, "add-passkey")
    tab_to(page, page.get_by_label("Name of this passkey"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Work laptop")
    press_by_keyboard(page, "Add a passkey")
    visitor.sees_heading("Your recovery codes")
    visitor.opens("/account/")
    visitor.sees("Work laptop")
    looked_at(visitor, "with-passkey")
    press_by_keyboard(page, "Sign out")
    page.wait_for_url(re.compile(r"://[^/]+/$"))
    visitor.opens("/sign-in/?next=/account/devices/")
    looked_at(visitor, "ways-with-passkey")
    press_by_keyboard(page, "Sign in with a passkey")
    visitor.sees_heading("Where you are signed in")


def test_a_passkey_as_the_second_step_and_to_show_again_who_one_is(visit: Visit) -> None:
    person = steps.real(Role.AUTHORITY_OFFICER, HERE, password=steps.PASSWORD)
    visitor = visit()
    authenticator(visitor.page)
    visitor.opens("/sign-in/password/")
    for label, text in (("#id_login", person.email), ("#id_password", steps.PASSWORD)):
        visitor.page.locator(label).fill(text)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.follows("Add a passkey")
    visitor.presses("Add a passkey")
    visitor.sees_heading("Your recovery codes")
    visitor.opens("/account/")
    visitor.presses("Sign out")
    visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))
    visitor.opens("/sign-in/password/")
    for label, text in (("#id_login", person.email), ("#id_password", steps.PASSWORD)):
        visitor.page.locator(label).fill(text)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.sees_heading("Your second step")
    visitor.presses("Use a passkey")
    visitor.page.wait_for_url(re.compile(r"://[^/]+/$"))
    is_in(visitor, person)
    visitor.opens("/account/confirm/passkey/?next=/account/devices/")
    visitor.sees_heading("Show again that it is you")
    looked_at(visitor, "again")
    visitor.presses("Use a passkey")
    visitor.sees_heading("Where you are signed in")


def test_a_passkey_that_is_not_there_is_said(visit: Visit) -> None:
    visitor = visit()
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}},
    )
    visitor.opens("/sign-in/")
    expect(visitor.page.get_by_text("The passkey was not used")).to_be_hidden()
    visitor.presses("Sign in with a passkey")
    expect(visitor.page.get_by_role("alert")).to_have_text(
        re.compile("The passkey was not used"), timeout=20_000
    )
    looked_at(visitor, "no-passkey")


def test_one_device_signs_another_out(visit: Visit) -> None:
    person = steps.real(Role.ADVISER, HERE)
    here, there = visit(person), visit(person)
    here.opens("/account/devices/")
    looked_at(here, "two-devices")
    here.presses("Sign out there")
    here.sees("Signed out there.")
    there.opens("/account/devices/")
    there.sees_heading("Sign in")
