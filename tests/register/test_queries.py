"""Searches, histories, facts and geography."""

from __future__ import annotations

from datetime import date

import pytest

from isthmus.apps.register.models import (
    Area,
    Dataset,
    Kind,
    Link,
    LinkKind,
    Organisation,
    Phase,
    Status,
)
from isthmus.apps.register.queries import (
    area_members,
    areas_with_counts,
    boundaries_near,
    counts_by_phase,
    facts,
    geojson,
    history,
    namesakes,
    places_near,
    search,
    search_text,
    sort_name,
    trusts,
)
from isthmus.apps.register.queries.search import plain
from tests import factories
from tests.register.support import searchable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "mary",
        "ST MARYS",
        "st. mary's",
        "saint mary",
        "church of england",
        "c of e",
        "CofE",
        "ce primary",
        "alton",
        "gu34 1dh",
        "GU341DH",
        "gu34",
        "850/2000",
        "8502000",
        "10080446",
        "ecole",
        "École",
        "and",
        "hants mary",
        "  mary   alton ",
    ],
)
def test_a_school_is_found_by_what_people_type(words: str) -> None:
    area = factories.area(name="Hants")
    school = searchable(
        area,
        name="St Mary's École & Church of England Primary School",
        town="Alton",
        postcode="GU34 1DH",
        la_code="850",
        establishment_number="2000",
        ukprn="10080446",
    )
    searchable(area, name="Other")
    assert list(search(words)) == [school]
    assert list(search(f"{words} {school.urn}")) == [school]


@pytest.mark.parametrize("words", ["ary", "maryss", "%", "_", "850/2001", "mary zzz"])
def test_a_school_is_not_found_by_what_is_not_there(words: str) -> None:
    searchable(None, name="St Mary's School", la_code="850", establishment_number="2000")
    assert search(words).count() == (1 if not plain(words) else 0)


def test_schools_are_found_by_the_name_that_their_trust_has_now() -> None:
    trust = Organisation(
        kind=Kind.TRUST, name="Academies Enterprise Trust (AET)", group_uid="F4", sort_name="a"
    )
    trust.search = search_text(trust)
    trust.save()
    run = searchable(None, name="Hill School", trust=trust)
    joined = searchable(None, name="Dale School", federation=trust)
    own = searchable(None, name="Enterprise Academies School")
    searchable(None, name="Other")
    assert list(search("academies enterprise")) == [joined, own, run]
    assert list(search("aet")) == [joined, run]
    assert list(search("aet", phase="nursery")) == []
    trust.name = "Lift Schools"
    trust.search = search_text(trust)
    trust.save()
    assert list(search("lift schools")) == [joined, run]
    assert list(search("aet")) == []


def test_filters_narrow_the_list() -> None:
    area = factories.area()
    trust = Organisation.objects.create(kind=Kind.TRUST, name="T", group_uid="F3", sort_name="t", search=" t")
    a = searchable(area, name="A", trust=trust, religious_character="Church of England")
    b = searchable(
        area, name="B", phase=Phase.SECONDARY, religious_character="Does not apply", federation=trust
    )
    c = searchable(None, name="C", status=Status.CLOSED, religious_character="")
    assert set(search()) == {a, b, c}
    assert list(search(authority=area)) == [a, b]
    assert list(search(trust=trust)) == [a, b]
    assert list(search(phase="secondary")) == [b]
    assert list(search(faith="with")) == [a]
    assert list(search(faith="without")) == [b]
    assert list(search(faith="Church of England")) == [a]
    assert list(search(statuses=(Status.CLOSED,))) == [c]
    assert list(search(kinds=(Kind.TRUST,))) == [trust]
    assert list(trusts()) == [trust]
    assert list(trusts(factories.area())) == []


def test_names_sort_without_the_and_accents() -> None:
    assert sort_name("The École") < sort_name("Eton") < sort_name("the Zoo")


def link(before: str, after: str, kind: LinkKind = LinkKind.SUCCESSION, on: date | None = None) -> None:
    Link.objects.create(predecessor_urn=before, successor_urn=after, kind=kind, established_on=on)


def test_a_history_goes_back_and_forward_over_generations_and_ends_in_a_ring() -> None:
    held = searchable(None, name="Held")
    link("100001", "100002", on=date(2001, 9, 1))
    link("100002", "100003", on=date(2011, 9, 1))
    link("100003", held.urn or "", on=date(2021, 9, 1))
    link("100009", "100003", LinkKind.MERGER)
    link("100002", "100008", LinkKind.SPLIT)  # another heir of a forebear is not this school's history
    link("100003", "100007", LinkKind.SIXTH_FORM)
    steps = history("100003")
    assert [(step.predecessor_urn, step.successor_urn) for step in steps] == [
        ("100001", "100002"),
        ("100009", "100003"),
        ("100002", "100003"),
        ("100003", held.urn),
    ]
    assert steps[-1].successor == held
    assert steps[-1].successor_name == "Held"
    assert steps[0].predecessor is None
    link(held.urn or "", "100001")
    assert len(history("100003")) == 6  # forward round the ring, the other heir comes after this school too
    assert history("100099") == []


def test_facts_tell_value_date_source_and_what_is_not_known() -> None:
    dataset = Dataset.objects.create(
        code="d",
        title="Census",
        date=date(2023, 1, 19),
        published=date(2023, 6, 1),
        licence="OGL",
        attribution="x",
    )
    school = searchable(
        None,
        name="F",
        pupils=0,
        measures={"progress8": "np", "attainment8": 50.5},
        provenance={"pupils": "d", "trust": "d", "progress8": "d", "attainment8": "d"},
    )
    found = {fact.name: fact for fact in facts(school)}
    assert (found["pupils"].value, found["pupils"].date, found["pupils"].source) == (
        0,
        dataset.date,
        "Census",
    )
    assert (found["capacity"].value, found["capacity"].date, found["capacity"].none) == (None, None, False)
    assert (found["trust"].value, found["trust"].none) == (None, True)
    assert (found["progress8"].value, found["progress8"].words) == (None, "not published")
    assert found["attainment8"].value == 50.5
    assert "headship" not in found


def test_an_area_has_its_open_schools() -> None:
    area = factories.area()
    searchable(area, name="A")
    searchable(area, name="B", phase=Phase.SECONDARY, latitude=None, longitude=None)
    searchable(area, name="C", status=Status.PROPOSED_TO_CLOSE)
    searchable(area, name="D", status=Status.CLOSED)
    assert area_members(area).count() == 3
    assert area_members(area, everything=True).count() == 4
    assert counts_by_phase(area) == {"primary": 2, "secondary": 1}
    found = areas_with_counts().get(pk=area.pk)
    assert (found.schools, found.on_map) == (3, 2)
    assert len(geojson(area_members(area))["features"]) == 2


def test_namesakes_are_schools_of_the_same_name_elsewhere() -> None:
    first, second = searchable(None, name="The Same"), searchable(None, name="Same")
    searchable(None, name="Same Again")
    assert list(namesakes(first)) == [second]


def test_real_geography_has_neighbours_and_towns() -> None:
    hampshire = Area(code="E10000014", name="Hampshire")
    near = boundaries_near(hampshire)["features"]
    assert near[0]["properties"] == {"code": "E10000014", "name": "Hampshire", "own": True}
    assert {"Southampton", "Portsmouth", "Surrey"} <= {feature["properties"]["name"] for feature in near[1:]}
    assert "Cornwall" not in {feature["properties"]["name"] for feature in near}
    places = places_near(hampshire)
    assert len(places) == 60
    assert {"Southampton", "Winchester"} <= {place[0] for place in places}
    assert places == sorted(places, key=lambda place: -place[3])
    assert boundaries_near(Area(code="nowhere", name="?"))["features"] == []
    assert places_near(Area(code="nowhere", name="?")) == []
