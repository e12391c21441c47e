"""The command `isthmus`: quick help, and sentences where something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus import __version__
from isthmus.cli import build_parser, main

ISTHMUS = Path(sys.executable).parent / "isthmus"
COMMANDS = ("run", "worker", "register", "form", "export", "demo", "doctor")
MODULES = """
import sys
from isthmus.cli import main
try:
    main({arguments})
except SystemExit:
    pass
print("LOADED", sorted(name for name in sys.modules if name.split(".")[0] in {heavy}))
"""


def isthmus(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith("ISTHMUS_") and k != "DJANGO_SETTINGS_MODULE"
    }
    return subprocess.run(
        [ISTHMUS, *arguments],
        cwd=folder,
        env={**clean, "ISTHMUS_DATA": str(folder / "data"), **variables},
        capture_output=True,
        text=True,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    done = isthmus("--help", folder=tmp_path)
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"django", "numpy", "scipy", "numba", "pyproj", "yaml"}),
        (["form", "--help"], {"django", "numpy", "scipy", "numba", "pyproj"}),
        (["form", "nothing.csv", "--size", "6..10"], {"django"}),
    ],
)
def test_help_and_form_start_without_what_they_do_not_need(
    arguments: list[str], heavy: set[str], tmp_path: Path
) -> None:
    code = MODULES.format(arguments=arguments, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "LOADED []", done.stderr


def test_the_check_of_modules_sees_django(tmp_path: Path) -> None:
    code = "import django\n" + MODULES.format(arguments=["--version"], heavy={"django"})
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert "'django'" in done.stdout


@pytest.mark.parametrize("command", [*COMMANDS, "register import"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0
    assert f"isthmus {command}" in capsys.readouterr().out


def test_no_command_is_a_question_and_gets_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "isthmus run" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"isthmus {__version__}\n"


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", ""])
def test_a_port_that_is_none_is_said_so(port: str, tmp_path: Path) -> None:
    done = isthmus("run", folder=tmp_path, PORT=port)
    assert done.returncode == 2
    assert f"The port must be a number from 1 to 65535, not '{port}'." in done.stderr
    assert not (tmp_path / "data").exists(), "nothing is made before the question is right"


def test_a_date_that_is_none_is_said_so(tmp_path: Path) -> None:
    done = isthmus("register", "import", "a.csv", "--date", "1.9.26", folder=tmp_path)
    assert done.returncode == 2
    assert "--date must be a day such as 2026-09-01, not '1.9.26'." in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["run"], ["worker"], ["doctor"], ["demo"], ["export", "1", "a.csv"]])
def test_unsafe_production_is_a_sentence_and_no_traceback(command: list[str], tmp_path: Path) -> None:
    done = isthmus(*command, folder=tmp_path, ISTHMUS_MODE="production", PORT="8123")
    said = done.stdout + done.stderr
    assert done.returncode in (1, 2)
    assert "ISTHMUS_SECRET_KEY must hold at least 50 random characters" in said
    assert "Traceback" not in said
