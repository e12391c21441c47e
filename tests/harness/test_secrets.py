"""Secrets and personal data never reach a log: planted everywhere, with everything made to fail."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from pathlib import Path

import pytest

from tests.harness import postgres
from tests.harness.installation import Installation, free_port, wait_for
from tests.needs import need

PLANTED = {
    "ISTHMUS_SECRET_KEY": "PLANTEDsecretkey0123456789abcdefghijklmnopqrstuvwxyz-_",
    "ISTHMUS_METRICS_TOKEN": "PLANTEDmetrics",
    "ISTHMUS_OIDC_OWN_SECRET": "PLANTEDoidc",
}
TYPED = (
    "PLANTEDpassword",
    "PLANTEDname",
    "planted.person@example.org",
    "PLANTEDpath",
    "PLANTEDcookie",
    "PLANTEDagent",
)
# Whatever fails says all it can: the exceptions quote the settings and what was typed.
FAIL = """
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.core.mail import EmailMessage
from isthmus.apps.accounts import actions
from isthmus.apps.core import mail
from isthmus.apps.core.models import Message
actions.add_person(by=None, email="planted.person@example.org", name="PLANTEDname")
Message.objects.create(key="planted", kind="a", to="planted.person@example.org", letter={"PLANTEDname": 1})
import structlog
try:
    actions.add_person.__wrapped__(by=None, email="x" * 300 + "planted.person@example.org", name="PLANTEDname")
except Exception:
    structlog.get_logger("isthmus.test").exception("refused by the database")
try:
    raise RuntimeError(f"{settings.DATABASES} {settings.SECRET_KEY} {settings.MAIL_SMTP} {settings.PROVIDERS}")
except RuntimeError:
    import logging
    logging.getLogger("django.request").exception("a library tells too much %s", settings.METRICS_TOKEN)
"""


def ask(installation: Installation, method: str, path: str, fields: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    headers = {
        "Host": "localhost",
        "X-Forwarded-Proto": "https",
        "User-Agent": "PLANTEDagent",
        "Referer": f"https://localhost{path}",
        "Cookie": "isthmus_session=PLANTEDcookie; isthmus_csrf=" + "a" * 32,
        "Authorization": "Bearer PLANTEDmetrics",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request(method, path, urllib.parse.urlencode(fields or {}), headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.scenario
def test_no_secret_is_logged_when_everything_fails(tmp_path: Path) -> None:
    need(postgres.programs(), postgres.NEEDED)
    with postgres.server() as server:
        address = server.url.replace("isthmus@", "isthmus:PLANTED%2Fdatabase@")
        made = Installation(tmp_path, address, free_port())
        made.seed()
        made.variables |= PLANTED | {
            "ISTHMUS_MODE": "production",
            "ISTHMUS_HOSTS": "localhost",
            "ISTHMUS_MAIL_SMTP": "smtp://mailer:PLANTEDsmtp@127.0.0.1:9",
            "ISTHMUS_OIDC_OWN_CLIENT": "client",
            "ISTHMUS_OIDC_OWN_SERVER": "https://127.0.0.1:9/",
        }
        try:
            _everything_fails(made, server)
        finally:
            made.close()
    logs = {path.name: path.read_text() for path in tmp_path.glob("*.log")}
    assert logs["web.log"].count("Traceback") >= 2, logs["web.log"][-3000:]
    assert "Traceback" in logs["worker.log"] or "postponed" in logs["worker.log"]
    assert "[secret]" in logs["says.log"]
    assert "[address]" in logs["says.log"]
    assert "refused by the database" in logs["says.log"]
    secrets = [*PLANTED.values(), "PLANTED/database", "PLANTED%2Fdatabase", "PLANTEDsmtp", *TYPED]
    found = {
        (name, secret) for name, text in logs.items() for secret in secrets if secret.lower() in text.lower()
    }
    assert found == set()


def _everything_fails(made: Installation, server: postgres.Server) -> None:
    made.start("says", "doctor")  # makes the file; its own lines are looked through, too
    made.running.pop("says").wait()
    with (made.folder / "says.log").open("a") as file:
        file.write(_said(made))
    made.start_web()
    made.start_worker()
    typed = {
        "email": TYPED[2],
        "login": TYPED[2],
        "password": TYPED[0],
        "name": TYPED[1],
        "csrfmiddlewaretoken": "a" * 32,
    }
    for path in (
        "/sign-in/",
        "/sign-in/PLANTEDpath/",
        "/sign-in/link/PLANTEDpath/",
        "/invitations/PLANTEDpath/",
    ):
        ask(made, "GET", f"{path}?q=PLANTEDpath")
        ask(made, "POST", path, typed)
    assert ask(made, "GET", "/metrics") == 200
    wait_for(lambda: "mail not sent" in (made.folder / "worker.log").read_text(), lambda: made.log("worker"))
    for table in ("accounts_signinsession", "core_message", "core_job"):
        made.write(f"ALTER TABLE {table} RENAME TO gone_{table}")
    assert ask(made, "GET", "/") == 500
    assert ask(made, "POST", "/sign-in/", typed) == 500
    wait_for(
        lambda: re.search("Traceback|postponed", (made.folder / "worker.log").read_text()),
        lambda: made.log("worker"),
    )
    server.kill()
    assert ask(made, "GET", "/") == 500
    assert ask(made, "GET", "/metrics") == 500
    server.start()


def _said(made: Installation) -> str:
    """What is written where exceptions quote the settings and rows themselves."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", FAIL], env=made.environment, cwd=made.folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr
