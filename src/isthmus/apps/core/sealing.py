"""Give each event its place in a chain, shortly after it was recorded, and publish the new head.

Sealing is done by the worker and not inside each action: a chain has one end, so to lengthen it in the action would
make all writers of an area wait for one another. The price, a delay of seconds, is written down in docs/ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from isthmus.apps.core import chores
from isthmus.apps.core.adapters import first_link, lengthen
from isthmus.apps.core.chains import chain_of
from isthmus.apps.core.models import AuditEvent, LedgerChain, LedgerEntry
from isthmus.apps.core.scopes import Scope

BATCH = 500
RECENT = timedelta(hours=1)
"""A usual round looks only at events this young, by an index; a whole round finds those of longer transactions."""


def unsealed(*, recent: bool = False) -> QuerySet[AuditEvent]:
    """Events without a place in a chain, in the order of their numbers."""
    events = AuditEvent.objects.filter(entry=None)
    if recent:
        events = events.filter(at__gte=timezone.now() - RECENT)
    return events.order_by("pk")


def seal(*, recent: bool = False) -> int:
    """Seal what waits and publish a head for each chain that grew; gives how many events were sealed.

    Several workers may do it at once. `recent` looks only at the last hour.
    """
    count = 0
    while found := list(unsealed(recent=recent)[:BATCH]):
        chains: dict[Scope, list[AuditEvent]] = {}
        known = {scope: chain_of(scope) for scope in {event.scope for event in found}}
        for event in found:
            chains.setdefault(known[event.scope], []).append(event)
        count += sum(_seal(scope, events) for scope, events in sorted(chains.items()))
        if len(found) < BATCH:
            break
    return count


@transaction.atomic
def _seal(scope: Scope, events: Iterable[AuditEvent]) -> int:
    """Lengthen one chain, which is held while it grows; events that another worker has sealed are left out."""
    LedgerChain.objects.get_or_create(
        scope_kind=scope.kind, scope_id=scope.id, defaults={"link": first_link(scope)}
    )
    chain = LedgerChain.objects.select_for_update().get(scope_kind=scope.kind, scope_id=scope.id)
    done = set(
        LedgerEntry.objects.filter(event__in=[e.pk for e in events]).values_list("event_id", flat=True)
    )
    waiting = [event for event in events if event.pk not in done]
    if waiting:
        entries, head = lengthen(chain, waiting)
        LedgerEntry.objects.bulk_create(entries)
        head.save()
        chain.save(update_fields=["size", "link", "peaks"])
    return len(waiting)


chores.hourly("record.sealing")(seal)
