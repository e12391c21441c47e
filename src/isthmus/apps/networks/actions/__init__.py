"""Every change to networks and plans."""

from isthmus.apps.networks.actions.existing import (
    change_network,
    dissolve_network,
    found_network,
    keep_layer,
    keep_sub_group,
    remove_layer,
    remove_network,
)
from isthmus.apps.networks.actions.memberships import change_membership, join, remove_membership
from isthmus.apps.networks.actions.plans import ask_for_plan, end_without_result, record_result, remove_plan
from isthmus.apps.networks.actions.rules import (
    change_draft,
    keep_minutes,
    put_together,
    send_draft,
    set_rule,
    take_rule_away,
)
from isthmus.apps.networks.actions.studies import ask_for_study, record_study
from isthmus.apps.networks.actions.uploads import (
    apply_memberships,
    give_memberships,
    put_memberships_aside,
)

__all__ = [
    "apply_memberships",
    "ask_for_plan",
    "ask_for_study",
    "change_draft",
    "change_membership",
    "change_network",
    "dissolve_network",
    "end_without_result",
    "found_network",
    "give_memberships",
    "join",
    "keep_layer",
    "keep_minutes",
    "keep_sub_group",
    "put_memberships_aside",
    "put_together",
    "record_result",
    "record_study",
    "remove_layer",
    "remove_membership",
    "remove_network",
    "remove_plan",
    "send_draft",
    "set_rule",
    "take_rule_away",
]
