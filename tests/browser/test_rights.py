"""From asking for a copy of one's own information to the saved file, and an erasure, in a real browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people import actions as people_actions
from isthmus.apps.accounts.rights.models import SubjectRequest
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import mail_delivery
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests import factories
from tests.accounts.rights import data_folder, work
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, NARROW, Visitor
from tests.conftest import People

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_folder")]
__all__ = ["data_folder"]
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return factories.cast()


def by_keyboard(visitor: Visitor, role: Any, name: str) -> None:
    """Reach what has this name with Tab, and press Enter."""
    tab_to(visitor.page, visitor.page.get_by_role(role, name=name).first)
    visitor.page.keyboard.press("Enter")


@EVERY_WAY
def test_from_asking_for_a_copy_to_the_file(
    visit: Visit, cast: People, tmp_path: Path, javascript: bool, width: int
) -> None:
    head = visit(cast.head, javascript=javascript, width=width)
    head.opens("/")
    by_keyboard(head, "link", "Your information")
    head.sees_heading("Your information")
    head.is_accessible()
    head.takes_picture("rights-your-information")
    by_keyboard(head, "link", "Ask for a copy of your information")
    head.sees_heading("Ask for a copy of your information")
    head.is_accessible()
    head.takes_picture("rights-ask")
    by_keyboard(head, "button", "Ask for the copy")
    head.sees("Your request is there.")
    asked = SubjectRequest.objects.get()
    head.sees_heading(f"Your request {asked.reference}")
    head.sees("waits to be made")
    head.is_accessible()

    work(asked)
    mail_delivery.deliver()
    head.opens("/")
    head.sees_heading("What waits for you")
    by_keyboard(head, "link", "The copy of your information is ready")
    head.sees_heading(f"Your request {asked.reference}")
    head.is_accessible()
    head.takes_picture("rights-copy-ready")
    with head.page.expect_download() as saving:
        by_keyboard(head, "button", "Save the copy")
    saving.value.save_as(tmp_path / "saved.zip")
    assert saving.value.suggested_filename.startswith("isthmus-copy-")
    with zipfile.ZipFile(tmp_path / "saved.zip") as bundle:
        assert cast.head.email in bundle.read("index.html").decode()

    stranger = visit(cast.other_officer, javascript=javascript, width=width)
    stranger.opens(f"/your-information/requests/{asked.pk}/", status=404)


@EVERY_WAY
def test_a_letter_is_recorded_and_answered(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    scope = Scope(ScopeKind.AREA, cast.area.pk)
    people_actions.invite(
        by=cast.officer, email="una@example.org", name="Una", role=Role.ADVISER, scope=scope
    )
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/privacy/requests/")
    officer.sees_heading("Requests about personal data")
    officer.is_accessible()
    officer.opens("/privacy/requests/record/")
    officer.sees_heading("Record a request")
    officer.presses("Record it")
    officer.sees_errors(
        "Choose what is asked",
        "Enter the person's full name",
        "Enter an e-mail address",
        "Choose how it came",
        "Enter the day on which it came",
        "Say how you checked who they are",
    )
    officer.is_accessible()
    officer.chooses("Erase it")
    officer.fills("Full name", "Una Unknown")
    officer.fills("E-mail address", "una@example.org")
    officer.chooses("By letter")
    officer.page.get_by_label("How did you check who they are?").fill("Called back")
    received = cast.officer.holdings.get().starts
    for label, value in (("Day", received.day), ("Month", received.month), ("Year", received.year)):
        officer.fills(label, str(value))
    officer.takes_picture("rights-record")
    officer.presses("Record it")
    officer.sees("is recorded.")
    asked = SubjectRequest.objects.get()
    officer.sees_heading(f"Request {asked.reference}")
    officer.is_accessible()
    officer.takes_picture("rights-request")
    officer.opens("/")
    officer.sees(f"({asked.reference})")
    officer.opens(f"/privacy/requests/{asked.pk}/erase/")
    officer.sees_heading("Check before you erase")
    officer.is_accessible()
    officer.takes_picture("rights-erase")
    by_keyboard(officer, "button", "Erase everything")
    officer.sees_heading(f"Request {asked.reference}")
    officer.sees("Everything was erased")
    officer.does_not_see("Una Unknown")
    officer.is_accessible()
    assert not Person.objects.filter(email="una@example.org").exists()


def test_holds_and_leaving_schools_can_be_used(visit: Visit, cast: People) -> None:
    officer = visit(cast.officer, width=NARROW)
    officer.opens("/privacy/holds/place/")
    officer.presses("Place the hold")
    officer.sees_errors(
        "Enter the address of one person, or choose one class of data", "Say why it must be kept"
    )
    officer.is_accessible()
    officer.page.get_by_label("E-mail address of the person").fill("una@example.org")
    officer.page.get_by_label("Why must it be kept?").fill("A claim")
    officer.takes_picture("rights-hold")
    officer.presses("Place the hold")
    officer.sees_heading("Legal hold")
    officer.is_accessible()
    officer.opens("/privacy/holds/")
    officer.sees("una@example.org")
    officer.is_accessible()

    head = visit(cast.head, width=NARROW)
    head.opens("/leaving/begin/")
    head.presses("Continue")
    head.sees_errors("Choose a school", "Say why it leaves")
    head.is_accessible()
    head.chooses("Which school leaves?", cast.school.name)
    head.page.get_by_label("Why does it leave?").fill("It joins others")
    head.presses("Continue")
    head.sees_heading(f"{cast.school.name} leaves")
    head.is_accessible()
    head.takes_picture("rights-leaving")
    head.follows("Remove what is kept")
    head.sees_heading("Check before you remove")
    head.sees("It cannot be removed now")
    head.is_accessible()
