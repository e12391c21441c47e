"""What a group agreed together is written down, strand by strand."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.surveys.actions.drafts import Meanwhile
from isthmus.apps.surveys.models import JointAnswer, Wave


@transaction.atomic
def say_together(
    *,
    by: Actor,
    wave: Wave,
    item: str,
    seen: str,
    code: int | None,
    texts: dict[str, str],
    heard: str = "",
    moderated: str = "",
) -> bool:
    """Write down what the group says to one question; False where it says so already.

    `seen` is the mark of what the page showed (see `mark`). Raises Meanwhile where somebody changed it since.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    row = JointAnswer.objects.filter(wave=wave, item=item).first() or JointAnswer(wave=wave, item=item)
    before, now = _told(row), {"code": code, "texts": texts, "heard": heard, "moderated": moderated}
    if before == now:
        return False
    if mark(row) != seen:
        raise Meanwhile
    for name, value in now.items():
        setattr(row, name, value)
    row.changed_by_id, row.changed_at = by.pk, timezone.now()
    row.save()
    audit.record(
        "wave.together", by=by, target=wave, scope=wave.scope, before={item: before}, after={item: now}
    )
    return True


def _told(row: JointAnswer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "texts", "heard", "moderated")}


def mark(row: JointAnswer | None) -> str:
    """What changes whenever the row does; empty where there is none yet."""
    return row.changed_at.isoformat() if row is not None and row.pk else ""
