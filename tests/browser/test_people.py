"""Invitation by mail to a role that is held, and a hand-over, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from isthmus.apps.accounts.models import Person
from isthmus.apps.core import mail, mail_delivery
from isthmus.apps.core.dates import today
from isthmus.apps.core.notices import TASK
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, NARROW, Visitor
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return factories.cast()


def opens_the_mail(visitor: Visitor, email: str) -> None:
    """Open the mail to this address where a demonstration shows it, and follow its link."""
    visitor.opens("/mail/demonstration/?sort=newest")
    row = visitor.page.get_by_role("row").filter(has_text=email).filter(has_text="Sent")
    row.first.get_by_role("link", name="You are invited to a role").click()
    visitor.sees_heading("You are invited to a role")
    visitor.is_accessible()
    visitor.follows("See the invitation")


@EVERY_WAY
def test_from_invitation_to_a_role(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/people/")
    officer.sees_heading("People")
    officer.is_accessible()
    officer.page.get_by_role("button", name="Invite somebody").or_(
        officer.page.get_by_role("link", name="Invite somebody")
    ).first.click()
    officer.sees_heading("Invite somebody")
    officer.presses("Continue")
    officer.sees_errors("Choose where the role is held")
    officer.chooses("Where is the role held?", cast.area.name)
    officer.presses("Continue")
    officer.sees_heading(f"Invite somebody to a role: {cast.area.name}")
    officer.presses("Send the invitation")
    officer.sees_errors("Choose a role", "Enter the person's full name", "Enter an e-mail address")
    officer.is_accessible()
    officer.chooses("Adviser")
    officer.fills("Full name", "Nadia New")
    officer.fills("E-mail address", "nadia@example.org")
    officer.presses("Send the invitation")
    officer.sees("The invitation to Nadia New is on its way.")
    officer.sees("Not answered yet")
    officer.is_accessible()
    officer.takes_picture("people-invited")

    assert mail_delivery.deliver() == 1
    nadia = visit(javascript=javascript, width=width)
    opens_the_mail(nadia, "nadia@example.org")
    nadia.sees_heading("You are invited")
    nadia.is_accessible()
    nadia.takes_picture("people-invitation")
    assert not Person.objects.filter(email="nadia@example.org").exists()
    button = nadia.page.get_by_role("button", name="Accept the invitation")
    tab_to(nadia.page, button)
    nadia.page.keyboard.press("Enter")
    nadia.sees_heading("You have accepted")
    nadia.is_accessible()
    nadia.page.get_by_role("button", name="Sign in").or_(
        nadia.page.get_by_role("link", name="Sign in")
    ).first.click()
    nadia.presses("Sign in as Nadia New")
    nadia.opens("/people/me/")
    nadia.sees("Adviser")
    nadia.is_accessible()


@pytest.mark.parametrize("javascript", [pytest.param(True, marks=pytest.mark.prove), False])
def test_a_role_passes_to_a_successor(visit: Visit, cast: People, javascript: bool) -> None:
    officer = visit(cast.officer, javascript=javascript, width=NARROW)
    officer.opens("/people/me/")
    officer.follows("Authority officer")
    officer.page.get_by_role("button", name="Name a successor").or_(
        officer.page.get_by_role("link", name="Name a successor")
    ).first.click()
    officer.sees_heading("Name a successor")
    officer.is_accessible()
    officer.fills("Full name", "Sam Successor")
    officer.fills("E-mail address", "sam@example.org")
    last = today() + timedelta(days=9)
    for label, value in (("Day", last.day), ("Month", last.month), ("Year", last.year)):
        officer.fills(label, str(value))
    officer.page.get_by_label("What the successor should know").fill("Ring the diocese first.")
    tab_to(officer.page, officer.page.get_by_role("button", name="Ask them"))
    officer.page.keyboard.press("Enter")
    officer.sees_heading("Hand-over to Sam Successor")
    officer.is_accessible()
    officer.takes_picture("people-hand-over")
    officer.opens("/")
    officer.sees_heading("What waits for you")
    officer.sees("Sam Successor has not yet accepted to take over from you")
    officer.is_accessible()

    mail_delivery.deliver()
    sam = visit(javascript=javascript, width=NARROW)
    opens_the_mail(sam, "sam@example.org")
    sam.sees_heading("You are invited")
    sam.presses("Accept the invitation")
    sam.sees_heading("You have accepted")
    taken = visit(Person.objects.get(email="sam@example.org"), javascript=javascript)
    taken.opens("/plans/")
    officer.opens("/")
    officer.does_not_see("Sam Successor has not yet accepted")


def test_mail_can_be_lessened_and_read(visit: Visit, cast: People) -> None:
    head = visit(cast.head, width=NARROW)
    head.opens("/mail/")
    head.sees_heading("Which mail you get")
    head.is_accessible()
    head.page.get_by_label("In one summary a day").first.check()
    head.presses("Save")
    head.sees("Your choices were saved.")
    mail.send(TASK, mail.letter("It ended."), to="x@example.org", key="x")
    anyone = visit(width=NARROW)
    anyone.opens(f"/mail/stop/{mail.choice('x@example.org', 'task').pk}/")
    anyone.is_accessible()
    anyone.presses("Stop this mail")
    anyone.sees("You get no more mail about how long tasks ended.")
    anyone.opens("/mail/demonstration/")
    anyone.is_accessible()
    anyone.follows("A task that you started has ended")
    anyone.sees_heading("A task that you started has ended")
    anyone.sees("It ended.")
    anyone.is_accessible()
