"""Pages of schools, areas and other organisations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.register.models import Dataset, Kind, Link, LinkKind, Organisation, Phase, Status
from isthmus.apps.register.queries import geography_attribution
from tests import factories
from tests.conftest import People
from tests.register.support import searchable

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people: People, client_for: Callable[..., Client]) -> Client:
    return client_for(people.officer)


def test_the_list_finds_filters_and_counts(officer: Client, people: People) -> None:
    searchable(people.area, name="St Botolph Church of England Primary School", town="Marchport", pupils=0)
    searchable(people.area, name="The Marchport School", phase=Phase.SECONDARY)
    page = officer.get(reverse("register:schools"), {"q": "c of e marchport"})
    assert "St Botolph" in page.text
    assert "1 school<" in page.text
    assert "The Marchport School" not in page.text
    page = officer.get(reverse("register:schools"), {"phase": "secondary", "area": people.area.pk})
    assert "The Marchport School" in page.text
    assert "St Botolph" not in page.text


def test_a_missing_number_is_said_and_a_zero_is_a_zero(officer: Client, people: People) -> None:
    searchable(people.area, name="Empty School", pupils=0)
    searchable(people.area, name="Unknown School", pupils=None)
    cells = officer.get(reverse("register:schools"), {"sort": "name"}).text
    empty, unknown = cells.split("Empty School")[1], cells.split("Unknown School")[1]
    assert ">0<" in empty.split("</tr>")[0].replace("\n", "").replace(" ", "")
    assert "not available" in unknown.split("</tr>")[0]


def test_pagination_and_sorting_remember_what_was_asked(officer: Client, people: People) -> None:
    for number in range(60):
        searchable(people.area, name=f"Quay School {number:02d}", pupils=number)
    page = officer.get(reverse("register:schools"), {"q": "quay", "sort": "-pupils", "page": "2"})
    assert "Quay School 09" in page.text
    assert "q=quay&amp;sort=-pupils&amp;page=1" in page.text
    assert "60 schools" in page.text


@pytest.mark.parametrize("area", ["x", "²", "9" * 30, "-1", "1 OR 1"])
def test_strange_filters_are_no_error(officer: Client, people: People, area: str) -> None:
    searchable(people.area, name="Some School")
    strange = {
        "area": area,
        "trust": "99999999999999999999",
        "phase": "%27",
        "faith": "<b>",
        "status": "?",
        "page": "-1",
    }
    page = officer.get(reverse("register:schools"), strange)
    assert page.status_code == 200
    assert "<b>" not in page.text


def test_the_export_keeps_leading_zeros_and_makes_no_formula(officer: Client, people: People) -> None:
    searchable(people.area, name="=cmd|' /C calc'!A0", pupils=None)
    answer = officer.get(reverse("register:schools_export"), {"q": "cmd"})
    text = answer.content.decode("utf-8-sig")
    assert text.startswith("URN,Name,State")
    assert ",'=cmd" in text
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_school_shows_facts_with_date_and_source(officer: Client, people: People) -> None:
    factories_dataset = Dataset.objects.create(
        code="census",
        title="School census",
        date="2023-01-19",
        published="2023-06-01",
        licence="OGL",
        attribution="x",
    )
    school = searchable(
        people.area, name="Fact School", pupils=120, provenance={"pupils": factories_dataset.code}
    )
    text = officer.get(reverse("register:school", args=[school.urn])).text
    assert "19 January 2023. School census" in text
    assert "120" in text
    assert text.count("not available") > 5
    assert "Fictional." in text


def test_a_school_shows_one_history_and_its_namesakes(officer: Client, people: People) -> None:
    school = searchable(people.area, name="Twice Named School")
    gone = searchable(people.area, name="Old School", status=Status.CLOSED)
    twin = searchable(people.other_area, name="Twice Named School")
    Link.objects.create(predecessor_urn=gone.urn, successor_urn=school.urn, kind=LinkKind.SUCCESSION)
    text = officer.get(reverse("register:school", args=[school.urn])).text
    assert "Old School" in text
    assert "Other schools with this name" in text
    assert "replaced by" in text
    assert f"URN {twin.urn}" in text
    assert "Closed" in officer.get(reverse("register:school", args=[gone.urn])).text


def test_a_trust_shows_its_schools_and_a_school_by_key_leads_to_its_page(
    officer: Client, people: People
) -> None:
    trust = Organisation.objects.create(
        kind=Kind.TRUST, name="A Trust", group_uid="F1", sort_name="a trust", search=""
    )
    school = searchable(people.area, name="Member School", trust=trust)
    text = officer.get(reverse("register:organisation", args=[trust.pk])).text
    assert "Member School" in text
    assert "group UID F1" in text
    answer = officer.get(reverse("register:organisation", args=[school.pk]))
    assert answer.url == reverse("register:school", args=[school.urn])


def test_an_area_counts_by_phase_and_draws_its_schools(officer: Client, people: People) -> None:
    searchable(people.area, name="One", latitude=None, longitude=None, phase=Phase.SECONDARY)
    text = officer.get(reverse("register:area", args=[people.area.pk])).text
    assert "2 open schools, 1 of them with a place on the map" in text
    assert "Secondary" in text
    points = officer.get(reverse("register:area_schools", args=[people.area.pk])).json()
    assert [feature["properties"]["urn"] for feature in points["features"]] == [people.school.urn]
    assert points["features"][0]["properties"]["url"] == reverse("register:school", args=[people.school.urn])
    for name in ("area_boundary", "area_places"):
        assert (
            officer.get(reverse(f"register:{name}", args=[people.area.pk])).json()["type"]
            == "FeatureCollection"
        )


def test_the_day_of_an_inspection_is_in_words(officer: Client, people: People) -> None:
    school = searchable(people.area, name="Seen School", measures={"inspection_date": "2019-03-05"})
    text = officer.get(reverse("register:school", args=[school.urn])).text
    assert "5 March 2019" in text
    assert "2019-03-05" not in text


def test_an_area_names_the_source_of_its_map_once_and_that_of_its_schools(
    officer: Client, settings: Any
) -> None:
    area = factories.area(name="Hampshire")
    searchable(area, name="One", latitude=51.1, longitude=-1.2, fictional=False, urn="115850")
    text = officer.get(reverse("register:area", args=[area.pk])).text
    page, footer = text.split("<footer")
    assert page.count(geography_attribution()) == 1
    assert geography_attribution() not in footer
    assert settings.ATTRIBUTION in footer


def test_unknown_things_are_not_found(officer: Client) -> None:
    for url in (
        reverse("register:school", args=["123456"]),
        reverse("register:organisation", args=[10**9]),
        reverse("register:area", args=[10**9]),
    ):
        assert officer.get(url).status_code == 404


def test_the_list_of_areas_can_be_searched(officer: Client, people: People) -> None:
    text = officer.get(reverse("register:areas"), {"q": people.area.name}).text
    assert people.area.name in text
    assert officer.get(reverse("register:areas"), {"q": "nowhere"}).text.count("No area has") == 1


@pytest.mark.parametrize("name", ["schools", "areas", "schools_export"])
def test_lists_cost_the_same_number_of_queries(
    name: str, officer: Client, people: People, list_query_count: Callable[..., int]
) -> None:
    trust = Organisation.objects.create(kind=Kind.TRUST, name="T", group_uid="F2", sort_name="t", search="")

    def make() -> Any:
        return searchable(factories.area(), name="Row School", trust=trust)

    assert list_query_count(make, lambda: officer.get(reverse(f"register:{name}"))) <= 12


def test_the_page_of_a_trust_costs_the_same_number_of_queries(
    officer: Client, people: People, list_query_count: Callable[..., int]
) -> None:
    trust = Organisation.objects.create(kind=Kind.TRUST, name="T", group_uid="F2", sort_name="t", search="")
    url = reverse("register:organisation", args=[trust.pk])
    list_query_count(lambda: searchable(factories.area(), name="Row", trust=trust), lambda: officer.get(url))
