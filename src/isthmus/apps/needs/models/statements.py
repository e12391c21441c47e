"""What a school says of itself against a theme: a need, a strength, both or neither. Nothing is overwritten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from isthmus.apps.register.models import Area, Organisation, Theme


class Level(models.TextChoices):
    """Where a school stands on a theme, in its own words."""

    NEED = "need", "We would welcome help"
    STRENGTH = "strength", "We can help others"
    BOTH = "both", "Both: we can help with some of it and would welcome help with the rest"
    NEITHER = "neither", "Neither at present"


NEEDING = (Level.NEED, Level.BOTH)
GIVING = (Level.STRENGTH, Level.BOTH)


class Source(models.TextChoices):
    """How a statement came to be."""

    SAID = "said", "Said on the page"
    SPREADSHEET = "spreadsheet", "From a spreadsheet"
    DIAGNOSIS = "diagnosis", "From a diagnosis"


class Staleness(models.Model):
    """After how many months what was said in an area is shown as old. Areas without a row use the default."""

    area = models.OneToOneField(Area, on_delete=models.CASCADE, related_name="staleness")
    months = models.PositiveSmallIntegerField(default=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=60), name="staleness_months_sensible"
            )
        ]

    def __str__(self) -> str:
        return f"{self.months} months in {self.area_id}"


class Statement(models.Model):
    """What was said on a day of one school and one theme.

    It holds from `said_on` until the day before `superseded_on`, the day of the next one. `on_behalf` says that
    somebody said it for the school. `affected` and `their_words` are who lives with the need and what they said;
    `solution` what met it, on `met_on`: from that day the need is open no more.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="statements")
    level = models.CharField(max_length=10, choices=Level.choices)
    note = models.CharField(max_length=600, blank=True)
    affected = models.CharField(max_length=200, blank=True)
    their_words = models.CharField(max_length=1000, blank=True)
    solution = models.CharField(max_length=600, blank=True)
    met_on = models.DateField(null=True, blank=True)
    said_on = models.DateField()
    superseded_on = models.DateField(null=True, blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_as = models.CharField("role of who said it", max_length=120, blank=True)
    on_behalf = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.SAID)

    class Meta:
        ordering = ["-said_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "theme", "said_on"], name="statement_once_a_day"),
            models.UniqueConstraint(
                fields=["organisation", "theme"],
                condition=Q(superseded_on__isnull=True),
                name="statement_newest_once",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="statement_level_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="statement_source_known"),
            models.CheckConstraint(
                condition=Q(superseded_on=None) | Q(superseded_on__gt=F("said_on")),
                name="statement_superseded_later",
            ),
            models.CheckConstraint(
                condition=Q(met_on=None) | (Q(level__in=NEEDING) & ~Q(solution="")),
                name="statement_met_by_a_solution",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.theme_id}: {self.level}"
