"""Every component in a real browser: accessible, at 320 and 1280 px, by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import BOTH_WAYS, EACH_WIDTH, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.browser.gallery.urls")]
Visit = Callable[..., Visitor]


@BOTH_WAYS
def test_components(visit: Visit, width: int, javascript: bool) -> None:
    visitor = visit(width=width, javascript=javascript)
    visitor.opens("/gallery/components/")
    visitor.sees_heading("Gallery of components")
    visitor.is_accessible()
    visitor.takes_picture("components")


@EACH_WIDTH
def test_form_with_errors(visit: Visit, width: int) -> None:
    visitor = visit(width=width)
    visitor.opens("/gallery/form/")
    visitor.is_accessible()
    visitor.takes_picture("form")
    visitor.fills("Smallest network", "1")
    visitor.fills("Day", "31")
    visitor.fills("Month", "2")
    visitor.fills("Year", "2026")
    visitor.presses("Propose")
    visitor.sees_errors(
        "Enter name of the plan",
        "Smallest network must be 2 or more",
        "Choose authority",
        "Answer “What matters most?”",
        "First day must be a real date, such as 27 3 2026",
        "Enter password",
        "Tick “I have told the schools”",
    )
    expect(visitor.page.get_by_label("Month")).to_have_value("2")
    visitor.is_accessible()
    visitor.takes_picture("form-errors")


def test_form_without_javascript(visit: Visit) -> None:
    visitor = visit(javascript=False)
    visitor.opens("/gallery/question/")
    visitor.sees_heading("How near should schools be?")
    visitor.fills("How near should schools be?", "far")
    visitor.presses("Continue")
    visitor.sees_errors("How near should schools be? must be a whole number, such as 12")
    visitor.is_accessible()


@EACH_WIDTH
@pytest.mark.parametrize(("path", "status"), [("/gallery/gone/", 404), ("/gallery/refused/", 403)])
def test_error_pages(visit: Visit, width: int, path: str, status: int) -> None:
    visitor = visit(width=width)
    visitor.opens(path, status=status)
    visitor.is_accessible()
    visitor.takes_picture(f"error-{status}")


def test_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/gallery/form/")
    visitor.page.keyboard.press("Tab")
    visitor.has_focus_on("Skip to main content")
    visitor.page.keyboard.press("Enter")
    tab_to(visitor.page, visitor.page.get_by_label("Smallest network"))
    tab_to(visitor.page, visitor.page.get_by_label("Nearness"))
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Propose"))


@EACH_WIDTH
def test_map_of_networks(visit: Visit, width: int) -> None:
    visitor = visit(width=width)
    visitor.opens("/gallery/map/60/6/")
    visitor.sees_the_map()
    visitor.is_accessible()
    visitor.takes_picture("map")
    visitor.presses("Show network 2 on the map")
    expect(visitor.page.locator("[data-map]")).to_have_attribute("data-map-chosen", "network:2")
    expect(visitor.page.get_by_role("button", name="Show network 2 on the map")).to_have_attribute(
        "aria-pressed", "true"
    )
    visitor.page.wait_for_timeout(500)
    visitor.takes_picture("map-network")
    visitor.presses("Show School 3 on the map")
    popup = visitor.page.locator(".maplibregl-popup-content")
    expect(popup.get_by_role("link", name="<b>School</b> 3")).to_be_visible()
    visitor.is_accessible()
    visitor.takes_picture("map-school")


def test_map_of_very_many_schools(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/gallery/map/22000/0/")
    visitor.sees_the_map()
    visitor.takes_picture("map-many")


def test_map_by_keyboard(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/gallery/map/60/6/")
    visitor.sees_the_map()
    tab_to(visitor.page, visitor.page.get_by_role("region", name="Map of the networks"))
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Zoom in"))
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Show network 1 on the map"))
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("[data-map]")).to_have_attribute("data-map-chosen", "network:1")


def test_map_without_javascript_leads_to_the_list(visit: Visit) -> None:
    visitor = visit(javascript=False)
    visitor.opens("/gallery/map/60/6/")
    visitor.sees("The map needs JavaScript.")
    expect(visitor.page.locator("[data-map-show]").first).to_be_hidden()
    visitor.is_accessible()
    visitor.takes_picture("map")


def test_map_without_its_data_leads_to_the_list(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/gallery/broken-map/")
    visitor.sees("The map’s information did not arrive.")
    visitor.is_accessible()
    visitor.problems.clear()  # the browser says that an address answered 404, which is what this test asks for


def test_map_without_webgl_leads_to_the_list(visit: Visit) -> None:
    visitor = visit()
    visitor.context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    visitor.opens("/gallery/map/60/6/")
    visitor.sees("This browser cannot draw the map.")
    visitor.is_accessible()
    visitor.page.get_by_role("link", name="The list has the same information").click()


def test_printed_page_has_no_navigation_and_keeps_the_map(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/gallery/map/60/6/")
    visitor.sees_the_map()
    visitor.page.emulate_media(media="print")
    expect(visitor.page.get_by_role("link", name="Skip to main content")).to_be_hidden()
    expect(visitor.page.locator("[data-map]")).to_be_visible()
    expect(visitor.page.locator("[data-map-show]").first).to_be_hidden()
    visitor.takes_picture("map-printed")
