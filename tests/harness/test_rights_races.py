"""Twenty clicks at once on each button about people's rights have one effect, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from tests.harness.conftest import Install
from tests.harness.installation import Visitor
from tests.harness.test_people_races import twenty

pytestmark = pytest.mark.scenario
# Makes the copies that wait, as the worker does, and lets the waiting time of every leaving school be over.
WORK = """
import django
django.setup()
from django.utils import timezone
from isthmus.apps.accounts.rights.models import Bundle, Leaving
from isthmus.apps.core.jobs import run_job
for bundle in Bundle.objects.filter(file="", gone_at=None):
    run_job.call(str(bundle.job_id), bundle.job.attempt)
Leaving.objects.update(purge_from=timezone.localdate())
"""


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)])
def test_twenty_clicks_have_one_effect(install: Install, database: str) -> None:
    installation = install(database)
    installation.start_web()
    officer = Visitor(installation.port)
    officer.sign_in("Olive")
    area = installation.one("SELECT id FROM register_area WHERE fictional")

    def count(sql: str) -> object:
        return installation.one(f"SELECT COUNT(*) FROM {sql}")

    def events(action: str) -> object:
        return count(f"core_auditevent WHERE action = '{action}'")

    ask = "/your-information/ask/copy/"
    assert twenty(installation, officer, ask, ask) == {302}
    assert (count("accounts_subjectrequest"), count("accounts_bundle"), events("rights.ask")) == (1, 1, 1)
    assert count("core_message WHERE kind = 'rights.request'") == 1

    invite = {"role": "adviser", "name": "Una", "email": "una@example.org", "place": f"area:{area}"}
    assert twenty(
        installation, officer, f"/people/invite/?place=area:{area}", "/people/invite/", **invite
    ) == {302}
    came = date.today()  # noqa: DTZ011 - the machine's day is near enough for a form
    letter = {
        "right": "erase",
        "name": "Una",
        "email": "una@example.org",
        "came": "letter",
        "received_on_day": str(came.day),
        "received_on_month": str(came.month),
        "received_on_year": str(came.year),
        "identity_how": "Called back",
    }
    record = "/privacy/requests/record/"
    assert twenty(installation, officer, record, record, **letter) == {302}
    assert events("rights.record") == 1
    number = installation.python(
        "import django; django.setup()\n"
        "from isthmus.apps.accounts.rights.models import SubjectRequest\n"
        "print(SubjectRequest.objects.get(right='erase').pk, end='')"
    )
    request = f"/privacy/requests/{number}"
    assert twenty(installation, officer, f"{request}/extend/", f"{request}/extend/", reason="Hard") == {302}
    assert events("rights.extend") == 1

    place = "/privacy/holds/place/"
    hold = {"place": f"area:{area}", "email": "una@example.org", "reason": "A claim"}
    assert twenty(installation, officer, place, place, **hold) == {302}
    assert (count("accounts_legalhold"), events("hold.place")) == (1, 1)
    assert twenty(installation, officer, f"{request}/", f"{request}/erase/") == {200}
    assert events("rights.erase") == 0
    lift = f"/privacy/holds/{installation.one('SELECT id FROM accounts_legalhold')}/"
    assert twenty(installation, officer, lift, lift, reason="Settled") == {302}
    assert events("hold.lift") == 1

    assert twenty(installation, officer, f"{request}/erase/", f"{request}/erase/") == {302}
    assert (events("rights.erase"), count("accounts_erasure")) == (1, 1)
    assert count("core_message WHERE kind = 'rights.erased'") == 1
    journal = installation.folder / "erasures.journal"
    assert len(journal.read_text().splitlines()) == 1

    school = installation.one(
        "SELECT o.id FROM register_organisation o JOIN accounts_roleholding h "
        "ON h.scope_kind = 'organisation' AND h.scope_id = o.id ORDER BY o.id LIMIT 1"
    )
    begin = {"place": f"organisation:{school}", "reason": "It joins others"}
    assert twenty(installation, officer, "/leaving/begin/", "/leaving/begin/", **begin) == {302}
    assert (count("accounts_leaving"), events("leaving.begin")) == (1, 1)
    leaving = installation.python(
        "import django; django.setup()\n"
        "from isthmus.apps.accounts.rights.models import Leaving\nprint(Leaving.objects.get().pk, end='')"
    )
    page = f"/leaving/{leaving}"
    assert twenty(installation, officer, f"{page}/", f"{page}/copy/") == {302}
    assert (count("accounts_bundle"), events("rights.copy")) == (2, 1)
    installation.python(WORK)
    assert twenty(installation, officer, f"{page}/purge/", f"{page}/purge/") == {302}
    assert (events("leaving.purge"), count("accounts_erasure")) == (1, 2)
    assert len(journal.read_text().splitlines()) == 2
    assert (
        installation.python(
            "import django; django.setup()\n"
            "from isthmus.apps.accounts.rights.actions import replay_erasures\n"
            "print(len(replay_erasures(by=None)), end='')"
        )
        == "0"
    )
