"""An area shares its plans with another and takes them back, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, Visitor
from tests.conftest import People
from tests.meta.sweep import _plan

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return factories.cast()


@EVERY_WAY
def test_from_sharing_to_taking_back(visit: Visit, cast: People, javascript: bool, width: int) -> None:
    plan = _plan(cast.area)
    officer = visit(cast.officer, javascript=javascript, width=width)
    officer.opens("/sharing/")
    officer.sees_heading("Sharing between areas")
    officer.is_accessible()
    officer.opens("/sharing/new/")
    officer.sees_heading("Share with another area")
    officer.presses("Share")
    officer.sees_errors("With which area? Choose from the list", "What is it for? Enter a purpose")
    officer.is_accessible()
    officer.chooses("With which area?", cast.other_area.name)
    officer.fills("What is it for?", "compare networks along our border")
    officer.takes_picture("sharing-new")
    officer.presses("Share")
    officer.sees_heading("Shared data")
    officer.sees("You can take it back at any time.")
    officer.is_accessible()
    officer.takes_picture("sharing-one")
    officer.opens("/sharing/")
    officer.takes_picture("sharing-list")
    officer.opens("/sharing/who/")
    officer.sees_heading("Who could see what")
    officer.sees(f"{cast.officer.name} is authority officer of {cast.area.name}")
    officer.sees("1 person, because it is shared")
    officer.is_accessible()
    officer.takes_picture("sharing-who")

    other = visit(cast.other_officer, javascript=javascript, width=width)
    other.opens("/")
    other.follows(f"{cast.area.name} shares its plans of networks")
    other.sees_heading("Shared data")
    other.sees(cast.officer.name)
    other.is_accessible()
    other.opens(f"/plans/{plan.pk}/")
    other.sees("You can read it")
    other.is_accessible()
    other.takes_picture("sharing-plan")

    officer.opens("/sharing/")
    officer.follows("Plans of networks")
    officer.page.get_by_role("link", name="Take it back").or_(
        officer.page.get_by_role("button", name="Take it back")
    ).first.click()
    officer.sees_heading(f"Take back what {cast.other_area.name} sees?")
    officer.is_accessible()
    button = officer.page.get_by_role("button", name="Take it back")
    tab_to(officer.page, button)
    officer.page.keyboard.press("Enter")
    officer.sees("sees it no more")
    officer.takes_picture("sharing-back")
    other.opens(f"/plans/{plan.pk}/", status=404)
