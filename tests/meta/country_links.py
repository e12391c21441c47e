"""Links by mail and paper forms in the small country, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.models import Roster
from tests.meta import tenancy
from tests.surveys.making import a_wave

if TYPE_CHECKING:
    from tests.meta.country import Country


def schools(country: Country) -> None:
    """For each school, a wave of its area that asks it, for its list of people too."""
    country.things["school on paper"] = {}
    for name in ("school 1", "school 2", "school 3", "school 4"):
        school = Organisation.objects.get(pk=country.scopes[name].id)
        row = a_wave(country.scopes[tenancy.PLACES[name][1]], [school]).schools.get()
        Roster.objects.create(school=row, by_school=True)
        country.things["school on paper"][name] = {"pk": row.wave_id, "number": row.pk, "who": "staff"}
