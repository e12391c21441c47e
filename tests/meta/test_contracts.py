"""The import contracts hold, and each of them notices the violation that it is there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Contract, the module that is spoilt, and the line that spoils it.
PLANTED = {
    "An app imports only apps to its right": (
        "apps/core/numbers.py",
        "from isthmus.apps.register import models",
    ),
    "A room imports only rooms to its right": (
        "apps/accounts/models.py",
        "from isthmus.apps.accounts import views",
    ),
    "The rooms of core, in order": ("apps/core/access.py", "from isthmus.apps.core import jobs"),
    "Networks take only models, queries, access and actions from other apps": (
        "apps/networks/models/__init__.py",
        "from isthmus.apps.accounts import presenters",
    ),
    "Needs take only models, queries, access and actions from other apps": (
        "apps/needs/apps.py",
        "from isthmus.apps.register import presenters",
    ),
    "Surveys take only models, queries, access and actions from other apps": (
        "apps/surveys/apps.py",
        "from isthmus.apps.register import presenters",
    ),
    "The register takes only models, queries, access and actions from other apps": (
        "apps/register/apps.py",
        "from isthmus.apps.accounts import views",
    ),
    "Methods know no website": ("methods/__init__.py", "import django"),
    "Only adapters import methods": ("apps/accounts/queries.py", "from isthmus.methods import formation"),
    "The command imports methods and site only": ("cli/site.py", "from isthmus.apps.core import numbers"),
    "Help and form start without Django": ("cli/__init__.py", "import django"),
}


def lint(source: Path) -> str:
    """What the linter says of the package in `source`."""
    config = ROOT / ".importlinter"
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo", "--config", config],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "500"},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "src" / "isthmus",
        tmp_path / "isthmus",
        ignore=lambda folder, names: [
            n for n in names if n in ("static", "data", "templates", "__pycache__")
        ],
    )
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    said = lint(copy)
    assert " 0 broken" in said, said


def test_each_contract_notices_a_violation(copy: Path) -> None:
    for module, line in PLANTED.values():
        path = copy / "isthmus" / module
        path.write_text(path.read_text() + f"\n{line}\n")
    said = lint(copy)
    assert [name for name in PLANTED if f"{name} BROKEN" not in said] == [], said


def test_every_contract_has_a_planted_violation() -> None:
    text = (ROOT / ".importlinter").read_text().splitlines()
    assert sorted(PLANTED) == sorted(
        line.removeprefix("name = ") for line in text if line.startswith("name = ")
    )
