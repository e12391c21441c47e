"""What surrounds every request: health, logs, figures, timing, headers."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client

from isthmus.apps.core import jobs
from isthmus.apps.register.models import Area
from isthmus.site import logs
from tests.conftest import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_lines() -> Iterator[Callable[[], str]]:
    """Everything that is logged from now on, as production writes it."""
    stream = io.StringIO()
    logs.configure(json=True)
    handler = logging.getLogger().handlers[0]
    handler.setStream(stream)  # type: ignore[attr-defined]  # it is the stream handler that configure makes
    yield stream.getvalue
    logs.configure(json=False)


def test_healthz_answers_when_the_database_does(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("path", ["/", "/healthz", "/privacy/notice/", "/roles/"])
def test_head_is_answered_as_get_is_without_the_page(client: Client, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"") == (200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert client.head("/sign-out/").status_code == 405


def test_what_was_removed_while_somebody_changed_it_is_not_found(
    people: People,
    client_for: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    log_lines: Callable[[], str],
) -> None:
    def gone(**_given: Any) -> None:
        raise Area.DoesNotExist

    monkeypatch.setattr("isthmus.apps.register.actions.add_partner", gone)
    path = f"/areas/{people.area.pk}/partners/"
    assert client_for(people.officer).get(path).status_code == 200
    answer = client_for(people.officer).post(path, {"name": "Quay Trust", "kind": "charity"})
    assert answer.status_code == 404
    (line,) = [json.loads(line) for line in log_lines().splitlines() if "gone meanwhile" in line]
    assert (line["view"], line["what"]) == ("register:area_partners", "Area.DoesNotExist")


def test_healthz_fails_when_the_database_does(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", broken)
    client.raise_request_exception = False
    assert client.get("/healthz").status_code == 500


def test_a_request_leaves_one_line_that_names_nobody(
    people: People, client_for: Callable[..., Client], log_lines: Callable[[], str]
) -> None:
    client = client_for(None)
    client.post("/sign-in/demonstration/", {"person": str(people.officer.pk), "next": "/tasks/"})
    client.get("/tasks/?q=SECRETQUERY", REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="SECRETAGENT")
    client.get("/nothing/here/SECRETPATH/")
    client.get("/tasks/", HTTP_HOST="SECRETHOST.example")
    structlog.get_logger("isthmus.test").info("a slip", email=people.officer.email, ip="203.0.113.77", rows=3)
    logging.getLogger("isthmus.test").info("a plain line")

    written = log_lines()
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(r["view"], r["status"]) for r in requests] == [
        ("demonstration:sign_in", 302),
        ("core:jobs", 200),
        ("none", 404),
        ("none", 400),
    ]
    assert all(r["ms"] >= 0 and r["method"] in ("GET", "POST") for r in requests)
    assert [line["rows"] for line in lines if line["event"] == "a slip"] == [3]
    assert "a plain line" in [line["event"] for line in lines]
    session = client.cookies["isthmus_session"].value
    for secret in (people.officer.email, people.officer.name, "203.0.113.77", "SECRET", session):
        assert secret.lower() not in written.lower()


def test_a_failed_job_is_logged_with_its_place_in_the_code(log_lines: Callable[[], str]) -> None:
    def work(job: jobs.JobContext) -> None:
        raise RuntimeError("what went wrong")

    jobs.job_kind("test.fails", title="A test")(work)
    jobs.run_job.call(str(jobs.start("test.fails", by=None, params={}).pk), 1)
    del jobs._KINDS["test.fails"]
    assert "what went wrong" in log_lines()
    assert "in work" in log_lines()


def test_metrics_are_closed_without_their_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404, (
        "no token set is no open door"
    )
    settings.METRICS_TOKEN = "a-token"
    for wrong in ("", "a-token", "Bearer another", "Bearer a-token2", "bearer a-token"):
        assert client.get("/metrics", HTTP_AUTHORIZATION=wrong).status_code == 404


def test_metrics_count_requests_and_jobs(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"

    def figures() -> dict[str, float]:
        response = client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-token")
        assert response.status_code == 200
        lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}

    asked = 'isthmus_requests_total{method="GET",status="200",view="healthz"}'
    before = figures().get(asked, 0)
    client.get("/healthz")
    jobs.job_kind("test.waits", title="A test")(lambda job: None)
    jobs.start("test.waits", by=None, params={})
    del jobs._KINDS["test.waits"]
    after = figures()
    assert after[asked] == before + 1
    assert after['isthmus_jobs{state="queued"}'] == 1
    assert after['isthmus_jobs{state="failed"}'] == 0


def test_server_timing_only_where_asked_for(client: Client, settings: Any) -> None:
    assert "Server-Timing" not in client.get("/").headers
    settings.SERVER_TIMING = True
    assert re.fullmatch(r"app;dur=\d+\.\d\d", client.get("/").headers["Server-Timing"])


def test_pages_are_compressed_and_guarded(client: Client) -> None:
    response = client.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/nothing/", 404, "not found"), ("/tasks/00000000-0000-0000-0000-000000000000/", 404, "not found")],
)
def test_what_is_not_there_is_said_in_words(
    people: People, client_for: Callable[..., Client], address: str, status: int, words: str
) -> None:
    response = client_for(people.officer).get(address)
    assert response.status_code == status
    assert words in response.content.decode().lower()


@pytest.mark.parametrize("address", ["/tasks/?q=%00", "/tasks/?q=a%1fb", "/tasks/%00/", "/sign-in/?next=%7F"])
def test_a_control_character_in_an_address_is_refused_in_words(
    people: People, client_for: Callable[..., Client], address: str
) -> None:
    assert client_for(people.officer).get(address).status_code == 400


def test_lines_and_tabs_in_an_address_are_let_through(client: Client) -> None:
    assert client.get("/?q=a%0d%0a%09b%20c%2f").status_code == 200


def test_an_error_of_ours_is_said_in_words_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, people: People
) -> None:
    from isthmus.apps.accounts import views

    def broken() -> None:
        raise RuntimeError("SECRET")

    monkeypatch.setattr(views, "roles_in_words", broken)
    client.raise_request_exception = False
    response = client.get("/roles/")
    assert response.status_code == 500
    assert "SECRET" not in response.content.decode()
