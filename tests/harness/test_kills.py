"""kill -9 in the middle: what was acknowledged is kept, nothing is half written, and work ends once."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.harness import postgres
from tests.harness.conftest import Install
from tests.harness.installation import ISTHMUS, Installation, Ledger, Visitor, half_written, wait_for
from tests.needs import need

REGISTER = Path(__file__).resolve().parents[3] / "shared" / "data" / "register"
# SQLite in every `make test`; both databases in `make prove`.
DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.scenario),
    pytest.param("postgresql", marks=pytest.mark.prove),
]
BOTH = [pytest.param(name, marks=pytest.mark.prove) for name in ("sqlite", "postgresql")]


def officer(installation: Installation) -> tuple[Visitor, list[tuple[str, str]]]:
    """The invented officer, signed in, and the filled-in form for a plan of the fictional authority."""
    visitor = Visitor(installation.port)
    visitor.sign_in("Olive")
    return visitor, visitor.plan_form(installation.one("SELECT id FROM register_area WHERE fictional"))


def ask(visitor: Visitor, form: list[tuple[str, str]], **changed: str) -> str:
    """Ask for a plan; where the answer leads to."""
    status, leads_to, page = visitor.ask("POST", "/plans/new/", [(k, changed.get(k, v)) for k, v in form])
    assert status == 302, page[:3000]
    return leads_to


def states(installation: Installation) -> list[tuple[Any, ...]]:
    # The demonstration has a task of its own: the report of a questionnaire.
    return installation.rows("SELECT state, attempt FROM core_job WHERE kind = 'networks.plan'")


def let_time_pass(installation: Installation) -> None:
    """As if the killed worker had been silent for long: the clock of its last beat is put back."""
    installation.write("UPDATE core_job SET heartbeat_at = '2020-01-01 00:00:00' WHERE state = 'running'")


@pytest.mark.parametrize("database", DATABASES)
def test_a_killed_worker_is_followed_by_another_that_ends_the_work_once(
    install: Install, database: str
) -> None:
    installation = install(database)
    installation.start_web()
    visitor, form = officer(installation)
    leads_to = ask(visitor, form, effort="thorough")

    installation.start_worker()
    wait_for(lambda: states(installation) == [("running", 1)], lambda: installation.log("worker"))
    installation.kill("worker")
    assert states(installation) == [("running", 1)], "killed in the middle"
    assert half_written(installation) == {}

    let_time_pass(installation)
    installation.start_worker()
    wait_for(lambda: states(installation) == [("done", 2)], lambda: installation.log("worker"))
    assert half_written(installation) == {}
    assert installation.rows("SELECT state FROM networks_plan") == [("ready",)]
    status, _, page = visitor.ask("GET", leads_to)
    assert status == 200
    assert "Network" in page


@pytest.mark.parametrize("database", DATABASES)
def test_twenty_clicks_on_one_button_are_one_plan(install: Install, database: str) -> None:
    installation = install(database)
    installation.start_web()
    visitor, form = officer(installation)

    def click(_number: int) -> str:
        own = Visitor(installation.port)
        own.cookies = dict(visitor.cookies)
        return ask(own, form)

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(click, range(20)))
    assert len(answers) == 1
    assert installation.one("SELECT COUNT(*) FROM networks_plan") == 1
    assert len(states(installation)) == 1
    assert half_written(installation) == {}


@pytest.mark.parametrize("database", BOTH)
def test_kills_of_website_and_worker_lose_nothing_that_was_acknowledged(
    install: Install, database: str
) -> None:
    installation = install(database)
    installation.start_web()
    installation.start_worker()
    visitor, form = officer(installation)
    ledger = Ledger(installation, form, visitor.cookies)
    chance = random.Random(1)
    with ledger.writing():
        for turn in range(6):
            time.sleep(chance.uniform(0.3, 1.5))
            for name in ("web", "worker") if turn % 3 == 0 else (("web",) if turn % 3 == 1 else ("worker",)):
                installation.kill(name)
            assert half_written(installation) == {}
            before = len(ledger.kept)
            if "web" not in installation.running:
                assert not installation.answers(), "it was killed"
                installation.start_web()
            if "worker" not in installation.running:
                let_time_pass(installation)
                installation.start_worker()
            wait_for(lambda before=before: len(ledger.kept) > before, lambda: "somebody is answered again")
    assert ledger.lost_answers > 0, "no kill hit an answer, so nothing was tried"
    assert len(ledger.kept) > 40
    assert set(ledger.others) <= {503}, "a refusal is no answer of a healthy website"
    assert ledger.missing() == set()
    assert half_written(installation) == {}


@pytest.mark.prove
@pytest.mark.parametrize(
    ("settings", "lossy"),
    [
        ({"synchronous_commit": "on"}, False),
        ({"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}, True),
    ],
    ids=["as it should be", "a mutant that acknowledges too early"],
)
def test_the_ledger_notices_a_database_that_loses_what_it_acknowledged(
    install: Install, settings: dict[str, str], lossy: bool
) -> None:
    need(postgres.programs(), postgres.NEEDED)
    with postgres.server(settings) as server:
        installation = install(server.url)
        installation.start_web()
        visitor, form = officer(installation)
        ledger = Ledger(installation, form, visitor.cookies)
        with ledger.writing():
            for _ in range(3):
                before = len(ledger.kept)
                wait_for(lambda before=before: len(ledger.kept) > before + 10, lambda: "ten plans")
                server.kill()
                server.start()
        assert bool(ledger.missing()) is lossy
        installation.close()


@pytest.mark.parametrize("database", BOTH)
def test_a_killed_import_leaves_all_or_nothing(install: Install, database: str) -> None:
    files = sorted(REGISTER.glob("*.csv"), key=lambda path: path.stat().st_size) if REGISTER.exists() else []
    need(files, "the register's own file is not beside this checkout")
    installation = install(database)
    command = [str(ISTHMUS), "register", "import", str(files[-1])]

    def organisations() -> int:
        return int(installation.one("SELECT COUNT(*) FROM register_organisation"))

    def events() -> int:
        return int(installation.one("SELECT COUNT(*) FROM core_auditevent WHERE action = 'register.import'"))

    def bring_in(until: str = "") -> int:
        """Start the import; kill it when it says `until`. Its exit code."""
        with subprocess.Popen(
            command,
            env=installation.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if until and line.strip().startswith(until):
                    process.kill()
        return process.returncode

    before, seen = organisations(), []
    for until in ("40%", "66%", "70%", "78%", "86%", "94%", "95%"):
        assert bring_in(until) == -signal.SIGKILL, f"it never came to {until}"
        seen.append((organisations(), events()))
        if events():
            break  # it was through before it was killed
        assert organisations() == before, f"half of it was written at {until}"
    assert bring_in() == 0
    whole = (organisations(), 1)
    assert whole[0] > before + 1000
    assert events() == 1, "a second time changes nothing, so nothing is recorded"
    assert set(seen) <= {(before, 0), whole}, "what was through was whole"
    assert len(seen) > 4, "the kills came too late, so nothing was tried"
