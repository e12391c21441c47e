"""Lists of people and typed forms of two areas, and what of their texts can hold a canary."""

from __future__ import annotations

from isthmus.apps.surveys import intake
from isthmus.apps.surveys.models import Invited, PaperBatch, PaperSheet, Roster, WaveSchool, Who
from tests.surveys.making import row_of

# Read by the code: pages would break, or a link would lead nowhere, where another text stood.
STEERING = {"surveys.Invited": {"mark", "email"}}


def rows(listed: WaveSchool, typed: WaveSchool) -> None:
    """A list that was given, and a form that was typed."""
    Roster.objects.create(school=listed)
    Invited.objects.create(school=listed, email="canary@school.example", who=Who.STAFF, stratum="x")
    batch = PaperBatch.objects.create(school=typed, who=Who.STAFF, again=True)
    PaperSheet.objects.create(
        batch=batch,
        number=1,
        ballot=intake.draw(),
        codes=row_of(typed, Who.STAFF, {"know-1": 4}),
        comments={"share-3": "x"},
    )
