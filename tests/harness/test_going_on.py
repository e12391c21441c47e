"""The website goes on while the database is brought up to a new version, and starts on a database that is ahead."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.harness import postgres
from tests.harness.conftest import Install
from tests.harness.installation import ISTHMUS, Installation, Visitor, wait_for
from tests.needs import need

# The next version: one more app, whose step adds a column to a table that the website reads for each page of areas.
SETTINGS = "from isthmus.site.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'next_version']\n"
STEP = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE register_area ADD COLUMN next_version integer NULL")]
"""
LONGEST = 6.0
"""Seconds that a request may take: the time a step waits for a table, and what a slow machine adds."""


def next_version(folder: Path) -> dict[str, str]:
    """The settings with which the next version runs."""
    package = folder / "next_version" / "migrations"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "0001_step.py").write_text(STEP)
    (folder / "next_settings.py").write_text(SETTINGS)
    return {
        "DJANGO_SETTINGS_MODULE": "next_settings",
        "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
    }


class Reader:
    """Somebody who goes on asking for a page; `slowest` is the longest wait, `others` what was no 200."""

    def __init__(self, installation: Installation) -> None:
        visitor = Visitor(installation.port)
        visitor.sign_in("Olive")
        self.cookies = visitor.cookies
        self.installation, self.slowest, self.answers = installation, 0.0, 0
        self.others: list[int] = []
        self._stop = threading.Event()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._read) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _read(self) -> None:
        visitor = Visitor(self.installation.port)
        visitor.cookies = dict(self.cookies)
        while not self._stop.is_set():
            began = time.monotonic()
            status, _, _ = visitor.ask("GET", "/areas/")
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers += 1
            if status != 200:
                self.others.append(status)


@pytest.mark.scenario
def test_requests_go_on_while_a_step_waits_for_a_table_in_use(install: Install, tmp_path: Path) -> None:
    need(postgres.programs(), postgres.NEEDED)
    installation = install("postgresql")
    installation.start_web()
    reader = Reader(installation)
    more = next_version(tmp_path / "next")
    with reader.reading(), psycopg.connect(installation.database) as report:
        # A long report: it holds the table until it ends, or for 30 seconds, should the test end badly.
        report.execute("SET idle_in_transaction_session_timeout = '30s'")
        report.execute("SELECT COUNT(*) FROM register_area")
        with subprocess.Popen(
            [str(ISTHMUS), "migrate"],
            env={**installation.environment, **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as migrate:
            assert migrate.stderr is not None
            told = (line for line in migrate.stderr if "A table is in use" in line)
            assert next(told)
            assert next(told), "it tries more than once"
            before = reader.answers
            wait_for(lambda: reader.answers > before + 3, lambda: "people are answered meanwhile")
            report.rollback()
            migrate.stderr.read()
        assert migrate.returncode == 0
    assert reader.others == []
    assert reader.slowest < LONGEST
    assert installation.one("SELECT COUNT(*) FROM register_area WHERE next_version IS NULL") > 0

    # The version of before starts on a database that is one step ahead.
    installation.kill("web")
    installation.start_web()
    again = Visitor(installation.port)
    again.cookies = dict(reader.cookies)
    assert again.ask("GET", "/areas/")[0] == 200


@pytest.mark.prove
def test_two_that_start_at_once_migrate_once(install: Install, tmp_path: Path) -> None:
    installation = install("sqlite")
    more = next_version(tmp_path / "next")
    command = [str(ISTHMUS), "migrate"]
    both = [
        subprocess.Popen(
            command,
            env={**installation.environment, **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert installation.one("SELECT COUNT(*) FROM django_migrations WHERE app = 'next_version'") == 1
