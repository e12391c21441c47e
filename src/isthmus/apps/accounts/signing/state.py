"""What this session has proved so far."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest

from isthmus.apps.accounts.models import Person

FRESH_SECONDS = 15 * 60
ENROLLED = "second_factor_added"


def records(request: HttpRequest, person: object) -> list[dict[str, object]]:
    """How `person` has shown in this session who they are, oldest first."""
    from allauth.account.authentication import get_authentication_records

    return list(get_authentication_records(request, person if isinstance(person, Person) else None))


def is_invented(person: object) -> bool:
    """Whether this is somebody of a demonstration, who comes in by one click and has no ways in of their own."""
    return bool(settings.DEMONSTRATION and isinstance(person, Person) and person.is_demonstration)


def second_factor_missing(request: HttpRequest) -> bool:
    """Whether a role asks for a second factor that this session has not shown."""
    person = request.user
    if not isinstance(person, Person) or is_invented(person) or request.session.get(ENROLLED) == person.pk:
        return False
    return (
        not any(r.get("method") == "mfa" for r in records(request, request.user))
        and person.needs_second_factor
    )


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed who they are in the last quarter of an hour."""
    return any(
        time.time() - float(str(r.get("at", 0))) < FRESH_SECONDS for r in records(request, request.user)
    )


def has_second_factor(person: Person) -> bool:
    """Whether the person has a passkey or an authenticator app."""
    from allauth.mfa.models import Authenticator

    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exists()
