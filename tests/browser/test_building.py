"""An officer writes an instrument by keyboard alone: a section, a question in two wordings, and its version."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.models import Instrument
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import EVERY_WAY, Visitor

pytestmark = pytest.mark.django_db(transaction=True)


class Writer:
    """Somebody at a keyboard."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def goes(self, name: str) -> None:
        """Tab to the link or button of this name, and press Enter."""
        link = self.page.get_by_role("link", name=name, exact=True)
        tab_to(self.page, link.or_(self.page.get_by_role("button", name=name, exact=True)).first)
        self.page.keyboard.press("Enter")

    def types(self, label: str, text: str) -> None:
        """Fill in a field."""
        tab_to(self.page, self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def ticks(self, label: str) -> None:
        """Tick a box, or choose the first answer of a group of radios that has no choice yet."""
        tab_to(self.page, self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Space")

    def chooses(self, legend: str, label: str) -> None:
        """Choose one of several: Tab to the group, then go down to it."""
        group = self.page.get_by_role("group", name=legend)
        tab_to(self.page, group.get_by_role("radio").first)
        wanted = group.get_by_label(label)
        self.page.keyboard.press("Space")
        for _ in range(20):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {label}")

    def saves(self, heading: str = "Our own") -> None:
        """Save, and be back at the draft."""
        self.goes("Save")
        self.visitor.sees_heading(heading)


@EVERY_WAY
def test_an_instrument_is_written_by_keyboard(
    visit: Callable[..., Visitor], javascript: bool, width: int
) -> None:
    people = factories.cast()
    visitor = visit(people.officer, javascript=javascript, width=width)
    writer = Writer(visitor)
    visitor.opens("/instruments/")
    writer.goes("Write your own")
    visitor.sees_heading("Write your own instrument")
    writer.chooses("What do you begin with?", "Nothing: write it from the start")
    writer.types("Title", "Our own")
    writer.goes("Begin")
    visitor.sees_heading("Our own")
    visitor.is_accessible()
    writer.goes("Say what it is for")
    visitor.sees_heading("What is said of it")
    writer.types("What it is for", "To see how people are.")
    writer.ticks("Staff")
    writer.ticks("Pupils")
    writer.goes("Save")
    visitor.sees_errors("Enter how results may be read")
    visitor.is_accessible()
    writer.types("How results may be read", "Look at both groups.")
    writer.saves()
    writer.goes("Say who may use it")
    writer.types("What of it is your own (optional)", "All of it.")
    writer.types("Licence: who may use it, and how", "Ours.")
    visitor.takes_picture("build-source")
    writer.saves()
    writer.goes("Add a section")
    writer.types("Heading", "Mood")
    writer.ticks("Totals and means: a figure for the section, and from a low one back to its questions. For questions "
                 "that together measure one thing")  # fmt: skip
    writer.chooses("What people answer with", "Not yet, Partly, Yes")
    visitor.is_accessible()
    visitor.takes_picture("build-section")
    writer.saves()
    writer.goes("Add a question to Mood")
    visitor.sees_heading("Add a question")
    writer.types("Question", "Work is pleasant.")
    writer.types("The same in plain words, for pupils and parents (optional)", "School is fun.")
    writer.ticks("One of the answers of the scale")
    if javascript:
        look = visitor.page.locator("#look")
        expect(look).to_contain_text("To pupils")
        expect(look).to_contain_text("School is fun.")
    else:
        writer.goes("Show how it looks")
        visitor.sees("To pupils")
    visitor.is_accessible()
    visitor.takes_picture("build-question")
    writer.saves()
    visitor.takes_picture("build-draft")
    writer.goes("See it as people will")
    visitor.sees_heading("Mood")
    visitor.is_accessible()
    visitor.takes_picture("build-look")
    writer.goes("Back to the draft")
    writer.goes("Make this a version")
    visitor.sees_heading("Make this a version")
    visitor.is_accessible()
    visitor.takes_picture("build-finish")
    writer.goes("Make it version 1")
    visitor.sees_heading("Our own")
    kept = Instrument.objects.get()
    assert [item.plain for item in read(kept.text).items] == ["School is fun."]
