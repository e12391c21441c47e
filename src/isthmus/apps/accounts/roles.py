"""Roles, described once: what each is, where it is held, what it lets a person do, and how it is given.

The page of roles, the form that invites and the second factor at sign-in are all drawn from this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models

from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind


class Role(models.TextChoices):
    """A part that a person plays."""

    ADMINISTRATOR = "administrator", "Administrator"
    AUTHORITY_OFFICER = "authority officer", "Authority officer"
    TRUST_OFFICER = "trust officer", "Trust officer"
    ADVISER = "adviser", "Adviser"
    NATIONAL_LEADER = "national leader", "National leader of education"
    LOCAL_LEADER = "local leader", "Local leader of education"
    EXECUTIVE_HEAD = "executive head", "Executive head"
    HEAD = "head", "Head"
    SENIOR_LEADER = "senior leader", "Senior leader"
    SUBJECT_LEADER = "subject leader", "Subject leader"
    GOVERNOR = "governor", "Governor"
    CHAIR_OF_GOVERNORS = "chair of governors", "Chair of governors"
    INDEPENDENT_CHAIR = "independent chair", "Independent chair"
    VICE_CHAIR = "vice chair", "Vice chair"
    LEAD_HEAD = "lead head", "Lead head"
    CO_LEADER = "co-leader", "Co-leader"
    CLERK = "clerk", "Clerk"
    CO_ORDINATOR = "co-ordinator", "Co-ordinator"
    AGENCY_GUEST = "agency guest", "Agency guest"
    EVALUATOR = "evaluator", "Evaluator"


@dataclass(frozen=True)
class Description:
    """What a role is for, on which kinds of scope it is held, and what it permits.

    `given_from` is the kind of scope from which it is given: who manages people there, or on a wider scope, may
    invite to it. `years` is the term that the form proposes, None for no end.
    """

    summary: str
    held_on: frozenset[ScopeKind]
    permissions: frozenset[Permission]
    given_from: ScopeKind
    second_factor: bool = False
    years: int | None = None

    def term_from(self, starts: date) -> date | None:
        """The last day of the usual term that begins on `starts`."""
        if self.years is None:
            return None
        # A leap day has no namesake in most years: the term then ends on 28 February.
        day = 28 if (starts.month, starts.day) == (2, 29) else starts.day
        return date(starts.year + self.years, starts.month, day)


WIDEST_FIRST = tuple(ScopeKind)
"""Scopes from the installation down to a sub-group, as the enum lists them."""

INSTALLATION, AREA, ORGANISATION, NETWORK, SUB_GROUP = WIDEST_FIRST
_EVERYONE = frozenset({Permission.REGISTER_VIEW, Permission.JOB_VIEW, Permission.RECORD_VIEW})
_SEES_NETWORKS = _EVERYONE | {Permission.NETWORK_VIEW}
_SURVEYS = frozenset({Permission.SURVEY_VIEW, Permission.SURVEY_RUN})
_SEES_PLANS = _SEES_NETWORKS | {Permission.PLAN_VIEW, Permission.SHARING_VIEW, Permission.SURVEY_VIEW}
_SEES_NEEDS = _SEES_PLANS | {Permission.NEEDS_VIEW}
_SAYS_NEEDS = frozenset({Permission.NEEDS_VIEW, Permission.NEEDS_SAY})
_RUNS_AN_AREA = (
    _SEES_NETWORKS
    | _SAYS_NEEDS
    | _SURVEYS
    | {
        Permission.COMPETITION_KEEP,
        Permission.AREA_MANAGE,
        Permission.NETWORK_MANAGE,
        Permission.PEOPLE_MANAGE,
    }
)


def _school(summary: str, *, years: int | None = None, more: Iterable[Permission] = ()) -> Description:
    return Description(
        summary, frozenset({ORGANISATION}), _SEES_NETWORKS | set(more), given_from=ORGANISATION, years=years
    )


def _network(
    summary: str, *kinds: ScopeKind, years: int | None = None, more: Iterable[Permission] = ()
) -> Description:
    return Description(
        summary, frozenset(kinds or {NETWORK}), _SEES_NETWORKS | set(more), given_from=NETWORK, years=years
    )


def _area(summary: str, *, years: int | None = None, permissions: frozenset[Permission]) -> Description:
    return Description(summary, frozenset({AREA}), permissions, given_from=AREA, years=years)


DESCRIPTIONS: dict[Role, Description] = {
    Role.ADMINISTRATOR: Description(
        "Looks after the installation, brings in new files of the public register and invites the first officer of "
        "an area. Sees no area's own work.",
        frozenset({INSTALLATION}),
        _EVERYONE
        | {
            Permission.AREA_MANAGE,
            Permission.RECORD_READ,
            Permission.REGISTER_IMPORT,
            Permission.PEOPLE_MANAGE,
            Permission.PRIVACY_MANAGE,
            Permission.RETENTION_MANAGE,
        },
        given_from=INSTALLATION,
        second_factor=True,
    ),
    Role.AUTHORITY_OFFICER: Description(
        "Plans networks for an area and looks after the partnerships in it.",
        frozenset({AREA}),
        _SEES_PLANS
        | _RUNS_AN_AREA
        | {
            Permission.PLAN_MAKE,
            Permission.RECORD_READ,
            Permission.SHARING_MAKE,
            Permission.PRIVACY_MANAGE,
            Permission.SCHOOL_LEAVE,
        },
        given_from=AREA,
        second_factor=True,
    ),
    Role.TRUST_OFFICER: Description(
        "Works for a trust or federation across its schools, and looks after the networks among them.",
        frozenset({ORGANISATION}),
        _RUNS_AN_AREA | {Permission.SCHOOL_LEAVE},
        given_from=AREA,
        second_factor=True,
    ),
    Role.ADVISER: _area(
        "Advises schools of an area on improvement, often as a school improvement partner.",
        permissions=_SEES_NEEDS,
        years=1,
    ),
    Role.NATIONAL_LEADER: _area(
        "A head who leads support for other schools, appointed nationally.", permissions=_SEES_NEEDS, years=1
    ),
    Role.LOCAL_LEADER: _area(
        "A head who leads support for other schools, appointed in the area.", permissions=_SEES_NEEDS, years=1
    ),
    Role.EXECUTIVE_HEAD: Description(
        "Leads several schools at once. Sees the public facts about every school.",
        frozenset({ORGANISATION}),
        _SEES_NETWORKS | _SAYS_NEEDS | _SURVEYS | {Permission.PEOPLE_MANAGE, Permission.SCHOOL_LEAVE},
        given_from=AREA,
    ),
    Role.HEAD: Description(
        "Leads a school, and invites people to its roles. Sees the public facts about every school.",
        frozenset({ORGANISATION}),
        _SEES_NETWORKS | _SAYS_NEEDS | _SURVEYS | {Permission.PEOPLE_MANAGE, Permission.SCHOOL_LEAVE},
        given_from=AREA,
    ),
    Role.SENIOR_LEADER: _school(
        "Leads a school together with its head.", more=_SAYS_NEEDS | {Permission.SURVEY_VIEW}
    ),
    Role.SUBJECT_LEADER: _school("Leads a subject or a phase in a school."),
    Role.GOVERNOR: _school(
        "Governs a school as a volunteer.", years=4, more={Permission.NEEDS_VIEW, Permission.SURVEY_VIEW}
    ),
    Role.CHAIR_OF_GOVERNORS: _school(
        "Chairs a school's governors and signs for them.",
        years=1,
        more={Permission.NEEDS_VIEW, Permission.SURVEY_VIEW},
    ),
    Role.INDEPENDENT_CHAIR: _network(
        "Chairs a network's meetings and belongs to none of its schools.",
        years=1,
        more=_SURVEYS | {Permission.PEOPLE_MANAGE},
    ),
    Role.VICE_CHAIR: _network(
        "Stands in for the chair of a network.", years=1, more={Permission.SURVEY_VIEW}
    ),
    Role.LEAD_HEAD: _network(
        "A head who leads a network for its schools.", years=1, more=_SURVEYS | {Permission.PEOPLE_MANAGE}
    ),
    Role.CO_LEADER: _network(
        "Leads a network or a sub-group together with others.",
        NETWORK,
        SUB_GROUP,
        years=1,
        more={Permission.SURVEY_VIEW},
    ),
    Role.CLERK: _network("Prepares meetings and keeps their minutes.", NETWORK, SUB_GROUP),
    Role.CO_ORDINATOR: _network(
        "Keeps the work of a network going from week to week.", NETWORK, SUB_GROUP, more=_SURVEYS
    ),
    Role.AGENCY_GUEST: _network(
        "Comes from another service, such as health or housing, to work with a network.",
        NETWORK,
        SUB_GROUP,
        years=1,
    ),
    Role.EVALUATOR: Description(
        "Studies what partnerships change. Sees plans of the area, and changes nothing.",
        frozenset({AREA, NETWORK}),
        _SEES_PLANS,
        given_from=AREA,
        years=1,
    ),
}


def places_in_words(description: Description) -> str:
    """'an area or a network': the kinds of scope on which a role is held."""
    return " or ".join(str(kind.label) for kind in WIDEST_FIRST if kind in description.held_on)


def given_from(managed: ScopeKind, on: ScopeKind) -> list[Role]:
    """The roles on a scope of kind `on` that may be given by who manages people on a scope of kind `managed`."""
    rank = WIDEST_FIRST.index
    return [
        role
        for role, text in DESCRIPTIONS.items()
        if on in text.held_on and rank(managed) <= rank(text.given_from)
    ]
