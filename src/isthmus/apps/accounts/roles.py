"""Roles, described once: what each is, where it is held, and what it lets a person do.

The page of roles is drawn from this table. More roles come with the issues that need them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind


class Role(models.TextChoices):
    """A part that a person plays."""

    ADMINISTRATOR = "administrator", "Administrator"
    AUTHORITY_OFFICER = "authority officer", "Authority officer"
    HEAD = "head", "Head"


@dataclass(frozen=True)
class Description:
    """What a role is for, on which kind of scope it is held, and what it permits."""

    summary: str
    held_on: ScopeKind
    permissions: frozenset[Permission]


_EVERYONE = frozenset({Permission.REGISTER_VIEW, Permission.JOB_VIEW})

DESCRIPTIONS: dict[Role, Description] = {
    Role.ADMINISTRATOR: Description(
        "Looks after the installation and brings in new files of the public register. Sees no area's own work.",
        ScopeKind.INSTALLATION,
        _EVERYONE | {Permission.REGISTER_IMPORT},
    ),
    Role.AUTHORITY_OFFICER: Description(
        "Plans networks for an area and looks after the partnerships in it.",
        ScopeKind.AREA,
        _EVERYONE | {Permission.PLAN_VIEW, Permission.PLAN_MAKE},
    ),
    Role.HEAD: Description(
        "Leads a school. Sees the public facts about every school.",
        ScopeKind.ORGANISATION,
        _EVERYONE,
    ),
}
