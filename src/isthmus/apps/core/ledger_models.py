"""Tables of the record: events that are only ever added to, what they tell, their place in a chain, published heads."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone

from isthmus.apps.core.scopes import ScopedModel, ScopeKind, scope_known

ADDED_ONLY = "The record of what changed is only ever added to"


class AddedOnlyQuerySet(models.QuerySet[Any]):
    """Rows are added and read; in bulk, too, they are neither changed nor removed."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError(ADDED_ONLY)

    def delete(self) -> NoReturn:
        raise TypeError(ADDED_ONLY)


class AddedOnly(models.Model):
    """A table whose rows are only ever added. The database refuses, too: see `guards`."""

    objects = AddedOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.delete()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError(ADDED_ONLY)


class AuditEvent(AddedOnly, ScopedModel):
    """One change of state: who did what to what, and when.

    `commitment` binds what the event tells (`AuditPayload`), which may be erased; the event itself stays.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    commitment = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["target_kind", "target_id"], name="audit_target"),
            models.Index(fields=["scope_kind", "scope_id"], name="audit_scope"),
        ]
        constraints = [scope_known("audit")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_id}"

    @cached_property
    def told(self) -> dict[str, Any] | None:
        """What the event tells: roles, detail, before, after, why; None where it was erased."""
        try:
            told: dict[str, Any] = json.loads(self.payload.content)
        except ObjectDoesNotExist:
            return None
        return told

    @property
    def detail(self) -> dict[str, Any]:
        """The particulars of the action; nothing where they were erased."""
        return dict((self.told or {}).get("detail", {}))


class AuditPayload(models.Model):
    """What an event tells, apart from it: this can be erased (`audit.erase`), and is never changed.

    `content` is the very text that the event's commitment was made of, so no database may tidy it.
    """

    event = models.OneToOneField(
        AuditEvent, primary_key=True, on_delete=models.PROTECT, related_name="payload"
    )
    salt = models.CharField(max_length=64)
    content = models.TextField()

    def __str__(self) -> str:
        return f"What event {self.event_id} tells"


class LedgerChain(ScopedModel):
    """One chain of the record: of an area, or of the installation. What is needed to lengthen it."""

    size = models.PositiveBigIntegerField(default=0)
    link = models.CharField(max_length=64)
    peaks = models.JSONField(default=list)

    class Meta:
        constraints = [
            scope_known("ledger_chain"),
            models.UniqueConstraint(fields=["scope_kind", "scope_id"], name="ledger_chain_once"),
            models.CheckConstraint(
                condition=models.Q(scope_kind__in=[ScopeKind.INSTALLATION, ScopeKind.AREA]),
                name="ledger_chain_of_area_or_installation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.scope)


class LedgerEntry(AddedOnly):
    """The place of an event in its chain, from 0, and its link to the entry before."""

    chain = models.ForeignKey(LedgerChain, on_delete=models.PROTECT, related_name="entries", db_index=False)
    position = models.PositiveBigIntegerField()
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="entry")
    link = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="ledger_position_once")]

    def __str__(self) -> str:
        return f"Entry {self.position}"


class LedgerHead(AddedOnly):
    """A published head: the state of a chain at one moment, to be kept by those whom it binds."""

    chain = models.ForeignKey(LedgerChain, on_delete=models.PROTECT, related_name="heads", db_index=False)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    link = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "size"], name="ledger_head_once")]

    def __str__(self) -> str:
        return f"{self.size}:{self.root}"
