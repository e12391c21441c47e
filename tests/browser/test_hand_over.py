"""A role passes on, by keyboard alone: from naming who follows to the successor at work on what was open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from isthmus.apps.accounts.models import Person
from isthmus.apps.core import mail, mail_delivery
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.models import Message, MessageState
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, Visitor
from tests.browser.test_first_sign_in import button, presses
from tests.conftest import People
from tests.meta.sweep import _plan as ready_plan

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
LAST = today() + timedelta(days=9)


@pytest.fixture
def cast(transactional_db: None) -> People:
    return factories.cast()


def looked_at(visitor: Visitor, name: str) -> None:
    visitor.is_accessible()
    visitor.takes_picture(f"hand-over-{name}")


def types(visitor: Visitor, label: str, text: str) -> None:
    """Tab to the field and type."""
    tab_to(visitor.page, visitor.page.get_by_label(label, exact=True))
    visitor.page.keyboard.type(text)


def follows(visitor: Visitor, name: str) -> None:
    presses(visitor, visitor.page.get_by_role("link", name=name).first)


@EVERY_WAY
def test_the_whole_way(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    plan = ready_plan(cast.area)
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/")
    follows(officer, "Your roles")
    follows(officer, "Authority officer")
    officer.sees_heading(f"{cast.officer.name}: authority officer")
    looked_at(officer, "role")
    presses(officer, button(officer, "Name a successor"))
    officer.sees_heading("Name a successor")
    presses(officer, button(officer, "Ask them"))
    officer.sees_errors("Enter the person's full name", "Enter an e-mail address", "Enter the last day")
    looked_at(officer, "errors")
    types(officer, "Full name", "Sam Successor")
    types(officer, "E-mail address", "sam@example.org")
    for label, value in (("Day", LAST.day), ("Month", LAST.month), ("Year", LAST.year)):
        types(officer, label, str(value))
    types(officer, "What the successor should know (optional)", "Ring the diocese first.")
    presses(officer, button(officer, "Ask them"))
    officer.sees_heading("Hand-over to Sam Successor")
    officer.sees("A plan")
    looked_at(officer, "asked")

    assert mail_delivery.deliver() == 1
    letter = mail.render(Message.objects.get(to="sam@example.org", state=MessageState.SENT)).text
    assert cast.officer.name in letter
    assert in_words(LAST) in letter
    link = re.search(r"/invitations/[\w-]{43}/", letter)
    assert link
    sam = visit(javascript=javascript, width=width)
    sam.opens(link[0])
    presses(sam, button(sam, "Accept the invitation"))
    sam.sees_heading("You have accepted")
    presses(sam, button(sam, "Sign in"))
    presses(sam, button(sam, "Sign in as Sam Successor"))
    sam.sees_heading("What waits for you")
    sam.sees("1 thing was open")
    looked_at(sam, "home")
    follows(sam, f"You took over from {cast.officer.name}")
    sam.sees_heading("Hand-over to Sam Successor")
    sam.sees("Ring the diocese first.")
    sam.sees(f"The last day of {cast.officer.name} is {in_words(LAST)}.")
    looked_at(sam, "pack")
    follows(sam, "Plan ‘A plan’")
    sam.sees_heading(plan.name)

    officer.opens("/people/me/")
    officer.sees(in_words(LAST))
    assert Person.objects.get(pk=cast.officer.pk).holdings.get().ends == LAST
