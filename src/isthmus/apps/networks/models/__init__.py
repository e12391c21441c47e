"""Tables of networks: those that exist, and plans of others."""

from isthmus.apps.networks.models.adopting import Adoption, AdoptionAnswer, AdoptionState, Answer
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
from isthmus.apps.networks.models.inviting import PlanComment, PlanShare
from isthmus.apps.networks.models.plans import Plan, PlanState, ProposedMember, ProposedNetwork
from isthmus.apps.networks.models.rules import PlanRule, PlanStudy, RuleKind, StudyKind, TravelBlock
from isthmus.apps.networks.models.workbench import PlanLock, PlanStep, StepKind

__all__ = [
    "LEADING",
    "Adoption",
    "AdoptionAnswer",
    "AdoptionState",
    "Answer",
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
    "PlanComment",
    "PlanLock",
    "PlanRule",
    "PlanShare",
    "PlanState",
    "PlanStep",
    "PlanStudy",
    "ProposedMember",
    "ProposedNetwork",
    "RuleKind",
    "StepKind",
    "StudyKind",
    "SubGroup",
    "TravelBlock",
    "UploadState",
]
