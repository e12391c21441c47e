"""Erasure: everything goes but what must stay; holds stand against it; it outlives a restore."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions as people_actions
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.rights import actions, emails, journal, tasks
from isthmus.apps.accounts.rights.actions import CannotErase
from isthmus.apps.accounts.rights.actions.erasing import why_not
from isthmus.apps.accounts.rights.commands import replay_erasures
from isthmus.apps.accounts.rights.models import Came, Erasure, LegalHold, RequestState, Right, SubjectRequest
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, mail, mail_delivery, mail_transports, personal
from isthmus.apps.core.adapters import export_lines
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, LedgerChain, Message, MessageState
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.queries import entries_of, heads_of
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.sealing import seal
from isthmus.methods import ledger
from tests.accounts.rights import data_folder, work
from tests.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]
__all__ = ["data_folder"]
Clients = Callable[[Person | None], Client]
NAME, EMAIL = "Zebedee Quillfeather", "zebedee.quillfeather@example.org"


@pytest.fixture
def zebedee(people: People) -> Person:
    """Somebody who was invited, acted, got mail, asked for a copy, and whose role has ended."""
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    asked = people_actions.invite(
        by=people.officer, email=EMAIL, name=NAME, role=Role.GOVERNOR, scope=school, note=f"Dear {NAME}"
    )
    people_actions.accept(by=None, invitation=asked)
    person = Person.objects.get(email=EMAIL)
    people_actions.invite(
        by=person, email="friend@example.org", name="A friend", role=Role.GOVERNOR, scope=school
    )
    audit.record(
        "person.rename", by=people.officer, target=person, scope=school, before={"name": NAME}, why=NAME
    )
    mail.send(TASK, mail.letter(f"Dear {NAME}"), to=EMAIL, key="z", person_id=person.pk)
    mail.choice(EMAIL, TASK.name)
    work(actions.ask(by=person, right=Right.COPY))
    people_actions.end_role(by=people.officer, holding=RoleHolding.objects.get(person=person))
    return person


def wish(people: People, person: Person) -> SubjectRequest:
    return actions.record(
        by=people.officer,
        right=Right.ERASE,
        name=NAME,
        email=person.email,
        came=Came.LETTER,
        received_on=today(),
        identity_how=f"{NAME} came in person",
        text=f"I am {NAME}",
    )


def traces(*texts: str) -> dict[str, int]:
    """In which tables any of these texts still stands, whatever the column."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        rows = [json.dumps(row, default=str) for row in model._base_manager.values()]
        if count := sum(any(text.lower() in row.lower() for text in texts) for row in rows):
            found[model._meta.label] = count
    return found


def test_the_last_mail_is_emptied_where_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_mail: object) -> None:
        raise mail_transports.Refused(f"no mailbox {EMAIL}")

    monkeypatch.setattr(mail_transports, "transport", lambda: refuses)
    refused = mail.send(emails.ERASED, mail.letter(f"Dear {NAME}"), to=EMAIL, key="one")
    mail_delivery.deliver()
    refused.refresh_from_db()
    assert (refused.state, refused.to, refused.letter) == (MessageState.GIVEN_UP, "", {})

    broken_off = mail.send(emails.ERASED, mail.letter(f"Dear {NAME}"), to=EMAIL, key="two")
    Message.objects.filter(pk=broken_off.pk).update(state=MessageState.SENDING, next_try_at=long_ago())
    mail_delivery.give_up_interrupted()
    tasks.empty_last_mail()
    assert traces(NAME, EMAIL) == {}


def long_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def test_everything_goes_but_what_must_stay(people: People, zebedee: Person, client_for: Clients) -> None:
    signed_in = client_for(None)
    signed_in.force_login(zebedee)
    asked = wish(people, zebedee)
    assert len(traces(NAME, EMAIL)) > 5
    client = client_for(people.officer)
    page = client.get(f"/privacy/requests/{asked.pk}/erase/").content.decode()
    assert "You cannot undo this" in page
    assert client.post(f"/privacy/requests/{asked.pk}/erase/").status_code == 302
    assert set(traces(NAME, EMAIL)) == {"core.Message"}, "but for the one mail that says so"
    last = Message.objects.get(kind="rights.erased")
    assert NAME in json.dumps(last.letter)
    assert "zebedee" not in mail.kind_of(last).subject.lower()
    mail_delivery.deliver()
    assert traces(NAME, EMAIL) == {}, (
        "the mail is emptied in the moment in which it is sent, not within the hour"
    )
    assert not SignInSession.objects.filter(person=zebedee).exists()
    asked.refresh_from_db()
    assert (asked.state, asked.email, asked.person) == (RequestState.DONE, "", None)
    told = AuditEvent.objects.get(action="rights.erase").told
    assert told is not None
    assert told["detail"]["erased"]["Invitations"] >= 1
    assert "erased" in client.get(f"/privacy/requests/{asked.pk}/").content.decode()
    # A second press, a second officer: nothing more.
    client.post(f"/privacy/requests/{asked.pk}/erase/")
    assert AuditEvent.objects.filter(action="rights.erase").count() == 1
    assert len(journal.read()) == Erasure.objects.count() == 1


def test_the_record_says_erased_and_stays_whole(people: People, zebedee: Person) -> None:
    seal()
    actions.erase(by=people.officer, asked=wish(people, zebedee))
    seal()
    erased = 0
    for chain in LedgerChain.objects.all():
        lines = export_lines(
            chain, entries_of(chain.scope).iterator(), heads_of(chain.scope).order_by("size").iterator(), ""
        )
        verdict = ledger.verify(ledger.read(iter(lines)))
        assert verdict.whole
        erased += len(verdict.erased)
    assert erased >= 4


def test_what_others_did_stays(people: People, zebedee: Person) -> None:
    """Nothing about anybody else is lost."""
    others = {p.pk: (p.name, p.email) for p in Person.objects.exclude(pk=zebedee.pk)}
    roles = RoleHolding.objects.exclude(person=zebedee).count()
    actions.erase(by=people.officer, asked=wish(people, zebedee))
    assert {p.pk: (p.name, p.email) for p in Person.objects.exclude(pk=zebedee.pk)} == others
    assert RoleHolding.objects.exclude(person=zebedee).count() == roles
    assert Invitation.objects.filter(email="friend@example.org").exists()


def test_copies_that_hold_them_go_too(
    people: People, zebedee: Person, data_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    leaves = actions.begin_leaving(by=people.head, scope=school, reason="x")
    actions.make_copy(by=people.head, thing=leaves)
    work(leaves)
    other = work(actions.ask(by=people.head, right=Right.COPY))
    assert len(list((data_folder / "copies").iterdir())) == 3
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(by=people.officer, asked=wish(people, zebedee))
    assert [path.name for path in (data_folder / "copies").iterdir()] == [other.file]


def test_somebody_who_holds_a_role_is_not_erased(people: People, client_for: Clients) -> None:
    asked = actions.ask(by=people.head, right=Right.ERASE)
    client = client_for(people.officer)
    assert "End their roles first" in client.get(f"/privacy/requests/{asked.pk}/erase/").content.decode()
    assert "End their roles first" in client.post(f"/privacy/requests/{asked.pk}/erase/").content.decode()
    assert Person.objects.get(pk=people.head.pk).name == people.head.name
    assert not journal.path().exists()


def hold(people: People, **given: Any) -> LegalHold:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    return actions.place_hold(by=people.officer, scope=scope, reason="A claim about a wall", **given)


@pytest.mark.parametrize("what", ["subject", "class"])
def test_a_legal_hold_stands_against_it_with_a_plain_reason(
    people: People, zebedee: Person, client_for: Clients, what: str
) -> None:
    held = hold(people, email=EMAIL) if what == "subject" else hold(people, data_class="invitations")
    asked = wish(people, zebedee)
    with pytest.raises(CannotErase, match="A claim about a wall"):
        actions.erase(by=people.officer, asked=asked)
    page = client_for(people.officer).post(f"/privacy/requests/{asked.pk}/erase/").content.decode()
    assert "A claim about a wall" in page
    assert Person.objects.get(pk=zebedee.pk).name == NAME
    assert not journal.path().exists()
    now = personal.held()
    assert now.covers(personal.Subject(EMAIL, zebedee.pk)) is (what == "subject")
    assert now.classes == (frozenset() if what == "subject" else {"invitations"})

    url = f"/privacy/holds/{held.pk}/"
    assert client_for(people.other_officer).post(url, {"reason": "x"}).status_code == 404
    assert "Say why" in client_for(people.officer).post(url, {}).content.decode()
    client_for(people.officer).post(url, {"reason": "The claim was settled"})
    client_for(people.officer).post(url, {"reason": "The claim was settled"})
    assert [e.action for e in AuditEvent.objects.filter(target_kind="accounts.legalhold").order_by("pk")] == [
        "hold.place",
        "hold.lift",
    ]
    assert actions.erase(by=people.officer, asked=asked) is not None


def test_a_hold_on_a_class_without_the_subject_does_not_matter(people: People, zebedee: Person) -> None:
    hold(people, data_class="tasks")
    assert why_not(wish(people, zebedee)) == []


def test_a_hold_that_is_over_holds_nothing(people: People, zebedee: Person) -> None:
    held = hold(people, email=EMAIL, until=today() + timedelta(days=1))
    asked = wish(people, zebedee)
    assert len(why_not(asked)) == 1
    LegalHold.objects.filter(pk=held.pk).update(until=today() - timedelta(days=1))
    assert why_not(asked) == []


def test_another_areas_hold_holds_without_telling_why(people: People, zebedee: Person) -> None:
    there = Scope(ScopeKind.AREA, people.other_area.pk)
    actions.place_hold(by=people.other_officer, scope=there, email=EMAIL, reason="Secret matter")
    reasons = why_not(wish(people, zebedee))
    assert len(reasons) == 1
    assert "Secret" not in reasons[0]


def test_a_hold_is_placed_on_a_page(people: People, client_for: Clients) -> None:
    client = client_for(people.officer)
    place = f"area:{people.area.pk}"
    url = "/privacy/holds/place/"
    neither = client.post(url, {"place": place, "reason": "A claim"}).content.decode()
    assert "Enter the address of one person, or choose one class of data" in neither
    both = {"place": place, "reason": "A claim", "email": EMAIL, "data_class": "mail"}
    assert client.post(url, both).status_code == 200
    foreign = {"place": f"area:{people.other_area.pk}", "reason": "A claim", "email": EMAIL}
    assert "Choose where it applies" in client.post(url, foreign).content.decode()
    assert not LegalHold.objects.exists()
    for _ in range(2):
        assert client.post(url, {"place": place, "reason": "A claim", "email": EMAIL}).status_code == 302
    assert LegalHold.objects.count() == 1
    assert EMAIL in client.get("/privacy/holds/").content.decode()
    assert "No legal hold" in client_for(people.other_officer).get("/privacy/holds/").content.decode()


def test_a_journal_that_cannot_be_written_keeps_everything(
    people: People, zebedee: Person, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.ERASURE_JOURNAL = tmp_path / "file" / "erasures.journal"
    with pytest.raises(OSError, match="file"), transaction.atomic():
        actions.erase(by=people.officer, asked=wish(people, zebedee))
    assert Person.objects.get(pk=zebedee.pk).name == NAME
    assert not Erasure.objects.exists()


def test_the_journal_names_nobody(people: People, zebedee: Person) -> None:
    actions.erase(by=people.officer, asked=wish(people, zebedee))
    text = journal.path().read_text().lower()
    assert "zebedee" not in text
    assert "example.org" not in text
    assert journal.fingerprint(EMAIL.upper()) in text
    assert journal.path().stat().st_mode & 0o077 == 0


def restored(people: People, zebedee: Person) -> None:
    """Erase, then put the database back to before: the journal alone knows."""
    point = transaction.savepoint()
    actions.erase(by=people.officer, asked=wish(people, zebedee))
    transaction.savepoint_rollback(point)
    assert Person.objects.get(pk=zebedee.pk).email == EMAIL


def test_erasure_survives_a_restore(people: People, zebedee: Person) -> None:
    restored(people, zebedee)
    done = actions.replay_erasures(by=None)
    assert len(done) == 1
    assert traces(NAME, EMAIL) == {}
    assert actions.replay_erasures(by=None) == []
    assert AuditEvent.objects.filter(action="rights.replay").count() == 1


def test_a_role_or_a_hold_of_then_does_not_keep_them_after_a_restore(people: People, zebedee: Person) -> None:
    restored(people, zebedee)
    RoleHolding.objects.filter(person=zebedee).update(ended_at=None)
    hold(people, email=EMAIL)
    assert len(actions.replay_erasures(by=None)) == 1
    assert traces(NAME, EMAIL) == {}


def test_a_number_that_is_somebody_elses_now_erases_nobody(people: People, zebedee: Person) -> None:
    restored(people, zebedee)
    Person.objects.filter(pk=zebedee.pk).update(name="Somebody New", email="new@example.org")
    Invitation.objects.filter(email=EMAIL).delete()
    assert actions.replay_erasures(by=None) == []
    assert Person.objects.get(pk=zebedee.pk).name == "Somebody New"


def test_an_address_without_an_account_is_erased_again(people: People) -> None:
    scope = Scope(ScopeKind.AREA, people.area.pk)
    asked = people_actions.invite(by=people.officer, email=EMAIL, name=NAME, role=Role.ADVISER, scope=scope)
    point = transaction.savepoint()
    actions.erase(by=people.officer, asked=wish(people, Person(email=EMAIL)))
    assert not Invitation.objects.filter(pk=asked.pk, email=EMAIL).exists()
    transaction.savepoint_rollback(point)
    assert len(actions.replay_erasures(by=None)) == 1
    assert not Invitation.objects.filter(email=EMAIL).exists()


def test_what_the_database_knows_is_put_into_a_lost_journal(people: People, zebedee: Person) -> None:
    actions.erase(by=people.officer, asked=wish(people, zebedee))
    before = journal.read()
    journal.path().unlink()
    assert actions.replay_erasures(by=None) == []
    assert journal.read() == before


def test_a_torn_line_is_left_and_the_next_stands_alone(data_folder: Path) -> None:
    line = journal.Line(
        "7b0b5a3e-5d3f-4d0e-9d6a-000000000001", "person", 3, ("ab",), "2026-01-01T00:00:00+00:00"
    )
    journal.path().write_text('{"id":"7b0b5a3e-5d3f')
    journal.append([line])
    assert journal.read() == [line]
    journal.path().write_text(journal.path().read_text() + '{"nonsense":1}\n')
    with pytest.raises(journal.JournalBroken, match="Line 3"):
        journal.read()


def test_a_database_that_fails_after_the_journal_is_finished_by_the_next_replay(
    people: People, zebedee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wish(people, zebedee)
    real = journal.append

    def and_then_the_power_fails(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise RuntimeError

    monkeypatch.setattr(journal, "append", and_then_the_power_fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.erase(by=people.officer, asked=asked)
    monkeypatch.undo()
    assert Person.objects.get(pk=zebedee.pk).name == NAME
    assert len(actions.replay_erasures(by=None)) == 1
    assert connection.is_usable()
    assert traces(NAME, EMAIL) == {}


def test_the_command_says_what_it_did(
    people: People, zebedee: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay_erasures() == 0
    restored(people, zebedee)
    assert replay_erasures() == 0
    assert replay_erasures() == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Nothing had to be erased again.",
        "1 erasure done again.",
        "Nothing had to be erased again.",
    ]
    number = people.head.pk
    line = journal.Line("7b0b5a3e-5d3f-4d0e-9d6a-000000000001", "person", number, ("ab",), "2026-01-01")
    journal.append([line])
    assert replay_erasures() == 1
    assert f"person number {number}" in capsys.readouterr().out
    journal.path().write_text("{}\n")
    assert replay_erasures() == 2
    assert "Line 1" in capsys.readouterr().err
