"""`isthmus register import`: says what it found, and ends with 0 or 2."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from isthmus.apps.register.commands import import_files
from isthmus.apps.register.models import Organisation
from tests.register.support import establishments

pytestmark = pytest.mark.django_db


def quiet(_percent: int, _words: str) -> None:
    """No progress."""


def test_a_check_an_import_and_a_second_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = establishments(tmp_path, {})
    assert import_files([file], check_only=True, day=None, progress=quiet) == 0
    assert "1 new" in (said := capsys.readouterr().out)
    assert "Nothing was written" in said
    assert not Organisation.objects.exists()
    assert import_files([file], check_only=False, day=None, progress=quiet) == 0
    assert "Applied." in capsys.readouterr().out
    assert import_files([file], check_only=False, day=None, progress=quiet) == 0
    assert "holds all of this already" in capsys.readouterr().out


def test_what_is_wrong_is_said_on_the_error_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = establishments(tmp_path, {"URN": "x"})
    assert import_files([file], check_only=False, day=None, progress=quiet) == 2
    said = capsys.readouterr()
    assert "row 2, column URN" in said.err
    assert said.out == ""
    assert import_files([tmp_path / "none.csv"], check_only=False, day=None, progress=quiet) == 2
    assert "There is no file none.csv" in capsys.readouterr().err


def test_the_day_can_be_said(tmp_path: Path) -> None:
    file = establishments(tmp_path, {}).rename(tmp_path / "a.csv")
    assert import_files([file], check_only=False, day=date(2022, 4, 20), progress=quiet) == 0
