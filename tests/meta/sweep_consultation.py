"""The sweep's part for consultations: as officers run them, and by a school's link."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks.actions import consultation as actions
from isthmus.apps.networks.actions.consultation import Asking
from isthmus.apps.networks.models import CONSULTATION_PURPOSE, Consultation, ConsultationAnswer
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members
from tests.conftest import People
from tests.meta.sweep import Arguments, World, names
from tests.meta.sweep_networks import of_area


def build(people: People) -> None:
    """For each officer: a consultation that is open."""
    for officer, area in ((people.officer, people.area), (people.other_officer, people.other_area)):
        schools = list(area_members(area))
        asking = Asking(name="Asked", text="", until=today())
        kept = actions.start_consultation(
            by=officer, area=area, asking=asking, schools=schools, token=uuid4()
        )
        actions.open_consultation(by=officer, consultation=kept)


def _answer(area: Area) -> ConsultationAnswer:
    return ConsultationAnswer.objects.filter(consultation__area=area).order_by("pk")[0]


def _of_consultation(area: Area) -> dict[str, Any]:
    return {"pk": Consultation.objects.get(area=area).pk}


def _by_link(world: World, who: str) -> Arguments:
    return {"token": derived(CONSULTATION_PURPOSE, _answer(world.people.area).reference)}


of_area("networks:consultations", "networks:consultation_new", find=lambda area: {"pk": area.pk})
of_area("networks:consultations_file", find=lambda area: {"pk": area.pk, "ending": "csv"})
of_area(
    *("networks:consultation", "networks:consultation_change", "networks:consultation_open"),
    *("networks:consultation_remind", "networks:consultation_close", "networks:consultation_remove"),
    find=_of_consultation,
)
of_area("networks:consultation_file", find=lambda area: {**_of_consultation(area), "ending": "csv"})
of_area(
    "networks:consultation_school",
    find=lambda area: {**_of_consultation(area), "number": _answer(area).pk},
)
# Whoever has the link answers for the school; any other link opens nothing.
names(
    *("networks:consultation_link", "networks:consultation_answer", "networks:consultation_with"),
    *("networks:consultation_not_now", "networks:consultation_needs", "networks:consultation_rest"),
    own=_by_link,
    other=lambda world, who: {"token": derived(CONSULTATION_PURPOSE, "0:0")},
)
