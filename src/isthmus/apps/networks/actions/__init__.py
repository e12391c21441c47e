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

__all__ = [
    "ask_for_plan",
    "change_membership",
    "change_network",
    "dissolve_network",
    "end_without_result",
    "found_network",
    "join",
    "keep_layer",
    "keep_sub_group",
    "record_result",
    "remove_layer",
    "remove_membership",
    "remove_network",
    "remove_plan",
]
