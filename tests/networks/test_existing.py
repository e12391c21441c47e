"""Networks that exist: who is in what on any day, across new URNs; who may see and change what; what pages tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.people.access import places_to_give, roles_to_give
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import directory
from isthmus.apps.core.chains import chain_of
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.actions.memberships import CannotJoin
from isthmus.apps.networks.adapters.measures import measured
from isthmus.apps.networks.models import Layer, LayerKind, MemberRole, Membership, Network, NetworkState
from isthmus.apps.networks.queries.existing import picture
from isthmus.apps.register.models import Area, Link, LinkKind, Organisation, Phase, Status
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Any], Client]
SEPTEMBER = date(2022, 9, 1)


@pytest.fixture
def area(people: People) -> Area:
    people.area.fictional = True
    people.area.save()
    return people.area


@pytest.fixture
def layer(people: People, area: Area) -> Layer:
    return actions.keep_layer(
        by=people.officer,
        area=area,
        layer=None,
        name="Localities",
        kind=LayerKind.LOCALITY,
        for_every_school=True,
    )


@pytest.fixture
def network(people: People, layer: Layer) -> Network:
    return actions.found_network(by=people.officer, layer=layer, details=Details("North", purpose="Reading"))


def join(network: Network, school: Organisation, since: date | None = SEPTEMBER, **more: Any) -> Membership:
    given = {"role": MemberRole.MEMBER, **more}
    return actions.join(by=None, network=network, organisation=school, since=since, **given)


def test_a_membership_goes_on_under_a_new_urn(area: Area, network: Network) -> None:
    old = factories.school(area, status=Status.CLOSED, closed_on=date(2023, 8, 31))
    new = factories.school(area, opened_on=date(2023, 9, 1), name="Academy")
    Link.objects.create(predecessor_urn=old.urn, successor_urn=new.urn, kind=LinkKind.SUCCESSION)
    join(network, old)
    join(network, new, since=date(2024, 9, 1))
    for day in (date(2023, 1, 1), date(2023, 10, 1), today()):
        found = picture(area, day)
        assert [found.schools[sat.school].name for sat in found.members] == ["Academy"], day
        assert new.pk in found.here
        assert old.pk not in found.here


def test_a_day_before_or_after_a_membership_does_not_show_it(area: Area, network: Network) -> None:
    row = join(network, factories.school(area))
    Membership.objects.filter(pk=row.pk).update(until=date(2024, 7, 31))
    days = {SEPTEMBER - timedelta(1): 0, SEPTEMBER: 1, date(2024, 7, 31): 1, date(2024, 8, 1): 0}
    assert {day: len(picture(area, day).members) for day in days} == days


def test_a_closed_school_that_split_is_counted_out_and_named(area: Area, network: Network) -> None:
    old = factories.school(area, status=Status.CLOSED, closed_on=date(2023, 8, 31))
    for _part in range(2):
        part = factories.school(area)
        Link.objects.create(predecessor_urn=old.urn, successor_urn=part.urn, kind=LinkKind.SPLIT)
    join(network, old)
    found = picture(area)
    assert (found.members, [sat.organisation for sat in found.gone]) == ((), [old.pk])


@pytest.mark.parametrize(
    ("since", "until", "fits"),
    [
        (None, None, False),
        (date(2023, 1, 1), None, False),
        (None, date(2022, 8, 31), True),
        (None, SEPTEMBER, False),
        (date(2024, 8, 1), None, True),
        (date(2024, 7, 31), None, False),
    ],
)
def test_times_of_one_school_in_one_network_never_overlap(
    people: People, area: Area, network: Network, since: date | None, until: date | None, fits: bool
) -> None:
    school = factories.school(area)
    first = join(network, school)
    keep = {"role": MemberRole.MEMBER, "why_joined": "", "why_left": ""}
    actions.change_membership(
        by=people.officer, membership=first, since=SEPTEMBER, until=date(2024, 7, 31), **keep
    )
    other = join(network, school, since=date(2030, 1, 1))

    def move() -> None:
        actions.change_membership(by=people.officer, membership=other, since=since, until=until, **keep)

    if fits:
        move()
    else:
        with pytest.raises(CannotJoin, match="already"):
            move()
    assert Membership.objects.count() == 2


def test_the_database_itself_refuses_a_second_open_membership(area: Area, network: Network) -> None:
    school = factories.school(area)
    join(network, school)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(network=network, organisation=school, since=date(2025, 1, 1))


def test_dissolving_ends_every_membership_and_keeps_the_past(
    people: People, area: Area, network: Network
) -> None:
    join(network, factories.school(area))
    for done in (True, False):
        assert (
            actions.dissolve_network(by=people.officer, network=network, last_day=today(), why="Done") is done
        )
    network.refresh_from_db()
    assert (network.state, network.ends) == (NetworkState.DISSOLVED, today())
    assert Membership.objects.get().until == today()
    with pytest.raises(CannotJoin, match="dissolved"):
        join(network, factories.school(area))


def test_roles_of_a_network_can_be_given_by_the_officer_and_bind_to_the_areas_record(
    people: People, area: Area, network: Network
) -> None:
    here = Scope(ScopeKind.NETWORK, network.pk)
    assert directory.parent(here) == Scope(ScopeKind.AREA, area.pk) == chain_of(here)
    assert (here, "North") in places_to_give(people.officer)
    assert {Role.LEAD_HEAD, Role.INDEPENDENT_CHAIR, Role.CLERK} <= set(roles_to_give(people.officer, here))
    assert roles_to_give(people.other_officer, here) == []
    group = actions.keep_sub_group(
        by=people.officer, network=network, sub_group=None, name="Chairs", purpose="", ended_on=None
    )
    lead = factories.person(Role.LEAD_HEAD, here)
    assert Role.CO_LEADER in roles_to_give(lead, group.scope)


def test_a_member_sees_the_network_and_no_reasons_and_loses_sight_when_it_leaves(
    people: People, area: Area, network: Network, client_for: ClientFor
) -> None:
    row = join(network, people.school, why="Private matter")
    url = reverse("networks:network", args=[network.pk])
    head = client_for(people.head)
    page = head.get(url)
    assert page.status_code == 200
    assert "Reading" in page.content.decode()
    assert "Change what is said" not in page.content.decode()
    assert client_for(people.other_officer).get(url).status_code == 404
    assert head.get(reverse("networks:area", args=[area.pk])).status_code == 404
    Membership.objects.filter(pk=row.pk).update(until=today() - timedelta(1))
    assert head.get(url).status_code == 404


def test_a_visitor_sees_only_what_is_public(people: People, network: Network, client: Client) -> None:
    join(network, people.school, why="Private matter")
    url = reverse("networks:visitor", args=[network.pk])
    assert client.get(url).status_code == 404
    Network.objects.update(public=True, initiative="Secret programme")
    page = client.get(url).content.decode()
    assert people.school.name in page
    assert "Private matter" not in page
    assert "Secret programme" not in page


def test_findings_say_what_stands_out_and_where_to_look(
    people: People, area: Area, network: Network, client_for: ClientFor
) -> None:
    for number in range(3):
        join(network, factories.school(area, name=f"Near {number}", easting=440000 + number, northing=120000))
    join(network, factories.school(area, name="Far away", easting=480000, northing=120000))
    page = client_for(people.officer).get(reverse("networks:area", args=[area.pk])).content.decode()
    assert "1 of 5 schools is in no network" in page
    assert people.school.name in page
    assert "1 school has no network in ‘Localities’, which is for every school" in page
    assert "1 school is far from the others of a network" in page
    assert "1 local network has no school that teaches secondary pupils" in page
    assert "For 1 of 1 network nobody is named as lead" in page
    assert measured(picture(area)).networks[network.pk].size == 4


def test_lists_are_searched_filtered_sorted_and_saved(
    people: People, area: Area, network: Network, client_for: ClientFor
) -> None:
    inside = factories.school(area, name="Beacon School", phase=Phase.SECONDARY)
    join(network, inside)
    officer = client_for(people.officer)

    def text(name: str, **query: str) -> str:
        return officer.get(reverse(f"networks:{name}", args=[area.pk]), query).content.decode()

    assert "Beacon School" in text("networks", q="beacon")
    assert "No network fits" in text("networks", q="nothing like it")
    assert "Beacon School" not in text("schools", only="none")
    assert "Beacon School" in text("matrix", sort="-networks")
    assert "1 network began" in text("changes", **{"from": "2021", "to": "2022"})
    assert "Nothing changed" in text("changes")
    file = officer.get(
        reverse("networks:schools_file", args=[area.pk, "csv"]), {"only": "one"}
    ).content.decode()
    assert file.count("\n") == 2
    assert "Beacon School" in file
    point = officer.get(reverse("networks:map", args=[area.pk]), {"layer": str(network.layer_id)}).json()[
        "features"
    ]
    assert {feature["properties"].get("network") for feature in point} == {None, 1}


def test_what_is_saved_can_be_brought_in_again_and_changes_nothing(
    people: People, area: Area, network: Network, client_for: ClientFor
) -> None:
    join(network, factories.school(area), role=MemberRole.HUB, why="Asked")
    officer = client_for(people.officer)
    for ending in ("csv", "xlsx"):
        content = officer.get(reverse("networks:memberships_file", args=[area.pk, ending])).content
        kept = actions.give_memberships(
            by=people.officer, area=area, name=f"a.{ending}", content=content, token=_token(ending)
        )
        assert kept.state == "unchanged", kept.report


def _token(text: str) -> Any:
    from uuid import NAMESPACE_URL, uuid5

    return uuid5(NAMESPACE_URL, text)


def test_pages_cost_the_same_number_of_queries_at_one_row_and_at_three(
    people: People, area: Area, network: Network, layer: Layer, client_for: ClientFor, list_query_count: Any
) -> None:
    officer = client_for(people.officer)

    def more() -> None:
        number = Network.objects.count()
        made = actions.found_network(by=people.officer, layer=layer, details=Details(f"N {number}"))
        join(made, factories.school(area))

    for name in ("area", "networks", "schools", "matrix", "changes"):
        list_query_count(more, lambda name=name: officer.get(reverse(f"networks:{name}", args=[area.pk])))


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten_unseen(
    client_for: Callable[..., Any], people: People, network: Network
) -> None:
    url = reverse("networks:network_change", args=[network.pk])
    first, second = client_for(people.officer), client_for(people.officer)
    forms = [client.get(url).context["form"] for client in (first, second)]
    sent = [
        {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        for form in forms
    ]
    assert first.post(url, {**sent[0], "purpose": "Every child reads by seven"}).status_code == 302
    page = second.post(url, {**sent[1], "purpose": "Sums for all"})
    assert "Somebody else changed this network while you looked at it" in page.content.decode()
    assert "Every child reads by seven" in page.content.decode()
    network.refresh_from_db()
    assert network.purpose == "Every child reads by seven"
    again = {**sent[1], "purpose": "Sums for all", "seen": page.context["form"]["seen"].value()}
    assert second.post(url, again).status_code == 302
    network.refresh_from_db()
    assert network.purpose == "Sums for all"
