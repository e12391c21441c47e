"""A head's side of a consultation on a phone, from the mail to the receipt, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from isthmus.apps.core import mail_delivery
from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks.actions import answering
from isthmus.apps.networks.actions import consultation as actions
from isthmus.apps.networks.actions.consultation import Asking
from isthmus.apps.networks.models import (
    CONSULTATION_PURPOSE,
    Consultation,
    ConsultationAnswer,
    Sees,
    WishKind,
)
from isthmus.apps.networks.queries.answering import seen_wishes
from isthmus.apps.networks.queries.consultation import wishes
from isthmus.apps.register import actions as register
from isthmus.apps.register.queries import area_members
from tests import factories
from tests.browser.support.keyboard import tab_to
from tests.browser.support.visitor import NARROW, WIDE, Visitor
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def cast(transactional_db: None) -> People:
    """The cast, four more schools of the head's area, and a theme; Elm lies far off."""
    people = factories.cast()
    people.area.fictional = True
    people.area.save()
    for number, name in enumerate(("Brook", "Cliff", "Dale", "Elm")):
        factories.school(
            people.area,
            name=f"{name} Primary School",
            town="Gull",
            search=f" {name.lower()} primary school gull",
            easting=440_000 + number,
        )
    for _ in range(8):
        factories.school(people.area, easting=440_000)
    elm = area_members(people.area).get(name__startswith="Elm")
    elm.easting = 900_000
    elm.save()
    register.keep_theme(
        by=people.officer,
        area=people.area,
        theme=None,
        name="Early reading",
        description="Every child reads by seven",
        in_use=True,
    )
    return people


def asks(people: People) -> Consultation:
    """The officer asks every school of the area."""
    until = today() + timedelta(days=9)
    asking = Asking("Networks from September", "We plan again, with you.", until, sees=Sees.MUTUAL)
    schools = list(area_members(people.area))
    kept = actions.start_consultation(
        by=people.officer, area=people.area, asking=asking, schools=schools, token=uuid4()
    )
    assert actions.open_consultation(by=people.officer, consultation=kept)
    return kept


@pytest.mark.parametrize("javascript", [pytest.param(True, marks=pytest.mark.prove), False])
def test_from_the_mail_to_the_receipt_on_a_phone(visit: Visit, cast: People, javascript: bool) -> None:
    kept = asks(cast)
    assert mail_delivery.deliver() == 1
    head = visit(javascript=javascript, width=NARROW)
    head.opens("/mail/demonstration/")
    head.follows("With whom does your school wish to work?")
    head.is_accessible()
    head.follows("See the consultation")
    head.sees_heading("Networks from September")
    head.sees("never published")
    head.is_accessible()
    head.takes_picture("consultation-link")
    start = head.page.get_by_role("button", name="Start").or_(head.page.get_by_role("link", name="Start"))
    start.first.click()
    head.sees_heading(cast.school.name)
    head.is_accessible()

    head.follows("With whom we wish to work")
    head.sees_heading("With whom do you wish to work?")
    head.does_not_see("Elm Primary School")
    head.chooses("Brook Primary School, Gull (primary)")
    head.fills("Find a school by name, place or URN", "elm")
    head.presses("Find")
    head.sees_heading("With whom do you wish to work?")
    head.chooses("Elm Primary School, Gull (primary)")
    head.is_accessible()
    head.takes_picture("consultation-wishes")
    head.presses("Save")
    head.sees("Saved.")
    head.sees("2 schools")

    head.follows("With whom we would rather not now")
    head.fills("Find a school by name, place or URN", "brook")
    head.presses("Find")
    head.chooses("Brook Primary School, Gull (primary)")
    head.presses("Save")
    head.sees_errors(
        "Schools that you would rather not work with now: you said the opposite of Brook Primary School before. "
        "Take it away there first"
    )
    head.is_accessible()
    head.page.get_by_label("Brook Primary School, Gull (primary)").uncheck()
    head.fills("Find a school by name, place or URN", "dale")
    head.presses("Find")
    head.chooses("Dale Primary School, Gull (primary)")
    head.page.get_by_label("Why, if you wish to say").fill("Too much at once")
    head.is_accessible()
    head.presses("Save")
    head.sees("Saved.")

    head.follows("What we need and what we can give")
    head.chooses("Early reading", "We can help others")
    head.is_accessible()
    head.takes_picture("consultation-needs")
    head.presses("Save")
    head.sees("1 of 1 theme")

    head.follows("A co-leader, and a note")
    head.page.get_by_label("Their full name").fill("Cy Co")
    head.presses("Save")
    head.sees_errors("Ask this person first and tick the box, or take their name away")
    head.chooses("This person knows that I name them here, and agrees")
    head.is_accessible()
    head.takes_picture("consultation-co-leader")
    head.presses("Save")
    head.sees("Cy Co")
    assert wishes(kept) == ()
    tab_to(head.page, head.page.get_by_role("button", name="Send your answer"))
    head.page.keyboard.press("Enter")
    head.sees("Your answer was sent.")
    head.is_accessible()
    head.takes_picture("consultation-answer")
    assert len(wishes(kept)) == 2

    assert mail_delivery.deliver() == 1
    head.opens("/mail/demonstration/")
    head.follows("What your school answered")
    head.sees("You wish to work with: Brook Primary School; Elm Primary School.")
    head.does_not_see("Dale Primary School")


def test_the_officer_sees_answers_come_and_the_head_what_is_mutual(visit: Visit, cast: People) -> None:
    kept = asks(cast)
    brook = area_members(cast.area).get(name__startswith="Brook")
    for who, whom in ((cast.school, brook), (brook, cast.school)):
        answer = ConsultationAnswer.objects.get(consultation=kept, organisation=who)
        seen = seen_wishes(answer, WishKind.WITH)
        answering.keep_wishes(by=None, answer=answer, kind=WishKind.WITH, schools=[whom], seen=seen)
        answering.send_answer(by=None, answer=answer, email="", seen=0)
    officer = visit(cast.officer, width=NARROW)
    officer.opens(f"/areas/{cast.area.pk}/consultations/")
    officer.is_accessible()
    officer.follows("Networks from September")
    officer.sees("2 of 13 schools")
    officer.sees("1 school, 1 mutual")
    officer.is_accessible()
    officer.takes_picture("consultation-officer")
    officer.follows("Elm Primary School")
    officer.sees("Link to hand over")
    officer.is_accessible()
    officer.takes_picture("consultation-school")
    officer.opens(f"/areas/{cast.area.pk}/consultations/new/")
    officer.is_accessible()
    officer.takes_picture("consultation-new")
    officer.opens(f"/consultations/{kept.pk}/close/")
    officer.is_accessible()
    officer.presses("Close it")
    officer.sees("The consultation is closed.")
    officer.is_accessible()
    officer.page.set_viewport_size({"width": WIDE, "height": 900})
    officer.takes_picture("consultation-officer")
    head = visit(width=NARROW)
    answer = ConsultationAnswer.objects.get(consultation=kept, organisation=cast.school)
    head.opens(f"/consultations/answer/{derived(CONSULTATION_PURPOSE, answer.reference)}/")
    head.page.get_by_role("button", name="See what you said").first.click()
    head.sees("Schools that wished for you too")
    head.sees("Brook Primary School")
    head.does_not_see("Elm Primary School")
    head.is_accessible()
    head.takes_picture("consultation-over")
