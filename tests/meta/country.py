"""The small country of `tenancy`, as rows: places, somebody in every role, and a thing of each kind at each place."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import HandOver, Invitation
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import audit
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import Job, Sharing
from isthmus.apps.core.queries import heads_of
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.sealing import seal
from isthmus.apps.networks.models import Plan, PlanState
from isthmus.apps.register.models import ImportState, Kind, RegisterImport
from tests import factories
from tests.meta import country_networks, country_surveys, tenancy
from tests.meta.sweep import _plan

DAY = timedelta(days=1)
TERMS = ("now", "over", "ended", "to come")
"""A term that covers today, one that ended yesterday, one that somebody ended just now, one that begins tomorrow."""
ROLE_AT = {
    "installation": "administrator",
    "area": "adviser",
    "organisation": "governor",
    "network": "clerk",
    "sub-group": "clerk",
}
"""Who else is at each place: somebody whose role, invitation and hand-over others may or may not see."""


@dataclass(frozen=True)
class Holder:
    """Somebody who holds one role at one place, for one kind of term."""

    role: str
    home: str
    term: str
    person: Person
    holding: RoleHolding
    job: Job
    old_job: Job  # of an area in which they play no part any more
    hand_over: HandOver

    def __str__(self) -> str:
        return f"{self.role} of {self.home} ({self.term})"


@dataclass
class Country:
    """Places by name, people, and things: kind, place to the arguments of an address that names it."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    holders: list[Holder] = field(default_factory=list)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)

    def now(self) -> list[Holder]:
        """Those whose role is in force today."""
        return [holder for holder in self.holders if holder.term == "now"]


def places(country: Country) -> None:
    """Areas and schools as rows, and the numbers that networks and groups are to have."""
    areas = {}
    # A place has the number of another of another kind that is not its own: a kind that is forgotten opens that one.
    numbers = itertools.count(7_000_000, -1)
    for name, (kind, wider) in tenancy.PLACES.items():
        if kind == "installation":
            country.scopes[name] = INSTALLATION
        elif kind == "area":
            areas[name] = factories.area(f"Area {name}", pk=next(numbers))
            country.scopes[name] = Scope(ScopeKind.AREA, areas[name].pk)
        elif kind == "organisation":
            given = {"pk": areas["A"].pk} if name == "school 4" else {}
            made = factories.school(areas[wider], name=name, **given)
            country.scopes[name] = Scope(ScopeKind.ORGANISATION, made.pk)
        else:
            country.scopes[name] = Scope(ScopeKind(kind), 0)
    for name, (kind, _wider) in tenancy.PLACES.items():
        if kind in ("network", "sub-group"):
            area = {"1": "B", "2": "A", "3": "shares"}[name[-1]]
            country.scopes[name] = Scope(ScopeKind(kind), areas[area].pk)
    plans = {name: _named(_plan(area)) for name, area in areas.items()}
    country.things["plan to change"] = dict(plans)
    _plan(areas["shares"])  # another of its plans, which the first can be compared with
    for name in ("A", "shares"):
        draft = _plan(areas[name])
        Plan.objects.filter(pk=draft.pk).update(state=PlanState.UNDECIDED)
        plans[f"{name}{tenancy.NOT_READY}"] = _named(draft)
    country.things["plan"] = plans


def _named(plan: Plan) -> dict[str, Any]:
    """A plan, and a school in it."""
    return {"pk": plan.pk, "urn": plan.members.order_by("pk")[0].organisation.urn}


def hold(role: str, scope: Scope, term: str, **fields: Any) -> RoleHolding:
    """Somebody new holds a role."""
    starts, ends, ended = {
        "now": (today() - 9 * DAY, None, None),
        "over": (today() - 9 * DAY, today() - DAY, None),
        "ended": (today() - 9 * DAY, None, timezone.now()),
        "to come": (today() + DAY, None, None),
    }[term]
    person = factories.person(**fields)
    return RoleHolding.objects.create(
        person=person,
        role=Role(role),
        scope_kind=scope.kind,
        scope_id=scope.id,
        starts=starts,
        ends=ends,
        ended_at=ended,
    )


def invite(scope: Scope, role: str) -> Invitation:
    """Somebody new is invited."""
    return Invitation.objects.create(
        email=f"{uuid4().hex}@example.org",
        name="Asked",
        role=Role(role),
        scope_kind=scope.kind,
        scope_id=scope.id,
        expires_at=timezone.now() + DAY,
    )


def hand_over(holding: RoleHolding) -> HandOver:
    """A holder names somebody who follows."""
    asked = invite(holding.scope, holding.role)
    return HandOver.objects.create(holding=holding, invitation=asked, last_day=today() + DAY)


def job(person: Person, scope: Scope) -> Job:
    """A long task that somebody started."""
    return Job.objects.create(
        kind="networks.plan", title="A task", scope_kind=scope.kind, scope_id=scope.id, started_by=person
    )


def people(country: Country) -> None:
    """Somebody in every role at its home for every kind of term, and somebody else at each place."""
    for role, (kinds, _permissions) in tenancy.ROLES.items():
        for kind in kinds:
            home = tenancy.HOMES[kind]
            for term in TERMS:
                holding = hold(role, country.scopes[home], term)
                person = holding.person
                work, old = job(person, country.scopes[home]), job(person, country.scopes["B"])
                country.holders.append(
                    Holder(role, home, term, person, holding, work, old, hand_over(holding))
                )
    found: dict[str, dict[str, Any]] = {kind: {} for kind in ("role", "invitation", "hand-over", "job")}
    for name, scope in country.scopes.items():
        if name in tenancy.NEIGHBOURS:
            continue  # these differ from B in what they share, and in nothing else
        role = ROLE_AT[scope.kind.value]
        holding = hold(role, scope, "now")
        found["role"][name] = {"pk": holding.pk}
        found["invitation"][name] = {"pk": invite(scope, role).pk}
        found["hand-over"][name] = {"pk": hand_over(holding).pk}
        found["job"][name] = {"pk": job(holding.person, scope).pk}
    country.things |= found
    country.things["role to change"] = found["role"]
    country.things["elsewhere"] = {"nowhere": {}}
    country.things["place to invite to"] = {
        name: {"pk": str(scope)} for name, scope in country.scopes.items() if name not in tenancy.NEIGHBOURS
    }
    country.things["place to invite to"]["nowhere"] = {"pk": "area:999999999"}


def shares(country: Country) -> None:
    """Every state of sharing."""
    found = {}
    for name, (of, to) in tenancy.SHARINGS.items():
        starts, ends, taken_back = {
            "took back": (today() - 9 * DAY, today() + 9 * DAY, timezone.now()),
            "shared once": (today() - 9 * DAY, today() - DAY, None),
            "will share": (today() + DAY, today() + 9 * DAY, None),
        }.get(name, (today(), today() + 9 * DAY, None))
        owner, other = country.scopes[of], country.scopes[to]
        row = Sharing.objects.create(
            scope_kind=owner.kind,
            scope_id=owner.id,
            to_kind=other.kind,
            to_id=other.id,
            dataset="networks.plans",
            purpose="to compare",
            starts=starts,
            ends=ends,
            taken_back_at=taken_back,
            open=taken_back is None,
        )
        found[name] = {"pk": row.pk}
    country.things["sharing"] = country.things["sharing to take back"] = found


def records(country: Country) -> None:
    """A head of each chain."""
    chains = {n: s for n, s in country.scopes.items() if s.kind in (ScopeKind.AREA, ScopeKind.INSTALLATION)}
    school = country.holders[0].person
    for scope in chains.values():
        audit.record("country.made", by=None, target=school, scope=scope)
    seal()
    found = {}
    for name, scope in chains.items():
        newest = heads_of(scope).first()
        assert newest is not None
        found[name] = {"kind": scope.kind.value, "number": str(scope.id), "size": str(newest.size)}
    country.things["record"] = country.things["record to read"] = found


def build() -> Country:
    """The whole country."""
    country = Country()
    places(country)
    country_networks.networks(country)
    country_networks.areas(country)
    people(country)
    shares(country)
    records(country)
    country_surveys.waves(country)
    country_networks.crossed(country)
    for _ in range(2):
        kept = RegisterImport.objects.create(file_name="a.csv", digest="0" * 64, state=ImportState.CHECKED)
    country.things["import"] = {"everything": {"pk": kept.pk}}
    charity = factories.school(None, kind=Kind.CHARITY, urn=None, phase="")
    school = factories.school(None)
    country.things["public"] = {
        "B": {"pk": country.scopes["B"].id, "urn": school.urn, "organisation": charity.pk}
    }
    return country
