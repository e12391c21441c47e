"""Search across the product: who finds what, how it is shown, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import search
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import Kind
from tests import factories
from tests.conftest import People
from tests.meta.sweep import _plan as a_plan

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


def names(person: Person | None, text: str) -> dict[str, list[str]]:
    """What somebody finds, by kind."""
    return {g.kind.name: [found.title for found in g.results] for g in search.search(person, text)}


def named_plan(people: People, area: Any, name: str) -> Plan:
    plan = a_plan(area)
    Plan.objects.filter(pk=plan.pk).update(name=name)
    return plan


@pytest.fixture
def canaries(people: People) -> People:
    """Something private of every kind in each tenant, all called Canary."""
    at = {
        "officer": (people.officer, Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk)),
        "other_officer": (people.other_officer, Role.ADVISER, Scope(ScopeKind.AREA, people.other_area.pk)),
        "head": (people.head, Role.GOVERNOR, Scope(ScopeKind.ORGANISATION, people.school.pk)),
        "administrator": (people.administrator, Role.ADMINISTRATOR, INSTALLATION),
    }
    for who, (person, role, scope) in at.items():
        factories.person(role, scope, name=f"Canary held {who}", email=f"canary-held-{who}@example.org")
        actions.invite(
            by=person, email=f"canary-{who}@example.org", name=f"Canary asked {who}", role=role, scope=scope
        )
    named_plan(people, people.area, "Canary plan officer")
    named_plan(people, people.other_area, "Canary plan other_officer")
    return people


# Whose canaries each may see. An officer looks after the people of the area's schools, an administrator after areas'.
SEES = {
    "anonymous": set(),
    "head": {"held head", "asked head"},
    "officer": {"held officer", "asked officer", "plan officer", "held head", "asked head"},
    "other_officer": {"held other_officer", "asked other_officer", "plan other_officer"},
    "administrator": {
        f"{what} {who}" for what in ("held", "asked") for who in ("administrator", "officer", "other_officer")
    },
}


@pytest.mark.parametrize("who", SEES)
def test_nobody_finds_what_they_may_not_see(canaries: People, client_for: ClientFor, who: str) -> None:
    person = canaries.by_name()[who]
    client, every = client_for(person), set().union(*SEES.values())
    assert len(every) == 10
    asked = ["?q=canary", "?q=CANARY+plan", "?q=canary-held", "?q=canary&kind=pages"]
    asked += [f"?q=canary&kind={kind.name}" for kind in search.kinds()]
    text = "".join(client.get(f"/search/{query}").content.decode() for query in asked)
    assert {one for one in every if f"Canary {one}<" in text} == SEES[who]
    found = {title for titles in names(person, "canary").values() for title in titles}
    assert found == {f"Canary {one}" for one in SEES[who]}


def test_each_result_opens_for_who_found_it(canaries: People, client_for: ClientFor) -> None:
    for person in (canaries.officer, canaries.head, canaries.administrator):
        client = client_for(person)
        for text in ("canary", "plan", "school", "area", "people", "e"):
            for group in search.search(person, text):
                for result in group.results:
                    assert client.get(result.url).status_code == 200, result


def test_schools_trusts_and_areas_are_found_by_the_words_of_the_register(people: People) -> None:
    trust = factories.school(
        None, kind=Kind.TRUST, urn=None, group_uid="77", name="Lantern Trust", search=" lantern trust"
    )
    school = factories.school(
        people.area, name="St Mary", search=" st mary ferry so15 2ab", trust=trust, town="Ferry"
    )
    factories.school(people.area, name="Old St Mary", search=" old st mary", sort_name="old st mary")
    assert names(people.head, "saint mary")["schools"] == ["St Mary", "Old St Mary"], "begins with it first"
    assert names(people.head, "so15")["schools"] == ["St Mary"]
    found = names(people.head, "lantern")
    assert (found["organisations"], found["schools"]) == (["Lantern Trust"], ["St Mary"])
    assert names(people.head, people.area.name)["areas"] == [people.area.name]
    assert names(None, "mary") == {}
    assert names(factories.person(), "mary") == {}, "somebody without a role sees no register"
    (group,) = search.search(people.head, "so15")
    assert group.results[0].url == reverse("register:school", args=[school.urn])
    assert group.results[0].hint == f"Primary, Ferry, {people.area.name}, fictional"


def test_pages_are_found_by_those_who_may_open_them(people: People) -> None:
    assert "Invite somebody" in names(people.officer, "invite")["pages"]
    assert "pages" not in names(None, "invite")
    assert names(None, "cookies")["pages"] == ["Cookies"]
    assert "pages" not in names(people.officer, "register files")
    assert "Register files" in names(people.administrator, "register")["pages"]


def test_help_is_found_by_everybody_by_any_of_its_words(people: People, client_for: ClientFor) -> None:
    page = client_for(None).get("/search/?q=recovery").content.decode()
    assert "/help/#signing-in" in page
    assert 'id="signing-in"' in client_for(None).get("/help/").content.decode()


def test_a_kind_has_pages_and_says_how_many_there_are(people: People, client_for: ClientFor) -> None:
    for number in range(45):
        named_plan(people, people.area, f"Marsh {number:02d}")
    client = client_for(people.officer)
    page = client.get("/search/?q=marsh").content.decode()
    assert page.count("Marsh ") == 5
    assert "Plans (45)" in page
    assert "?q=marsh&amp;kind=plans" in page
    seen: list[str] = []
    for number in (1, 2, 3):
        context = client.get(f"/search/?q=marsh&kind=plans&page={number}").context
        seen += [result.title for result in context["one"].results]
    assert sorted(seen) == [f"Marsh {number:02d}" for number in range(45)]
    past = client.get("/search/?q=marsh&kind=plans&page=99").context["one"]
    assert [r.title for r in past.results] == ["Marsh 04", "Marsh 03", "Marsh 02", "Marsh 01", "Marsh 00"]


@pytest.mark.parametrize("text", ["", "   ", "zzzz", "%", "_", "'", "\\", "é", "<b>", "x" * 500, "q " * 50])
def test_what_nobody_means_is_no_error(people: People, client_for: ClientFor, text: str) -> None:
    named_plan(people, people.area, "Oak")
    for kind in ("", "plans", "schools", "unknown"):
        response = client_for(people.officer).get("/search/", {"q": text, "kind": kind})
        assert response.status_code == 200
        assert "Oak" not in response.content.decode()


def test_every_page_leads_to_search(client: Client, people: People, client_for: ClientFor) -> None:
    for page in ("/", "/sign-in/", "/nowhere/", "/cookies/"):
        assert 'action="/search/"' in client.get(page).content.decode(), page
    assert client_for(people.head).get("/search/").content.decode().count('role="search"') == 1


def test_it_costs_the_same_for_one_result_and_for_three(
    people: People, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    client, scope = client_for(people.officer), Scope(ScopeKind.AREA, people.area.pk)
    numbers: Iterator[int] = iter(range(99))

    def one_of_each() -> None:
        number = next(numbers)
        named_plan(people, people.area, f"Marsh {number}")
        factories.person(Role.ADVISER, scope, name=f"Marsh {number}")
        factories.school(people.area, name=f"Marsh {number}", search=" marsh")
        factories.school(people.area, kind=Kind.CHARITY, urn=None, name=f"Marsh {number}", search=" marsh")
        factories.area(f"Marsh {number}")
        actions.invite(
            by=people.officer, email=f"m{number}@example.org", name="Marsh", role=Role.ADVISER, scope=scope
        )

    assert list_query_count(one_of_each, lambda: client.get("/search/?q=marsh")) < 40
    assert len(search.search(people.officer, "marsh")) == 6
