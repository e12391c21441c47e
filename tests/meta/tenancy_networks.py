"""The tables of `tenancy` for areas, networks, needs and work on plans. Written by hand, too."""

from __future__ import annotations

OFFICER = "authority officer"
OF_AREAS = (OFFICER, "adviser", "national leader", "local leader", "evaluator")
OF_SCHOOLS = ("trust officer", "executive head", "head", "senior leader", "governor", "chair of governors")
OF_NETWORKS = (
    *("independent chair", "vice chair", "lead head", "co-leader", "clerk", "co-ordinator", "agency guest"),
    "evaluator",
)
SAYS = ("trust officer", "executive head", "head", "senior leader")

# What a role reaches of each kind of thing, by what the thing's place is to the role's.
MANAGED: dict[str, set[str]] = {OFFICER: {"own"}}
REACH: dict[str, dict[str, set[str]]] = {
    "area of networks": {role: {"own"} for role in OF_AREAS},
    "area of needs": {role: {"own"} for role in OF_AREAS},
    "area to manage": MANAGED,
    "own area": MANAGED,
    "theme": MANAGED,
    "partner": MANAGED,
    "layer": MANAGED,
    "membership file": MANAGED,
    "need file": MANAGED,
    "competition file": MANAGED,
    "competition": MANAGED,
    "tie": MANAGED,
    "consultation": MANAGED,
    "adoption": MANAGED,
    "draft": MANAGED,
    "plan link": MANAGED,
    "plan of one's own": {role: {"own"} for role in OF_AREAS},
    # Those of one's area; that in which one has a role, or in whose sub-group; that which one's school is in.
    "network": {
        role: ({"inside"} if role in OF_AREAS else set())
        | ({"own", "same network"} if role in OF_NETWORKS else set())
        for role in (*OF_AREAS, *OF_NETWORKS)
    }
    | {role: {"same network"} for role in (*OF_SCHOOLS, "subject leader")},
    "network to change": {OFFICER: {"inside"}},
    "school asked": {role: {"inside"} for role in OF_AREAS} | {role: {"own"} for role in OF_SCHOOLS},
    "school to speak for": {OFFICER: {"inside"}} | {role: {"own"} for role in SAYS},
}

_SEE, _KEEP, _AREA = "network.view", "network.manage", "area.manage"
_NEEDS, _SAY, _COMPETE = "needs.view", "needs.say", "competition.keep"
_PLAN, _MAKE = "plan.view", "plan.make"


def _each(permission: str, kind: str, *addresses: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(addresses, (permission, kind))


ADDRESSES: dict[str, tuple[str, str]] = {
    **_each(_AREA, "", "register:areas_own", "register:area_new", "register:area_open"),
    **_each(_AREA, "own area", "register:area_change", "register:area_remove", "register:area_pick"),
    **_each(
        *(_AREA, "area to manage"),
        *("register:area_terms", "register:area_themes", "register:area_theme_new", "register:area_partners"),
    ),
    **_each(_AREA, "theme", "register:area_theme"),
    **_each(_AREA, "partner", "register:area_partner_end"),
    **_each(_SEE, "", "networks:home"),
    **_each(
        *(_SEE, "area of networks"),
        *("networks:area", "networks:networks", "networks:map", "networks:schools", "networks:matrix"),
        *("networks:changes", "networks:schools_file", "networks:memberships_file"),
    ),
    **_each(
        *(_KEEP, "area to manage"),
        *("networks:template", "networks:network_new", "networks:layers", "networks:layer_new"),
        *("networks:uploads", "networks:upload_new"),
        *("networks:consultations", "networks:consultation_new", "networks:consultations_file"),
    ),
    **_each(_KEEP, "layer", "networks:layer", "networks:layer_remove"),
    **_each(_KEEP, "membership file", "networks:upload"),
    **_each(_SEE, "network", "networks:network"),
    **_each(
        *(_KEEP, "network to change"),
        *("networks:network_change", "networks:network_dissolve", "networks:network_remove"),
        *("networks:member_add", "networks:membership", "networks:membership_remove"),
        *("networks:sub_group", "networks:sub_group_new"),
    ),
    **_each(
        *(_KEEP, "consultation"),
        *("networks:consultation", "networks:consultation_change", "networks:consultation_open"),
        *("networks:consultation_remind", "networks:consultation_close", "networks:consultation_remove"),
        *("networks:consultation_file", "networks:consultation_school"),
    ),
    **_each(_NEEDS, "", "needs:home"),
    **_each(_NEEDS, "area of needs", "needs:area", "needs:area_file", "needs:ties", "needs:ties_file"),
    **_each(
        *(_SAY, "area to manage"),
        *("needs:template", "needs:staleness", "needs:uploads", "needs:needs_upload_new"),
        *("needs:tie_new", "needs:ties_template", "needs:ties_upload_new"),
    ),
    **_each(_SAY, "need file", "needs:upload"),
    **_each(_SAY, "tie", "needs:tie", "needs:tie_remove"),
    **_each(_NEEDS, "school asked", "needs:school", "needs:theme"),
    **_each(_SAY, "school to speak for", "needs:school_all", "needs:met"),
    **_each(
        *(_COMPETE, "area to manage"),
        *("needs:competition", "needs:competition_file", "needs:competition_template"),
        *("needs:competition_new", "needs:competition_estimate"),
        *("needs:competition_uploads", "needs:competition_upload_new"),
    ),
    **_each(_COMPETE, "competition", "needs:competition_end"),
    **_each(_COMPETE, "competition file", "needs:competition_upload"),
    **_each(_MAKE, "", "networks:plan_hubs"),
    **_each(_PLAN, "plan", "networks:compare", "networks:compare_file", "networks:plan_school"),
    **_each(_PLAN, "plan", "networks:plan_studies", "networks:plan_document", "networks:plan_document_file"),
    **_each(_PLAN, "plan of one's own", "networks:plan_comments", "networks:plan_comments_file"),
    **_each(
        *(_MAKE, "plan to change"),
        *("networks:plan_move", "networks:workbench", "networks:plan_versions_file", "networks:plan_undo"),
        *("networks:plan_lock", "networks:plan_again", "networks:plan_sharing", "networks:plan_adopt"),
    ),
    **_each(
        *(_MAKE, "draft"),
        *("networks:plan_rules", "networks:plan_rule_new", "networks:plan_rule_remove"),
        *("networks:plan_choices", "networks:plan_lines", "networks:plan_schools"),
    ),
    **_each(_MAKE, "plan link", "networks:plan_stop_sharing"),
    **_each(
        *(_MAKE, "adoption"),
        *("networks:adoption", "networks:adopt", "networks:adoption_cancel", "networks:adoption_remind"),
        "networks:adoption_answers",
    ),
}
READY_ALONE = {
    "networks:plan_export",
    "networks:plan_school",
    "networks:compare",
    "networks:compare_file",
    "networks:plan_studies",
    "networks:plan_document",
    "networks:plan_document_file",
}
"""What these show is there only of a plan that is ready."""
# Told by a secret in the address, or by a network that says that anybody may see it.
PUBLIC = {
    "networks:adoption_invitation",
    "networks:consultation_answer",
    "networks:consultation_link",
    "networks:consultation_needs",
    "networks:consultation_not_now",
    "networks:consultation_rest",
    "networks:consultation_with",
    "networks:shared",
    "networks:shared_draft",
    "networks:shared_map",
    "networks:visitor",
}
