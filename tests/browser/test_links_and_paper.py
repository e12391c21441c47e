"""A member of staff answers by the link in their mail; a governor's paper form is typed, twice, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from isthmus.apps.surveys.emails import token_of
from isthmus.apps.surveys.models import Ballot, Invited, PaperSheet, Wave, Who
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, Visitor
from tests.conftest import People
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def wave(people: People, tmp_path: Path, settings: Any) -> Wave:
    """An open anonymous wave of the officer's area in two schools."""
    settings.MEMORY = tmp_path
    scope = Scope(ScopeKind.AREA, people.area.pk)
    schools = [people.school, factories.school(people.area)]
    return a_wave(scope, schools, by=people.officer, asked=[Who.LEADERS, Who.STAFF], comments=True)


def types(visitor: Visitor, name: str) -> None:
    """Go to a button by Tab, and press it."""
    tab_to(visitor.page, visitor.page.get_by_role("button", name=name, exact=True))
    visitor.page.keyboard.press("Enter")


@EVERY_WAY
def test_a_list_becomes_links_and_a_link_one_answer(
    visit: Visit, people: People, wave: Wave, javascript: bool, width: int
) -> None:
    school = wave.schools.order_by("pk")[0]
    runs = visit(people.officer, javascript=javascript, width=width)
    runs.opens(f"/surveys/{wave.pk}/")
    runs.follows("Send links by mail, draw a sample, remind")
    runs.sees_heading("Links by mail")
    runs.takes_picture("links-by-mail-none")
    runs.follows(people.school.name)
    runs.fills("People", "nobody\n")
    runs.presses("Check and keep the list")
    runs.sees("Line 1: ‘nobody’ is no mail address")
    runs.is_accessible()
    runs.takes_picture("links-by-mail-list")
    runs.fills("People", "\n".join(f"p{n}@school.example, staff" for n in range(30)))
    runs.presses("Check and keep the list")
    runs.sees("The list names 30 people")
    runs.chooses("So many people")
    runs.fills("People to ask", "12")
    runs.presses("See who would be asked")
    runs.sees("12 people would be asked")
    runs.is_accessible()
    runs.takes_picture("links-by-mail-sample")
    runs.presses("Draw them at random")
    runs.sees("12 of 30, drawn at random")
    runs.presses("Send 12 links")
    runs.sees("The links are being sent")
    runs.is_accessible()
    runs.takes_picture("links-by-mail-sent")
    link = token_of(Invited.objects.filter(drawn=True)[0], wave)
    token = derived(link.purpose, link.reference)
    answers = visit(javascript=javascript, width=width)
    answers.opens(f"/a/{school.code}/link/{token}/")
    answers.sees("This questionnaire is anonymous.")
    answers.is_accessible()
    answers.takes_picture("link-first-page")
    types(answers, "Start")
    answers.sees_heading("Knowing each other")
    tab_to(answers.page, answers.page.get_by_role("radio").first)
    answers.page.keyboard.press("ArrowDown")
    for heading in ("Sharing", "Send your answers"):
        types(answers, "Go on")
        answers.sees_heading(heading)
    types(answers, "Send your answers")
    answers.sees_heading("Thank you")
    answers.opens(f"/a/{school.code}/link/{token}/")
    for name in ("Start", "Go on", "Go on", "Send your answers"):
        types(answers, name)
    answers.sees_heading("Your link was used before")
    answers.is_accessible()
    answers.takes_picture("link-used")
    assert Ballot.objects.count() == 1
    assert answers.context.cookies() == []


@EVERY_WAY
def test_paper_forms_are_typed_twice_by_keyboard_alone(
    visit: Visit, people: People, wave: Wave, javascript: bool, width: int
) -> None:
    visitor = visit(people.officer, javascript=javascript, width=width)
    school = wave.schools.order_by("pk")[0]
    visitor.opens(f"/surveys/{wave.pk}/paper/")
    visitor.sees_heading("Paper forms")
    visitor.is_accessible()
    visitor.takes_picture("paper-forms")
    visitor.opens(f"/surveys/{wave.pk}/paper/{school.pk}/staff/form/")
    visitor.is_accessible()
    visitor.takes_picture("paper-form")
    at = f"/surveys/{wave.pk}/paper/{school.pk}/staff/"
    visitor.opens(at)
    for number, typed in enumerate(("411", "325"), 1):
        visitor.sees_heading(f"Form {number}")
        sheet(visitor, typed)
        types(visitor, "Keep it, and type the next")
    visitor.sees_heading("Form 3")
    visitor.takes_picture("paper-entry")
    types(visitor, "That was the last: type 2 forms for the second time")
    visitor.sees_heading("Form 1, for the second time")
    sheet(visitor, "421")
    types(visitor, "Check it")
    visitor.sees("2. was typed as 1 (Not at all) the first time")
    visitor.is_accessible()
    visitor.takes_picture("paper-differs")
    types(visitor, "This is what stands on the form")
    visitor.sees_heading("Form 2, for the second time")
    sheet(visitor, "325")
    types(visitor, "Check it")
    visitor.sees_heading("All forms were typed twice")
    visitor.is_accessible()
    types(visitor, "Let them count")
    visitor.sees("The forms count")
    assert {bytes(row.codes) for row in Ballot.objects.all()} == {
        bytes([4, 2, 1, 255]),
        bytes([3, 2, 253, 255]),
    }
    assert not PaperSheet.objects.exists()


def sheet(visitor: Visitor, typed: str) -> None:
    """One number key a question; Tab leads from one to the next, past what people wrote."""
    boxes = visitor.page.locator("form input[name^='q-']")
    for at, key in enumerate(typed):
        if not boxes.nth(at).evaluate("box => box === document.activeElement"):
            tab_to(visitor.page, boxes.nth(at))
        visitor.page.keyboard.press(key)
