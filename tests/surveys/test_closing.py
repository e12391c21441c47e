"""After the close: answers without their numbers in an order drawn anew, comments apart from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isthmus.apps.surveys import actions
from isthmus.apps.surveys.models import Answer, Ballot, Comment, Wave, WaveState, Who

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]


def closing(wave: Wave, people: Any) -> Wave:
    assert actions.start_close(by=people.officer, wave=wave) is not None
    wave.refresh_from_db()
    return wave


def test_ballots_become_answers_in_another_order(make_wave: Make, answer: Any, people: Any) -> None:
    wave = make_wave(comments=True)
    school = wave.schools.select_related("wave__instrument").first()
    for number in range(60):
        code = 1 + number // 15
        answer(
            school,
            Who.STAFF,
            codes={"know-1": code},
            comments={"share-3": f"open {number}", "know-2:comment": f"beside {number}"},
        )
    assert actions.mix(by=None, wave=closing(wave, people)) == 60
    assert not Ballot.objects.exists()
    order = [bytes(row.codes)[0] for row in Answer.objects.order_by("pk")]
    assert sorted(order) == sorted([1, 2, 3, 4] * 15)
    assert order != sorted(order), "the order in which they came is gone"
    numbers = {
        item: [int(c.text.split()[1]) for c in Comment.objects.filter(item=item).order_by("pk")]
        for item in ("share-3", "know-2:comment")
    }
    assert [sorted(found) for found in numbers.values()] == [list(range(60))] * 2
    first, second = numbers.values()
    assert first != second, "each question has an order of its own"
    assert first != sorted(first)
    assert second != sorted(second)


def test_mixing_twice_does_no_harm_and_an_open_wave_is_not_mixed(
    make_wave: Make, answer: Any, people: Any
) -> None:
    wave = make_wave()
    answer(wave.schools.select_related("wave__instrument").first())
    assert actions.mix(by=None, wave=wave) == 0
    assert Ballot.objects.count() == 1
    wave = closing(wave, people)
    assert [actions.mix(by=None, wave=wave) for _ in range(2)] == [1, 0]
    assert Answer.objects.count() == 1


def test_a_report_is_made_once(make_wave: Make, people: Any) -> None:
    wave = closing(make_wave(), people)
    first = actions.end_close(by=None, wave=wave, content='{"a":1}')
    again = actions.end_close(by=None, wave=wave, content='{"a":2}')
    assert again.pk == first.pk
    assert again.content == '{"a":1}'
    wave.refresh_from_db()
    assert wave.state == WaveState.CLOSED
    assert actions.start_close(by=people.officer, wave=wave) is None
