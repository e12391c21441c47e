"""Lists: order, count, and pages that remember what was asked."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from isthmus.apps.core.listing import Listing, Sort, listing
from isthmus.apps.register.models import Area
from tests import factories

pytestmark = pytest.mark.django_db
SORTS = {"name": Sort("Name", ("name",)), "code": Sort("Code", ("-code",))}


@pytest.fixture
def areas() -> list[Area]:
    return [factories.area(name=f"Area {n % 4}") for n in range(10)]


def asked(query: str, per_page: int = 4) -> Listing[Area]:
    return listing(
        RequestFactory().get("/areas/?" + query), Area.objects.all(), sorts=SORTS, per_page=per_page
    )


def test_pages_hold_every_row_once_though_names_repeat(areas: list[Area]) -> None:
    pages = [asked(f"page={n}") for n in (1, 2, 3)]
    shown = [row for page in pages for row in page.page]
    assert shown == sorted(areas, key=lambda a: (a.name, a.pk))
    assert {page.total for page in pages} == {10}
    assert [len(page.page) for page in pages] == [4, 4, 2]


def test_the_order_asked_for(areas: list[Area]) -> None:
    assert [a.code for a in asked("sort=code").page] == sorted((a.code for a in areas), reverse=True)[:4]
    assert asked("sort=code").sort == "code"
    assert asked("sort=password").sort == "name", "an unknown order is the usual one"


@pytest.mark.parametrize(("page", "number"), [("x", 1), ("0", 3), ("99", 3), ("-1", 3), ("2", 2)])
def test_a_page_that_is_not_there_gives_the_nearest(areas: list[Area], page: str, number: int) -> None:
    assert asked(f"page={page}").page.number == number


def test_links_keep_what_was_asked(areas: list[Area]) -> None:
    found = asked("q=st+mary%27s&phase=primary&phase=nursery&sort=code&page=2")
    for link in (found.previous_url, found.next_url, found.page_links[0]["url"]):
        query = QueryDict(link.removeprefix("?"))
        assert (query["q"], query.getlist("phase"), query["sort"]) == (
            "st mary's",
            ["primary", "nursery"],
            "code",
        )
    assert QueryDict(found.next_url.removeprefix("?"))["page"] == "3"
    assert "q" not in found.link(q=None)


def test_a_heading_sorts_and_turns_the_order_round(areas: list[Area]) -> None:
    found = asked("q=a&sort=code&page=2")
    heading = found.column("Code", "code")
    assert heading.sorted == "ascending"
    assert QueryDict(heading.sort_url.removeprefix("?")).dict() == {"q": "a", "sort": "-code"}, "from page 1"
    turned = asked("sort=-code")
    assert turned.column("Code", "code").sorted == "descending"
    assert list(turned.page) == sorted(areas, key=lambda a: a.code)[:4]
    assert found.column("Name", "name").sorted == ""


def test_an_empty_list_has_one_empty_page() -> None:
    found = asked("")
    assert (found.total, list(found.page), found.previous_url, found.next_url) == (0, [], "", "")


def test_a_list_costs_the_same_at_one_row_and_at_three(list_query_count: object) -> None:
    count = list_query_count(factories.area, lambda: list(asked("").page))  # type: ignore[operator]  # a fixture
    assert count == 2


def test_the_helper_notices_a_query_a_row(list_query_count: object) -> None:
    def fetch() -> list[str]:
        return [Area.objects.get(pk=row.pk).name for row in asked("").page]

    with pytest.raises(AssertionError, match="queries for 1 row"):
        list_query_count(factories.area, fetch)  # type: ignore[operator]  # a fixture
