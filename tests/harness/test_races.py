"""Twenty browsers send the same request at once to each address that writes: one effect, one record of it, no error."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.harness import races_networks, races_rights, races_surveys
from tests.harness.conftest import Install
from tests.harness.races import RACES, Click, at_once, browser, run

ROOT = Path(__file__).resolve().parents[2]
STAGE = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
import django
django.setup()
from tests.harness.stage import build
sys.stdout.write(json.dumps(build()))
"""


@pytest.mark.parametrize(
    "database",
    [
        pytest.param("sqlite", marks=pytest.mark.scenario),
        pytest.param("postgresql", marks=pytest.mark.prove),
    ],
)
def test_twenty_requests_at_once_have_one_effect(install: Install, database: str) -> None:
    assert races_rights.CAME, "importing it adds its races"
    assert races_networks.ADDED, "importing it adds its races"
    assert races_surveys.ADDED, "importing it adds its races"
    installation = install(database)
    stage = json.loads(installation.python(STAGE).splitlines()[-1])
    installation.start_web()
    found = {}
    for name, entries in RACES.items():
        for number, entry in enumerate(entries):
            if problems := run(installation, stage, entry):
                found[f"{name} {number}"] = problems
    assert found == {}, "\n" + "\n".join(f"{k}: {'; '.join(v)}" for k, v in found.items())
    assert "Traceback" not in (installation.folder / "web.log").read_text()


@pytest.mark.prove
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_change_at_once_waits_for_no_other_for_ever(install: Install, database: str) -> None:
    """All of them twice, in any order, at the same moment: two that wait for each other would be an error for one."""
    assert races_rights.CAME, "importing it adds its races"
    assert races_networks.ADDED, "importing it adds its races"
    installation = install(database)
    stage = json.loads(installation.python(STAGE).splitlines()[-1])
    installation.start_web()
    apps = ("accounts:", "core:", "register:", "needs:", "networks:", "surveys:")
    sent = [
        (name, entry) for name, entries in RACES.items() if name.startswith(apps) for entry in entries
    ] * 2
    Random().shuffle(sent)
    clicks = [Click(e.path(stage), e.fields(stage), browser(stage, e.who), e.file) for _name, e in sent]
    said = zip(sent, at_once(installation, clicks), strict=True)
    assert [(name, status) for (name, _entry), status in said if status >= 500] == []
    assert "Traceback" not in (installation.folder / "web.log").read_text()
