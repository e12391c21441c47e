"""How fast anonymous answers are taken in, and whether every one is kept once. One answer is one POST of 40 questions.

python -m benchmarks.intake                        60 s on SQLite, and on PostgreSQL where it is installed
python -m benchmarks.intake --seconds 600 --assert and exit 1 where a promise is not kept

First 50 answers a second beside 200 people who read a page every 10 seconds, production settings. Then, in turns, as
many as 16 devices can send: to Isthmus, and to a bare application (`bare`). Generator and server share this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.intake.bare import TABLE
from benchmarks.intake.load import Told, flat_out, reading, steady
from benchmarks.pages import environment, free_port, wait_for
from tests.harness import postgres

RATE, SESSIONS, EVERY, DEVICES = 50.0, 200, 10.0, 16
MOST_MS, LEAST_SHARE = 500.0, 0.5
ROUNDS, ROUND_SECONDS, WARM_SECONDS = 3, 5.0, 3.0
PREPARE = "import json; from benchmarks.intake.__main__ import prepare; print(json.dumps(prepare()))"


def prepare() -> dict[str, Any]:
    """Two schools with an open wave of 40 questions, and an officer who reads; run in a process of its own."""
    import django

    django.setup()
    from datetime import timedelta
    from importlib import import_module
    from uuid import uuid4

    import yaml
    from django.conf import settings
    from django.db import connection

    from isthmus.apps.accounts.actions import give_role
    from isthmus.apps.accounts.models import Person
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.accounts.signing.state import ENROLLED
    from isthmus.apps.core.dates import today
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.register.models import Area, AreaKind, Organisation
    from isthmus.apps.surveys import actions
    from isthmus.apps.surveys.adapters import instruments
    from isthmus.apps.surveys.models import Wave, WaveKind, Who
    from isthmus.site import migrations, server

    migrations.ensure(lambda _percent, _words: None)
    area = Area.objects.create(kind=AreaKind.AUTHORITY, code="E00000001", name="Measured")
    schools = [
        Organisation.objects.create(
            kind="school",
            urn=str(100_000 + n),
            name=f"School {n}",
            sort_name=f"school {n}",
            search=f"school {n}",
        )
        for n in range(30)
    ]
    server.gather_static(lambda _percent, _words: None)
    person = Person.objects.create(email="measure@example.org", name="Measure")
    scope = Scope(ScopeKind.AREA, area.pk)
    give_role(by=None, person=person, role=Role.AUTHORITY_OFFICER, scope=scope)
    parts = yaml.safe_load(instruments.to_text(instruments.by_id("collaboration-diagnostic")))
    last = parts["sections"][-1]["items"]
    count = sum(len(section["items"]) for section in parts["sections"])
    last += [{"id": f"more-{n}", "text": f"We do more of this, {n}."} for n in range(40 - count)]
    text = yaml.safe_dump(parts, sort_keys=False, allow_unicode=True)
    read = instruments.read(text)
    wave = actions.start_wave(
        by=None,
        scope=scope,
        instrument=actions.keep_instrument(by=None, text=text),
        asking=actions.Asking(
            name="How we work together", why="To measure.", asks="The bench", kind=WaveKind.ANONYMOUS,
            until=today() + timedelta(days=10), results_on=today() + timedelta(days=20), asked=[Who.STAFF],
        ),
        schools=schools,
        token=uuid4(),
    )  # fmt: skip
    assert actions.open_wave(by=None, wave=wave)
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(blob="blob" if connection.vendor == "sqlite" else "bytea"))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session[ENROLLED] = person.pk
    session.save()
    codes = list(Wave.objects.get(pk=wave.pk).schools.values_list("code", flat=True))
    return {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
        "paths": [f"/a/{code}/questions/" for code in codes],
        "codes": {item.id: list(read.scale_of(item).codes) for item in read.scored},
        "pages": ["/schools/?q=school", f"/areas/{area.pk}/", "/surveys/", f"/a/{codes[0]}/", "/needs/"],
    }


@contextlib.contextmanager
def served(command: list[str], settings: dict[str, str], port: int) -> Iterator[None]:
    """A server that answers, until the block ends."""
    with (
        (Path(settings["ISTHMUS_DATA"]) / f"{port}.log").open("wb") as log,
        subprocess.Popen(command, env=settings, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(port) if "BENCHMARK_BARE" not in settings else _wait_bare(port)
            yield
        finally:
            process.terminate()


def _wait_bare(port: int) -> None:
    import socket

    for _try in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
            return
        time.sleep(0.1)


def bare_command(port: int) -> list[str]:
    """The same server with as many processes and threads."""
    import django

    django.setup()
    from isthmus.site import server

    usual = [part.replace("isthmus.site.wsgi", "benchmarks.intake.bare") for part in server._granian()]
    return [*usual, "--host", "127.0.0.1", "--port", str(port)]


def fsyncs(folder: Path, seconds: float = 2.0) -> float:
    """How often a second this disk keeps 4 kB for good."""
    with (folder / "fsyncs").open("wb") as file:
        began, number = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            file.write(b"\0" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            number += 1
    return number / seconds


@dataclass(frozen=True)
class Place:
    """Where answers go and where they can be counted."""

    settings: dict[str, str]
    url: str

    def ballots(self) -> list[int]:
        """The numbers of all that are kept."""
        if self.url.startswith("sqlite"):
            import sqlite3

            with contextlib.closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as held:
                return [pk for (pk,) in held.execute("SELECT id FROM surveys_ballot")]
        import psycopg

        with psycopg.connect(self.url) as held:
            return [pk for (pk,) in held.execute("SELECT id FROM surveys_ballot")]


async def together(port: int, ready: dict[str, Any], seconds: float, told: Told) -> float:
    """Answers beside readers; the share of one processor that this generator took."""
    busy, began = time.process_time(), time.perf_counter()
    await asyncio.gather(
        steady(port, ready["paths"], ready["codes"], RATE, seconds, told),
        reading(port, ready["cookie"], ready["pages"], SESSIONS, EVERY, seconds, told),
    )
    return (time.process_time() - busy) / (time.perf_counter() - began)


def most(port: int, ready: dict[str, Any], told: Told) -> tuple[float, float]:
    """Acknowledged answers a second at most, and the generator's share of a processor."""
    before, busy, began = len(told.kept), time.process_time(), time.perf_counter()
    asyncio.run(flat_out(port, ready["paths"], ready["codes"], DEVICES, ROUND_SECONDS, told))
    took = time.perf_counter() - began
    return (len(told.kept) - before) / took, (time.process_time() - busy) / took


def measure(place: Place, ready: dict[str, Any], seconds: float) -> bool:
    """Print what was found; whether every promise was kept."""
    told, bare = Told(), Told()
    port, other = free_port(), free_port()
    serve = [sys.executable, "-m", "isthmus.cli", "run", "--port", str(port), "--no-worker"]
    bare_settings = {**place.settings, "BENCHMARK_BARE": "on"}
    with served(serve, place.settings, port):
        asyncio.run(flat_out(port, ready["paths"], ready["codes"], DEVICES, WARM_SECONDS, told))
        warmed = len(told.kept)
        told.seconds.clear()
        generator = asyncio.run(together(port, ready, seconds, told)) if seconds else 0.0
        p95, pages_p95 = told.p95(), told.pages_p95()
        acknowledged = len(set(told.kept)) - warmed
        flat: list[tuple[float, float]] = []
        plain: list[tuple[float, float]] = []
        with served(bare_command(other), bare_settings, other):
            for _round in range(ROUNDS):
                plain.append(most(other, ready, bare))
                flat.append(most(port, ready, told))
    there = place.ballots()
    lost, odd = set(told.kept) - set(there), set(there) - told.sent
    doubled = len(there) - len(set(there))
    app, base = (statistics.median(rate for rate, _ in found) for found in (flat, plain))
    if seconds:
        print(f"  {acknowledged} answers, {RATE:.0f} a second beside {SESSIONS} readers: p95 {p95:.0f} ms")
        print(f"  {len(told.pages)} pages read: p95 {pages_p95:.0f} ms, {told.page_failures} not served")
        print(f"  this generator took {generator:.0%} of a core")
    print(f"  refused {told.refused}, lost {len(lost)}, doubled {doubled}, not sent but there {len(odd)}")
    print(f"  at most {app:.0f} a second, a bare application {base:.0f}: {app / max(base, 1e-9):.2f}")
    for name, rounds in (("Isthmus", flat), ("bare", plain)):
        each = ", ".join(f"{rate:.0f} (generator {cpu:.0%})" for rate, cpu in rounds)
        print(f"    {name}: {each}")
    sound = not (lost or odd or doubled or told.refused or told.page_failures or bare.refused)
    return sound and p95 < MOST_MS and app >= LEAST_SHARE * base > 0


@contextlib.contextmanager
def at(database: str, folder: Path) -> Iterator[Place]:
    """An empty database that keeps what it acknowledges, and the settings of a server on it."""
    settings = environment(folder)
    if database == "sqlite":
        yield Place(settings, settings["ISTHMUS_DATABASE_URL"])
        return
    with postgres.server({}) as running:
        yield Place({**settings, "ISTHMUS_DATABASE_URL": running.url}, running.url)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument(
        "--assert", action="store_true", dest="hold", help="exit 1 where a promise is not kept"
    )
    chosen = parser.parse_args()
    kept = True
    for database in [chosen.database] if chosen.database else ["sqlite", "postgresql"]:
        if database == "postgresql" and postgres.programs() is None:
            print(f"postgresql: left out. {postgres.NEEDED}")
            continue
        with tempfile.TemporaryDirectory() as folder, at(database, Path(folder)) as place:
            os.environ.update(place.settings)
            made = subprocess.run(
                [sys.executable, "-c", PREPARE], env=place.settings, check=True, stdout=subprocess.PIPE
            )
            print(f"{database}: this disk keeps 4 kB {fsyncs(Path(folder)):.0f} times a second", flush=True)
            kept = measure(place, json.loads(made.stdout), chosen.seconds) and kept
    return 1 if chosen.hold and not kept else 0


if __name__ == "__main__":
    sys.exit(main())
