"""What the pages of people and of signing in are for."""

from isthmus.apps.core.help import explain

explain(
    "people",
    "People",
    "Here you see who holds which role, wherever you look after people, and invite others.",
    "Open a person's role to change its last day, to end it, or to name who follows.",
    opens={"accounts:people": "People"},
)
explain(
    "inviting",
    "Inviting somebody",
    "You choose where the role is held, which role it is, and who is asked. They get a mail with a link.",
    "The link works once, for 14 days. Until they answer you can send it again or take it back.",
    pages=["accounts:invited"],
    opens={"accounts:invite": "Invite somebody", "accounts:invitations": "Invitations"},
)
explain(
    "invitation",
    "An invitation to you",
    "Somebody asks you to hold a role. The page says what the role is and what you may then see and do.",
    "Nothing happens before you press the button. It signs you in, because the link was sent to you alone.",
    pages=["accounts:invitation", "accounts:decline"],
)
explain(
    "roles",
    "Roles",
    "A role says what somebody sees and may do, in one place, for a term. You may hold several.",
    "The list of what each role may do is drawn from the same table from which Isthmus decides.",
    pages=["accounts:holding", "accounts:change_term", "accounts:end_role"],
    opens={"accounts:own_roles": "Your roles", "accounts:roles": "What each role sees and may do"},
)
explain(
    "hand-over",
    "Handing a role over",
    "You name who follows you, your last day, and what they should know. They are invited.",
    "Once they accept they hold the role too, and find your note and what was open on that day.",
    pages=["accounts:name_successor", "accounts:hand_over"],
)
explain(
    "signing-in",
    "Signing in",
    "Only people who were invited can sign in: with a passkey, a code by e-mail, a password, or an account elsewhere.",
    "Some roles ask for a second step each time. A passkey is both steps at once.",
    "If you lost your second step, use a recovery code. Without one, ask whoever runs this installation.",
    pages=[
        "account_request_login_code",
        "account_confirm_login_code",
        "account_login",
        "mfa_authenticate",
        "account_reset_password",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "account_inactive",
        "socialaccount_login_cancelled",
        "openid_connect_callback",
        "sign_in_link",
    ],
    opens={"accounts:sign_in": "Sign in"},
)
explain(
    "ways-in",
    "How you sign in",
    "Here you add and remove passkeys, an authenticator app, a password and accounts elsewhere.",
    "A change asks again who you are when you signed in more than 15 minutes ago, and is told to you by mail.",
    pages=[
        "mfa_list_webauthn",
        "sign_in_again",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_change_password",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "socialaccount_connections",
    ],
    opens={"mfa_index": "How you sign in"},
)
explain(
    "devices",
    "Where you are signed in",
    "Each browser in which you are signed in is listed, with the day it was last used. No network address is kept.",
    "Sign out there if you do not know one, and then change how you sign in.",
    opens={"sign_in_devices": "Where you are signed in"},
)
explain(
    "privacy",
    "Privacy",
    "What is kept about people, why, on which ground, for how long, and who sees it.",
    "The notice, the records of processing and the assessment are drawn from the same table that disposes of data when "
    "its time is over.",
    pages=["accounts:retention_change", "accounts:disposal"],
    opens={
        "accounts:privacy": "Privacy",
        "accounts:privacy_notice": "Privacy notice",
        "accounts:privacy_records": "Records of processing",
        "accounts:privacy_assessment": "Impact assessment",
        "accounts:retention": "How long data is kept",
        "accounts:controller": "Who answers for the data",
        "accounts:disposals": "Certificates of disposal",
    },
)
explain(
    "your-information",
    "Your information",
    "What is kept about you, and how you ask for a copy, have it put right, have it used no more, or have it erased.",
    "Somebody answers within a month. You see here how far your request is.",
    pages=["accounts:ask_right", "accounts:own_request", "accounts:withdraw_request"],
    opens={"accounts:your_information": "Your information"},
)
explain(
    "requests",
    "Requests about personal data",
    "Here requests of people about their own data are answered: a copy, a correction, a restriction, an erasure.",
    "What must be kept by law is held: a legal hold stops erasure and disposal until it is lifted.",
    pages=[
        "accounts:rights_request",
        "accounts:rights_extend",
        "accounts:rights_answer",
        "accounts:rights_make_copy",
        "accounts:rights_put_right",
        "accounts:rights_restrict",
        "accounts:rights_lift",
        "accounts:rights_erase",
        "accounts:hold",
    ],
    opens={
        "accounts:rights_requests": "Requests about personal data",
        "accounts:rights_record": "Write down a request",
        "accounts:holds": "Legal holds",
        "accounts:place_hold": "Place a legal hold",
    },
)
explain(
    "leaving",
    "Schools that leave",
    "A school that leaves takes a copy of its own data, and what is left of it is then removed for good.",
    "Nothing is removed before the day that was set, and it can be stopped until then.",
    pages=["accounts:leaving", "accounts:leaving_copy", "accounts:stop_leaving", "accounts:purge"],
    opens={"accounts:leavings": "Schools that leave", "accounts:begin_leaving": "Let a school leave"},
)
