"""The script that sets an installation up: what it writes fits together, twice does no harm, nonsense is refused."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from environs import Env

from isthmus.cli import build_parser
from isthmus.site import environment

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "install_production.sh"
UNITS = ("isthmus-web.service", "isthmus-worker.service", "isthmus-backup.service", "isthmus-backup.timer")


def install(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(SCRIPT), *map(str, arguments)], capture_output=True, text=True)


def set_up(folder: Path, *more: str) -> str:
    done = install("--host", "partnerships.example.org", "--root", folder, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def written(folder: Path) -> dict[str, str]:
    return {"/" + str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def settings(folder: Path) -> dict[str, str]:
    lines = (folder / "etc/isthmus/environment").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value.strip('"') for name, _, value in pairs}


def test_the_settings_that_it_writes_are_sound_and_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set_up(tmp_path, "--mail", "smtp://mailer:pass%24word@mail.example.org:587")
    path = tmp_path / "etc/isthmus/environment"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    given = settings(tmp_path)
    known = {environment.PREFIX + setting.name for setting in environment.TABLE}
    assert set(given) <= known
    assert given["ISTHMUS_MAIL_SMTP"] == "smtp://mailer:pass%24word@mail.example.org:587"
    assert given["ISTHMUS_MAIL_FROM"] == "Isthmus <isthmus@partnerships.example.org>"
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    environment.check_production(Env(prefix=environment.PREFIX))
    assert given["ISTHMUS_SECRET_KEY"] not in said
    assert not [
        n
        for n, text in written(tmp_path).items()
        if given["ISTHMUS_SECRET_KEY"] in text and n != "/etc/isthmus/environment"
    ]


def test_twice_keeps_the_settings_and_two_installations_share_no_secret(tmp_path: Path) -> None:
    set_up(tmp_path / "one")
    before = written(tmp_path / "one")
    said = set_up(tmp_path / "one")
    assert written(tmp_path / "one") == before
    assert "stay as they are" in said
    set_up(tmp_path / "two")
    keys = {settings(tmp_path / name)["ISTHMUS_SECRET_KEY"] for name in ("one", "two")}
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def commands(unit: str) -> list[str]:
    return re.findall(r"^Exec\w+=(.+)$", unit, re.MULTILINE)


def test_every_command_and_path_of_the_units_exists(tmp_path: Path) -> None:
    said = set_up(tmp_path)
    files = written(tmp_path)
    made = {*re.findall(r"folder (/\S+) ", said), *files}
    seen = []
    for unit in UNITS:
        text = files[f"/etc/systemd/system/{unit}"]
        assert "@" not in text
        for command in commands(text):
            program, *words = command.split()
            assert program == f"{ROOT}/.venv/bin/isthmus"
            assert Path(program).exists()
            build_parser().parse_args(words)  # ends the test where there is no such command or option
            seen.append(words[0])
        for folders in re.findall(r"^(?:ReadWritePaths|EnvironmentFile)=(.+)$", text, re.MULTILINE):
            assert set(folders.split()) <= made
        for page in re.findall(r"^Documentation=file:(.+)$", text, re.MULTILINE):
            assert Path(page).exists()
    assert seen == ["run", "migrate", "worker", "backup"]
    needed = [
        settings(tmp_path)["ISTHMUS_DATA"],
        str(Path(settings(tmp_path)["ISTHMUS_ERASURE_JOURNAL"]).parent),
    ]
    for unit in UNITS[:2]:
        assert f"ReadWritePaths={' '.join(needed)}\n" in files[f"/etc/systemd/system/{unit}"]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        return  # looked at above by eye; here by systemd itself where it is installed
    set_up(tmp_path)
    paths = [tmp_path / "etc/systemd/system" / unit for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "isthmus" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_web_servers_before_it_pass_on_who_came_how(tmp_path: Path) -> None:
    set_up(tmp_path, "--port", "8123")
    files = written(tmp_path)
    for name in ("/etc/isthmus/Caddyfile", "/etc/isthmus/nginx.conf"):
        assert "127.0.0.1:8123" in files[name]
        assert "partnerships.example.org" in files[name]
    for header in ("Host $host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {header};" in files["/etc/isthmus/nginx.conf"]
    assert "--port 8123" in files["/etc/systemd/system/isthmus-web.service"]


def test_a_dry_run_says_all_and_does_nothing(tmp_path: Path) -> None:
    said = set_up(tmp_path / "none", "--dry-run")
    assert not (tmp_path / "none").exists()
    for word in ("createuser", "createdb", "systemctl", "ExecStart=", "mode 600", "Nothing was done"):
        assert word in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--host",),
        ("--host", "two words"),
        ("--host", "a.example;reboot"),
        ("--host", "a.example", "--keep", "0"),
        ("--host", "a.example", "--port", "web"),
        ("--host", "a.example", "--data", "data"),
        ("--host", "a.example", "--data", "/srv/a|b"),
        ("--host", "a.example", "--mail", 'smtp://a"\nISTHMUS_MODE=demonstration'),
        ("--host", "a.example", "--from", "`id`"),
        ("--host", "a.example", "--no-such-option"),
    ],
)
def test_nonsense_is_refused_before_anything_is_written(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = install("--root", tmp_path / "none", *arguments)
    assert done.returncode == 2, done.stdout
    assert done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("script", sorted(ROOT.glob("scripts/*.sh")), ids=lambda path: path.name)
def test_the_shell_reads_every_script(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", "--severity=warning", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
