"""Tables of invitations and hand-overs."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import ScopedModel, scope_known

VALID = timedelta(days=14)
PURPOSE = "invitation"


class InvitationState(models.TextChoices):
    """What became of an invitation. One whose time has passed stays open and is shown as expired."""

    OPEN = "open", "Not answered yet"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    REVOKED = "revoked", "Taken back"


class Invitation(ScopedModel):
    """Somebody is asked to hold a role on a scope for a term. The link's token is derived; only its hash is here.

    `round` counts how often a link was made: the newest alone works. `starts` empty means the day it is accepted.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=40, choices=Role.choices)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    round = models.PositiveSmallIntegerField(default=0)
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    holding = models.ForeignKey(
        "accounts.RoleHolding", null=True, on_delete=models.SET_NULL, related_name="invitations"
    )

    class Meta:
        constraints = [
            scope_known("invitation"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="invitation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="invitation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.OPEN, answered_at=None)
                | ~Q(state=InvitationState.OPEN) & Q(answered_at__isnull=False),
                name="invitation_answered_once_over",
            ),
            models.UniqueConstraint(
                fields=["email", "role", "scope_kind", "scope_id"],
                condition=Q(state=InvitationState.OPEN),
                name="invitation_open_once",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_token_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_role_display()}"

    @property
    def reference(self) -> str:
        """What the link's token is derived from."""
        return f"{self.pk}:{self.round}"

    @property
    def mail_key(self) -> str:
        """The key of the mail that carries the newest link."""
        return f"invitation:{self.reference}"

    @property
    def has_expired(self) -> bool:
        """Whether it waits for an answer that comes too late."""
        if self.state != InvitationState.OPEN:
            return False
        return self.expires_at <= timezone.now() or (self.ends is not None and self.ends < today())

    @property
    def state_label(self) -> str:
        """The state in words."""
        return "Expired" if self.has_expired else str(InvitationState(self.state).label)


class HandOver(models.Model):
    """A role passes to a successor: who named whom, what was said, and what was open on that day.

    The successor answers `invitation`. Once they accept, the role of `holding` ends on `last_day`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holding = models.ForeignKey("accounts.RoleHolding", on_delete=models.CASCADE, related_name="hand_overs")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="hand_over")
    last_day = models.DateField()
    note = models.TextField(max_length=4000, blank=True)
    pack = models.JSONField("what was open: [{title, url, hint}]", default=list)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.holding} to {self.invitation.name}"
