"""`isthmus run`: prepare what is missing, then keep the website and its worker going."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from isthmus.site import migrations

Progress = Callable[[int, str], None]


def run(host: str, port: int, *, worker: bool, progress: Progress) -> int:
    """Serve until told to stop. Returns 2 where it cannot start, with a sentence that says why."""
    if not _free(host, port):
        print(f"Port {port} is in use. Choose another: PORT={port + 1} make run", file=sys.stderr)
        return 2
    prepare(progress)
    metrics = settings.DATA / "metrics"
    _empty(metrics)
    environment = {**os.environ, **_address(port), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    children = [[*_granian(), "--host", host, "--port", str(port)]]
    if worker:
        children.append([sys.executable, "-m", "isthmus.cli", "worker"])
    return _Keeper(children, environment).keep(lambda: _ready(host, port, progress))


def prepare(progress: Progress) -> None:
    """Everything a first start needs; each step is skipped when it was done before."""
    migrations.ensure(progress)
    from isthmus.apps.register.actions import load_shipped

    load_shipped(progress=progress)
    if settings.DEMONSTRATION:
        from isthmus.site import demonstration

        demonstration.build(seed=1, progress=progress)
    gather_static(progress)


def gather_static(progress: Progress) -> None:
    """Compress the styles and scripts into `STATIC_ROOT`, unless what lies there was made from the same files."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                digest.update(path.encode() + b"\0" + file.read())
    mark = Path(settings.STATIC_ROOT) / "made-from.txt"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    progress(90, "Gathering style sheets and scripts")
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(digest.hexdigest())


def _address(port: int) -> dict[str, str]:
    """Where a demonstration is found, unless it was said: links in its mail lead to the port that it listens on."""
    told = not settings.DEMONSTRATION or os.environ.get("ISTHMUS_ADDRESS")
    return {} if told else {"ISTHMUS_ADDRESS": f"http://localhost:{port}"}


def _granian() -> list[str]:
    return [
        sys.executable,
        "-m",
        "granian",
        "isthmus.site.wsgi:application",
        "--interface",
        "wsgi",
        "--workers",
        str(settings.WEB_PROCESSES),
        "--blocking-threads",
        str(settings.WEB_THREADS),
        "--respawn-failed-workers",
        "--no-access-log",
        "--log-level",
        "warning",
        "--workers-kill-timeout",
        "5",
    ]


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _empty(folder: Path) -> None:
    """Counters of an earlier run would be added to this one's."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()


def _ready(host: str, port: int, progress: Progress) -> bool:
    """Whether the website answers; says so to the person the first time it does."""
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104 - compared, not bound
    # The website answers only to its own names, so the question must carry one of them.
    named = {"Host": settings.ALLOWED_HOSTS[0].lstrip(".")}
    asked = urllib.request.Request(f"http://localhost:{port}/healthz", headers=named)
    try:
        with urllib.request.urlopen(asked, timeout=2) as answer:  # noqa: S310 - our own
            if answer.status != 200:
                return False
    except OSError:
        return False
    progress(100, "Ready")
    print(f"\nIsthmus is running at http://{shown}:{port}/  (Ctrl-C stops it)", flush=True)
    return True


class _Keeper:
    """Starts processes, starts one again that dies, and ends them all together."""

    def __init__(self, commands: list[list[str]], environment: dict[str, str]) -> None:
        self.commands, self.environment = commands, environment
        self.children = [self._start(c) for c in commands]
        self.stopping = False

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self.environment)  # noqa: S603 - our own commands

    def keep(self, ready: Callable[[], bool]) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        announced, deaths = False, 0
        while not self.stopping:
            announced = announced or ready()
            time.sleep(0.3)
            for at, child in enumerate(self.children):
                if child.poll() is None or self.stopping:
                    continue
                deaths += 1
                if deaths > 20 or not announced:
                    print("A part of Isthmus keeps stopping; the lines above say why.", file=sys.stderr)
                    self._end()
                    return 1
                time.sleep(min(deaths, 5) * 0.2)
                self.children[at] = self._start(self.commands[at])
        self._end()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
