"""Disposal: what is too old goes, in batches, each with a certificate; what is held or young stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import HandOver, Invitation, InvitationState
from isthmus.apps.accounts.personal.people import GONE
from isthmus.apps.accounts.privacy import actions, queries, tasks
from isthmus.apps.accounts.privacy.models import Disposal, Retention
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInLink, SignInSession
from isthmus.apps.core import audit, guards, personal
from isthmus.apps.core.models import (
    AuditEvent,
    AuditPayload,
    Job,
    JobState,
    MailChoice,
    Message,
    MessageState,
    Sharing,
)
from isthmus.apps.core.personal import Held, PersonalData
from isthmus.apps.core.scopes import INSTALLATION, ScopeKind
from isthmus.apps.networks.models import Plan
from isthmus.apps.register.models import ImportState, Organisation, RegisterImport
from tests import factories
from tests.accounts import said
from tests.accounts.signing import real
from tests.conftest import People

pytestmark = pytest.mark.django_db
Aged = Callable[[str, int], Callable[[], bool]]
"""Makes a row of a class that became old so many days ago; gives what says whether it is still there."""


def declared(key: str) -> PersonalData:
    found = personal.find(key)
    assert found
    return found


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def role(person: Person, **fields: Any) -> RoleHolding:
    return RoleHolding.objects.create(
        person=person, role=Role.ADVISER, scope_kind=ScopeKind.AREA, scope_id=1, **fields
    )


def leaver(days: int) -> Person:
    """Somebody whose only role ended so many days ago."""
    person = real(password="ferry lantern orchard")
    role(person, starts=ago(days + 9).date(), ended_at=ago(days))
    return person


def person(days: int) -> Callable[[], bool]:
    somebody = leaver(days)
    return lambda: Person.objects.get(pk=somebody.pk).name == somebody.name


def ways(days: int) -> Callable[[], bool]:
    somebody = leaver(days)
    Authenticator.objects.create(user=somebody, type=Authenticator.Type.TOTP, data={"secret": "s"})
    return lambda: (
        Authenticator.objects.filter(user=somebody).exists()
        and Person.objects.get(pk=somebody.pk).has_usable_password()
    )


def invitation(days: int, **fields: Any) -> Invitation:
    given = {
        "email": "asked@example.org",
        "name": "Ada Asked",
        "role": Role.ADVISER,
        "scope_kind": ScopeKind.AREA,
        "scope_id": 1,
        "state": InvitationState.DECLINED,
        "answered_at": ago(days),
        "expires_at": ago(days),
    }
    return Invitation.objects.create(**given | fields)


def row_of(made: Any) -> Callable[[], bool]:
    return lambda: type(made)._default_manager.filter(pk=made.pk).exists()


def hand_over(days: int) -> HandOver:
    held = role(real(), starts=ago(days + 30).date(), ends=ago(days).date())
    return HandOver.objects.create(holding=held, invitation=invitation(days + 20), last_day=ago(days).date())


def session(days: int) -> SignInSession:
    return SignInSession.objects.create(session_key=f"k{days}", session_data="", expire_date=ago(days))


def message(days: int) -> Callable[[], bool]:
    made = Message.objects.create(
        key=f"m{days}", kind="task", to="a@example.org", state=MessageState.SENT, sent_at=ago(days)
    )
    return lambda: Message.objects.get(pk=made.pk).to != ""


def choice(days: int) -> MailChoice:
    return MailChoice.objects.create(email=f"{days}@example.org", kind="task", changed_at=ago(days))


def told(days: int, action: str) -> Callable[[], bool]:
    somebody = real()
    event = audit.record(action, by=somebody, target=somebody, detail={"secret": "x"})
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditevent SET at = %s WHERE id = %s", [ago(days), event.pk])
    guards.install(connection)
    return lambda: AuditPayload.objects.filter(pk=event.pk).exists()


def task(days: int) -> Job:
    return Job.objects.create(
        kind="networks.plan",
        title="T",
        scope_kind=ScopeKind.INSTALLATION,
        state=JobState.DONE,
        finished_at=ago(days),
    )


def maker(days: int) -> Callable[[], bool]:
    area = factories.area()
    plan = Plan.objects.create(owner=area, about=area, name="P", created_by=real(), created_at=ago(days))
    return lambda: Plan.objects.get(pk=plan.pk).created_by_id is not None


def register_file(days: int) -> Callable[[], bool]:
    given = RegisterImport.objects.create(
        file_name="anna.csv",
        state=ImportState.CHECKED,
        by=real(),
        report={"files": [{"name": "anna.csv"}], "errors": [{"file": "anna.csv", "value": "Anna", "row": 2}]},
    )
    given.upload.save("anna.csv", ContentFile(b"x"))
    RegisterImport.objects.filter(pk=given.pk).update(created_at=ago(days))

    def there() -> bool:
        now = RegisterImport.objects.get(pk=given.pk)
        kept = now.upload.storage.exists(given.upload.name)
        whole = now.by_id is not None and "anna" in now.file_name and "Anna" in json.dumps(now.report)
        bare = now.by_id is None and now.state == ImportState.PUT_ASIDE and not now.upload
        assert whole or (bare and "anna" not in f"{now.file_name} {json.dumps(now.report)}".lower())
        assert kept or bare
        return whole

    return there


def sharing(days: int) -> Callable[[], bool]:
    opened = Sharing.objects.create(
        scope_kind=ScopeKind.AREA,
        scope_id=1,
        to_id=days,
        dataset="plans",
        purpose="A joint plan",
        starts=ago(days + 9).date(),
        ends=ago(days).date(),
        made_by=real(),
    )
    return lambda: Sharing.objects.get(pk=opened.pk).made_by_id is not None


def headship(days: int) -> Callable[[], bool]:
    school = factories.school(closed_on=ago(days).date(), headship_fingerprint="abc")
    return lambda: Organisation.objects.get(pk=school.pk).headship_fingerprint != ""


MADE: dict[str, Callable[[int], Any]] = {
    "people": person,
    "ways-in": ways,
    "invitations": lambda days: row_of(invitation(days)),
    "hand-overs": lambda days: row_of(hand_over(days)),
    "sessions": lambda days: row_of(session(days)),
    "mail": message,
    "mail-choices": lambda days: row_of(choice(days)),
    "record": lambda days: told(days, "role.give"),
    "security-record": lambda days: told(days, "session.end"),
    "tasks": lambda days: row_of(task(days)),
    "plan-makers": maker,
    "register-files": register_file,
    "headship": headship,
    "sharing": sharing,
    **said.AGED,
}


@pytest.mark.parametrize("key", MADE)
def test_what_is_too_old_goes_and_what_is_not_stays(key: str, settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    days = declared(key).keep.days
    old, young = MADE[key](days + 2), MADE[key](days - 2)
    certificate = actions.dispose(by=None, data=declared(key))
    assert (old(), young()) == (False, True)
    assert certificate
    assert (certificate.key, certificate.count, certificate.days) == (key, 1, days)
    assert actions.dispose(by=None, data=declared(key)) is None
    assert young()


@pytest.mark.parametrize("name", said.MORE)
def test_each_table_of_a_class_is_disposed_of(name: str) -> None:
    key, made = said.MORE[name]
    days = declared(key).keep.days
    old, young = made(days + 2), made(days - 2)
    assert actions.dispose(by=None, data=declared(key))
    assert (old(), young()) == (False, True)


def test_what_is_said_of_a_plan_goes_before_the_link_it_came_by() -> None:
    rows = said.of_plans(real(), "nobody", ago(9000))
    for left in (1, 0):
        certificate = actions.dispose(by=None, data=declared("plan-readers"))
        assert certificate
        assert type(rows["share"])._base_manager.count() == left
        assert not type(rows["comment"])._base_manager.exists()


def test_who_answered_a_consultation_goes_after_who_asked() -> None:
    rows = said.of_consultations(real(), "nobody", ago(9000))
    answers = type(rows["answer"])._base_manager
    for left in ({"nobody"}, {""}):
        assert actions.dispose(by=None, data=declared("consultations"))
        found = answers.values_list(
            "name", "email", "nominee_name", "nominee_email", "note", "token_hash"
        ).get()
        assert all(found) if left == {"nobody"} else set(found) == left
    assert actions.dispose(by=None, data=declared("consultations")) is None


def test_the_table_above_has_every_class_of_ours() -> None:
    ours = {data.key for data in personal.declared()}
    assert set(MADE) <= ours
    # Classes of other parts are tested beside them.
    assert len(MADE) >= 13


def test_what_has_no_end_yet_is_never_too_old(people: People) -> None:
    RoleHolding.objects.update(starts=ago(9000).date())
    Job.objects.create(kind="a", title="T", scope_kind=ScopeKind.INSTALLATION, created_at=ago(9000))
    invitation(9000, state=InvitationState.OPEN, answered_at=None, expires_at=ago(-1))
    Message.objects.create(key="w", kind="task", to="a@example.org", created_at=ago(9000))
    MailChoice.objects.create(email=people.head.email, kind="task", changed_at=ago(9000))
    factories.school(headship_fingerprint="abc")
    assert tasks.dispose() == 0


def test_an_account_without_any_role_is_kept_while_something_happens_to_it() -> None:
    silent, signed_in, recorded = (real() for _ in range(3))
    Person.objects.filter(pk=signed_in.pk).update(last_login=ago(1))
    audit.record("person.add", by=None, target=recorded)
    assert actions.dispose(by=None, data=declared("people"))
    names = dict(Person.objects.values_list("pk", "name"))
    assert names[silent.pk] == GONE
    assert GONE not in (names[signed_in.pk], names[recorded.pk])


def test_of_a_person_only_the_number_stays() -> None:
    somebody = leaver(9000)
    assert actions.dispose(by=None, data=declared("people"))
    now = Person.objects.get(pk=somebody.pk)
    assert (now.is_active, now.has_usable_password(), now.holdings.count()) == (False, False, 0)
    assert somebody.email not in str(list(Person.objects.values()))
    assert not EmailAddress.objects.filter(email=somebody.email).exists()


def test_one_role_that_lasts_keeps_a_person() -> None:
    somebody = leaver(9000)
    role(somebody, starts=ago(5000).date(), ends=None)
    assert actions.dispose(by=None, data=declared("people")) is None
    assert actions.dispose(by=None, data=declared("ways-in")) is None


HOLDABLE = ("people", "ways-in", "record", "security-record", "mail", "invitations", "hand-overs")


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[[Held], None]:
    def place(held: Held) -> None:
        monkeypatch.setattr(personal, "_HOLDERS", [lambda: held])

    return place


def test_a_legal_hold_stops_disposal(hold: Callable[[Held], None]) -> None:
    for key in HOLDABLE:
        made = MADE[key](9000)
        everybody = Held(
            frozenset(Person.objects.values_list("pk", flat=True)),
            frozenset({"a@example.org", "asked@example.org"}),
        )
        hold(everybody)
        assert actions.dispose(by=None, data=declared(key)) is None, key
        hold(Held(classes=frozenset({key})))
        assert actions.dispose(by=None, data=declared(key)) is None, key
        assert made(), key
        hold(Held())
        assert actions.dispose(by=None, data=declared(key)), key
        assert not made(), key


def test_a_hold_on_one_person_keeps_only_theirs(hold: Callable[[Held], None]) -> None:
    one, other = leaver(9000), leaver(9000)
    hold(Held(people=frozenset({one.pk})))
    certificate = actions.dispose(by=None, data=declared("people"))
    assert certificate
    assert certificate.count == 1
    assert Person.objects.get(pk=one.pk).name == one.name
    hold(Held(emails=frozenset({one.email})))
    assert actions.dispose(by=None, data=declared("people")) is None
    assert Person.objects.get(pk=other.pk).name == GONE


def test_batches_are_bounded_and_each_is_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "BATCH", 2)
    monkeypatch.setattr(tasks, "MOST_BATCHES", 2)
    for days in range(40, 45):
        message(days)
    assert tasks.dispose() == 4
    assert tasks.dispose() == 1
    assert list(Disposal.objects.order_by("pk").values_list("count", flat=True)) == [2, 2, 1]
    assert tasks.dispose() == 0


def test_a_batch_that_is_cut_off_leaves_neither_gap_nor_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    there = message(40)

    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the worker was killed")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", killed)
        with pytest.raises(RuntimeError):
            actions.dispose(by=None, data=declared("mail"))
    assert there()
    assert not Disposal.objects.exists()
    assert tasks.dispose() == 1


def test_a_class_that_fails_does_not_keep_others_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    there = message(40)
    dispose = actions.dispose

    def breaks(*, by: None, data: PersonalData) -> Disposal | None:
        if data.key == "hand-overs":
            raise RuntimeError
        return dispose(by=by, data=data)

    monkeypatch.setattr(actions, "dispose", breaks)
    assert tasks.dispose() == 1
    assert not there()


def test_a_certificate_says_how_many_and_never_whom() -> None:
    leaver(9000)
    name, email = Person.objects.values_list("name", "email").get()
    certificate = actions.dispose(by=None, data=declared("people"))
    assert certificate
    everything = json.dumps(list(Disposal.objects.values()), default=str)
    assert name not in everything
    assert email not in everything
    event = AuditEvent.objects.get(action="privacy.dispose")
    assert event.detail == {"class": "people", "count": 1, "digest": certificate.digest}
    assert (event.scope, event.actor) == (INSTALLATION, None)


def test_a_certificate_is_checked_against_itself_and_the_record() -> None:
    message(40)
    tasks.dispose()
    certificate = Disposal.objects.get()
    assert queries.check(certificate) == queries.Checked(fits=True, recorded=True)
    # As somebody outside would: canonical JSON of what the file says.
    said = json.dumps(queries.content(certificate), sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(said.encode()).hexdigest() == certificate.digest
    certificate.count += 1
    assert queries.check(certificate) == queries.Checked(fits=False, recorded=True)
    certificate.digest = queries.digest(certificate)
    assert queries.check(certificate) == queries.Checked(fits=True, recorded=False)
    assert not queries.check(certificate).sound
    certificate.refresh_from_db()
    event = AuditEvent.objects.get(action="privacy.dispose")
    audit.erase(AuditEvent.objects.filter(pk=event.pk), by=None, target=event, why="old")
    assert queries.check(certificate) == queries.Checked(fits=True, recorded=None)


def test_a_certificate_is_never_changed() -> None:
    message(40)
    tasks.dispose()
    certificate = Disposal.objects.get()
    with pytest.raises(TypeError):
        certificate.save()
    for statement in ("UPDATE accounts_disposal SET count = 2", "DELETE FROM accounts_disposal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_chosen_time_counts_and_not_the_proposed(people: People) -> None:
    there = message(40)
    actions.choose_retention(by=people.administrator, data=declared("mail"), days=60, why="Long disputes")
    assert tasks.dispose() == 0
    Retention.objects.filter(pk="mail").update(days=20, before=20)
    assert tasks.dispose() == 1
    assert not there()
    assert Disposal.objects.get().days == 20


def test_erased_accounts_are_not_disposed_of_again() -> None:
    leaver(9000)
    assert tasks.dispose() > 0
    assert actions.dispose(by=None, data=declared("people")) is None


def test_a_link_and_a_counter_that_ran_out_go_too() -> None:
    somebody = real()
    SignInLink.objects.create(person=somebody, digest="a" * 64, made_at=ago(3), expires_at=ago(2))
    kept = SignInLink.objects.create(person=somebody, digest="b" * 64, made_at=ago(3), expires_at=ago(-2))
    certificate = actions.dispose(by=None, data=declared("sessions"))
    assert certificate
    assert certificate.count == 1
    assert list(SignInLink.objects.all()) == [kept]
