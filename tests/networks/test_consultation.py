"""A consultation from both sides: officers ask, schools answer by their link, plans take the wishes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from isthmus.apps.needs.models import Level, Statement
from isthmus.apps.networks import demonstration_consultation as demonstration
from isthmus.apps.networks.actions import answering
from isthmus.apps.networks.actions import consultation as actions
from isthmus.apps.networks.actions.answering import Outcome
from isthmus.apps.networks.actions.consultation import Asking
from isthmus.apps.networks.models import (
    CONSULTATION_PURPOSE,
    Consultation,
    ConsultationAnswer,
    ConsultationWish,
    Plan,
    Sees,
    WishKind,
)
from isthmus.apps.networks.queries import consultation as queries
from isthmus.apps.networks.queries.answering import seen_rest, seen_wishes
from isthmus.apps.networks.waiting import consultations as waiting
from isthmus.apps.register import actions as register
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
Begin = Callable[..., Consultation]


@pytest.fixture
def schools(people: People) -> list[Any]:
    """Four more schools in the officer's area: with the head's own, five."""
    return [people.school, *(factories.school(people.area, town=f"Town {n}") for n in range(4))]


@pytest.fixture
def begin(people: People, schools: list[Any]) -> Begin:
    """Start a consultation of those schools, and open it unless told otherwise."""

    def begun(*, opened: bool = True, **changed: Any) -> Consultation:
        asking = Asking(**{"name": "September", "text": "", "until": today() + timedelta(days=9), **changed})
        kept = actions.start_consultation(
            by=people.officer, area=people.area, asking=asking, schools=schools, token=uuid4()
        )
        if opened:
            assert actions.open_consultation(by=people.officer, consultation=kept)
        return Consultation.objects.get(pk=kept.pk)

    return begun


def of(consultation: Consultation, school: Any) -> ConsultationAnswer:
    """A school's answer, fresh."""
    return ConsultationAnswer.objects.get(consultation=consultation, organisation=school)


def address(answer: ConsultationAnswer, name: str = "consultation_answer") -> str:
    """A page of a school's link."""
    return reverse(f"networks:{name}", args=[derived(CONSULTATION_PURPOSE, answer.reference)])


def wishes_for(answer: ConsultationAnswer, *schools: Any, kind: WishKind = WishKind.WITH) -> Outcome:
    """Keep wishes as the page would."""
    return answering.keep_wishes(
        by=None, answer=answer, kind=kind, schools=schools, seen=seen_wishes(answer, kind)
    )


def sends(answer: ConsultationAnswer, email: str = "") -> Outcome:
    """Send the answer as the page would."""
    return answering.send_answer(by=None, answer=answer, email=email, seen=answer.receipts)


def test_opening_writes_to_known_heads_only_and_once(people: People, begin: Begin) -> None:
    consultation = begin()
    mine = of(consultation, people.school)
    assert (mine.name, mine.email) == (people.head.name, people.head.email)
    sent = Message.objects.filter(kind="consultation.asked")
    assert [message.to for message in sent] == [people.head.email]
    assert not actions.open_consultation(by=people.officer, consultation=consultation)
    assert sent.count() == 1
    tokens = set(consultation.answers.values_list("token_hash", flat=True))
    assert len(tokens) == 5
    assert "" not in tokens
    assert not any(derived(CONSULTATION_PURPOSE, mine.reference) in token for token in tokens)


def test_looking_at_the_link_changes_nothing(people: People, begin: Begin, client: Client) -> None:
    answer = of(begin(sees=Sees.MUTUAL), people.school)
    events, before = (
        AuditEvent.objects.count(),
        ConsultationAnswer.objects.filter(pk=answer.pk).values().get(),
    )
    for name in ("link", "answer", "with", "not_now", "needs", "rest"):
        page = client.get(address(answer, f"consultation_{name}"))
        assert page.status_code == 200
    assert AuditEvent.objects.count() == events
    assert ConsultationAnswer.objects.filter(pk=answer.pk).values().get() == before
    first = client.get(address(answer, "consultation_link")).content.decode()
    assert "never published" in first
    assert "two schools that wished for each other are told so" in first


def test_a_head_answers_without_an_account(
    people: People, schools: list[Any], begin: Begin, client: Client
) -> None:
    register.seed_themes(by=None, area=people.area)
    consultation = begin()
    answer = of(consultation, schools[1])
    theme = people.area.themes.all()[0]

    def says(name: str, **data: Any) -> str:
        url = address(answer, f"consultation_{name}")
        found = re.search(r'name="seen" value="([^"]*)"', client.get(url).content.decode())
        assert found
        page = client.post(url, {"seen": found[1], **data}, follow=True)
        assert page.redirect_chain, page.content.decode()
        return page.content.decode()

    says("with", schools=[schools[2].urn, schools[3].urn], do="save")
    says("not_now", schools=[schools[4].urn], reason="We contest pupils", do="save", q=schools[4].urn)
    says("needs", **{f"theme_{theme.pk}": "strength"})
    says("rest", nominee_name="Cy Co", nominee_email="cy@example.org", agreed="on", note="Ring us")
    assert queries.wishes(consultation) == (), "nothing counts before it is sent"
    page = says("answer", email="own@example.org")
    assert "Your answer was sent." in page
    assert queries.wishes(consultation) == tuple((schools[1].urn, s.urn) for s in schools[2:4])
    assert Statement.objects.get(organisation=schools[1], theme=theme).level == Level.STRENGTH
    kept = of(consultation, schools[1])
    assert (kept.nominee_name, kept.nominee_agreed, kept.note) == ("Cy Co", True, "Ring us")
    receipt = Message.objects.get(kind="consultation.receipt")
    assert receipt.to == "own@example.org"
    text = str(receipt.letter)
    assert schools[2].name in text
    assert schools[4].name not in text, "whom they would rather not stays out of mail"
    says("with", schools=[schools[2].urn], do="save")
    assert queries.wishes(consultation) == ((schools[1].urn, schools[2].urn),), "a change counts at once"


def test_nobody_is_named_without_their_say_so(people: People, begin: Begin, client: Client) -> None:
    answer = of(begin(), people.school)
    given = {"nominee_name": "Cy Co", "seen": seen_rest(answer)}
    page = client.post(address(answer, "consultation_rest"), given)
    assert "Ask this person first and tick the box" in page.content.decode()
    assert of(answer.consultation, people.school).nominee_name == ""
    with pytest.raises(ValueError, match="agreed"):
        answering.keep_rest(
            by=None,
            answer=answer,
            nominee_name="Cy",
            nominee_email="",
            agreed=False,
            note="",
            seen=seen_rest(answer),
        )


def test_what_cannot_be_wished_is_said(
    people: People, schools: list[Any], begin: Begin, client: Client
) -> None:
    stranger = factories.school(people.other_area)
    answer = of(begin(most_wishes=2), people.school)
    url = address(answer, "consultation_with")

    def tries(*named: Any) -> str:
        data = {"seen": seen_wishes(answer, WishKind.WITH), "schools": [s.urn for s in named], "do": "save"}
        return client.post(url, data).content.decode()

    assert "choose 2 schools or fewer. You chose 3" in tries(*schools[1:4])
    assert "choose from the list" in tries(stranger)
    assert "choose from the list" in tries(people.school), "not itself"
    assert wishes_for(answer, schools[1], kind=WishKind.NOT_NOW) == Outcome.KEPT
    assert "you said the opposite" in tries(schools[1])
    assert not ConsultationWish.objects.filter(kind=WishKind.WITH).exists()
    with pytest.raises(ValueError, match="More than 2"):
        wishes_for(answer, *schools[2:5])
    with pytest.raises(ValueError, match="not asked"):
        wishes_for(answer, stranger)


def test_finding_keeps_what_was_ticked(
    people: People, schools: list[Any], begin: Begin, client: Client
) -> None:
    answer = of(begin(), people.school)
    type(schools[3]).objects.filter(pk=schools[3].pk).update(search=" brook primary school")
    data = {"seen": "", "schools": [schools[1].urn], "q": "Brook", "do": "find"}
    page = client.post(address(answer, "consultation_with"), data).content.decode()
    assert re.search(rf'value="{schools[1].urn}"[^>]*checked', page)
    assert f'value="{schools[3].urn}"' in page
    assert f'value="{schools[2].urn}"' not in page
    assert not ConsultationWish.objects.exists()


def test_two_of_one_school_lose_nothing(people: People, schools: list[Any], begin: Begin) -> None:
    answer = of(begin(), people.school)
    seen = seen_wishes(answer, WishKind.WITH)

    def keeps(*named: Any) -> Outcome:
        return answering.keep_wishes(by=None, answer=answer, kind=WishKind.WITH, schools=named, seen=seen)

    assert keeps(schools[1]) == Outcome.KEPT
    assert keeps(schools[1]) == Outcome.SAME, "a double click"
    assert keeps(schools[2]) == Outcome.OTHERS, (
        "the head's choice is not overwritten by a deputy's older page"
    )
    assert [w.organisation_id for w in answer.wishes.all()] == [schools[1].pk]
    assert sends(answer, "a@example.org") == Outcome.KEPT
    assert sends(answer, "a@example.org") == Outcome.SAME
    assert Message.objects.filter(kind="consultation.receipt").count() == 1


def test_closing_ends_it_and_reopening_goes_on(
    people: People, schools: list[Any], begin: Begin, client: Client
) -> None:
    consultation = begin()
    answer = of(consultation, people.school)
    assert wishes_for(answer, schools[1]) == Outcome.KEPT
    assert actions.close_consultation(by=people.officer, consultation=consultation)
    assert not actions.close_consultation(by=people.officer, consultation=consultation)
    assert Message.objects.get(kind="consultation.asked").state == MessageState.WITHDRAWN
    assert wishes_for(answer, schools[2]) == Outcome.OVER
    assert sends(answer, "a@example.org") == Outcome.OVER
    assert "takes no more answers" in client.get(address(answer)).content.decode()
    assert client.get(address(answer, "consultation_with")).status_code == 302
    assert actions.open_consultation(by=people.officer, consultation=consultation)
    assert sends(of(consultation, people.school)) == Outcome.KEPT
    assert not Message.objects.filter(kind="consultation.receipt").exists(), "who wants none gets none"


def test_the_last_day_ends_it_too(people: People, schools: list[Any], begin: Begin) -> None:
    consultation = begin(until=today())
    answer = of(consultation, people.school)
    assert wishes_for(answer, schools[1]) == Outcome.KEPT
    Consultation.objects.update(until=today() - timedelta(days=1))
    assert wishes_for(answer, schools[2]) == Outcome.OVER
    assert actions.remind(by=people.officer, consultation=consultation, seen=0) is None


def test_reminders_go_once_to_those_without_an_answer(
    people: People, schools: list[Any], begin: Begin
) -> None:
    other = factories.person(Role.HEAD, Scope(ScopeKind.ORGANISATION, schools[1].pk))
    consultation = begin()
    sends(of(consultation, people.school))
    assert actions.remind(by=people.officer, consultation=consultation, seen=0) == 1
    assert actions.remind(by=people.officer, consultation=consultation, seen=0) is None, "a double click"
    assert [m.to for m in Message.objects.filter(kind="consultation.reminder")] == [other.email]
    assert actions.remind(by=people.officer, consultation=consultation, seen=1) == 1


def test_a_new_link_ends_the_old_one(people: People, begin: Begin, client: Client) -> None:
    answer = of(begin(), people.school)
    old = address(answer)
    url = reverse("networks:consultation_school", args=[answer.consultation_id, answer.pk])
    client.force_login(people.officer)
    page = client.get(url).content.decode()
    assert old.removesuffix("parts/") in page, "the officer can hand the link over"
    given = {"do": "send", "round": answer.round, "name": "New Head", "email": "New@example.org"}
    for _ in range(2):  # a double click
        client.post(url, given)
    client.logout()
    assert client.get(old).status_code == 404
    fresh = of(answer.consultation, people.school)
    assert (fresh.round, fresh.email) == (2, "new@example.org")
    assert client.get(address(fresh)).status_code == 200
    assert Message.objects.filter(kind="consultation.asked", to="new@example.org").count() == 1


def test_a_draft_has_no_links_and_can_be_changed(people: People, schools: list[Any], begin: Begin) -> None:
    draft = begin(opened=False)
    assert not Message.objects.exists()
    asking = Asking(name="October", text="", until=draft.until, sees=Sees.MUTUAL)
    actions.change_consultation(by=people.officer, consultation=draft, asking=asking, schools=schools[:3])
    assert draft.answers.count() == 3
    actions.open_consultation(by=people.officer, consultation=draft)
    later = Asking(name="November", text="", until=draft.until, sees=Sees.OWN)
    changed = actions.change_consultation(
        by=people.officer, consultation=draft, asking=later, schools=schools
    )
    assert (changed.name, changed.sees, changed.answers.count()) == ("November", Sees.MUTUAL, 3)
    assert not actions.remove_consultation(by=people.officer, consultation=draft)


def test_the_officer_asks_through_the_pages(people: People, schools: list[Any], client: Client) -> None:
    client.force_login(people.officer)
    new, until = reverse("networks:consultation_new", args=[people.area.pk]), today() + timedelta(days=3)
    token = str(uuid4())
    form = {"name": "September", "most_wishes": 5, "sees": "own", "phases": ["primary"], "token": token}
    form |= {"until_day": until.day, "until_month": until.month, "until_year": until.year, "urns": "1"}
    assert "no open school of this area has the URN 1" in client.post(new, form).content.decode()
    for _ in range(2):
        made = client.post(new, {**form, "urns": ""})
    kept = Consultation.objects.get()
    assert made["Location"] == reverse("networks:consultation", args=[kept.pk])
    assert kept.answers.count() == 5
    client.post(reverse("networks:consultation_open", args=[kept.pk]))
    wishes_for(of(kept, schools[0]), schools[1])
    sends(of(kept, schools[0]))
    page = client.get(reverse("networks:consultation", args=[kept.pk]) + "?only=answered").content.decode()
    assert "1 of 5 schools" in page
    assert "1 school, 0 mutual" in page
    listed = client.get(reverse("networks:consultations", args=[people.area.pk]) + "?q=sept&sort=-said")
    assert "1 of 5" in listed.content.decode()
    file = client.get(reverse("networks:consultation_file", args=[kept.pk, "csv"])).content.decode()
    assert f"{schools[0].name},{schools[0].urn}" in file
    assert client.post(reverse("networks:consultation_close", args=[kept.pk])).status_code == 302
    assert "preset=wishes" in client.get(reverse("networks:consultation", args=[kept.pk])).content.decode()


def test_others_find_nothing(people: People, begin: Begin, client: Client) -> None:
    answer = of(begin(), people.school)
    pages = [
        reverse("networks:consultation", args=[answer.consultation_id]),
        reverse("networks:consultation_school", args=[answer.consultation_id, answer.pk]),
        reverse("networks:consultation_file", args=[answer.consultation_id, "csv"]),
    ]
    evaluator = factories.person(Role.EVALUATOR, Scope(ScopeKind.AREA, people.area.pk))
    for person, status in ((people.other_officer, 404), (people.head, 403), (evaluator, 403)):
        client.force_login(person)
        for page in pages:
            assert client.get(page).status_code == status, (person, page)
    client.force_login(people.officer)
    other = Consultation.objects.get()
    other.pk, other.token = None, uuid4()
    other.save()
    mixed = reverse("networks:consultation_school", args=[other.pk, answer.pk])
    assert client.get(mixed).status_code == 404


def test_heads_see_mutual_wishes_only_where_it_was_said(
    people: People, schools: list[Any], begin: Begin, client: Client
) -> None:
    for sees, shown in ((Sees.OWN, False), (Sees.MUTUAL, True)):
        consultation = begin(sees=sees)
        for who, whom in ((0, (1, 2)), (1, (0,)), (3, (0,))):
            wishes_for(of(consultation, schools[who]), *(schools[n] for n in whom))
            sends(of(consultation, schools[who]))
        words = "Schools that wished for you too"
        assert words not in client.get(address(of(consultation, schools[0]))).content.decode(), "open still"
        actions.close_consultation(by=people.officer, consultation=consultation)
        page = client.get(address(of(consultation, schools[0]))).content.decode()
        assert (words in page) == shown
        assert schools[3].name not in page, "a wish that is not returned is never told"
        told = page.split(words)[-1].split("What you said")[0]
        assert (schools[1].name in told) == shown
        assert (schools[2].name in told) is False


def test_the_record_holds_no_names(people: People, schools: list[Any], begin: Begin) -> None:
    answer = of(begin(), people.school)
    wishes_for(answer, schools[1], kind=WishKind.NOT_NOW)
    sends(answer)
    events = AuditEvent.objects.filter(target_kind="networks.consultationanswer")
    assert [event.action for event in events.order_by("pk")] == ["consultation.say", "consultation.answer"]
    assert not any(schools[1].name in str(event.payload.content) for event in events)


def test_it_waits_for_the_head_until_it_is_answered(people: People, begin: Begin) -> None:
    consultation = begin()
    found = list(waiting(people.head))
    assert [item.url for item in found] == [address(of(consultation, people.school), "consultation_link")]
    assert list(waiting(people.officer)) == []
    sends(of(consultation, people.school))
    assert list(waiting(people.head)) == []


@pytest.mark.parametrize("size", [2, 20])
def test_pages_cost_the_same_at_any_size(
    people: People, client: Client, django_assert_max_num_queries: Any, size: int
) -> None:
    asked = [factories.school(people.area) for _ in range(size)]
    asking = Asking(name="S", text="", until=today())
    kept = actions.start_consultation(
        by=people.officer, area=people.area, asking=asking, schools=asked, token=uuid4()
    )
    actions.open_consultation(by=people.officer, consultation=kept)
    for one, other in zip(asked, reversed(asked), strict=True):
        wishes_for(of(kept, one), *({other} - {one}))
        sends(of(kept, one))
    client.force_login(people.officer)
    with django_assert_max_num_queries(24):
        assert client.get(reverse("networks:consultation", args=[kept.pk])).status_code == 200


def test_a_plan_takes_wishes_and_says_how_many_it_meets(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan], client: Client
) -> None:
    asking = Asking(name="S", text="", until=today())
    kept = actions.start_consultation(
        by=people.officer, area=people.area, asking=asking, schools=twelve_schools, token=uuid4()
    )
    actions.open_consultation(by=people.officer, consultation=kept)
    near, far = twelve_schools[0], twelve_schools[11]
    for one, other in ((near, far), (far, near), (twelve_schools[4], twelve_schools[5])):
        wishes_for(of(kept, one), other)
        sends(of(kept, one))
    client.force_login(people.officer)
    as_wished = worked_out(wishes=10, nearness=0, mixed_phases=0, mixed_disadvantage=0, secondary_each=False)
    met = queries.wishes_met(as_wished)
    assert met == queries.Met(met=3, wishes=3, mutual_met=1, mutual=1)
    plain = worked_out()
    words = "1 of 3 wishes of schools met; of 1 pair that wished for each other, 0 together"
    assert words in client.get(reverse("networks:plan", args=[plain.pk])).content.decode()
    assert queries.wishes(people.other_area) == ()


def test_the_demonstration_asks_once_and_tells_something(people: People) -> None:
    towns = [
        factories.school(people.area, easting=440_000 + 900 * n, northing=120_000 + 700 * (n % 5))
        for n in range(24)
    ]
    for _ in range(2):
        demonstration.build(people.area, officer=people.officer, head=people.school)
    kept = Consultation.objects.get()
    found = queries.brought(kept)
    assert kept.answers.count() == len(towns) + 1
    assert 0.4 * len(towns) < kept.answers.filter(answered_at__isnull=False).count() < len(towns)
    assert found.mutual
    assert of(kept, people.school).answered_at is None
    assert len(list(waiting(people.head))) == 1
