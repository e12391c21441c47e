"""Changes of privacy: who the controller is, how long a class is kept, one batch of disposal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

import isthmus
from isthmus.apps.accounts.privacy import queries
from isthmus.apps.accounts.privacy.models import Controller, Disposal, Retention
from isthmus.apps.core import audit, personal
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.numbers import count
from isthmus.apps.core.personal import PersonalData

GRACE = timedelta(days=7)
"""A shorter time counts only after this, so that a mistake can be put right before anything is gone."""


@transaction.atomic
def name_controller(*, by: Actor, fields: dict[str, str]) -> bool:
    """Say who the controller is. `fields` are those of `Controller`. False, and nothing recorded, where it is so."""
    _, made = Controller.objects.get_or_create(pk=Controller.ONLY, defaults=fields)
    row = Controller.objects.select_for_update().get(pk=Controller.ONLY)
    words = {name: str(Controller._meta.get_field(name).verbose_name) for name in fields}  # type: ignore[union-attr]  # columns
    before = {words[name]: "" if made else getattr(row, name) for name in fields}
    after = {words[name]: value for name, value in fields.items()}
    if before == after:
        return False
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record("privacy.controller", by=by, target=row, before=before, after=after)
    return True


def _locked(data: PersonalData) -> Retention:
    """The row of a class, held until the transaction ends: one disposes of a class, or changes its time, at once."""
    Retention.objects.get_or_create(pk=data.key)
    return Retention.objects.select_for_update().get(pk=data.key)


@transaction.atomic
def choose_retention(*, by: Actor, data: PersonalData, days: int, why: str) -> bool:
    """Keep a class for `days` days: a longer time from now on, a shorter one after `GRACE`.

    False, and nothing recorded, where that is what was chosen last. Raises ValueError outside least and most.
    """
    keep = data.keep
    if not keep.least <= days <= keep.most:
        raise ValueError(f"{data.title} can be kept from {keep.least} to {keep.most} days, not {days}")
    row = _locked(data)
    now = queries.kept(data)
    last = now.days if now.coming is None else now.coming
    if days == last:
        return False
    row.days, row.before, row.least, row.most = days, now.days, keep.least, keep.most
    row.from_day = today() if days >= now.days else today() + GRACE
    row.save()
    audit.record(
        "privacy.retention",
        by=by,
        target=row,
        before={"days kept": last},
        after={"days kept": days, "counts from": row.from_day},
        why=why,
    )
    return True


@transaction.atomic
def dispose(*, by: Actor | None, data: PersonalData) -> Disposal | None:
    """Dispose of at most one batch of a class and certify it; None where nothing is due or a hold keeps all of it.

    What is disposed of and its certificate are written together, so a worker killed in between leaves neither, and
    the next round goes on where this one stopped.
    """
    _locked(data)
    held = personal.held()
    if data.key in held.classes:
        return None
    days = queries.kept(data).days
    before = queries.cutoff(days)
    number = data.dispose(before, held)
    if not number:
        return None
    made: dict[str, Any] = {
        "key": data.key,
        "title": data.title,
        "count": number,
        "days": days,
        "rule": f"Kept for {count(days, 'day')} after {data.keep.since}",
        "cutoff": before,
        "at": timezone.now(),
        "version": isthmus.__version__,
    }
    certificate = Disposal(**made)
    certificate.digest = queries.digest(certificate)
    certificate.save()
    detail = {"class": data.key, "count": number, "digest": certificate.digest}
    audit.record(queries.DISPOSED, by=by, target=certificate, detail=detail)
    return certificate
