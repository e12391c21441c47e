"""Instruments as waves use them: the text of a version, which never changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.register.models import Area


class Instrument(models.Model):
    """One version of an instrument: its readable text, and the SHA-256 of what it means.

    Those without an `owner` are shipped; an area's own were brought in or written there.
    """

    owner = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="instruments")
    key = models.SlugField("what all its versions share", max_length=60, db_index=False)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    text = models.TextField()
    fingerprint = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title", "-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint"], name="instrument_text_once"),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(owner=None), name="instrument_shipped_once"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(key=""), name="instrument_named"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
