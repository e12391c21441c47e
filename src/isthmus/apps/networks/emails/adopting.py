"""Mail of an adopted plan: the invitation to a head, that it was cancelled, and that a school answered."""

from __future__ import annotations

from isthmus.apps.core import mail
from isthmus.apps.core.dates import in_words
from isthmus.apps.networks.models import Adoption, AdoptionAnswer, Answer
from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE

INVITED = mail.mail_kind(
    "adoption",
    subject="Your school is invited to a network",
    words="invitations to a network",
    may_stop=False,
)
CANCELLED = mail.mail_kind(
    "adoption.cancelled",
    subject="A network that your school was invited to does not start",
    words="networks that do not start",
    may_stop=False,
)
ANSWERED = mail.mail_kind(
    "adoption.answered",
    subject="A school answered your invitation",
    words="answers of schools to new networks",
)


def invited(asked: AdoptionAnswer, *, again: bool = False) -> None:
    """Send the newest link to the head of a school."""
    adoption = asked.adoption
    said = [
        f"Dear {asked.name},",
        *(["You have not answered this invitation yet, so here it is again."] if again else []),
        f"{asked.organisation.name} is invited to work with other schools in the network ‘{asked.network_name}’ from "
        f"{in_words(adoption.starts)}.",
    ]
    if adoption.message:
        said.append(adoption.message)
    said.append(
        "On the page that opens you see who else is in it, and say whether your school joins, asks something first, or "
        "declines. Nobody has to join."
    )
    mail.send(
        INVITED,
        mail.letter(*said, label="See the network and answer", path="/network-invitations/{token}/"),
        to=asked.email,
        key=asked.mail_key,
        token=mail.Token(ANSWER_PURPOSE, asked.reference),
        useless_after=asked.expires_at,
    )


def cancelled(asked: AdoptionAnswer) -> None:
    """Tell a head who was invited that nothing comes of it."""
    said = (
        f"The network ‘{asked.network_name}’ does not start on {in_words(asked.adoption.starts)}. "
        f"Nothing changes for {asked.organisation.name}. You need not do anything."
    )
    mail.send(
        CANCELLED,
        mail.letter(f"Dear {asked.name},", said),
        to=asked.email,
        key=f"adoption.cancelled:{asked.pk}",
    )


def answered(asked: AdoptionAnswer, adoption: Adoption, times: int) -> None:
    """Tell whoever prepared the adoption what a school said."""
    who = adoption.prepared_by
    if who is None:
        return
    words = {
        Answer.JOINS: "joins",
        Answer.ASKS: "asks something before it joins",
        Answer.DECLINES: "declines to join",
    }[Answer(asked.answer)]
    mail.send(
        ANSWERED,
        mail.letter(
            f"{asked.organisation.name} {words} the network ‘{asked.network_name}’.",
            label="See every answer",
            path=f"/adoptions/{adoption.pk}/",
        ),
        to=who.email,
        person_id=who.pk,
        key=f"adoption.answered:{asked.pk}:{times}",
    )
