"""Server time and size of the pages that carry a promise.

python -m benchmarks.pages            p95 of 50 warm requests one after another, production settings, SQLite
python -m benchmarks.pages --assert   and exit 1 where a page is slower than 150 ms or heavier than 400 kB

The server times itself (`Server-Timing`); the client is one connection to this machine. A page's weight is
everything a browser with an empty cache fetches for it, as compressed on the wire.
"""

from __future__ import annotations

import argparse
import html.parser
import http.client
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOST_MS, MOST_KB, REQUESTS = 150.0, 400.0, 50


def environment(folder: Path) -> dict[str, str]:
    """Production settings on a fresh SQLite database, with the header that shows the server's time."""
    return {
        **os.environ,
        "ISTHMUS_MODE": "production",
        "ISTHMUS_DATA": str(folder),
        "ISTHMUS_DATABASE_URL": f"sqlite:///{folder / 'isthmus.sqlite3'}",
        "ISTHMUS_SECRET_KEY": secrets.token_urlsafe(64),
        "ISTHMUS_HOSTS": "localhost",
        "ISTHMUS_SERVER_TIMING": "on",
        "DJANGO_SETTINGS_MODULE": "isthmus.site.settings",
    }


def prepare() -> dict[str, Any]:
    """Load the register, sign an officer in, work out a plan of 100 networks; addresses to measure and the cookie."""
    import django

    django.setup()
    from importlib import import_module
    from uuid import uuid4

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from isthmus.apps.accounts.actions import give_role
    from isthmus.apps.accounts.models import Person
    from isthmus.apps.accounts.roles import Role
    from isthmus.apps.accounts.signing.state import ENROLLED
    from isthmus.apps.core.scopes import Scope, ScopeKind
    from isthmus.apps.networks import actions
    from isthmus.apps.networks.choices import Choices
    from isthmus.apps.networks.queries.plans import phases_in
    from isthmus.apps.register.models import Area
    from isthmus.site import server, worker

    server.prepare(lambda _percent, _message: None)
    area = Area.objects.get(name="Hampshire")
    person = Person.objects.create(email="measure@example.org", name="Measure")
    give_role(by=None, person=person, role=Role.AUTHORITY_OFFICER, scope=Scope(ScopeKind.AREA, area.pk))
    choices = Choices(
        smallest=4, largest=7, phases=tuple(phases_in(area)), nearness=10, mixed_phases=3, faith=0,
        faith_way="mixed", mixed_disadvantage=3, secondary_each=False,
    )  # fmt: skip
    plan = actions.ask_for_plan(
        by=person, owner=area, about=area, name="A hundred networks", choices=choices, token=uuid4()
    )
    worker.run(once=True)
    plan.refresh_from_db()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[ENROLLED] = person.pk  # an officer's second step, as if just added
    session.save()
    pages = {
        "find schools: all of England": "/schools/",
        "find schools: a name": "/schools/?q=st+mary",
        "find schools: a postcode": "/schools/?q=SO22",
        f"area: Hampshire ({area.organisations.count()} schools)": f"/areas/{area.pk}/",
        f"plan: {plan.networks.count()} networks, list and map": f"/plans/{plan.pk}/",
        f"plan: {plan.networks.count()} networks, table and map": f"/plans/{plan.pk}/?view=table",
        "ask for a plan": f"/plans/new/?about={area.pk}",
    }
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "pages": pages}


class _Parts(html.parser.HTMLParser):
    """The addresses that a browser fetches for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") in ("stylesheet", "icon"):
            self.found.append(given.get("href") or "")
        if tag in ("script", "img"):
            self.found.append(given.get("src") or "")
        self.found += [
            given[name] or "" for name in ("data-points", "data-boundary", "data-places") if name in given
        ]


class Client:
    """One connection, asked for one thing after another."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("localhost", port, timeout=30)
        self.headers = {"Cookie": cookie, "X-Forwarded-Proto": "https", "Accept-Encoding": "br, gzip"}

    def get(self, path: str) -> tuple[bytes, http.client.HTTPResponse]:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        return body, answer

    def weight(self, path: str) -> float:
        """Kilobytes on the wire for the page and all that it names."""
        import gzip

        body, answer = self.get(path)
        total = len(body)
        text = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
        parts = _Parts()
        parts.feed(text.decode())
        for part in dict.fromkeys(filter(None, parts.found)):
            total += len(self.get(part)[0])
        return total / 1000

    def milliseconds(self, path: str) -> float:
        """The server's own time for one request."""
        _body, answer = self.get(path)
        return float(answer.headers["Server-Timing"].split("dur=")[1])


def measure(port: int, cookie: str, pages: dict[str, str]) -> bool:
    """Print a row a page; whether all keep the promise."""
    client, kept = Client(port, cookie), True
    print(f"{'page':<48} {'median ms':>10} {'p95 ms':>8} {'kB':>7}")
    for name, path in pages.items():
        for _warm in range(10):
            client.get(path)
        times = sorted(client.milliseconds(path) for _request in range(REQUESTS))
        p95, weight = times[int(0.95 * REQUESTS) - 1], client.weight(path)
        kept = kept and p95 <= MOST_MS and weight <= MOST_KB
        print(f"{name:<48} {statistics.median(times):10.1f} {p95:8.1f} {weight:7.0f}", flush=True)
    return kept


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--assert", action="store_true", dest="hold", help="exit 1 where the promise is not kept"
    )
    hold = parser.parse_args().hold
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(Path(folder))
        os.environ.update(settings)
        ready = prepare()
        port = free_port()
        command = [sys.executable, "-m", "isthmus.cli", "run", "--port", str(port), "--no-worker"]
        with subprocess.Popen(
            command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                wait_for(port)
                kept = measure(port, ready["cookie"], ready["pages"])
            finally:
                server.terminate()
    return 1 if hold and not kept else 0


def wait_for(port: int) -> None:
    """Until the server answers, at most a minute."""
    for _try in range(300):
        try:
            connection = http.client.HTTPConnection("localhost", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("The server did not start")


if __name__ == "__main__":
    sys.exit(main())
