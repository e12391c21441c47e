"""Paper forms while they are typed, for as long as the check by typing them again needs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from isthmus.apps.core.dates import today
from isthmus.apps.surveys.models.rosters import drawn_number
from isthmus.apps.surveys.models.waves import WaveSchool, Who


class PaperBatch(models.Model):
    """The pile of forms of one school and kind of respondent that is being typed; one at a time. `again` while it is
    typed for the second time. It says neither who types it nor when, beyond the day on which it was begun."""

    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="papers", db_index=False)
    who = models.CharField(max_length=10, choices=Who.choices)
    again = models.BooleanField(default=False)
    begun_on = models.DateField(default=today)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(who__in=Who.values), name="paper_batch_who_known"),
            models.UniqueConstraint(fields=["school", "who"], name="paper_batch_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"forms of {self.school_id}"


class PaperSheet(models.Model):
    """One form as it was typed. `number` stands on the sheet, so that it is found again; `ballot` is what it will count
    by, so that it counts once."""

    id = models.BigIntegerField(primary_key=True, default=drawn_number)
    batch = models.ForeignKey(PaperBatch, on_delete=models.CASCADE, related_name="sheets", db_index=False)
    number = models.PositiveSmallIntegerField()
    ballot = models.BigIntegerField(default=drawn_number)
    codes = models.BinaryField()
    comments = models.JSONField(default=dict)
    checked = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="paper_sheet_once")]

    def __str__(self) -> str:
        return f"form {self.number}"
