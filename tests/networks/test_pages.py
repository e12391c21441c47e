"""The pages of plans, as an officer and as others meet them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.core.models import Job
from isthmus.apps.networks.models import Plan, PlanState
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Any], Client]


def answers(people: People, **changed: Any) -> dict[str, Any]:
    """What the form sends."""
    return {
        "about": people.area.pk,
        "token": str(uuid4()),
        "name": "September",
        "owner": people.area.pk,
        "phases": ["primary", "secondary"],
        "smallest": 3,
        "largest": 5,
        "nearness": 10,
        "mixed_phases": 3,
        "mixed_disadvantage": 3,
        "faith": 0,
        "faith_way": "mixed",
        "secondary_each": "on",
        "effort": "quick",
        **changed,
    }


def test_the_list_before_the_first_plan_says_what_will_be_here(people: People, client_for: ClientFor) -> None:
    page = client_for(people.officer).get(reverse("networks:plans"))
    assert "Your plans will be here" in page.content.decode()


def test_asking_starts_one_task_and_shows_the_plan(
    people: People, twelve_schools: list[Any], client_for: ClientFor
) -> None:
    client = client_for(people.officer)
    sent = answers(people, name="  Smaller networks  ")
    for _click in range(2):
        answer = client.post(reverse("networks:plan_new"), sent)
        plan = Plan.objects.get()
        assert answer.headers["Location"] == reverse("networks:plan", args=[plan.pk])
    assert plan.name == "Smaller networks"
    assert Job.objects.count() == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Being worked out" in page
    assert "Stop this task" in page


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"name": " "}, "name", "enter a name"),
        ({"smallest": 6, "largest": 4}, "largest", "the same as the fewest, or more"),
        ({"smallest": 1}, "smallest", "at least 2 schools"),
        ({"smallest": "many"}, "smallest", "whole number"),
        ({"smallest": 7, "largest": 7}, "largest", "cannot be split into networks of 7 to 7"),
        ({"smallest": 20, "largest": 30}, "smallest", "only 12 of these schools"),
        ({"phases": []}, "phases", "at least one phase"),
        ({"nearness": 11}, "nearness", "10 or less"),
        (
            {"nearness": 0, "mixed_phases": 0, "mixed_disadvantage": 0},
            "nearness",
            "at least one thing must matter",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    people: People,
    twelve_schools: list[Any],
    client_for: ClientFor,
    changed: dict[str, Any],
    field: str,
    says: str,
) -> None:
    page = client_for(people.officer).post(reverse("networks:plan_new"), answers(people, **changed))
    assert page.status_code == 200
    assert says in " ".join(page.context["form"].errors[field])
    text = page.content.decode()
    assert "<title>Error: " in text
    assert says in text
    assert not Plan.objects.exists()


def test_an_area_of_another_officer_cannot_own_the_plan(
    people: People, twelve_schools: list[Any], client_for: ClientFor
) -> None:
    page = client_for(people.officer).post(
        reverse("networks:plan_new"), answers(people, owner=people.other_area.pk)
    )
    assert page.context["form"].errors["owner"]
    assert not Plan.objects.exists()


def test_the_plan_shows_how_good_it_is_and_every_school(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out()
    client = client_for(people.officer)
    as_list = client.get(reverse("networks:plan", args=[plan.pk])).content.decode()
    as_table = client.get(reverse("networks:plan", args=[plan.pk]), {"view": "table"}).content.decode()
    for school in twelve_schools:
        assert f"URN {school.urn}" in as_list
        assert f">{school.urn}<" in as_table
    for word in ("Objective", "Bound", "Gap"):
        assert word in as_list


def test_the_plan_page_takes_the_same_queries_for_one_network_and_three(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(people.officer)
    one = worked_out(smallest=12, largest=12, secondary_each=False)
    three = worked_out()
    assert (one.networks.count(), three.networks.count()) == (1, 3)
    for view in ("list", "table"):
        counts = []
        for plan in (one, three):
            client.get(reverse("networks:plan", args=[plan.pk]), {"view": view})
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("networks:plan", args=[plan.pk]), {"view": view})
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[0] <= 14


@pytest.mark.parametrize("view", ["list", "table"])
def test_a_network_is_found_by_its_name_a_school_or_a_urn(
    people: People,
    twelve_schools: list[Any],
    worked_out: Callable[..., Plan],
    client_for: ClientFor,
    view: str,
) -> None:
    plan = worked_out()
    client = client_for(people.officer)
    school, other = twelve_schools[0], twelve_schools[4]
    name = plan.networks.get(members__organisation=school).name
    for text in (school.name, school.urn, name):
        page = client.get(
            reverse("networks:plan", args=[plan.pk]), {"view": view, "q": text}
        ).content.decode()
        assert school.urn in page
        assert other.urn not in page
    nothing = client.get(reverse("networks:plan", args=[plan.pk]), {"view": view, "q": "no such thing"})
    assert "Nothing here has" in nothing.content.decode()


def test_a_long_list_of_networks_has_pages_and_can_be_seen_whole(
    people: People, client_for: ClientFor, worked_out: Callable[..., Plan]
) -> None:
    people.school.delete()
    for number in range(50):
        factories.school(people.area, easting=400_000 + 3000 * number, longitude=-2 + number / 20)
    plan = worked_out(smallest=2, largest=2, secondary_each=False, mixed_phases=0, mixed_disadvantage=0)
    assert plan.networks.count() == 25
    client = client_for(people.officer)
    address = reverse("networks:plan", args=[plan.pk])
    first, second, whole = (
        client.get(address, query).content.decode() for query in ({}, {"page": 2}, {"whole": 1})
    )
    assert [text.count('class="app-network"') for text in (first, second, whole)] == [20, 5, 25]


def test_files_begin_with_the_first_network_and_end_with_the_unplaced(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    factories.school(people.area, easting=None, northing=None, latitude=None, longitude=None)
    plan = worked_out()
    content = client_for(people.officer).get(reverse("networks:plan_export", args=[plan.pk, "csv"])).content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0]["Network number"] == "1"
    assert [row["Network"] for row in rows].index("not placed") == 12


def test_a_damaged_token_still_asks_once(
    people: People, twelve_schools: list[Any], client_for: ClientFor
) -> None:
    client_for(people.officer).post(reverse("networks:plan_new"), answers(people, token="odd"))
    assert Plan.objects.count() == 1


def test_the_list_takes_the_same_queries_for_one_plan_and_three(
    people: People,
    twelve_schools: list[Any],
    ask: Callable[..., Plan],
    client_for: ClientFor,
    list_query_count: Callable[..., int],
) -> None:
    client = client_for(people.officer)
    list_query_count(ask, lambda: client.get(reverse("networks:plans")))


def test_other_areas_and_heads_see_nothing_of_it(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out(name="Private thoughts")
    addresses = [
        reverse("networks:plan", args=[plan.pk]),
        reverse("networks:plan_map", args=[plan.pk]),
        reverse("networks:plan_export", args=[plan.pk, "csv"]),
        reverse("networks:plan_remove", args=[plan.pk]),
    ]
    for address in addresses:
        assert client_for(people.other_officer).get(address).status_code == 404
        assert client_for(people.head).get(address).status_code == 403
        assert client_for(None).get(address).status_code == 302
    assert client_for(people.other_officer).post(addresses[3]).status_code == 404
    assert (
        "Private thoughts"
        not in client_for(people.other_officer).get(reverse("networks:plans")).content.decode()
    )
    again = {"about": people.area.pk, "again": plan.pk}
    assert client_for(people.other_officer).get(reverse("networks:plan_new"), again).status_code == 404
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_a_plan_can_be_asked_for_again_with_what_was_chosen(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out(mixed_phases=9)
    page = client_for(people.officer).get(
        reverse("networks:plan_new"), {"about": people.area.pk, "again": plan.pk}
    )
    assert page.context["form"]["mixed_phases"].value() == 9
    assert page.context["form"]["name"].value() == "September"


def test_removing_asks_first(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out()
    client = client_for(people.officer)
    address = reverse("networks:plan_remove", args=[plan.pk])
    assert "cannot be brought back" in client.get(address).content.decode()
    assert Plan.objects.exists()
    page = client.post(address, follow=True)
    assert "was removed" in page.content.decode()
    assert not Plan.objects.exists()
    assert client.post(address).status_code == 404


def test_the_csv_holds_every_school_and_no_formula(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    school = twelve_schools[0]
    school.name = "=HYPERLINK(0)"
    school.save()
    plan = worked_out()
    content = client_for(people.officer).get(reverse("networks:plan_export", args=[plan.pk, "csv"])).content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["URN"] for row in rows} == {s.urn for s in twelve_schools}
    named = next(row for row in rows if row["URN"] == school.urn)
    assert named["School"] == "'=HYPERLINK(0)"
    unknown = next(row for row in rows if row["URN"] == twelve_schools[3].urn)
    assert unknown["Free school meals, %"] == ""
    zero = next(row for row in rows if row["URN"] == twelve_schools[4].urn)
    assert zero["Free school meals, %"] == "0.0"


def test_the_workbook_keeps_text_as_text(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    import openpyxl

    school = twelve_schools[0]
    school.name = "=1+1"
    school.save()
    plan = worked_out()
    content = client_for(people.officer).get(reverse("networks:plan_export", args=[plan.pk, "xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Schools", "Networks", "About this plan"]
    cells = [cell for row in book["Schools"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=1+1" in [cell.value for cell in cells]
    assert book["Schools"].max_row == 13
    about = dict(book["About this plan"].iter_rows(min_row=2, values_only=True))
    assert about["Plan"] == "September"
    assert "Open Government Licence" in about["Attribution"]


def test_the_geojson_says_where_each_school_is(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out()
    client = client_for(people.officer)
    data = json.loads(client.get(reverse("networks:plan_export", args=[plan.pk, "geojson"])).content)
    assert data == json.loads(client.get(reverse("networks:plan_map", args=[plan.pk])).content)
    assert len(data["features"]) == 12
    by_urn = {f["properties"]["id"]: f for f in data["features"]}
    first = by_urn[twelve_schools[0].urn]
    assert first["geometry"]["coordinates"] == [-1.4, 50.9]
    networks = {p["properties"]["network"] for p in data["features"]}
    assert networks == {1, 2, 3}


@pytest.mark.parametrize(
    "state", [PlanState.WAITING, PlanState.STOPPED, PlanState.FAILED, PlanState.UNDECIDED]
)
def test_a_plan_without_a_result_has_a_page_and_no_file(
    people: People,
    twelve_schools: list[Any],
    ask: Callable[..., Plan],
    client_for: ClientFor,
    state: PlanState,
) -> None:
    plan = ask()
    Plan.objects.filter(pk=plan.pk).update(state=state)
    client = client_for(people.officer)
    assert client.get(reverse("networks:plan", args=[plan.pk])).status_code == 200
    assert client.get(reverse("networks:plan_export", args=[plan.pk, "csv"])).status_code == 404


def test_a_plan_that_cannot_be_names_the_rules(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client_for: ClientFor
) -> None:
    plan = worked_out(smallest=2, largest=3)
    page = client_for(people.officer).get(reverse("networks:plan", args=[plan.pk])).content.decode()
    assert "These rules cannot hold together" in page


def test_the_table_leads_to_why_and_wishes_that_nobody_said_are_told(
    client_for: Callable[..., Client],
    people: People,
    twelve_schools: list[Any],
    worked_out: Callable[..., Plan],
) -> None:
    plan = worked_out(wishes=5)
    url = reverse("networks:plan", args=[plan.pk])
    page = client_for(people.officer).get(url, {"view": "table"}).content.decode()
    why = reverse("networks:plan_school", args=[plan.pk, twelve_schools[0].urn])
    assert f'href="{why}" aria-label="Why here: {twelve_schools[0].name}">Why here</a>' in page
    assert "so wishes did not count" in page
    other = reverse("networks:plan", args=[worked_out(name="Without wishes").pk])
    assert "wishes did not count" not in client_for(people.officer).get(other).content.decode()
