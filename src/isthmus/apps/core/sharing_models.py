"""What one area shows another: which data, from when until when, what for, and when it was taken back."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.dates import not_over_on, today
from isthmus.apps.core.scopes import Scope, ScopedModel, ScopeKind, scope_known


class SharingQuerySet(models.QuerySet["Sharing"]):
    def in_force(self, day: date) -> SharingQuerySet:
        """What was open on `day`: both ends belong to the time, and what was taken back is closed from that moment."""
        return self.filter(not_over_on("taken_back_at", day), starts__lte=day, ends__gte=day)


class Sharing(ScopedModel):
    """The area that `scope` names shows `dataset` to the area that `to` names, to read and nothing else.

    `open` is what may still be taken back: at most one row for each dataset and two areas.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to_kind = models.CharField(max_length=20, choices=ScopeKind.choices, default=ScopeKind.AREA)
    to_id = models.BigIntegerField()
    dataset = models.CharField(max_length=60)
    purpose = models.CharField(max_length=300)
    starts = models.DateField(default=today)
    ends = models.DateField()
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)

    objects = SharingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["to_kind", "to_id", "dataset"], name="sharing_to")]
        constraints = [
            scope_known("sharing"),
            models.CheckConstraint(condition=Q(to_kind__in=ScopeKind.values), name="sharing_to_kind_known"),
            models.CheckConstraint(
                condition=~Q(to_kind=F("scope_kind")) | ~Q(to_id=F("scope_id")),
                name="sharing_with_another",
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="sharing_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(purpose=""), name="sharing_has_purpose"),
            models.CheckConstraint(
                condition=Q(open=False) | Q(taken_back_at=None), name="sharing_taken_back_is_closed"
            ),
            models.UniqueConstraint(
                fields=["scope_kind", "scope_id", "to_kind", "to_id", "dataset"],
                condition=Q(open=True),
                name="sharing_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} of {self.scope} to {self.to}"

    @property
    def to(self) -> Scope:
        """The area that sees it."""
        return Scope(ScopeKind(self.to_kind), self.to_id)
