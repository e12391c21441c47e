"""Looking at a comment before anybody is shown it."""

from __future__ import annotations

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.surveys.models import Comment


@transaction.atomic
def look_at_comment(*, by: Actor, comment: Comment, shown: str, theme: str = "") -> Comment:
    """Say what of a comment is shown (nothing, where empty) and under which theme. The event tells neither."""
    kept = Comment.objects.select_for_update(of=("self",)).select_related("wave").get(pk=comment.pk)
    if kept.looked_at and (kept.shown, kept.theme) == (shown, theme):
        return kept
    kept.shown, kept.theme, kept.looked_at = shown, theme, True
    kept.save(update_fields=["shown", "theme", "looked_at"])
    detail = {"shown": bool(shown), "as it was": shown == kept.text}
    audit.record("wave.comment", by=by, target=kept.wave, scope=kept.wave.scope, detail=detail)
    return kept
