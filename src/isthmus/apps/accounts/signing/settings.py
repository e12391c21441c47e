"""What allauth is told. Imported by the site's settings, so nothing of Django's may be needed here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_HERE = "isthmus.apps.accounts.signing"
CODE_SECONDS = 15 * 60


def allauth_settings(providers: Iterable[Any], *, https: bool, proxies: int) -> dict[str, Any]:
    """Settings by name. `providers` are `environment.Provider`; `proxies` stand in front of the website."""
    return {
        "ALLAUTH_TRUSTED_PROXY_COUNT": proxies,
        "AUTH_PASSWORD_VALIDATORS": _PASSWORDS,
        "ACCOUNT_ADAPTER": f"{_HERE}.hooks.AccountAdapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        # Whoever invites a person vouches for the address, and a code by mail proves it.
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": CODE_SECONDS,
        "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED": True,
        "ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT": CODE_SECONDS,
        # A new password signs nobody in: they come in by it, through the second step.
        "ACCOUNT_LOGIN_ON_PASSWORD_RESET": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_RATE_LIMITS": {"enter_code": "30/m/ip,6/5m/key"},
        "ACCOUNT_FORMS": _forms(_ACCOUNT_FORMS),
        "MFA_ADAPTER": f"{_HERE}.hooks.FactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not https,
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_FORMS": _forms(_FACTOR_FORMS),
        "SOCIALACCOUNT_ADAPTER": f"{_HERE}.hooks.ProviderAdapter",
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _apps(providers)}},
    }


_PASSWORDS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
_ACCOUNT_FORMS = {
    "login": "SignIn",
    "request_login_code": "AskForCode",
    "confirm_login_code": "EnterCode",
    "reset_password": "Forgotten",
    "confirm_password_reset_code": "EnterResetCode",
    "reset_password_from_key": "NewPassword",
    "change_password": "ChangePassword",
    "set_password": "FirstPassword",
    "reauthenticate": "PasswordAgain",
}
_FACTOR_FORMS = {
    "authenticate": "SecondStep",
    "reauthenticate": "SecondStepAgain",
    "activate_totp": "AddApp",
    "add_webauthn": "AddPasskey",
    "edit_webauthn": "RenamePasskey",
}


def _forms(names: dict[str, str]) -> dict[str, str]:
    return {key: f"{_HERE}.forms.{name}" for key, name in names.items()}


def _apps(providers: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "provider_id": provider.id,
            "name": provider.name,
            "client_id": provider.client,
            "secret": provider.secret,
            "settings": {
                "server_url": provider.server,
                "oauth_pkce_enabled": True,
                # A trusted provider may leave `email_verified` out (DfE Sign-in and Entra do); `false` always counts.
                "verified_email": provider.trusted,
                "email_authentication": provider.trusted,
            },
        }
        for provider in providers
    ]
