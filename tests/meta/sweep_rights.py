"""The sweep's part for people's rights: requests, legal holds, copies and leaving schools, with whose each is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from isthmus.apps.accounts.rights.models import (
    Bundle,
    Leaving,
    LegalHold,
    Restriction,
    Right,
    SubjectRequest,
    first_purge_day,
)
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from tests import factories
from tests.conftest import People
from tests.meta.sweep import POST_ONLY, Arguments, World, names

POST_ONLY |= {
    "accounts:withdraw_request",
    "accounts:save_copy",
    "accounts:rights_make_copy",
    "accounts:leaving_copy",
}


def build(people: People) -> None:
    """Of every right a request that waits in each scope; each person's own, with a copy; a hold; a leaving school."""
    scopes = (
        INSTALLATION,
        Scope(ScopeKind.AREA, people.area.pk),
        Scope(ScopeKind.AREA, people.other_area.pk),
    )
    for scope in scopes:
        for right in Right:
            asked = _request(scope, right, f"{right.value}-{scope.id}@example.org")
            if right == Right.RESTRICT:
                Restriction.objects.create(email=asked.email, request=asked)
            if right == Right.ERASE:  # so that a POST of the sweep erases nothing
                LegalHold.objects.create(
                    scope_kind=scope.kind, scope_id=scope.id, email=asked.email, reason="A claim"
                )
    for person in (people.officer, people.other_officer, people.head, people.administrator):
        asked = _request(INSTALLATION, Right.COPY, person.email, person=person)
        Bundle.objects.create(request=asked, file=f"{person.pk}.zip", size=1, keep_until=today())
    for school in (people.school, factories.school(people.area), factories.school(people.other_area)):
        Leaving.objects.create(
            scope_kind=ScopeKind.ORGANISATION, scope_id=school.pk, reason="x", purge_from=first_purge_day()
        )


def _request(scope: Scope, right: Right, email: str, **given: Any) -> SubjectRequest:
    return SubjectRequest.objects.create(
        scope_kind=scope.kind,
        scope_id=scope.id,
        right=right,
        email=email,
        name="Somebody",
        due_on=today() + timedelta(days=30),
        **given,
    )


def _scope(world: World, who: str, *, own: bool) -> Scope:
    """Where the person deals with requests; or where somebody else does."""
    here = Scope(ScopeKind.AREA, world.people.area.pk)
    there = Scope(ScopeKind.AREA, world.people.other_area.pk)
    mine = {"administrator": INSTALLATION, "other_officer": there}.get(who, here)
    return mine if own else here if mine != here else there


def _of_right(right: Right, *, own: bool) -> Callable[[World, str], Arguments]:
    def find(world: World, who: str) -> Arguments:
        scope = _scope(world, who, own=own)
        found = SubjectRequest.objects.filter(
            scope_kind=scope.kind, scope_id=scope.id, right=right, person=None
        )
        return {"pk": found.get().pk}

    return find


def _hold(*, own: bool) -> Callable[[World, str], Arguments]:
    def find(world: World, who: str) -> Arguments:
        scope = _scope(world, who, own=own)
        return {"pk": LegalHold.objects.get(scope_kind=scope.kind, scope_id=scope.id).pk}

    return find


def _own_request(world: World, who: str) -> SubjectRequest:
    person = world.people.by_name()[who] or world.people.officer
    return SubjectRequest.objects.get(person=person)


def _not_mine(who: str) -> str:
    return "head" if who != "head" else "officer"


def _leaving(*, own: bool) -> Callable[[World, str], Arguments]:
    def find(world: World, who: str) -> Arguments:
        here = Leaving.objects.get(scope_id=world.people.school.pk)
        others = Leaving.objects.exclude(pk=here.pk).order_by("scope_id")
        beside, there = others[0], others[1]
        mine = there if who == "other_officer" else here
        strange = {"officer": there, "head": beside}.get(who, here)
        return {"pk": (mine if own else strange).pk}

    return find


for _address, _right in {
    "rights_request": Right.OBJECT,
    "rights_extend": Right.OBJECT,
    "rights_answer": Right.OBJECT,
    "rights_put_right": Right.RECTIFY,
    "rights_restrict": Right.RESTRICT,
    "rights_lift": Right.RESTRICT,
    "rights_erase": Right.ERASE,
    "rights_make_copy": Right.COPY,
}.items():
    names(f"accounts:{_address}", own=_of_right(_right, own=True), other=_of_right(_right, own=False))
names("accounts:hold", own=_hold(own=True), other=_hold(own=False))
names(
    "accounts:own_request",
    "accounts:withdraw_request",
    own=lambda world, who: {"pk": _own_request(world, who).pk},
    other=lambda world, who: {"pk": _own_request(world, _not_mine(who)).pk},
)
names(
    "accounts:save_copy",
    own=lambda world, who: {"pk": _own_request(world, who).bundles.get().pk},
    other=lambda world, who: {"pk": _own_request(world, _not_mine(who)).bundles.get().pk},
)
names("accounts:ask_right", own=lambda world, who: {"right": "erase"}, other=lambda world, who: None)
names(
    "accounts:leaving",
    "accounts:leaving_copy",
    "accounts:stop_leaving",
    "accounts:purge",
    own=_leaving(own=True),
    other=_leaving(own=False),
)
