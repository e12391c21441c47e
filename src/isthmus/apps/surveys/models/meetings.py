"""A meeting that answers a questionnaire in the room: what was opened, what the room agreed, and what was noted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from isthmus.apps.surveys.models.waves import Wave


class Way(models.TextChoices):
    """How a meeting answers."""

    APART = "apart", "Apart: each person on their own phone or computer"
    TOGETHER = "together", "Together: one answer of the room, recorded by whoever leads the meeting"


class Meeting(models.Model):
    """The meeting of a wave of the kind 'in the room'. Whoever has `code` joins it, and sees what was opened.

    `showing` is what stands on the screen: '' for how to join, `OVERVIEW`, or the id of a section that was opened.
    `handed_to` is the anonymous wave in which staff are asked the same.
    """

    OVERVIEW = "*"

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="meeting")
    way = models.CharField(max_length=10, choices=Way.choices)
    code = models.CharField(max_length=12, unique=True)
    showing = models.CharField(max_length=60, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    handed_to = models.OneToOneField(Wave, null=True, on_delete=models.SET_NULL, related_name="handed_from")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(way__in=Way.values), name="meeting_way_known")]

    def __str__(self) -> str:
        return f"the meeting of wave {self.wave_id}"

    @property
    def on(self) -> bool:
        """Whether it goes on: nobody ended it, and its wave takes answers."""
        return self.ended_at is None and self.wave.accepts


class Joined(models.Model):
    """Somebody began to answer in the meeting: the number that their form drew, and nothing of who they are."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="joined")
    ballot = models.BigIntegerField("drawn at random by the form")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "ballot"], name="joined_once")]

    def __str__(self) -> str:
        return f"somebody in meeting {self.meeting_id}"


class OpenedSection(models.Model):
    """A section that was opened: its figures as they were then. Counted again, they are of the later moment."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="opened")
    section = models.CharField(max_length=60)
    figures = models.JSONField()
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "section"], name="section_opened_once")]

    def __str__(self) -> str:
        return f"{self.section} of meeting {self.meeting_id}"


class RoomAnswer(models.Model):
    """What the room as a whole answered to one item: a code of its scale, or a text where it is an open question."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="room")
    item = models.CharField(max_length=60)
    code = models.SmallIntegerField(null=True)
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "item"], name="room_answers_once"),
            models.CheckConstraint(condition=Q(code__isnull=False) | ~Q(text=""), name="room_answer_says"),
        ]

    def __str__(self) -> str:
        return f"the room to {self.item}"


class MeetingNote(models.Model):
    """What was noted beside a section, or of the whole meeting where `section` is ''."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="notes")
    section = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=1000)
    token = models.UUIDField("what tells a double click from a second note", unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return f"a note to meeting {self.meeting_id}"
