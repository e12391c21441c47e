"""Whom a wave asks by single-use links. All of it is removed when the wave closes."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from isthmus.apps.surveys.models.waves import WaveSchool, Who


def drawn_number() -> int:
    """A number that says nothing of when or in which order a row was written."""
    return 1 + secrets.randbelow(2**62)


class Roster(models.Model):
    """How one school is asked by links. Once they are `sent`, its people answer by their links alone.

    `reminded_on` is the day of the last mail. `by_school`: the school itself was asked to give the list of its people.
    """

    school = models.OneToOneField(WaveSchool, on_delete=models.CASCADE, related_name="roster")
    by_school = models.BooleanField(default=False)
    sent = models.BooleanField(default=False)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"the list of people of {self.school_id}"


class Invited(models.Model):
    """Somebody on the list of a school.

    `mark` is the SHA-256 of their link's token; the token itself is kept nowhere. `answered` is set some time after an
    answer, for so many people of one school and role at once that it tells nothing of one (see `marking`); of an answer
    it knows nothing. `id` is drawn at random, so that rows lie in no order.
    """

    id = models.BigIntegerField(primary_key=True, default=drawn_number)
    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="invited", db_index=False)
    email = models.EmailField(max_length=254)
    who = models.CharField(max_length=10, choices=Who.choices)
    stratum = models.CharField("what else they were drawn within", max_length=60, blank=True)
    drawn = models.BooleanField("whether they are asked, where a sample is", default=True)
    mark = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - several without one
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "email"], name="invited_once_a_school"),
            models.CheckConstraint(condition=Q(who__in=Who.values), name="invited_who_known"),
            models.CheckConstraint(
                condition=Q(answered=False) | Q(mark__isnull=False), name="invited_before_answering"
            ),
        ]

    def __str__(self) -> str:
        return f"somebody whom {self.school_id} names"
