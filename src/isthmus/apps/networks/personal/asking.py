"""Personal data of consultations: who asks schools, whom they write to, and who is named for a school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from isthmus.apps.core import mail, personal
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Made, Part, PersonalData, Subject
from isthmus.apps.networks.models import Consultation, ConsultationAnswer

ASKED = Made(Consultation, "made_by", "made_at")
_WRITTEN_TO = {"name": "", "email": "", "token_hash": ""}
_NAMED = {"nominee_name": "", "nominee_email": "", "nominee_agreed": False}
FORGOTTEN = {**_WRITTEN_TO, **_NAMED, "not_now_reason": "", "note": ""}
_TELLS = ~Q(**{column: "" for column in FORGOTTEN if column != "nominee_agreed"})


def _written_to(subject: Subject) -> QuerySet[ConsultationAnswer]:
    return ConsultationAnswer.objects.filter(email__iexact=subject.email).order_by("pk")


def _named(subject: Subject) -> QuerySet[ConsultationAnswer]:
    return ConsultationAnswer.objects.filter(nominee_email__iexact=subject.email).order_by("pk")


def _dispose(cutoff: datetime, held: Held) -> int:
    """Who asked is forgotten first, then who was written to and named; what a school wished stays."""
    if count := ASKED.dispose(cutoff, held):
        return count
    old = ConsultationAnswer.objects.filter(_TELLS, consultation__made_at__lt=cutoff)
    rows = personal.batch(old.exclude(email__in=held.emails).exclude(nominee_email__in=held.emails))
    return ConsultationAnswer.objects.filter(pk__in=rows).update(**FORGOTTEN)


def _of(subject: Subject) -> Iterator[Part]:
    asked = list(ASKED.of(subject))
    names = personal.redacted([one.name for one in asked], subject)
    yield Part(
        "Consultations that you began",
        ("Begun", "Consultation", "State"),
        [
            (in_words(one.made_at), name, str(one.get_state_display()))
            for one, name in zip(asked, names, strict=True)
        ],
    )
    found = list(_written_to(subject).select_related("organisation", "consultation"))
    said = [f"{one.consultation.name}\n{_line(one.not_now_reason)}\n{_line(one.note)}" for one in found]
    texts = personal.redacted(said, subject)
    yield Part(
        "Consultations that you answer for a school",
        ("School", "Your name there", "Consultation", "Why not now", "Note"),
        [(one.organisation.name, one.name, *t.split("\n")) for one, t in zip(found, texts, strict=True)],
    )
    named = list(_named(subject).select_related("organisation", "consultation"))
    texts = personal.redacted([one.consultation.name for one in named], subject)
    yield Part(
        "Where a school names you as somebody who could lead with others",
        ("School", "Your name there", "Consultation"),
        [(one.organisation.name, one.nominee_name, text) for one, text in zip(named, texts, strict=True)],
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _erase(subject: Subject) -> Erased:
    mine = list(_written_to(subject).select_for_update(of=("self",)))
    mail.withdraw([one.mail_key for one in mine])
    rows = ConsultationAnswer.objects.filter(pk__in=[one.pk for one in mine])
    count = rows.update(**_WRITTEN_TO, not_now_reason="", note="")
    named = list(_named(subject).values_list("pk", flat=True))
    count += ConsultationAnswer.objects.filter(pk__in=named).update(**_NAMED)
    return Erased(count + ASKED.erase(subject))


personal.declare(
    PersonalData(
        key="consultations",
        title="Who asks and who answers with whom a school wishes to work",
        subjects="Heads and others who answer for a school, people whom a school names, and officers who ask",
        what="Name and e-mail address of whoever is written to, why a school would rather not work with another now, "
        "a note, and name and e-mail address of somebody who could lead with others and agreed to be named",
        purpose="To ask schools with whom they wish to work before a plan is made",
        basis=Basis.PUBLIC_TASK,
        recipients="Officers who look after the networks of the area; no other school",
        source="People of the area; the answer comes from the person who answers",
        columns={
            "networks.Consultation": ("made_by",),
            "networks.ConsultationAnswer": (
                "name",
                "email",
                "token_hash",
                "not_now_reason",
                "nominee_name",
                "nominee_email",
                "note",
            ),
        },
        keep=Keep(
            days=366,
            since="the consultation was begun",
            least=90,
            most=1098,
            why="A school year, in which plans are made from it; which schools wished for which stays",
        ),
        dispose=_dispose,
        of=_of,
        erase=_erase,
        rectify=("networks.ConsultationAnswer.name", "networks.ConsultationAnswer.nominee_name"),
        risks=(
            "Somebody is named who did not agree → a name is taken only with the word that they agreed, and they are "
            "told of it with what is held about them",
        ),
    )
)
personal.not_personal(
    "networks.Consultation", "what schools are asked, and a state", "name", "text", "sees", "state"
)
personal.not_personal("networks.ConsultationWish", "a kind of wish about a school", "kind")
