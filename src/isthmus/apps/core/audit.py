"""The record of what changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import INSTALLATION, Scope


def record(
    action: str,
    *,
    by: Actor | None,
    target: models.Model,
    scope: Scope = INSTALLATION,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event. Call it once in each action, inside its transaction; `by=None` is the system itself."""
    return AuditEvent.objects.create(
        action=action,
        actor_id=by.pk if by else None,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        scope_kind=scope.kind,
        scope_id=scope.id,
        detail=detail or {},
    )
