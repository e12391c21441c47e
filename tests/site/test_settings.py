"""Settings: production refuses to start unsafely, and has nothing of a demonstration in it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from environs import Env

from isthmus.site import environment
from isthmus.site.environment import UnsafeSettings

SOUND = {
    "ISTHMUS_MODE": "production",
    "ISTHMUS_SECRET_KEY": "a-key-for-tests-0123456789" * 2,
    "ISTHMUS_HOSTS": "partnerships.example.gov.uk",
    "ISTHMUS_DATABASE_URL": "sqlite:///isthmus.sqlite3",
}
UNSAFE = {
    "no key": ({"ISTHMUS_SECRET_KEY": ""}, "SECRET_KEY"),
    "a short key": ({"ISTHMUS_SECRET_KEY": "short"}, "SECRET_KEY"),
    "a key that is no key": ({"ISTHMUS_SECRET_KEY": "x" * 60}, "SECRET_KEY"),
    "no host": ({"ISTHMUS_HOSTS": ""}, "HOSTS"),
    "any host": ({"ISTHMUS_HOSTS": "*"}, "HOSTS"),
    "any host among others": ({"ISTHMUS_HOSTS": "a.example,*"}, "HOSTS"),
    "no https": ({"ISTHMUS_HTTPS": "off"}, "HTTPS"),
    "no database": ({"ISTHMUS_DATABASE_URL": ""}, "DATABASE_URL"),
}

LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.urls import get_resolver, resolve
from isthmus.apps.core.checks import patterns
print(json.dumps({
    "routes": [route for route, _ in patterns()],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT],
    "hsts": settings.SECURE_HSTS_SECONDS,
    "debug": settings.DEBUG,
    "demonstration": settings.DEMONSTRATION,
    "errors": [
        str(e) for e in __import__("django.core.checks").core.checks.run_checks(include_deployment_checks=True)
        if not e.is_silenced()
    ],
}))
"""


def python(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with these ISTHMUS_ variables and no others."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ISTHMUS_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={
            **clean,
            "DJANGO_SETTINGS_MODULE": "isthmus.site.settings",
            "ISTHMUS_DATA": str(folder),
            **variables,
        },
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("fault", UNSAFE)
def test_production_refuses_each_unsafe_setting(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, named = UNSAFE[fault]
    for name, value in {**SOUND, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UnsafeSettings) as refusal:
        environment.check_production(Env(prefix=environment.PREFIX))
    lines = str(refusal.value).splitlines()[1:]
    assert [named in line for line in lines] == [True], "it names this one and no other"


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SOUND:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UnsafeSettings) as refusal:
        environment.check_production(Env(prefix=environment.PREFIX))
    assert len(str(refusal.value).splitlines()) == 1 + 3


def test_the_settings_themselves_refuse(tmp_path: Path) -> None:
    def start(fault: str) -> subprocess.CompletedProcess[str]:
        return python("import isthmus.site.settings", tmp_path, **{**SOUND, **UNSAFE[fault][0]})

    with ThreadPoolExecutor(2) as pool:
        for fault, done in zip(UNSAFE, pool.map(start, UNSAFE), strict=True):
            assert done.returncode == 1, fault
            assert f"ISTHMUS_{UNSAFE[fault][1]}" in done.stderr, fault
    assert not (tmp_path / "secret.key").exists(), "production never makes a key of its own"


def test_sound_production_starts_without_a_demonstration(tmp_path: Path) -> None:
    done = python(LOOK, tmp_path, **SOUND)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert [route for route in seen["routes"] if "demonstration" in route] == []
    assert "sign-in/" in seen["routes"]
    assert seen["secure"] == [True, True, True]
    assert (seen["hsts"] > 0, seen["debug"], seen["demonstration"]) == (True, False, False)
    assert seen["errors"] == []


def test_the_check_of_a_deployment_is_clean(tmp_path: Path) -> None:
    code = (
        "from django.core.management import execute_from_command_line as run\n"
        "run(['django', 'check', '--deploy', '--fail-level', 'INFO'])"
    )
    done = python(code, tmp_path, **SOUND)
    assert done.returncode == 0, done.stderr
    assert "System check identified no issues (2 silenced)." in done.stdout


ANSWERS = """
import json, django
django.setup()
from django.test import Client
from isthmus.site import migrations, server
migrations.ensure(lambda percent, words: None)
server.gather_static(lambda percent, words: None)
client = Client(SERVER_NAME="partnerships.example.gov.uk")
plain, secret = client.get("/sign-in/"), client.get("/sign-in/", secure=True)
stated = client.get("/", headers={"X-Forwarded-Proto": "https"})
session = Client(SERVER_NAME="partnerships.example.gov.uk")
session.post("/sign-in/code/", {"email": "nobody@example.org"}, secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain.headers["Location"]],
    "secret": [secret.status_code, secret.headers["Strict-Transport-Security"]],
    "stated": stated.status_code,
    "cookies": [
        [name, bool(m["secure"]), bool(m["httponly"]), m["samesite"]]
        for c in (client, session) for name, m in c.cookies.items()
    ],
    "policy": secret.headers["Content-Security-Policy"],
}))
"""


def test_production_answers_only_by_https_and_its_cookies_go_no_other_way(tmp_path: Path) -> None:
    done = python(ANSWERS, tmp_path, **SOUND, ISTHMUS_LOG_FORMAT="text")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["plain"] == [301, "https://partnerships.example.gov.uk/sign-in/"]
    assert seen["secret"] == [200, "max-age=31536000"]
    assert seen["stated"] == 200
    assert {name for name, *_ in seen["cookies"]} >= {"isthmus_csrf", "isthmus_session"}
    assert {tuple(how) for _, *how in seen["cookies"]} == {(True, True, "Lax")}
    assert "default-src 'none'" in seen["policy"]


def test_production_makes_no_invented_people(tmp_path: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from isthmus.site import demonstration\n"
        "demonstration.build(seed=1, progress=print)"
    )
    done = python(code, tmp_path, **SOUND)
    assert done.returncode == 1
    assert "The demonstration is not made in production" in done.stderr


def test_a_demonstration_has_the_address_that_production_lacks(tmp_path: Path) -> None:
    seen = json.loads(python(LOOK, tmp_path).stdout)
    assert "sign-in/demonstration/" in seen["routes"]


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    done = python("import isthmus.site.settings", tmp_path, ISTHMUS_MODE="prod")
    assert "ISTHMUS_MODE must be one of demonstration, production, test, not 'prod'" in done.stderr


def test_the_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(environment.read_secret, [folder] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert [p.name for p in folder.iterdir()] == ["secret.key"]
