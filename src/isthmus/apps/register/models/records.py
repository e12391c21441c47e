"""Where facts came from, how organisations are joined, and what was imported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from isthmus.apps.register.models.organisations import Organisation


class Dataset(models.Model):
    """A published source: `date` is the day its facts were true, `published` the day of its file."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    date = models.DateField()
    published = models.DateField()
    licence = models.CharField(max_length=120)
    attribution = models.TextField()

    class Meta:
        ordering = ["-date", "-published", "code"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="register_dataset_has_code")]

    def __str__(self) -> str:
        return self.title


class LinkKind(models.TextChoices):
    """How two establishments are joined; only the first four carry a history on."""

    SUCCESSION = "succession", "Replaced by"
    MERGER = "merger", "Merged into"
    AMALGAMATION = "amalgamation", "Amalgamated into"
    SPLIT = "split", "Split into"
    JOINED = "joined", "Merged with"
    SIXTH_FORM = "sixth_form", "Shares a sixth form centre with"
    OTHER = "other", "Linked to"


SUCCESSION_KINDS = (LinkKind.SUCCESSION, LinkKind.MERGER, LinkKind.AMALGAMATION, LinkKind.SPLIT)


class Link(models.Model):
    """A join between two URNs, either of which the register here may not hold.

    Each end keeps the name that the links file gives, so that history can be told for schools not held here.
    Kinds without a direction (joined, sixth form, other) have the lower URN as `predecessor_urn`.
    """

    predecessor_urn = models.CharField(max_length=7, db_index=True)
    successor_urn = models.CharField(max_length=7, db_index=True)
    predecessor_name = models.CharField(max_length=200, blank=True)
    successor_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    established_on = models.DateField(null=True, blank=True)
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["predecessor_urn", "successor_urn"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor_urn", "successor_urn"], name="register_link_once"),
            models.CheckConstraint(
                condition=~Q(predecessor_urn=F("successor_urn")), name="register_link_joins_two"
            ),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="register_link_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_urn} {self.get_kind_display().lower()} {self.successor_urn}"


class GroupMembership(models.Model):
    """An organisation's time in a trust or federation; `until` is empty while it lasts.

    The open memberships agree with `Organisation.trust` and `Organisation.federation`; the import keeps both.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="group_members")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["organisation", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "group"],
                condition=Q(until__isnull=True),
                name="register_membership_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("group")), name="register_membership_joins_two"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="register_membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.group_id}"


class ImportState(models.TextChoices):
    """How far an import has come."""

    WAITING = "waiting", "Being checked"
    CHECKED = "checked", "Checked, nothing written"
    APPLIED = "applied", "Applied"
    UNCHANGED = "unchanged", "The register holds all of it already"
    PUT_ASIDE = "put_aside", "Put aside, nothing written"
    REFUSED = "refused", "Refused, nothing written"


class RegisterImport(models.Model):
    """One file given to the register: what was found in it, and whether it was applied."""

    file_name = models.CharField(max_length=200)
    digest = models.CharField("SHA-256 of an uploaded file", max_length=64, blank=True)
    upload = models.FileField(upload_to="register/", blank=True)
    kind = models.CharField(max_length=30, blank=True)
    file_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ImportState.choices)
    report = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey("core.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    token = models.UUIDField("what tells a double click from a second file", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["by", "token"], name="register_import_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="register_import_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.APPLIED, applied_at__isnull=False)
                | (~Q(state=ImportState.APPLIED) & Q(applied_at__isnull=True)),
                name="register_import_applied_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
