"""What people answered. Anonymous answers stand in tables without a person, a time or an order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.surveys.models.waves import Wave, WaveSchool, Who


class Ballot(models.Model):
    """An anonymous answer while its wave is open; none is left after the close.

    `id` is the number that the form drew at random when it was opened: sent twice, it is one answer. On SQLite it is
    also where the row lies, so that rows lie in random order. `codes` holds a byte an item (`adapters.instruments`).
    """

    id = models.BigAutoField("drawn at random by the form", primary_key=True)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="ballots")
    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="+")
    who = models.CharField(max_length=10, choices=Who.choices)
    codes = models.BinaryField()
    comments = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(who__in=Who.values), name="ballot_who_known")]

    def __str__(self) -> str:
        return f"an answer to wave {self.wave_id}"


class Answer(models.Model):
    """An anonymous answer after the close: the same without its number, in an order that was drawn again."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="answers")
    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="+", db_index=False)
    who = models.CharField(max_length=10, choices=Who.choices)
    codes = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(who__in=Who.values), name="answer_who_known")]

    def __str__(self) -> str:
        return f"an answer to wave {self.wave_id}"


class Comment(models.Model):
    """What somebody wrote, apart from their answers: its question and school, shuffled anew for each question.

    Nobody but those who look after the wave reads `text`; `shown` is what a person made of it (nothing that tells who
    wrote it), and only that goes into results. `theme` is a word by which a person sorted it.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="remarks")
    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.CharField(max_length=60)
    text = models.TextField(max_length=2000)
    shown = models.TextField(max_length=2000, blank=True)
    theme = models.CharField(max_length=60, blank=True)
    looked_at = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return f"a comment to wave {self.wave_id}"


class Response(models.Model):
    """An answer that carries a name: attributed, in the room, or confidential. It can be changed until the close."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    school = models.ForeignKey(WaveSchool, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField("as they gave it, where they have no account", max_length=150, blank=True)
    ballot = models.BigIntegerField("drawn at random by the form", unique=True)
    who = models.CharField(max_length=10, choices=Who.choices)
    codes = models.BinaryField()
    comments = models.JSONField(default=dict)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(who__in=Who.values), name="response_who_known"),
            models.UniqueConstraint(
                fields=["wave", "school", "person"],
                condition=Q(person__isnull=False),
                name="response_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.person_id} to wave {self.wave_id}"


class Report(models.Model):
    """What may be known of a wave, made once after its close and never again: the same words everywhere.

    `content` is canonical JSON, `digest` its SHA-256. Where the audit found that nothing can be shown safely, `content`
    holds no figures and says so.
    """

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="report")
    content = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"the report of wave {self.wave_id}"
