"""Work on a finished plan: every step a version, and what is locked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.networks.models.plans import Plan, ProposedNetwork
from isthmus.apps.register.models import Organisation


class StepKind(models.TextChoices):
    """What was done to a plan."""

    MOVE = "move", "Moved"
    EXCHANGE = "exchange", "Changed places"
    UNDO = "undo", "Undone"
    LOCK = "lock", "Locked"
    UNLOCK = "unlock", "Unlocked"
    AGAIN = "again", "Worked out again"


class PlanStep(models.Model):
    """One step on a plan; its `number` is the version that it made. Version 0 is the plan as it was worked out.

    `moves` are [key of the school, number of its network before, number after]: enough to go back. `words` say it.
    Objectives are in kilometre equivalents; `breaks` are the rules that the step knowingly broke.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    moves = models.JSONField(default=list)
    words = models.CharField(max_length=600)
    why = models.CharField(max_length=300, blank=True)
    breaks = models.JSONField(default=list)
    objective_before = models.FloatField(null=True)
    objective_after = models.FloatField(null=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_step_number_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="plan_step_kind_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="plan_step_after_version_zero"),
            models.CheckConstraint(
                condition=Q(kind=StepKind.UNDO, undoes__isnull=False)
                | ~Q(kind=StepKind.UNDO) & Q(undoes=None),
                name="plan_step_undoes_where_it_is_an_undo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.words}"


class PlanLock(models.Model):
    """A network, or one school in its network, that stays as it is."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="locks")
    network = models.ForeignKey(ProposedNetwork, null=True, on_delete=models.CASCADE, related_name="locks")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "network"], name="plan_network_locked_once"),
            models.UniqueConstraint(fields=["plan", "organisation"], name="plan_school_locked_once"),
            models.CheckConstraint(
                condition=Q(network=None, organisation__isnull=False)
                | Q(network__isnull=False, organisation=None),
                name="plan_lock_on_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network or self.organisation_id} locked"
