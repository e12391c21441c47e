"""Spreadsheets that were given, looked through before anything is written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from isthmus.apps.register.models import Area


class What(models.TextChoices):
    """What a spreadsheet holds."""

    NEEDS = "needs", "Needs and strengths"
    TIES = "ties", "Ties"
    COMPETITION = "competition", "Competition"


class FileState(models.TextChoices):
    """How far a spreadsheet has come."""

    CHECKED = "checked", "Checked, nothing written"
    APPLIED = "applied", "Applied"
    UNCHANGED = "unchanged", "All of it was here already"
    PUT_ASIDE = "put aside", "Put aside, nothing written"
    REFUSED = "refused", "Refused, nothing written"


class GivenFile(models.Model):
    """A spreadsheet of one kind for one area. `rows` is what was read, until it is applied or put aside."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    file_name = models.CharField(max_length=200)
    digest = models.CharField("SHA-256 of the file", max_length=64)
    rows = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=FileState.choices)
    token = models.UUIDField("what tells a double click from a second file")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "what", "token"], name="given_file_once"),
            models.CheckConstraint(condition=Q(what__in=What.values), name="given_file_what_known"),
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="given_file_state_known"),
            models.CheckConstraint(
                condition=Q(state=FileState.CHECKED) | Q(rows=[]), name="given_file_keeps_rows_while_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
