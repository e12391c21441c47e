"""Every kind of mail: nothing private in its subject, and a scanner that opens each of its links changes nothing."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts import actions as account_actions
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.people.emails import ends_soon
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.queries import LINK, link_reference
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing import mails
from isthmus.apps.core import mail, mail_delivery
from isthmus.apps.core.dates import today
from isthmus.apps.core.mail_transports import TRANSPORTS
from isthmus.apps.core.models import Frequency, Job, JobState, Message
from isthmus.apps.core.notices import job_ended
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests.conftest import People
from tests.meta import sweep

pytestmark = pytest.mark.django_db
CANARY = "Zugvogel"


@pytest.fixture
def everything(people: People) -> list[Message]:
    """A message of each kind, with a canary in each name that it could tell."""
    for person in (people.officer, people.head):
        person.name = f"{CANARY} {person.name}"
        person.save()
    people.area.name = f"{CANARY}shire"
    people.area.save()
    scope = Scope(ScopeKind.AREA, people.area.pk)

    def asked(name: str) -> Invitation:
        return actions.invite(
            by=people.officer,
            email=f"{name}@example.org",
            name=f"{name} {CANARY}",
            role=Role.ADVISER,
            scope=scope,
            note=f"Come, {CANARY}",
        )

    asked("waits")
    for name in ("accepted", "ended"):
        one = asked(name)
        actions.accept(by=None, invitation=one)
    one.refresh_from_db()
    assert one.holding
    actions.end_role(by=people.officer, holding=one.holding, why=CANARY)
    held = people.head.holdings.get()
    held.ends = today() + timedelta(days=9)
    held.save()
    ends_soon(held)
    job = Job.objects.create(
        kind="networks.plan", title=f"Plan {CANARY}", started_by=people.officer, state=JobState.DONE,
        scope_kind=scope.kind, scope_id=scope.id, result_url="/plans/",
    )  # fmt: skip
    job_ended(job)
    mails.send("account/email/login_code", "code@example.org", {"code": "ABC-DEF"})
    mails.send("account/email/password_changed", "code@example.org", {})
    link = account_actions.make_sign_in_link(by=None, person=people.officer, hours=2)
    mails.send_link(people.officer.email, people.officer.pk, mail.Token(LINK, link_reference(link)), 2)
    _summary(people)
    _others()
    return list(Message.objects.all())


def _summary(people: People) -> None:
    kind = mail.kinds_to_choose()[0]
    mail.choose("daily@example.org", kind.name, Frequency.DAILY)
    gathered = mail.letter(f"About {CANARY}", label="See", path="/people/me/")
    mail.send(kind, gathered, to="daily@example.org", key="gathered")
    noon = timezone.localtime().replace(hour=12) + timedelta(days=1)
    assert mail_delivery.summarise(noon) == 1


def _others() -> None:
    """Of a kind that nothing above sends, a message that has everything that a message can have."""
    sent = set(Message.objects.values_list("kind", flat=True))
    for name, kind in mail._KINDS.items():
        if name not in sent:
            content = mail.letter(f"Dear {CANARY}", label="See", path="/people/me/")
            mail.send(kind, content, to="other@example.org", key=f"sweep:{name}")


def test_nothing_private_stands_in_a_subject_or_in_any_other_header(
    everything: list[Message], tmp_path: Any, settings: Any
) -> None:
    settings.DATA = tmp_path
    assert {message.kind for message in everything} == set(mail._KINDS)
    told = 0
    for message in everything:
        rendered = mail.render(message)
        assert rendered.subject == mail.kind_of(message).subject
        told += CANARY in rendered.text
        TRANSPORTS["file"](rendered)
    assert told > 5, "the letters do tell names, so a subject could"
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == len(everything)
    for file in files:
        parsed = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        heads = "\n".join(f"{name}: {value}" for name, value in parsed.items())
        assert CANARY not in heads
        assert len(re.findall("(?m)^Subject: ", heads)) == 1


def test_a_scanner_that_opens_every_link_of_every_mail_changes_and_spends_nothing(
    everything: list[Message], client_for: Callable[..., Client]
) -> None:
    links = set()
    for message in everything:
        rendered = mail.render(message)  # makes the row that an unsubscribing link names
        for found in re.findall(r'href="([^"]+)"', rendered.html) + re.findall(
            r"https?://\S+", rendered.text
        ):
            assert found.startswith(site.ADDRESS), f"{message.kind} leads elsewhere: {found}"
            links.add(found.removeprefix(site.ADDRESS) or "/")
    assert any("/invitations/" in link for link in links)
    assert any("/sign-in/link/" in link for link in links)
    assert any("/mail/stop/" in link for link in links)
    before = sweep.rows()
    scanner = client_for(None)
    for link in sorted(links):
        for ask in (scanner.get, scanner.head):
            for _ in range(2):
                assert ask(link).status_code in (200, 302), link
    assert sweep.rows() == before
    open_still = Invitation.objects.get(email="waits@example.org")
    assert actions.accept(by=None, invitation=open_still), "the link works after the scanner"
