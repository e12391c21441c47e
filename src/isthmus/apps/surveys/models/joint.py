"""What a group agreed together: its joint statement, after its members answered alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from isthmus.apps.surveys.models.waves import Wave


class JointAnswer(models.Model):
    """What the group of a wave says to one question of a section that is answered together.

    `code` is of the question's scale (None: not agreed yet, or an open question); `texts` as in answers. `heard` says
    who was heard, `moderated` who looked at it from outside: kinds of people and schools, no persons.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="joint")
    item = models.CharField(max_length=60)
    code = models.SmallIntegerField(null=True)
    texts = models.JSONField(default=dict)
    heard = models.CharField(max_length=300, blank=True)
    moderated = models.CharField(max_length=300, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["wave", "item"], name="joint_answer_once")]

    def __str__(self) -> str:
        return f"{self.item} of wave {self.wave_id}"
