"""The whole way of an authority's officer, from the register to networks that begin: in the fictional authority, whose
clusters are there, and in Hampshire, with public facts only (its trusts are its clusters, and no head is known)."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from isthmus.apps.core.dates import today
from tests.browser.support.england import Open
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.harness.installation import Installation

pytestmark = pytest.mark.browser
# Schools of the area that belong to a trust with others there, as the register says it.
TRUSTS = """
import json
import django
django.setup()
from collections import Counter
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members
found = area_members(Area.objects.get(name="Hampshire", owner=None)).exclude(trust=None).select_related("trust")
pairs = [(school.trust.name, school.urn) for school in found]
many = Counter(name for name, _ in pairs)
print(json.dumps([pair for pair in pairs if many[pair[0]] > 1]))
"""


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"whole-way-{name}")


def finds_the_area(officer: Visitor, area: str) -> str:
    """From the list of areas to its networks; the address of those."""
    officer.opens("/areas/")
    officer.page.get_by_role("main").get_by_role("link", name=area, exact=True).click()
    officer.sees_heading(area)
    return urlsplit(officer.page.url).path


def brings_in(officer: Visitor, home: str, rows: list[list[str]], file: Path) -> None:
    """Its trusts as a layer."""
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["Layer", "Network", "URN"], *(["Trusts", *row] for row in rows)])
    officer.opens(f"{home}networks/")
    officer.presses("Bring in a spreadsheet")
    officer.page.get_by_label("Spreadsheet", exact=True).set_input_files(file)
    officer.presses("Check the spreadsheet")
    looked_at(officer, "1-checked")
    officer.presses("Apply it")


def adds_a_layer(officer: Visitor, home: str, name: str) -> None:
    """Where the new networks will be."""
    officer.opens(f"{home}networks/layers/new/")
    officer.fills("Name of the layer", name)
    officer.presses("Save")
    officer.sees(name)


def improves(officer: Visitor, home: str, *, secondaries: bool) -> None:
    """From the findings to a plan that begins from the networks there are, measured as they are. Where these cannot
    have a secondary each, the plan says so, and the officer asks again without that rule."""
    officer.opens(f"{home}networks/")
    officer.sees("in no network")
    looked_at(officer, "2-findings")
    officer.page.get_by_role("link", name="Plan better networks from these").first.click()
    officer.fills("Name of this plan", "Better from what exists")
    officer.presses("Ask for the plan")
    if not secondaries:
        expect(officer.page.get_by_text("A plan exists without the rule")).to_be_visible(timeout=90_000)
        looked_at(officer, "3-conflict")
        officer.presses("Change it and ask again")
        officer.page.get_by_label("At least one secondary in each network").uncheck()
        officer.presses("Ask for the plan")
    ready(officer)
    officer.sees("Today and this plan, by the same measure")
    looked_at(officer, "3-improved")


def ready(officer: Visitor) -> None:
    """The worker has worked it out."""
    expect(officer.page.get_by_role("heading", name="How good it is")).to_be_visible(timeout=90_000)


def consults(officer: Visitor, open_window: Open, home: str) -> str:
    """Two secondary schools answer by links that were handed over, and wish for each other."""
    officer.opens(f"{home}consultations/new/")
    officer.fills("Name of the consultation", "Whom do you wish to work with?")
    until = today() + timedelta(days=20)
    for part, value in (("Day", until.day), ("Month", until.month), ("Year", until.year)):
        officer.fills(part, str(value))
    for box in officer.page.get_by_role("checkbox").all():
        name = officer.page.locator(f'label[for="{box.get_attribute("id")}"]').inner_text()
        box.set_checked(name.startswith("Secondary"))
    officer.presses("Save")
    officer.presses("Open the consultation")
    officer.sees_heading("Open the consultation")
    officer.presses("Open the consultation")
    officer.sees("The consultation is open")
    asked = officer.page.url
    names = officer.page.locator("tbody th a, tbody td a").all_inner_texts()[:2]
    for own, other in ((names[0], names[1]), (names[1], names[0])):
        officer.opens(asked)
        officer.page.locator("tbody").get_by_role("link", name=own, exact=True).click()
        link = officer.page.get_by_label("Link to hand over").input_value()
        head = open_window(javascript=False, width=NARROW)
        answers(head, link, own, other)
    officer.opens(asked)
    officer.sees("1 pair of schools wished for each other")
    looked_at(officer, "4-answered")
    officer.presses("Close the consultation")
    officer.presses("Close it")
    return names[0]


def answers(head: Visitor, link: str, own: str, other: str) -> None:
    """On a phone, without an account."""
    head.opens(urlsplit(link).path)
    head.page.get_by_role("button", name="Start").or_(
        head.page.get_by_role("link", name="Start")
    ).first.click()
    head.sees_heading(own)
    head.follows("With whom we wish to work")
    head.fills("Find a school by name, place or URN", other)
    head.presses("Find")
    head.page.get_by_label(other).first.check()
    head.presses("Save")
    head.presses("Send your answer")
    head.sees("Your answer was sent")
    looked_at(head, "5-head")


def plans_as_they_wish(officer: Visitor, name: str) -> None:
    """The plan says how many wishes it meets."""
    officer.presses("Make a plan as the schools wish")
    for box in officer.page.get_by_role("group", name="Which schools").get_by_role("checkbox").all():
        label = officer.page.locator(f'label[for="{box.get_attribute("id")}"]').inner_text()
        box.set_checked(label.startswith("Secondary"))
    officer.fills("Name of this plan", name)
    officer.fills("Fewest schools in a network", "3")
    officer.fills("Most schools in a network", "6")
    officer.presses("Ask for the plan")
    ready(officer)
    officer.sees("wishes")
    looked_at(officer, "6-as-they-wish")


def adopts(officer: Visitor, layer: str) -> None:
    """Memberships begin on a day, and each school gets an invitation to hand over."""
    officer.follows("Adopt this plan")
    starts = today() + timedelta(days=40)
    officer.page.get_by_label("Layer").select_option(
        officer.page.get_by_label("Layer").get_by_role("option", name=layer).get_attribute("value")
    )
    for part, value in (("Day", starts.day), ("Month", starts.month), ("Year", starts.year)):
        officer.fills(part, str(value))
    officer.presses("Prepare the adoption")
    looked_at(officer, "7-prepared")
    officer.presses("Adopt the plan and invite the schools")
    officer.sees("Link to hand over")
    looked_at(officer, "8-adopted")


@pytest.mark.parametrize("area", [pytest.param("Saltmarch", marks=pytest.mark.prove), "Hampshire"])
def test_from_the_register_to_networks_that_begin(
    opens: Open, england: Installation, tmp_path: Path, area: str
) -> None:
    officer = opens(javascript=True, width=WIDE, officer_of=area)
    home = finds_the_area(officer, area)
    if area == "Hampshire":
        brings_in(officer, home, json.loads(england.python(TRUSTS)), tmp_path / "trusts.csv")
    improves(officer, home, secondaries=area == "Saltmarch")
    adds_a_layer(officer, home, "Secondaries together")
    consults(officer, opens, home)
    plans_as_they_wish(officer, "As they wish")
    adopts(officer, "Secondaries together")
