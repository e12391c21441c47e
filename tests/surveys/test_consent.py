"""Pupils and parents: what they agree to, from which age, in words that they understand, before the first question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.models import Ballot, Wave, WaveSchool, Who
from tests.conftest import People
from tests.surveys.conftest import TEXT
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db
ASKS = TEXT.replace("id: working-together", "id: asked").replace(
    "[leaders, staff]", "[leaders, staff, pupils]"
)
PLAIN = ASKS.replace("text: We visit each other.,", "text: We visit each other., plain: We go and see them.,")
AGREES = "I have read ‘Before you begin’, and I want to answer"


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def school(people: People) -> Callable[..., WaveSchool]:
    """`school(*who)`: where these people are asked."""

    def make(*who: Who) -> WaveSchool:
        scope = Scope(ScopeKind.AREA, people.area.pk)
        made: Wave = a_wave(
            scope,
            [people.school],
            owner=people.area,
            text=PLAIN,
            asked=list(who),
            consent="From 13 on your own.",
        )
        return made.schools.get()

    return make


def test_pupils_read_what_they_agree_to_and_say_so_before_the_first_question(
    school: Callable[..., WaveSchool], client: Client
) -> None:
    at = f"/a/{school(Who.PUPILS).code}/"
    page = words_of(client.get(at))
    for words in ("From 13 on your own.", "nobody is told who you are", "you can say no", AGREES):
        assert words in page
    refused = client.post(f"{at}questions/", {"do": "start", "who": "pupils"})
    assert "Tick that you have read" in words_of(refused)
    assert "We go and see them." not in words_of(refused)
    begun = client.post(f"{at}questions/", {"do": "start", "who": "pupils", "agrees": "on"})
    assert "We go and see them." in words_of(begun), "the plain words"
    assert not Ballot.objects.exists()


def test_beside_pupils_staff_need_not_agree_and_pupils_do(
    school: Callable[..., WaveSchool], client: Client
) -> None:
    at = f"/a/{school(Who.STAFF, Who.PUPILS).code}/questions/"
    assert "We visit each other." in words_of(client.post(at, {"do": "start", "who": "staff"}))
    assert "Tick that you have read" in words_of(client.post(at, {"do": "start", "who": "pupils"}))
    assert "We go and see them." in words_of(
        client.post(at, {"do": "start", "who": "pupils", "agrees": "on"})
    )


def test_where_neither_is_asked_nothing_is_to_be_agreed(
    school: Callable[..., WaveSchool], client: Client
) -> None:
    page = words_of(client.get(f"/a/{school(Who.STAFF).code}/"))
    assert AGREES not in page
    assert "In short" not in page
