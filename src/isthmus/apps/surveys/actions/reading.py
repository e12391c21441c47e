"""Reading who said what: the one who was named before the first question leaves a line in the record each time."""

from __future__ import annotations

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.surveys.models import Response, Wave, WaveSchool


@transaction.atomic
def read_answers(*, by: Actor, wave: Wave, school: WaveSchool) -> list[Response]:
    """The answers of one school with the names that people gave. The event tells whose were read, and not how many."""
    found = Response.objects.filter(wave=wave, school=school).select_related("wave__instrument", "person")
    rows = list(found.order_by("name", "pk"))
    detail = {"school": school.organisation_id}
    audit.record("wave.read", by=by, target=wave, scope=wave.scope, detail=detail)
    return rows
