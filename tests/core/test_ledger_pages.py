"""Published heads: shown to those they bind, kept as a file, and held against an export without the database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.core import audit, sealing
from isthmus.apps.core.queries import heads_of
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.cli import main
from isthmus.site import ledger as site_ledger
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(people: People) -> Scope:
    """The area of the officer, with two sealed events and a published head."""
    here = Scope(ScopeKind.AREA, people.area.pk)
    for _ in range(2):
        audit.record("area.rename", by=people.officer, target=people.area, scope=here, detail={"secret": "x"})
    sealing.seal()
    return here


def page(scope: Scope) -> str:
    return reverse("core:record", args=[scope.kind.value, scope.id])


def test_people_of_the_area_see_its_heads(
    people: People, scope: Scope, client_for: Callable[..., Client]
) -> None:
    head = heads_of(scope)[0]
    for person in (people.officer, people.head):
        client = client_for(person)
        assert f"Record of {people.area.name}" in client.get(reverse("core:records")).content.decode()
        text = client.get(page(scope)).content.decode()
        assert f"{head.size}:{head.root}" in text
        assert "secret" not in text


def test_nobody_else_does(people: People, scope: Scope, client_for: Callable[..., Client]) -> None:
    head = reverse("core:record_head", args=[scope.kind.value, scope.id, heads_of(scope)[0].size])
    for person in (people.other_officer, people.administrator):
        for address in (page(scope), head):
            assert client_for(person).get(address).status_code == 404
    assert client_for(people.officer).get(page(INSTALLATION)).status_code == 404
    assert client_for(people.administrator).get(page(INSTALLATION)).status_code == 200
    stranger = client_for(factories.person())
    assert stranger.get(reverse("core:records")).status_code == 403


def test_before_anything_is_sealed_the_page_says_so(
    people: People, client_for: Callable[..., Client]
) -> None:
    here = Scope(ScopeKind.AREA, people.area.pk)
    assert "none yet" in client_for(people.officer).get(page(here)).content.decode()


def test_a_head_is_saved_as_a_file(people: People, scope: Scope, client_for: Callable[..., Client]) -> None:
    head = heads_of(scope)[0]
    address = reverse("core:record_head", args=[scope.kind.value, scope.id, head.size])
    answer = client_for(people.officer).get(address)
    assert ".json" in answer.headers["Content-Disposition"]
    said = json.loads(answer.content)
    assert (said["chain"], said["size"], said["root"]) == (str(scope), head.size, head.root)
    assert client_for(people.officer).get(address.replace("head-", "head-9")).status_code == 404


def verify(*arguments: Any) -> subprocess.CompletedProcess[str]:
    """`isthmus audit verify` in a process that has neither Django nor a database."""
    code = (
        "import sys; sys.modules['django'] = None; from isthmus.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ISTHMUS_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", code, "audit", "verify", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**clean, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_an_export_is_checked_without_the_database(people: People, scope: Scope, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    written = site_ledger.export(people.area.name.upper(), file)
    head = heads_of(scope)[0]
    assert written == head.size

    done = verify(file, "--head", f"{head.size}:{head.root}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The record is whole" in done.stdout
    assert "Only a head that was kept elsewhere" in verify(file).stdout

    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines).replace("area.rename", "area.praise", 1))
    done = verify(file)
    assert done.returncode == 2
    assert "checksum" in done.stderr


def test_an_export_that_is_not_whole_is_said_so_in_words(
    people: People, scope: Scope, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, saved = tmp_path / "record.jsonl", tmp_path / "head.json"
    site_ledger.export(str(people.area.code), file)
    size = heads_of(scope)[0].size
    saved.write_text(
        json.dumps({"chain": str(scope), "size": size + 5, "root": "0" * 64, "link": "", "at": "then"})
    )
    assert main(["audit", "verify", str(file), "--head", str(saved)]) == 1
    said = capsys.readouterr().out
    assert f"TRUNCATED  The head of then was published of {size + 5} entries; here are {size}." in said
    assert "NOT whole" in said


@pytest.mark.parametrize("head", ["12", "1:abc", "no-such-file"])
def test_what_is_no_head_is_said_so(
    people: People, scope: Scope, tmp_path: Path, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.jsonl"
    site_ledger.export(str(people.area.pk), file)
    assert main(["audit", "verify", str(file), "--head", head]) == 2
    assert capsys.readouterr().err


def test_only_what_is_there_is_exported_and_only_whole(people: People, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no area"):
        site_ledger.export("Nowhere", tmp_path / "a")
    with pytest.raises(OSError, match="No such"):
        site_ledger.export("installation", tmp_path / "missing" / "a")
    assert list(tmp_path.iterdir()) == []
    assert site_ledger.export("installation", tmp_path / "a") > 0
