"""What every test may use: the cast, clients that check every page, and helpers for lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from django.test import Client

    from isthmus.apps.accounts.models import Person
    from isthmus.apps.register.models import Area, Organisation

hypothesis.settings.register_profile("quick", deadline=None, max_examples=40)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("quick")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
TESTS = Path(__file__).parent
NO_DATABASE = {"methods", "cli", "harness"}
SCENARIOS = {"harness", "accounts"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures`: browser tests leave pictures of what they saw."""
    parser.addoption("--pictures", action="store_true", help="keep pictures of pages in screenshots/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the database or a browser, so that each stage of `make test` finds its tests."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
        if TESTS / "browser" in item.path.parents:
            item.add_marker("browser")
        _in_a_stage(item)


def _in_a_stage(item: pytest.Item) -> None:
    """The stages of scripts/test.sh read only the folders that they need: a test in another would run in none."""
    room = item.path.relative_to(TESTS).parts[0]
    marks = {mark.name for mark in item.iter_markers()}
    if "prove" in marks:
        return
    if ("scenario" in marks and room not in SCENARIOS) or (
        "database" in marks and "scenario" not in marks and room in NO_DATABASE
    ):
        raise pytest.UsageError(f"{item.nodeid}: no stage of scripts/test.sh runs it there")


@dataclass(frozen=True)
class People:
    """The cast. `officer` and `head` belong to one area, `other_officer` to another; `anonymous` is nobody."""

    officer: Person
    head: Person
    administrator: Person
    other_officer: Person
    area: Area
    other_area: Area
    school: Organisation
    anonymous: None = None

    def by_name(self) -> dict[str, Person | None]:
        """Everybody, by the word that tests and their failures use."""
        names = ("anonymous", "head", "officer", "other_officer", "administrator")
        return {name: getattr(self, name) for name in names}


@pytest.fixture(scope="session", autouse=True)
def addresses() -> None:
    """The addresses are read with the settings as they are, before a test that changes these comes first."""
    import isthmus.site.urls  # noqa: F401 - read once


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The record is only ever added to, so its guards stand aside while a test's rows are emptied out."""
    from django.db import connection

    from isthmus.apps.core import guards

    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def emptied(self: Any, sql_list: Any) -> None:
        guards.remove(self.connection)
        flush(self, sql_list)  # Django then tells that it has migrated, which puts them back

    operations.execute_sql_flush = emptied


@pytest.fixture
def people(db: None) -> People:
    """The cast, each with one role."""
    from tests import factories

    return factories.cast()


@pytest.fixture
def client_for() -> Callable[[Person | None], Client]:
    """A client signed in as a person (nobody where None); it checks every page that it fetches."""
    from tests.invariants import InvariantClient

    def make(person: Person | None) -> Client:
        client = InvariantClient()
        if person is not None:
            client.force_login(person)
        return client

    return make


@pytest.fixture
def client(client_for: Callable[[None], Client]) -> Client:
    """pytest-django's `client`, with the page invariants checked."""
    return client_for(None)


@pytest.fixture
def list_query_count(db: None) -> Callable[..., int]:
    """`list_query_count(make_row, fetch)`: a list costs the same number of queries at 1 row and at 3; returns it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def measure(fetch: Callable[[], Any]) -> list[str]:
        fetch()  # what is read once a process is not the list's cost
        with CaptureQueriesContext(connection) as queries:
            fetch()
        return [q["sql"] for q in queries.captured_queries]

    def check(make_row: Callable[[], Any], fetch: Callable[[], Any]) -> int:
        make_row()
        one = measure(fetch)
        make_row()
        make_row()
        three = measure(fetch)
        assert len(one) == len(three), f"{len(one)} queries for 1 row, {len(three)} for 3:\n" + "\n".join(
            three
        )
        return len(one)

    return check
