"""The worker's part of mail: sends what is due, tries again with growing pauses, makes summaries.

A message is claimed by one update before it is handed over, and never handed over again unless the other side
certainly did not take it: a second copy is worse than a line in the list of what was given up.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import mail, mail_transports
from isthmus.apps.core.chores import hourly
from isthmus.apps.core.mail import DIGEST, Letter
from isthmus.apps.core.models import Message, MessageState
from isthmus.apps.core.outbox_models import EMPTY

log = structlog.get_logger("isthmus.mail")
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
"""How long after each failure the next try comes; after the last one the message is given up."""
SILENT = timedelta(minutes=10)
SUMMARY_AT = time(7)


def deliver(most: int = 50) -> int:
    """Send what is due, oldest first; returns how many were sent."""
    now = timezone.now()
    due = Message.objects.filter(
        state__in=(MessageState.WAITING, MessageState.FAILED), next_try_at__lte=now
    ).order_by("next_try_at", "pk")
    return sum(_try(message) for message in due[:most])


def _try(message: Message) -> bool:
    """One try of one message; False where it was not sent, or another worker has it."""
    now = timezone.now()
    unchanged = Message.objects.filter(pk=message.pk, state=message.state, tries=message.tries)
    if message.useless_after and message.useless_after <= now:
        unchanged.update(
            **{"error": "It would have come too late", **_over(message)}, state=MessageState.GIVEN_UP
        )
        return False
    # next_try_at says since when it is being sent, so that a worker that died is noticed.
    if not unchanged.update(state=MessageState.SENDING, tries=message.tries + 1, next_try_at=now):
        return False
    message.tries += 1
    try:
        mail_transports.transport()(mail.render(message))
    except mail_transports.Refused as error:
        return _not_sent(message, MessageState.GIVEN_UP, str(error))
    except mail_transports.Unsure as error:
        return _not_sent(message, MessageState.GIVEN_UP, f"It may have arrived: {error}")
    except Exception as error:
        if not isinstance(error, mail_transports.Later):
            log.exception("mail broke", message=str(message.pk), kind=message.kind)
        over = message.tries > len(PAUSES)
        reason = str(error) if isinstance(error, mail_transports.Later) else type(error).__name__
        return _not_sent(message, MessageState.GIVEN_UP if over else MessageState.FAILED, reason)
    Message.objects.filter(pk=message.pk).update(
        **{"error": "", **_over(message)}, state=MessageState.SENT, sent_at=timezone.now()
    )
    log.info("mail sent", message=str(message.pk), kind=message.kind)
    return True


def _over(message: Message) -> dict[str, object]:
    """What is written over a message of a kind whose address and text may not outlive the sending."""
    return {**EMPTY, "emptied_at": timezone.now()} if mail.emptied_once_over(message.kind) else {}


def _not_sent(message: Message, state: MessageState, reason: str) -> bool:
    fields: dict[str, object] = {"state": state, "error": reason[:200]}
    if state == MessageState.FAILED:
        fields["next_try_at"] = timezone.now() + PAUSES[message.tries - 1]
    else:
        fields |= _over(message)
    Message.objects.filter(pk=message.pk).update(**fields)
    log.warning("mail not sent", message=str(message.pk), kind=message.kind, state=state, tries=message.tries)
    return False


@hourly("core.mail.interrupted")
def give_up_interrupted() -> int:
    """Give up messages whose worker died while it sent them: they may have arrived, so they are not sent again."""
    lost = Message.objects.filter(state=MessageState.SENDING, next_try_at__lt=timezone.now() - SILENT)
    error = "It may have arrived: the worker stopped while it was sent"
    emptied = lost.filter(kind__in=mail.kinds_emptied_once_over())
    number = emptied.update(
        **{**EMPTY, "error": error}, state=MessageState.GIVEN_UP, emptied_at=timezone.now()
    )
    return number + lost.update(state=MessageState.GIVEN_UP, error=error)


@hourly("core.mail.summaries")
def summarise(now: datetime | None = None) -> int:
    """After seven in the morning, one message for each address with everything gathered before today."""
    local = timezone.localtime(now)
    if local.time() < SUMMARY_AT:
        return 0
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        gathered = defaultdict(list)
        rows = Message.objects.select_for_update().filter(
            state=MessageState.GATHERED, created_at__lt=midnight
        )
        for message in rows.order_by("created_at", "pk"):
            gathered[message.to].append(message)
        for to, messages in gathered.items():
            _summary(to, messages, local)
    return len(gathered)


def _summary(to: str, messages: list[Message], local: datetime) -> None:
    said = tuple(part for message in messages for part in Letter.from_json(message.letter).sections)
    key = f"digest:{messages[0].pk}"  # a message is gathered once
    digest = mail.send(DIGEST, Letter(said), to=to, key=key, person_id=messages[0].person_id)
    Message.objects.filter(pk__in=[m.pk for m in messages]).update(
        state=MessageState.SENT, sent_at=timezone.now(), digest=digest
    )
