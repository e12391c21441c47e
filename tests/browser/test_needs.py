"""A head says on a phone what the school needs and can give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from isthmus.apps.needs.models import Statement
from isthmus.apps.register import actions as register
from isthmus.apps.register.models import Organisation
from tests import factories
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = factories.cast()
    people.area.fictional = True
    people.area.save()
    Organisation.objects.filter(pk=people.school.pk).update(name="Marchport Primary")
    register.seed_themes(by=people.officer, area=people.area)
    return people


@pytest.mark.parametrize("javascript", [pytest.param(True, marks=pytest.mark.prove), False])
def test_a_head_says_needs_and_strengths(visit: Visit, cast: People, javascript: bool) -> None:
    head = visit(cast.head, javascript=javascript, width=NARROW)
    head.opens("/needs/")
    head.sees_heading("Needs and strengths")
    head.is_accessible()
    head.follows("Marchport Primary")
    head.sees_heading("What Marchport Primary needs and can give")
    head.sees("0 of 17 themes said.")
    head.is_accessible()
    head.follows("Inclusion")
    head.sees_heading("Inclusion: Marchport Primary")
    head.presses("Save")
    head.sees_errors("Choose where your school stands")
    head.is_accessible()
    head.chooses("We would welcome help")
    head.page.get_by_label("What they said").fill("Ask us first.")
    head.presses("Save")
    head.sees("Saved: Inclusion.")
    head.sees("1 of 17 themes said.")
    head.takes_picture("needs-school")
    head.page.get_by_role("button", name="Say all on one page").or_(
        head.page.get_by_role("link", name="Say all on one page")
    ).first.click()
    head.sees_heading("Say what Marchport Primary needs and can give")
    head.is_accessible()
    head.page.get_by_role("group", name="Peer review").get_by_label("Strength").check()
    head.presses("Save")
    head.sees("2 of 17 themes said.")
    head.is_accessible()
    said = Statement.objects.order_by("theme__name").values_list("theme__name", "level", "their_words")
    assert list(said) == [("Inclusion", "need", "Ask us first."), ("Peer review", "strength", "")]

    officer = visit(cast.officer, javascript=javascript, width=WIDE)
    officer.opens(f"/areas/{cast.area.pk}/needs/")
    officer.sees("1 of 1 school said something.")
    officer.is_accessible()
    officer.takes_picture("needs-area")
    officer.follows("which schools compete")
    officer.is_accessible()
    officer.presses("Estimate anew")
    officer.sees("Estimated: 0 pairs that may compete for pupils.")
    officer.is_accessible()
