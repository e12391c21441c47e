"""What belongs to an area besides its schools: who else takes part, its terms and dates, its themes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from isthmus.apps.register.models.organisations import Area, Organisation


class AreaSchool(models.Model):
    """A school of an area that is a list or was picked by hand."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="listed", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "organisation"], name="register_area_school_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} of {self.area_id}"


class AreaPartner(models.Model):
    """An organisation of another kind (health, charity, business, college, …) that works with an area."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="partners", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "organisation"], name="register_area_partner_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} with {self.area_id}"


class Term(models.Model):
    """A term of a school year in an area: both days belong to it. `year` is the year in which the September lies."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="terms", db_index=False)
    year = models.PositiveSmallIntegerField("school year that begins in September")
    name = models.CharField(max_length=40)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["area", "year", "name"], name="register_term_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="register_term_named"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="register_term_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class Theme(models.Model):
    """What schools of an area work on together. `source` cites where it comes from; one put aside keeps its past."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="themes", db_index=False)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=200, blank=True)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="register_theme_once"),
            models.CheckConstraint(condition=~Q(name=""), name="register_theme_named"),
        ]

    def __str__(self) -> str:
        return self.name
