"""Ways in and open sessions as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.stories import tell

tell(
    {
        "person.add": "added the person",
        "sign_in_link.make": "made a link for a first sign-in",
        "sign_in_link.use": "signed in with a link",
        "session.end": "signed out elsewhere",
        "password.change": "changed the password",
        "way_in.add": "added a way to sign in",
        "way_in.remove": "removed a way to sign in",
        "way_in.renew": "renewed a way to sign in",
    }
)


@dataclass(frozen=True)
class Passkey:
    """A passkey of a person."""

    pk: int
    name: str
    added: str
    used: str


@dataclass(frozen=True)
class WaysIn:
    """How a person signs in."""

    email: str
    has_password: bool
    has_app: bool
    recovery_codes: int | None
    passkeys: list[Passkey]
    providers: list[str]
    second_factor: str


def ways_in(person: Person) -> WaysIn:
    """The ways in of `person`, read in two queries."""
    from allauth.mfa.models import Authenticator

    found = list(Authenticator.objects.filter(user_id=person.pk).order_by("pk"))
    by_type = {a.type: a for a in found}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    asks = "Your role asks for a second step each time you sign in." if person.needs_second_factor else ""
    return WaysIn(
        email=person.email,
        has_password=person.has_usable_password(),
        has_app=Authenticator.Type.TOTP in by_type,
        recovery_codes=len(codes.wrap().get_unused_codes()) if codes else None,
        passkeys=[
            Passkey(
                a.pk,
                a.wrap().name,
                in_words(a.created_at),
                in_words(a.last_used_at) if a.last_used_at else "never",
            )
            for a in found
            if a.type == Authenticator.Type.WEBAUTHN
        ],
        providers=[p.name for p in settings.PROVIDERS],
        second_factor=asks,
    )


@dataclass(frozen=True)
class Device:
    """One place where a person is signed in."""

    mark: str
    name: str
    since: str
    seen: str
    is_this: bool
    facts: list[tuple[str, str]] = field(default_factory=list)


def devices_table(sessions: Sequence[SignInSession], this: str) -> tuple[list[Device], int]:
    """The places, this one first, and how many others there are."""
    found = [
        Device(
            s.mark,
            s.device or "An unknown device",
            in_words(s.signed_in_at),
            in_words(s.last_seen),
            s.session_key == this,
            [("Signed in", in_words(s.signed_in_at)), ("Last seen", in_words(s.last_seen))],
        )
        for s in sessions
    ]
    return sorted(found, key=lambda d: not d.is_this), sum(not d.is_this for d in found)


def provider_buttons() -> list[dict[str, str]]:
    """The providers that people may come in through."""
    return [
        {"id": p.id, "name": p.name, "url": reverse("openid_connect_login", kwargs={"provider_id": p.id})}
        for p in settings.PROVIDERS
    ]
