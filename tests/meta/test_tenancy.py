"""Every view × every role × its own thing, one of the same network, of another network, of another area, and nobody.

The answers are those of the tables in `tenancy`, written by hand; a check or a filter that is taken out of any view
or any function of an `access` room is noticed.
"""

from __future__ import annotations

import itertools
import os
import random
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import DESCRIPTIONS
from isthmus.apps.core import seeing
from isthmus.apps.core.access import requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from tests.meta import asking, country, mutants, tenancy

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(db: None) -> country.Country:
    return country.build()


def complaints(
    land: country.Country,
    holders: list[Any],
    only: set[str] | None = None,
    places: set[str] | None = None,
    views: dict[str, Any] | None = None,
) -> Iterator[str]:
    """Every answer that is not that of the tables."""
    found = asking.views()
    others = {
        kind: frozenset(things["pk"] for things in land.things[kind].values())
        for kind in asking.LISTS.values()
    }
    if only is None or "networks:plans" in only:
        yield from _data(land, holders)
    with asking.undrawn() as drawn:
        for question in asking.questions(land, holders, only, places):
            view = (views or {}).get(question.address) or found[question.address][0]
            answer, want = asking.ask(view, question, drawn), asking.expected(question)
            if answer.outcome != want:
                yield f"{question}: {answer.outcome}, not {want}"
            rows = asking.expected_rows(land, question) if want == asking.OPEN else None
            if rows is not None:
                shown = (answer.listed or frozenset()) & others[asking.LISTS[question.address]]
                if shown != rows:
                    yield f"{question}: lists {len(shown - rows)} too many and {len(rows - shown)} too few"


def _data(land: country.Country, holders: list[Any]) -> Iterator[str]:
    """What `may_see` opens of plans to somebody who asks without a page."""
    areas = {name: scope for name, scope in land.scopes.items() if scope.kind == ScopeKind.AREA}
    for who in filter(None, holders):
        person = Person.objects.get(pk=who.person.pk)
        shown = {name for name, scope in areas.items() if seeing.may_see(person, "networks.plans", scope)}
        here = who.term == "now"
        want = {name for name in areas if here and tenancy.reaches(who.role, who.home, "plan", name)}
        if shown != want:
            yield f"{who}: may see plans of {shown}, not {want}"


def noticed(*asked: Any) -> bool:
    """Whether anything complains. A page that breaks is noticed, too: it went on where it should have stopped."""
    try:
        return next(complaints(*asked), None) is not None
    except Exception:
        return True


def test_the_tables_name_every_role_permission_and_address() -> None:
    held = {
        role.value: (tuple(kind.value for kind in ScopeKind if kind in text.held_on), set(text.permissions))
        for role, text in DESCRIPTIONS.items()
    }
    assert {role: set(kinds) for role, (kinds, _p) in tenancy.ROLES.items()} == {
        role: set(kinds) for role, (kinds, _p) in held.items()
    }, "say in tests/meta/tenancy.py where each role is held"
    assert {role: may for role, (_k, may) in tenancy.ROLES.items()} == {
        role: {p.value for p in may} for role, (_k, may) in held.items()
    }, "say in tests/meta/tenancy.py what each role may do"
    assert {p for _k, may in tenancy.ROLES.values() for p in may} == set(Permission)
    known = set(tenancy.ADDRESSES) | tenancy.PUBLIC | tenancy.OWN_ACCOUNT
    assert known == set(asking.views()), (
        "say in tests/meta/tenancy.py who opens each address, and what it names"
    )


def test_every_role_reaches_what_the_table_says_and_nothing_else(land: country.Country) -> None:
    assert len({holder.role for holder in land.now()}) == 20
    assert list(complaints(land, [None, *land.now()])) == []


def test_a_role_that_is_over_or_not_begun_opens_nothing(land: country.Country) -> None:
    gone = [holder for holder in land.holders if holder.term != "now"]
    assert {holder.term for holder in gone} == {"over", "ended", "to come"}
    assert list(complaints(land, gone, places={"A", "B", "school 1"})) == []


def test_whoever_is_not_signed_in_reaches_no_page_of_an_account(land: country.Country) -> None:
    found = asking.views()
    with asking.undrawn() as drawn:
        for address in sorted(tenancy.OWN_ACCOUNT):
            view, named = found[address]
            answer = asking.ask(view, asking.Question(address, None, named), drawn)
            assert answer.outcome == asking.SIGN_IN, address


# --- what is taken out is noticed ---

GUARDED = sorted(tenancy.ADDRESSES)


def test_a_view_without_its_guard_is_noticed(land: country.Country) -> None:
    low = [None, *(h for h in land.now() if h.role in ("governor", "clerk", "adviser", "administrator"))]
    missed = []
    for address in GUARDED:
        view = asking.views()[address][0].__wrapped__
        if not noticed(land, low, {address}, {"B"}, {address: view}):
            missed.append(address)
    assert missed == []


def test_a_view_that_asks_for_another_permission_is_noticed(land: country.Country) -> None:
    """Every view as if it declared each other permission."""
    missed = []
    for address, permission in itertools.product(GUARDED, Permission):
        right = {role for role in tenancy.ROLES if tenancy.may(role, tenancy.ADDRESSES[address][0])}
        wrong = {role for role in tenancy.ROLES if tenancy.may(role, permission)}
        if right == wrong:
            continue  # the same people hold both, so nobody could tell
        some = [h for h in land.now() if h.role in right ^ wrong][:1]
        view = requires(permission)(asking.views()[address][0].__wrapped__)
        if not noticed(land, some, {address}, {"B"}, {address: view}):
            missed.append((address, permission.value))
    assert missed == []


def seed() -> int:
    """What this run's sample is drawn from: another one each time, or the one that SWEEP_SEED gives."""
    return int(os.environ.get("SWEEP_SEED") or secrets.randbelow(10**6))


def survivors(land: country.Country, chosen: list[mutants.Mutant]) -> list[str]:
    """The planted faults that no question tells."""
    found = []
    for mutant in chosen:
        with mutant.planted():
            if not noticed(land, [None, *land.now()], mutant.addresses):
                found.append(str(mutant))
    return found


def test_a_check_or_filter_taken_out_is_noticed(land: country.Country) -> None:
    number = seed()
    every = mutants.every()
    chosen = random.Random(number).sample(every, 8)
    assert len(every) >= 20
    assert survivors(land, chosen) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_every_check_or_filter_taken_out_is_noticed(land: country.Country) -> None:
    assert survivors(land, mutants.every()) == []
