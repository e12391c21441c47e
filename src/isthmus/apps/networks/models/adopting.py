"""A plan becomes networks on a day: prepared, adopted or cancelled, and how each school answers."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.networks.models.existing import Layer, Membership
from isthmus.apps.networks.models.plans import Plan
from isthmus.apps.register.models import Organisation

ANSWER_PURPOSE = "adoption answer"
ANSWER_FOR = timedelta(days=90)


class AdoptionState(models.TextChoices):
    """How far an adoption has come."""

    PREPARED = "prepared", "Prepared, nothing written"
    ADOPTED = "adopted", "Adopted"
    CANCELLED = "cancelled", "Cancelled"


class Adoption(models.Model):
    """A plan as it was at `version` becomes networks of `layer` on the day `starts`.

    `undo` is what a cancelling before that day needs: {"ended": [[membership, last day, why before]], "made":
    [memberships], "founded": [networks]}.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="adoptions", db_index=False)
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="adoptions")
    version = models.PositiveIntegerField()
    starts = models.DateField()
    message = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=AdoptionState.choices, default=AdoptionState.PREPARED)
    undo = models.JSONField(default=dict)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    prepared_at = models.DateTimeField(default=timezone.now)
    adopted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=~Q(state=AdoptionState.CANCELLED), name="plan_adopted_once"
            ),
            models.CheckConstraint(condition=Q(state__in=AdoptionState.values), name="adoption_state_known"),
            models.CheckConstraint(
                condition=~Q(state=AdoptionState.ADOPTED) | Q(adopted_at__isnull=False),
                name="adoption_adopted_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=AdoptionState.CANCELLED, cancelled_at__isnull=False)
                | ~Q(state=AdoptionState.CANCELLED) & Q(cancelled_at=None),
                name="adoption_cancelled_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} from {self.starts}"

    @property
    def ends(self) -> date | None:
        """The last day, where the plan is of networks for a fixed term."""
        last = self.plan.choices.get("ends")
        return date.fromisoformat(last) if last else None

    @property
    def has_begun(self) -> bool:
        """Whether its first day has come, after which it can no longer be cancelled."""
        return self.starts <= today()


class Answer(models.TextChoices):
    """What a school says to an invitation."""

    WAITING = "waiting", "No answer yet"
    JOINS = "joins", "Joins"
    ASKS = "asks", "Asks something first"
    DECLINES = "declines", "Declines"


class AdoptionAnswer(models.Model):
    """One school of an adopted plan: to whom the invitation went, and what they said. No address: no head is known."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="answers", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    network_name = models.CharField(max_length=120)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    reason = models.CharField(max_length=1000, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adoption", "organisation"], name="adoption_asks_a_school_once"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="adoption_answer_token_once"
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="adoption_answer_known"),
            models.CheckConstraint(
                condition=Q(answer=Answer.WAITING, answered_at=None)
                | ~Q(answer=Answer.WAITING) & Q(answered_at__isnull=False),
                name="adoption_answered_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(sent_at=None) | Q(answered_at__gte=F("sent_at")),
                name="adoption_answered_after_it_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.answer}"

    @property
    def reference(self) -> str:
        """What the link's token is derived from."""
        return f"{self.pk}:{self.round}"

    @property
    def mail_key(self) -> str:
        """The key of the mail with the newest link."""
        return f"adoption:{self.reference}"

    @property
    def works(self) -> bool:
        """Whether its link can be used now."""
        return self.expires_at is not None and self.expires_at > timezone.now()
