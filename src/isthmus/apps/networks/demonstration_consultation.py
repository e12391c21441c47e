"""A consultation in the fictional authority, answered by most, through the same actions as anybody’s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import hypot
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.networks.actions import answering
from isthmus.apps.networks.actions import consultation as actions
from isthmus.apps.networks.actions.consultation import Asking
from isthmus.apps.networks.models import Consultation, ConsultationAnswer, Layer, Sees, WishKind
from isthmus.apps.networks.queries.answering import seen_rest, seen_wishes
from isthmus.apps.register.models import Area, Organisation, Phase
from isthmus.apps.register.queries import area_members

NAME = "Networks from next September"
TEXT = "Our clusters are five years old. Before we plan again, we want to hear from you."
LAYER = "Localities"
ASKED = 60
NOMINEES = ("Ines Ibarra", "Tom Tregear", "Femi Fashola", "Wren Whitlock")
NOTES = ("We share a minibus with a neighbour, and can share it further.", "Twilight meetings suit us best.")


@transaction.atomic
def build(area: Area, *, officer: Actor, head: Organisation | None = None, seed: int = 1) -> None:
    """Ask schools of the area and let two in three answer; a second time nothing changes.

    The school `head` is asked and has not answered, so that its head finds the consultation waiting.
    """
    token = uuid5(NAMESPACE_URL, f"demonstration:consultation:{area.code}")
    if Consultation.objects.filter(area=area, token=token).exists():
        return
    schools = list(area_members(area).filter(phase__in=(Phase.PRIMARY, Phase.SECONDARY)).order_by("urn"))
    schools = [school for school in schools if school.easting is not None][:ASKED]
    if head is not None and head not in schools:
        schools.append(head)
    asking = Asking(
        NAME,
        TEXT,
        today() + timedelta(days=21),
        Layer.objects.filter(area=area, name=LAYER).first(),
        Sees.MUTUAL,
    )
    kept = actions.start_consultation(by=officer, area=area, asking=asking, schools=schools, token=token)
    actions.open_consultation(by=officer, consultation=kept)
    random = Random(seed)  # noqa: S311 - for invented data, not for secrets
    answers = ConsultationAnswer.objects.filter(consultation=kept).select_related("organisation")
    silent = head.pk if head is not None else None
    for answer in answers.order_by("organisation__urn"):
        if answer.organisation_id != silent and random.random() < 0.66:
            _answer(answer, schools, random)


def _answer(answer: ConsultationAnswer, schools: Sequence[Organisation], random: Random) -> None:
    near = _nearest(answer.organisation, schools)
    wished = random.sample(near[:6], random.randint(1, min(4, len(near[:6]))))
    _keep(answer, WishKind.WITH, wished)
    rather_not = [school for school in near[:8] if school not in wished]
    if rather_not and random.random() < 0.12:
        _keep(answer, WishKind.NOT_NOW, rather_not[:1], "We both look for the same pupils this year")
    name = random.choice(NOMINEES) if random.random() < 0.25 else ""
    note = random.choice(NOTES) if random.random() < 0.3 else ""
    answering.keep_rest(
        by=None,
        answer=answer,
        nominee_name=name,
        nominee_email=f"{name.split()[0].lower()}@example.org" if name else "",
        agreed=bool(name),
        note=note,
        seen=seen_rest(answer),
    )
    answering.send_answer(by=None, answer=answer, email="", seen=0)


def _keep(answer: ConsultationAnswer, kind: WishKind, schools: Sequence[Organisation], why: str = "") -> None:
    seen = seen_wishes(answer, kind)
    answering.keep_wishes(by=None, answer=answer, kind=kind, schools=schools, seen=seen, reason=why)


def _nearest(school: Organisation, schools: Sequence[Organisation]) -> list[Organisation]:
    x, y = school.easting or 0, school.northing or 0
    others = [other for other in schools if other.pk != school.pk]
    return sorted(others, key=lambda one: hypot((one.easting or 0) - x, (one.northing or 0) - y))
