"""The main job, as a new user does it: one command, then from the public register to proposed networks.

A whole installation of its own, with all of England and a worker. What a person does is written once and done
by a mouse and a narrow thumb, with scripts and without.
"""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.support.england import Open
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.harness.installation import Installation, wait_for

pytestmark = pytest.mark.browser


def given_an_officer(visitor: Visitor) -> None:
    """One click on an invented person."""
    visitor.opens("/")
    looked_at(visitor, "1-home")
    visitor.presses("Sign in")
    looked_at(visitor, "2-sign-in")
    visitor.presses("Sign in as Olive Okafor")


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"main-job-{name}")


def when_they_find_a_school(visitor: Visitor) -> None:
    """By name, by URN and by postcode; its page says what is known and what is not."""
    visitor.opens("/schools/")
    visitor.fills("Name, URN, postcode, town or trust", "Peter Symonds")
    visitor.presses("Find schools")
    looked_at(visitor, "3-schools")
    visitor.opens("/schools/?q=115850")
    visitor.follows("Alton Infant School")
    visitor.sees_heading("Alton Infant School")
    visitor.sees("URN 115850")
    visitor.sees("GU34 1DH")
    visitor.sees("not available")
    looked_at(visitor, "4-school")
    visitor.opens("/schools/?q=GU34+1DH")
    visitor.sees("Alton Infant School")


def when_they_choose_hampshire(visitor: Visitor) -> None:
    """The list of areas leads to Hampshire, and Hampshire to the question what matters."""
    visitor.opens("/areas/")
    looked_at(visitor, "5-areas")
    visitor.follows("Hampshire")
    visitor.sees_heading("Hampshire")
    visitor.sees("582 of them with a place on the map")
    if visitor.javascript:
        visitor.sees_the_map()
    looked_at(visitor, "6-area")
    visitor.presses("Ask for a plan of networks")
    visitor.sees_heading("Ask for a plan of networks in Hampshire")


def when_they_ask_for_a_plan(visitor: Visitor, name: str) -> None:
    """A mistake is named first; then sizes, what matters, and at least one secondary each."""
    visitor.fills("Fewest schools in a network", "12")
    visitor.presses("Ask for the plan")
    visitor.sees_errors(
        "Name of this plan: enter a name",
        "Most schools in a network: it must be the same as the fewest, or more",
    )
    looked_at(visitor, "7-plan-with-mistakes")
    visitor.fills("Name of this plan", name)
    visitor.fills("Fewest schools in a network", "6")
    visitor.fills("A mix of phases", "4")
    visitor.chooses("16 plus: 11 schools")
    looked_at(visitor, "8-ask-for-a-plan")
    visitor.presses("Ask for the plan")
    visitor.sees_heading(name)


def then_the_plan_is_worked_out(visitor: Visitor) -> None:
    """By itself with scripts; by 'Refresh' without."""
    quality = visitor.page.get_by_role("heading", name="How good it is")
    if visitor.javascript:
        expect(quality).to_be_visible(timeout=90_000)
        visitor.sees_the_map()
        return
    end = time.monotonic() + 90
    while not quality.is_visible() and time.monotonic() < end:
        visitor.page.wait_for_timeout(500)
        if not quality.is_visible():
            visitor.follows("Refresh")
    expect(quality).to_be_visible()


def then_it_says_how_good_it_is(visitor: Visitor) -> None:
    """Objective, bound and gap, and every school in a list and in a table."""
    for label in ("Objective", "Bound", "Gap", "Schools placed"):
        expect(visitor.page.get_by_role("term").filter(has_text=label).first).to_be_visible()
    visitor.sees("582 of 612")
    looked_at(visitor, "9-plan-list")
    visitor.follows("Table")
    expect(visitor.page.get_by_role("table").first).to_contain_text("582 schools in")
    looked_at(visitor, "10-plan-table")


def then_the_files_agree(visitor: Visitor, keep: Path) -> None:
    """xlsx, csv and GeoJSON hold the same schools, and each network has a secondary."""
    files = {}
    for link, ending in (("Excel (xlsx)", "xlsx"), ("CSV", "csv"), ("GeoJSON", "geojson")):
        with visitor.page.expect_download() as download:
            visitor.follows(link)
        files[ending] = keep / f"plan.{ending}"
        download.value.save_as(files[ending])
        assert download.value.suggested_filename.endswith(f".{ending}")
    rows = list(csv.DictReader(io.StringIO(files["csv"].read_text("utf-8-sig"))))
    placed = [row for row in rows if row["Network number"]]
    assert (len(placed), len(rows)) == (582, 612)
    points = json.loads(files["geojson"].read_text())["features"]
    assert {p["properties"]["id"] for p in points} == {row["URN"] for row in placed}
    sheet = openpyxl.load_workbook(files["xlsx"], read_only=True)["Schools"]
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [row["URN"] for row in rows]
    members: dict[str, list[dict[str, Any]]] = {}
    for row in placed:
        members.setdefault(row["Network number"], []).append(row)
    for network in members.values():
        assert 6 <= len(network) <= 10
        assert any(row["Phase"] in ("Secondary", "All-through", "Middle deemed secondary") for row in network)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_register_to_networks(opens: Open, tmp_path: Path, javascript: bool) -> None:
    visitor = opens(javascript=javascript, width=WIDE)
    given_an_officer(visitor)
    when_they_find_a_school(visitor)
    when_they_choose_hampshire(visitor)
    when_they_ask_for_a_plan(visitor, f"September {javascript}")
    then_the_plan_is_worked_out(visitor)
    address = visitor.page.url
    then_it_says_how_good_it_is(visitor)
    then_the_files_agree(visitor, tmp_path)
    if not javascript:
        return  # every page is looked at in both widths by test_every_page
    narrow = opens(javascript=javascript, width=NARROW)
    narrow.context.add_cookies(visitor.context.cookies())  # type: ignore[arg-type]  # what one gives the other takes
    for name, path in (
        ("3-schools", "/schools/?q=Winchester"),
        ("4-school", "/schools/115850/"),
        ("5-areas", "/areas/"),
        ("8-ask-for-a-plan", "/plans/new/?about=" + about(visitor, address)),
        ("9-plan-list", address),
        ("10-plan-table", address + "?view=table"),
        ("11-plans", "/plans/"),
        ("12-tasks", "/tasks/"),
        ("13-roles", "/roles/"),
        ("14-accessibility", "/accessibility/"),
    ):
        narrow.opens(path)
        if path == address:
            narrow.sees_the_map()
        looked_at(narrow, name)


def about(visitor: Visitor, address: str) -> str:
    """The number of the area that a plan is about."""
    visitor.opens(address)
    link = visitor.page.get_by_role("button", name="Change it and ask again")
    return (link.get_attribute("href") or "").split("about=")[1].split("&")[0]


@pytest.mark.prove
def test_the_result_survives_a_restart_and_a_stopped_plan_stays_stopped(
    opens: Open, england: Installation
) -> None:
    visitor = opens(javascript=True, width=WIDE)
    given_an_officer(visitor)
    when_they_choose_hampshire(visitor)
    visitor.fills("Name of this plan", "To be stopped")
    visitor.chooses("Thorough: about eight times as long, for a final plan")
    visitor.presses("Ask for the plan")
    visitor.presses("Stop this task")
    visitor.sees("The work was stopped")
    stopped = visitor.page.url
    when_they_choose_hampshire(visitor)
    visitor.fills("Name of this plan", "To be kept")
    visitor.presses("Ask for the plan")
    then_the_plan_is_worked_out(visitor)
    kept, text = visitor.page.url, visitor.page.locator("main").inner_text()
    england.kill("everything")
    england.start("everything", "run", "--port", str(england.port))
    wait_for(england.answers, lambda: england.log("everything"))
    visitor.opens(stopped)
    visitor.sees("The work was stopped")
    visitor.opens(kept)
    visitor.sees_the_map()
    assert visitor.page.locator("main").inner_text() == text


def test_a_plan_is_asked_for_by_keyboard_alone(opens: Open) -> None:
    visitor = opens(javascript=True, width=WIDE)
    given_an_officer(visitor)
    visitor.opens("/areas/")
    tab_to(visitor.page, visitor.page.get_by_role("link", name="Isle of Wight"))
    visitor.page.keyboard.press("Enter")
    visitor.sees_heading("Isle of Wight")
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Ask for a plan of networks"))
    visitor.page.keyboard.press("Enter")
    tab_to(visitor.page, visitor.page.get_by_label("Name of this plan"))
    visitor.page.keyboard.type("By keyboard")
    tab_to(visitor.page, visitor.page.get_by_label("At least one secondary in each network"))
    visitor.page.keyboard.press("Space")
    tab_to(visitor.page, visitor.page.get_by_role("button", name="Ask for the plan"))
    visitor.page.keyboard.press("Enter")
    visitor.sees_heading("By keyboard")
    then_the_plan_is_worked_out(visitor)
