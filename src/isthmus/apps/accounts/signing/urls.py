"""Addresses of signing in. allauth looks its own up by these names, so they stand outside our namespace."""

from typing import Any

from django.urls import path

from isthmus.apps.accounts.signing import views
from isthmus.apps.accounts.signing.guards import own, step
from isthmus.apps.accounts.signing.presenters import provider_buttons

_FORM = "accounts/signing/form.html"


def _says(heading: str, button: str, *said: str, **more: str) -> dict[str, Any]:
    """What the page of a form says around it."""
    return {
        "template_name": _FORM,
        "extra_context": {"heading": heading, "button": button, "said": said, **more},
    }


_CODE_SENT = (
    "If there is somebody with this address, a code is on its way by e-mail. It works for 15 minutes.",
    "Stay in this browser: the code works nowhere else.",
)
entering = [
    path(
        "code/",
        step(
            "allauth.account.views.RequestLoginCodeView",
            **_says("Sign in by e-mail", "Send the code", "We send a code to your e-mail address."),
        ),
        name="account_request_login_code",
    ),
    path(
        "code/enter/",
        views.limited(
            step(
                "allauth.account.views.ConfirmLoginCodeView",
                **_says("Enter the code", "Sign in", *_CODE_SENT, again="yes"),
            )
        ),
        name="account_confirm_login_code",
    ),
    path(
        "password/",
        step(
            "allauth.account.views.LoginView", **_says("Sign in with a password", "Sign in", forgotten="yes")
        ),
        name="account_login",
    ),
    path(
        "second-step/",
        step(
            "allauth.mfa.base.views.AuthenticateView",
            twice="home",
            template_name="accounts/signing/second_step.html",
        ),
        name="mfa_authenticate",
    ),
    path("passkey/", views.passkey, name="mfa_login_webauthn"),
    path(
        "forgotten/",
        step(
            "allauth.account.views.PasswordResetView",
            **_says(
                "Choose a new password",
                "Send the code",
                "We send a code to your e-mail address. With it you choose a new password. Your second step stays.",
            ),
        ),
        name="account_reset_password",
    ),
    path(
        "forgotten/code/",
        views.limited(
            step(
                "allauth.account.views.ConfirmPasswordResetCodeView",
                **_says("Enter the code", "Continue", *_CODE_SENT, again="yes"),
            )
        ),
        name="account_confirm_password_reset_code",
    ),
    path(
        "forgotten/new/",
        step(
            "allauth.account.views.CompletePasswordResetView",
            twice="account_password_reset_completed",
            **_says("Your new password", "Keep this password"),
        ),
        name="account_complete_password_reset",
    ),
    path("forgotten/done/", views.password_is_new, name="account_password_reset_completed"),
    path("start-again/", views.start_again, name="sign_in_start_again"),
    path("not-open/", views.not_open, name="account_inactive"),
    path("not-open/provider/", views.not_open, name="socialaccount_login_cancelled"),
    path("with/<slug:provider_id>/", views.provider, name="openid_connect_login"),
    path(
        "with/<slug:provider_id>/back/",
        step("allauth.socialaccount.providers.openid_connect.views.callback"),
        name="openid_connect_callback",
    ),
    path("link/<str:token>/", views.link, name="sign_in_link"),
]
_PASSKEYS = "allauth.mfa.webauthn.views"
owning = [
    path("", views.ways, name="mfa_index"),
    path("again/", views.again, name="sign_in_again"),
    path(
        "confirm/password/",
        own(
            "allauth.account.views.ReauthenticateView",
            fresh=False,
            **_says("Show again that it is you", "Continue", "You are about to change how you sign in."),
        ),
        name="account_reauthenticate",
    ),
    path(
        "confirm/",
        own(
            "allauth.mfa.base.views.ReauthenticateView",
            opens="again",
            fresh=False,
            **_says("Show again that it is you", "Continue", passkey="mfa_reauthenticate_webauthn"),
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "confirm/passkey/",
        own(
            f"{_PASSKEYS}.ReauthenticateWebAuthnView",
            opens="again",
            fresh=False,
            template_name="accounts/signing/passkey_again.html",
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "password/",
        own(
            "allauth.account.views.PasswordChangeView",
            **_says("Change your password", "Change it", "Your other devices will be signed out."),
        ),
        name="account_change_password",
    ),
    path(
        "password/new/",
        own("allauth.account.views.PasswordSetView", **_says("Choose a password", "Keep this password")),
        name="account_set_password",
    ),
    path(
        "app/",
        own(
            "allauth.mfa.totp.views.ActivateTOTPView",
            opens="adding",
            template_name="accounts/signing/app.html",
        ),
        name="mfa_activate_totp",
    ),
    path(
        "app/remove/",
        own(
            "allauth.mfa.totp.views.DeactivateTOTPView",
            **_says("Remove your authenticator app", "Remove it", kind="warning"),
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "passkeys/add/",
        own(
            f"{_PASSKEYS}.AddWebAuthnView", opens="adding", template_name="accounts/signing/passkey_add.html"
        ),
        name="mfa_add_webauthn",
    ),
    path("passkeys/", views.to_ways, name="mfa_list_webauthn"),
    path(
        "passkeys/<int:pk>/name/",
        own(f"{_PASSKEYS}.EditWebAuthnView", **_says("Name this passkey", "Save")),
        name="mfa_edit_webauthn",
    ),
    path("passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path(
        "recovery-codes/",
        own(
            "allauth.mfa.recovery_codes.views.ViewRecoveryCodesView",
            template_name="accounts/signing/recovery_codes.html",
        ),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        own(
            "allauth.mfa.recovery_codes.views.GenerateRecoveryCodesView",
            **_says("New recovery codes", "Make new codes", "The codes that you have now will stop working."),
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "providers/",
        own(
            "allauth.socialaccount.views.ConnectionsView",
            template_name="accounts/signing/providers.html",
            extra_context={"provider_buttons": provider_buttons},
        ),
        name="socialaccount_connections",
    ),
    path("devices/", views.devices, name="sign_in_devices"),
    path("devices/end/", views.end_devices, name="sign_in_devices_end"),
]
