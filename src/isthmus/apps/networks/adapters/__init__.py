"""Between the tables and the methods. Plans stand here by name, so that the worker and its tests find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isthmus.apps.networks.adapters.given import Given, gather
from isthmus.apps.networks.adapters.layers import serve_from_hubs
from isthmus.apps.networks.adapters.plans import (
    CannotPose,
    Group,
    before,
    groups_of,
    name_groups,
    pose,
    problem_of,
    problem_of_plan,
    scored,
    solve,
)

if TYPE_CHECKING:
    from isthmus.apps.networks.adapters.plans import Problem, Progress, Result

__all__ = [
    "CannotPose",
    "Given",
    "Group",
    "Problem",
    "Progress",
    "Result",
    "before",
    "gather",
    "groups_of",
    "name_groups",
    "pose",
    "problem_of",
    "problem_of_plan",
    "scored",
    "serve_from_hubs",
    "solve",
]
