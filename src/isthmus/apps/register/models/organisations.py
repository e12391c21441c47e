"""Organisations of every kind, and the areas they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FICTIONAL_URNS = ("900001", "999999")
"""First and last URN reserved for the fictional authority; no real URN begins with 9."""


class Kind(models.TextChoices):
    """What an organisation is."""

    SCHOOL = "school", "School"
    INDEPENDENT_SCHOOL = "independent_school", "Independent school"
    COLLEGE = "college", "College"
    FEDERATION = "federation", "Federation"
    TRUST = "trust", "Trust"
    TEACHING_HUB = "teaching_hub", "Teaching school alliance or hub"
    AUTHORITY = "authority", "Local authority"
    DIOCESE = "diocese", "Diocese"
    GOVERNING_BODY = "governing_body", "Governing body"
    TRAINING_PROVIDER = "training_provider", "Training provider"
    HEALTH = "health", "Health service"
    HOUSING = "housing", "Housing"
    SOCIAL_CARE = "social_care", "Social care"
    POLICE = "police", "Police"
    CHARITY = "charity", "Charity"
    COMMUNITY_GROUP = "community_group", "Community group"
    BUSINESS = "business", "Business"
    PARENTS_BODY = "parents_body", "Parents' body"


SCHOOL_KINDS = (Kind.SCHOOL, Kind.INDEPENDENT_SCHOOL, Kind.COLLEGE)
"""Kinds that have a URN in the public register of schools."""


class Status(models.IntegerChoices):
    """The register's own codes for the state of an establishment."""

    OPEN = 1, "Open"
    CLOSED = 2, "Closed"
    PROPOSED_TO_CLOSE = 3, "Open, but proposed to close"
    PROPOSED_TO_OPEN = 4, "Proposed to open"


class Phase(models.TextChoices):
    """The register's phases of education."""

    NURSERY = "nursery", "Nursery"
    PRIMARY = "primary", "Primary"
    MIDDLE_PRIMARY = "middle_primary", "Middle deemed primary"
    MIDDLE_SECONDARY = "middle_secondary", "Middle deemed secondary"
    SECONDARY = "secondary", "Secondary"
    ALL_THROUGH = "all_through", "All-through"
    SIXTEEN_PLUS = "sixteen_plus", "16 plus"
    NOT_APPLICABLE = "not_applicable", "No phase given"


class AreaKind(models.TextChoices):
    """How an area says which schools are its own."""

    AUTHORITY = "authority", "Local authority"
    TRUST = "trust", "Trust"
    DIOCESE = "diocese", "Diocese"
    REGION = "region", "Region"
    LIST = "list", "List of schools"
    PICKED = "picked", "Schools picked by hand"
    DRAWN = "drawn", "Drawn on the map"
    JOINED = "joined", "Several areas joined"


PUBLIC_AREAS = (AreaKind.AUTHORITY, AreaKind.TRUST, AreaKind.DIOCESE, AreaKind.REGION)
"""Areas that follow from public facts. The others are somebody's own work and have an `owner`."""
OWNED_AREAS = (AreaKind.LIST, AreaKind.PICKED, AreaKind.DRAWN, AreaKind.JOINED)


class Area(models.Model):
    """Schools that somebody looks after together.

    `code` is the nine-character GSS code of a real authority (E10000014 is Hampshire), the group UID of a trust, and
    made here for other kinds. `boundary` is what was drawn; it and `places` are empty where the shipped geography has
    them. `register_value` is what the register's column says of the schools of a diocese or a region. `organisation`
    is in charge: the council, or the trust whose schools these are. `owner` is the area whose people made this one.
    Which schools these are is answered by `queries.area_members` alone.
    """

    kind = models.CharField(max_length=20, choices=AreaKind.choices, default=AreaKind.AUTHORITY)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    register_value = models.CharField(max_length=80, blank=True)
    owner = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="owned_areas"
    )
    parts = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="joined_in")
    fictional = models.BooleanField(default=False)
    organisation = models.OneToOneField(
        "register.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="area_in_charge_of",
    )
    boundary = models.JSONField("boundary (GeoJSON geometry)", null=True, blank=True)
    places = models.JSONField("places as [name, latitude, longitude, people]", default=list, blank=True)

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="register_area_code_once"),
            models.CheckConstraint(condition=Q(kind__in=AreaKind.values), name="register_area_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=PUBLIC_AREAS, owner__isnull=True)
                | Q(kind__in=OWNED_AREAS, owner__isnull=False),
                name="register_area_owned_where_made",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AreaKind.TRUST) | Q(organisation__isnull=False),
                name="register_area_of_a_trust_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(AreaKind.DIOCESE, AreaKind.REGION)) | ~Q(register_value=""),
                name="register_area_by_column_has_value",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AreaKind.DRAWN) | Q(boundary__isnull=False),
                name="register_area_drawn_has_line",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_charge_id(self) -> int:
        """The area whose people look after this one: its owner, or itself."""
        return self.owner_id or self.pk


class Organisation(models.Model):
    """Anything that can belong to a network, and the facts the public register holds about it.

    `provenance` maps a field's (or a measure's) name to the code of the `Dataset` it came from.
    `measures` maps a measure's code to a number, or to the letters a source gives in place of one
    (SUPP, NP, z and so on). `search` and `sort_name` are made by the functions of `queries.search`.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    urn = models.CharField("URN", max_length=7, null=True, blank=True, unique=True)
    group_uid = models.CharField("group UID", max_length=12, null=True, blank=True, unique=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    la_code = models.CharField("local authority number", max_length=3, blank=True)
    establishment_number = models.CharField(max_length=4, blank=True)
    name = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(choices=Status.choices, default=Status.OPEN)
    phase = models.CharField(max_length=20, choices=Phase.choices, blank=True)
    type_name = models.CharField("type", max_length=80, blank=True)
    type_group = models.CharField(max_length=80, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    low_age = models.PositiveSmallIntegerField("lowest age", null=True, blank=True)
    high_age = models.PositiveSmallIntegerField("highest age", null=True, blank=True)
    religious_character = models.CharField(max_length=80, blank=True)
    diocese = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    town = models.CharField(max_length=80, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True)
    northing = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    coordinate_source = models.CharField(max_length=60, blank=True)
    pupils = models.PositiveIntegerField(null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    fsm_percent = models.FloatField("eligible for free school meals, %", null=True, blank=True)
    urban_rural = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    headship_fingerprint = models.CharField(max_length=16, blank=True)
    headship_changed_on = models.DateField("a change of headship noticed", null=True, blank=True)
    authority = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    trust = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="trust_schools"
    )
    federation = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="federation_schools"
    )
    measures = models.JSONField(default=dict, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    fictional = models.BooleanField(default=False)
    sort_name = models.CharField(max_length=200, editable=False)
    search = models.TextField(editable=False)

    class Meta:
        ordering = ["sort_name", "id"]
        indexes = [
            models.Index(fields=["sort_name", "id", "kind", "status"], name="register_org_by_name"),
            models.Index(fields=["kind", "status"], name="register_org_by_kind"),
            models.Index(fields=["authority", "kind", "status"], name="register_org_by_authority"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="register_org_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="register_org_status_known"),
            models.CheckConstraint(
                condition=Q(phase__in=["", *Phase.values]), name="register_org_phase_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="register_org_named"),
            models.CheckConstraint(condition=~Q(urn=""), name="register_org_urn_null_not_empty"),
            models.CheckConstraint(condition=~Q(group_uid=""), name="register_org_uid_null_not_empty"),
            models.CheckConstraint(
                condition=Q(urn__isnull=True)
                | Q(fictional=True, urn__gte=FICTIONAL_URNS[0], urn__lte=FICTIONAL_URNS[1])
                | (Q(fictional=False) & (Q(urn__lt=FICTIONAL_URNS[0]) | Q(urn__gt=FICTIONAL_URNS[1]))),
                name="register_org_reserved_urns_are_fictional",
            ),
            models.CheckConstraint(
                condition=Q(easting__isnull=True, northing__isnull=True)
                | Q(easting__isnull=False, northing__isnull=False),
                name="register_org_grid_reference_whole",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="register_org_position_whole",
            ),
            models.CheckConstraint(
                condition=Q(fsm_percent__isnull=True) | Q(fsm_percent__gte=0, fsm_percent__lte=100),
                name="register_org_fsm_is_percentage",
            ),
            models.CheckConstraint(
                condition=Q(low_age__isnull=True) | Q(high_age__isnull=True) | Q(low_age__lte=F("high_age")),
                name="register_org_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it works today: open, or open but proposed to close."""
        return self.status in (Status.OPEN, Status.PROPOSED_TO_CLOSE)

    @property
    def dfe_number(self) -> str:
        """Authority number and establishment number, as '850/2000'; empty where either is not known."""
        known = self.la_code and self.establishment_number
        return f"{self.la_code}/{self.establishment_number}" if known else ""

    @property
    def has_faith(self) -> bool | None:
        """Whether the school has a religious character; None where that is not known."""
        if not self.religious_character:
            return None
        return self.religious_character not in NO_FAITH

    @property
    def kind_label(self) -> StrOrPromise:
        """The kind in words."""
        return Kind(self.kind).label


NO_FAITH = ("None", "Does not apply", "Not applicable")
"""What the register writes for a school without a religious character."""
