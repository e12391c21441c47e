"""Tables of networks: those that exist, and plans of others."""

from isthmus.apps.networks.models.existing import (
    LEADING,
    Depth,
    Driver,
    Form,
    Layer,
    LayerKind,
    MemberRole,
    Membership,
    MembershipImport,
    Network,
    NetworkState,
    SubGroup,
    UploadState,
)
from isthmus.apps.networks.models.plans import Plan, PlanState, ProposedMember, ProposedNetwork
from isthmus.apps.networks.models.rules import PlanRule, PlanStudy, RuleKind, StudyKind, TravelBlock

__all__ = [
    "LEADING",
    "Depth",
    "Driver",
    "Form",
    "Layer",
    "LayerKind",
    "MemberRole",
    "Membership",
    "MembershipImport",
    "Network",
    "NetworkState",
    "Plan",
    "PlanRule",
    "PlanState",
    "PlanStudy",
    "ProposedMember",
    "ProposedNetwork",
    "RuleKind",
    "StudyKind",
    "SubGroup",
    "TravelBlock",
    "UploadState",
]
