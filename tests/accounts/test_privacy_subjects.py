"""What each class tells a subject about themselves, without third parties, and what it erases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people import actions as people_actions
from isthmus.apps.accounts.people.models import HandOver, Invitation, InvitationState
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInLink, SignInSession
from isthmus.apps.core import audit, jobs, mail, personal
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, AuditPayload, Job, MailChoice, Message, MessageState, Sharing
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.personal import Erased, Held, PersonalData, Subject
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import ImportState, RegisterImport
from tests import factories
from tests.accounts import said
from tests.conftest import People

pytestmark = pytest.mark.django_db
OTHER = "Ottoline Other"
SECRETS = ("SECRET-OF-THE-APP", "SESSION-KEY", "TOKEN-OF-A-PROVIDER")


def declared(key: str) -> PersonalData:
    found = personal.find(key)
    assert found
    return found


def everything(subject: Subject) -> str:
    """All that is told about a subject, as one text."""
    return "\n".join(
        f"{part.title} {part.columns} {part.rows} {part.facts}"
        for data in personal.declared()
        for part in data.of(subject)
        if part
    )


def erase(subject: Subject) -> dict[str, Erased]:
    return {data.key: data.erase(subject) for data in personal.declared()}


@pytest.fixture
def area(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.area.pk)


@pytest.fixture
def other(area: Scope) -> Person:
    """A third party, who invited and is named in much that the subject has."""
    return factories.person(
        Role.AUTHORITY_OFFICER, area, name=OTHER, email="ottoline@other.example", is_demonstration=False
    )


@pytest.fixture
def ada(area: Scope, other: Person) -> Person:
    """Somebody of whom there is something in every class."""
    asked = people_actions.invite(
        by=other,
        email="ada@example.org",
        name="Ada Lovejoy",
        role=Role.ADVISER,
        scope=area,
        note=f"Ring {OTHER} or write to ottoline@other.example",
    )
    people_actions.accept(by=None, invitation=asked)
    ada = Person.objects.get(email="ada@example.org")
    ada.set_password("ferry lantern orchard")
    ada.save()
    held = ada.holdings.get()
    people_actions.name_successor(
        by=ada,
        holding=held,
        email="next@example.org",
        name="Nellie Next",
        last_day=today() + timedelta(days=9),
        note="Ask Ottoline Other about the key. I, Ada Lovejoy, kept it.",
    )
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={"secret": SECRETS[0]})
    SocialAccount.objects.create(user=ada, provider="entra", uid="u-77", extra_data={"t": SECRETS[2]})
    SignInSession.objects.create(
        session_key=SECRETS[1],
        session_data=SECRETS[1],
        person=ada,
        device="Firefox on Windows",
        expire_date=timezone.now() + timedelta(hours=3),
    )
    SignInLink.objects.create(person=ada, digest="d", expires_at=timezone.now() + timedelta(hours=1))
    mail.send(TASK, mail.letter(f"Told by {OTHER}"), to=ada.email, person_id=ada.pk, key="about-ada")
    mail.choice(ada.email, TASK.name)
    jobs.start("networks.plan", by=ada, params={"plan": 0}, title="Ada's task")
    here = factories.area()
    Plan.objects.create(owner=here, about=here, name=f"Plan with {OTHER}", created_by=ada)
    Sharing.objects.create(
        scope_kind=area.kind,
        scope_id=area.id,
        to_id=0,
        dataset="plans",
        purpose=f"As {OTHER} asked",
        ends=today(),
        made_by=ada,
    )
    RegisterImport.objects.create(file_name="ada-gave.csv", state=ImportState.REFUSED, by=ada)
    said.of_plans(ada, OTHER)
    said.of_needs(ada, OTHER)
    said.of_consultations(ada, OTHER)
    said.of_surveys(ada, OTHER)
    said.of_meetings(ada, OTHER)
    audit.record("person.note", by=other, target=ada, after={"name": "Ada Lovejoy"}, why=f"{OTHER} asked")
    audit.record("session.end", by=ada, target=ada)
    return ada


def subject(person: Person) -> Subject:
    return Subject(person.email, person.pk)


def test_a_subject_is_told_of_every_class(ada: Person) -> None:
    told = everything(subject(ada))
    for wanted in (
        "Ada Lovejoy",
        "ada@example.org",
        "Adviser",
        "Firefox on Windows",
        "entra: u-77",
        "Password, kept as a hash",
        "Ada's task",
        "ada-gave.csv",
        "memberships of ada.csv",
        "needs of ada.csv",
        "Moved as [another person] asked",
        "Ada likes it, [another person] does not",
        "Joins, says Ada",
        "A need, says [another person]",
        "Written with [another person]",
        "Asked with [another person]",
        "Noted with [another person]",
        "Do it with [another person]",
        "The minibus, says [another person]",
        "Told by [another person]",
        "Ring [another person] or write to [another person]",
        "Ask [another person] about the key. I, Ada Lovejoy, kept it.",
        "Plan with [another person]",
        "As [another person] asked",
        "you handed it over",
        "[another person] asked",
        "You are invited to a role",
    ):
        assert wanted in told, wanted
    silent = [data.key for data in personal.declared() if not any(data.of(subject(ada)))]
    # Nothing leads from an anonymous answer or a paper form to whoever gave it, and a report names nobody.
    assert set(silent) <= {"headship", "rights", "survey-answers", "survey-papers", "survey-reports"}


def test_a_subject_is_told_of_nobody_else_and_no_secret(ada: Person, other: Person) -> None:
    said = everything(subject(ada))
    for hidden in (OTHER, other.email, "Nellie Next", "next@example.org", *SECRETS, "ferry lantern"):
        assert hidden not in said, hidden


def test_somebody_without_an_account_is_told_by_their_address(area: Scope, other: Person) -> None:
    people_actions.invite(by=other, email="zoe@example.org", name="Zoe", role=Role.ADVISER, scope=area)
    said = everything(Subject("zoe@example.org"))
    assert "Zoe" in said
    assert "You are invited" in said
    assert OTHER not in said
    assert not everything(Subject("nobody@example.org")).strip()


def test_a_code_that_still_works_is_not_told(ada: Person) -> None:
    mail.send(
        TASK,
        mail.letter("CODE-4711"),
        to=ada.email,
        key="code",
        useless_after=timezone.now() + timedelta(minutes=5),
    )
    assert "CODE-4711" not in everything(subject(ada))
    Message.objects.filter(key="code").update(
        created_at=timezone.now() - timedelta(hours=1), useless_after=timezone.now()
    )
    assert "CODE-4711" in everything(subject(ada))


def test_whoever_holds_a_role_is_not_erased_half(ada: Person) -> None:
    assert declared("people").erase(subject(ada)).kept == 2
    assert declared("ways-in").erase(subject(ada)).kept == 3
    assert "End their roles first" in declared("people").erase(subject(ada)).why_kept
    ada.refresh_from_db()
    assert (ada.name, ada.has_usable_password()) == ("Ada Lovejoy", True)


def traces(ada: Person) -> list[str]:
    """Tables in which the subject's name or address stands, or which point to the account."""
    found = []
    for data in personal.declared():
        for label, columns in data.columns.items():
            rows = str(list(apps.get_model(label)._base_manager.values(*columns)))
            if "ada@example.org" in rows or "Lovejoy" in rows or "u-77" in rows:
                found.append(label)
    return found


@pytest.mark.parametrize("backwards", [False, True])
def test_everything_is_erased_in_any_order_and_twice_does_no_harm(ada: Person, backwards: bool) -> None:
    who = subject(ada)
    ada.holdings.update(ended_at=timezone.now())
    Message.objects.update(state=MessageState.GIVEN_UP)
    classes = sorted(personal.declared(), key=lambda data: data.title, reverse=backwards)
    done = {data.key: data.erase(who) for data in classes}
    kept = {key for key, one in done.items() if one.kept}
    # A report had counted the answer, and people were told who reads a confidential one.
    assert kept == {"record", "security-record", "survey-makers", "survey-responses"}
    for key in ("people", "ways-in", "invitations", "sessions", "mail", "mail-choices"):
        assert done[key].count, key
    assert not HandOver.objects.exists()
    # In the usual order the account, which knows the name, comes after what is found by it.
    assert traces(ada) == (["core.Message"] if backwards else [])
    assert not everything(Subject("ada@example.org")).strip()
    assert Person.objects.get(pk=ada.pk).is_active is False
    assert sum(one.count for one in erase(who).values()) == 0


def test_of_the_record_what_names_somebody_goes_and_the_events_stay(ada: Person) -> None:
    about = AuditEvent.objects.get(action="person.note")
    before = AuditEvent.objects.count()
    assert declared("record").erase(subject(ada)).count >= 1
    assert not AuditPayload.objects.filter(pk=about.pk).exists()
    assert AuditEvent.objects.count() == before + 1  # the erasure itself
    assert AuditEvent.objects.filter(action="audit.erase").exists()


def test_an_address_is_found_in_a_text_but_not_within_another(people: People) -> None:
    one = audit.record("a.b", by=None, target=people.area, why="Said to ann@example.org today")
    two = audit.record("a.b", by=None, target=people.area, why="Said to joann@example.org today")
    declared("record").erase(Subject("ann@example.org"))
    assert not AuditPayload.objects.filter(pk=one.pk).exists()
    assert AuditPayload.objects.filter(pk=two.pk).exists()


def test_mail_on_its_way_is_not_sent_after_an_erasure(ada: Person) -> None:
    declared("mail").erase(subject(ada))
    message = Message.objects.get(key="about-ada")
    assert (message.state, message.to, message.letter) == (MessageState.WITHDRAWN, "", {})


def test_mail_to_others_that_names_somebody_is_emptied_once_it_is_over(ada: Person) -> None:
    to_next = Message.objects.get(to="next@example.org", state=MessageState.WAITING)
    assert "Ada Lovejoy" in str(to_next.letter)
    assert declared("mail").erase(subject(ada)).kept == 2  # to whoever invited her, and to her successor
    Message.objects.update(state=MessageState.GIVEN_UP)
    assert declared("mail").erase(subject(ada)) == Erased(2)
    to_next.refresh_from_db()
    assert (to_next.to, to_next.letter) == ("", {})


def test_an_open_invitation_of_a_hand_over_is_taken_back_and_loses_its_name(ada: Person) -> None:
    who = Subject("next@example.org")
    asked = Invitation.objects.get(email=who.email)
    declared("invitations").erase(who)
    asked.refresh_from_db()
    assert (asked.state, asked.name) == (InvitationState.REVOKED, "Somebody who left")
    assert HandOver.objects.filter(invitation=asked).exists()


def test_the_work_of_others_stays(ada: Person, other: Person) -> None:
    who = subject(ada)
    ada.holdings.update(ended_at=timezone.now())
    erase(who)
    other.refresh_from_db()
    assert other.name == OTHER
    assert not Plan.objects.exclude(created_by=None).exists()
    assert Job.objects.get().started_by is None
    assert RegisterImport.objects.get().by is None
    assert not MailChoice.objects.filter(email=who.email).exists()


def test_names_are_redacted_whole_and_whatever_their_letters(other: Person) -> None:
    clean = personal.redacted(
        ["OTTOLINE OTHER came", "Ottoline Otherwise came", "me@example.org, x@example.org"],
        Subject("me@example.org"),
    )
    assert clean == ["[another person] came", "Ottoline Otherwise came", "me@example.org, [another person]"]


def test_a_hold_covers_a_person_by_number_or_address() -> None:
    held = Held(frozenset({7}), frozenset({"a@example.org"}))
    assert held.covers(Subject("b@example.org", 7))
    assert held.covers(Subject("a@example.org"))
    assert not held.covers(Subject("b@example.org"))
    assert not Subject("b@example.org").is_person(None)
