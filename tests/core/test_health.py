"""Whether what works unseen is at work, and that people are told where it is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from isthmus.apps.core import audit, health, sealing
from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.conftest import People

pytestmark = pytest.mark.django_db
WARNING = "not sealed yet"


def happened(people: People, minutes: float, monkeypatch: pytest.MonkeyPatch) -> AuditEvent:
    """An event of so many minutes ago: events cannot be changed, so the clock is put back while it is written."""
    then = timezone.now() - timedelta(minutes=minutes)
    with monkeypatch.context() as patched:
        field = AuditEvent._meta.get_field("at")
        patched.setattr(field, "default", lambda: then)
        field.__dict__.pop("_get_default", None)
        event = audit.record(
            "area.rename", by=people.officer, target=people.area, scope=Scope(ScopeKind.AREA, people.area.pk)
        )
    field.__dict__.pop("_get_default", None)
    assert (event.at == then) is True
    return event


def test_a_worker_is_heard_of_and_falls_silent(people: People) -> None:
    cache.clear()
    assert health.last_beat() is None
    health.beat()
    heard = health.last_beat()
    assert heard is not None
    assert timezone.now() - heard < timedelta(seconds=5)


def test_events_that_nobody_seals_are_late_after_five_minutes(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing.seal()
    happened(people, 4, monkeypatch)
    assert (health.unsealed_since(), health.late_events()) == (None, 0)
    event = happened(people, 6, monkeypatch)
    assert (health.unsealed_since(), health.late_events()) == (event.at, 1)
    sealing.seal()
    assert (health.unsealed_since(), health.late_events()) == (None, 0)


def test_the_pages_of_the_record_warn_where_sealing_lags(
    people: People, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing.seal()
    client = client_for(people.officer)
    pages = ("/record/", f"/record/area/{people.area.pk}/")
    for page in pages:
        assert WARNING not in client.get(page).content.decode()
    happened(people, 90, monkeypatch)
    for page in pages:
        assert WARNING in client.get(page).content.decode()
    sealing.seal()
    for page in pages:
        assert WARNING not in client.get(page).content.decode()


def test_mail_that_waits_and_mail_that_was_given_up_are_counted() -> None:
    now = timezone.now()

    def message(key: str, state: MessageState, minutes: int) -> None:
        Message.objects.create(
            key=key, kind="a", to="a@example.org", state=state, next_try_at=now - timedelta(minutes=minutes)
        )

    message("soon", MessageState.WAITING, 5)
    message("for the summary", MessageState.GATHERED, 600)
    message("tried again later", MessageState.FAILED, -60)
    message("withdrawn", MessageState.WITHDRAWN, 600)
    assert (health.late_mail(), health.given_up_mail()) == (0, 0)
    message("late", MessageState.WAITING, 20)
    message("stuck", MessageState.SENDING, 20)
    message("lost", MessageState.GIVEN_UP, 20)
    assert (health.late_mail(), health.given_up_mail()) == (2, 1)
