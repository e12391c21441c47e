"""Steps of signing in that several tests take, and what they read from stored mail."""

from __future__ import annotations

import re
import time
from typing import Any

from django.test import Client

from isthmus.apps.accounts.models import Person
from isthmus.apps.core.models import Message
from tests import factories

PASSWORD = "ferry lantern orchard"


def real(*args: Any, password: str = "", **fields: Any) -> Person:
    """Somebody who is not invented, and signs in as themselves."""
    person = factories.person(*args, is_demonstration=False, **fields)
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save()
    return person


def mails(address: str) -> list[Message]:
    """What was sent to an address, the oldest first."""
    return list(Message.objects.filter(to=address).order_by("created_at", "pk"))


def code_for(address: str) -> str:
    """The code in the newest mail."""
    paragraphs = mails(address)[-1].letter["sections"][0]["paragraphs"]
    return next(p for p in paragraphs if re.fullmatch(r"[A-Z0-9-]{6,9}", p))


def ask_for_code(client: Client, address: str) -> Any:
    """Ask for a code by mail."""
    return client.post("/sign-in/code/", {"email": address})


def by_code(client: Client, person: Person) -> Any:
    """Sign in by a code in a mail; the answer to the code."""
    assert ask_for_code(client, person.email).status_code == 302
    return client.post("/sign-in/code/enter/", {"code": code_for(person.email)})


def by_password(client: Client, person: Person, password: str = PASSWORD) -> Any:
    """Sign in with a password."""
    return client.post("/sign-in/password/", {"login": person.email, "password": password})


def is_in(client: Client) -> bool:
    """Whether this browser opens what only signed-in people open."""
    return client.get("/tasks/").status_code != 302


def totp(secret: str, *, ahead: int = 0) -> str:
    """The code that an authenticator app shows now, or some steps of 30 s later."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def give_app(person: Person) -> str:
    """Give the person an authenticator app and recovery codes; its key."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def recovery_codes(person: Person) -> list[str]:
    """The person's unused recovery codes."""
    from allauth.mfa.models import Authenticator

    return list(Authenticator.objects.get(user_id=person.pk, type="recovery_codes").wrap().get_unused_codes())
