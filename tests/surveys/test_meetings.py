"""A meeting that answers in the room: nothing is seen before it is opened, and what was opened is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from statistics import stdev
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.surveys.actions import meetings as actions
from isthmus.apps.surveys.adapters import present
from isthmus.apps.surveys.adapters.meetings import from_json
from isthmus.apps.surveys.models import (
    Answer,
    Joined,
    Meeting,
    MeetingNote,
    OpenedSection,
    Response,
    RoomAnswer,
    Step,
    Wave,
    WaveKind,
    WaveState,
    Way,
)
from tests.conftest import People
from tests.surveys.meeting import a_meeting, room_wave, said

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def held(people: People) -> Meeting:
    """Two people of one school and one of another: three answers, of which one leaves a section out."""
    meeting = a_meeting(people)
    first, second = meeting.wave.schools.select_related("wave__instrument").order_by("pk")
    said(first, "Ann", "The minibus", know_1=4, know_2=2, share_1=4, share_2=4)
    said(first, "Bob", "A piano", know_1=2, know_2=2, share_1=1, share_2=4)
    said(second, "Cay", know_1=3, know_2=1)
    return meeting


def opens(people: People, meeting: Meeting, section: str = "know") -> None:
    figures = present.section_now(meeting, section).as_json()
    assert actions.open_section(by=people.officer, meeting=meeting, section=section, figures=figures)
    meeting.refresh_from_db()


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_figures_are_totals_and_means_with_their_spread(people: People, held: Meeting) -> None:
    found = present.section_now(held, "know")
    # People's own means are 3, 2 and 2; totals 6, 4 and 4 of 8.
    assert found.whole.mean == pytest.approx(7 / 3)
    assert found.whole.spread == pytest.approx(stdev([3, 2, 2]))
    assert (found.whole.lowest, found.whole.highest) == (2, 3)
    assert found.whole.total == pytest.approx(14 / 3)
    assert found.whole.out_of == 8
    assert [(line.people, line.mean) for line in sorted(found.schools, key=lambda one: -one.people)] == [
        (2, pytest.approx(2.5)),
        (1, pytest.approx(2)),
    ]
    first = found.items[0]
    assert (first.counts, first.mean, first.spread) == ((0, 1, 1, 1), 3, pytest.approx(1))
    share = present.section_now(held, "share")
    assert share.whole.people == 2, "who left a section out is not counted in it"
    assert from_json(found.as_json()) == found, "what is kept is what was opened"


def test_nothing_is_seen_before_it_is_opened(people: People, held: Meeting, client_for: ClientFor) -> None:
    officer, phone = client_for(people.officer), client_for(None)
    pages = [
        (officer, f"/surveys/{held.wave_id}/meeting/"),
        (officer, f"/surveys/{held.wave_id}/meeting/section/know/"),
        (officer, f"/surveys/{held.wave_id}/meeting/screen/"),
        (officer, f"/surveys/{held.wave_id}/meeting/record/"),
        (phone, f"/a/{held.code}/shown/"),
    ]
    for client, url in pages:
        shown = text(client.get(url))
        assert "Mean" not in shown, url
        assert "minibus" not in shown, url
    assert "<strong>3</strong> answered" in text(officer.get(pages[0][1]))
    opens(people, held)
    for client, url in pages[1:]:
        shown = text(client.get(url))
        assert "Total 4.7 of 8, mean 2.3" in shown, url
        assert "minibus" not in shown, "of a section that is not opened nothing is told"


def test_the_screen_shows_what_was_opened_last_and_leads_to_the_questions_behind_a_gap(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    officer = client_for(people.officer)
    screen = text(officer.get(f"/surveys/{held.wave_id}/meeting/screen/"))
    assert held.code[:4] in screen
    assert "<form" not in screen
    opens(people, held, "share")
    opens(people, held, "know")
    screen = text(officer.get(f"/surveys/{held.wave_id}/meeting/screen/"))
    assert "Knowing each other</h2>" in screen
    assert "The minibus" not in screen
    section = text(officer.get(f"/surveys/{held.wave_id}/meeting/section/know/"))
    assert '<a class="govuk-link" href="#know-2">We visit each other.</a> (Lowest)' in section
    assert (
        '<a class="govuk-link" href="#know-1">We know what other schools do well.</a> (Furthest apart)'
        in section
    )
    actions.show_on_screen(by=people.officer, meeting=held, showing="share")
    assert "The minibus" in text(officer.get(f"/surveys/{held.wave_id}/meeting/screen/"))
    assert not actions.show_on_screen(by=people.officer, meeting=held, showing="nothing")


def test_what_was_opened_stays_until_it_is_counted_again(people: People, held: Meeting) -> None:
    opens(people, held)
    said(held.wave.schools.select_related("wave__instrument").order_by("pk")[1], "Dee", know_1=1, know_2=1)
    assert present.opened(held)["know"].whole.people == 3
    opens(people, held)
    assert present.opened(held)["know"].whole.people == 4
    assert OpenedSection.objects.count() == 1
    before = events("meeting.open")
    opens(people, held)
    assert events("meeting.open") == before == 2, "the same again is no change"


def test_joining_by_the_code(people: People, client_for: ClientFor) -> None:
    meeting = a_meeting(people)
    phone = client_for(None)
    spoken = f"{meeting.code[:4].upper()} {meeting.code[4:]}"
    response = phone.post("/a/", {"code": spoken})
    assert response.headers["Location"] == f"/a/{meeting.code}/"
    choice = text(phone.get(f"/a/{meeting.code}/"))
    school = meeting.wave.schools.get(organisation=people.school)
    assert f'href="/a/{school.code}/"' in choice
    page = phone.get(f"/a/{school.code}/")
    ballot = page.context["ballot"]
    start = {"do": "start", "ballot": str(ballot), "who": "leaders", "name": "Ann  Archer"}
    for _ in range(2):
        shown = phone.post(f"/a/{school.code}/questions/", start)
        assert f'name="ballot" value="{ballot}"' in text(shown)
        assert 'name="name" value="Ann Archer"' in text(shown)
    assert Joined.objects.get().ballot == ballot, "a double click joins once"
    send = {**start, "do": "send", "page": "2", "q-know-1": "4"}
    assert phone.post(f"/a/{school.code}/questions/", send).headers["Location"].endswith("/thanks/")
    assert Response.objects.get().name == "Ann Archer"
    assert f"/a/{school.code}/shown/" in text(phone.get(f"/a/{school.code}/thanks/"))
    leader = text(client_for(people.officer).get(f"/surveys/{meeting.wave_id}/meeting/"))
    assert "<strong>1</strong> joined, <strong>1</strong> answered" in leader
    assert "Ann Archer" in leader
    assert not phone.cookies


def test_the_code_opens_nothing_once_the_meeting_is_over(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    opens(people, held)
    phone = client_for(None)
    school = held.wave.schools.order_by("pk")[0]
    for code in (held.code, school.code):
        assert phone.get(f"/a/{code}/shown/").status_code == 200
    assert actions.end_meeting(by=people.officer, meeting=held)
    assert not actions.end_meeting(by=people.officer, meeting=held)
    for code in (held.code, school.code):
        assert phone.get(f"/a/{code}/shown/").status_code == 404
    assert phone.get(f"/a/{held.code}/").status_code == 404
    held.wave.refresh_from_db()
    assert held.wave.state == WaveState.CLOSING


def test_a_code_of_another_wave_shows_nothing_of_the_meeting(people: People, client_for: ClientFor) -> None:
    a_meeting(people)
    other = room_wave(people)
    assert client_for(None).get(f"/a/{other.schools.all()[0].code}/shown/").status_code == 404


def test_nothing_is_added_to_a_meeting_that_is_over(people: People, held: Meeting) -> None:
    actions.end_meeting(by=people.officer, meeting=held)
    figures = present.section_now(held, "know").as_json()
    by: Any = {"by": people.officer, "meeting": held}
    before = AuditEvent.objects.count()
    assert not actions.open_section(**by, section="know", figures=figures)
    assert not actions.show_on_screen(**by, showing="")
    assert not actions.answer_for_room(**by, codes={"know-1": 3}, texts={})
    assert not actions.take_note(**by, section="know", text="Late", token=uuid4())
    assert not actions.join_meeting(by=None, meeting=held, ballot=5)
    assert not actions.remove_note(**by, number=1)
    assert AuditEvent.objects.count() == before
    assert not OpenedSection.objects.exists()


def test_a_wave_that_closes_by_itself_ends_the_meeting_too(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    opens(people, held)
    shown = f"/a/{held.code}/shown/"
    assert client_for(None).get(shown).status_code == 200
    note = {"by": people.officer, "meeting": held, "section": "know", "text": "Late"}
    Wave.objects.filter(pk=held.wave_id).update(state=WaveState.CLOSED, closed_at=timezone.now())
    assert not actions.take_note(**note, token=uuid4())  # type: ignore[arg-type]  # of several types
    assert actions.start_meeting(by=people.officer, wave=held.wave, way=Way.TOGETHER) is None
    assert client_for(None).get(shown).status_code == 404
    assert client_for(None).get(f"/a/{held.code}/").status_code == 404


def test_the_room_answers_together(people: People, client_for: ClientFor) -> None:
    meeting = a_meeting(people, Way.TOGETHER)
    officer = client_for(people.officer)
    url = f"/surveys/{meeting.wave_id}/meeting/room/share/"
    assert "No answer of the room yet" in text(officer.get(url))
    given = {"q-share-1": "3", "q-share-2": "", "t-share-3": "The minibus", "do": "keep"}
    for _ in range(2):
        assert officer.post(url, given).status_code == 302
    assert events("meeting.answer") == 1
    rows = {row.item: (row.code, row.text) for row in RoomAnswer.objects.all()}
    assert rows == {"share-1": (3, ""), "share-3": (None, "The minibus")}
    found = present.section_now(meeting, "share")
    assert found.whole.people == 0
    assert found.room is not None
    assert found.room.mean == 3
    opens(people, meeting, "share")
    shown = text(officer.get(f"/surveys/{meeting.wave_id}/meeting/section/share/"))
    assert "The room as a whole: <strong>Mostly</strong>" in shown
    assert "one answer of the room as a whole" in shown
    officer.post(url, {"q-share-1": "", "do": "keep"})
    assert not RoomAnswer.objects.exists(), "what is left open again is taken back"
    officer.post(url, {"q-share-1": "99", "q-know-1": "4"})
    assert not RoomAnswer.objects.exists(), "neither off the scale nor of another section"


def test_notes_and_actions_are_taken_there_and_then(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    opens(people, held)
    officer = client_for(people.officer)
    url = f"/surveys/{held.wave_id}/meeting/section/know/"
    token = str(uuid4())
    for _ in range(2):
        officer.post(url, {"do": "note", "text": "Visits are rare", "token": token})
    note = MeetingNote.objects.get()
    assert "Visits are rare" in text(officer.get(url))
    assert "Write the note first" in text(officer.post(url, {"do": "note", "text": " "}))
    due = {"due_day": "1", "due_month": "3", "due_year": str(timezone.now().year + 1)}
    deed = {
        "what": "Visit each other",
        "who": "Ash Lane",
        "about": "know/know-2",
        "token": str(uuid4()),
        **due,
    }
    for _ in range(2):
        done = officer.post(f"/surveys/{held.wave_id}/actions/new/", deed)
        assert done.headers["Location"] == url
    step = Step.objects.get()
    assert (step.section, step.item, step.in_meeting) == ("know", "know-2", True)
    assert "Visit each other: Ash Lane" in text(officer.get(f"/surveys/{held.wave_id}/meeting/screen/"))
    assert "Visits are rare" not in text(officer.get(f"/surveys/{held.wave_id}/meeting/screen/"))
    officer.post(url, {"do": "remove_note", "note": str(note.pk)})
    assert not MeetingNote.objects.exists()


def test_the_record_says_the_same_as_page_and_files(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    opens(people, held, "share")
    by: Any = {"by": people.officer, "meeting": held, "token": uuid4()}
    actions.take_note(**by, section="share", text="The minibus is old")
    actions.end_meeting(by=people.officer, meeting=held)
    officer = client_for(people.officer)
    page = text(officer.get(f"/surveys/{held.wave_id}/meeting/record/"))
    file = b"".join(officer.get(f"/surveys/{held.wave_id}/meeting/record.docx"))
    word = zipfile.ZipFile(io.BytesIO(file)).read("word/document.xml").decode()
    for words in ("The minibus is old", "Sharing", "A piano", "We decide together.", "Total 6.5 of 8"):
        assert words in page, words
        assert words in word, words
    assert "Knowing each other" not in page, "nothing of what was not opened"
    assert "Ann" not in page, "answers stand without names"
    # Answers go after a year; what was opened is still there.
    Response.objects.all().delete()
    page = text(officer.get(f"/surveys/{held.wave_id}/meeting/record/"))
    assert "Total 6.5 of 8" in page
    assert "A piano" not in page


def test_handing_on_to_staff_makes_one_wave_of_its_own(
    people: People, held: Meeting, client_for: ClientFor
) -> None:
    actions.end_meeting(by=people.officer, meeting=held)
    officer = client_for(people.officer)
    url = f"/surveys/{held.wave_id}/meeting/staff/"
    first = officer.post(url).headers["Location"]
    assert officer.post(url).headers["Location"] == first
    held.refresh_from_db()
    staff = held.handed_to
    assert staff is not None
    assert (staff.kind, staff.state, staff.asked) == (WaveKind.ANONYMOUS, WaveState.DRAFT, ["staff"])
    assert staff.instrument_id == held.wave.instrument_id
    asked = set(staff.schools.values_list("organisation", flat=True))
    assert asked == set(held.wave.schools.values_list("organisation", flat=True))
    assert not Answer.objects.exists(), "nothing of the room goes over"
    shown = text(officer.get(f"/surveys/{held.wave_id}/meeting/beside/"))
    assert "has no report yet" in shown
    staff.delete()
    assert officer.post(url).headers["Location"] != first


def test_another_kind_has_no_meeting(people: People, client_for: ClientFor) -> None:
    wave = room_wave(people, kind=WaveKind.ATTRIBUTED)
    assert client_for(people.officer).get(f"/surveys/{wave.pk}/meeting/").status_code == 404
    assert actions.start_meeting(by=people.officer, wave=wave, way=Way.APART) is None
    draft = room_wave(people, opened=False)
    assert client_for(people.officer).get(f"/surveys/{draft.pk}/meeting/").status_code == 404


def test_it_begins_once_and_can_answer_another_way(people: People, client_for: ClientFor) -> None:
    wave = room_wave(people)
    officer = client_for(people.officer)
    url = f"/surveys/{wave.pk}/meeting/"
    assert "How do you answer?" in text(officer.get(url))
    assert "Choose how you answer" in text(officer.post(url, {"do": "start"}))
    for _ in range(2):
        officer.post(url, {"do": "start", "way": "apart"})
    officer.post(url, {"do": "start", "way": "together"})
    assert Meeting.objects.get().way == Way.TOGETHER
    assert events("meeting.start") == 2
    assert officer.get(url, {"at": "0-0"}).status_code == 204, "nothing new is nothing to send"
    assert officer.get(url, {"at": "0-1"}).status_code == 200


def test_everybody_else_sees_no_meeting(people: People, held: Meeting, client_for: ClientFor) -> None:
    for person in (people.head, people.other_officer):
        for page in (
            "",
            "screen/",
            "record/",
            "record.docx",
            "beside/",
            "section/know/",
            "room/know/",
            "end/",
            "staff/",
        ):
            response = client_for(person).get(f"/surveys/{held.wave_id}/meeting/{page}")
            assert response.status_code == 404, page


def test_pages_cost_the_same_however_many_there_are(
    people: People, held: Meeting, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    officer = client_for(people.officer)
    opens(people, held)
    school = held.wave.schools.select_related("wave__instrument").order_by("pk")[0]

    def more() -> None:
        said(school, "More", know_1=1)
        actions.take_note(by=people.officer, meeting=held, section="know", text="Word", token=uuid4())

    for page in ("", "screen/", "section/know/", "record/"):
        assert (
            list_query_count(more, lambda page=page: officer.get(f"/surveys/{held.wave_id}/meeting/{page}"))
            < 40
        )  # type: ignore[misc]  # a lambda of a loop
