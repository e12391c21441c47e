"""A person in front of a browser: what they do, in their words, and what they then see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.support.axe import axe
from tests.browser.support.keyboard import focused

PICTURES = Path(__file__).parents[3] / "screenshots"
NARROW, WIDE = 320, 1280
# In `make test` a journey is made once with scripts, the chief ones on a phone without them too (BOTH_WAYS), and in all
# other ways in `make prove`. Tests without a browser ask each form to work without scripts; test_every_page looks at
# every page.
_WAYS = [(True, WIDE), (False, NARROW), (True, NARROW), (False, WIDE)]


def _ways(soon: int) -> pytest.MarkDecorator:
    later = [pytest.param(*way, marks=pytest.mark.prove) for way in _WAYS[soon:]]
    return pytest.mark.parametrize(("javascript", "width"), [*_WAYS[:soon], *later])


EVERY_WAY, BOTH_WAYS = _ways(1), _ways(2)
EACH_WIDTH = pytest.mark.parametrize("width", [NARROW, pytest.param(WIDE, marks=pytest.mark.prove)])
# How many colours a canvas has, and its height.
COLOURS = """canvas => {
  const copy = document.createElement("canvas")
  Object.assign(copy, { width: canvas.width, height: canvas.height })
  const flat = copy.getContext("2d")
  flat.drawImage(canvas, 0, 0)
  const pixels = new Uint32Array(flat.getImageData(0, 0, copy.width, copy.height).data.buffer)
  return [new Set(pixels).size, canvas.clientHeight]
}"""


class Visitor:
    """One window. Each method is a step of a journey; a failed one says what was on the page."""

    def __init__(self, context: BrowserContext, address: str, *, javascript: bool, pictures: bool) -> None:
        self.context, self.address, self.javascript, self.pictures = context, address, javascript, pictures
        self.page: Page = context.new_page()
        self.copy: Page | None = None
        self.problems: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url"))
        # The browser asks for an icon where what it shows is not one of our pages: a file, a word.
        expected = "GPU stall" in message.text or url.endswith("/favicon.ico")
        if message.type in ("error", "warning") and not expected:
            self.problems.append(f"{message.type} in the console: {message.text} ({url})")

    # Given and when

    def opens(self, path: str, *, status: int = 200) -> None:
        """Go to a page, and get the status that is expected."""
        response = self.page.goto(urljoin(self.address, path))
        assert response is not None
        assert response.status == status, f"{path} answered {response.status}"
        if status >= 400:
            self.problems = [p for p in self.problems if f"status of {status}" not in p]

    def fills(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str, option: str = "") -> None:
        """Tick the box or the radio with this label; with `option`, choose that from the list with this label."""
        field = self.page.get_by_label(label, exact=True)
        if option:
            field.select_option(label=option)
        else:
            field.check()

    def presses(self, name: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=name).first.click()

    def follows(self, name: str) -> None:
        """Follow the link with these words."""
        self.page.get_by_role("link", name=name).first.click()

    # Then

    def sees_heading(self, text: str) -> None:
        """The page is the one with this h1, and its title says so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)
        expect(self.page).to_have_title(re.compile(rf"^(Error: )?{re.escape(text)}"))

    def sees(self, text: str) -> None:
        """These words stand on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def does_not_see(self, text: str) -> None:
        """These words do not."""
        expect(self.page.get_by_text(text)).to_have_count(0)

    def sees_errors(self, *texts: str) -> None:
        """The summary lists exactly these, has the keyboard, and each leads to its field, which says it again."""
        summary = self.page.locator(".govuk-error-summary")
        expect(summary.get_by_role("listitem")).to_have_text(list(texts))
        expect(self.page).to_have_title(re.compile("^Error: "))
        if self.javascript:
            expect(summary).to_be_focused()
        for text in texts:
            link = summary.get_by_role("link", name=text, exact=True)
            target = (link.get_attribute("href") or "")[1:]
            if self.javascript:
                link.focus()
                self.page.keyboard.press("Enter")
                expect(self.page.locator(f'[id="{target}"]')).to_be_focused()
            group = self.page.locator(".govuk-form-group--error", has=self.page.locator(f'[id="{target}"]'))
            expect(group.first).to_contain_text(text)

    def has_focus_on(self, name: str) -> None:
        """The keyboard is on what has this name."""
        expect(focused(self.page)).to_have_accessible_name(name)

    def sees_the_map(self) -> None:
        """The map is drawn: it fills its box, and not with one colour."""
        box = self.page.locator("[data-map]")
        expect(box).to_have_attribute("data-map-ready", "true", timeout=30_000)
        colours, height = self.page.locator("[data-map] canvas").evaluate(COLOURS)
        assert height > 250, f"the map is {height} px high"
        assert colours > 8, f"the map is drawn in {colours} colours"

    def is_accessible(self) -> None:
        """axe finds nothing, and nothing sticks out sideways."""
        self.page.wait_for_load_state()  # a press returns when the page begins, before its style is there
        if self.javascript:
            axe(self.page)
        else:
            self._check_a_copy()
        self.fits()

    def _check_a_copy(self) -> None:
        """axe itself needs scripts: give it the same HTML in a window that runs none of the page's own."""
        html, browser = self.page.content(), self.context.browser
        assert browser is not None
        if self.copy is None:
            self.copy = browser.new_page(viewport=self.page.viewport_size, reduced_motion="reduce")
            self.copy.route("**/*.js", lambda route: route.abort())
        self.copy.route(
            self.page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        self.copy.goto(self.page.url)
        axe(self.copy)
        self.copy.unroute(self.page.url)

    def leaves(self) -> None:
        """Close the window."""
        self.context.close()
        if self.copy is not None:
            self.copy.context.close()

    def fits(self) -> None:
        """The page is no wider than the window (a table may scroll within itself)."""
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{self.page.url} is {wide} wide in a window of {window}"

    def takes_picture(self, name: str) -> None:
        """With `pytest --pictures`, keep the whole page as a picture for a person to look at."""
        if not self.pictures:
            return
        PICTURES.mkdir(exist_ok=True)
        # A map drawn by software reaches the screen a little after it is ready.
        self.page.wait_for_timeout(300)
        width = (self.page.viewport_size or {}).get("width")
        path = PICTURES / f"{name}-{width}{'' if self.javascript else '-no-javascript'}.png"
        self.page.screenshot(path=path, full_page=True)

    def has_no_console_errors(self) -> None:
        """The browser complained of nothing since the window opened."""
        assert not self.problems, "\n".join(self.problems)


def sign_in(context: BrowserContext, address: str, person: Any) -> None:
    """Put the person's session into the browser, without the pages that lead to it."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


@pytest.fixture(scope="session")
def under_way() -> Iterator[Callable[[], int]]:
    """`under_way()`: how many requests the server is still answering."""
    begun, ended = [0], [0]

    def begins(**_: Any) -> None:
        begun[0] += 1

    def ends(**_: Any) -> None:
        ended[0] += 1

    request_started.connect(begins, weak=False)
    request_finished.connect(ends, weak=False)
    yield lambda: begun[0] - ended[0]
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def visit(
    chromium: Browser, live_server: Any, under_way: Callable[[], int], pytestconfig: pytest.Config
) -> Iterator[Callable[..., Visitor]]:
    """`visit(person=None, javascript=True, width=1280)` opens a window; at the end none may have complained."""
    before = under_way()
    visitors: list[Visitor] = []
    pictures = pytestconfig.getoption("pictures")

    def make(person: Any = None, *, javascript: bool = True, width: int = WIDE) -> Visitor:
        context = chromium.new_context(
            java_script_enabled=javascript,
            locale="en-GB",
            reduced_motion="reduce",
            timezone_id="Europe/London",
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(10_000)
        if person is not None:
            sign_in(context, live_server.url, person)
        visitors.append(Visitor(context, live_server.url, javascript=javascript, pictures=pictures))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leaves()
    # What a closed window had asked for is still being answered, and would meet an emptied database.
    until = monotonic() + 5
    while under_way() > before and monotonic() < until:
        sleep(0.02)
    for visitor in visitors:
        visitor.has_no_console_errors()
