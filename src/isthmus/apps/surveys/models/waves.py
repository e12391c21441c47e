"""A wave: one asking of one instrument, of a kind that is chosen before it opens and is fixed from then on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import ScopedModel, ScopeKind, scope_known
from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.models.instruments import Instrument

USUAL_K = 10
FEWEST_K = 5


class WaveKind(models.TextChoices):
    """Who will know who said what."""

    ATTRIBUTED = "attributed", "Attributed: answers carry the name of the school"
    IN_ROOM = "in-the-room", "In the room: shared by those present at a meeting"
    CONFIDENTIAL = "confidential", "Confidential: one named person reads who said what"
    ANONYMOUS = "anonymous", "Anonymous: nobody is told who said what"


class WaveState(models.TextChoices):
    """How far a wave has come; it never goes back."""

    DRAFT = "draft", "Not opened yet"
    OPEN = "open", "Open"
    CLOSING = "closing", "Being closed"
    CLOSED = "closed", "Closed"


class Who(models.TextChoices):
    """Who answers, as they themselves say."""

    LEADERS = "leaders", "A leader"
    STAFF = "staff", "A member of staff"
    GOVERNORS = "governors", "A governor or trustee"
    PARENTS = "parents", "A parent or carer"
    PUPILS = "pupils", "A pupil"
    PARTNERS = "partners", "A partner from outside the schools"


class Wave(ScopedModel):
    """Schools are asked the questions of an instrument until the end of a day.

    `scope` is whose it is: an area, a network or an organisation. `k` is the fewest answers that a figure may stand on.
    Once it is open the database itself refuses to change what people were promised, and to open it again once it is
    closed: see `guards`.
    """

    name = models.CharField(max_length=120)
    why = models.TextField("why it is asked, in the words of whoever asks", max_length=2000)
    asks = models.CharField("who asks, as people know them", max_length=150)
    consent = models.TextField("what people agree to, and from which age", max_length=1000, blank=True)
    kind = models.CharField(max_length=20, choices=WaveKind.choices)
    k = models.PositiveSmallIntegerField(default=USUAL_K)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="waves")
    comments = models.BooleanField("asks for comments in one's own words", default=False)
    asked = models.JSONField("which of `Who` are asked", default=list)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateField()
    results_on = models.DateField("when people can expect results")
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="following")
    state = models.CharField(max_length=10, choices=WaveState.choices, default=WaveState.DRAFT)
    token = models.UUIDField("what tells a double click from a second wave", unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["scope_kind", "scope_id"], name="wave_of_scope")]
        constraints = [
            scope_known("wave"),
            models.CheckConstraint(
                condition=Q(
                    scope_kind__in=[
                        ScopeKind.AREA.value,
                        ScopeKind.NETWORK.value,
                        ScopeKind.ORGANISATION.value,
                    ]
                ),
                name="wave_scope_fits",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="wave_named"),
            models.CheckConstraint(condition=Q(kind__in=WaveKind.values), name="wave_kind_known"),
            models.CheckConstraint(condition=Q(state__in=WaveState.values), name="wave_state_known"),
            models.CheckConstraint(condition=Q(k__gte=FEWEST_K), name="wave_k_protects"),
            models.CheckConstraint(
                condition=Q(kind=WaveKind.CONFIDENTIAL, reader__isnull=False)
                | ~Q(kind=WaveKind.CONFIDENTIAL) & Q(reader=None),
                name="wave_reader_if_confidential",
            ),
            models.CheckConstraint(condition=Q(results_on__gte=F("until")), name="wave_results_after_end"),
            models.CheckConstraint(
                condition=Q(state=WaveState.DRAFT, opened_at=None)
                | ~Q(state=WaveState.DRAFT) & Q(opened_at__isnull=False),
                name="wave_opened_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=WaveState.CLOSED, closed_at__isnull=False)
                | ~Q(state=WaveState.CLOSED) & Q(closed_at=None),
                name="wave_closed_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def anonymous(self) -> bool:
        """Whether nobody, the system's operators included, is told who said what."""
        return self.kind == WaveKind.ANONYMOUS

    @property
    def accepts(self) -> bool:
        """Whether people may answer now; the last day belongs to it."""
        return self.state == WaveState.OPEN and not self.past_last_day

    @property
    def past_last_day(self) -> bool:
        """Whether its last day is over."""
        return self.until < today()


class WaveSchool(models.Model):
    """One organisation that a wave asks, as it is grouped for this wave, and the short code of its poster and link.

    `group` and `phase` are copied, so that results are of the groups as they were when the wave opened.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="schools", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    group = models.CharField("the network or cluster it is counted in", max_length=120, blank=True)
    phase = models.CharField(max_length=40, blank=True)
    expected = models.PositiveIntegerField("how many people are asked", null=True)
    code = models.CharField(max_length=12, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "organisation"], name="wave_asks_a_school_once"),
            models.CheckConstraint(
                condition=Q(expected=None) | Q(expected__gte=1), name="wave_expects_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.organisation_id}"
