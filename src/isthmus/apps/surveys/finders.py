"""What search finds of questionnaires: those that the person sees."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.search import Found, Matches, all_words, finds
from isthmus.apps.surveys.access import waves_seen
from isthmus.apps.surveys.models import Wave


@finds("questionnaires", "Questionnaires", order=47)
def waves(person: Actor | None, text: str) -> Matches | None:
    """Questionnaires by their name, or by what the instrument is called."""
    if person is None or not person.may(Permission.SURVEY_VIEW):
        return None
    found = waves_seen(person).filter(all_words(text, "name", "instrument__title"))
    return Matches(found.order_by("-made_at", "-pk"), _waves)


def _waves(found: Sequence[Wave]) -> list[Found]:
    return [
        Found(
            wave.name,
            reverse("surveys:wave", args=[wave.pk]),
            f"{wave.instrument.title}, {str(wave.get_state_display()).lower()}, last day {in_words(wave.until)}",
        )
        for wave in found
    ]
