"""Comments are read by a person before anybody is shown them, and by nobody where too few people wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.models import Comment, Wave
from isthmus.apps.surveys.queries import comments as queries

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


@pytest.fixture
def commented(make_wave: Make, answer: Any, people: Any) -> Wave:
    """Eleven people of the first school answer the open question, nine of the second; five write beside another."""
    wave = make_wave(comments=True)
    first, second = wave.schools.select_related("wave__instrument").order_by("pk")
    for number in range(11):
        beside = {"know-2:comment": f"beside {number}"} if number < 5 else {}
        answer(first, comments={"share-3": f"first {number}", **beside})
    for number in range(9):
        answer(second, comments={"share-3": f"second {number}"})
    assert actions.start_close(by=people.officer, wave=wave)
    actions.mix(by=None, wave=wave)
    actions.end_close(by=None, wave=wave, content='{"report":null}')
    wave.refresh_from_db()
    return wave


def test_too_few_comments_are_read_by_nobody(commented: Wave) -> None:
    assert Comment.objects.count() == 25
    assert {one.text.split()[0] for one in queries.readable(commented)} == {"first"}
    assert queries.readable(commented).count() == 11


def test_nothing_is_shown_before_all_were_looked_at(commented: Wave, people: Any) -> None:
    rows = list(queries.readable(commented))
    for one in rows[:-1]:
        actions.look_at_comment(by=people.officer, comment=one, shown="kept", theme="Time")
    assert queries.shown(commented, people.school.pk) == []
    actions.look_at_comment(by=people.officer, comment=rows[-1], shown="")
    ((item, told),) = queries.shown(commented, people.school.pk)
    assert item == "share-3"
    assert [one.shown for one in told] == ["kept"] * 10
    assert queries.themes(commented) == ["Time"]


def test_the_record_does_not_tell_what_was_written(commented: Wave, people: Any, client_for: Any) -> None:
    client = client_for(people.officer)
    one = queries.readable(commented).first()
    assert one is not None
    page = client.get(f"/surveys/{commented.pk}/comments/{one.pk}/").content.decode()
    assert one.text in page
    response = client.post(
        f"/surveys/{commented.pk}/comments/{one.pk}/", {"shown": "Told otherwise", "theme": ""}
    )
    assert response.status_code == 302
    one.refresh_from_db()
    assert (one.shown, one.looked_at) == ("Told otherwise", True)
    event = AuditEvent.objects.get(action="wave.comment")
    told = event.told
    assert told is not None
    assert told["detail"] == {"shown": True, "as it was": False}
    assert told.keys() == {"detail", "roles"}


def test_only_who_looks_after_the_wave_reads_them(commented: Wave, people: Any, client_for: Any) -> None:
    one = queries.readable(commented).first()
    assert one is not None
    for who in (people.head, people.other_officer):
        for path in (f"/surveys/{commented.pk}/comments/", f"/surveys/{commented.pk}/comments/{one.pk}/"):
            assert client_for(who).get(path).status_code == 404
    hidden = Comment.objects.filter(text__startswith="second").first()
    assert hidden is not None
    officer = client_for(people.officer)
    assert officer.get(f"/surveys/{commented.pk}/comments/{hidden.pk}/").status_code == 404
    assert officer.get(f"/surveys/{commented.pk}/comments/").status_code == 200
