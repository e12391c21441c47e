"""An officer sets rules before asking for a plan: a line drawn on the map or typed, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from isthmus.apps.networks.models import Plan, PlanRule
from tests.browser.support.visitor import EVERY_WAY, Visitor
from tests.conftest import People
from tests.networks.conftest import twelve_schools

__all__ = ["twelve_schools"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"plan-rules-{name}")


@EVERY_WAY
def test_a_plan_is_asked_for_under_rules(
    visit: Callable[..., Visitor],
    people: People,
    twelve_schools: list[Any],
    javascript: bool,
    width: int,
) -> None:
    visitor = visit(people.officer, javascript=javascript, width=width)
    visitor.opens(f"/plans/new/?about={people.area.pk}")
    looked_at(visitor, "1-ask")
    visitor.follows("Short journeys")
    looked_at(visitor, "2-preset")
    visitor.fills("Name of this plan", "Over the river")
    visitor.fills("Fewest schools in a network", "2")
    visitor.presses("Set rules first")
    visitor.sees_heading("Rules of Over the river")
    looked_at(visitor, "3-rules")
    visitor.follows("No travel across a line")
    if javascript:
        visitor.sees_the_map()
        canvas = visitor.page.locator("[data-map] canvas")
        for x, y in ((80, 60), (120, 160), (160, 220)):
            canvas.click(position={"x": x, "y": y})
        visitor.page.get_by_role("button", name="Take the last point back").click()
        assert len(visitor.page.get_by_label("Points of the line", exact=True).input_value().split("\n")) == 2
    else:
        visitor.fills("Points of the line", "51.2, -1.2\n50.5, -1.2")
    visitor.fills("Name of the line", "the river")
    looked_at(visitor, "4-line")
    visitor.presses("Add this rule")
    visitor.sees("No travel across ‘the river’")
    assert len(PlanRule.objects.get().data["lines"][0]) == 2
    visitor.presses("Ask for the plan")
    expect(visitor.page.get_by_role("heading", name="Over the river")).to_be_visible()
    assert Plan.objects.get().job is not None
    visitor.opens(f"/plans/new/hubs/?about={people.area.pk}")
    looked_at(visitor, "5-hubs")
