"""Installations for tests that kill and load them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.harness import postgres
from tests.harness.installation import Installation, free_port
from tests.needs import need

Install = Callable[[str], Installation]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """`install(database)` makes an installation; `database` is 'sqlite', 'postgresql' or an address."""
    with ExitStack() as stack:

        def make(database: str) -> Installation:
            address = database
            if database == "sqlite":
                address = f"sqlite:///{tmp_path / 'isthmus.sqlite3'}"
            elif database == "postgresql":
                need(postgres.programs(), postgres.NEEDED)
                address = stack.enter_context(postgres.server({"fsync": "off"})).url
            made = Installation(tmp_path, address, free_port())
            stack.callback(made.close)
            made.seed()
            return made

        yield make
