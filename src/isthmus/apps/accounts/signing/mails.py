"""Mail about signing in: stored, and sent by the worker."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from isthmus.apps.accounts.signing.words import CHANGES, CODES
from isthmus.apps.core import mail

CODE_LIVES = timedelta(minutes=15)
CODE = mail.mail_kind(
    "sign-in code",
    subject="Your code for Isthmus",
    words="codes to sign in",
    may_stop=False,
    despite_restriction=True,
)
CHANGED = mail.mail_kind(
    "way in",
    subject="How you sign in to Isthmus changed",
    words="changes of how you sign in",
    may_stop=False,
    despite_restriction=True,
)
LINK = mail.mail_kind(
    "sign-in link",
    subject="Your first sign-in to Isthmus",
    words="your first sign-in",
    may_stop=False,
    despite_restriction=True,
)


def send(template: str, address: str, context: dict[str, Any]) -> None:
    """Store the mail that allauth calls `template`; what has no words of ours is not sent."""
    if template in CODES:
        before, after = CODES[template]
        kind, said, until = CODE, (before, str(context["code"]), after), timezone.now() + CODE_LIVES
        mail.send(kind, mail.letter(*said), to=address, key=_key(), useless_after=until)
    elif template in CHANGES:
        told = (
            CHANGES[template],
            "If this was not you, sign in, end your other sessions and tell your administrator.",
        )
        mail.send(
            CHANGED, mail.letter(*told, label="How you sign in", path="/account/"), to=address, key=_key()
        )


def send_link(address: str, person_id: int, token: mail.Token, hours: int) -> None:
    """Store the mail with a one-time link. It lands on a page with one button: opening it spends nothing."""
    said = ("You can now sign in to Isthmus.", f"The link works once, within {hours} hours.")
    content = mail.letter(*said, label="Sign in for the first time", path="/sign-in/link/{token}/")
    mail.send(LINK, content, to=address, key=_key(), person_id=person_id, token=token)


def _key() -> str:
    """Each of these is told once, and none is a repetition of another."""
    return f"signing:{secrets.token_hex(16)}"
