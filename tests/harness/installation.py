"""A whole installation in a temporary folder: website and worker as processes of their own, to be killed at will."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from uuid import uuid4

ISTHMUS = Path(sys.executable).parent / "isthmus"
# One real school stands in for England's 25,000, so that a start does not load them.
SEED = """
import django
django.setup()
from isthmus.site import migrations, server
from isthmus.apps.register.models import Organisation
migrations.ensure(lambda percent, words: None)
Organisation.objects.create(kind="school", urn="100000", name="A school", sort_name="a school", search="a school")
server.prepare(lambda percent, words: None)
"""


def wait_for(true: Callable[[], Any], what: Callable[[], str], seconds: float = 60) -> Any:
    """Wait until `true()` is true and give what it gave; fails after `seconds`, saying `what()`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := true():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what()}: not within {seconds:.0f} s")


@dataclass
class Installation:
    """Where it is, and its running processes. `database` is an address as ISTHMUS_DATABASE_URL takes it."""

    folder: Path
    database: str
    port: int
    variables: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Only this installation's settings, whatever the tests run with."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("ISTHMUS_")}
        return {
            **clean,
            "DJANGO_SETTINGS_MODULE": "isthmus.site.settings",
            "ISTHMUS_DATA": str(self.folder),
            "ISTHMUS_DATABASE_URL": self.database,
            "ISTHMUS_MEMORY": str(self.folder),
            **self.variables,
        }

    def seed(self) -> None:
        """Tables, the fictional authority and its people."""
        self.python(SEED)

    def python(self, code: str) -> str:
        """Run code in the installation; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *arguments: str) -> None:
        """Start `isthmus ARGUMENTS` under a name, in a process group of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [ISTHMUS, *arguments],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_web(self) -> None:
        """Start the website and wait until it answers."""
        self.start("web", "run", "--no-worker", "--port", str(self.port))
        wait_for(self.answers, lambda: f"the website answers ({self.log('web')})")

    def start_worker(self) -> None:
        """Start the worker."""
        self.start("worker", "worker")

    def kill(self, name: str) -> None:
        """kill -9 the processes of that name, and see them gone."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def answers(self) -> bool:
        """Whether /healthz answers 200."""
        try:
            host = self.variables.get("ISTHMUS_HOSTS", "localhost")
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with contextlib.closing(connection):
                connection.request("GET", "/healthz", headers={"Host": host})
                return connection.getresponse().status == 200
        except OSError:
            return False

    def log(self, name: str) -> str:
        """The end of what a process has written."""
        path = self.folder / f"{name}.log"
        return path.read_text()[-2000:] if path.exists() else "no log"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with contextlib.closing(self._connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def write(self, sql: str) -> None:
        """Change the database itself."""
        with contextlib.closing(self._connect()) as connection:
            connection.cursor().execute(sql)
            connection.commit()

    def one(self, sql: str) -> Any:
        """The single value of a query."""
        return self.rows(sql)[0][0]

    def _connect(self) -> Any:
        if self.database.startswith("sqlite"):
            import sqlite3

            return sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=30)
        import psycopg

        return psycopg.connect(self.database)

    def close(self) -> None:
        """Kill what still runs."""
        for name in list(self.running):
            self.kill(name)


class Visitor:
    """A browser without a screen: cookies, forms and their tokens. One for each thread."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, fields: list[tuple[str, str]] | None = None
    ) -> tuple[int, str, str]:
        """Status, where it leads, and the body. Raises `OSError` or `HTTPException` where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            for header in response.headers.get_all("Set-Cookie") or []:
                self.cookies.update({k: m.value for k, m in SimpleCookie(header).items()})
            return response.status, response.headers.get("Location", ""), text
        finally:
            connection.close()

    def sign_in(self, name: str) -> None:
        """Become an invented person."""
        _, _, page = self.ask("GET", "/sign-in/")
        forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
        form = next(form for form in forms if name in form)
        status, _, _ = self.ask("POST", "/sign-in/demonstration/", hidden(form))
        assert status == 302

    def plan_form(self, about: int) -> list[tuple[str, str]]:
        """The fields that ask for a plan, as the page offers them, with a token of its own."""
        status, _, page = self.ask("GET", f"/plans/new/?about={about}")
        assert status == 200, page[:500]
        form = max(re.findall(r"<form.*?</form>", page, re.DOTALL), key=len)
        given = dict(hidden(form)) | {"token": str(uuid4()), "name": "A plan"}
        usual = {
            "smallest": "6", "largest": "10", "nearness": "10", "mixed_phases": "3", "mixed_disadvantage": "3",
            "faith": "0", "faith_way": "mixed", "effort": "quick",
        }  # fmt: skip
        return [*(usual | given).items(), ("phases", "primary"), ("phases", "secondary")]


def hidden(form: str) -> list[tuple[str, str]]:
    """The hidden fields of a form."""
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return [(name[1], value[1] if value else "") for name, value in pairs if name]


@dataclass
class Ledger:
    """What a client was told is kept. Filled by threads that go on asking while the website is killed."""

    installation: Installation
    form: list[tuple[str, str]]
    cookies: dict[str, str]
    kept: list[int] = field(default_factory=list)
    lost_answers: int = 0
    others: list[int] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def writing(self, clients: int = 3) -> Iterator[None]:
        """Ask for plans from several clients at once until the block ends."""
        threads = [threading.Thread(target=self._client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _client(self) -> None:
        visitor = Visitor(self.installation.port)
        visitor.cookies = dict(self.cookies)
        while not self._stop.is_set():
            fields = [(k, str(uuid4()) if k == "token" else v) for k, v in self.form]
            try:
                status, leads_to, _ = visitor.ask("POST", "/plans/new/", fields)
            except (OSError, http.client.HTTPException):
                self.lost_answers += 1  # nobody answered: it may be kept or not, but whole
                time.sleep(0.05)
                continue
            found = re.fullmatch(r"/plans/(\d+)/", leads_to)
            if status == 302 and found:
                self.kept.append(int(found[1]))
            else:
                self.others.append(status)
                time.sleep(0.05)

    def missing(self) -> set[int]:
        """Plans that a client was told of and that the database does not have."""
        return set(self.kept) - {pk for (pk,) in self.installation.rows("SELECT id FROM networks_plan")}


def half_written(installation: Installation) -> dict[str, list[tuple[Any, ...]]]:
    """Whatever is there in part: each query gives rows that must not be."""
    queries = {
        "plan without its job": "SELECT id FROM networks_plan WHERE job_id IS NULL",
        "plan without its record": "SELECT p.id FROM networks_plan p WHERE NOT EXISTS (SELECT 1 FROM core_auditevent a "
        "WHERE a.action = 'plan.ask' AND a.target_id = CAST(p.id AS VARCHAR(20)))",
        "record without its plan": "SELECT a.id FROM core_auditevent a WHERE a.action = 'plan.ask' AND NOT EXISTS "
        "(SELECT 1 FROM networks_plan p WHERE a.target_id = CAST(p.id AS VARCHAR(20)))",
        "job without a plan": "SELECT j.id FROM core_job j LEFT JOIN networks_plan p ON p.job_id = j.id "
        "WHERE p.id IS NULL AND j.kind = 'networks.plan'",
        "waiting job without a task": "SELECT j.id FROM core_job j WHERE j.state = 'queued' AND j.task_id = ''",
        "network whose size is not its members": "SELECT n.id FROM networks_proposednetwork n LEFT JOIN "
        "networks_proposedmember m ON m.network_id = n.id GROUP BY n.id, n.size HAVING COUNT(m.id) <> n.size",
        "networks of a plan that is not ready": "SELECT n.id FROM networks_proposednetwork n JOIN networks_plan p "
        "ON p.id = n.plan_id WHERE p.state <> 'ready'",
        "ready plan without networks": "SELECT p.id FROM networks_plan p LEFT JOIN networks_proposednetwork n "
        "ON n.plan_id = p.id WHERE p.state = 'ready' AND n.id IS NULL",
        "plan worked out twice": "SELECT target_id FROM core_auditevent WHERE action = 'plan.worked_out' "
        "GROUP BY target_id HAVING COUNT(*) > 1",
    }
    found = {name: installation.rows(sql) for name, sql in queries.items()}
    return {name: rows for name, rows in found.items() if rows}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
