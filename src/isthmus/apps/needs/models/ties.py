"""Which schools compete, as recorded or estimated, and recorded ties. Competition is for officers alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from isthmus.apps.register.models import Area, Organisation


class Over(models.TextChoices):
    """What schools compete for."""

    PUPILS = "pupils", "Pupils"
    STAFF = "staff", "Staff"


class Competition(models.Model):
    """What an officer knows of two schools of an area: that they compete, or (`competes` False) that they do not.

    `first` has the lower key. It counts from `said_on` until the day before `ended_on`.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    over = models.CharField(max_length=6, choices=Over.choices)
    competes = models.BooleanField(default=True)
    reason = models.CharField(max_length=300)
    said_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_as = models.CharField("role of who said it", max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["area", "said_on"], name="competition_by_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "first", "second", "over"],
                condition=Q(ended_on__isnull=True),
                name="competition_recorded_once",
            ),
            models.CheckConstraint(condition=Q(over__in=Over.values), name="competition_over_known"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="competition_pair_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="competition_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("said_on")), name="competition_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Estimate(models.Model):
    """That two schools may compete for pupils, by `methods.competition`, with the parts it was worked out from.

    `of_first` is the share of pupils at the first school's door that the second may draw, `of_second` the other way
    round, `shared_ages` the share of ages that both teach. `size_assumed`: the register lacked a number of pupils.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+", db_index=False)
    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    index = models.FloatField()
    km = models.FloatField()
    shared_ages = models.FloatField()
    of_first = models.FloatField()
    of_second = models.FloatField()
    size_assumed = models.BooleanField(default=False)
    estimated_on = models.DateField()

    class Meta:
        ordering = ["-index", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "first", "second"], name="estimate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="estimate_pair_in_order"),
            models.CheckConstraint(condition=Q(index__gte=0, index__lte=1), name="estimate_index_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.index:.2f}"


class TieKind(models.TextChoices):
    """What ties two schools."""

    FEEDER = "feeder", "Pupils move on from the first to the second"
    SHARED_STAFF = "shared staff", "They share staff"
    JOINT_WORK = "joint work", "They work together already"
    OTHER = "other", "Another tie"


class Tie(models.Model):
    """A tie between two schools of an area that is no network: a feeder link, shared staff, joint work.

    Of a feeder link pupils move from `first` to `second`; in all others `first` has the lower key. `since` and `until`
    both belong to it.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=TieKind.choices)
    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    said_on = models.DateField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_as = models.CharField("role of who said it", max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["area", "kind"], name="tie_by_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "kind", "first", "second"],
                condition=Q(until__isnull=True),
                name="tie_recorded_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=TieKind.values), name="tie_kind_known"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="tie_of_two_schools"),
            models.CheckConstraint(
                condition=Q(kind=TieKind.FEEDER) | Q(first__lt=F("second")), name="tie_pair_in_order"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="tie_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.kind}"
