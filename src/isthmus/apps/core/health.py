"""Is what works unseen at work: the worker, the sealing of the record, the mail. For `isthmus doctor` and for pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.outbox_models import OVER

BEAT_SECONDS = 30
"""How often a worker says that it is there."""
SILENT = timedelta(minutes=2)
LATE = timedelta(minutes=5)
"""Sealing takes seconds. After this long something is not at work."""
MAIL_LATE = timedelta(minutes=15)
GIVEN_UP_DAYS = 7
_BEAT = "isthmus.worker.beat"


def beat() -> None:
    """A worker says that it is there. Kept where every process finds it, also on other machines."""
    cache.set(_BEAT, timezone.now().isoformat(), timeout=None)


def last_beat() -> datetime | None:
    """When a worker was last heard of; None where none ever was."""
    found = cache.get(_BEAT)
    return datetime.fromisoformat(found) if found else None


def unsealed_since(now: datetime | None = None) -> datetime | None:
    """Since when sealing lags: the time of the newest event that is `LATE` and has no place in a chain; None if well.

    Events are sealed in their order, so the newest late one tells; one look-up by an index, fit for a page.
    """
    late = AuditEvent.objects.filter(at__lt=(now or timezone.now()) - LATE)
    newest = late.select_related("entry").order_by("-pk").first()
    return None if newest is None or hasattr(newest, "entry") else newest.at


def late_events() -> int:
    """How many events wait longer than `LATE` for their place in a chain. Looks at all of them."""
    return AuditEvent.objects.filter(entry=None, at__lt=timezone.now() - LATE).count()


def late_mail() -> int:
    """Messages that should have been sent a quarter of an hour ago and wait still."""
    waiting = Message.objects.exclude(state__in=(*OVER, MessageState.GATHERED))
    return waiting.filter(next_try_at__lt=timezone.now() - MAIL_LATE).count()


def given_up_mail() -> int:
    """Messages of the last week that could not be sent."""
    since = timezone.now() - timedelta(days=GIVEN_UP_DAYS)
    return Message.objects.filter(state=MessageState.GIVEN_UP, created_at__gte=since).count()
