"""The pages with which people run waves: who opens them, what is typed, twice at once, and what they hold back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Layer, Membership, Network
from isthmus.apps.surveys import actions
from isthmus.apps.surveys.adapters.disclosing import Asked, outlook, while_open
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveState, Who
from isthmus.apps.surveys.schools import groupings_of, schools_of
from tests import factories
from tests.surveys.conftest import asking

pytestmark = pytest.mark.django_db
Make = Callable[..., Wave]
RUN_PAGES = ("change", "schools", "open", "extend", "close", "remove")


def day(name: str, days: int) -> dict[str, str]:
    when = today() + timedelta(days=days)
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def filled(**changes: Any) -> dict[str, Any]:
    """The form of a wave as somebody would fill it in."""
    given: dict[str, Any] = {
        "name": "How are we doing?",
        "why": "To plan the year.",
        "asks": "The Partnership",
        "kind": "anonymous",
        "asked": ["leaders", "staff"],
        "k": "10",
        "token": str(uuid4()),
        **day("until", 7),
        **day("results_on", 14),
    }
    return {**given, **changes}


def new_at(people: Any, key: str = "collaboration-diagnostic") -> str:
    return f"{reverse('surveys:new')}?scope=area:{people.area.pk}&instrument={key}"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- asking ---


def test_asking_goes_from_whom_to_what_to_the_rest(people: Any, client_for: Any) -> None:
    network_role(people)
    client = client_for(people.officer)
    first = client.get(reverse("surveys:new"))
    assert "For whom do you ask?" in text_of(first)
    assert "Choose one to go on" not in text_of(first)
    assert "Choose one to go on" in text_of(client.get(reverse("surveys:new"), {"go": "1"}))
    second = client.get(reverse("surveys:new"), {"scope": f"area:{people.area.pk}", "go": "1"})
    assert "What do you want to ask?" in text_of(second)
    assert "How well do our schools work together?" in text_of(second)
    assert "Five reflections" not in text_of(second), "what is for oneself alone is asked in no wave"
    assert "How do we work with this partner?" not in text_of(second)
    third = text_of(client.get(new_at(people)))
    assert f"Ask people in {people.area.name}" in third
    assert "Parents" not in third, "the diagnostic asks leaders, staff and governors"


def network_role(people: Any) -> Network:
    """A network of the area that the officer looks after, too, with the area's school and another."""
    layer = Layer.objects.create(area=people.area, name="Localities")
    network = Network.objects.create(layer=layer, name="North")
    for one in (people.school, factories.school(people.area)):
        Membership.objects.create(network=network, organisation=one)
    from isthmus.apps.accounts.actions import give_role

    give_role(
        by=None, person=people.officer, role=Role.CO_ORDINATOR, scope=Scope(ScopeKind.NETWORK, network.pk)
    )
    people.officer.__dict__.pop("held", None)
    return network


def test_a_wave_is_written_down_once_however_often_it_is_sent(people: Any, client_for: Any) -> None:
    client, given = client_for(people.officer), filled()
    answers = [client.post(new_at(people), given) for _ in range(3)]
    wave = Wave.objects.get()
    assert {response.url for response in answers} == {reverse("surveys:wave", args=[wave.pk])}
    assert wave.scope == Scope(ScopeKind.AREA, people.area.pk)
    assert wave.instrument.key == "collaboration-diagnostic"
    assert [row.organisation for row in wave.schools.all()] == [people.school]
    assert AuditEvent.objects.filter(action="wave.start").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Enter"),
        ({"k": "4"}, "must be 5 or more"),
        ({"k": "ten"}, "whole number"),
        ({"kind": "secret"}, "Choose"),
        ({"kind": ""}, "Who will know who said what"),
        ({"asked": []}, "Choose who is asked"),
        ({"asked": ["pupils"]}, "Choose"),
        (day("until", -1), "must be today"),
        (day("results_on", 1), "must be the last day to answer or later"),
        ({"until_day": "31", "until_month": "2"}, "real date"),
        ({"kind": "confidential"}, "Enter the e-mail address of the one person"),
        ({"kind": "confidential", "reader": "nobody@example.org"}, "Nobody with a role here"),
        ({"kind": "confidential", "reader": "nobody"}, "e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    people: Any, client_for: Any, changes: dict[str, Any], words: str
) -> None:
    page = text_of(client_for(people.officer).post(new_at(people), filled(**changes)))
    assert "There is a problem" in page
    assert words in page
    assert not Wave.objects.exists()


def test_children_and_families_are_asked_with_consent_only(people: Any, client_for: Any) -> None:
    client, at = client_for(people.officer), new_at(people, "those-affected")
    given = filled(asked=["pupils", "parents"])
    assert "Say what people agree to, and from which age" in text_of(client.post(at, given))
    assert "cannot sign in here" in text_of(client.post(at, {**given, "kind": "attributed"}))
    client.post(at, {**given, "consent": "From 13 on your own."})
    assert Wave.objects.get().consent == "From 13 on your own."


def test_the_reader_of_confidential_answers_has_a_role_here(people: Any, client_for: Any) -> None:
    client = client_for(people.officer)
    stranger = people.other_officer.email
    assert "Nobody with a role here" in text_of(
        client.post(new_at(people), filled(kind="confidential", reader=stranger))
    )
    client.post(new_at(people), filled(kind="confidential", reader=people.head.email.upper()))
    wave = Wave.objects.get()
    assert wave.reader_id == people.head.pk
    page = text_of(client.get(reverse("surveys:wave", args=[wave.pk])))
    assert f"One person, {people.head.name}, reads who said what" in page
    client.post(new_at(people), filled(kind="anonymous", reader=people.head.email))
    assert Wave.objects.exclude(pk=wave.pk).get().reader_id is None


def test_an_earlier_wave_of_the_same_questions_can_be_compared_with(
    people: Any, client_for: Any, make_wave: Make, diagnostic: Any
) -> None:
    earlier = make_wave()
    draft = make_wave(opened=False)
    foreign = actions.start_wave(
        by=None,
        scope=Scope(ScopeKind.AREA, people.other_area.pk),
        instrument=diagnostic,
        asking=asking(name="Foreign"),
        schools=[factories.school(people.other_area)],
        token=uuid4(),
    )
    actions.open_wave(by=None, wave=foreign)
    client = client_for(people.officer)
    at = reverse("surveys:change", args=[draft.pk])
    page = text_of(client.get(at))
    assert f'<option value="{earlier.pk}"' in page
    assert "Foreign" not in page
    given = filled(previous=str(foreign.pk))
    assert "Choose" in text_of(client.post(at, given))
    assert client.post(at, {**given, "previous": str(earlier.pk)}).status_code == 302
    draft.refresh_from_db()
    assert (draft.previous_id, draft.name) == (earlier.pk, "How are we doing?")


def test_saving_the_same_again_records_nothing(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    client, given = client_for(people.officer), filled()
    for _ in range(3):
        client.post(reverse("surveys:change", args=[wave.pk]), given)
    assert AuditEvent.objects.filter(action="wave.change").count() == 1


@pytest.mark.parametrize(
    "scope", ["area:{other}", "area:99999", "organisation:{area}", "installation:0", "sub-group:1"]
)
def test_nobody_asks_for_a_scope_of_others(people: Any, client_for: Any, scope: str) -> None:
    at = scope.format(other=people.other_area.pk, area=people.area.pk)
    address = f"{reverse('surveys:new')}?scope={at}&instrument=collaboration-diagnostic"
    client = client_for(people.officer)
    assert client.get(address).status_code == 404
    assert client.post(address, filled()).status_code == 404
    assert not Wave.objects.exists()


def test_a_head_asks_the_own_school_alone(people: Any, client_for: Any) -> None:
    client = client_for(people.head)
    factories.school(people.area)
    at = f"{reverse('surveys:new')}?instrument=collaboration-diagnostic"
    assert client.post(at, filled()).status_code == 302
    wave = Wave.objects.get()
    assert [row.organisation for row in wave.schools.all()] == [people.school]


# --- who opens what ---


def test_pages_are_for_those_who_run_the_wave(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave()
    stranger, head = client_for(people.other_officer), client_for(people.head)
    for name in RUN_PAGES:
        at = reverse(f"surveys:{name}", args=[wave.pk])
        assert client_for(people.officer).get(at).status_code == 200
        assert [one.get(at).status_code for one in (stranger, head)] == [404, 404], name
        assert [one.post(at, {"do": "open"}).status_code for one in (stranger, head)] == [404, 404], name
        assert client_for(None).get(at).status_code == 302
        assert client_for(people.administrator).get(at).status_code == 403
    wave.refresh_from_db()
    assert wave.state == WaveState.OPEN


def test_a_school_sees_the_wave_and_its_own_code_alone(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(schools=3)
    own = wave.schools.get(organisation=people.school)
    others = list(wave.schools.exclude(pk=own.pk))
    client = client_for(people.head)
    page = text_of(client.get(reverse("surveys:wave", args=[wave.pk])))
    posters = text_of(client.get(reverse("surveys:posters", args=[wave.pk])))
    links = client.get(reverse("surveys:links_file", args=[wave.pk, "csv"])).content.decode()
    assert own.code in posters
    assert own.code in links
    for other in others:
        for shown in (page, posters, links):
            assert other.code not in shown
            assert other.code[:4] + " " + other.code[4:] not in shown
    assert "What has happened" not in page
    assert client_for(people.other_officer).get(reverse("surveys:posters", args=[wave.pk])).status_code == 404


# --- how a wave stands ---


@pytest.mark.parametrize(
    ("number", "told"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (1003, 1005)]
)
def test_counts_are_hidden_below_k_and_rounded_above(number: int, told: int | None) -> None:
    assert while_open(number, 10) == told


def test_an_open_wave_shows_no_count_below_k(
    people: Any, client_for: Any, make_wave: Make, answer: Any
) -> None:
    wave = make_wave()
    first, second = wave.schools.select_related("wave__instrument").order_by("pk")
    for _ in range(13):
        answer(first)
    for _ in range(4):
        answer(second)
    page = text_of(client_for(people.officer).get(reverse("surveys:wave", args=[wave.pk])))
    assert "about 15" in page
    assert "fewer than 10" in page
    for exact in (">13<", ">17<", ">4<"):
        assert exact not in page
    head = text_of(client_for(people.head).get(reverse("surveys:wave", args=[wave.pk])))
    assert head.count("about 15") == 1, "the whole alone"


def test_opening_extending_and_closing(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    client, at = client_for(people.officer), lambda name: reverse(f"surveys:{name}", args=[wave.pk])
    assert "This questionnaire is anonymous." in text_of(client.get(at("open")))
    for _ in range(2):
        assert client.post(at("open"), {"do": "open"}).url == at("wave")
    assert AuditEvent.objects.filter(action="wave.open").count() == 1
    more = {"name": "A better name", "why": "A holiday", **day("until", 12), **day("results_on", 30)}
    assert "as people were told" in text_of(client.post(at("extend"), {**more, **day("until", 3)}))
    for _ in range(2):
        client.post(at("extend"), more)
    wave.refresh_from_db()
    assert (wave.name, wave.until) == ("A better name", today() + timedelta(days=12))
    assert AuditEvent.objects.filter(action="wave.extend").count() == 1
    for name in ("change", "schools", "remove"):
        assert "opened" in text_of(client.get(at(name)))
        client.post(at(name), filled())
    assert Wave.objects.get().name == "A better name"
    assert "It cannot be opened again." in text_of(client.get(at("close")))
    for _ in range(2):
        client.post(at("close"), {"why": "Everybody answered"})
    assert AuditEvent.objects.filter(action="wave.close").count() == 1
    assert "It takes no more answers" in text_of(client.get(at("wave")))


def test_a_draft_is_removed_once(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    client, at = client_for(people.officer), reverse("surveys:remove", args=[wave.pk])
    assert client.get(at).status_code == 200
    assert client.post(at).url == reverse("surveys:home")
    assert client.post(at).status_code == 404
    assert not Wave.objects.exists()


def test_a_wave_past_its_last_day_is_not_opened(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    Wave.objects.filter(pk=wave.pk).update(until=today() - timedelta(days=1))
    client, at = client_for(people.officer), reverse("surveys:open", args=[wave.pk])
    assert "Its last day is over" in text_of(client.get(at))
    client.post(at, {"do": "open"})
    wave.refresh_from_db()
    assert wave.state == WaveState.DRAFT


# --- whom it asks ---


def test_rows_are_pasted(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    other = factories.school(people.area, name="Oak, Ash and Elm School")
    kept = wave.schools.get(organisation=people.school).code
    client, at = client_for(people.officer), reverse("surveys:schools", args=[wave.pk])
    rows = f'URN,Group,People\n{people.school.urn}\tNorth\t40\n\n"{other.name}", South, "1,200"'
    assert client.post(at, {"do": "paste", "rows": rows}).url == reverse("surveys:wave", args=[wave.pk])
    found = {
        row.organisation: (row.group, row.expected) for row in wave.schools.select_related("organisation")
    }
    assert found == {people.school: ("North", 40), other: ("South", 1200)}
    assert wave.schools.get(organisation=people.school).code == kept, "a code that was handed out stays"
    client.post(at, {"do": "paste", "rows": rows})
    assert AuditEvent.objects.filter(action="wave.schools").count() == 1
    page = text_of(client.get(at))
    assert f"{people.school.urn}, North, 40" in page


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("", "Enter"),
        ("999999, North, 4", "neither the URN nor the name"),
        ("{foreign}, North, 4", "neither the URN nor the name"),
        ("{own}, North, many", "whole number from 1"),
        ("{own}, North, 0", "whole number from 1"),
        ("{own}, North, 99999", "whole number from 1"),
        ("{own}\n{own}", "stands there twice"),
        ("{own}, " + "x" * 121, "120 letters or fewer"),
        ("URN, Group", "Give a row"),
    ],
)
def test_rows_that_cannot_be_read_are_named(
    people: Any, client_for: Any, make_wave: Make, rows: str, words: str
) -> None:
    wave = make_wave(opened=False)
    foreign = factories.school(people.other_area)
    given = rows.format(own=people.school.urn, foreign=foreign.urn)
    page = text_of(
        client_for(people.officer).post(
            reverse("surveys:schools", args=[wave.pk]), {"do": "paste", "rows": given}
        )
    )
    assert "There is a problem" in page
    assert words in page
    assert wave.schools.count() == 2
    assert not wave.schools.exclude(group="").exists()


def test_schools_are_typed_row_by_row(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(opened=False)
    other = wave.schools.exclude(organisation=people.school).get().organisation
    client, at = client_for(people.officer), reverse("surveys:schools", args=[wave.pk])
    assert "Choose one school or more" in text_of(client.post(at, {"do": "type"}))
    bad = {"do": "type", f"ask-{other.pk}": "on", f"people-{other.pk}": "none"}
    assert "whole number" in text_of(client.post(at, bad))
    client.post(at, {**bad, f"group-{other.pk}": " West ", f"people-{other.pk}": "30"})
    row = wave.schools.get()
    assert (row.organisation, row.group, row.expected) == (other, "West", 30)


def test_known_networks_are_offered_as_groups(people: Any, client_for: Any, make_wave: Make) -> None:
    network_role(people)
    wave = make_wave(opened=False)
    client, at = client_for(people.officer), reverse("surveys:schools", args=[wave.pk])
    assert "Localities" in text_of(client.get(at))
    assert "Choose by what schools are grouped" in text_of(client.post(at, {"do": "group"}))
    client.post(at, {"do": "group", "grouping": "0"})
    assert dict(wave.schools.values_list("organisation", "group"))[people.school.pk] == "North"
    assert sorted(wave.schools.values_list("group", flat=True)) == ["", "North"]
    client.post(at, {"do": "group", "grouping": "none"})
    assert not wave.schools.exclude(group="").exists()


def test_the_schools_of_a_network_are_those_of_today(people: Any) -> None:
    network = network_role(people)
    gone = factories.school(people.area)
    Membership.objects.create(network=network, organisation=gone, until=today() - timedelta(days=1))
    found = schools_of(Scope(ScopeKind.NETWORK, network.pk))
    assert people.school in found
    assert gone not in found
    assert len(found) == 2
    assert groupings_of(Scope(ScopeKind.NETWORK, network.pk), [people.school.pk]) == []
    assert groupings_of(Scope(ScopeKind.AREA, people.area.pk), [people.school.pk, gone.pk]) == [
        ("Localities", {people.school.pk: "North"})
    ]


# --- what a report will be able to show ---


def test_the_outlook_holds_back_small_schools_and_one_beside_a_lone_one() -> None:
    rows = [Asked(1, "", 60), Asked(2, "", 30), Asked(3, "", 10), Asked(4, "", None)]
    found = outlook(rows, 0.5, 10)
    assert found.small == (3,)
    assert found.beside == (2,), "5 hidden answers alone could be worked out from the whole"
    assert found.unknown == (4,)
    assert found.together == ()
    assert outlook(rows[:2], 0.5, 10).alone == frozenset()


def test_small_schools_are_offered_together_by_nearness_with_k_answers() -> None:
    rows = [Asked(n, "", 12, (n * 1000 if n < 3 else 90_000 + n, 0)) for n in range(5)]
    lots = outlook(rows, 0.5, 10).together
    assert sorted(key for lot in lots for key in lot) == [0, 1, 2, 3, 4]
    assert all(6 * len(lot) >= 10 and len(lot) > 1 for lot in lots)
    assert set(lots[0]) == {0, 1}
    grouped = [Asked(1, "North", 12), Asked(2, "North", 12), Asked(3, "South", 40), Asked(4, "South", 40)]
    assert outlook(grouped, 0.5, 10).together == (), "their network has results of its own"
    assert outlook([Asked(1, "", 4), Asked(2, "", 4)], 0.5, 10).together == ()


def test_small_schools_are_counted_together_before_opening(
    people: Any, client_for: Any, make_wave: Make
) -> None:
    wave = make_wave(schools=4, opened=False)
    for number, row in enumerate(wave.schools.order_by("pk")):
        wave.schools.filter(pk=row.pk).update(expected=100 if number == 0 else 12)
    client, at = client_for(people.officer), reverse("surveys:open", args=[wave.pk])
    page = text_of(client.get(at))
    assert "3 schools have fewer than 10 answers" in page
    assert "(3 schools)" in page or "(2 schools)" in page
    for _ in range(2):
        assert client.post(at, {"do": "together"}).url == at
    assert AuditEvent.objects.filter(action="wave.schools").count() == 1
    assert wave.schools.exclude(group="").count() == 3
    assert "Count small schools together" not in text_of(client.get(at))
    assert "must be 100 or less" in text_of(client.get(at, {"share": "300"}))


# --- posters ---


def test_posters_show_code_link_and_qr(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave()
    client = client_for(people.officer)
    page = client.get(reverse("surveys:posters", args=[wave.pk])).content.decode()
    for row in wave.schools.all():
        assert f"http://testserver/a/{row.code}/" in page
        assert f"{row.code[:4]} {row.code[4:]}" in page
    assert page.count('class="app-qr"') == 2
    assert "style=" not in page
    rows = client.get(reverse("surveys:links_file", args=[wave.pk, "csv"])).content.decode().splitlines()
    assert len(rows) == 3
    assert client.get(reverse("surveys:links_file", args=[wave.pk, "xlsx"])).content.startswith(b"PK")
    only = client.get(reverse("surveys:posters", args=[wave.pk]), {"q": people.school.urn}).content.decode()
    assert only.count('class="app-qr"') == 1


def test_a_qr_code_holds_the_link(people: Any, make_wave: Make, rf: Any) -> None:
    import segno

    from isthmus.apps.surveys.presenters.posters import qr

    drawn = qr("https://isthmus.example/a/abcdefgh/")
    again = qr("https://isthmus.example/a/abcdefgj/")
    assert drawn != again
    size = segno.make("https://isthmus.example/a/abcdefgh/", error="m", micro=False).symbol_size(border=4)[0]
    assert f'viewBox="0 0 {size} {size}"' in drawn
    assert not re.search(r"style|script|href", drawn)


# --- attributed ---


def test_a_person_of_the_school_answers_for_it(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED)
    own = wave.schools.get(organisation=people.school)
    at = reverse("surveys:answer", args=[wave.pk, own.pk])
    client = client_for(people.head)
    assert f"Answer for {people.school.name}" in text_of(client.get(reverse("surveys:wave", args=[wave.pk])))
    assert "carry the name of your school" in text_of(client.get(at))
    assert "Choose as whom you are answering" in text_of(client.post(at, {"do": "start"}))
    page = client.post(at, {"do": "start", "who": "leaders"}).content.decode()
    found = re.search(r'name="ballot" value="(\d+)"', page)
    assert found
    given = {"ballot": found[1], "who": "leaders", "page": "2", "q-know-1": "4", "t-share-3": "A library"}
    for _ in range(2):
        assert client.post(at, {**given, "do": "send"}).url == at
    row = Response.objects.get()
    assert (row.person_id, bytes(row.codes)[0], row.comments) == (people.head.pk, 4, {"share-3": "A library"})
    again = client.post(at, {"do": "start", "who": "leaders"}).content.decode()
    assert re.search(r'value="4"[^>]*checked', again), "what was answered before stands there"
    officer = text_of(client_for(people.officer).get(reverse("surveys:wave", args=[wave.pk])))
    assert people.head.name in officer
    assert "Nobody yet" in officer


def test_nobody_else_answers_for_the_school(people: Any, client_for: Any, make_wave: Make) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED)
    own = wave.schools.get(organisation=people.school)
    other = wave.schools.exclude(pk=own.pk).get()
    given = {"ballot": "5", "who": "leaders", "page": "2", "do": "send"}
    for person, row in ((people.head, other), (people.officer, own), (people.other_officer, own)):
        at = reverse("surveys:answer", args=[wave.pk, row.pk])
        assert [client_for(person).get(at).status_code, client_for(person).post(at, given).status_code] == [
            404,
            404,
        ]
    anonymous = make_wave()
    row = anonymous.schools.get(organisation=people.school)
    assert (
        client_for(people.head).get(reverse("surveys:answer", args=[anonymous.pk, row.pk])).status_code == 404
    )
    assert (
        client_for(people.head).get(reverse("surveys:answer", args=[anonymous.pk, own.pk])).status_code == 404
    )
    assert not Response.objects.exists()
    assert client_for(people.officer).get(reverse("surveys:posters", args=[wave.pk])).status_code == 404


# --- the list ---


def test_the_list_is_searched_filtered_sorted_and_saved(
    people: Any, client_for: Any, make_wave: Make
) -> None:
    make_wave(name="Apples")
    make_wave(name="Pears", opened=False, kind=WaveKind.IN_ROOM)
    client, at = client_for(people.officer), reverse("surveys:home")
    assert "2 questionnaires" in text_of(client.get(at))
    for asked, shown, hidden in (
        ({"q": "pple"}, "Apples", "Pears"),
        ({"state": "draft"}, "Pears", "Apples"),
        ({"kind": "anonymous"}, "Apples", "Pears"),
    ):
        page = text_of(client.get(at, asked))
        assert f">{shown}</a>" in page
        assert f">{hidden}</a>" not in page
    assert "No questionnaire fits" in text_of(client.get(at, {"q": "plums"}))
    page = text_of(client.get(at, {"sort": "-name"}))
    assert page.index("Pears</a>") < page.index("Apples</a>")
    rows = client.get(reverse("surveys:home_file", args=["csv"]), {"q": "pple"}).content.decode().splitlines()
    assert len(rows) == 2
    assert "Nobody has been asked yet" in text_of(client_for(people.other_officer).get(at))


def test_drafts_and_confidential_waves_of_others_are_not_listed(
    people: Any, client_for: Any, make_wave: Make
) -> None:
    make_wave(name="Draft", opened=False)
    make_wave(name="Confidential", kind=WaveKind.CONFIDENTIAL, reader_id=people.officer.pk)
    make_wave(name="Seen")
    page = text_of(client_for(people.head).get(reverse("surveys:home")))
    assert "Seen</a>" in page
    assert "Draft</a>" not in page
    assert "Confidential</a>" not in page


def test_pages_cost_the_same_whatever_they_list(
    people: Any, client_for: Any, make_wave: Make, list_query_count: Any
) -> None:
    client = client_for(people.officer)
    list_query_count(make_wave, lambda: client.get(reverse("surveys:home")))
    wave = make_wave(schools=1, opened=False)
    rows = iter(range(2, 9))

    def more() -> None:
        every = [row.organisation for row in wave.schools.select_related("organisation")]
        assert next(rows)
        actions.set_schools(
            by=people.officer, wave=wave, schools=[*every, factories.school(people.area)], grouped={}
        )

    for name in ("wave", "schools", "open", "posters"):
        list_query_count(more, lambda name=name: client.get(reverse(f"surveys:{name}", args=[wave.pk])))
        rows = iter(range(2, 9))


def test_a_wave_of_named_answers_costs_the_same_however_many(
    people: Any, client_for: Any, make_wave: Make, list_query_count: Any
) -> None:
    wave = make_wave(kind=WaveKind.ATTRIBUTED, schools=4)
    rows = iter(wave.schools.all())
    client = client_for(people.officer)

    def respond() -> None:
        Response.objects.create(
            wave=wave,
            school=next(rows),
            person=factories.person(),
            ballot=uuid4().int >> 70,
            who=Who.LEADERS,
            codes=b"\x01" * 4,
        )

    list_query_count(respond, lambda: client.get(reverse("surveys:wave", args=[wave.pk])))


# --- the networks of an area ---


def test_an_officer_asks_a_network_of_the_area_without_a_role_on_it(people: Any, client_for: Any) -> None:
    layer = Layer.objects.create(area=people.area, name="Localities")
    network = Network.objects.create(layer=layer, name="North")
    asked = [people.school, factories.school(people.area)]
    for one in asked:
        Membership.objects.create(network=network, organisation=one)
    client = client_for(people.officer)
    assert "North" in text_of(client.get(reverse("surveys:new")))
    at = f"{reverse('surveys:new')}?scope=network:{network.pk}&instrument=collaboration-diagnostic"
    assert client.post(at, filled()).status_code == 302
    wave = Wave.objects.get()
    assert wave.scope == Scope(ScopeKind.NETWORK, network.pk)
    assert {row.organisation for row in wave.schools.all()} == set(asked)
    assert client.get(reverse("surveys:close", args=[wave.pk])).status_code == 200
    for stranger in (people.other_officer, people.head):
        theirs = client_for(stranger)
        assert theirs.get(at).status_code == 404
        assert theirs.get(reverse("surveys:close", args=[wave.pk])).status_code == 404


def test_whoever_only_sees_an_area_does_not_see_what_its_networks_ask(people: Any, client_for: Any) -> None:
    from isthmus.apps.accounts.actions import give_role
    from tests.surveys.making import a_wave

    layer = Layer.objects.create(area=people.area, name="Localities")
    network = Network.objects.create(layer=layer, name="North")
    adviser = factories.person()
    give_role(by=None, person=adviser, role=Role.ADVISER, scope=Scope(ScopeKind.AREA, people.area.pk))
    wave = a_wave(Scope(ScopeKind.NETWORK, network.pk), [people.school])
    assert client_for(adviser).get(reverse("surveys:wave", args=[wave.pk])).status_code == 404
    assert client_for(people.officer).get(reverse("surveys:wave", args=[wave.pk])).status_code == 200
