"""What a plan must keep, how far schools are from each other, and what was looked into afterwards."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.core.models import Job
from isthmus.apps.networks.models.plans import Plan


class RuleKind(models.TextChoices):
    """What a rule asks."""

    TOGETHER = "together", "Keep schools together"
    APART = "apart", "Keep schools apart"
    FIXED = "fixed", "Put schools in a named network"
    AT_LEAST = "at-least", "At least so many of a kind in each network"
    AT_MOST = "at-most", "At most so many of a kind in each network"
    PUPILS = "pupils", "Pupils of a network at most"
    REACH = "reach", "No two schools further apart than"
    NO_REPEAT = "no-repeat", "No pair of an earlier plan or of a layer again"
    BARRIER = "barrier", "No travel across a line"
    TRAVEL = "travel", "Minutes of travel instead of the straight line"
    COMPETITORS = "competitors", "Keep schools that compete apart"


class PlanRule(models.Model):
    """One rule of a plan. `data` is small and by kind (see `adapters.rules`); `large` is packed: a travel table."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rules", db_index=False)
    kind = models.CharField(max_length=20, choices=RuleKind.choices)
    data = models.JSONField(default=dict)
    large = models.BinaryField(null=True)
    token = models.UUIDField("what tells a double click from a second rule", default=uuid.uuid4)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "token"], name="plan_rule_given_once"),
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=Q(kind__in=["pupils", "reach", "travel", "competitors"]),
                name="plan_rule_of_its_kind_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values), name="plan_rule_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.plan_id}"


class TravelBlock(models.Model):
    """Minutes that a routing service answered for one block of places, so that it is not asked again."""

    digest = models.CharField("SHA-256 of the service and the places", max_length=64, unique=True)
    minutes = models.BinaryField()
    fetched_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.digest


class StudyKind(models.TextChoices):
    """What can be looked into once there is a plan."""

    PRICES = "prices", "What each rule costs"
    STABILITY = "stability", "How firm it is"
    OTHERS = "others", "Other good plans"


class PlanStudy(models.Model):
    """What was looked into about a plan. `result` is empty until the worker is done."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="studies", db_index=False)
    kind = models.CharField(max_length=10, choices=StudyKind.choices)
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind"], name="plan_study_once"),
            models.CheckConstraint(condition=Q(kind__in=StudyKind.values), name="plan_study_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.plan_id}"
