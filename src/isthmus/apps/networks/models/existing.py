"""Networks that exist: their layer, what they are for, and who is in them from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area, Organisation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class LayerKind(models.TextChoices):
    """What the networks of a layer have in common."""

    LOCALITY = "locality", "Localities"
    THEME = "theme", "Themes"
    TRUST = "trust", "Trusts and federations"
    PILOT = "pilot", "Pilots"
    FIXED_TERM = "fixed term", "For a fixed term"
    OTHER = "other", "Other"


class Form(models.TextChoices):
    """How firmly a network is bound (source B: a formal group, or a looser alliance or network)."""

    FORMAL = "formal", "Formal group"
    LOOSE = "loose", "Loose alliance"


class Driver(models.TextChoices):
    """What brought a network about (source C: two drivers)."""

    EXTERNAL_POLITICAL = "external-political", "External and political"
    INTERNAL_SOCIAL = "internal-social", "Internal and social"


class Depth(models.TextChoices):
    """How deep a network means to be: Himmelman's four strategies (1992, in source C)."""

    NETWORKING = "networking", "Networking"
    CO_ORDINATION = "co-ordination", "Co-ordination"
    CO_OPERATION = "co-operation", "Co-operation"
    COLLABORATION = "collaboration", "Collaboration"


class NetworkState(models.TextChoices):
    """Where a network stands. One that was dissolved keeps its past."""

    ACTIVE = "active", "Working"
    DISSOLVED = "dissolved", "Dissolved"


class MemberRole(models.TextChoices):
    """The part that an organisation plays in a network."""

    MEMBER = "member", "Member"
    LEAD = "lead", "Lead"
    HUB = "hub", "Hub"
    SPOKE = "spoke", "Spoke"
    PARTNER = "partner", "Partner"


LEADING = (MemberRole.LEAD, MemberRole.HUB)
"""Roles whose holder others look to."""


class Layer(models.Model):
    """One way in which an area's schools are grouped; a school may be in networks of every layer.

    `for_every_school` says that each school is meant to be in one of its networks.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="layers", db_index=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=LayerKind.choices, default=LayerKind.OTHER)
    for_every_school = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("area", Lower("name"), name="layer_named_once"),
            models.CheckConstraint(condition=Q(kind__in=LayerKind.values), name="layer_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="layer_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Network(models.Model):
    """Schools and partners that work together.

    `depth` is the depth it means to have. `starts` and `ends` are its first and last day, where known. `public` says
    that anybody may see what it is for and who is in it.
    """

    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="networks", db_index=False)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.LOOSE)
    purpose = models.CharField(max_length=600, blank=True)
    driver = models.CharField(max_length=20, choices=Driver.choices, blank=True)
    initiative = models.CharField(max_length=200, blank=True)
    depth = models.CharField(max_length=20, choices=Depth.choices, blank=True)
    state = models.CharField(max_length=10, choices=NetworkState.choices, default=NetworkState.ACTIVE)
    starts = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ["layer", "name"]
        constraints = [
            models.UniqueConstraint("layer", Lower("name"), name="network_named_once_in_a_layer"),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="network_form_known"),
            models.CheckConstraint(condition=Q(driver__in=["", *Driver.values]), name="network_driver_known"),
            models.CheckConstraint(condition=Q(depth__in=["", *Depth.values]), name="network_depth_known"),
            models.CheckConstraint(condition=Q(state__in=NetworkState.values), name="network_state_known"),
            models.CheckConstraint(condition=~Q(name=""), name="network_named"),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="network_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state=NetworkState.DISSOLVED) | Q(ends__isnull=False),
                name="network_dissolved_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The scope of this network's roles and events."""
        return Scope(ScopeKind.NETWORK, self.pk)


class Membership(models.Model):
    """An organisation's time in a network: `since` and `until` both belong to it; empty where not known or not over.

    The times of one organisation in one network never overlap: `actions.memberships` sees to it under a lock on the
    network, and the constraints here catch the commonest slips.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="network_memberships"
    )
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.MEMBER)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    why_joined = models.CharField(max_length=300, blank=True)
    why_left = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["network", "organisation", "since"], name="membership_by_network")]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organisation"],
                condition=Q(until__isnull=True),
                name="membership_open_once",
            ),
            models.UniqueConstraint(
                fields=["network", "organisation"],
                condition=Q(since__isnull=True),
                name="membership_unknown_start_once",
            ),
            models.UniqueConstraint(
                fields=["network", "organisation", "since"], name="membership_starts_once"
            ),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.network_id}"

    @property
    def role_label(self) -> StrOrPromise:
        """The role in words."""
        return MemberRole(self.role).label


class SubGroup(models.Model):
    """A group inside a network, such as chairs of governors or learning support assistants, with roles of its own."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="sub_groups", db_index=False)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=600, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("network", Lower("name"), name="sub_group_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="sub_group_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The scope of this sub-group's roles and events."""
        return Scope(ScopeKind.SUB_GROUP, self.pk)


class UploadState(models.TextChoices):
    """How far a spreadsheet of memberships has come."""

    CHECKED = "checked", "Checked, nothing written"
    APPLIED = "applied", "Applied"
    UNCHANGED = "unchanged", "All of it was here already"
    PUT_ASIDE = "put aside", "Put aside, nothing written"
    REFUSED = "refused", "Refused, nothing written"


class MembershipImport(models.Model):
    """A spreadsheet of who is in what. `rows` is what was read, until it is applied or put aside."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    digest = models.CharField("SHA-256 of the file", max_length=64)
    rows = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=UploadState.choices)
    token = models.UUIDField("what tells a double click from a second file")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "token"], name="membership_import_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=UploadState.values), name="membership_import_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=UploadState.CHECKED) | Q(rows=[]),
                name="membership_import_keeps_rows_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
