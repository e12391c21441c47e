"""Personal data that core's mail keeps: outgoing messages, and which mail an address wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from isthmus.apps.core import mail, personal
from isthmus.apps.core.dates import moment_in_words
from isthmus.apps.core.models import Frequency, MailChoice, Message, MessageState
from isthmus.apps.core.outbox_models import EMPTY, OVER
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject


def own_name(subject: Subject) -> str:
    """The name on the subject's account, '' where there is none."""
    person = get_user_model()._default_manager.filter(pk=subject.person_id or 0).first()
    return str(getattr(person, "name", ""))


def _messages(subject: Subject) -> QuerySet[Message]:
    mine = Q(to=subject.email)
    if subject.person_id is not None:
        mine |= Q(person=subject.person_id)
    return Message.objects.filter(mine, emptied_at=None)


def _empty_old(cutoff: datetime, held: Held) -> int:
    old = Message.objects.filter(Q(sent_at__lt=cutoff) | Q(sent_at=None, created_at__lt=cutoff))
    old = old.filter(state__in=OVER, emptied_at=None).exclude(to__in=held.emails)
    rows = personal.batch(old.exclude(person__isnull=False, person__in=held.people))
    return Message.objects.filter(pk__in=rows).update(**EMPTY, emptied_at=timezone.now())


def _said(message: Message) -> str:
    """The text of a message; not that of one whose code or link still works, which is a secret and no information."""
    if message.useless_after and message.useless_after > timezone.now():
        return "Not shown: its code or link still works"
    sections = mail.Letter.from_json(message.letter).sections
    return "\n".join(paragraph for section in sections for paragraph in section.paragraphs)


def _mail_of(subject: Subject) -> Iterator[Part]:
    found = list(_messages(subject).order_by("created_at", "pk"))
    said = personal.redacted([_said(message) for message in found], subject, own_name(subject))
    rows = [
        (
            moment_in_words(message.created_at),
            mail.kind_of(message).subject,
            message.get_state_display(),
            text,
        )
        for message, text in zip(found, said, strict=True)
    ]
    yield Part("Mail to you", ("Written", "Subject", "State", "Text"), rows)


def _naming(subject: Subject) -> QuerySet[Message]:
    """Mail to others that names the subject or their address."""
    named = Q()
    for told in {subject.email, own_name(subject)} - {""}:
        named |= Q(letter__icontains=told) | Q(letter__icontains=json.dumps(told)[1:-1])
    return Message.objects.filter(named, emptied_at=None).exclude(to=subject.email)


def _erase_mail(subject: Subject) -> Erased:
    """Empty mail to the subject, and mail to others that names them once it is over: they have it already."""
    now = timezone.now()
    here = _messages(subject).exclude(state=MessageState.SENDING)
    here.exclude(state__in=OVER).update(state=MessageState.WITHDRAWN)
    others = _naming(subject).filter(state__in=OVER)
    rows = {*here.values_list("pk", flat=True), *others.values_list("pk", flat=True)}
    count = Message.objects.filter(pk__in=rows).update(**EMPTY, emptied_at=now)
    left = _messages(subject).count() + _naming(subject).count()
    why = "Mail that is on its way is emptied when its time is over" if left else ""
    return Erased(count, left, why)


def _choices(subject: Subject) -> QuerySet[MailChoice]:
    return MailChoice.objects.filter(email=subject.email)


def _dispose_choices(cutoff: datetime, held: Held) -> int:
    accounts = get_user_model()._default_manager.values("email")
    old = MailChoice.objects.filter(changed_at__lt=cutoff).exclude(email__in=accounts)
    rows = personal.batch(old.exclude(email__in=held.emails))
    return MailChoice.objects.filter(pk__in=rows).delete()[0]


def _choices_of(subject: Subject) -> Iterator[Part]:
    rows = [
        (choice.kind, str(Frequency(choice.frequency).label)) for choice in _choices(subject).order_by("kind")
    ]
    yield Part("Which mail you want", ("Kind of mail", "How often"), rows)


personal.declare(
    PersonalData(
        key="mail",
        title="Outgoing mail",
        subjects="People with an account, and people who are invited",
        what="E-mail address, the text of each message, when it was sent and whether it arrived at the mail server",
        purpose="To tell people what they need to act on, once and only once",
        basis=Basis.PUBLIC_TASK,
        recipients="The mail server, or the notification service, that the installation is set up to use",
        source="Written by Isthmus from what people do in it",
        columns={"core.Message": ("key", "to", "person", "letter", "token", "error")},
        keep=Keep(
            days=30,
            since="the message was sent, given up or taken back",
            least=1,
            most=366,
            why="Long enough to find out why a message did not arrive",
        ),
        dispose=_empty_old,
        of=_mail_of,
        erase=_erase_mail,
        risks=(
            "A message is read by somebody else on its way → no private detail stands in a subject line; links are "
            "made when a message is sent, work once where they let somebody in, and end",
        ),
    )
)
personal.declare(
    PersonalData(
        key="mail-choices",
        title="Choices about mail",
        subjects="People who get mail",
        what="E-mail address, kind of mail, how often it is wanted",
        purpose="To send no mail that somebody has stopped",
        basis=Basis.LEGAL_OBLIGATION,
        recipients="Nobody outside the installation",
        source="The person themselves",
        columns={"core.MailChoice": ("email", "kind")},
        keep=Keep(
            days=366,
            since="the choice was last changed, once no account has the address",
            least=30,
            most=1098,
            why="Somebody who stopped mail and comes back finds it stopped",
        ),
        dispose=_dispose_choices,
        of=_choices_of,
        erase=lambda subject: Erased(_choices(subject).delete()[0]),
    )
)
