"""What we decide for allauth: who may come in, what mail says, which messages show, how secrets are kept."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.signing import mails, state
from isthmus.apps.accounts.signing.words import ACCOUNT_ERRORS, FACTOR_ERRORS, MESSAGES


class AccountAdapter(DefaultAccountAdapter):
    """Only people who exist come in; nothing that we answer says whether an address is known."""

    error_messages = {**DefaultAccountAdapter.error_messages, **ACCOUNT_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Nobody who left, nobody invented, and only by the address that the person has now."""
        given = kwargs.get("email")
        if not user.is_active or user.is_demonstration or (given and given.lower() != user.email):
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            return redirect("account_inactive")
        return None

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Where a role asks for a second factor that is not there yet, to where it is added."""
        response = super().post_login(request, user, **kwargs)
        if not state.second_factor_missing(request):
            return response
        request.session["leads_to"] = response.headers.get("Location", "/")
        return redirect("mfa_index")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries count against the person, by whichever name of this installation they come."""
        return f"password:{credentials.get('email', '').lower()}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever came in a moment ago is not asked again."""
        return not state.is_fresh(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show again who one is; a passkey first, then the app, then the password.

        A person with a second factor shows that: the password alone would be less than they came in with.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        factors = [m for m in methods if m["id"] != "reauthenticate"]
        return factors or methods

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send our words instead of a template's."""
        mails.send(template_prefix, email, context)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell a person that a way in of theirs changed."""
        mails.send(template_prefix, user.email, {})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our words for what happened; most steps say it by the page that follows."""
        words = message or MESSAGES.get(message_template or "")
        if words:
            super().add_message(request, level, message=words)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page of one's ways in."""
        return reverse("mfa_index")


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are encrypted with the installation's key; the last one stays where a role needs it."""

    error_messages = {**DefaultMFAAdapter.error_messages, **FACTOR_ERRORS}

    def _box(self) -> Any:
        from cryptography.fernet import Fernet

        key = hashlib.sha256(b"isthmus.factors:" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        """The text, so that the database alone gives no codes."""
        return cast(str, self._box().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` was given."""
        return cast(str, self._box().decrypt(encrypted_text.encode()).decode())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last passkey or app of somebody whose role asks for one stays."""
        person = Person.objects.get(pk=authenticator.user_id)
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        if authenticator.type not in kinds or not person.needs_second_factor:
            return True
        others = Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exclude(pk=authenticator.pk)
        return others.exists()

    def get_totp_issuer(self) -> str:
        """The name that an authenticator app shows."""
        return "Isthmus"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site that a passkey is for."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Isthmus"}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """A name that tells passkeys apart until the person gives a better one."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Other sites that say who somebody is."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """People are invited, whoever vouches for them."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Only where the operator trusts this provider for e-mail, and the provider does not call it unverified."""
        data = login.account.extra_data
        claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
        return super().can_authenticate_by_email(login, email) and claims.get("email_verified") is not False

    def serialize_instance(self, instance: Any) -> Any:
        """What is kept while the second step is due: columns, not the roles that were read along."""
        instance.__dict__.pop("held", None)
        return super().serialize_instance(instance)  # type: ignore[no-untyped-call]  # allauth has no type here

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the page of one's ways in."""
        return reverse("mfa_index")

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell a person that a way in of theirs changed."""
        mails.send(template_prefix, user.email, {})

    def get_requests_session(self) -> Any:
        """Requests to a provider that give up after ten seconds and follow no redirect elsewhere."""
        session = super().get_requests_session()  # type: ignore[no-untyped-call]  # allauth has no type here
        session.max_redirects = 0
        return session
