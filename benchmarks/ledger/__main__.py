"""What the chain costs: the same HTTP write with the chain on and off, side by side.

python -m benchmarks.ledger             both databases, 1 and 8 clients; prints the ratio of times on / off
python -m benchmarks.ledger --assert    and exits 1 where it is above 1.10
python -m benchmarks.ledger --seconds 60

The write asks for a plan of networks: a signed-in POST that makes a plan, a task, two events and a message in the
queue, in one transaction that the disk has acknowledged. Two websites with a process each run at once, on databases of
their own. They are asked in turn, a write at a time by 1 client and three by each of 8, so that whatever else the
machine does befalls both alike. Beside the one with the chain a process seals every 5 seconds, as the worker does.
Printed are the median times of a write, their ratio, and its bootstrap interval.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from tests.harness import postgres
from tests.harness.installation import Installation, Visitor, free_port, wait_for

MOST = 1.10
SEALER = """
import django, time
django.setup()
from isthmus.apps.core.sealing import seal
while True:
    time.sleep(5)
    seal(recent=True)
"""


class Side:
    """A website with the chain on or off, and an officer who is signed in."""

    def __init__(self, folder: Path, database: str, *, on: bool) -> None:
        address = f"sqlite:///{folder / 'isthmus.sqlite3'}" if database == "sqlite" else database
        self.site = Installation(folder, address, free_port())
        if database != "sqlite":
            self.site.seed()
        application = "isthmus.site.wsgi:application" if on else "benchmarks.ledger.off:application"
        self.processes = [self._start("-m", "granian", application, *GRANIAN, "--port", str(self.site.port))]
        if on:
            self.processes.append(self._start("-c", SEALER))
        wait_for(self.site.answers, lambda: "the website answers")
        visitor = Visitor(self.site.port)
        visitor.sign_in("Olive")
        self.cookies = visitor.cookies
        self.form = visitor.plan_form(self.site.one("SELECT id FROM register_area WHERE fictional"))

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.site.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def slice(self, clients: int) -> list[float]:
        """Seconds that each write took, with so many clients at once. Stops the measurement where one is refused."""
        times: list[float] = []
        faults: list[tuple[int, str]] = []

        def write() -> None:
            visitor = Visitor(self.site.port)
            visitor.cookies = dict(self.cookies)
            for _ in range(1 if clients == 1 else 3):
                fields = [(k, str(uuid4()) if k == "token" else v) for k, v in self.form]
                began = time.perf_counter()
                status, leads_to, _page = visitor.ask("POST", "/plans/new/", fields)
                times.append(time.perf_counter() - began)
                if status != 302 or not re.fullmatch(r"/plans/\d+/", leads_to):
                    faults.append((status, leads_to))

        threads = [threading.Thread(target=write) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise SystemExit(f"A write was refused: {faults[0]}")
        return times

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
            process.wait()


GRANIAN = [
    "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
]  # fmt: skip


@contextlib.contextmanager
def sides(database: str) -> Iterator[tuple[Side, Side]]:
    """The website with the chain on, and with it off."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first = folder / "first"
        first.mkdir()
        Installation(first, f"sqlite:///{first / 'isthmus.sqlite3'}", free_port()).seed()
        pair = []
        for on in (True, False):
            address = database
            if database == "postgresql":
                address = stack.enter_context(postgres.server({})).url
            own = folder / ("on" if on else "off")
            shutil.copytree(first, own)
            pair.append(Side(own, address, on=on))
            stack.callback(pair[-1].close)
        yield pair[0], pair[1]


def measure(database: str, seconds: float) -> list[float]:
    """Print a row for 1 and for 8 clients; the two ratios."""
    ratios = []
    with sides(database) as (on, off):
        for clients in (1, 8):
            for side in (on, off):
                for _warm in range(5):
                    side.slice(clients)
            times: tuple[list[float], list[float]] = ([], [])
            end, turn = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                turn += 1
                for at in (0, 1) if turn % 2 else (1, 0):
                    times[at].extend((on, off)[at].slice(clients))
            low, high = interval(times)
            ratio = statistics.median(times[0]) / statistics.median(times[1])
            spent = [1000 * statistics.median(side) for side in times]
            print(
                f"{database:<11} {clients:>7} {len(times[0]):>7} {spent[0]:>9.2f} {spent[1]:>9.2f} {ratio:>8.3f}"
                f"  {low:.3f} to {high:.3f}",
                flush=True,
            )
            ratios.append(ratio)
        sealed = on.site.one("SELECT COUNT(*) FROM core_ledgerentry")
        print(
            f"{'':<11} {on.site.one('SELECT COUNT(*) FROM core_auditevent')} events, {sealed} sealed meanwhile"
        )
    return ratios


def interval(times: tuple[list[float], list[float]]) -> tuple[float, float]:
    """Bootstrap interval, 95 %, of the ratio of the medians."""
    chance = random.Random(1)
    found = sorted(
        statistics.median(chance.choices(times[0], k=len(times[0])))
        / statistics.median(chance.choices(times[1], k=len(times[1])))
        for _ in range(400)
    )
    return found[10], found[-11]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--assert", action="store_true", dest="hold", help="exit 1 where a ratio is above 1.10"
    )
    parser.add_argument("--seconds", type=float, default=20, help="length of each row (default: 20)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only one of them")
    args = parser.parse_args()
    print(
        f"{'database':<11} {'clients':>7} {'writes':>7} {'on ms':>9} {'off ms':>9} {'on/off':>8}  95 % interval"
    )
    ratios = []
    for database in [args.database] if args.database else ["sqlite", "postgresql"]:
        if database == "postgresql" and postgres.programs() is None:
            print(f"Left out: {postgres.NEEDED}", file=sys.stderr)
            continue
        ratios += measure(database, args.seconds)
    return int(args.hold and max(ratios) > MOST)


if __name__ == "__main__":
    sys.exit(main())
