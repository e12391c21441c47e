"""What follows when somebody comes in or changes a way in."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as factor
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.signing import devices, state
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core.changes import PREVIOUS
from isthmus.apps.core.dates import today

log = structlog.get_logger("isthmus.signing")


@receiver(user_logged_in)
def came_in(request: HttpRequest, user: Person, **_kwargs: Any) -> None:
    """Note what the person will know this session by, and when they came before; clear away sessions that ran out."""
    # Django notes the new moment after this: its receiver is connected later, by an app further down the list.
    request.session[PREVIOUS] = user.last_login.isoformat() if user.last_login else ""
    request.session["device"] = devices.in_words(request.META.get("HTTP_USER_AGENT", ""))[:60]
    request.session["signed_in_at"] = timezone.now().isoformat()
    request.session["last_seen"] = today().isoformat()
    SignInSession.objects.filter(expire_date__lt=timezone.now()).delete()
    how = [str(r.get("method")) for r in state.records(request, user)]
    log.info("signed in", person=user.pk, how=how or ["demonstration" if user.is_demonstration else "link"])


@receiver(post_save, sender=Person)
def keep_one_address(instance: Person, update_fields: Any = None, **_kwargs: Any) -> None:
    """allauth's list of addresses holds the person's own and no other: an old one lets nobody in."""
    if update_fields is None or "email" in update_fields:
        EmailAddress.objects.filter(user_id=instance.pk).exclude(email=instance.email).delete()
        EmailAddress.objects.get_or_create(
            user_id=instance.pk, email=instance.email, defaults={"verified": True, "primary": True}
        )


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_changed(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """A new password ends every other session."""
    here = request.session.session_key if request.user.pk == user.pk else None
    others = SignInSession.objects.filter(person_id=user.pk).exclude(session_key=here)
    actions.change_password(by=user, person=user, sessions=others)


@receiver([factor.authenticator_added, factor.authenticator_removed, factor.authenticator_reset])
def factor_changed(signal: Any, request: HttpRequest, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """Record it; a session in which a second factor was added has shown it."""
    added = signal is factor.authenticator_added
    if added and authenticator.type in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        request.session[state.ENROLLED] = user.pk
    change = "add" if added else "remove" if signal is factor.authenticator_removed else "renew"
    actions.change_way_in(by=user, person=user, change=change, kind=str(authenticator.type))


@receiver(social.social_account_added)
def provider_added(request: HttpRequest, sociallogin: Any, **_kwargs: Any) -> None:
    """Record that another site now vouches for the person."""
    actions.change_way_in(
        by=sociallogin.user, person=sociallogin.user, change="add", kind=sociallogin.account.provider
    )


@receiver(social.social_account_removed)
def provider_removed(request: HttpRequest, socialaccount: Any, **_kwargs: Any) -> None:
    """Record that another site no longer vouches for the person."""
    person = socialaccount.user
    actions.change_way_in(by=person, person=person, change="remove", kind=socialaccount.provider)
