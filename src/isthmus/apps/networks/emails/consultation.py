"""What schools are told about a consultation. Each mail says what it is about without a click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from isthmus.apps.core import mail
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.numbers import count
from isthmus.apps.networks.models import CONSULTATION_PURPOSE, Consultation, ConsultationAnswer, Sees
from isthmus.apps.register.models import Organisation

ASKED = mail.mail_kind(
    "consultation.asked",
    subject="With whom does your school wish to work?",
    words="consultations about networks",
    may_stop=False,
)
REMINDER = mail.mail_kind(
    "consultation.reminder",
    subject="Your school has not answered yet",
    words="reminders of consultations about networks",
)
RECEIPT = mail.mail_kind(
    "consultation.receipt",
    subject="What your school answered",
    words="receipts for answers to consultations",
    may_stop=False,
)
PATH = "/consultations/answer/{token}/"
SEES = {
    Sees.OWN: "No other school sees what you say.",
    Sees.MUTUAL: "No other school sees what you say, with one exception: once the consultation is closed, two schools "
    "that wished for each other are told so.",
}
CONFIDENTIAL = (
    "With whom you would rather not work now is read by the area's officers only, and never published."
)


def who_sees(consultation: Consultation) -> list[str]:
    """What becomes of an answer, said before anything is asked."""
    area = consultation.area.name
    return [
        f"The officers of {area} read your answer. {SEES[Sees(consultation.sees)]}",
        CONFIDENTIAL,
        f"What you need and can give joins what your school has said before: the people of {area} who look after needs "
        "read it with your school's name.",
        "Nobody is ranked, and wishes are no promise: plans weigh them with journeys, phases and rules.",
    ]


def _last_moment(consultation: Consultation) -> datetime:
    return timezone.make_aware(datetime.combine(consultation.until + timedelta(days=1), time()))


def asked(answer: ConsultationAnswer) -> None:
    """Ask a school, with the newest link."""
    consultation, school = answer.consultation, answer.organisation.name
    said = [
        f"Dear {answer.name}," if answer.name else f"Dear head of {school},",
        f"{consultation.area.name} asks {school}: with whom do you wish to work, what can you give, and what do "
        "you need? It takes about two minutes, on a phone too. You can come back and change it until "
        f"{in_words(consultation.until)}.",
    ]
    said += [consultation.text] if consultation.text else []
    said += who_sees(consultation)
    mail.send(
        ASKED,
        mail.letter(*said, label="See the consultation", path=PATH),
        to=answer.email,
        key=answer.mail_key,
        token=mail.Token(CONSULTATION_PURPOSE, answer.reference),
        useless_after=_last_moment(consultation),
    )


def reminder_key(answer: ConsultationAnswer, number: int) -> str:
    """The key of a reminder's mail."""
    return f"consultation.reminder:{answer.reference}:{number}"


def reminder(answer: ConsultationAnswer, number: int) -> None:
    """Remind a school that has not answered, with the same link."""
    consultation, school = answer.consultation, answer.organisation.name
    mail.send(
        REMINDER,
        mail.letter(
            f"Dear {answer.name}," if answer.name else f"Dear head of {school},",
            f"{school} has not answered ‘{consultation.name}’ of {consultation.area.name} yet. It takes about two "
            f"minutes, and is open until {in_words(consultation.until)}. You need not answer.",
            label="See the consultation",
            path=PATH,
        ),
        to=answer.email,
        key=reminder_key(answer, number),
        token=mail.Token(CONSULTATION_PURPOSE, answer.reference),
        useless_after=_last_moment(consultation),
    )


def receipt(answer: ConsultationAnswer, to: str, wished: Sequence[Organisation], not_now: int) -> None:
    """Tell a school what it said. The names of those that it would rather not work with stay out of mail."""
    consultation = answer.consultation
    names = "; ".join(school.name for school in wished) or "none named"
    rather_not = f"{count(not_now, 'school')}. See them on the page." if not_now else "none named"
    said = [
        f"{answer.organisation.name} answered ‘{consultation.name}’ of {consultation.area.name}.",
        f"You wish to work with: {names}.",
        f"With whom you would rather not work now: {rather_not}",
    ]
    said += [f"As a co-leader you named {answer.nominee_name}, who agreed."] if answer.nominee_name else []
    said += [
        f"You can change it until {in_words(consultation.until)}. Changes count as soon as they are saved."
    ]
    mail.send(
        RECEIPT,
        mail.letter(*said, label="See or change your answer", path=PATH),
        to=to,
        key=f"consultation.receipt:{answer.pk}:{answer.receipts}",
        token=mail.Token(CONSULTATION_PURPOSE, answer.reference),
    )
