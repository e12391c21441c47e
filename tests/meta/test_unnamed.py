"""Where people answer without a name only the answer is written down: no line, event, session, mail or figure."""

from __future__ import annotations

import ast
import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail
from django.db import DataError, OperationalError, connection
from django.test import Client
from prometheus_client import generate_latest

from isthmus.apps.core import unnamed
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions import start_close
from isthmus.apps.surveys.actions.rosters import give_list, send_links
from isthmus.apps.surveys.emails import token_of
from isthmus.apps.surveys.models import Ballot, Wave, WaveKind, WaveSchool
from isthmus.apps.surveys.queries.rosters import Listed
from isthmus.site import logs
from tests.conftest import People
from tests.meta.asking import views
from tests.meta.sweep import rows
from tests.surveys.making import a_wave

SOURCE = Path(__file__).resolve().parents[2] / "src" / "isthmus"
INTAKE, MADE_UP = "apps/surveys/intake.py", "apps/surveys/demonstration.py"
# Whatever else names the table, each with what it does there. Nothing but the intake adds to it.
TOUCH = {
    INTAKE: "adds an answer, and counts them",
    MADE_UP: "invents answers of the fictional authority",
    "apps/surveys/actions/closing.py": "moves them to the answers and removes them",
    "apps/surveys/models/__init__.py": "names them",
    "apps/surveys/models/answers.py": "is the table",
    "apps/surveys/queries/waves.py": "counts them",
    "apps/surveys/guards.py": "tells the database to keep no samples of it",
    "apps/surveys/scrubbing.py": "writes the table anew",
    "apps/surveys/migrations/0001_initial.py": "made the table",
}
ADDS = {
    *(
        "create",
        "acreate",
        "bulk_create",
        "abulk_create",
        "get_or_create",
        "aget_or_create",
        "update_or_create",
    ),
    *("aupdate_or_create", "save", "asave", "update", "aupdate", "bulk_update", "abulk_update"),
}
SECRETS = ("4611686018427000001", "The head shouted at Wilma", "know-1")
LATE = {"ballot": SECRETS[0], "who": "staff", "page": "2", "q-know-1": "4", "t-share-3": SECRETS[1]}


def writers(tree: ast.AST) -> list[int]:
    """Lines that make or change ballots: `Ballot(...)`, adding methods after its name, and SQL."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and "INTO surveys_ballot" in str(node.value):
            found.append(node.lineno)
        if not isinstance(node, ast.Call):
            continue
        words = ast.unparse(node.func)
        if words == "Ballot" or (words.startswith("Ballot.") and words.rpartition(".")[2] in ADDS):
            found.append(node.lineno)
    return found


def test_the_intake_alone_writes_ballots() -> None:
    named: dict[str, str] = {}
    for path in SOURCE.rglob("*.py"):
        text, name = path.read_text(), str(path.relative_to(SOURCE))
        if re.search(r"\bBallot\b|surveys_ballot", text):
            named[name] = text
    # A declaration names its columns and touches no row.
    named.pop("apps/surveys/personal.py")
    assert sorted(named) == sorted(TOUCH), "say in TOUCH what it does with answers that are being taken"
    found = {name for name, text in named.items() if writers(ast.parse(text))}
    assert found == {INTAKE, MADE_UP}


@pytest.mark.parametrize(
    "text",
    [
        "Ballot(id=1)",
        "Ballot.objects.create()",
        "Ballot.objects.filter(pk=1).update(who='x')",
        "'INSERT INTO surveys_ballot (id) VALUES (1)'",
    ],
)
def test_another_writer_is_found_out(text: str) -> None:
    assert writers(ast.parse(text)) == [1]


def test_every_address_without_a_name_is_tried_here() -> None:
    from django.urls import reverse

    found = {
        name
        for name, (_view, args) in views().items()
        if reverse(name, kwargs=args).startswith(unnamed.PREFIX)
    }
    assert found == {
        "surveys:code",
        "surveys:intro",
        "surveys:questions",
        "surveys:thanks",
        "surveys:present",
        "surveys:link_intro",
        "surveys:link_questions",
    }


@pytest.fixture
def wave(people: People) -> Wave:
    """An open anonymous wave that asks for comments."""
    return a_wave(Scope(ScopeKind.AREA, people.area.pk), [people.school], by=people.officer, comments=True)


@pytest.fixture
def school(wave: Wave) -> WaveSchool:
    """The first school that it asks."""
    return wave.schools.order_by("pk")[0]


@pytest.fixture
def said() -> Iterator[Callable[[], str]]:
    """Everything that any logger says from now on, to the last detail, as production writes it."""
    stream = io.StringIO()
    logs.configure(json=True)
    root = logging.getLogger()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]  # it is the stream handler that configure makes
    loud = [root, *(logging.getLogger(name) for name in ("isthmus", "django.request", "django.security"))]
    for logger in loud:
        logger.setLevel(logging.INFO)
    yield stream.getvalue
    logs.configure(json=False)


def counted() -> list[str]:
    """What the figures for Prometheus say of requests."""
    return [line for line in generate_latest().decode().splitlines() if line.startswith("isthmus_")]


def posts(school: WaveSchool) -> list[tuple[str, dict[str, str]]]:
    """Every way in which something is sent there, right and wrong."""
    at = f"/a/{school.code}/questions/"
    return [
        ("/a/", {"code": school.code}),
        ("/a/", {"code": "zzzz"}),
        (at, {"do": "start", "who": "staff"}),
        (at, {"do": "start"}),
        (at, {**LATE, "do": "next", "page": "0"}),
        (at, {**LATE, "do": "back"}),
        (at, {**LATE, "ballot": "x", "do": "send"}),
        (at, {**LATE, "do": "send"}),
        (at, {**LATE, "do": "send"}),
        (f"/a/{school.code}/", {"do": "send"}),
        ("/a/nothing/questions/", {**LATE, "do": "send"}),
        ("/a/nothing/at/all/", {**LATE, "do": "send"}),
    ]


@pytest.mark.django_db
def test_nothing_is_written_but_the_answer(
    school: WaveSchool, said: Callable[[], str], client: Client
) -> None:
    before, figures = rows(), counted()
    for path, fields in posts(school):
        response = client.post(path, fields)
        assert response.status_code in (200, 302, 404, 405), path
        assert not response.cookies, path
    after = rows()
    assert [name for name in after if after[name] != before[name]] == ["surveys.Ballot"]
    assert len(after["surveys.Ballot"]) == len(before["surveys.Ballot"]) + 1
    assert said() == ""
    assert counted() == figures
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_answer_by_a_link_leaves_no_more(
    wave: Wave, school: WaveSchool, people: People, said: Callable[[], str], client: Client, tmp_path: Path,
    settings: Any,
) -> None:  # fmt: skip
    settings.MEMORY = tmp_path
    listed = [Listed("a@school.example", "staff"), Listed("b@school.example", "staff")]
    give_list(by=people.officer, school=school, people=listed)
    send_links(by=people.officer, wave=wave)
    made = token_of(school.invited.get(email="a@school.example"), wave)
    token = derived(made.purpose, made.reference)
    at = f"/a/{school.code}/link/{token}/"
    before, figures = rows(), counted()
    for do in ("start", "next", "send", "send"):
        response = client.post(f"{at}questions/", {**LATE, "do": do})
        assert not response.cookies
    client.get(at)
    client.post(f"{at}questions/", {**LATE, "ballot": "7", "do": "send"})
    client.post(f"/a/{school.code}/link/{'x' * 43}/questions/", {**LATE, "do": "send"})
    after = rows()
    assert [name for name in after if after[name] != before[name]] == ["surveys.Ballot"]
    assert len(after["surveys.Ballot"]) == len(before["surveys.Ballot"]) + 1
    assert said() == ""
    assert counted() == figures
    (file,) = tmp_path.iterdir()
    assert file.read_text() == f"{hashed(token)}\n", "in memory the hash waits, and nothing else"


@pytest.mark.django_db
def test_a_page_that_is_asked_for_leaves_nothing_either(
    school: WaveSchool, said: Callable[[], str], client: Client
) -> None:
    before, figures = rows(), counted()
    shown = f"/a/{school.code}/shown/"
    for path in ("/a/", f"/a/{school.code}/", f"/a/{school.code}/thanks/", "/a/nothing/", shown):
        response = client.get(path)
        assert not response.cookies, path
        assert "no-store" in response.headers.get("Cache-Control", "no-store of what is not there")
    assert rows() == before
    assert said() == ""
    assert counted() == figures
    client.get("/help/")
    assert '"view": "core:help"' in said(), "elsewhere there is a line, so this can tell"


def failing(error: type[Exception]) -> Callable[..., Any]:
    """A database that refuses answers, and quotes what it was given."""

    def refuse(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if "surveys_ballot" in sql and sql.startswith("INSERT"):
            raise error(f"refused\nDETAIL: Failing row contains {params!r}\n{sql}")
        return execute(sql, params, *rest)

    return refuse


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (OperationalError, 503, '"reason": "refused"'),
        (DataError, 500, "an answer could not be taken: DataError at line"),
        (RuntimeError, 500, "an answer could not be taken: RuntimeError at line"),
        (Ballot.DoesNotExist, 404, ""),
    ],
)
def test_a_failure_tells_neither_the_code_nor_what_was_answered(
    school: WaveSchool,
    said: Callable[[], str],
    client: Client,
    error: type[Exception],
    status: int,
    line: str,
) -> None:
    client.raise_request_exception = False
    with connection.execute_wrapper(failing(error)):
        response = client.post(f"/a/{school.code}/questions/", {**LATE, "do": "send"})
    assert response.status_code == status
    for secret in (*SECRETS, school.code, "Failing row"):
        assert secret not in said(), secret
    assert len(said().splitlines()) == bool(line), "whoever runs the system learns that it failed, once"
    assert line in said()
    assert not Ballot.objects.exists()


@pytest.mark.django_db
def test_a_form_that_is_too_large_tells_nothing_either(
    school: WaveSchool, said: Callable[[], str], client: Client
) -> None:
    client.raise_request_exception = False
    many = {f"q-{number}": "1" for number in range(1500)}
    response = client.post(f"/a/{school.code}/questions/", {**LATE, **many, "do": "send"})
    assert response.status_code == 400
    for secret in (*SECRETS, school.code):
        assert secret not in said()


@pytest.mark.django_db
def test_cookies_and_sessions_are_never_read(
    school: WaveSchool, people: People, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(people.officer)
    client.raise_request_exception = False
    read: list[str] = []
    monkeypatch.setattr(
        "django.core.handlers.wsgi.parse_cookie",
        lambda text: read.append(text) or {},  # type: ignore[func-returns-value]  # append gives None
    )
    monkeypatch.setattr(SessionBase, "_get_session", lambda self, no_load=False: read.append("session") or {})  # type: ignore[func-returns-value]  # append gives None
    for path, fields in posts(school):
        client.post(path, fields)
        client.get(path)
    with connection.execute_wrapper(failing(OperationalError)):
        client.post(f"/a/{school.code}/questions/", {**LATE, "do": "send", "ballot": "5"})
    assert read == []
    client.get("/help/")
    assert read, "elsewhere they are read, so this can tell"


@pytest.mark.django_db
def test_a_named_kind_leaves_its_event_and_no_line(
    people: People, said: Callable[[], str], client: Client
) -> None:
    """In the room an event tells that there is an answer, as of every change; no line tells when."""
    wave = a_wave(Scope(ScopeKind.AREA, people.area.pk), [people.school], kind=WaveKind.IN_ROOM)
    school = wave.schools.order_by("pk")[0]
    before = rows()
    client.post(f"/a/{school.code}/questions/", {**LATE, "do": "send", "ballot": str(intake.draw())})
    after = rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"surveys.Response", "core.AuditEvent", "core.AuditPayload"}
    assert said() == ""


@pytest.mark.django_db
def test_an_answer_after_the_close_leaves_nothing(
    wave: Wave, school: WaveSchool, people: People, said: Callable[[], str], client: Client
) -> None:
    start_close(by=people.officer, wave=wave)
    before = rows()
    client.post(f"/a/{school.code}/questions/", {**LATE, "do": "send"})
    assert rows() == before
    assert said() == ""
