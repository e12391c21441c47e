"""For every address that writes: one request that twenty browsers send at once, and the one effect that it may have.

Those about privacy, rights, leaving and sharing are in `races_rights`, those about networks in `races_networks`.
`tests/meta/test_raced.py` fails for an address that takes a POST and has no line here.
"""

from __future__ import annotations

import http.client
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.harness.installation import Installation

AT_ONCE = 20
TOKEN = "a" * 32
# What stands in these is no effect that a person asked for: sessions, counters of tries, and what only follows later.
ASIDE = (
    "accounts_signinsession",
    "accounts_sharedcount",
    "core_ledger",
    "django_migrations",
    "sqlite_",
    "core_auditpayload",
)
LATER = date.today() + timedelta(days=5)  # noqa: DTZ011 - the machine's day is near enough for a form
Stage = Mapping[str, Any]
Fields = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Race:
    """`rows` is by how much each table grows or shrinks, `events` which events are recorded, and how often.

    A word in `rows` is the name of a number on the stage. `most`: tables that may grow, up to so many rows: what only
    a limit holds back.
    """

    who: str
    path: Callable[[Stage], str]
    fields: Callable[[Stage], Fields] = lambda _stage: {}
    rows: Mapping[str, int | str] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    statuses: frozenset[int] = frozenset({302})
    most: Mapping[str, int] = field(default_factory=dict)


RACES: dict[str, list[Race]] = {}
UNTRIED: dict[str, str] = {}
"""Addresses that take a POST and cannot be raced over HTTP, each with why that is no gap."""


def race(
    name: str, who: str, path: str, /, _fields: Fields | Callable[[Stage], Fields] | None = None, **given: Any
) -> None:
    """A race at the address `name`. `{words}` in the path, in fields and their names are filled in from the stage."""

    def fill(text: str, stage: Stage) -> str:
        return text.format(**{k: v for k, v in stage.items() if isinstance(v, (str, int))})

    def fields(stage: Stage) -> Fields:
        if callable(_fields):
            return _fields(stage)
        return {
            fill(k, stage): fill(v, stage) if isinstance(v, str) else tuple(fill(part, stage) for part in v)
            for k, v in (_fields or {}).items()
        }

    statuses = frozenset(given.pop("statuses", {302}))
    made = Race(who, lambda stage: fill(path, stage), fields, statuses=statuses, **given)
    RACES.setdefault(name, []).append(made)


PLAN = {
    "about": "{area}", "owner": "{area}", "name": "Raced", "token": str(UUID(int=7)),
    "smallest": "6", "largest": "10", "nearness": "10",
    "mixed_phases": "3", "mixed_disadvantage": "3", "faith": "0", "faith_way": "mixed", "effort": "quick",
    "phases": ("primary", "secondary"),
}  # fmt: skip
NEW_JOB = {"core_job": 1, "django_tasks_database_dbtaskresult": 1}
INVITED = {"place": "area:{area}", "role": "adviser", "name": "Race Runner", "email": "race@example.org"}
SUCCESSOR = {
    "name": "Sam Successor", "email": "sam@example.org", "last_day_day": str(LATER.day),
    "last_day_month": str(LATER.month), "last_day_year": str(LATER.year),
}  # fmt: skip
race(
    "networks:plan_new", "officer", "/plans/new/", PLAN,
    rows={"networks_plan": 1, **NEW_JOB}, events={"plan.ask": 1, "job.start": 1},
)  # fmt: skip
# Whoever comes when the plan is gone is told so: 404.
race(
    "networks:plan_remove", "officer", "/plans/{removed}/remove/", {"why": "Twice"}, statuses={302, 404},
    rows={"networks_plan": -1}, events={"plan.remove": 1, "job.cancel": 1, "plan.end": 1},
)  # fmt: skip
race("core:job_cancel", "officer", "/tasks/{stopped_job}/stop/", events={"job.cancel": 1, "plan.end": 1})
race(
    "accounts:invite", "officer", "/people/invite/", INVITED,
    rows={"accounts_invitation": 1, "core_message": 1}, events={"invitation.send": 1},
)  # fmt: skip
race(
    "accounts:send_again", "officer", "/people/invitations/{again}/send-again/", {"round": "{round}"},
    rows={"core_message": 1}, events={"invitation.send_again": 1},
)  # fmt: skip
race(
    "accounts:take_back", "officer", "/people/invitations/{back}/take-back/", {"why": "Twice"},
    events={"invitation.take_back": 1},
)  # fmt: skip
race(
    "accounts:invitation", "", "/invitations/{accepts}/",
    rows={"accounts_person": 1, "account_emailaddress": 1, "accounts_roleholding": 1, "core_message": 1},
    events={"invitation.accept": 1},
)  # fmt: skip
race(
    "accounts:decline", "", "/invitations/{declines}/decline/",
    rows={"core_message": 1}, events={"invitation.decline": 1},
)  # fmt: skip
race(
    "accounts:name_successor", "officer", "/people/roles/{follows}/hand-over/", SUCCESSOR,
    rows={"accounts_invitation": 1, "accounts_handover": 1, "core_message": 2},
    events={"invitation.send": 1, "role.hand_over": 1},
)  # fmt: skip
race(
    "accounts:end_role", "officer", "/people/roles/{ends}/end/", {"why": "Twice"},
    rows={"core_message": 1}, events={"role.end": 1},
)  # fmt: skip
race("core:mail_stop", "", "/mail/stop/{stop}/", events={"mail.choose_by_link": 1})
race("core:mail_stop", "", "/mail/stop/{daily}/", {"frequency": "daily"}, events={"mail.choose_by_link": 1})
race(
    "core:mail_choices", "chooses", "/mail/", {"kind-task": "daily"},
    rows={"core_mailchoice": 1}, events={"mail.choose": 1},
)  # fmt: skip
# Each click gives a file, so each is an event.
race(
    "core:record_events_export", "officer", "/record/area/{area}/events/save/", statuses={200},
    events={"record.export": AT_ONCE},
)  # fmt: skip
race(
    "register:import_new", "administrator", "/register-files/new/", {"token": str(UUID(int=8))},
    file=("edubasealldata20260901.csv", b"URN,EstablishmentName\n1,A\n"),
    rows={"register_registerimport": 1, **NEW_JOB}, events={"register.upload": 1, "job.start": 1},
)  # fmt: skip
race(
    "register:import", "administrator", "/register-files/{applied}/", {"do": "apply"},
    rows=NEW_JOB, events={"register.apply": 1, "job.start": 1},
)  # fmt: skip
race(
    "register:import", "administrator", "/register-files/{aside}/", {"do": "aside"},
    events={"register.put_aside": 1},
)  # fmt: skip

# Signing in and out is a line in the log and no event; after the first, others are asked to sign in, or too many.
NEW = {"password1": "harbour violin meadow", "password2": "harbour violin meadow"}
LIMITED = {200, 302, 303, 403, 429}
race("accounts:sign_out", "leaves", "/sign-out/", statuses={302, 403})
race("demonstration:sign_in", "", "/sign-in/demonstration/", {"person": "{officer}"}, statuses={302})
race("sign_in_start_again", "restarts", "/sign-in/start-again/", statuses={302, 403})
race(
    "account_login",
    "",
    "/sign-in/password/",
    {"login": "confirms@example.org", "password": "x"},
    statuses=LIMITED,
)
race("sign_in_again", "again_in", "/account/again/", {"next": "/mail/"}, statuses={302, 403})
race(
    "account_change_password", "changes", "/account/password/",
    {"oldpassword": "ferry lantern orchard", **NEW},
    rows={"core_message": 1}, events={"password.change": 1}, statuses=LIMITED,
)  # fmt: skip
race(
    "account_set_password", "plain", "/account/password/new/",
    {"password1": "harbour violin meadow", "password2": "harbour violin meadow"},
    rows={"core_message": 1}, events={"password.change": 1}, statuses=LIMITED,
)  # fmt: skip
race(
    "mfa_deactivate_totp", "app_off", "/account/app/remove/",
    rows={"mfa_authenticator": -2, "core_message": 1}, events={"way_in.remove": 2}, statuses={302, 403, 404},
)  # fmt: skip
race(
    "mfa_remove_webauthn", "key_gone", "/account/passkeys/{key_gone}/remove/",
    rows={"mfa_authenticator": -1, "core_message": 1}, events={"way_in.remove": 1}, statuses={302, 403, 404},
)  # fmt: skip
race("mfa_edit_webauthn", "key_named", "/account/passkeys/{key_named}/name/", {"name": "Tablet"})
race("sign_in_devices_end", "elsewhere", "/account/devices/end/", {"all": "1"}, events={"session.end": 1})
race(
    "sign_in_link", "", "/sign-in/link/{link}/", events={"sign_in_link.use": 1}, statuses={200, 302, 404, 410}
)


def _app(name: str) -> Callable[[Stage], Fields]:
    """The code that an authenticator app shows now; the key of the app stands on the stage."""

    def fields(stage: Stage) -> Fields:
        from tests.accounts.signing import totp

        return {"code": totp(stage[name])}

    return fields


MAILED = {"core_message": 1}
# Each asks for a code for a browser of its own, and the last one must work: limits keep them few.
FEW = {"core_message": 5}
race(
    "account_request_login_code",
    "",
    "/sign-in/code/",
    {"email": "asks_code@example.org"},
    most=FEW,
    statuses=LIMITED,
)
race(
    "account_reset_password",
    "",
    "/sign-in/forgotten/",
    {"email": "forgets@example.org"},
    most=FEW,
    statuses=LIMITED,
)
race("account_confirm_login_code", "by_code", "/sign-in/code/enter/", {"code": "{by_code}"}, statuses=LIMITED)
race(
    "account_confirm_password_reset_code",
    "by_reset",
    "/sign-in/forgotten/code/",
    {"code": "{by_reset}"},
    statuses=LIMITED,
)
race(
    "account_complete_password_reset", "by_new", "/sign-in/forgotten/new/", NEW,
    rows=MAILED, events={"password.change": 1}, statuses=LIMITED,
)  # fmt: skip
race("mfa_authenticate", "by_app", "/sign-in/second-step/", _app("by_app"), statuses=LIMITED)
race("mfa_reauthenticate", "shows_app", "/account/confirm/", _app("shows_app"), statuses=LIMITED)
race(
    "account_reauthenticate",
    "stale",
    "/account/confirm/password/",
    {"password": "ferry lantern orchard"},
    statuses=LIMITED,
)
race(
    "mfa_activate_totp", "app_on", "/account/app/", _app("app_on"),
    rows={"mfa_authenticator": 2, "core_message": 1}, events={"way_in.add": 2}, statuses=LIMITED,
)  # fmt: skip
race(
    "mfa_generate_recovery_codes", "codes", "/account/recovery-codes/new/",
    rows=MAILED, events={"way_in.renew": 1}, statuses=LIMITED,
)  # fmt: skip


race(
    "accounts:change_term", "officer", "/people/roles/{prolonged}/term/",
    {
        "seen": "{seen}",
        "ends_day": str(LATER.day), "ends_month": str(LATER.month), "ends_year": str(LATER.year), "why": "Longer",
    },
    rows={"core_message": 1}, events={"role.change_term": 1},
)  # fmt: skip

_CEREMONY = "needs a passkey's answer, which is made once for one challenge: tests/browser signs in with one"
_OUTSIDE = (
    "starts or ends a visit to another site and changes nothing here: tests/accounts/oidc holds it to that"
)
UNTRIED |= {
    "metrics": "gives figures and changes nothing, whichever the method",
    "mfa_view_recovery_codes": "shows codes and changes nothing, whichever the method",
    "mfa_add_webauthn": _CEREMONY,
    "mfa_login_webauthn": _CEREMONY,
    "mfa_reauthenticate_webauthn": _CEREMONY,
    "openid_connect_login": _OUTSIDE,
    "openid_connect_callback": _OUTSIDE,
    "socialaccount_connections": _OUTSIDE,
}


def browser(stage: Stage, who: str) -> dict[str, str]:
    """The cookies of whoever sends the request."""
    cookies = {"isthmus_csrf": TOKEN}
    return cookies | ({"isthmus_session": stage["sessions"][who]} if who else {})


@dataclass(frozen=True)
class Click:
    """One form sent by one browser."""

    path: str
    fields: Fields
    cookies: Mapping[str, str]
    file: tuple[str, bytes] | None = None


def at_once(installation: Installation, clicks: Sequence[Click]) -> list[int]:
    """Send every form at the same moment; the statuses in their order."""
    gate = threading.Barrier(len(clicks))

    def send(click: Click) -> int:
        body, kind = _body({"csrfmiddlewaretoken": TOKEN, **click.fields}, click.file)
        cookies = "; ".join(f"{k}={v}" for k, v in click.cookies.items())
        connection = http.client.HTTPConnection("localhost", installation.port, timeout=60)
        try:
            connection.connect()
            gate.wait()
            connection.request("POST", click.path, body, {"Cookie": cookies, "Content-Type": kind})
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clicks)) as pool:
        return list(pool.map(send, clicks))


def run(installation: Installation, stage: Stage, entry: Race) -> list[str]:
    """Send one request twenty times at once; what was not as it must be, in sentences."""
    before = counts(installation), events(installation)
    click = Click(entry.path(stage), entry.fields(stage), browser(stage, entry.who), entry.file)
    statuses = Counter(at_once(installation, [click] * AT_ONCE))
    found = []
    if not set(statuses) <= entry.statuses:
        found.append(f"answers {dict(statuses)}, not only {sorted(entry.statuses)}")
    after = counts(installation), events(installation)
    rows = {table: stage[n] if isinstance(n, str) else n for table, n in entry.rows.items()}
    wanted = {**rows, **({"core_auditevent": sum(entry.events.values())} if entry.events else {})}
    for said, was, now, want in (
        ("rows", before[0], after[0], wanted),
        ("events", before[1], after[1], dict(entry.events)),
    ):
        changed = {k: now[k] - was[k] for k in now.keys() | was.keys() if now[k] != was[k]}
        changed = {k: n for k, n in changed.items() if not 0 < n <= entry.most.get(k, 0)}
        if changed != want:
            found.append(f"{said} {changed}, not {want}")
    return found


def _body(fields: Fields, file: tuple[str, bytes] | None) -> tuple[bytes, str]:
    pairs = [(k, part) for k, v in fields.items() for part in ((v,) if isinstance(v, str) else v)]
    if file is None:
        return urllib.parse.urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    edge = "7d1f2c9e"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in pairs
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n'
    parts.append(f"{head}Content-Type: text/csv\r\n\r\n".encode() + file[1] + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def counts(installation: Installation) -> Counter[str]:
    """How many rows each table has."""
    if installation.database.startswith("sqlite"):
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    tables = sorted(name for (name,) in installation.rows(sql) if not name.startswith(ASIDE))
    union = " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM {name}" for name in tables)
    return Counter(dict(installation.rows(union)))


def events(installation: Installation) -> Counter[str]:
    """How many events of each action were recorded."""
    return Counter(dict(installation.rows("SELECT action, COUNT(*) FROM core_auditevent GROUP BY action")))
