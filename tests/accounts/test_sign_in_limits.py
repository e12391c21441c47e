"""Limits and used codes are the same for every web process: two processes over HTTP, on each database."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.harness import postgres
from tests.harness.installation import SEED, Installation, Visitor, free_port, hidden, wait_for
from tests.needs import need

pytestmark = pytest.mark.scenario
PEOPLE = """
from isthmus.apps.accounts.models import Person
person = Person(email="ada@example.org", name="Ada")
person.set_password("ferry lantern orchard")
person.save()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[int]]:
    """The ports of two websites, each of one process, on one database."""
    with ExitStack() as stack:
        database = f"sqlite:///{tmp_path / 'isthmus.sqlite3'}"
        if request.param == "postgresql":
            need(postgres.programs(), postgres.NEEDED)
            database = stack.enter_context(postgres.server(postgres.HASTY)).url
        found = [free_port(), free_port()]
        made = [Installation(tmp_path, database, port) for port in found]
        made[0].python(SEED + PEOPLE)
        for number, installation in enumerate(made):
            stack.callback(installation.close)
            installation.start(f"web-{number}", "run", "--no-worker", "--port", str(installation.port))
            wait_for(installation.answers, lambda i=installation, n=number: i.log(f"web-{n}"))  # type: ignore[misc]  # bound now
        yield found


def guess(port: int, password: str) -> str:
    """What a browser with no cookies is told."""
    visitor = Visitor(port)
    _, _, page = visitor.ask("GET", "/sign-in/password/")
    form = max(re.findall(r"<form.*?</form>", page, re.DOTALL), key=len)
    fields = [*hidden(form), ("login", "ada@example.org"), ("password", password)]
    status, _, body = visitor.ask("POST", "/sign-in/password/", fields)
    if status == 302:
        return "in"
    return (
        "stopped" if status == 429 or "Too many tries" in body else "wrong" if status == 200 else str(status)
    )


def race(jobs: list[Callable[[], str]]) -> list[str]:
    """Do them all at once."""
    told: list[str] = []
    threads = [threading.Thread(target=lambda j=job: told.append(j())) for job in jobs]  # type: ignore[misc]  # bound now
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_five_guesses_in_all_however_many_processes_race(ports: list[int]) -> None:
    told = race([lambda p=ports[n % 2], n=n: guess(p, f"guess {n}") for n in range(16)])  # type: ignore[misc]  # bound now
    assert len(told) == 16
    assert set(told) == {"wrong", "stopped"}
    assert told.count("wrong") <= 5
    assert [guess(port, "ferry lantern orchard") for port in ports] == ["stopped", "stopped"]
