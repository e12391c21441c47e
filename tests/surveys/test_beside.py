"""What leaders said in the room beside what staff said: only where K people or more answered in both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from isthmus.apps.surveys.actions import meetings as actions
from isthmus.apps.surveys.actions import open_wave
from isthmus.apps.surveys.adapters import beside, present
from isthmus.apps.surveys.models import Meeting, OpenedSection, Wave, Who
from tests.conftest import People
from tests.surveys.meeting import a_meeting, said
from tests.surveys.test_report import closed, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(people: People, answer: Any) -> Meeting:
    """Ten leaders in the room, and twenty-eight staff without a name, whose report is there."""
    meeting = a_meeting(people)
    first, second = meeting.wave.schools.select_related("wave__instrument").order_by("pk")
    for number in range(10):
        said((first, second)[number % 2], f"Leader {number}", know_1=4, know_2=3 + number % 2)
    figures = present.section_now(meeting, "know").as_json()
    actions.open_section(by=people.officer, meeting=meeting, section="know", figures=figures)
    staff = actions.hand_to_staff(by=people.officer, meeting=meeting, asked=[Who.STAFF])
    assert open_wave(by=people.officer, wave=staff)
    fill(staff, answer, {Who.STAFF: 14})
    closed(Wave.objects.select_related("instrument").get(pk=staff.pk), people)
    return Meeting.objects.select_related("wave__instrument", "handed_to__instrument").get(pk=meeting.pk)


def test_the_two_stand_side_by_side_and_never_below_k(
    people: People, both: Meeting, client_for: Callable[..., Client]
) -> None:
    (pair,) = beside.beside(both).pairs
    assert pair.leaders.value == pytest.approx(3.75)
    assert pair.staff.value is not None
    assert pair.difference.value == pytest.approx(3.75 - pair.staff.value)
    assert not pair.why
    url = f"/surveys/{both.wave_id}/meeting/beside/"
    officer = client_for(people.officer)
    assert "Leaders less staff" in officer.get(url).content.decode()
    assert url in officer.get(f"/surveys/{both.handed_to_id}/report/").content.decode()
    assert url not in client_for(people.head).get(f"/surveys/{both.handed_to_id}/report/").content.decode()
    assert client_for(people.head).get(url).status_code == 404

    row = OpenedSection.objects.get()
    row.figures["whole"]["people"] = 9
    row.save()
    (pair,) = beside.beside(both).pairs
    shown = (pair.leaders.text, pair.staff.text, pair.difference.text)
    assert shown == ("[c]", "[c]", "[c]"), "the difference follows from the two, so neither stands there"
    assert (pair.leaders.value, pair.staff.value, pair.difference.value) == (None, None, None)
    assert "Fewer than 10 people answered this section in the room" in officer.get(url).content.decode()
    OpenedSection.objects.all().delete()
    assert not beside.beside(both).pairs, "what was not opened in the room is not opened here"
