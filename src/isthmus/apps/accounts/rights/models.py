"""Tables of what people ask about their own data: requests, copies, restrictions, holds, erasures; leaving schools."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import ScopedModel, scope_known

WAITING_DAYS = 28
"""How long a leaving school may still change its mind before anything is removed."""


class Right(models.TextChoices):
    """What somebody may ask about their own data: UK GDPR, Articles 15 to 18, 20 and 21."""

    COPY = "copy", "A copy of everything"
    RECTIFY = "rectify", "Put something right"
    RESTRICT = "restrict", "Keep it, but stop using it"
    OBJECT = "object", "Object to a use of it"
    ERASE = "erase", "Erase it"


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", "Being dealt with"
    DONE = "done", "Done"
    REFUSED = "refused", "Not done"
    WITHDRAWN = "withdrawn", "Taken back"


class Came(models.TextChoices):
    """How a request came."""

    PAGE = "page", "On the website"
    LETTER = "letter", "By letter"
    MAIL = "mail", "By e-mail"
    TALK = "talk", "In a talk or a telephone call"


class SubjectRequest(ScopedModel):
    """Somebody asks about their own data. The scope says who deals with it: an area, or the installation.

    `identity_how` and `identity_by` are filled where it did not come on the website, where signing in shows who asks.
    An erasure empties name, address, text and answer: what stays says that a request was answered, not whose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    right = models.CharField(max_length=10, choices=Right.choices)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="subject_requests"
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    came = models.CharField(max_length=10, choices=Came.choices, default=Came.PAGE)
    identity_how = models.CharField(max_length=300, blank=True)
    identity_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_on = models.DateField(default=today)
    due_on = models.DateField()
    extension_reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(max_length=4000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["scope_kind", "scope_id", "state"], name="subject_request_scope")]
        constraints = [
            scope_known("subject_request"),
            models.CheckConstraint(condition=Q(right__in=Right.values), name="subject_request_right_known"),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="subject_request_state_known"
            ),
            models.CheckConstraint(condition=Q(came__in=Came.values), name="subject_request_came_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="subject_request_small_letters"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("received_on")), name="subject_request_due_after_received"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, closed_at=None)
                | ~Q(state=RequestState.OPEN) & Q(closed_at__isnull=False),
                name="subject_request_closed_once_over",
            ),
            models.CheckConstraint(
                condition=Q(came=Came.PAGE) | ~Q(identity_how=""), name="subject_request_identity_checked"
            ),
            models.UniqueConstraint(
                fields=["email", "right"],
                condition=Q(state=RequestState.OPEN),
                name="subject_request_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()}: {self.reference}"

    @property
    def reference(self) -> str:
        """What people call this request in letters: eight letters and digits that say nothing about anybody."""
        return self.id.hex[:8].upper()

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == RequestState.OPEN


class Leaving(ScopedModel):
    """An organisation leaves: it takes a copy along; after a time in which it may still stay, all is removed."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting until it may be removed"
        STOPPED = "stopped", "Stays after all"
        PURGED = "purged", "Removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=500)
    purge_from = models.DateField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    certificate = models.JSONField("what was removed and kept: [[title, removed, kept, why]]", default=list)

    class Meta:
        constraints = [
            scope_known("leaving"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "stopped", "purged"]), name="leaving_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="leaving_ended_once_over",
            ),
            models.UniqueConstraint(
                fields=["scope_kind", "scope_id"], condition=Q(state="waiting"), name="leaving_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} leaves"

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither stopped nor done."""
        return self.state == self.State.WAITING


def first_purge_day() -> date:
    """The first day on which a school that asks today may be removed."""
    return today() + timedelta(days=WAITING_DAYS)


class Bundle(models.Model):
    """A file with a copy, for one request or one leaving school. It is disposed of after a stated number of days.

    `file` is empty while it is being made. Who may have it: `access.get_bundle`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SubjectRequest, null=True, on_delete=models.CASCADE, related_name="bundles")
    leaving = models.ForeignKey(Leaving, null=True, on_delete=models.CASCADE, related_name="bundles")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(request=None, leaving__isnull=False) | Q(request__isnull=False, leaving=None),
                name="bundle_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(gone_at=None), name="bundle_of_request_once"
            ),
            models.UniqueConstraint(
                fields=["leaving"], condition=Q(gone_at=None), name="bundle_of_leaving_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Copy {self.pk}"

    @property
    def thing(self) -> SubjectRequest | Leaving:
        """What it is a copy for."""
        found = self.request or self.leaving
        if found is None:
            raise ValueError("A copy is for a request or for a leaving school")
        return found

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to save."""
        return bool(self.file) and self.gone_at is None


class Restriction(models.Model):
    """The data of whoever has this address is kept and used for nothing but their own rights and sign-in."""

    email = models.EmailField(max_length=254)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="restrictions"
    )
    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="restrictions")
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="restriction_small_letters"),
            models.UniqueConstraint(
                fields=["email"], condition=Q(lifted_at=None), name="restriction_in_force_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Restriction {self.pk}"


class LegalHold(ScopedModel):
    """Something must be kept for a claim or an inquiry: all about one address, or a whole class of data."""

    email = models.EmailField(max_length=254, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="legal_holds"
    )
    data_class = models.CharField("key of a class of personal data", max_length=60, blank=True)
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    placed_at = models.DateTimeField(default=timezone.now)
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            scope_known("legal_hold"),
            models.CheckConstraint(
                condition=Q(email="") & ~Q(data_class="") | ~Q(email="") & Q(data_class=""),
                name="legal_hold_on_one_thing",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="legal_hold_small_letters"),
            models.UniqueConstraint(
                fields=["scope_kind", "scope_id", "email", "data_class"],
                condition=Q(lifted_at=None),
                name="legal_hold_in_force_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}"


class Erasure(models.Model):
    """An erasure that was done, so that it is known which ones a restored database lacks. Nothing in it names anybody.

    `addresses` are keyed hashes; `subject` is the number that the account or the organisation had, without a link to
    it. The same stands in the journal, a file outside the database.
    """

    class What(models.TextChoices):
        PERSON = "person", "A person"
        ORGANISATION = "organisation", "An organisation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(max_length=12, choices=What.choices)
    subject = models.BigIntegerField(null=True)
    addresses = models.JSONField("keyed hashes of addresses", default=list)
    at = models.DateTimeField(default=timezone.now)
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["person", "organisation"]), name="erasure_what_known"
            )
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"
