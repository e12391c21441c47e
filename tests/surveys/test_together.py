"""The joint statement: after people answered alone, the group writes down what it agrees, with evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.adapters.instruments import by_id, to_text
from isthmus.apps.surveys.models import JointAnswer, Wave
from tests import factories
from tests.conftest import People
from tests.surveys.conftest import JOINT
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db
SAID = {
    "code": "3", "text-agreed-1:evidence": "Minutes of May", "heard": "Staff of six schools",
    "moderated": "The Moor partnership",
}  # fmt: skip


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def wave(people: People) -> Wave:
    """An open wave that ends with a joint statement."""
    scope = Scope(ScopeKind.AREA, people.area.pk)
    return a_wave(scope, [people.school, factories.school(people.area)], owner=people.area, text=JOINT)


def test_a_strand_is_written_down_and_read_by_everybody_who_sees_the_wave(
    people: People, client_for: Callable[..., Any], wave: Wave
) -> None:
    client, at = client_for(people.officer), f"/surveys/{wave.pk}/together/"
    assert "What the group agreed together" in words_of(client.get(f"/surveys/{wave.pk}/"))
    assert words_of(client.get(at)).count("Not agreed yet") == 2
    assert client.post(f"{at}agreed-1/", {**SAID, "seen": ""}).url == at
    assert client.post(f"{at}agreed-2/", {"text-agreed-2": "Visits", "seen": ""}).url == at
    read = words_of(client_for(people.head).get(at))
    for words in (
        "Mostly",
        "What shows it? Minutes of May",
        "Heard: Staff of six schools",
        "Looked at by: The Moor",
        "Visits",
    ):
        assert words in read
    assert "Write down" not in read, "a head reads"
    assert client_for(people.head).post(f"{at}agreed-1/", SAID).status_code == 404
    assert AuditEvent.objects.filter(action="wave.together").count() == 2


def test_two_who_write_at_once_lose_nothing_and_a_double_click_is_one(
    people: People, client_for: Callable[..., Any], wave: Wave
) -> None:
    client, at = client_for(people.officer), f"/surveys/{wave.pk}/together/agreed-1/"
    for _ in range(2):
        assert client.post(at, {**SAID, "seen": ""}).status_code == 302
    assert AuditEvent.objects.filter(action="wave.together").count() == 1
    page = client.post(at, {**SAID, "code": "4", "heard": "Pupils", "seen": ""})
    said = words_of(page)
    assert "Somebody wrote this down meanwhile" in said
    assert "Staff of six schools" in said
    row = JointAnswer.objects.get()
    assert (row.code, row.heard) == (3, "Staff of six schools")
    again = {**SAID, "code": "4", "heard": "Pupils", "seen": page.context["form"]["seen"].value()}
    assert client.post(at, again).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.heard) == (4, "Pupils")


def test_it_says_what_is_wrong_and_keeps_nothing(
    people: People, client_for: Callable[..., Any], wave: Wave
) -> None:
    client, at = client_for(people.officer), f"/surveys/{wave.pk}/together/agreed-1/"
    assert client.post(at, {"heard": "Staff"}).context["form"].errors
    assert client.post(at, {**SAID, "code": "9"}).context["form"].errors
    assert not JointAnswer.objects.exists()
    assert client.post(at, {"code": "none", "seen": ""}).status_code == 302
    assert not JointAnswer.objects.exists(), "nothing was said"


def test_it_is_there_only_where_the_group_is_asked_and_the_wave_was_opened(
    people: People, client_for: Callable[..., Any], make_wave: Callable[..., Wave]
) -> None:
    client = client_for(people.officer)
    plain, scope = make_wave(), Scope(ScopeKind.AREA, people.area.pk)
    draft = a_wave(scope, [people.school], owner=people.area, text=JOINT, opened=False)
    for one in (plain, draft):
        assert client.get(f"/surveys/{one.pk}/together/").status_code == 404
        assert client.get(f"/surveys/{one.pk}/together/agreed-1/").status_code == 404
        assert "What the group agreed together" not in words_of(client.get(f"/surveys/{one.pk}/"))
    there = a_wave(scope, [people.school], owner=people.area, text=JOINT)
    assert client.get(f"/surveys/{there.pk}/together/know-1/").status_code == 404, "asked of each alone"


def test_the_maturity_model_ends_with_a_statement_on_each_of_its_twelve_strands(
    people: People, client_for: Callable[..., Any]
) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    text = to_text(by_id("maturity-model"))
    wave = a_wave(scope, [people.school], owner=people.area, text=text)
    page = client_for(people.officer).get(f"/surveys/{wave.pk}/together/")
    facts = [len(part.facts) for part in page.context["parts"]]
    assert facts == [3, 4, 4, 4, 5], "moderation, three dimensions of four strands, the statement"
