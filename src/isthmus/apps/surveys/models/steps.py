"""What people decide to do about what they learned; on pages: an action."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.models.waves import Wave


class StepState(models.TextChoices):
    """How far an action is."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class Step(models.Model):
    """Somebody does something about the results of a wave, by a day.

    `organisation`: the school whose own it is, which nobody else sees; without it, it is everybody's who may read the
    report. `who` is a role, a school or a name as it was said; `responsible` the account, where there is one. `section`
    and `item` say what it answers. `in_meeting`: it was taken in the wave's meeting.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="steps")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=60, blank=True)
    item = models.CharField(max_length=60, blank=True)
    what = models.CharField("what is done", max_length=300)
    who = models.CharField("who does it", max_length=150)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    due = models.DateField("by when")
    in_meeting = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.OPEN)
    why = models.CharField("why it was dropped", max_length=500, blank=True)
    token = models.UUIDField("what tells a double click from a second action", unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what="") & ~Q(who=""), name="step_says_what_and_who"),
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="step_state_known"),
            models.CheckConstraint(
                condition=Q(state=StepState.DROPPED) & ~Q(why="") | ~Q(state=StepState.DROPPED) & Q(why=""),
                name="step_dropped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.OPEN, ended_at=None)
                | ~Q(state=StepState.OPEN) & Q(ended_at__isnull=False),
                name="step_ended_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def overdue(self) -> bool:
        """Whether it is open and its day is over."""
        return self.state == StepState.OPEN and self.due < today()
