"""A plan becomes networks on a day: prepared, adopted whole, cancelled, answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.networks import actions as networks
from isthmus.apps.networks.actions import adopting as actions
from isthmus.apps.networks.actions import workbench
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionState,
    Answer,
    Layer,
    LayerKind,
    MemberRole,
    Membership,
    Network,
    Plan,
)
from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE
from tests import factories
from tests.conftest import People
from tests.networks.test_workbench import threads

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]
SOON = today() + timedelta(days=30)


@pytest.fixture
def layer(people: People, twelve_schools: list[Any]) -> Layer:
    """A layer with one old network: three of the twelve schools are in it, one joins it only later."""
    people.area.fictional = True
    people.area.save()
    made = networks.keep_layer(
        by=None,
        area=people.area,
        layer=None,
        name="Localities",
        kind=LayerKind.LOCALITY,
        for_every_school=True,
    )
    old = networks.found_network(by=None, layer=made, details=Details("Old cluster"))
    for at, since in ((0, date(2020, 9, 1)), (1, None), (4, date(2022, 9, 1)), (5, SOON + timedelta(days=9))):
        networks.join(
            by=None, network=old, organisation=twelve_schools[at], role=MemberRole.MEMBER, since=since
        )
    return made


@pytest.fixture
def plan(layer: Layer, twelve_schools: list[Any], worked_out: Ask) -> Plan:
    return worked_out()


@pytest.fixture
def head(twelve_schools: list[Any]) -> Any:
    """The head of the first school; nobody knows the others."""
    return factories.person(Role.HEAD, Scope(ScopeKind.ORGANISATION, twelve_schools[0].pk))


@pytest.fixture
def prepared(people: People, plan: Plan, layer: Layer, head: Any) -> Adoption:
    return actions.prepare_adoption(by=people.officer, plan=plan, layer=layer, starts=SOON, message="Welcome")


def everything() -> tuple[list[Any], list[Any]]:
    """All networks and memberships, to be compared."""
    fields = ("network", "organisation", "role", "since", "until", "why_joined", "why_left")
    return (
        sorted(Network.objects.values_list("name", "starts")),
        sorted(Membership.objects.values_list(*fields), key=str),
    )


def link(asked: AdoptionAnswer) -> str:
    """The address in the newest mail."""
    return reverse("networks:adoption_invitation", args=[derived(ANSWER_PURPOSE, asked.reference)])


def test_preparing_writes_no_network_and_holds_the_plan_still(
    people: People, plan: Plan, layer: Layer, head: Any, twelve_schools: list[Any]
) -> None:
    before = everything()
    made = actions.prepare_adoption(by=people.officer, plan=plan, layer=layer, starts=SOON)
    again = actions.prepare_adoption(by=people.officer, plan=plan, layer=layer, starts=SOON)
    assert again == made
    assert everything() == before
    assert not Message.objects.filter(kind="adoption").exists()
    with pytest.raises(workbench.Cannot, match="being adopted"):
        workbench.move(by=people.officer, plan=plan, base=0, school=twelve_schools[1].urn, to=2)


def test_adopting_does_all_of_it_at_once(
    people: People, plan: Plan, layer: Layer, prepared: Adoption, head: Any, twelve_schools: list[Any]
) -> None:
    kept_name = plan.networks.get(number=2).name
    kept = networks.found_network(by=None, layer=layer, details=Details(kept_name.upper()))
    stays = plan.networks.get(number=2).members.all()[0].organisation
    networks.join(by=None, network=kept, organisation=stays, role=MemberRole.LEAD, since=date(2021, 9, 1))
    assert actions.adopt(by=people.officer, adoption=prepared)
    assert not actions.adopt(by=people.officer, adoption=prepared)
    old = Network.objects.get(name="Old cluster")
    first = Membership.objects.get(network=old, organisation=twelve_schools[0])
    assert first.until == SOON - timedelta(days=1)
    assert "September" in first.why_left
    assert not Membership.objects.filter(network=old, organisation=twelve_schools[5]).exists()
    for proposed in plan.networks.all():
        network = Network.objects.get(layer=layer, name__iexact=proposed.name)
        there = set(
            Membership.objects.filter(network=network, until=None).values_list("organisation", flat=True)
        )
        assert there == set(proposed.members.values_list("organisation", flat=True))
    assert Membership.objects.get(network=kept, organisation=stays).since == date(2021, 9, 1)
    assert Network.objects.filter(layer=layer).count() == 4  # the old one, one kept, two founded
    invited = AdoptionAnswer.objects.exclude(email="")
    assert [(row.organisation, row.email) for row in invited] == [(twelve_schools[0], head.email)]
    assert AdoptionAnswer.objects.count() == 12
    message = Message.objects.get(kind="adoption")
    assert message.to == head.email
    assert AuditEvent.objects.filter(action="adoption.adopt").count() == 1


def test_half_of_it_is_never_written(
    people: People, plan: Plan, prepared: Adoption, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()

    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the line went dead")

    monkeypatch.setattr(actions.emails, "invited", broken)
    with pytest.raises(RuntimeError):
        actions.adopt(by=people.officer, adoption=prepared)
    assert everything() == before
    prepared.refresh_from_db()
    assert prepared.state == AdoptionState.PREPARED


@threads
@pytest.mark.django_db(transaction=True)
def test_a_double_click_adopts_once(
    people: People, layer: Layer, twelve_schools: list[Any], worked_out: Ask
) -> None:
    plan = worked_out()
    prepared = actions.prepare_adoption(by=people.officer, plan=plan, layer=layer, starts=SOON)
    start = Barrier(4)

    def click(_number: int) -> bool:
        try:
            start.wait(timeout=20)
            return actions.adopt(by=people.officer, adoption=prepared)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, range(4))) == [False, False, False, True]
    assert AdoptionAnswer.objects.count() == 12
    assert Network.objects.filter(layer=layer).count() == 4


def test_cancelling_before_the_day_gives_everything_back(
    people: People, prepared: Adoption, head: Any, plan: Plan
) -> None:
    before = everything()
    actions.adopt(by=people.officer, adoption=prepared)
    Message.objects.update(state=MessageState.SENT, sent_at=timezone.now())
    assert everything() != before
    assert actions.cancel_adoption(by=people.officer, adoption=prepared, why="Not agreed")
    assert not actions.cancel_adoption(by=people.officer, adoption=prepared, why="Not agreed")
    assert everything() == before
    assert Message.objects.filter(kind="adoption.cancelled", to=head.email).count() == 1
    event = AuditEvent.objects.get(action="adoption.cancel")
    assert event.told is not None
    assert event.told["why"] == "Not agreed"
    again = actions.prepare_adoption(by=people.officer, plan=plan, layer=prepared.layer, starts=SOON)
    assert again.pk != prepared.pk


def test_an_adopted_plan_is_not_removed(
    client_for: Callable[..., Any], people: People, prepared: Adoption, plan: Plan
) -> None:
    url = reverse("networks:plan_remove", args=[plan.pk])
    page = client_for(people.officer).post(url, follow=True).content.decode()
    assert "it stays as what was decided on" in page
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_from_the_first_day_on_it_stands(people: People, prepared: Adoption) -> None:
    actions.adopt(by=people.officer, adoption=prepared)
    Adoption.objects.update(starts=today())
    with pytest.raises(actions.CannotAdopt, match="have begun"):
        actions.cancel_adoption(by=people.officer, adoption=prepared, why="Too late")


def test_what_cannot_be_is_said_first(people: People, plan: Plan, layer: Layer, prepared: Adoption) -> None:
    Adoption.objects.update(starts=today() - timedelta(days=1))
    with pytest.raises(actions.CannotAdopt, match="first day has passed"):
        actions.adopt(by=people.officer, adoption=prepared)
    Adoption.objects.update(starts=SOON)
    name = plan.networks.get(number=1).name
    gone = networks.found_network(by=None, layer=layer, details=Details(name))
    networks.dissolve_network(by=None, network=gone, last_day=date(2021, 1, 1), why="Over")
    with pytest.raises(actions.CannotAdopt, match="Rename it first"):
        actions.adopt(by=people.officer, adoption=prepared)


def test_a_head_answers_by_link_and_may_change_their_mind(
    client: Client, people: People, prepared: Adoption, head: Any, twelve_schools: list[Any]
) -> None:
    actions.adopt(by=people.officer, adoption=prepared)
    asked = AdoptionAnswer.objects.get(organisation=twelve_schools[0])
    assert asked.token_hash == hashed(derived(ANSWER_PURPOSE, asked.reference))
    page = client.get(link(asked)).content.decode()
    assert "Welcome" in page
    assert twelve_schools[1].name in page
    asked.refresh_from_db()
    assert asked.answer == Answer.WAITING
    refused = client.post(link(asked), {"answer": "asks", "reason": ""})
    assert "write what you would like to know" in refused.content.decode()
    for _click in range(2):
        assert client.post(link(asked), {"answer": "asks", "reason": "Who pays?"}).status_code == 302
    assert AuditEvent.objects.filter(action="adoption.answer").count() == 1
    assert Message.objects.filter(kind="adoption.answered", to=people.officer.email).count() == 1
    client.post(link(asked), {"answer": "joins", "reason": ""})
    asked.refresh_from_db()
    assert asked.answer == Answer.JOINS
    actions.cancel_adoption(by=people.officer, adoption=prepared, why="Not agreed")
    assert "works no more" in client.get(link(asked)).content.decode()
    assert not actions.give_answer(by=None, asked=asked, answer=Answer.DECLINES)


def test_reminders_go_to_who_has_not_answered_once_a_day(
    client: Client, people: People, prepared: Adoption, head: Any, twelve_schools: list[Any]
) -> None:
    factories.person(Role.HEAD, Scope(ScopeKind.ORGANISATION, twelve_schools[1].pk))
    actions.adopt(by=people.officer, adoption=prepared)
    assert actions.remind(by=people.officer, adoption=prepared) == 0
    old, other = (AdoptionAnswer.objects.get(organisation=s) for s in twelve_schools[:2])
    actions.give_answer(by=None, asked=other, answer=Answer.JOINS)
    AdoptionAnswer.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=2))
    assert actions.remind(by=people.officer, adoption=prepared) == 1
    assert actions.remind(by=people.officer, adoption=prepared) == 0
    assert client.get(link(old)).status_code == 404  # the first link works no more
    old.refresh_from_db()
    assert client.get(link(old)).status_code == 200


def test_the_pages_from_preparing_to_watching(
    client_for: Callable[..., Any], people: People, plan: Plan, layer: Layer, head: Any
) -> None:
    client, url = client_for(people.officer), reverse("networks:plan_adopt", args=[plan.pk])
    past = {"starts_day": "1", "starts_month": "9", "starts_year": "2020"}
    assert "First day" in client.get(url).content.decode()
    assert "today or a later day" in client.post(url, {"layer": layer.pk, **past}).content.decode()
    day = {"starts_day": SOON.day, "starts_month": SOON.month, "starts_year": SOON.year}
    page = client.post(url, {"layer": layer.pk, "message": "", **day}, follow=True)
    text = page.content.decode()
    assert "Memberships that begin" in text
    assert "1 head known here of 12 schools" in text
    row = Adoption.objects.get()
    assert client.get(url).status_code == 302  # to the one that is there
    client.post(reverse("networks:adopt", args=[row.pk]))
    watched = reverse("networks:adoption", args=[row.pk])
    text = client.get(watched).content.decode()
    assert "No answer yet" in text
    assert "12 schools" in text
    assert "No school fits" in client.get(watched, {"answer": "declines"}).content.decode()
    assert client.get(reverse("networks:adoption_answers", args=[row.pk, "csv"])).status_code == 200
    for address in ("adopt", "adoption_remind", "adoption_cancel"):
        url = reverse(f"networks:{address}", args=[row.pk])
        assert client_for(people.other_officer).post(url).status_code == 404


def test_a_list_of_answers_costs_the_same(
    client_for: Callable[..., Any], people: People, prepared: Adoption, list_query_count: Callable[..., int]
) -> None:
    actions.adopt(by=people.officer, adoption=prepared)
    AdoptionAnswer.objects.all().delete()

    def one_more() -> None:
        AdoptionAnswer.objects.create(
            adoption=prepared, organisation=factories.school(people.area), network_name="N"
        )

    client = client_for(people.officer)
    list_query_count(one_more, lambda: client.get(reverse("networks:adoption", args=[prepared.pk])))


def test_a_school_whose_head_is_unknown_answers_by_a_link_that_is_handed_over(
    client_for: Callable[..., Any], people: People, prepared: Adoption, twelve_schools: list[Any]
) -> None:
    assert actions.adopt(by=people.officer, adoption=prepared)
    asked = AdoptionAnswer.objects.get(adoption=prepared, organisation=twelve_schools[3])
    assert (asked.email, asked.sent_at) == ("", None)
    page = client_for(people.officer).get(reverse("networks:adoption", args=[prepared.pk])).content.decode()
    assert link(asked) in page
    visitor = Client()
    assert "Nobody has to join" in visitor.get(link(asked)).content.decode()
    visitor.post(link(asked), {"answer": "declines", "reason": "Too far for us"})
    asked.refresh_from_db()
    assert (asked.answer, asked.reason) == (Answer.DECLINES, "Too far for us")
    assert actions.remind(by=people.officer, adoption=prepared) == 0
    assert actions.cancel_adoption(by=people.officer, adoption=prepared, why="Not now")
    assert "works no more" in visitor.get(link(asked)).content.decode()


def test_an_invitation_waits_on_the_home_page_until_it_is_answered(
    client_for: Callable[..., Any], people: People, prepared: Adoption, head: Any, twelve_schools: list[Any]
) -> None:
    def home() -> str:
        return str(client_for(head).get("/").content.decode())

    assert "is invited to the network" not in home()
    assert actions.adopt(by=people.officer, adoption=prepared)
    asked = AdoptionAnswer.objects.get(adoption=prepared, organisation=twelve_schools[0])
    assert f"is invited to the network ‘{asked.network_name}’" in home()
    assert link(asked) in home()
    assert "is invited to the network" not in client_for(people.officer).get("/").content.decode()
    actions.give_answer(by=None, asked=asked, answer=Answer.JOINS)
    assert "is invited to the network" not in home()


def test_the_layer_is_that_of_the_plan_or_to_be_chosen(
    client_for: Callable[..., Any], people: People, plan: Plan, layer: Layer
) -> None:
    url = reverse("networks:plan_adopt", args=[plan.pk])
    client = client_for(people.officer)
    day = {"starts_0": SOON.day, "starts_1": SOON.month, "starts_2": SOON.year}
    assert "Layer: choose one" in client.post(url, day).content.decode()
    plan.choices["layer"] = layer.pk
    plan.save()
    assert f'<option value="{layer.pk}" selected' in client.get(url).content.decode()


def test_what_adopting_moves_is_told_school_by_school(
    client_for: Callable[..., Any], people: People, prepared: Adoption, twelve_schools: list[Any]
) -> None:
    page = client_for(people.officer).get(reverse("networks:adoption", args=[prepared.pk])).content.decode()
    table = page.split("Every school that changes network")[1].split("</table>")[0]
    assert all(school.name in table for school in twelve_schools)
    assert table.count("Old cluster") == 4


def test_networks_for_a_fixed_term_end_on_their_last_day(
    client_for: Callable[..., Any], people: People, plan: Plan, layer: Layer
) -> None:
    last = SOON + timedelta(days=300)
    plan.choices |= {"starts": SOON.isoformat(), "ends": last.isoformat()}
    plan.save()
    page = client_for(people.officer).get(reverse("networks:plan_adopt", args=[plan.pk])).content.decode()
    assert f'value="{SOON.year}"' in page
    with pytest.raises(actions.CannotAdopt, match="choose a first day before it"):
        actions.prepare_adoption(
            by=people.officer, plan=plan, layer=layer, starts=last + timedelta(days=1), message=""
        )
    made = actions.prepare_adoption(by=people.officer, plan=plan, layer=layer, starts=SOON)
    assert actions.adopt(by=people.officer, adoption=made)
    begun = Membership.objects.filter(since=SOON)
    assert begun.count() == 12
    assert set(begun.values_list("until", flat=True)) == {last}
    assert set(Network.objects.filter(starts=SOON).values_list("review_on", flat=True)) == {last}
    assert actions.cancel_adoption(by=people.officer, adoption=made, why="Not now")
    assert not Membership.objects.filter(since=SOON).exists()
