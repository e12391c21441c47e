"""Outgoing mail as it is stored: what is said to whom, how far it is, and who wants which kind."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class MessageState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    GATHERED = "gathered", "Waiting for the daily summary"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent yet, will be tried again"
    GIVEN_UP = "given up", "Given up"
    WITHDRAWN = "withdrawn", "Withdrawn"


OVER = (MessageState.SENT, MessageState.GIVEN_UP, MessageState.WITHDRAWN)
EMPTY: dict[str, Any] = {"to": "", "letter": {}, "token": None, "person": None, "error": ""}
"""What is written over a message whose time is over."""


class Message(models.Model):
    """One mail to one address. `key` is what it is about, so that one thing is never told twice.

    `letter` is what `mail.Letter` holds; `token` names what a link's token is derived from when it is sent. Once
    the time for which it is kept is over, address and letter are emptied and only kind, state and times stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    letter = models.JSONField(default=dict)
    token = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    digest = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="parts")
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    useless_after = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="message_due"),
            models.Index(fields=["person", "-created_at"], name="message_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_once"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False), name="message_sent_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(to="") | Q(emptied_at__isnull=False), name="message_has_address"
            ),
            models.CheckConstraint(
                condition=Q(useless_after=None) | Q(useless_after__gt=F("created_at")),
                name="message_useless_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Frequency(models.TextChoices):
    """How often somebody wants mail of a kind."""

    AT_ONCE = "at once", "Each, at once"
    DAILY = "daily", "In one summary a day"
    NEVER = "never", "Not at all"


class MailChoice(models.Model):
    """What an address wants of one kind of mail. `id` stands in the link that stops it, and cannot be guessed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    kind = models.CharField(max_length=40)
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.AT_ONCE)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "kind"], name="mail_choice_once"),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values), name="mail_choice_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.frequency}"
