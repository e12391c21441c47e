"""Every address of the product, with an object of one's own and one of somebody else's for those that name one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit
from isthmus.apps.core.access import PUBLIC, SIGNED_IN, declared
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import Job, Sharing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.queries import heads_of
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.sealing import seal
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import Plan, PlanState, ProposedMember, ProposedNetwork
from isthmus.apps.register.models import Area, ImportState, Kind, Organisation, RegisterImport
from tests import factories
from tests.conftest import People

# Only a POST does something there; a GET is 405.
POST_ONLY = {"core:job_cancel", "core:record_events_export", "accounts:sign_out", "demonstration:sign_in"}
POST_ONLY |= {
    "needs:competition_estimate",
    "surveys:questions",
    "surveys:reader_school",
    "surveys:link_questions",
}
POST_ONLY |= {"mfa_login_webauthn", "openid_connect_login", "sign_in_start_again", "sign_in_devices_end"}
# Steps of signing in: where one stands before or past the step, a GET leads to the step that is due.
STEPS = {
    "account_request_login_code",
    "account_confirm_login_code",
    "account_login",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "mfa_authenticate",
}
# Open to everybody, yet they answer 404 here: no token is set for the figures.
CLOSED = {"metrics"}


@dataclass(frozen=True)
class Address:
    """A named address and what its view declares."""

    name: str
    access: Permission | str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """One address as one person asks for it; `own` is False where it names somebody else's object."""

    address: Address
    who: str
    url: str
    own: bool


@dataclass(frozen=True)
class World:
    """The cast and the things they own."""

    people: People
    plan: Plan
    other_plan: Plan
    jobs: dict[str, Job]
    stray_job: Job
    file: RegisterImport
    charity: Organisation


def build(people: People) -> World:
    """One thing of each kind for each owner."""
    from tests.meta import (
        sweep_consultation,
        sweep_needs,
        sweep_networks,
        sweep_people,
        sweep_privacy,
        sweep_reports,
        sweep_rights,
        sweep_surveys,
        sweep_workbench,
    )

    sweep_people.build(people)
    sweep_privacy.build()
    sweep_rights.build(people)
    sweep_networks.build(people)
    sweep_consultation.build(people)
    sweep_needs.build(people)
    sweep_surveys.build(people)
    sweep_reports.build(people)
    jobs = {name: _job(person) for name, person in people.by_name().items() if person}
    for area in (people.area, people.other_area):
        Sharing.objects.create(
            scope_kind="area",
            scope_id=area.pk,
            to_id=10**9,
            dataset="networks.plans",
            purpose="x",
            ends=today(),
        )
    audit.record("area.sweep", by=None, target=people.area)
    seal()  # so that each record has a head
    world = World(
        people=people,
        plan=_plan(people.area),
        other_plan=_plan(people.other_area),
        jobs=jobs,
        stray_job=_job(factories.person()),
        file=RegisterImport.objects.create(file_name="a.csv", digest="0" * 64, state=ImportState.CHECKED),
        charity=factories.school(people.area, kind=Kind.CHARITY, urn=None, phase=""),
    )
    sweep_workbench.build(world)
    return world


def _job(person: Any) -> Job:
    return Job.objects.create(
        kind="networks.plan", title="A task", scope_kind=ScopeKind.INSTALLATION, started_by=person
    )


def _plan(area: Area) -> Plan:
    choices = Choices(
        smallest=3,
        largest=5,
        phases=("primary",),
        nearness=10,
        mixed_phases=0,
        faith=0,
        faith_way="mixed",
        mixed_disadvantage=0,
        secondary_each=False,
    )
    plan = Plan.objects.create(
        owner=area,
        about=area,
        name="A plan",
        choices=choices.to_json(),
        state=PlanState.READY,
        objective=2.0,
        terms={"nearness": 2.0},
        rates={"nearness": 1.0},
        steps=10,
        seconds=0.1,
        worked_out_at=timezone.now(),
    )
    network = ProposedNetwork.objects.create(
        plan=plan, number=1, name="Network 1", size=3, mean_km=1, furthest_km=2
    )
    for _ in range(3):
        ProposedMember.objects.create(plan=plan, network=network, organisation=factories.school(area))
    return plan


Arguments = dict[str, Any] | None
# For each address that names an object: (world, who) to arguments for one that is theirs, and one that is not.
# The second is None where what is named belongs to nobody in particular, such as a school's public facts.
OBJECTS: dict[str, tuple[Callable[[World, str], Arguments], Callable[[World, str], Arguments]]] = {}


def names(
    *addresses: str, own: Callable[[World, str], Arguments], other: Callable[[World, str], Arguments]
) -> None:
    """Say whose objects these addresses name."""
    for address in addresses:
        OBJECTS[address] = (own, other)


def _nobodys(world: World, who: str) -> Arguments:
    return None


names(
    "core:job",
    "core:job_cancel",
    own=lambda world, who: {"pk": (world.jobs.get(who) or world.stray_job).pk},
    other=lambda world, who: {"pk": world.stray_job.pk},
)
names(
    "core:sharing",
    "core:sharing_take_back",
    own=lambda world, who: _sharing(world, who, own=True),
    other=lambda world, who: _sharing(world, who, own=False),
)
names(
    "networks:plan",
    "networks:plan_map",
    "networks:plan_remove",
    own=lambda world, who: {"pk": (world.other_plan if who == "other_officer" else world.plan).pk},
    other=lambda world, who: {"pk": (world.plan if who == "other_officer" else world.other_plan).pk},
)
names(
    "networks:plan_export",
    own=lambda world, who: {**(OBJECTS["networks:plan"][0](world, who) or {}), "ending": "csv"},
    other=lambda world, who: {**(OBJECTS["networks:plan"][1](world, who) or {}), "ending": "csv"},
)


def _sharing(world: World, who: str, *, own: bool) -> Arguments:
    """What the person's area shows a third one, which may take it back; or what another area shows it."""
    here = (world.people.other_area if who == "other_officer" else world.people.area).pk
    third = Scope(ScopeKind.AREA, 10**9)
    rows = Sharing.objects.filter(to_kind=third.kind, to_id=third.id)
    return {"pk": (rows.filter(scope_id=here) if own else rows.exclude(scope_id=here)).get().pk}


def _record(world: World, who: str, *, own: bool) -> dict[str, Any]:
    """The record that binds the person, or one that does not."""
    theirs = {
        "administrator": INSTALLATION,
        "other_officer": Scope(ScopeKind.AREA, world.people.other_area.pk),
    }.get(who, Scope(ScopeKind.AREA, world.people.area.pk))
    area = world.people.other_area if who in ("officer", "head", "anonymous") else world.people.area
    chain = theirs if own else Scope(ScopeKind.AREA, area.pk)
    return {"kind": chain.kind.value, "number": chain.id}


names(
    "core:record",
    own=lambda world, who: _record(world, who, own=True),
    other=lambda world, who: _record(world, who, own=False),
)
names(
    "core:record_events",
    "core:record_events_export",
    own=lambda world, who: _record(world, who, own=True),
    other=lambda world, who: _record(world, who, own=False),
)
names(
    "core:record_head",
    own=lambda world, who: _head(_record(world, who, own=True)),
    other=lambda world, who: _head(_record(world, who, own=False)),
)


def _head(record: dict[str, Any]) -> dict[str, Any]:
    newest = heads_of(Scope(ScopeKind(record["kind"]), record["number"])).first()
    assert newest is not None
    return {**record, "size": newest.size}


# Of these, what belongs to somebody else is told apart in tests/accounts: invented people have no ways in of their own.
for _way_in in ("mfa_edit_webauthn", "mfa_remove_webauthn", "sign_in_link"):
    names(_way_in, own=_nobodys, other=_nobodys)
names("openid_connect_login", "openid_connect_callback", own=_nobodys, other=_nobodys)
names("register:school", own=lambda world, who: {"urn": world.people.school.urn}, other=_nobodys)
names("register:organisation", own=lambda world, who: {"pk": world.charity.pk}, other=_nobodys)
names(
    "register:area",
    "register:area_schools",
    "register:area_boundary",
    "register:area_places",
    own=lambda world, who: {"pk": world.people.area.pk},
    other=_nobodys,
)
names("register:import", own=lambda world, who: {"pk": world.file.pk}, other=_nobodys)


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[Address]:
    """Every address of the product."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            access = declared(entry.callback)
            assert access is not None, f"{entry} declares no permission"
            assert entry.name, f"{entry} has no name"
            yield Address(f"{space}{entry.name}", access, tuple(entry.pattern.regex.groupindex))


def visits(world: World) -> Iterator[Visit]:
    """Every address × everybody × one's own object and somebody else's."""
    for address in addresses():
        for who in world.people.by_name():
            if not address.arguments:
                yield Visit(address, who, reverse(address.name), own=True)
                continue
            assert address.name in OBJECTS, f"say in tests/meta/sweep.py whose object {address.name} names"
            for own, find in zip((True, False), OBJECTS[address.name], strict=True):
                arguments = find(world, who)
                if arguments is not None:
                    yield Visit(address, who, reverse(address.name, kwargs=arguments), own=own)


def holds(world: World, who: str, access: Permission | str) -> bool:
    """Whether the person may open what declares `access`, whatever it names."""
    person = world.people.by_name()[who]
    if access == PUBLIC:
        return True
    return person is not None and (access == SIGNED_IN or person.may(Permission(access)))


def expected(world: World, visit: Visit) -> int:
    """The status of a GET, from what the view declares and whose object it is."""
    address = visit.address
    if not holds(world, visit.who, address.access):
        return 302 if visit.who == "anonymous" else 403
    if address.name in POST_ONLY:
        return 405
    return 404 if address.name in CLOSED or not visit.own else 200


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, to be compared."""
    # What a browser's own session holds between two pages, such as a challenge for its passkey, changes nothing else.
    models = [m for m in apps.get_models(include_auto_created=True) if m is not SignInSession]
    return {m._meta.label: list(m._base_manager.order_by("pk").values()) for m in models}


READS = re.compile(r"(SELECT|SAVEPOINT|RELEASE|ROLLBACK|EXPLAIN|PRAGMA|SET CONSTRAINTS)\b", re.IGNORECASE)
OF_SESSIONS = re.compile(rf'(INSERT INTO|UPDATE|DELETE FROM) "{SignInSession._meta.db_table}"', re.IGNORECASE)


@dataclass
class Watch:
    """Tells which tables changed. All rows are compared, but only once a statement was sent that may write."""

    before: dict[str, list[dict[str, Any]]] = field(default_factory=rows)
    written: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Note the statement and pass it on."""
        self.written |= not READS.match(sql) and not OF_SESSIONS.match(sql)
        return execute(sql, *rest)

    def changed(self, *, whole: bool = False) -> list[str]:
        """The tables that changed since this was asked; `whole`: whatever was sent."""
        if not (self.written or whole):
            return []
        after, before, self.written = rows(), self.before, False
        self.before = after
        return [name for name in after if after[name] != before[name]]


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch every statement sent meanwhile."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch
