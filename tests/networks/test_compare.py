"""Two plans, or a plan and today's networks, side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from isthmus.apps.networks import actions
from isthmus.apps.networks.actions import workbench
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.adapters.compare import compared
from isthmus.apps.networks.adapters.plans import problem_of_plan
from isthmus.apps.networks.models import Layer, LayerKind, MemberRole, Plan, ProposedMember
from isthmus.apps.networks.queries.layers import groups_of_plan
from tests.conftest import People

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]


@pytest.fixture
def two(people: People, twelve_schools: list[Any], worked_out: Ask) -> tuple[Plan, Plan]:
    """The same plan twice, the second with two primaries of far towns exchanged."""
    first, second = worked_out(), worked_out(name="October")
    one, other = twelve_schools[1], twelve_schools[5]
    to = ProposedMember.objects.select_related("network").get(plan=second, organisation=other).network
    assert to is not None
    workbench.move(by=people.officer, plan=second, base=0, school=one.urn, to=to.number, instead=other.urn)
    return first, second


@pytest.fixture
def layer(people: People, twelve_schools: list[Any]) -> Layer:
    """Today's networks: the first six schools are in one, one of them in a second as well."""
    people.area.fictional = True
    people.area.save()
    made = actions.keep_layer(
        by=None,
        area=people.area,
        layer=None,
        name="Localities",
        kind=LayerKind.LOCALITY,
        for_every_school=True,
    )
    for name, schools in (("East", twelve_schools[:6]), ("West", twelve_schools[5:7])):
        network = actions.found_network(by=None, layer=made, details=Details(name))
        for school in schools:
            actions.join(by=None, network=network, organisation=school, role=MemberRole.MEMBER, since=None)
    return made


def test_costs_are_those_of_the_method_itself(two: tuple[Plan, Plan]) -> None:
    from isthmus.methods.formation.explaining import compare

    first, second = two
    told = compared(first, groups_of_plan(first), groups_of_plan(second))
    shifts = compare(
        problem_of_plan(first),
        [urns for _name, urns in groups_of_plan(first)],
        [urns for _name, urns in groups_of_plan(second)],
    )
    for shift in shifts:
        before, after = told.schools[shift.school]
        assert (before.share, after.share) == (pytest.approx(shift.before), pytest.approx(shift.after))
    second.refresh_from_db()
    assert told.objectives == (pytest.approx(first.objective), pytest.approx(second.objective))


def test_pairs_kept_and_journeys(two: tuple[Plan, Plan], twelve_schools: list[Any]) -> None:
    told = compared(two[0], groups_of_plan(two[0]), groups_of_plan(two[1]))
    # Of three networks of four, two lose one school each: 3 of their 6 pairs stay, and 6 of the third.
    assert (told.pairs, told.kept) == ((18, 18), 12)
    before, after = told.schools[twelve_schools[1].urn]
    assert before.km is not None
    assert after.km is not None
    assert after.km > before.km + 40


def test_the_page_compares_with_today(
    client_for: Callable[..., Any], people: People, two: tuple[Plan, Plan], layer: Layer
) -> None:
    client, url = client_for(people.officer), reverse("networks:compare", args=[two[0].pk])
    first = client.get(url).content.decode()
    assert "Today’s networks: Localities" in first
    assert "The plan ‘October’" in first
    page = client.get(url, {"with": f"layer:{layer.pk}"}).content.decode()
    assert "1 place of schools that are in more than one of these networks is left out" in page
    assert "no network" in page
    page = client.get(
        url, {"with": f"plan:{two[1].pk}", "show": "moved", "sort": "-further"}
    ).content.decode()
    assert "8 schools" in page
    nearer = client.get(url, {"with": f"plan:{two[1].pk}", "show": "moved", "q": "nobody"}).content.decode()
    assert "No school fits" in nearer


def test_the_file_says_the_same(
    client_for: Callable[..., Any], people: People, two: tuple[Plan, Plan], twelve_schools: list[Any]
) -> None:
    client = client_for(people.officer)
    url = reverse("networks:compare_file", args=[two[0].pk, "csv"])
    answer = client.get(url, {"with": f"plan:{two[1].pk}"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    row = next(row for row in rows if row["URN"] == twelve_schools[1].urn)
    assert row["Network before"] != row["Network after"]
    assert row["Partners kept"] == "0"
    two[1].delete()
    assert client.get(url).status_code == 404  # nothing is left to compare with


def test_what_one_may_not_see_is_not_there(
    client_for: Callable[..., Any], people: People, two: tuple[Plan, Plan], layer: Layer
) -> None:
    url = reverse("networks:compare", args=[two[0].pk])
    assert client_for(people.other_officer).get(url).status_code == 404
    foreign = actions.keep_layer(
        by=None,
        area=people.other_area,
        layer=None,
        name="Far",
        kind=LayerKind.LOCALITY,
        for_every_school=True,
    )
    for wanted in (f"layer:{foreign.pk}", "plan:999999", "x"):
        assert client_for(people.officer).get(url, {"with": wanted}).status_code == 404
