"""Changes of questionnaires that a person may see."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from isthmus.apps.core.access import Actor
from isthmus.apps.core.changes import seen
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import on_scopes
from isthmus.apps.core.stories import things
from isthmus.apps.surveys.access import RUN, scopes_where, waves_seen
from isthmus.apps.surveys.models import Wave
from isthmus.apps.surveys.presenters import telling  # noqa: F401 - gives the words of what is told

FOR_ALL = ("wave.open", "wave.extend", "wave.close", "wave.report")
"""What whoever may see a questionnaire is told of it; who answered is for those who look after it."""

things(
    "surveys.wave",
    lambda ids: {
        str(pk): (name, reverse("surveys:wave", args=[pk]))
        for pk, name in Wave.objects.filter(pk__in=ids).values_list("pk", "name")
    },
)


@seen("surveys.wave", "Questionnaires")
def waves(person: Actor) -> Q | None:
    """All that happens to those they look after; of others that they see, when they open and end."""
    if not person.may(Permission.SURVEY_VIEW):
        return None
    shown = [str(pk) for pk in waves_seen(person).order_by().values_list("pk", flat=True)]
    return on_scopes(scopes_where(person, RUN)) | Q(target_id__in=shown, action__in=FOR_ALL)
