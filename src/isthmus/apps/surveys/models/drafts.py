"""Instruments that are being written on pages: a tree that need not be whole yet."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from isthmus.apps.register.models import Area
from isthmus.apps.surveys.models.instruments import Instrument


class InstrumentDraft(models.Model):
    """What somebody writes for an area, until it is made a version.

    `content` is in the form of `methods.surveys.instruments.to_dict`, in which anything may be missing yet. `step`
    rises with each change. `based_on` is the version of the area's own that it is to follow. `token` tells a double
    click from a second draft.
    """

    owner = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="instrument_drafts")
    title = models.CharField(max_length=150)
    content = models.JSONField()
    step = models.PositiveIntegerField(default=0)
    based_on = models.ForeignKey(Instrument, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.UUIDField(default=uuid.uuid4)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "token"], name="instrument_draft_once"),
            models.CheckConstraint(condition=~models.Q(title=""), name="instrument_draft_named"),
        ]

    def __str__(self) -> str:
        return self.title
