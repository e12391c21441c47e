"""Plans of networks: what was asked, what was proposed, and how good the proposal is."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.models import Job
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models.existing import MemberRole
from isthmus.apps.register.models import Area, Organisation


class PlanState(models.TextChoices):
    """Where a plan stands."""

    DRAFT = "draft", "Being put together"
    WAITING = "waiting", "Being worked out"
    READY = "ready", "Ready"
    NO_PLAN = "no plan", "No plan keeps these rules"
    UNDECIDED = "undecided", "Not decided in the time given"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Did not finish"


class Plan(models.Model):
    """A proposal of who could work with whom.

    `owner` is the area whose people see it; `about` is the area whose schools it groups. `choices` is what was
    asked (see `choices.Choices`), with the rules in `PlanRule`. `objective`, `bound` and `terms` are in kilometre
    equivalents; `gap` is a share. `given` is what the method was told besides the register (see `adapters.given`);
    `before` holds the figures of the networks that it began from, by the same measure.
    """

    owner = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plans")
    about = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    choices = models.JSONField(default=dict)
    request_token = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    worked_out_at = models.DateTimeField(null=True)
    proven = models.BooleanField(default=False)
    objective = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    gap = models.FloatField(null=True)
    terms = models.JSONField(default=dict)
    rates = models.JSONField(default=dict)
    steps = models.BigIntegerField(null=True)
    seconds = models.FloatField(null=True)
    seed = models.BigIntegerField(default=1)
    version = models.CharField(max_length=20, blank=True)
    conflict = models.JSONField(default=list)
    relaxation = models.JSONField(null=True)
    warnings = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "request_token"], name="plan_asked_for_once"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(condition=~Q(name=""), name="plan_named"),
            models.CheckConstraint(
                condition=~Q(state=PlanState.READY) | Q(objective__isnull=False, worked_out_at__isnull=False),
                name="plan_ready_has_result",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The area whose people see the plan."""
        return Scope(ScopeKind.AREA, self.owner_id)


class ProposedNetwork(models.Model):
    """One group of schools in a plan. Distances are straight lines, in kilometres."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="networks")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    size = models.PositiveSmallIntegerField()
    mean_km = models.FloatField(null=True)
    furthest_km = models.FloatField(null=True)

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="proposed_network_number_once"),
            models.CheckConstraint(condition=Q(size__gte=1), name="proposed_network_not_empty"),
            models.CheckConstraint(
                condition=Q(mean_km=None) | Q(mean_km__gte=0, furthest_km__gte=F("mean_km") - 1e-6),
                name="proposed_network_spread_sound",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProposedMember(models.Model):
    """A school's place in a plan; without a network where it could not be placed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="members", db_index=False)
    network = models.ForeignKey(ProposedNetwork, null=True, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "organisation"], name="proposed_member_once_in_a_plan"),
            models.CheckConstraint(
                condition=Q(role__in=MemberRole.values), name="proposed_member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.network_id}"
