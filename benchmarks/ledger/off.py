"""The website with the chain switched off, for comparison only: an event is one row, with no payload and no commitment.

It writes less than Isthmus did before it had a chain, so the chain's cost is no more than what is measured against it.
"""

# ruff: noqa: I001 - the website first: it makes the settings known, without which no table can be imported
from __future__ import annotations

from typing import Any

from isthmus.site.wsgi import application

from isthmus.apps.core import audit
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import INSTALLATION, Scope

__all__ = ["application"]


def record(action: str, *, by: Any, target: Any, scope: Scope = INSTALLATION, **_told: Any) -> AuditEvent:
    """One row."""
    return AuditEvent.objects.create(
        action=action,
        actor_id=by.pk if by else None,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        scope_kind=scope.kind,
        scope_id=scope.id,
        commitment="",
    )


audit.record = record
