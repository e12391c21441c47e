"""A consultation: schools of an area say with whom they wish to work, before a plan is made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.networks.models.existing import Layer
from isthmus.apps.register.models import Area, Organisation

CONSULTATION_PURPOSE = "consultation answer"
MOST_WISHES = 20


class ConsultationState(models.TextChoices):
    """How far a consultation has come."""

    DRAFT = "draft", "Not opened yet"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Sees(models.TextChoices):
    """What a school sees of what others said. Fixed once a consultation is open."""

    OWN = "own", "Only its own answer"
    MUTUAL = "mutual", "Once it is closed: which of its wishes were mutual"


class Consultation(models.Model):
    """Schools of an area are asked until the end of a day, for the networks of a layer (or of none that exists yet).

    `reminders` counts how often those without an answer were reminded: it tells a double click from a second reminder.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="consultations", db_index=False)
    layer = models.ForeignKey(Layer, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=2000, blank=True)
    until = models.DateField()
    sees = models.CharField(max_length=10, choices=Sees.choices, default=Sees.OWN)
    most_wishes = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(
        max_length=10, choices=ConsultationState.choices, default=ConsultationState.DRAFT
    )
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    token = models.UUIDField("what tells a double click from a second consultation")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "token"], name="consultation_made_once"),
            models.CheckConstraint(
                condition=Q(state__in=ConsultationState.values), name="consultation_state_known"
            ),
            models.CheckConstraint(condition=Q(sees__in=Sees.values), name="consultation_sees_known"),
            models.CheckConstraint(condition=~Q(name=""), name="consultation_named"),
            models.CheckConstraint(
                condition=Q(most_wishes__gte=1, most_wishes__lte=MOST_WISHES),
                name="consultation_wishes_sensible",
            ),
            models.CheckConstraint(
                condition=Q(state=ConsultationState.DRAFT, opened_at=None)
                | ~Q(state=ConsultationState.DRAFT) & Q(opened_at__isnull=False),
                name="consultation_opened_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=ConsultationState.CLOSED, closed_at__isnull=False)
                | ~Q(state=ConsultationState.CLOSED) & Q(closed_at=None),
                name="consultation_closed_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def accepts(self) -> bool:
        """Whether schools may answer now; the last day belongs to it."""
        return self.state == ConsultationState.OPEN and not self.past_last_day

    @property
    def past_last_day(self) -> bool:
        """Whether its last day is over."""
        return self.until < today()

    @property
    def is_over(self) -> bool:
        """Whether no school can answer any more, closed by somebody or by its last day."""
        return self.state != ConsultationState.DRAFT and not self.accepts


class ConsultationAnswer(models.Model):
    """One school that is asked, the newest link to its page, and what it says. Counted only once `answered_at` is set.

    `name` and `email` are of whoever was written to (empty: nobody known, the link is handed over). The link's token is
    derived; only its hash is here. A co-leader's name stands here only where `nominee_agreed`.
    """

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    token_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    not_now_reason = models.CharField(max_length=500, blank=True)
    nominee_name = models.CharField(max_length=150, blank=True)
    nominee_email = models.EmailField(max_length=254, blank=True)
    nominee_agreed = models.BooleanField(default=False)
    note = models.TextField(max_length=1000, blank=True)
    receipts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation"], name="consultation_asks_a_school_once"
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="consultation_token_once"
            ),
            models.CheckConstraint(
                condition=Q(nominee_name="", nominee_email="", nominee_agreed=False)
                | Q(nominee_agreed=True) & ~Q(nominee_name=""),
                name="consultation_nominee_agreed",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(changed_at__gte=F("answered_at")),
                name="consultation_changed_after_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.organisation_id}"

    @property
    def reference(self) -> str:
        """What the link's token is derived from."""
        return f"{self.pk}:{self.round}"

    @property
    def mail_key(self) -> str:
        """The key of the mail that carries the newest link."""
        return f"consultation:{self.reference}"


class WishKind(models.TextChoices):
    """What a school says of another."""

    WITH = "with", "Wishes to work with"
    NOT_NOW = "not now", "Would rather not work with now"


class ConsultationWish(models.Model):
    """A school wishes to work with another, or would rather not for now. Never both of the same school."""

    answer = models.ForeignKey(
        ConsultationAnswer, on_delete=models.CASCADE, related_name="wishes", db_index=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=WishKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "organisation"], name="consultation_wish_once"),
            models.CheckConstraint(condition=Q(kind__in=WishKind.values), name="consultation_wish_known"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.kind} {self.organisation_id}"
