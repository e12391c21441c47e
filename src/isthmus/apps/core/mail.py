"""Mail as stored messages: written in the transaction of what causes them, sent by the worker (`mail_delivery`).

A kind has one subject for all its messages, so that nothing private can stand in a subject line. A message carries
a key: what was told once is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core import audit, personal
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Frequency, MailChoice, Message, MessageState
from isthmus.apps.core.tokens import derived


@dataclass(frozen=True)
class Kind:
    """A kind of mail: its only subject, what it is in words, and whether people may stop it.

    `despite_restriction`: it is sent though the use of the person's data is restricted, because it serves their own
    rights or their sign-in. `emptied_once_over`: neither address nor text outlives the sending.
    """

    name: str
    subject: str
    words: str
    may_stop: bool
    despite_restriction: bool = False
    emptied_once_over: bool = False


_KINDS: dict[str, Kind] = {}


def mail_kind(
    name: str,
    *,
    subject: str,
    words: str,
    may_stop: bool = True,
    despite_restriction: bool = False,
    emptied_once_over: bool = False,
) -> Kind:
    """Register a kind of mail. One that somebody must get (an invitation, a code) has `may_stop=False`."""
    _KINDS[name] = Kind(name, subject, words, may_stop, despite_restriction, emptied_once_over)
    return _KINDS[name]


def emptied_once_over(name: str) -> bool:
    """Whether a message of this kind is emptied as soon as it is sent or given up."""
    kind = _KINDS.get(name)
    return kind is not None and kind.emptied_once_over


def kinds_emptied_once_over() -> list[str]:
    """The kinds whose messages are emptied as soon as they are sent or given up."""
    return [kind.name for kind in _KINDS.values() if kind.emptied_once_over]


def kinds_despite_restriction() -> list[str]:
    """The kinds that are sent to somebody whose data may not be used otherwise."""
    return [kind.name for kind in _KINDS.values() if kind.despite_restriction]


def kinds_to_choose() -> list[Kind]:
    """The kinds that people may stop, in the order of their words."""
    return sorted((kind for kind in _KINDS.values() if kind.may_stop), key=lambda kind: kind.words)


DIGEST = mail_kind(
    "digest",
    subject="What was new in Isthmus",
    words="the daily summary of mail that you asked for",
    may_stop=False,
)


@dataclass(frozen=True)
class Section:
    """Paragraphs, with a link to what can be done. `{token}` in its path is filled in when the mail is sent."""

    paragraphs: tuple[str, ...]
    label: str = ""
    path: str = ""


@dataclass(frozen=True)
class Letter:
    """What a mail says; a summary has several sections."""

    sections: tuple[Section, ...]

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Letter:
        """As it was stored."""
        return cls(
            tuple(
                Section(tuple(part["paragraphs"]), part["label"], part["path"])
                for part in data.get("sections", ())
            )
        )


@dataclass(frozen=True)
class Token:
    """What a link's token is derived from: 'invitation', '12:2'."""

    purpose: str
    reference: str


def letter(*paragraphs: str, label: str = "", path: str = "") -> Letter:
    """A letter of one section."""
    return Letter((Section(paragraphs, label, path),))


@transaction.atomic
def send(
    kind: Kind,
    content: Letter,
    *,
    to: str,
    key: str,
    person_id: int | None = None,
    token: Token | None = None,
    useless_after: datetime | None = None,
) -> Message | None:
    """Store a message for the worker to send. The same `key` a second time gives the first message again.

    None where the address wants no mail of this kind, or its owner's data may not be used for it.
    """
    to = to.lower()
    if not kind.despite_restriction and personal.is_restricted(to):
        return None
    frequency = _frequency(kind, to)
    if frequency == Frequency.NEVER:
        return None
    message, _ = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind.name,
            "to": to,
            "person_id": person_id,
            "letter": content.to_json(),
            "token": asdict(token) if token else None,
            "state": MessageState.GATHERED if frequency == Frequency.DAILY else MessageState.WAITING,
            "useless_after": useless_after,
        },
    )
    return message


def _frequency(kind: Kind, email: str) -> str:
    if not kind.may_stop:
        return Frequency.AT_ONCE
    found = MailChoice.objects.filter(email=email, kind=kind.name).values_list("frequency", flat=True).first()
    return found or Frequency.AT_ONCE


@transaction.atomic
def withdraw(keys: Iterable[str]) -> int:
    """Take back messages that have not been sent; returns how many."""
    unsent = Message.objects.filter(
        key__in=list(keys), state__in=(MessageState.WAITING, MessageState.FAILED, MessageState.GATHERED)
    )
    return unsent.update(state=MessageState.WITHDRAWN, letter={}, token=None)


def choice(email: str, kind: str) -> MailChoice:
    """What an address wants of a kind; made when it is first asked for."""
    return MailChoice.objects.get_or_create(email=email.lower(), kind=kind)[0]


@transaction.atomic
def choose(email: str, kind: str, frequency: Frequency, *, by: Actor | None = None) -> bool:
    """Keep how often an address wants a kind; 'not at all' takes back what waits for the summary.

    `by=None` is whoever has the link of a mail. False, and nothing recorded, where it was so already.
    """
    chosen, _ = MailChoice.objects.select_for_update().get_or_create(email=email.lower(), kind=kind)
    if chosen.frequency == frequency:
        return False
    before = {kind_named(kind).words: chosen.get_frequency_display()}
    chosen.frequency = frequency
    chosen.changed_at = timezone.now()
    chosen.save(update_fields=["frequency", "changed_at"])
    after = {kind_named(kind).words: chosen.get_frequency_display()}
    audit.record(
        "mail.choose" if by else "mail.choose_by_link", by=by, target=chosen, before=before, after=after
    )
    gathered = Message.objects.filter(to=email.lower(), kind=kind, state=MessageState.GATHERED)
    if frequency == Frequency.NEVER:
        gathered.update(state=MessageState.WITHDRAWN, letter={}, token=None)
    elif frequency == Frequency.AT_ONCE:
        gathered.update(state=MessageState.WAITING, next_try_at=timezone.now())
    return True


@dataclass(frozen=True)
class Rendered:
    """A message as a transport sends it. `unsubscribe` is an address of this site, or empty."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str


def kind_of(message: Message) -> Kind:
    """The kind of a message; one whose app is gone is told in general words."""
    return kind_named(message.kind)


def kind_named(name: str) -> Kind:
    """The kind of this name; in general words where its app is gone."""
    return _KINDS.get(name) or Kind(name, "A message from Isthmus", "mail of this kind", True)


def sections(message: Message, base: str = "") -> list[Section]:
    """What a message says with its links filled in, each beginning with `base`."""
    token = derived(message.token["purpose"], message.token["reference"]) if message.token else ""
    return [
        Section(part.paragraphs, part.label, part.path and base + part.path.replace("{token}", token))
        for part in Letter.from_json(message.letter).sections
    ]


def render(message: Message) -> Rendered:
    """The message in full, links and all: made when it is sent and kept nowhere."""
    kind, base = kind_of(message), settings.ADDRESS
    stop = ""
    if kind.may_stop:
        stop = base + reverse("core:mail_stop", args=[choice(message.to, message.kind).pk])
    context = {"sections": sections(message, base), "kind": kind, "stop": stop, "base": base}
    return Rendered(
        id=str(message.pk),
        to=message.to,
        subject=kind.subject,
        text=render_to_string("core/mail/message.txt", context),
        html=render_to_string("core/mail/message.html", context),
        unsubscribe=stop,
    )
