"""The record of what changed is only ever added to."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from isthmus.apps.core import audit
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.queries import events_in, history
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from tests.conftest import People

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_what_and_where(people: People) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    event = audit.record(
        "area.rename", by=people.officer, target=people.area, scope=scope, detail={"to": "Newtown"}
    )
    event.refresh_from_db()
    assert event.actor_id == people.officer.pk
    assert (event.target_kind, event.target_id) == ("register.area", str(people.area.pk))
    assert (event.scope, event.detail) == (scope, {"to": "Newtown"})
    assert event in history("register.area", people.area.pk)
    assert event in events_in(scope)
    assert event not in events_in(Scope(ScopeKind.AREA, people.other_area.pk))


def test_the_system_itself_can_act(people: People) -> None:
    event = audit.record("area.tidy", by=None, target=people.area)
    assert (event.actor_id, event.scope) == (None, INSTALLATION)


def test_an_event_cannot_be_changed_or_deleted(people: People) -> None:
    event = audit.record("area.rename", by=people.officer, target=people.area)
    event.action = "nothing.happened"
    for change in (
        event.save,
        event.delete,
        AuditEvent.objects.filter(pk=event.pk).delete,
        lambda: AuditEvent.objects.filter(pk=event.pk).update(action="nothing.happened"),
        lambda: AuditEvent.objects.bulk_update([event], ["action"]),
    ):
        with pytest.raises(TypeError, match="only ever added"), transaction.atomic():
            change()
    assert AuditEvent.objects.get(pk=event.pk).action == "area.rename"


def test_whoever_acted_stays_known(people: People) -> None:
    audit.record("area.rename", by=people.officer, target=people.area)
    with pytest.raises((ProtectedError, IntegrityError)), transaction.atomic():
        people.officer.delete()
