"""Every view × every role × its own thing, one of the same network, of another network, of another area, and nobody.

The answers are those of the tables in `tenancy`, written by hand; a check or a filter that is taken out of any view
or any function of an `access` room is noticed.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import DESCRIPTIONS
from isthmus.apps.core import seeing
from isthmus.apps.core.access import requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import ScopeKind
from isthmus.apps.networks.access import own_consultations
from tests.meta import asking, country, mutants, tenancy

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


def complaints(
    land: country.Country,
    asked: Iterable[asking.Question],
    views: dict[str, Any] | None = None,
) -> Iterator[str]:
    """Every answer that is not that of the tables."""
    found = asking.views()
    others = {
        kind: frozenset(things["pk"] for things in land.things[kind].values())
        for kind in asking.LISTS.values()
    }
    with asking.undrawn() as drawn:
        for question in asked:
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
    """What is open, or waits, without a page of its own: plans by `may_see`, and what schools are asked."""
    areas = {name: scope for name, scope in land.scopes.items() if scope.kind == ScopeKind.AREA}
    for who in filter(None, holders):
        person = Person.objects.get(pk=who.person.pk)
        shown = {name for name, scope in areas.items() if seeing.may_see(person, "networks.plans", scope)}
        here = who.term == "now"
        want = {name for name in areas if here and tenancy.reaches(who.role, who.home, "plan", name)}
        if shown != want:
            yield f"{who}: may see plans of {shown}, not {want}"
        asked = set(own_consultations(person).values_list("organisation", flat=True))
        school = {land.scopes[who.home].id} if who.home == "school 1" else set()
        if asked != (school if here and tenancy.may(who.role, "needs.say") else set()):
            yield f"{who}: is asked for {asked}"


def noticed(found: Iterator[str]) -> bool:
    """Whether anything complains. A page that breaks is noticed, too: it went on where it should have stopped."""
    try:
        return next(found, None) is not None
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


def test_every_role_reaches_what_the_table_says_and_nothing_else(land: country.Country, number: int) -> None:
    assert len({holder.role for holder in land.now()}) == 20
    holders = [None, *land.now()]
    chosen = asking.thinned(asking.questions(land, holders), number)
    assert [*_data(land, holders), *complaints(land, chosen)] == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_every_role_reaches_what_the_table_says_at_every_place(land: country.Country) -> None:
    assert list(complaints(land, asking.questions(land, [None, *land.now()]))) == []


def gone(land: country.Country) -> Iterator[asking.Question]:
    """Everything, as asked by those whose role is over or not begun."""
    holders = [holder for holder in land.holders if holder.term != "now"]
    assert {holder.term for holder in holders} == {"over", "ended", "to come"}
    return asking.questions(land, holders, places={"A", "B", "school 1"})


def test_a_role_that_is_over_or_not_begun_opens_nothing(land: country.Country, number: int) -> None:
    chosen = asking.thinned(gone(land), number)
    assert list(complaints(land, chosen)) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_no_role_at_all_that_is_over_or_not_begun_opens_anything(land: country.Country) -> None:
    assert list(complaints(land, gone(land))) == []


def test_whoever_is_not_signed_in_reaches_no_page_of_an_account(land: country.Country) -> None:
    found = asking.views()
    with asking.undrawn() as drawn:
        for address in sorted(tenancy.OWN_ACCOUNT):
            view, named = found[address]
            answer = asking.ask(view, asking.Question(address, None, named), drawn)
            assert answer.outcome == asking.SIGN_IN, address


# --- what is taken out is noticed ---

GUARDED = sorted(tenancy.ADDRESSES)


def unguarded(land: country.Country, holders: list[Any], address: str, view: Any) -> bool:
    """Whether it is noticed that the address answers with this view."""
    asked = asking.questions(land, holders, {address}, {"B"})
    return noticed(complaints(land, asked, {address: view}))


def test_a_view_without_its_guard_is_noticed(land: country.Country) -> None:
    low = [None, *(h for h in land.now() if h.role in ("governor", "clerk", "adviser", "administrator"))]
    found = asking.views()
    assert [a for a in GUARDED if not unguarded(land, low, a, found[a][0].__wrapped__)] == []


def mistaken(land: country.Country, chosen: list[tuple[str, Permission]]) -> list[tuple[str, str]]:
    """The views that could declare another permission and nobody would tell."""
    missed = []
    for address, permission in chosen:
        right = {role for role in tenancy.ROLES if tenancy.may(role, tenancy.ADDRESSES[address][0])}
        wrong = {role for role in tenancy.ROLES if tenancy.may(role, permission)}
        if right == wrong:
            continue  # the same people hold both, so nobody could tell
        some = [h for h in land.now() if h.role in right ^ wrong][:1]
        if not unguarded(land, some, address, requires(permission)(asking.views()[address][0].__wrapped__)):
            missed.append((address, permission.value))
    return missed


def test_a_view_that_asks_for_another_permission_is_noticed(land: country.Country, number: int) -> None:
    """Every view as if it declared two other permissions."""
    draw = random.Random(number)
    chosen = [(address, other) for address in GUARDED for other in draw.sample(list(Permission), 2)]
    assert mistaken(land, chosen) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_a_view_that_asks_for_any_other_permission_is_noticed(land: country.Country) -> None:
    """Every view as if it declared each other permission."""
    assert mistaken(land, list(itertools.product(GUARDED, Permission))) == []


def reach(land: country.Country) -> mutants.Reach:
    """At which addresses each function shows: each is asked once by somebody who may, for every kind of home."""
    found, met = mutants.Reach(), set()
    views = asking.views()
    with asking.undrawn() as drawn:
        for question in asking.questions(land, land.now()):
            who = question.who
            key = question.address, who and who.home
            if key not in met and asking.expected(question) == asking.OPEN:
                met.add(key)
                with found.noting(question.address):
                    asking.ask(views[question.address][0], question, drawn)
    return found


def survivors(land: country.Country, chosen: list[mutants.Mutant], number: int) -> list[str]:
    """The planted faults that no question tells."""
    found, reached, holders = [], reach(land).addresses, [None, *land.now()]
    for mutant in chosen:
        asked = list(asking.questions(land, holders, reached[mutant.function]))
        random.Random(number).shuffle(asked)  # what tells it seldom stands first
        with mutant.planted():
            if not noticed(itertools.chain(complaints(land, asked), _data(land, holders))):
                found.append(str(mutant))
    return found


def test_a_check_or_filter_taken_out_is_noticed(land: country.Country, number: int) -> None:
    every = mutants.harmful()
    chosen = random.Random(number).sample(every, 8)
    assert len(every) >= 40
    assert set(mutants.HARMLESS) <= set(map(str, mutants.every())), "these cannot be planted any more"
    assert survivors(land, chosen, number) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_every_check_or_filter_taken_out_is_noticed(land: country.Country, number: int) -> None:
    assert survivors(land, mutants.harmful(), number) == []
