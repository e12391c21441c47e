"""The record of what changed: add an event, and erase what an event tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from isthmus.apps.core.access import Actor
from isthmus.apps.core.adapters import sealed_content
from isthmus.apps.core.models import AuditEvent, AuditPayload, LedgerChain
from isthmus.apps.core.scopes import INSTALLATION, Scope


def record(
    action: str,
    *,
    by: Actor | None,
    target: models.Model,
    scope: Scope = INSTALLATION,
    detail: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
) -> AuditEvent:
    """Add one event. Call it once in each action, inside its transaction; `by=None` is the system itself.

    What may be personal (`detail`, `before`, `after`, `why`, the roles held now) is kept apart and can be erased. A
    name of a field in `before` and `after` is shown to people: 'name', 'smallest network'. Sealed within seconds by
    the worker: see docs/ledger.md. Raises TypeError where something cannot be written as JSON.
    """
    told = {"detail": detail or {}, "before": before, "after": after, "why": why, "roles": _roles(by)}
    content, salt, commitment = sealed_content({key: value for key, value in told.items() if value})
    event = AuditEvent.objects.create(
        action=action,
        actor_id=by.pk if by else None,
        target_kind=target._meta.label_lower,
        target_id=str(target.pk),
        scope_kind=scope.kind,
        scope_id=scope.id,
        commitment=commitment,
    )
    AuditPayload.objects.create(event=event, salt=salt, content=content)
    return event


@transaction.atomic
def exported(*, by: Actor | None, chain: LedgerChain, entries: int) -> AuditEvent:
    """Record that a copy of a chain left the installation; `by=None` is the command line."""
    return record("record.export", by=by, target=chain, scope=chain.scope, detail={"entries": entries})


MOST_WORDS = 500


def reason(given: Mapping[str, str]) -> str:
    """Why, as somebody said it in the field `why` of a form; cut to 500 characters, on one line."""
    return " ".join(given.get("why", "").split())[:MOST_WORDS]


def _roles(by: Actor | None) -> list[str]:
    """The roles that the person holds at this moment, each with its scope."""
    return sorted(f"{held.role} on {held.scope}" for held in getattr(by, "held", ()))


@transaction.atomic
def erase(
    events: models.QuerySet[AuditEvent],
    *,
    by: Actor | None,
    target: models.Model,
    why: str,
    scope: Scope = INSTALLATION,
) -> int:
    """Erase what `events` tell, for ever; gives how many told something. The events keep their places in the chain.

    `target` is what the erasure is for, such as a person. The erasure is an event itself, with the events' numbers.
    """
    payloads = AuditPayload.objects.filter(event__in=events)
    numbers = list(payloads.order_by("pk").values_list("pk", flat=True))
    if numbers:
        AuditPayload.objects.filter(pk__in=numbers).delete()
        record("audit.erase", by=by, target=target, scope=scope, detail={"events": numbers}, why=why)
    return len(numbers)
