"""Areas of every kind: which schools they have, who sees them, and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import SchoolYear, today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register import actions, queries
from isthmus.apps.register.forms.areas import polygon
from isthmus.apps.register.models import Area, AreaKind, Kind, Organisation, Term, Theme
from isthmus.apps.register.themes import SEEDS
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Any], Client]
SQUARE = "50.8, -1.5\n50.8, -1.3\n51.0, -1.3\n51.0, -1.5"


@pytest.fixture
def area(people: People) -> Area:
    people.area.fictional = True
    people.area.save()
    return people.area


def names(area: Area) -> set[str]:
    return {school.name for school in queries.area_members(area)}


def test_each_kind_of_area_has_its_own_schools(people: People, area: Area) -> None:
    trust = factories.school(None, kind=Kind.TRUST, urn=None, group_uid="T1", phase="", name="A trust")
    one = factories.school(area, name="One", trust=trust, diocese="Isles", region="North")
    two = factories.school(area, name="Two", longitude=-1.45, latitude=50.85)
    out = factories.school(people.other_area, name="Out", longitude=0.0)
    by = people.officer
    Organisation.objects.filter(pk=people.school.pk).update(longitude=-1.4, latitude=50.9)

    def made(kind: AreaKind, **extent: Any) -> set[str]:
        extent_ = actions.Extent(kind, **extent)
        return names(actions.make_area(by=by, owner=area, name=kind, extent=extent_))

    assert names(actions.open_area(by=by, kind=AreaKind.TRUST, organisation=trust)) == {"One"}
    for kind, value in ((AreaKind.DIOCESE, "Isles"), (AreaKind.REGION, "North")):
        opened = actions.open_area(by=by, kind=kind, value=value)
        Area.objects.filter(pk=opened.pk).update(fictional=True)
        assert names(Area.objects.get(pk=opened.pk)) == {"One"}
        assert actions.open_area(by=by, kind=kind, value=value) == opened
    assert made(AreaKind.LIST, schools=[one, out]) == {"One", "Out"}
    inside = made(AreaKind.DRAWN, boundary=polygon(SQUARE))
    assert {"Two", people.school.name} <= inside
    assert "Out" not in inside
    assert made(AreaKind.JOINED, parts=[area, people.other_area]) == names(area) | {"Out"}
    assert two.name in names(area)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("50.9, -1.4\n50.8, -1.3", "3 to 500 corners"),
        ("here\nthere\nnowhere", "no latitude and longitude"),
        ("0, 0\n1, 1\n2, 0", "in or near England"),
        ('{"type": "Point", "coordinates": [0, 51]}', "give one polygon"),
        ('{"type": "Polygon"}', "no polygon as GeoJSON"),
        ("{", "this is no GeoJSON"),
    ],
)
def test_a_line_that_makes_no_sense_says_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        polygon(text)


def test_a_hole_between_corners_is_outside() -> None:
    inside = factories.school(None, longitude=-1.4, latitude=50.85)
    factories.school(None, longitude=-1.4, latitude=50.95)
    notch = polygon("50.8, -1.5\n50.8, -1.3\n51.0, -1.3\n50.9, -1.4\n51.0, -1.5")
    from isthmus.apps.register.queries.areas import inside as schools_inside

    assert schools_inside(notch, fictional=True) == [inside.pk]


def post(client: Client, people: People, **data: Any) -> Any:
    return client.post(reverse("register:area_new"), {"name": "Mine", "owner": people.area.pk, **data})


def test_an_area_is_made_on_a_page_and_only_its_makers_see_it(
    people: People, area: Area, client_for: ClientFor
) -> None:
    officer = client_for(people.officer)
    answer = post(officer, people, way="list", urns=f"{people.school.urn}, 999998")
    assert "no such school: 999998" in answer.content.decode()
    post(officer, people, way="list", urns=str(people.school.urn))
    made = Area.objects.get(name="Mine")
    url = reverse("register:area", args=[made.pk])
    assert people.school.name not in officer.get(reverse("register:areas")).content.decode()
    assert officer.get(url).status_code == 200
    assert client_for(people.other_officer).get(url).status_code == 404
    assert client_for(people.head).get(url).status_code == 404
    assert officer.get(reverse("networks:area", args=[made.pk])).status_code == 200
    assert "Mine" not in client_for(people.other_officer).get(reverse("networks:plan_new")).content.decode()


def test_schools_are_picked_one_by_one_and_taken_out(
    people: People, area: Area, client_for: ClientFor
) -> None:
    other = factories.school(area, name="Beacon")
    Organisation.objects.filter(pk=other.pk).update(search=" beacon")
    officer = client_for(people.officer)
    answer = post(officer, people, way="picked")
    url = answer.headers["Location"]
    assert "Beacon" in officer.get(url, {"q": "beacon"}).content.decode()
    officer.post(url, {"q": "beacon", "school": [str(other.pk)]})
    made = Area.objects.get(name="Mine")
    assert names(made) == {"Beacon"}
    officer.post(url, {"q": "", "school": [str(people.school.pk)]})  # never offered, so never taken
    assert names(made) == set()


def test_a_trust_officer_opens_their_own_trust_and_sees_its_networks(
    people: People, client_for: ClientFor
) -> None:
    trust = factories.school(None, kind=Kind.TRUST, urn=None, group_uid="T1", phase="", name="A trust")
    strange = factories.school(None, kind=Kind.TRUST, urn=None, group_uid="T2", phase="", name="B trust")
    person = factories.person(Role.TRUST_OFFICER, Scope(ScopeKind.ORGANISATION, trust.pk))
    client = client_for(person)
    url = reverse("register:area_open")
    assert "B trust" not in client.get(url).content.decode()
    client.post(url, {"which": f"organisation:{strange.pk}"})
    assert not Area.objects.filter(kind=AreaKind.TRUST).exists()
    client.post(url, {"which": f"organisation:{trust.pk}"})
    area = Area.objects.get(kind=AreaKind.TRUST)
    assert client.get(reverse("networks:area", args=[area.pk])).status_code == 200


def test_terms_are_data_and_must_make_sense(people: People, area: Area, client_for: ClientFor) -> None:
    officer, year = client_for(people.officer), SchoolYear.of(today())
    url = reverse("register:area_terms", args=[area.pk])

    def term(number: int, name: str, starts: date, ends: date) -> dict[str, Any]:
        found: dict[str, Any] = {f"name{number}": name}
        for which, day in (("starts", starts), ("ends", ends)):
            parts = zip(("day", "month", "year"), (day.day, day.month, day.year), strict=True)
            found |= {f"{which}{number}_{part}": value for part, value in parts}
        return found

    autumn = term(1, "Autumn", date(year.start, 9, 2), date(year.start, 12, 18))
    overlapping = term(2, "Spring", date(year.start, 12, 1), date(year.start + 1, 3, 31))
    answer = officer.post(url, {"year": year.start, **autumn, **overlapping})
    assert "must begin after the term before it ends" in answer.content.decode()
    assert not Term.objects.exists()
    officer.post(url, {"year": year.start, **autumn})
    found = queries.term_on(area, date(year.start, 9, 2))
    assert found is not None
    assert found.name == "Autumn"
    assert queries.term_on(area, date(year.start, 12, 25)) is None


def test_themes_come_with_their_source_and_a_second_time_nothing_is_added(
    people: People, area: Area, client_for: ClientFor
) -> None:
    officer = client_for(people.officer)
    url = reverse("register:area_themes", args=[area.pk])
    for _click in range(2):
        officer.post(url)
    assert Theme.objects.filter(area=area).count() == len(SEEDS)
    assert not Theme.objects.filter(source="").exists()
    theme = Theme.objects.filter(area=area)[0]
    officer.post(
        reverse("register:area_theme", args=[area.pk, theme.pk]), {"name": "Ours", "description": ""}
    )
    assert not queries.themes(area).filter(pk=theme.pk).exists()
    assert queries.themes(area, everything=True).get(pk=theme.pk).name == "Ours"


def test_partners_of_other_kinds_are_named_once(people: People, area: Area) -> None:
    for _twice in range(2):
        made = actions.add_partner(by=people.officer, area=area, name="Health visitors", kind=Kind.HEALTH)
    assert list(queries.partners(area)) == [made]
    actions.end_partner(by=people.officer, area=area, partner=made)
    assert not queries.partners(area).exists()
    assert Organisation.objects.filter(pk=made.pk).exists()


def test_an_area_is_drawn_on_a_map_of_the_area_that_makes_it(
    client_for: Callable[..., Any], people: People
) -> None:
    page = client_for(people.officer).get(reverse("register:area_new"))
    assert page.context["map"].draw == page.context["form"]["corners"].id_for_label
    assert f'data-points="{reverse("register:area_schools", args=[people.area.pk])}"' in page.content.decode()
