"""A data protection officer looks round without signing in; an administrator sets times and reads a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from isthmus.apps.accounts.privacy import tasks
from isthmus.apps.core.models import Message, MessageState
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, Visitor
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return factories.cast()


@EVERY_WAY
def test_everything_is_found_from_one_place_without_signing_in(
    visit: Visit, cast: People, javascript: bool, width: int
) -> None:
    window = visit(None, javascript=javascript, width=width)
    window.opens("/")
    window.follows("Privacy notice")
    window.sees_heading("Privacy notice")
    window.is_accessible()
    window.takes_picture("privacy-notice")
    window.follows("Privacy")
    window.sees_heading("Privacy")
    window.is_accessible()
    for link, heading in (
        ("Records of processing", "Records of processing"),
        ("Impact assessment", "Data protection impact assessment"),
        ("How long personal data is kept", "How long personal data is kept"),
    ):
        window.follows(link)
        window.sees_heading(heading)
        window.is_accessible()
        window.takes_picture(f"privacy-{link.split()[0].lower()}")
        window.page.go_back()
        window.sees_heading("Privacy")
    window.has_no_console_errors()


@EVERY_WAY
def test_a_time_is_set_and_a_certificate_read(
    visit: Visit, cast: People, javascript: bool, width: int
) -> None:
    window = visit(cast.administrator, javascript=javascript, width=width)
    window.opens("/privacy/")
    window.sees("Nobody has said yet who answers for the personal data here")
    window.takes_picture("privacy-home")
    window.follows("Say who answers for personal data")
    window.presses("Save")
    window.sees_errors(
        "Enter name of the controller",
        "Enter postal address",
        "Enter e-mail address for questions about privacy",
        "Enter e-mail address of the data protection officer",
    )
    window.fills("Name of the controller", "Saltmarch County Council")
    window.fills("Postal address", "County Hall, Saltmarch")
    window.fills("E-mail address for questions about privacy", "privacy@saltmarch.example")
    window.fills("E-mail address of the data protection officer", "dpo@saltmarch.example")
    window.takes_picture("privacy-controller")
    window.presses("Save")
    window.sees("Saved.")
    window.sees("Saltmarch County Council")

    window.follows("Change how long something is kept")
    window.follows("Outgoing mail")
    window.is_accessible()
    days = "For how many days after the message was sent, given up or taken back?"
    window.fills(days, "999")
    window.fills("Why", "Our rule")
    window.presses("Save")
    window.sees_errors("Enter a whole number of days from 1 to 366")
    window.fills(days, "20")
    window.takes_picture("privacy-retention-change")
    if javascript:
        save = window.page.get_by_role("button", name="Save")
        tab_to(window.page, save)
        window.page.keyboard.press("Enter")
    else:
        window.presses("Save")
    window.sees("Outgoing mail: the time was changed.")
    window.sees("chosen by the controller")

    Message.objects.create(
        key="old",
        kind="task",
        to="a@example.org",
        state=MessageState.SENT,
        sent_at=timezone.now() - timedelta(days=40),
    )
    assert tasks.dispose() == 1
    window.opens("/privacy/disposals/")
    window.is_accessible()
    window.takes_picture("privacy-disposals")
    window.page.locator("table").get_by_role("link", name="Certificate").last.click()
    window.sees("Yes: the record tells the same number")
    window.is_accessible()
    window.takes_picture("privacy-certificate")
    window.has_no_console_errors()
