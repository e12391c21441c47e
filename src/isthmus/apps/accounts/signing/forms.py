"""allauth's forms with our labels, and without placeholders, which vanish as one types."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
    "name": "Name of this passkey",
}
HINTS = {
    "password1": "At least 12 characters. Three words that do not belong together are easy to remember.",
    "name": "So that you know it from others: 'Work laptop', 'My phone'.",
}


class Plain(forms.BaseForm):
    """Labels and hints in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            if name in ("password1", "password2"):
                field.widget.attrs["autocomplete"] = "new-password"
            if name == "code":
                field.widget.attrs["class"] = "govuk-input--width-10"


class SignIn(Plain, account.LoginForm):
    """E-mail address and password."""


class AskForCode(Plain, account.RequestLoginCodeForm):
    """The address that a code is mailed to."""


class _MailedCode(Plain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code from the e-mail"


class EnterCode(_MailedCode, account.ConfirmLoginCodeForm):
    """The code that was mailed."""


class EnterResetCode(_MailedCode, account.ConfirmPasswordResetCodeForm):
    """The code that was mailed to somebody who forgot their password."""


class Forgotten(Plain, account.ResetPasswordForm):
    """Whose password is forgotten."""


class NewPassword(Plain, account.ResetPasswordKeyForm):
    """A new password in place of a forgotten one."""


class ChangePassword(Plain, account.ChangePasswordForm):
    """A new password in place of the old one."""


class FirstPassword(Plain, account.SetPasswordForm):
    """A password for somebody who has none."""


class PasswordAgain(Plain, account.ReauthenticateForm):
    """The password, to show again who one is."""


class _FactorCode(Plain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code from your authenticator app, or a recovery code"


class SecondStep(_FactorCode, factor.AuthenticateForm):
    """A code of the second factor, on the way in."""


class SecondStepAgain(_FactorCode, factor.ReauthenticateForm):
    """A code of the second factor, to show again who one is."""


class AddApp(Plain, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code that the app shows"


class AddPasskey(Plain, webauthn.AddWebAuthnForm):
    """A passkey and its name. It is always one that also works without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True


class RenamePasskey(Plain, webauthn.EditWebAuthnForm):
    """A better name for a passkey."""
