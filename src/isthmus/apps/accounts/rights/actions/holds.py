"""Changes of legal holds."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from isthmus.apps.accounts.rights.models import LegalHold
from isthmus.apps.accounts.rights.queries import subject_of
from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import Scope


@transaction.atomic
def place_hold(
    *, by: Actor, scope: Scope, email: str = "", data_class: str = "", reason: str, until: date | None = None
) -> LegalHold:
    """Keep all about one address, or a whole class of data, from being erased or disposed of.

    The same again while the first is in force (a double click) gives the first.
    """
    subject = subject_of(email) if email else None
    hold, made = LegalHold.objects.get_or_create(
        scope_kind=scope.kind,
        scope_id=scope.id,
        email=subject.email if subject else "",
        data_class=data_class,
        lifted_at=None,
        defaults={
            "person_id": subject.person_id if subject else None,
            "reason": reason,
            "until": until,
            "placed_by_id": by.pk,
        },
    )
    if made:
        after = {"until": until.isoformat() if until else None}
        audit.record("hold.place", by=by, target=hold, scope=scope, after=after, why=reason)
    return hold


@transaction.atomic
def lift_hold(*, by: Actor, hold: LegalHold, why: str) -> bool:
    """Let what was held be erased and disposed of again. False where that was done already."""
    if not LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=timezone.now()):
        return False
    was, now = {"state": "In force"}, {"state": "Lifted"}
    audit.record("hold.lift", by=by, target=hold, scope=hold.scope, before=was, after=now, why=why)
    return True
