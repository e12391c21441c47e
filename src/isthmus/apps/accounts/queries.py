"""Reads of people and roles."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.signing.models import SignInLink, SignInSession
from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import derived, hashed


def demonstration_people() -> QuerySet[Person]:
    """Invented people with their roles in force, in a settled order."""
    in_force = RoleHolding.objects.in_force(today()).order_by("pk")
    return (
        Person.objects.filter(is_demonstration=True, is_active=True)
        .prefetch_related(Prefetch("holdings", queryset=in_force, to_attr="current_holdings"))
        .order_by("pk")
    )


def role_facts(holding: RoleHolding) -> dict[str, str | None]:
    """A role as the record tells it, with no name of who holds it."""
    ended = timezone.localdate(holding.ended_at) if holding.ended_at else holding.ends
    return {
        "role": holding.get_role_display(),
        "from": holding.starts.isoformat(),
        "until": ended.isoformat() if ended else None,
    }


LINK = "sign-in link"


def link_reference(link: SignInLink) -> str:
    """What the token of a sign-in link is derived from."""
    return f"{link.pk}:{link.made_at.timestamp()}"


def link_token(link: SignInLink) -> str:
    """The token of a sign-in link."""
    return derived(LINK, link_reference(link))


def usable_link(token: str) -> SignInLink | None:
    """The link with this token, if it can still be used by somebody who is still here."""
    links = SignInLink.objects.select_related("person").filter(person__is_active=True, used_at=None)
    return links.filter(digest=hashed(token), expires_at__gt=timezone.now()).first()


def open_sessions(person: Person) -> QuerySet[SignInSession]:
    """The sessions in which `person` is signed in, the newest first."""
    alive = SignInSession.objects.filter(person_id=person.pk, expire_date__gt=timezone.now())
    return alive.order_by("-signed_in_at", "session_key")
