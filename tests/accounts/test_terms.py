"""Another term for a role without a new invitation, and lists of people as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import access, actions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]
LATER = today() + timedelta(days=400)


@pytest.fixture
def adviser(people: People) -> RoleHolding:
    """An adviser of the area, for a year from today."""
    person = factories.person()
    scope = Scope(ScopeKind.AREA, people.area.pk)
    return give_role(
        by=None, person=person, role=Role.ADVISER, scope=scope, ends=today() + timedelta(days=365)
    )


def parts(name: str, day: date | None) -> dict[str, str]:
    """A day as its three boxes send it."""
    values = (day.day, day.month, day.year) if day else ("", "", "")
    return {f"{name}_{part}": str(v) for part, v in zip(("day", "month", "year"), values, strict=True)}


def page(held: RoleHolding) -> str:
    return f"/people/roles/{held.pk}/term/"


def seen(held: RoleHolding) -> str:
    return f"{held.starts},{held.ends or ''}"


def sent(held: RoleHolding, ends: date | None, **more: str) -> dict[str, str]:
    return {**parts("ends", ends), "why": "The project goes on", "seen": seen(held), **more}


def test_a_term_is_made_longer_and_the_person_told(
    people: People, adviser: RoleHolding, client_for: ClientFor
) -> None:
    client = client_for(people.officer)
    assert page(adviser) in client.get(f"/people/roles/{adviser.pk}/").content.decode()
    assert "Change the term" in client.get(page(adviser)).content.decode()
    answer = client.post(page(adviser), sent(adviser, LATER), follow=True).content.decode()
    old, adviser_before = adviser.ends, adviser.pk
    adviser.refresh_from_db()
    assert (adviser.ends, adviser.pk, adviser.starts) == (LATER, adviser_before, today())
    event = AuditEvent.objects.get(action="role.change_term")
    assert event.told is not None
    assert (event.told["before"]["until"], event.told["after"]["until"]) == (
        old.isoformat() if old else None,
        LATER.isoformat(),
    )
    assert event.told["why"] == "The project goes on"
    for words in ("changed the term of the role", "The project goes on", in_words(LATER)):
        assert words in answer
    mail = Message.objects.get(kind="role.term_changed")
    assert mail.to == adviser.person.email
    assert in_words(LATER) in str(mail.letter)


def test_a_term_may_lose_its_end_and_get_a_near_one(people: People, adviser: RoleHolding) -> None:
    for ends in (None, today()):
        assert actions.change_term(
            by=people.officer,
            holding=adviser,
            starts=adviser.starts,
            ends=ends,
            why="x",
            seen=(adviser.starts, adviser.ends),
        )
        adviser.refresh_from_db()
        assert adviser.ends == ends
    assert adviser.person.held, "the last day belongs to the term"


@pytest.mark.parametrize(
    ("ends", "why", "said"),
    [
        (today() - timedelta(days=1), "x", "The last day must be today or later"),
        (LATER, "  ", "Say why the term changes"),
    ],
)
def test_what_makes_no_term_is_said_and_changes_nothing(
    people: People, adviser: RoleHolding, client_for: ClientFor, ends: date, why: str, said: str
) -> None:
    answer = client_for(people.officer).post(page(adviser), sent(adviser, ends, why=why))
    assert said in answer.content.decode()
    wrong = client_for(people.officer).post(
        page(adviser), {"ends_day": "31", "ends_month": "2", "ends_year": "2030"}
    )
    assert "Enter a real date as the last day" in wrong.content.decode()
    assert not AuditEvent.objects.filter(action="role.change_term").exists()


def test_a_double_click_changes_once_and_two_at_once_do_not_undo_each_other(
    people: People, adviser: RoleHolding, client_for: ClientFor
) -> None:
    client, form = client_for(people.officer), sent(adviser, LATER)
    assert [client.post(page(adviser), form).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.filter(kind="role.term_changed").count() == 1
    other = client_for(people.administrator).post(
        f"/people/roles/{adviser.pk}/term/", form | parts("ends", LATER + timedelta(days=1))
    )
    assert "Somebody else changed this term meanwhile" in other.content.decode()
    adviser.refresh_from_db()
    assert adviser.ends == LATER
    for broken in ("", "x", "2026-99-99,", "2026-01-01,x"):
        again = client.post(page(adviser), form | {"seen": broken} | parts("ends", None))
        assert "meanwhile" in again.content.decode()


def test_the_first_day_moves_only_until_it_comes(people: People, client_for: ClientFor) -> None:
    scope, person = Scope(ScopeKind.AREA, people.area.pk), factories.person()
    day = today() + timedelta(days=10)
    coming = give_role(by=None, person=person, role=Role.ADVISER, scope=scope, starts=day)
    give_role(by=None, person=person, role=Role.ADVISER, scope=scope, starts=day + timedelta(days=9))
    client = client_for(people.officer)
    for first, said in (
        (today(), "The first day must be after today"),
        (day + timedelta(days=9), "has this role from that day already"),
    ):
        answer = client.post(page(coming), sent(coming, None, **parts("starts", first)))
        assert said in answer.content.decode()
    answer = client.post(page(coming), sent(coming, day, **parts("starts", day + timedelta(days=2))))
    assert "The last day must not be before the first" in answer.content.decode()
    client.post(page(coming), sent(coming, LATER, **parts("starts", day - timedelta(days=3))))
    coming.refresh_from_db()
    assert (coming.starts, coming.ends) == (day - timedelta(days=3), LATER)
    for starts, ends in ((today(), LATER), (coming.starts, today() - timedelta(days=1))):
        with pytest.raises(ValueError, match="day"):
            actions.change_term(
                by=people.officer,
                holding=coming,
                starts=starts,
                ends=ends,
                why="x",
                seen=(coming.starts, coming.ends),
            )


def test_nobody_changes_their_own_term_or_one_that_they_could_not_give(
    people: People, adviser: RoleHolding, client_for: ClientFor
) -> None:
    governor = give_role(
        by=None,
        person=factories.person(),
        role=Role.GOVERNOR,
        scope=Scope(ScopeKind.ORGANISATION, people.school.pk),
    )
    held = {who: person.holdings.get() for who, person in people.by_name().items() if person}
    may = {
        (who, name): access.may_change(person, one)
        for who, person in people.by_name().items()
        if person
        for name, one in {**held, "adviser": adviser, "governor": governor}.items()
    }
    assert {pair for pair, allowed in may.items() if allowed} == {
        ("officer", "head"),
        ("officer", "adviser"),
        ("officer", "governor"),
        ("head", "governor"),
        ("administrator", "officer"),
        ("administrator", "other_officer"),
        ("administrator", "adviser"),
    }
    for who, one in (("officer", held["officer"]), ("other_officer", adviser), ("head", held["head"])):
        client = client_for(people.by_name()[who])
        assert client.get(page(one)).status_code == 404
        assert client.post(page(one), sent(one, LATER)).status_code == 404
    actions.end_role(by=people.officer, holding=adviser)
    assert client_for(people.officer).get(page(adviser)).status_code == 404, "what is over stays over"


NAMES = ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(1)", "\tTab", "Ann, “Q” O'Neill", "Zoë"]


def read(client: Client, path: str) -> list[list[Any]]:
    """The rows of a file, without the header."""
    answer = client.get(path)
    assert "attachment" in answer.headers["Content-Disposition"]
    if ".csv" in path:
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}, "no formula"
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_lists_of_people_are_saved_as_asked_for_and_run_nothing(
    people: People, client_for: ClientFor
) -> None:
    scope, client = Scope(ScopeKind.AREA, people.area.pk), client_for(people.officer)
    for number, name in enumerate(NAMES):
        factories.person(Role.ADVISER, scope, name=name)
        actions.invite(
            by=people.officer, email=f"n{number}@example.org", name=name, role=Role.ADVISER, scope=scope
        )
    for what in ("/people/people", "/people/invitations/invitations"):
        plain = [row[0] for row in read(client, f"{what}.xlsx?role=adviser&sort=name")]
        assert sorted(plain) == sorted(NAMES), "text is kept as it is"
        escaped = [row[0] for row in read(client, f"{what}.csv?role=adviser&sort=name")]
        assert sorted(escaped) == sorted(f"'{n}" if n[0] in "=+-@\t" else n for n in NAMES)
        assert [r[0] for r in read(client, f"{what}.csv?q=zo%C3%AB")] == ["Zoë"]
    people_rows = read(client, "/people/people.csv?role=adviser&q=Zo")
    assert people_rows == [
        ["Zoë", people_rows[0][1], "Adviser", people.area.name, today().isoformat(), "", "In force"]
    ]
    order = [row[0] for row in read(client, "/people/people.csv?sort=-name")]
    assert order == [row[0] for row in read(client, "/people/people.csv?sort=name")][::-1]
    others = read(client_for(people.other_officer), "/people/people.csv?when=all")
    assert [row[0] for row in others] == [people.other_officer.name]
    assert client.get("/people/people.pdf").status_code == 404


def test_a_file_costs_the_same_for_one_row_and_for_three(
    people: People, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    client, scope = client_for(people.officer), Scope(ScopeKind.AREA, people.area.pk)
    numbers: Iterator[int] = iter(range(9))
    list_query_count(lambda: factories.person(Role.ADVISER, scope), lambda: client.get("/people/people.csv"))
    list_query_count(
        lambda: actions.invite(
            by=people.officer,
            email=f"n{next(numbers)}@example.org",
            name="N",
            role=Role.ADVISER,
            scope=scope,
        ),
        lambda: client.get("/people/invitations/invitations.xlsx"),
    )
