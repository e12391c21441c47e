"""The file of a backup: any byte that changed is found, and nothing in it leads out of its folder."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from isthmus.cli import main
from isthmus.site import archive, restore
from isthmus.site.archive import DATABASE, Manifest, Refused

FACTS: dict[str, Any] = {
    "version": "0.1.0",
    "made_at": "2026-11-22T21:00:00+00:00",
    "engine": "sqlite",
    "schema": "",
    "key": "abc",
    "migrations": ["core.0001_initial"],
    "counts": {"core_job": 3},
    "heads": [],
}


def written(path: Path, members: dict[str, bytes] | None = None, **changed: Any) -> Path:
    """A backup with these members."""
    with archive.Writer(path) as out:
        for name, data in (members or {DATABASE: b"rows", "files/a/b.csv": b"a,b\n"}).items():
            out.add(name, io.BytesIO(data))
        out.finish(**FACTS | changed)
    return path


def test_what_was_written_is_read_again_by_its_owner_only(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    manifest = archive.check(path)
    assert (manifest.counts, [m.name for m in manifest.members]) == (
        {"core_job": 3},
        [DATABASE, "files/a/b.csv"],
    )
    with archive.opened(path) as backup:
        backup.extract(manifest.members[1], tmp_path / "out" / "b.csv")
    assert (tmp_path / "out" / "b.csv").read_bytes() == b"a,b\n"
    with zipfile.ZipFile(path) as inside:
        assert inside.testzip() is None, "any program for ZIP files reads it"
    with pytest.raises(FileExistsError):
        archive.Writer(path)


def test_every_changed_byte_and_every_missing_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip")
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Refused):
            archive.check(path)
    for size in range(0, len(whole), 13):
        path.write_bytes(whole[:size])
        with pytest.raises(Refused):
            archive.check(path)
    path.write_bytes(whole + b"0")
    with pytest.raises(Refused):
        archive.check(path)
    path.write_bytes(whole)
    archive.check(path)


@pytest.mark.parametrize(
    "name",
    ["files/../secret.key", "files//a", "/etc/passwd", "files/a/..", "static/a.css", "files\\a", "files/./a"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", {DATABASE: b"rows", name: b"planted"})
    with pytest.raises(Refused):
        archive.check(path)


def test_what_is_no_backup_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.zip").write_text("These are my notes. " * 20)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a", "b")
    for name in ("notes.zip", "other.zip", "nothing.zip"):
        assert main(["backup", "--check", str(tmp_path / name)]) == 2
        assert name in capsys.readouterr().err
    assert main(["backup", "--check", str(written(tmp_path / "a.zip"))]) == 0
    said = capsys.readouterr().out
    assert "is whole" in said
    assert "rows: 3, tables: 1, uploaded files: 1" in said


@pytest.mark.parametrize(
    "arguments", [[], ["--check"], ["a.zip", "--into", "b"], ["--into", "b", "--keep", "0"]]
)
def test_half_a_command_is_refused(arguments: list[str]) -> None:
    assert main(["backup", *arguments]) == 2


def test_a_backup_of_a_later_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="newer version"):
        archive.check(written(tmp_path / "a.zip", format=archive.FORMAT + 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"migrations": ["core.0001_initial", "core.9999_later"]}, "newer than this one.*core.9999_later"),
        ({"engine": "oracle"}, "The backup is of oracle"),
        ({"schema": "elsewhere"}, "of the schema elsewhere"),
    ],
)
def test_a_backup_of_another_kind_or_a_newer_version_is_refused(changed: dict[str, Any], words: str) -> None:
    from django.db import connection

    from isthmus.site import databases

    fit = FACTS | {"engine": connection.vendor, "schema": databases.schema()}
    restore._refuse_unfit(Manifest(**fit))
    with pytest.raises(Refused, match=words):
        restore._refuse_unfit(Manifest(**fit | changed))


def test_too_little_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Make room first"):
        archive.room_for(2**60, tmp_path)
    archive.room_for(10, tmp_path)
