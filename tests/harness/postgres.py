"""A PostgreSQL server for one run of tests: made in a temporary folder, on a port of its own, gone afterwards.

`python -m tests.harness.postgres COMMAND...` runs a command with ISTHMUS_DATABASE_URL pointing at it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

NEEDED = "PostgreSQL's server is not installed: apt-get install postgresql"


def programs() -> Path | None:
    """The folder of the newest server's programs as Debian installs them, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def server(*, safe: bool = False) -> Iterator[str]:
    """Start a server, give the address of its database, and stop it.

    `safe` keeps what it acknowledges through a power cut (slower); tests that kill nothing do without.
    Raises `FileNotFoundError` where the server is not installed.
    """
    bin_ = programs()
    if bin_ is None:
        raise FileNotFoundError(NEEDED)
    folder = Path(tempfile.mkdtemp(prefix="isthmus-postgres-"))
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port = folder / "data", _free_port()
    try:
        _run(
            owner,
            bin_ / "initdb",
            "-D",
            data,
            "-U",
            "isthmus",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        if not safe:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        _run(owner, bin_ / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            _run(owner, bin_ / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "isthmus", "isthmus")
            yield f"postgresql://isthmus@127.0.0.1:{port}/isthmus"
        finally:
            _run(owner, bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as: initdb refuses root, so root lends it to Debian's `postgres` user."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else None


def _run(owner: pwd.struct_passwd | None, *command: object) -> None:
    extra = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [str(c) for c in command], cwd="/", capture_output=True, text=True, stdin=subprocess.DEVNULL, **extra
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(command: list[str]) -> int:
    """Run `command` beside a server and give its exit code; no server installed is a failure only in CI."""
    if programs() is None:
        print(f"Left out: {NEEDED}", file=sys.stderr)
        return int(os.environ.get("CI") == "true")
    began = time.monotonic()
    with server() as url:
        print(f"PostgreSQL is up ({time.monotonic() - began:.1f} s)", file=sys.stderr)
        return subprocess.call(command, env={**os.environ, "ISTHMUS_DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
