"""An officer works on a finished plan: move by hand, compare, share, adopt; with scripts and without, any width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.models import (
    AdoptionAnswer,
    LayerKind,
    MemberRole,
    Plan,
    PlanShare,
    ProposedMember,
)
from isthmus.apps.networks.models.inviting import PURPOSE
from tests.browser.support.visitor import BOTH_WAYS, Visitor
from tests.conftest import People
from tests.networks.conftest import ask, twelve_schools, worked_out

__all__ = ["ask", "twelve_schools", "worked_out"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = today() + timedelta(days=40)


def looked_at(visitor: Visitor, name: str) -> None:
    """axe is content, the page fits the window, and a picture is kept for a person to look at."""
    visitor.is_accessible()
    visitor.takes_picture(f"workbench-{name}")


@BOTH_WAYS
def test_from_a_plan_to_its_adoption(
    visit: Callable[..., Visitor],
    people: People,
    twelve_schools: list[Any],
    worked_out: Callable[..., Plan],
    javascript: bool,
    width: int,
) -> None:
    people.area.fictional = True
    people.area.save()
    plan, school = worked_out(), twelve_schools[1]
    layer = actions.keep_layer(
        by=None, area=people.area, layer=None, name="Places", kind=LayerKind.LOCALITY, for_every_school=True
    )
    old = actions.found_network(by=None, layer=layer, details=Details("Old cluster"))
    for one in twelve_schools[:5]:
        actions.join(by=None, network=old, organisation=one, role=MemberRole.MEMBER, since=None)
    officer = visit(people.officer, javascript=javascript, width=width)

    officer.opens(f"/plans/{plan.pk}/schools/{school.urn}/")
    officer.sees_heading(f"Why {school.name} is here")
    looked_at(officer, "1-why")
    officer.presses("Move it by hand")
    to = (
        ProposedMember.objects.select_related("network")
        .get(plan=plan, organisation=twelve_schools[4])
        .network
    )
    assert to is not None
    officer.page.get_by_label("Network to join").select_option(str(to.number))
    officer.presses("See what would change")
    officer.sees("Rules broken")
    looked_at(officer, "2-move")
    officer.presses("Move it")
    officer.sees("Version 1.")
    looked_at(officer, "3-workbench")

    officer.opens(f"/plans/{plan.pk}/compare/?with=layer:{layer.pk}")
    officer.sees("Pairs kept")
    looked_at(officer, "4-compare")

    officer.opens(f"/plans/{plan.pk}/sharing/")
    officer.fills("Name", "Hana Head")
    officer.fills("E-mail address", "hana@example.org")
    officer.presses("Send the link")
    officer.sees("on its way to Hana Head")
    looked_at(officer, "5-share")
    reader = visit(None, javascript=javascript, width=width)
    reader.opens(f"/shared-plans/{derived(PURPOSE, PlanShare.objects.get().reference)}/")
    looked_at(reader, "6-shared")
    reader.presses("Read the draft")
    reader.sees_heading(f"Draft: {plan.name}")
    reader.page.get_by_label("What you think").fill("The ferry stops at six.")
    reader.presses("Send the comment")
    reader.sees("Your comment was kept")
    looked_at(reader, "7-draft")
    officer.opens(f"/plans/{plan.pk}/comments/")
    officer.sees("The ferry stops at six.")

    officer.opens(f"/plans/{plan.pk}/adopt/")
    for part, value in (("Day", SOON.day), ("Month", SOON.month), ("Year", SOON.year)):
        officer.fills(part, str(value))
    officer.page.get_by_label("Layer").select_option(str(layer.pk))
    officer.presses("Prepare the adoption")
    officer.sees("Memberships that begin")
    looked_at(officer, "8-prepared")
    officer.presses("Adopt the plan and invite the schools")
    officer.sees("No answer yet")
    looked_at(officer, "9-adopted")
    assert AdoptionAnswer.objects.count() == 12
    officer.opens(f"/plans/{plan.pk}/document/")
    looked_at(officer, "10-document")
    officer.opens(f"/plans/{plan.pk}/")
    looked_at(officer, "0-plan")
