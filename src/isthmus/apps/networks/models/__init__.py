"""Tables of networks: those that exist, and plans of others."""

from isthmus.apps.networks.models.adopting import Adoption, AdoptionAnswer, AdoptionState, Answer
from isthmus.apps.networks.models.consultation import (
    CONSULTATION_PURPOSE,
    MOST_WISHES,
    Consultation,
    ConsultationAnswer,
    ConsultationState,
    ConsultationWish,
    Sees,
    WishKind,
)
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
    "CONSULTATION_PURPOSE",
    "LEADING",
    "MOST_WISHES",
    "Adoption",
    "AdoptionAnswer",
    "AdoptionState",
    "Answer",
    "Consultation",
    "ConsultationAnswer",
    "ConsultationState",
    "ConsultationWish",
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
    "Sees",
    "StepKind",
    "StudyKind",
    "SubGroup",
    "TravelBlock",
    "UploadState",
    "WishKind",
]
