"""A confidential wave: the one who was named reads who said what, and nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import RoleHolding
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.waiting import waiting_for
from isthmus.apps.surveys.actions import respond
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveState, Who
from tests import factories
from tests.conftest import People
from tests.surveys.making import a_response, a_wave, row_of

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def reader(people: People) -> Any:
    """An adviser of the area."""
    adviser = factories.person(name="Ada Adviser", email="ada@example.org")
    RoleHolding.objects.create(person=adviser, role=Role.ADVISER, scope_kind="area", scope_id=people.area.pk)
    return adviser


@pytest.fixture
def wave(people: People, reader: Any) -> Wave:
    """A closed wave with an answer of each of two schools."""
    scope = Scope(ScopeKind.AREA, people.area.pk)
    schools = [people.school, factories.school(people.area)]
    made = a_wave(scope, schools, by=people.officer, kind=WaveKind.CONFIDENTIAL, reader_id=reader.pk)
    for name, school in zip(("Ann Archer", "Bob Baker"), made.schools.order_by("pk"), strict=True):
        a_response(school, None, name=name, comments={"share-3": f"{name} is worn out"})
    Wave.objects.filter(pk=made.pk).update(state=WaveState.CLOSED, closed_at=timezone.now())
    made.refresh_from_db()
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_reader_reads_by_school_and_leaves_a_line_each_time(
    wave: Wave, reader: Any, client_for: ClientFor
) -> None:
    client = client_for(reader)
    page = text(client.get(f"/surveys/{wave.pk}/reader/"))
    assert "There are 2 answers" in page
    assert "Archer" not in page
    assert not AuditEvent.objects.filter(action="wave.read").exists(), "to look at the list is not to read"
    first, _second = wave.schools.order_by("pk")
    shown = text(client.post(f"/surveys/{wave.pk}/reader/{first.pk}/"))
    assert "Ann Archer" in shown
    assert "Fully" in shown
    assert "Ann Archer is worn out" in shown
    assert "Bob" not in shown
    event = AuditEvent.objects.get(action="wave.read")
    assert event.actor_id == reader.pk
    assert event.told is not None
    assert event.told["detail"] == {"school": first.organisation_id}
    assert client.get(f"/surveys/{wave.pk}/reader/{first.pk}/").status_code == 405


def test_nobody_else_reads_and_pages_show_no_name(
    people: People, wave: Wave, reader: Any, client_for: ClientFor
) -> None:
    first = wave.schools.order_by("pk")[0]
    for person in (people.officer, people.head, people.administrator, people.other_officer):
        client = client_for(person)
        assert client.get(f"/surveys/{wave.pk}/reader/").status_code == 404
        assert client.post(f"/surveys/{wave.pk}/reader/{first.pk}/").status_code == 404
        for page in (f"/surveys/{wave.pk}/", f"/surveys/{wave.pk}/report/", f"/surveys/{wave.pk}/actions/"):
            assert "Archer" not in text(client.get(page))
    assert not AuditEvent.objects.filter(action="wave.read").exists()
    other = a_wave(Scope(ScopeKind.AREA, people.other_area.pk), [factories.school(people.other_area)])
    foreign = other.schools.get()
    assert client_for(reader).post(f"/surveys/{wave.pk}/reader/{foreign.pk}/").status_code == 404


def test_nobody_reads_before_the_close(
    people: People, wave: Wave, reader: Any, client_for: ClientFor
) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    still = a_wave(scope, [people.school], kind=WaveKind.CONFIDENTIAL, reader_id=reader.pk)
    assert client_for(reader).get(f"/surveys/{still.pk}/reader/").status_code == 404


def test_a_reader_without_a_role_here_reads_no_more_and_those_who_run_it_are_told(
    people: People, wave: Wave, reader: Any, client_for: ClientFor
) -> None:
    officer = client_for(people.officer)
    waits = f"You read who said what in ‘{wave.name}’"
    assert waits in [item.title for item in waiting_for(reader)]
    assert waits not in [item.title for item in waiting_for(people.officer)]
    assert "no role here any more" not in text(officer.get(f"/surveys/{wave.pk}/"))
    RoleHolding.objects.filter(person=reader).update(
        ends=today() - timedelta(days=1), starts=today() - timedelta(days=9)
    )
    elsewhere = {"role": Role.ADVISER, "scope_kind": "area", "scope_id": people.other_area.pk}
    RoleHolding.objects.create(person=reader, **elsewhere)
    reader.__dict__.pop("held", None)
    assert client_for(reader).get(f"/surveys/{wave.pk}/reader/").status_code == 404
    assert "no role here any more" in text(officer.get(f"/surveys/{wave.pk}/"))
    assert waits not in [item.title for item in waiting_for(reader)]


def test_events_tell_nobody_who_answered_or_how_many(
    people: People, wave: Wave, reader: Any, client_for: ClientFor
) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    still = a_wave(scope, [people.school], by=people.officer, kind=WaveKind.CONFIDENTIAL, reader_id=reader.pk)
    school = still.schools.select_related("wave__instrument").get()
    row = row_of(school, Who.STAFF, {"know-1": 2})
    assert respond(by=None, school=school, ballot=7, who=Who.STAFF, codes=row, comments={}, name="Cay Cook")
    event = AuditEvent.objects.filter(action="wave.respond").get()
    assert event.target_kind == "surveys.response"
    assert event.scope_kind == ScopeKind.INSTALLATION
    assert not (event.told or {}).get("detail")
    page = text(client_for(people.officer).get(f"/surveys/{still.pk}/"))
    assert "answered under a name" not in page
    assert "fewer than 10" in page


def test_people_are_asked_for_their_name(people: People, reader: Any, client_for: ClientFor) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    still = a_wave(scope, [people.school], kind=WaveKind.CONFIDENTIAL, reader_id=reader.pk)
    code = still.schools.get().code
    phone = client_for(None)
    assert "Only Ada Adviser sees it" in text(phone.get(f"/a/{code}/"))
    start = {"do": "start", "who": "staff"}
    assert "Enter your name" in text(phone.post(f"/a/{code}/questions/", start))
    page = text(phone.post(f"/a/{code}/questions/", {**start, "name": "Cay Cook"}))
    assert 'name="name" value="Cay Cook"' in page
    sent = {"do": "send", "who": "staff", "page": "2", "ballot": "8", "name": "Cay\x00 Cook", "q-know-1": "4"}
    phone.post(f"/a/{code}/questions/", sent)
    assert Response.objects.get().name == "Cay Cook"


def test_an_anonymous_wave_keeps_no_name_whoever_sends_one(people: People, client_for: ClientFor) -> None:
    wave = a_wave(Scope(ScopeKind.AREA, people.area.pk), [people.school])
    page = client_for(None).post(
        f"/a/{wave.schools.get().code}/questions/",
        {"do": "next", "who": "staff", "page": "0", "ballot": "9", "name": "Cay Cook"},
    )
    assert "Cay Cook" not in text(page)
