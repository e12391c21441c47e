"""The sweep over every address again, over HTTP, in production, through the server that people meet."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from tests.harness.conftest import Install

pytestmark = pytest.mark.prove
ROOT = Path(__file__).resolve().parents[2]
HOST = "partnerships.example"

# Makes the cast and their things, signs everybody in, and says what each GET should answer.
PREPARE = """
import json, sys
sys.path.insert(0, "{root}")
import django
django.setup()
from django.test import Client
from tests import factories
from tests.meta import sweep
world = sweep.build(factories.cast())
sessions = {{}}
for name, person in world.people.by_name().items():
    client = Client()
    if person:
        client.force_login(person)
        sessions[name] = client.cookies["isthmus_session"].value
print(json.dumps({{
    "sessions": sessions,
    "visits": [[v.who, v.url, sweep.expected(world, v)] for v in sweep.visits(world)],
}}))
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_address_answers_as_declared(install: Install, database: str) -> None:
    installation = install(database)
    installation.variables |= {
        "ISTHMUS_MODE": "production",
        "ISTHMUS_SECRET_KEY": "a-key-for-tests-0123456789" * 2,
        "ISTHMUS_HOSTS": HOST,
        "ISTHMUS_SERVER_TIMING": "on",
    }
    plan = json.loads(installation.python(PREPARE.format(root=ROOT)))
    installation.start_web()
    found, seen = [], set()
    for who, url, want in plan["visits"]:
        cookie = {"Cookie": f"isthmus_session={plan['sessions'][who]}"} if who in plan["sessions"] else {}
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
        connection.request("GET", url, headers={"Host": HOST, "X-Forwarded-Proto": "https", **cookie})
        response = connection.getresponse()
        response.read()
        connection.close()
        seen.add(want)
        if response.status != want:
            found.append(f"{who} GET {url}: {response.status}, not {want}")
        if "Strict-Transport-Security" not in response.headers or "Server-Timing" not in response.headers:
            found.append(f"{who} GET {url}: lacks a header of production")
    assert found == []
    assert seen == {200, 302, 403, 404, 405}


def test_plain_http_is_sent_to_https(install: Install) -> None:
    installation = install("sqlite")
    installation.variables |= {
        "ISTHMUS_MODE": "production",
        "ISTHMUS_SECRET_KEY": "a-key-for-tests-0123456789" * 2,
        "ISTHMUS_HOSTS": HOST,
    }
    installation.start_web()
    for path, host, status in (("/", HOST, 301), ("/healthz", HOST, 200), ("/", "another.example", 400)):
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        connection.close()
        assert response.status == status, path
