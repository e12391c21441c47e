"""Installations for tests that kill and load them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.harness import postgres
from tests.harness.installation import Installation, free_port
from tests.needs import need

Install = Callable[[str], Installation]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation on SQLite that was made once, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    Installation(folder, f"sqlite:///{folder / 'isthmus.sqlite3'}", free_port()).seed()
    return folder


@pytest.fixture
def install(tmp_path: Path, prepared: Path) -> Iterator[Install]:
    """`install(database)` makes an installation; `database` is 'sqlite', 'postgresql' or an address."""
    with ExitStack() as stack:

        def make(database: str) -> Installation:
            address = database
            shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
            if database == "sqlite":
                address = f"sqlite:///{tmp_path / 'isthmus.sqlite3'}"
            elif database == "postgresql":
                need(postgres.programs(), postgres.NEEDED)
                address = stack.enter_context(postgres.server({"fsync": "off"})).url
            made = Installation(tmp_path, address, free_port())
            stack.callback(made.close)
            if database != "sqlite":
                made.seed()
            return made

        yield make
