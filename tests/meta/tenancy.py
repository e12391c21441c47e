"""Who should reach what, written down by hand, and a small country in which it can be asked.

Nothing here is read from the code under test: roles, permissions, addresses and what each place is to another stand
in tables of their own, so that a slip in the code is not repeated by what checks it. A new role, permission or
address makes a test fail that names it: add its line here.
"""

from __future__ import annotations

from tests.meta import tenancy_networks, tenancy_surveys

EVERYONE = {"register.view", "job.view", "record.view"}
IN_NETWORKS = EVERYONE | {"network.view"}
NEEDS = IN_NETWORKS | {"needs.view"}
SAYS = NEEDS | {"needs.say"}
SURVEYS = {"survey.view", "survey.run"}
KEEPS = SAYS | SURVEYS | {"network.manage", "area.manage", "competition.keep"}
PLANS = IN_NETWORKS | {"plan.view", "sharing.view", "survey.view"}
PLANS_NEEDS = PLANS | {"needs.view"}

# Role: the kinds of place on which it is held, and its permissions.
ROLES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "administrator": (
        ("installation",),
        EVERYONE
        | {
            "record.read",
            "register.import",
            "people.manage",
            "privacy.manage",
            "retention.manage",
            "area.manage",
        },
    ),
    "authority officer": (
        ("area",),
        PLANS
        | KEEPS
        | {"plan.make", "sharing.make", "people.manage", "record.read", "privacy.manage", "school.leave"},
    ),
    "trust officer": (("organisation",), KEEPS | {"people.manage", "school.leave"}),
    "adviser": (("area",), PLANS_NEEDS),
    "national leader": (("area",), PLANS_NEEDS),
    "local leader": (("area",), PLANS_NEEDS),
    "executive head": (("organisation",), SAYS | SURVEYS | {"people.manage", "school.leave"}),
    "head": (("organisation",), SAYS | SURVEYS | {"people.manage", "school.leave"}),
    "senior leader": (("organisation",), SAYS | {"survey.view"}),
    "subject leader": (("organisation",), IN_NETWORKS),
    "governor": (("organisation",), NEEDS | {"survey.view"}),
    "chair of governors": (("organisation",), NEEDS | {"survey.view"}),
    "independent chair": (("network",), IN_NETWORKS | SURVEYS | {"people.manage"}),
    "vice chair": (("network",), IN_NETWORKS | {"survey.view"}),
    "lead head": (("network",), IN_NETWORKS | SURVEYS | {"people.manage"}),
    "co-leader": (("network", "sub-group"), IN_NETWORKS | {"survey.view"}),
    "clerk": (("network", "sub-group"), IN_NETWORKS),
    "co-ordinator": (("network", "sub-group"), IN_NETWORKS | SURVEYS),
    "agency guest": (("network", "sub-group"), IN_NETWORKS),
    "evaluator": (("area", "network"), PLANS),
}

# Two areas with networks; A's neighbours in other states of sharing. Place: its kind and the next wider place.
PLACES: dict[str, tuple[str, str]] = {
    "everything": ("installation", ""),
    "A": ("area", "everything"),
    "B": ("area", "everything"),
    "school 1": ("organisation", "A"),
    "school 2": ("organisation", "A"),
    "school 3": ("organisation", "A"),
    "school 4": ("organisation", "B"),
    "network 1": ("network", "A"),
    "network 2": ("network", "A"),
    "network 3": ("network", "B"),
    "group 1": ("sub-group", "network 1"),
    "group 2": ("sub-group", "network 2"),
    "group 3": ("sub-group", "network 3"),
    "shares": ("area", "everything"),
    "took back": ("area", "everything"),
    "shared once": ("area", "everything"),
    "will share": ("area", "everything"),
    "is shown": ("area", "everything"),
}
# Where somebody stands who holds a role on a place of this kind, and what the other places are to them.
HOMES = {
    "installation": "everything",
    "area": "A",
    "organisation": "school 1",
    "network": "network 1",
    "sub-group": "group 1",
}
DISSOLVED = "network 1, dissolved"
"""A network of A that is over, though nobody said that school 1 is no more in it."""
JOINED_BEFORE = "network joined before"
"""A network of A that school 1 joined when it had another URN."""
_NETWORKS = {DISSOLVED, JOINED_BEFORE}
TRUST = "trust"
"""The area of a trust in which nobody here holds a role."""
PUBLIC_PLACE = "public"
_THERE = {TRUST, "B", "school 4", "network 3", "group 3"}
NEIGHBOURS = {"shares", "took back", "shared once", "will share", "is shown"}
_OTHER_AREAS = _THERE | NEIGHBOURS
RELATIONS: dict[str, dict[str, set[str]]] = {
    "everything": {
        "own": {"everything"},
        "inside": {"A", "B"} | NEIGHBOURS,
        "deeper": {f"{kind} {n}" for kind in ("school",) for n in (1, 2, 3, 4)}
        | {f"{kind} {n}" for kind in ("network", "group") for n in (1, 2, 3)}
        | _NETWORKS,
    },
    "A": {
        "own": {"A"},
        "inside": {"school 1", "school 2", "school 3", "network 1", "network 2", *_NETWORKS},
        "network of it": {"network 1", "network 2"},
        "deeper": {"group 1", "group 2"},
        "other area": _OTHER_AREAS,
        "wider": {"everything"},
    },
    "school 1": {
        "own": {"school 1"},
        "same network": {"school 2", "network 1", "group 1", JOINED_BEFORE},
        "other network": {"school 3", "network 2", "group 2", DISSOLVED},
        "other area": _OTHER_AREAS,
        "wider": {"A", "everything"},
    },
    "network 1": {
        "own": {"network 1"},
        "inside": {"group 1"},
        "same network": {"school 1", "school 2"},
        "other network": {"school 3", "network 2", "group 2", *_NETWORKS},
        "other area": _OTHER_AREAS,
        "wider": {"A", "everything"},
    },
    "group 1": {
        "own": {"group 1"},
        "same network": {"school 1", "school 2", "network 1"},
        "other network": {"school 3", "network 2", "group 2", *_NETWORKS},
        "other area": _OTHER_AREAS,
        "wider": {"A", "everything"},
    },
}

# What a role reaches of each kind of thing, by what the thing's place is to the role's.
MANAGERS = {
    *("administrator", "authority officer", "trust officer", "executive head", "head"),
    *("independent chair", "lead head"),
}
PLANNERS = {"authority officer", "adviser", "national leader", "local leader", "evaluator"}
PEOPLE = {role: {"own", "inside"} for role in MANAGERS}
REACH: dict[str, dict[str, set[str]]] = {
    "role": PEOPLE,
    "role to change": PEOPLE,
    "elsewhere": {},
    "invitation": PEOPLE,
    "hand-over": PEOPLE,
    "place to invite to": PEOPLE,
    "plan": {role: {"own", "shares with own"} for role in PLANNERS},
    "plan to change": {"authority officer": {"own"}},
    "sharing": {role: {"own", "shares with own", "shared with own"} for role in PLANNERS},
    "sharing to take back": {"authority officer": {"own"}},
    "record": {role: {"chain of own"} for role in ROLES},
    "record to read": {"administrator": {"own"}, "authority officer": {"own"}},
    "job": {role: {"my own"} for role in ROLES},
    "import": {"administrator": {"any"}},
    "public": {role: {"any"} for role in ROLES},
    "area": {role: {"public"} | ({"own"} if role in tenancy_networks.OF_AREAS else set()) for role in ROLES},
    **tenancy_networks.REACH,
    **tenancy_surveys.REACH,
}
# These are open whatever the role: one's own role, and the hand-overs in which one takes part.
MINE = {"role", "hand-over"}
# A plan of an area in any of these states of sharing with A, and what is shown to whom: (of, to).
SHARINGS = {
    "shares": ("shares", "A"),
    "took back": ("took back", "A"),
    "shared once": ("shared once", "A"),
    "will share": ("will share", "A"),
    "A": ("A", "is shown"),
    "B": ("B", "is shown"),
}
NOT_READY = ", not ready"
"""A plan that is no proposal yet stays with its area, whatever is shared."""
CHAINS = {"everything": "everything", "A": "A", "school 1": "A", "network 1": "A", "group 1": "A"}

# Address: the permission that opens it ('' where every signed-in person may), and the kind of thing that it names.
ADDRESSES: dict[str, tuple[str, str]] = {
    "accounts:invitations": ("people.manage", ""),
    "accounts:invite": ("people.manage", ""),
    "accounts:people": ("people.manage", ""),
    "accounts:own_roles": ("", ""),
    "accounts:holding": ("", "role"),
    "accounts:end_role": ("", "role"),
    "accounts:name_successor": ("", "role"),
    "accounts:hand_over": ("", "hand-over"),
    "accounts:invited": ("people.manage", "invitation"),
    "accounts:send_again": ("people.manage", "invitation"),
    "accounts:take_back": ("people.manage", "invitation"),
    "core:mail_choices": ("", ""),
    "core:jobs": ("job.view", ""),
    "core:job": ("job.view", "job"),
    "core:job_cancel": ("job.view", "job"),
    "core:records": ("record.view", ""),
    "core:record": ("record.view", "record"),
    "core:record_head": ("record.view", "record"),
    "core:record_events": ("record.read", "record to read"),
    "core:record_events_export": ("record.read", "record to read"),
    "core:sharings": ("sharing.view", ""),
    "core:sharing_export": ("sharing.view", ""),
    "core:sharing_who": ("sharing.view", ""),
    "core:sharing_new": ("sharing.make", ""),
    "core:sharing": ("sharing.view", "sharing"),
    "core:sharing_take_back": ("sharing.make", "sharing to take back"),
    "networks:plans": ("plan.view", ""),
    "networks:plan_new": ("plan.make", ""),
    "networks:plan": ("plan.view", "plan"),
    "networks:plan_map": ("plan.view", "plan"),
    "networks:plan_export": ("plan.view", "plan"),
    "networks:plan_remove": ("plan.make", "plan to change"),
    "register:areas": ("register.view", ""),
    "register:schools": ("register.view", ""),
    "register:schools_export": ("register.view", ""),
    "register:school": ("register.view", "public"),
    "register:organisation": ("register.view", "public"),
    "register:area": ("register.view", "area"),
    "register:area_schools": ("register.view", "area"),
    "register:area_boundary": ("register.view", "area"),
    "register:area_places": ("register.view", "area"),
    "register:imports": ("register.import", ""),
    "register:import_new": ("register.import", ""),
    "register:import": ("register.import", "import"),
}
ADDRESSES |= tenancy_networks.ADDRESSES
ADDRESSES |= tenancy_surveys.ADDRESSES
# What a question mark may add: the name of the parameter, and the kind of thing that it names.
PARAMETERS: dict[str, tuple[str, str]] = {
    "accounts:invite": ("place", "place to invite to"),
    "networks:plan_new": ("again", "plan"),
}
# Elsewhere: what these name belongs to a person or an organisation in a way of its own, which tests/meta/sweep.py and
# the app's own tests try. Here every role asks for one that does not exist: who may not open the page learns nothing.
ADDRESSES |= {
    "accounts:people_export": ("people.manage", ""),
    "accounts:invitations_export": ("people.manage", ""),
    "accounts:change_term": ("people.manage", "role to change"),
    "accounts:holds": ("privacy.manage", ""),
    "accounts:place_hold": ("privacy.manage", ""),
    "accounts:hold": ("privacy.manage", "elsewhere"),
    "accounts:rights_requests": ("privacy.manage", ""),
    "accounts:rights_export": ("privacy.manage", ""),
    "accounts:rights_record": ("privacy.manage", ""),
    "accounts:rights_request": ("privacy.manage", "elsewhere"),
    "accounts:rights_answer": ("privacy.manage", "elsewhere"),
    "accounts:rights_erase": ("privacy.manage", "elsewhere"),
    "accounts:rights_extend": ("privacy.manage", "elsewhere"),
    "accounts:rights_lift": ("privacy.manage", "elsewhere"),
    "accounts:rights_make_copy": ("privacy.manage", "elsewhere"),
    "accounts:rights_put_right": ("privacy.manage", "elsewhere"),
    "accounts:rights_restrict": ("privacy.manage", "elsewhere"),
    "accounts:controller": ("retention.manage", ""),
    "accounts:disposals": ("retention.manage", ""),
    "accounts:disposals_export": ("retention.manage", ""),
    "accounts:disposal": ("retention.manage", "elsewhere"),
    "accounts:disposal_file": ("retention.manage", "elsewhere"),
    "accounts:retention_change": ("retention.manage", "elsewhere"),
    "accounts:begin_leaving": ("school.leave", ""),
    "accounts:leavings": ("school.leave", ""),
    "accounts:leaving": ("school.leave", "elsewhere"),
    "accounts:leaving_copy": ("school.leave", "elsewhere"),
    "accounts:purge": ("school.leave", "elsewhere"),
    "accounts:stop_leaving": ("school.leave", "elsewhere"),
    "accounts:your_information": ("", ""),
    "accounts:ask_right": ("", "elsewhere"),
    "accounts:own_request": ("", "elsewhere"),
    "accounts:save_copy": ("", "elsewhere"),
    "accounts:withdraw_request": ("", "elsewhere"),
    "surveys:report_document": ("survey.view", "elsewhere"),
    "surveys:report_file": ("survey.view", "elsewhere"),
}
# Open to everybody, signed in or not. What they name is told by a secret in the address, or is a step of signing in.
PUBLIC = {
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_inactive",
    "account_login",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_reset_password",
    "accounts:decline",
    "accounts:privacy",
    "accounts:privacy_assessment",
    "accounts:privacy_assessment_export",
    "accounts:privacy_notice",
    "accounts:privacy_records",
    "accounts:privacy_records_export",
    "accounts:retention",
    "accounts:invitation",
    "accounts:roles",
    "accounts:sign_in",
    "accounts:sign_out",
    "core:accessibility",
    "core:cookies",
    "core:help",
    "core:mail_stop",
    "core:search",
    "demonstration-mail:message",
    "demonstration-mail:messages",
    "demonstration:sign_in",
    "healthz",
    "home",
    "metrics",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_callback",
    "openid_connect_login",
    "sign_in_link",
    "sign_in_start_again",
    "socialaccount_login_cancelled",
}
PUBLIC |= tenancy_networks.PUBLIC
PUBLIC |= tenancy_surveys.PUBLIC
# About the signed-in person's own ways in and nobody else's: tests/accounts tries them with those of others.
OWN_ACCOUNT = {
    "account_change_password",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "sign_in_again",
    "sign_in_devices",
    "sign_in_devices_end",
    "socialaccount_connections",
}


def relations(home: str, kind: str, place: str) -> set[str]:
    """What a thing of `kind` at `place` is to somebody whose role is held at `home`."""
    draft = place.endswith(NOT_READY)
    place = place.removesuffix(NOT_READY)
    found = {name for name, places in RELATIONS[home].items() if place in places} | {"any"}
    if kind.startswith("sharing"):
        of, to = SHARINGS[place]
        found = ({"own"} if of == home else set()) | ({"shares with own"} if to == home else set())
    elif place == "shares" and home == "A" and not draft:
        found.add("shares with own")
    if place == PUBLIC_PLACE:
        found.add("public")
    if CHAINS.get(home) == place:
        found.add("chain of own")
    return found


def relation(home: str, kind: str, place: str) -> str:
    """The one word for it: what a thing's place is to somebody's."""
    found = relations(home, kind, place) - {"any", "chain of own"}
    return min(found) if found else "any"


def reaches(role: str, home: str, kind: str, place: str) -> bool:
    """Whether a role held at `home` reaches a thing of `kind` at `place`."""
    return bool(REACH[kind].get(role, set()) & relations(home, kind, place))


def may(role: str, permission: str) -> bool:
    """Whether a role gives a permission; every signed-in person has ''."""
    return not permission or permission in ROLES[role][1]
