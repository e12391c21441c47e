"""Tables of privacy: who the controller is, the times that were chosen, and certificates of disposal."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.core.ledger_models import AddedOnly


class Controller(models.Model):
    """Who answers for the personal data here. One row; contacts are offices, not people."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = models.CharField("name of the controller", max_length=200)
    address = models.CharField("postal address", max_length=300)
    contact = models.EmailField("address for questions about privacy", max_length=254)
    officer = models.EmailField("address of the data protection officer", max_length=254)
    registration = models.CharField("number in the ICO's register of fee payers", max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="controller_only_one"),
            models.CheckConstraint(condition=~Q(name=""), name="controller_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Retention(models.Model):
    """For how many days a class of personal data (`key`) is kept, where the controller has chosen.

    A longer time counts at once, a shorter one from `from_day`; until then `before` counts. `least` and `most` are what
    the class allows, as they were when it was chosen.
    """

    key = models.SlugField(max_length=40, primary_key=True)
    days = models.PositiveIntegerField(null=True)
    before = models.PositiveIntegerField(null=True)
    from_day = models.DateField(default=today)
    least = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=F("least"), days__lte=F("most")),
                name="retention_within_least_and_most",
            ),
            models.CheckConstraint(
                condition=Q(days=None, before=None) | Q(days__isnull=False, before__isnull=False),
                name="retention_chosen_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.days} days"

    def on(self, day: date) -> int | None:
        """The days that count on `day`, None where nothing was chosen."""
        return self.days if day >= self.from_day else self.before


class Disposal(AddedOnly):
    """The certificate of one disposal: which class, how many, by which rule, when. Never whom.

    `digest` is SHA-256 over the rest (`queries.digest`), and stands in the record of what changed as well.
    """

    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    count = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    rule = models.CharField(max_length=300)
    cutoff = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now, db_index=True)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="disposal_class")]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="disposal_of_something"),
            models.CheckConstraint(condition=Q(cutoff__lte=F("at")), name="disposal_after_cutoff"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.count} before {self.cutoff}"
