"""How long data is kept is chosen within bounds, recorded, and a shorter time waits; who the controller is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.privacy import actions, queries
from isthmus.apps.accounts.privacy.models import Controller, Retention
from isthmus.apps.core import personal
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.personal import Keep, PersonalData
from tests.conftest import People

pytestmark = pytest.mark.django_db
Clients = Callable[[Person | None], Client]
OFFICE = {
    "name": "Saltmarch County Council",
    "address": "County Hall, Saltmarch",
    "contact": "privacy@saltmarch.example",
    "officer": "dpo@saltmarch.example",
    "registration": "Z1234567",
}


def mail() -> PersonalData:
    found = personal.find("mail")
    assert found
    return found


def choose(people: People, days: int) -> bool:
    return actions.choose_retention(by=people.administrator, data=mail(), days=days, why="Because")


def test_until_somebody_chooses_the_proposed_time_counts() -> None:
    assert queries.kept(mail()) == queries.Kept(mail(), 30, chosen=False)


def test_a_longer_time_counts_at_once_and_is_recorded_with_why(people: People) -> None:
    assert choose(people, 60)
    assert queries.kept(mail()) == queries.Kept(mail(), 60, chosen=True)
    event = AuditEvent.objects.get(action="privacy.retention")
    assert event.told
    assert event.actor == people.administrator
    assert (event.told["before"], event.told["why"]) == ({"days kept": 30}, "Because")
    assert event.told["after"]["days kept"] == 60


def test_a_shorter_time_counts_after_seven_days(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(people, 10)
    in_a_week = today() + timedelta(days=7)
    assert queries.kept(mail()) == queries.Kept(mail(), 30, True, coming=10, coming_on=in_a_week)
    monkeypatch.setattr(queries, "today", lambda: in_a_week - timedelta(days=1))
    assert queries.kept(mail()).days == 30
    monkeypatch.setattr(queries, "today", lambda: in_a_week)
    assert queries.kept(mail()) == queries.Kept(mail(), 10, chosen=True)


def test_a_mind_is_changed_before_the_shorter_time_counts(people: People) -> None:
    assert choose(people, 10)
    assert choose(people, 30)
    assert queries.kept(mail()) == queries.Kept(mail(), 30, chosen=True)
    assert choose(people, 10)
    assert choose(people, 20)
    assert (queries.kept(mail()).days, queries.kept(mail()).coming) == (30, 20)


def test_choosing_the_same_again_changes_and_records_nothing(people: People) -> None:
    assert not choose(people, 30)
    assert choose(people, 10)
    assert not choose(people, 10)
    assert AuditEvent.objects.filter(action="privacy.retention").count() == 1


@pytest.mark.parametrize("days", [0, 367])
def test_nobody_chooses_outside_least_and_most(people: People, days: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 366 days"):
        choose(people, days)
    assert choose(people, 60)
    with pytest.raises(IntegrityError), transaction.atomic():
        Retention.objects.filter(pk="mail").update(days=days)


def test_a_choice_stays_within_what_a_later_version_allows(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose(people, 300)
    narrower = PersonalData(**{**vars(mail()), "keep": Keep(days=30, since="then", least=1, most=100)})
    assert queries.kept(narrower).days == 100


def test_a_time_that_makes_no_sense_is_not_declared() -> None:
    with pytest.raises(ValueError, match="least <= days"):
        Keep(days=5, since="then", least=10, most=20)


def test_the_day_begins_in_england(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "today", lambda: datetime(2026, 7, 3, tzinfo=ZoneInfo("UTC")).date())
    assert queries.cutoff(2) == datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/London"))
    assert queries.cutoff(2).utcoffset() == timedelta(hours=1)


def test_the_form_chooses_and_says_what_is_wrong(people: People, client_for: Clients) -> None:
    client = client_for(people.administrator)
    url = reverse("accounts:retention_change", args=["mail"])
    text = client.get(url).content.decode()
    assert "From 1 to 366. Proposed: 30." in text
    for days in ("0", "367", "ten", ""):
        answer = client.post(url, {"days": days, "why": "x"})
        assert "Enter a whole number of days from 1 to 366" in answer.content.decode(), days
    assert "Say why" in client.post(url, {"days": "40", "why": " "}).content.decode()
    assert client.post(url, {"days": "40", "why": "Disputes"}).url == reverse("accounts:retention")
    assert "chosen by the controller" in client.get(reverse("accounts:retention")).content.decode()
    told = client.get(url).content.decode()
    assert "changed how long this is kept" in told
    assert "Disputes" in told
    assert client.get(reverse("accounts:retention_change", args=["nothing"])).status_code == 404


def test_others_see_the_times_and_change_none(people: People, client_for: Clients) -> None:
    url = reverse("accounts:retention_change", args=["mail"])
    for person in (None, people.head, people.officer):
        client = client_for(person)
        text = client.get(reverse("accounts:retention")).content.decode()
        assert "30 days after the message was sent" in text
        assert url not in text
        assert client.post(url, {"days": "40", "why": "x"}).status_code == (403 if person else 302)
    assert not Retention.objects.exists()
    assert url in client_for(people.administrator).get(reverse("accounts:retention")).content.decode()


def test_the_controller_is_named_and_stands_in_the_notice(people: People, client_for: Clients) -> None:
    client = client_for(people.administrator)
    assert "Nobody has said yet" in client.get(reverse("accounts:privacy")).content.decode()
    wrong = client.post(reverse("accounts:controller"), OFFICE | {"contact": "nowhere", "name": ""})
    assert "must be an e-mail address" in wrong.content.decode()
    assert not Controller.objects.exists()
    for _ in range(2):
        client.post(reverse("accounts:controller"), OFFICE)
    event = AuditEvent.objects.get(action="privacy.controller")
    assert event.told
    assert event.told["after"]["name of the controller"] == OFFICE["name"]
    for page in ("privacy", "privacy_notice", "privacy_records", "privacy_assessment"):
        text = client_for(None).get(reverse(f"accounts:{page}")).content.decode()
        assert all(value in text for value in OFFICE.values()), page
        assert "Nobody has said yet" not in text
    assert OFFICE["contact"] in client.get(reverse("accounts:controller")).content.decode()


def test_there_is_one_controller(people: People) -> None:
    fields: Any = OFFICE
    actions.name_controller(by=people.administrator, fields=fields)
    actions.name_controller(by=people.administrator, fields={**fields, "name": "Other"})
    assert Controller.objects.get().name == "Other"
    with pytest.raises(IntegrityError), transaction.atomic():
        Controller.objects.create(id=2, **fields)
