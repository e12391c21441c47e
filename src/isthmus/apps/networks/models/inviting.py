"""A draft plan shared by link with named people, and what is said about it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.networks.models.plans import Plan, ProposedNetwork

PURPOSE = "plan share"
SHARED_FOR = timedelta(days=30)


class PlanShare(models.Model):
    """Somebody who may read and comment on one plan. The link's token is derived; only its hash is here."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="shares", db_index=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    note = models.CharField(max_length=500, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "email"], name="plan_shared_once_with_an_address"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="plan_share_token_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} with {self.name}"

    @property
    def reference(self) -> str:
        """What the link's token is derived from."""
        return f"{self.pk}:{self.round}"

    @property
    def mail_key(self) -> str:
        """The key of the mail with the newest link."""
        return f"plan.share:{self.reference}"

    @property
    def works(self) -> bool:
        """Whether its link can be used now."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class PlanComment(models.Model):
    """What somebody said about a plan, or about one of its networks. `name` stays when the person goes."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="comments", db_index=False)
    network = models.ForeignKey(ProposedNetwork, null=True, on_delete=models.SET_NULL, related_name="+")
    about = models.CharField(max_length=130, blank=True)
    text = models.TextField(max_length=2000)
    name = models.CharField(max_length=150)
    share = models.ForeignKey(PlanShare, null=True, on_delete=models.SET_NULL, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=0)
    token = models.UUIDField("what tells a double click from a second comment")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "token"], name="plan_comment_given_once"),
            models.CheckConstraint(condition=~Q(text=""), name="plan_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.plan_id}"
