"""A meeting: two heads on their phones, a screen that all can read, a section opened, an action taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.models import Meeting, Step, Wave, WaveKind, Who
from tests import factories
from tests.browser.support.visitor import EVERY_WAY, NARROW, Visitor
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
SCREEN = 1920


@pytest.fixture
def wave(transactional_db: None) -> Wave:
    """An open wave in the room, of two schools."""
    area = factories.area()
    scope = Scope(ScopeKind.AREA, area.pk)
    schools = [factories.school(area, name=name) for name in ("Ash Lane", "Beech Hill")]
    return a_wave(scope, schools, kind=WaveKind.IN_ROOM, asked=[Who.LEADERS])


def answers(phone: Visitor, meeting: Meeting, school: str, name: str, *, kind: str) -> None:
    """From the code on the screen to thanks."""
    phone.opens("/a/")
    phone.fills("Code", f"{meeting.code[:4].upper()} {meeting.code[4:]}")
    phone.presses("Go on")
    phone.is_accessible()
    phone.takes_picture("meeting-join")
    phone.follows(school)
    phone.sees("shared by those who are present")
    phone.fills("Your name", name)
    phone.presses("Start")
    phone.sees_heading("Knowing each other")
    for question in ("We know what other schools do well.", "We visit each other."):
        phone.page.get_by_role("group", name=question).get_by_label(kind).check()
    phone.presses("Go on")
    phone.presses("Go on")
    phone.presses("Send your answers")
    phone.sees_heading("Thank you")


@EVERY_WAY
def test_a_meeting_from_the_code_to_an_action(visit: Visit, wave: Wave, javascript: bool, width: int) -> None:
    officer = factories.person(name="Olive Okafor")
    RoleHolding.objects.create(
        person=officer, role=Role.AUTHORITY_OFFICER, scope_kind="area", scope_id=wave.scope_id
    )
    leader = visit(officer, javascript=javascript, width=width)
    leader.opens(f"/surveys/{wave.pk}/")
    leader.follows("Begin the meeting")
    leader.is_accessible()
    leader.takes_picture("meeting-start")
    leader.presses("Begin")
    leader.sees("0 joined, 0 answered")
    meeting = Meeting.objects.get(wave=wave)

    screen = visit(officer, javascript=javascript, width=SCREEN)
    screen.opens(f"/surveys/{wave.pk}/meeting/screen/")
    screen.sees("Join with your phone")
    screen.is_accessible()
    screen.takes_picture("meeting-screen-join")
    first, second = (visit(javascript=javascript, width=NARROW) for _ in range(2))
    answers(first, meeting, "Ash Lane", "Ann Archer", kind="Fully")
    answers(second, meeting, "Beech Hill", "Bob Baker", kind="Not at all")

    if javascript:
        expect(leader.page.locator("#there")).to_contain_text("2 joined, 2 answered", timeout=15_000)
    else:
        leader.follows("Refresh")
    leader.sees("2 joined, 2 answered")
    leader.is_accessible()
    leader.takes_picture("meeting-leader")
    leader.follows("Knowing each other")
    leader.sees("Nobody sees what they said here before you open it")
    leader.presses("Open this section")
    leader.sees("mean 2.5")
    leader.sees("Question by question")
    leader.is_accessible()
    leader.takes_picture("meeting-section")

    if not javascript:
        screen.follows("Refresh")
    expect(screen.page.locator("#screen")).to_contain_text("mean 2.5", timeout=15_000)
    screen.is_accessible()
    screen.takes_picture("meeting-screen-section")
    first.follows("See what is opened in the meeting")
    first.sees("mean 2.5")
    first.is_accessible()
    first.takes_picture("meeting-phone-section")

    leader.fills("What is done", "Visit each other in June")
    leader.fills("Who does it", "Heads of both schools")
    leader.presses("Take this action")
    leader.sees("Visit each other in June: Heads of both schools")
    assert Step.objects.get().in_meeting
    leader.fills("Add a note", "Distance is the reason")
    leader.presses("Keep the note")
    leader.sees("Distance is the reason")

    leader.opens(f"/surveys/{wave.pk}/meeting/end/")
    leader.presses("End it now")
    leader.sees_heading(f"Record of the meeting: {wave.name}")
    leader.sees("Distance is the reason")
    leader.is_accessible()
    leader.takes_picture("meeting-record")
    first.opens(f"/a/{meeting.code}/shown/", status=404)
    leader.opens(f"/surveys/{wave.pk}/actions/")
    leader.is_accessible()
    leader.takes_picture("actions")
    leader.follows("Visit each other in June")
    leader.is_accessible()
    leader.takes_picture("action")
    leader.presses("It is done")
    leader.sees("Done")
    assert Step.objects.get().ended_at is not None
    assert Step.objects.get().due > today() + timedelta(days=30)
