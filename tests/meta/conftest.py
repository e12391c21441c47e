"""The small country and the sweep's world, built once for each module in a transaction that every test begins from."""

from __future__ import annotations

import copy
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from tests import factories
from tests.meta import country, sweep


@contextmanager
def _kept(blocker: Any, build: Callable[[], Any]) -> Iterator[Any]:
    """Rows that stay from test to test, each of which is undone for itself."""
    with blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@pytest.fixture(scope="module")
def _land(django_db_setup: None, django_db_blocker: Any) -> Iterator[country.Country]:
    with _kept(django_db_blocker, country.build) as built:
        yield built


@pytest.fixture
def land(_land: country.Country, db: None) -> country.Country:
    """The small country; what a test does to it is gone for the next."""
    return copy.deepcopy(_land)


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: Any) -> Iterator[sweep.World]:
    with _kept(django_db_blocker, lambda: sweep.build(factories.cast())) as built:
        yield built


@pytest.fixture
def world(_world: sweep.World, db: None) -> sweep.World:
    """The world of the sweep; what a test does to it is gone for the next."""
    return copy.deepcopy(_world)


@pytest.fixture
def number() -> int:
    """What this run's samples are drawn from: another one each time, or the one that SWEEP_SEED gives."""
    return int(os.environ.get("SWEEP_SEED") or secrets.randbelow(10**6))
