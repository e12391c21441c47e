"""A member of staff answers on a phone: no account, one thumb, a lost signal loses nothing, nobody knows who it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.actions import Asking, keep_instrument, open_wave, start_wave
from isthmus.apps.surveys.models import Ballot, WaveKind, WaveSchool, Who
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import BOTH_WAYS, NARROW, Visitor
from tests.surveys.conftest import TEXT

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def school(transactional_db: None) -> WaveSchool:
    """A school of an open anonymous wave that asks for comments."""
    area = factories.area()
    wave = start_wave(
        by=None,
        scope=Scope(ScopeKind.AREA, area.pk),
        instrument=keep_instrument(by=None, text=TEXT),
        asking=Asking(
            name="How we work together",
            why="To see where we stand.",
            asks="The Test Partnership",
            kind=WaveKind.ANONYMOUS,
            until=today() + timedelta(days=5),
            results_on=today() + timedelta(days=9),
            asked=[Who.LEADERS, Who.STAFF],
            comments=True,
        ),
        schools=[factories.school(area)],
        token=uuid4(),
    )
    assert open_wave(by=None, wave=wave)
    return WaveSchool.objects.get(wave=wave)


def begins(visitor: Visitor, school: WaveSchool) -> None:
    """From the code on a poster to the first question."""
    visitor.opens("/a/")
    visitor.fills("Code", f"{school.code[:4].upper()} {school.code[4:]}")
    visitor.presses("Go on")
    visitor.sees_heading("How we work together")
    visitor.sees("This questionnaire is anonymous.")
    visitor.is_accessible()
    visitor.takes_picture("questionnaire-first-page")
    visitor.chooses("A member of staff")
    visitor.presses("Start")
    visitor.sees_heading("Knowing each other")


@BOTH_WAYS
def test_from_the_poster_to_thanks(visit: Visit, school: WaveSchool, javascript: bool, width: int) -> None:
    visitor = visit(javascript=javascript, width=width)
    begins(visitor, school)
    visitor.is_accessible()
    visitor.takes_picture("questionnaire-questions")
    questions = visitor.page.get_by_role("group", name="We know what other schools do well.")
    questions.get_by_label("Fully").check()
    visitor.fills("What helped?", "Visits in June")
    visitor.presses("Go on")
    visitor.sees_heading("Sharing")
    visitor.presses("Back")
    visitor.sees_heading("Knowing each other")
    assert (
        visitor.page.get_by_role("group", name="We know what other schools do well.")
        .get_by_label("Fully")
        .is_checked()
    )
    visitor.presses("Go on")
    visitor.page.get_by_role("group", name="We share what we have.").get_by_label("I cannot say").check()
    visitor.presses("Go on")
    visitor.sees_heading("Send your answers")
    visitor.sees("You answered 2 of 3 questions")
    visitor.is_accessible()
    visitor.presses("Send your answers")
    visitor.sees_heading("Thank you")
    visitor.is_accessible()
    row = Ballot.objects.get()
    assert bytes(row.codes) == bytes([4, 255, 253, 255])
    assert row.comments == {"know-2:comment": "Visits in June"}
    assert visitor.context.cookies() == []


def test_a_draft_waits_on_the_device_until_it_is_sent(visit: Visit, school: WaveSchool) -> None:
    visitor = visit(width=NARROW)
    begins(visitor, school)
    visitor.page.get_by_role("group", name="We visit each other.").get_by_label("A little").check()
    visitor.opens(f"/a/{school.code}/")
    visitor.sees("What you said is still here")
    visitor.is_accessible()
    visitor.presses("Go on where you were")
    visitor.sees_heading("Knowing each other")
    assert (
        visitor.page.get_by_role("group", name="We visit each other.").get_by_label("A little").is_checked()
    )
    for _ in range(2):
        visitor.presses("Go on")
    visitor.sees_heading("Send your answers")
    visitor.presses("Send your answers")
    visitor.sees_heading("Thank you")
    visitor.opens(f"/a/{school.code}/")
    visitor.does_not_see("What you said is still here")
    assert Ballot.objects.count() == 1


def test_by_keyboard_alone(visit: Visit, school: WaveSchool) -> None:
    visitor = visit()
    begins(visitor, school)
    page = visitor.page
    tab_to(
        page, page.get_by_role("group", name="We know what other schools do well.").get_by_label("Not at all")
    )
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Go on"))
    page.keyboard.press("Enter")
    visitor.sees_heading("Sharing")
    tab_to(page, page.get_by_role("button", name="Go on"))
    page.keyboard.press("Enter")
    visitor.sees_heading("Send your answers")
    tab_to(page, page.get_by_role("button", name="Send your answers"))
    page.keyboard.press("Enter")
    visitor.sees_heading("Thank you")
    assert bytes(Ballot.objects.get().codes)[0] == 2
