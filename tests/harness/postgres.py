"""A PostgreSQL server for one run of tests: made in a temporary folder, on a port of its own, gone afterwards.

`python -m tests.harness.postgres COMMAND...` runs a command with ISTHMUS_DATABASE_URL pointing at it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NEEDED = "PostgreSQL's server is not installed: apt-get install postgresql"
# Tests that kill no server need nothing on the disk.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path | None:
    """The folder of the newest server's programs as Debian installs them, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """One server. initdb refuses root, so root lends it to Debian's `postgres` user."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        found = programs()
        if found is None:
            raise FileNotFoundError(NEEDED)
        self.programs, self.folder, self.settings = found, folder, settings
        self.owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data = folder / "data"
        self.url = f"postgresql://isthmus@127.0.0.1:{self.port}/isthmus"
        self._run(
            "initdb", "-D", self.data, "-U", "isthmus", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "isthmus", "isthmus")

    def start(self) -> None:
        """Start it and wait until it answers."""
        fixed = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder}
        options = " ".join(f"-c {name}={value}" for name, value in {**fixed, **self.settings}.items())
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stop it at once."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def kill(self) -> None:
        """kill -9: the server and each of its processes."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}/status").exists() for process in (first, *children)):
            time.sleep(0.02)

    def _run(self, program: str, *arguments: object) -> None:
        extra: dict[str, Any] = {}
        if self.owner:
            extra = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        command = [str(part) for part in (self.programs / program, *arguments)]
        done = subprocess.run(
            command, cwd="/", capture_output=True, text=True, stdin=subprocess.DEVNULL, **extra
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def server(settings: Mapping[str, str] = HASTY) -> Iterator[Server]:
    """A server with these settings, stopped and removed afterwards.

    Raises `FileNotFoundError` where PostgreSQL is not installed.
    """
    folder = Path(tempfile.mkdtemp(prefix="isthmus-postgres-"))
    try:
        running = Server(folder, settings)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` beside a server and give its exit code; no server installed is a failure only in CI."""
    if programs() is None:
        print(f"Left out: {NEEDED}", file=sys.stderr)
        return int(os.environ.get("CI") == "true")
    began = time.monotonic()
    with server() as running:
        print(f"PostgreSQL is up ({time.monotonic() - began:.1f} s)", file=sys.stderr)
        return subprocess.call(command, env={**os.environ, "ISTHMUS_DATABASE_URL": running.url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
