"""The restore drill: real processes, a real backup, and what must hold when it is back."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.harness import postgres
from tests.harness.conftest import Install
from tests.harness.installation import ISTHMUS, Installation, Ledger, Visitor, half_written, wait_for
from tests.needs import need

# SQLite in every `make test`; both databases in `make prove`.
DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.scenario),
    pytest.param("postgresql", marks=pytest.mark.prove),
]
UPLOAD = b"URN,EstablishmentName\n100000,A school\n"
# A file that was brought in, an invitation whose link somebody has, a link that signs in.
MORE = """
import django
django.setup()
from django.core.files.base import ContentFile
from django.utils import timezone
from isthmus.apps.accounts import actions
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.accounts.queries import link_token
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.register.models import RegisterImport
RegisterImport.objects.create(state="checked", upload=ContentFile({upload!r}, name="brought.csv"))
asked = Invitation(scope_kind="area", scope_id={area}, email="new@example.org", name="New", role="adviser", round=1,
    expires_at=timezone.now() + timezone.timedelta(days=9))
asked.save()
asked.token_hash = hashed(derived("invitation", asked.reference))
asked.save()
print(derived("invitation", asked.reference))
actions.add_person(by=None, email="other@example.org", name="Other Person")
person = actions.add_person(by=None, email="real@example.org", name="Real Person")
print(link_token(actions.make_sign_in_link(by=None, person=person, hours=9)))
"""

ERASE = """
import django
django.setup()
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.rights import actions
from isthmus.apps.accounts.rights.models import Right
for email in ("real@example.org", "other@example.org"):
    person = Person.objects.get(email=email)
    asked = actions.ask(by=person, right=Right.ERASE)
    actions.erase(by=Person.objects.get(email="ada.admin@example.org"), asked=asked)
"""


def drill(install: Install, database: str, stack: contextlib.ExitStack) -> Installation:
    """An installation with a plan; on PostgreSQL as a role that owns its database and nothing else."""
    if database == "sqlite":
        return install("sqlite")
    need(postgres.programs(), postgres.NEEDED)
    server = stack.enter_context(postgres.server())
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("CREATE DATABASE drill OWNER plain")
    return install(server.url.replace("isthmus@", "plain@").removesuffix("isthmus") + "drill")


@pytest.fixture
def installation(install: Install, database: str) -> Iterator[Installation]:
    with contextlib.ExitStack() as stack:
        made = drill(install, database, stack)
        yield made
        made.close()


def isthmus(installation: Installation, *arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ISTHMUS), *map(str, arguments)],
        env=installation.environment,
        cwd=installation.folder,
        capture_output=True,
        text=True,
        **more,
    )


def well(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def state(installation: Installation) -> dict[str, Any]:
    """What somebody would miss."""
    tables = (
        "networks_plan",
        "core_auditevent",
        "core_ledgerentry",
        "accounts_person",
        "accounts_signinsession",
    )
    return {table: installation.one(f"SELECT COUNT(*) FROM {table}") for table in tables}


def silent(installation: Installation) -> None:
    """Wait until PostgreSQL has noticed that killed processes are gone."""
    if not installation.database.startswith("sqlite"):
        asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE usename = 'plain' AND pid <> pg_backend_pid()"
        wait_for(lambda: installation.one(asked) == 0, lambda: "nobody is connected")


@pytest.mark.parametrize("database", DATABASES)
def test_what_was_backed_up_while_people_worked_comes_back_and_nothing_else(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("kept")
    copy = place / "copy.zip"
    area = installation.one("SELECT id FROM register_area WHERE fictional")
    invitation, link = installation.python(MORE.format(upload=UPLOAD, area=area)).split()
    installation.start_web()
    installation.start_worker()
    visitor = Visitor(installation.port)
    visitor.sign_in("Olive")
    form = visitor.plan_form(area)
    ledger = Ledger(installation, form, visitor.cookies)
    with ledger.writing():
        wait_for(lambda: len(ledger.kept) > 2, lambda: "three plans")
        told = set(ledger.kept)
        well(isthmus(installation, "backup", copy))
    assert copy.stat().st_mode & 0o777 == 0o600
    wait_for(
        lambda: installation.one("SELECT COUNT(*) FROM core_auditevent e WHERE NOT EXISTS "
                                 "(SELECT 1 FROM core_ledgerentry l WHERE l.event_id = e.id)") == 0,
        lambda: "everything is sealed",
    )  # fmt: skip
    assert "is whole" in well(isthmus(installation, "backup", "--check", copy))
    assert visitor.ask("GET", "/plans/")[0] == 200

    refused = isthmus(installation, "restore", copy, "--replace")
    assert refused.returncode == 2
    assert "Stop Isthmus" in refused.stderr
    assert visitor.ask("GET", "/plans/")[0] == 200, "the website goes on"

    installation.kill("web")
    installation.kill("worker")
    silent(installation)
    installation.python(ERASE)
    journal = installation.folder / "erasures.journal"
    kept_line, lost_line = journal.read_text().splitlines()
    journal.write_text(kept_line + "\n")  # the other one is known to the database that is replaced
    later = state(installation)
    refused = isthmus(installation, "restore", copy)
    assert (refused.returncode, state(installation)) == (2, later)
    assert "--replace" in refused.stderr
    uploaded = next((installation.folder / "files").rglob("brought*.csv"))
    uploaded.unlink()
    (installation.folder / "files" / "later.csv").write_bytes(b"brought in after the backup")

    said = well(isthmus(installation, "restore", copy, "--replace"))
    assert "What was there before is kept" in said
    assert "well  The database answers" in said
    assert uploaded.read_bytes() == UPLOAD
    assert not (installation.folder / "files" / "later.csv").exists()
    assert [p.read_bytes() for p in installation.folder.glob("files.before_restore_*/later.csv")]

    assert "2 erasures done since then" in said
    named = "SELECT COUNT(*) FROM accounts_person WHERE email IN ('real@example.org', 'other@example.org')"
    assert installation.one(named) == 0, "who was erased stays erased"
    assert installation.one("SELECT COUNT(*) FROM core_auditpayload WHERE content LIKE '%Real Person%'") == 0
    assert {line for line in journal.read_text().splitlines() if line} >= {kept_line, lost_line}

    plans = {pk for (pk,) in installation.rows("SELECT id FROM networks_plan")}
    assert told <= plans, "what was acknowledged before the backup is there"
    assert len(plans) < later["networks_plan"], "plans were asked for after the backup"
    assert half_written(installation) == {}
    assert installation.one("SELECT COUNT(*) FROM accounts_signinsession") == 0
    head = installation.rows("SELECT size, root FROM core_ledgerhead ORDER BY size")[0]
    for chain in ("installation", area):
        well(isthmus(installation, "audit", "export", chain, place / f"{chain}.jsonl"))
        verdict = isthmus(installation, "audit", "verify", place / f"{chain}.jsonl")
        assert verdict.returncode == 0, verdict.stdout
    assert head[0] > 0
    told_of = "SELECT COUNT(*) FROM core_auditevent WHERE action = 'installation.restore'"
    assert installation.one(told_of) == 1

    installation.start_web()
    status, leads_to, _ = visitor.ask("GET", "/plans/")
    assert (status, leads_to.split("?")[0]) == (302, "/sign-in/"), "an old cookie opens nothing"
    other = Visitor(installation.port)
    assert "no longer" in other.ask("GET", f"/invitations/{invitation}/")[2].lower() or (
        other.ask("GET", f"/invitations/{invitation}/")[0] == 404
    )
    assert "no longer" in other.ask("GET", f"/sign-in/link/{link}/")[2].lower()
    fresh = Visitor(installation.port)
    fresh.sign_in("Olive")
    _, leads_to, _ = fresh.ask("POST", "/plans/new/", fresh.plan_form(area))
    number = int(leads_to.strip("/").split("/")[1])
    assert number > 1_000_000, "no number is given twice"


@pytest.mark.parametrize("database", DATABASES)
def test_a_changed_byte_is_refused_and_a_kill_leaves_what_was(installation: Installation) -> None:
    copy = installation.folder / "copy.zip"
    well(isthmus(installation, "backup", copy))
    installation.python(
        "import django; django.setup()\nfrom isthmus.apps.accounts import actions\n"
        "actions.add_person(by=None, email='later@example.org', name='Later')"
    )
    before = state(installation)
    whole, chance = copy.read_bytes(), random.Random(1)
    for _ in range(2):
        at = chance.randrange(len(whole))
        copy.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        done = isthmus(installation, "restore", copy, "--replace")
        assert done.returncode == 2, f"byte {at}"
        assert "Nothing was changed" in done.stderr
    copy.write_bytes(whole)
    assert state(installation) == before

    seen = set()
    for until in ("5%", "50%", "70%", "80%", "90%"):
        with subprocess.Popen(
            [str(ISTHMUS), "restore", str(copy), "--replace"],
            env=installation.environment,
            cwd=installation.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.strip().startswith(until):
                    process.kill()
        silent(installation)
        assert process.returncode == -signal.SIGKILL, f"it never came to {until}"
        now = state(installation)
        seen.add(now["accounts_person"])
        if now != before:
            assert until == "90%", f"the old state was changed at {until}"
            break
        assert half_written(installation) == {}
    assert before["accounts_person"] in seen
    installation.start_web()
    installation.kill("web")
    silent(installation)
    well(isthmus(installation, "restore", copy, "--replace"))
    assert state(installation)["accounts_person"] == before["accounts_person"] - 1
    assert list(installation.folder.glob(".isthmus-restore-*")) == []


@pytest.mark.parametrize("database", DATABASES)
def test_a_full_disk_leaves_nothing_and_a_stale_database_is_not_backed_up(installation: Installation) -> None:
    folder = installation.folder / "copies"
    folder.mkdir()

    def nearly_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    done = isthmus(installation, "backup", folder / "copy.zip", preexec_fn=nearly_full)
    assert done.returncode == 2, done.stdout + done.stderr
    assert list(folder.iterdir()) == []
    assert "Traceback" not in done.stderr

    newest = installation.one("SELECT MAX(name) FROM django_migrations WHERE app = 'core'")
    installation.write(f"DELETE FROM django_migrations WHERE app = 'core' AND name = '{newest}'")
    done = isthmus(installation, "backup", folder / "copy.zip")
    assert (done.returncode, list(folder.iterdir())) == (2, [])
    assert "isthmus migrate" in done.stderr


@pytest.mark.scenario
def test_a_backup_fills_an_empty_installation(
    install: Install, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = install("sqlite")
    copy = tmp_path_factory.mktemp("kept") / "copy.zip"
    well(isthmus(first, "backup", copy))
    folder = tmp_path_factory.mktemp("second")
    second = Installation(folder, f"sqlite:///{folder / 'isthmus.sqlite3'}", first.port)
    done = isthmus(second, "restore", copy)
    assert "ISTHMUS_SECRET_KEY is not the one of the backup" in well(done)
    assert second.one("SELECT COUNT(*) FROM accounts_person") == first.one(
        "SELECT COUNT(*) FROM accounts_person"
    )
    refusals = (
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'core_auditevent_refuses%'"
    )
    assert second.one(refusals) == 2, "the guards of the record are in place"


@pytest.mark.scenario
def test_the_newest_backups_stay(install: Install) -> None:
    installation = install("sqlite")
    folder = installation.folder / "copies"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"isthmus-2020-01-0{day}T000000Z.zip").write_text("old")
    (folder / ".isthmus-backup-1-left.zip").write_text("of a killed process")
    (folder / "my own notes.zip").write_text("not ours")
    well(isthmus(installation, "backup", "--into", folder, "--keep", 2))
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert names[0] == "isthmus-2020-01-03T000000Z.zip"
    assert names[2] == "my own notes.zip"
    manifest = json.loads(subprocess.check_output(["unzip", "-p", str(folder / names[1]), "manifest.json"]))
    assert manifest["counts"]["accounts_person"] > 5
