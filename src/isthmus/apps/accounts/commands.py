"""What the command line does with people."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.queries import LINK, link_reference, link_token
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing import mails
from isthmus.apps.core.mail import Token
from isthmus.apps.core.scopes import INSTALLATION

HOURS = 24


def add_person(email: str, name: str, *, administrator: bool, send: bool) -> int:
    """Add somebody, and show or send a one-time link. Returns 2 with a sentence where the address is none."""
    try:
        with transaction.atomic():
            person = actions.add_person(by=None, email=email.strip(), name=name.strip())
            if person.is_demonstration or not person.is_active:
                raise ValidationError("This person is invented or has left, and cannot sign in.")
            if administrator and not any(h.role == Role.ADMINISTRATOR for h in person.held):
                actions.give_role(by=None, person=person, role=Role.ADMINISTRATOR, scope=INSTALLATION)
            link = actions.make_sign_in_link(by=None, person=person, hours=HOURS)
            if send:
                mails.send_link(person.email, person.pk, Token(LINK, link_reference(link)), HOURS)
    except ValidationError as error:
        sys.stderr.write(" ".join(error.messages) + "\n")
        return 2
    if send:
        sys.stdout.write(f"A link is on its way to {person.email}. It works once, within {HOURS} hours.\n")
    else:
        address = f"{settings.ADDRESS}/sign-in/link/{link_token(link)}/"
        sys.stdout.write(f"{person.name} signs in here, once, within {HOURS} hours:\n{address}\n")
    return 0
