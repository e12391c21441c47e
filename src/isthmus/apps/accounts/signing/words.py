"""What signing in says: errors, messages and mail, in our words."""

TOO_MANY = "Too many tries. Wait five minutes, then try again"

ACCOUNT_ERRORS = {
    "too_many_login_attempts": TOO_MANY,
    "rate_limited": TOO_MANY,
    "email_password_mismatch": "The e-mail address or the password is not right",
    "incorrect_code": "The code is not right, or it was used before",
    "incorrect_password": "The password is not right",
    "enter_current_password": "The current password is not right",
    "email_taken": "The e-mail address or the password is not right",
}
FACTOR_ERRORS = {
    "incorrect_code": "The code or passkey is not right, or it was used before",
    "cannot_delete_authenticator": "Your role needs a second step, and this is your last one. Add another first.",
    "rate_limited": TOO_MANY,
}
MESSAGES = {
    "account/messages/password_changed.txt": "Your password was changed. Your other devices were signed out.",
    "account/messages/password_set.txt": "Your password was set.",
    "mfa/messages/totp_activated.txt": "Your authenticator app was added.",
    "mfa/messages/totp_deactivated.txt": "Your authenticator app was removed.",
    "mfa/messages/webauthn_added.txt": "Your passkey was added.",
    "mfa/messages/webauthn_removed.txt": "Your passkey was removed.",
    "mfa/messages/recovery_codes_generated.txt": "You have new recovery codes.",
    "socialaccount/messages/account_connected.txt": "The account was connected.",
    "socialaccount/messages/account_disconnected.txt": "The account was disconnected.",
    "socialaccount/messages/account_connected_other.txt": "That account is connected to somebody else.",
}
# For each mail with a code, what stands before and after it.
CODES = {
    "account/email/login_code": (
        "Your code to sign in is",
        "Type it on the page where you asked for it, within 15 minutes. It works once. If you did not ask for it, do "
        "nothing: nobody can come in without it.",
    ),
    "account/email/password_reset_code": (
        "Your code to choose a new password is",
        "Type it on the page where you asked for it, within 15 minutes. It works once. If you did not ask for it, do "
        "nothing: your password stays as it is.",
    ),
}
CHANGES = {
    "account/email/password_changed": "Your password was changed.",
    "account/email/password_reset": "Your password was changed.",
    "account/email/password_set": "You now have a password.",
    "mfa/email/totp_activated": "An authenticator app was added.",
    "mfa/email/totp_deactivated": "Your authenticator app was removed.",
    "mfa/email/webauthn_added": "A passkey was added.",
    "mfa/email/webauthn_removed": "A passkey was removed.",
    "mfa/email/recovery_codes_generated": "You have new recovery codes.",
    "socialaccount/email/account_connected": "An account elsewhere was connected.",
    "socialaccount/email/account_disconnected": "An account elsewhere was disconnected.",
}
