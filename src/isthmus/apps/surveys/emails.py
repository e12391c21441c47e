"""Mail with single-use links. Neither its address nor its token outlives the sending; no key of it names a person."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from isthmus.apps.core import mail
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.models import Message, MessageState
from isthmus.apps.core.outbox_models import EMPTY
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.surveys.models import Invited, Wave

PURPOSE = "survey.link"
LINK = mail.mail_kind(
    "survey.link",
    subject="You are asked to answer a questionnaire",
    words="questionnaires that ask you by a link of your own",
    may_stop=False,
    emptied_once_over=True,
)


def token_of(invited: Invited, wave: Wave) -> mail.Token:
    """What a link's token is derived from: whoever reads the database alone can make none."""
    return mail.Token(PURPOSE, f"{wave.pk}:{invited.pk}")


def mark_of(invited: Invited, wave: Wave) -> str:
    """The hash of a link's token, which is all that is kept of it."""
    token = token_of(invited, wave)
    return hashed(derived(token.purpose, token.reference))


def send_link(invited: Invited, wave: Wave, promise: list[str], *, reminder: int = 0) -> bool:
    """Store a mail with somebody's link; `reminder` is its number, each of which is sent once. Always the same link.

    False where the address may not be written to.
    """
    school = invited.school
    begins = (
        "This is a reminder. If you have answered already, there is nothing to do: who has answered is marked late "
        "and for many at once, so that nobody is told."
        if reminder
        else f"{wave.asks} asks people at {school.organisation.name}."
    )
    content = mail.letter(
        begins,
        f"‘{wave.name}’: {wave.why}",
        *promise,
        "The link below is yours alone and counts once: please do not pass it on. "
        f"You can answer until the end of {in_words(wave.until)}, without an account.",
        label="Answer the questionnaire",
        path=f"/a/{school.code}/link/{{token}}/",
    )
    sent = mail.send(
        LINK,
        content,
        to=invited.email,
        key=hashed(derived("survey.mail", f"{invited.pk}:{reminder}")),
        token=token_of(invited, wave),
        useless_after=_end_of(wave),
    )
    return sent is not None


def _end_of(wave: Wave) -> datetime:
    return timezone.make_aware(datetime.combine(wave.until + timedelta(days=1), time.min))


def forget(wave: Wave) -> int:
    """Empty the mail of a wave that was not sent."""
    unsent = Message.objects.filter(
        kind=LINK.name,
        token__reference__startswith=f"{wave.pk}:",
        state__in=(MessageState.WAITING, MessageState.FAILED),
    )
    return unsent.update(**EMPTY, state=MessageState.WITHDRAWN, emptied_at=timezone.now())
