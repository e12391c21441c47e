"""What the chain costs: the same HTTP write with the chain on and off, side by side.

python -m benchmarks.ledger             both databases, 1 and 8 clients; prints the ratio of times on / off
python -m benchmarks.ledger --assert    and exits 1 where it is above 1.10
python -m benchmarks.ledger --rounds 20 --seconds 1.5

The write asks for a plan of networks: a signed-in POST that makes a plan, a task, two events and a message in the
queue, in one transaction that the disk has acknowledged. Two websites with a process each run at once, on databases of
their own; they are asked in turn, in short slices, so that whatever else the machine does befalls both. Beside the one
with the chain a process seals every 5 seconds, as the worker does. A round's ratio is (requests off / requests on);
printed is the median of the rounds, with the quartiles.
"""

from __future__ import annotations

import argparse
import contextlib
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

    def slice(self, clients: int, seconds: float) -> float:
        """Writes a second with so many clients at once. Stops the measurement where one is refused."""
        end, counts, faults = time.monotonic() + seconds, [0] * clients, []

        def write(which: int) -> None:
            visitor = Visitor(self.site.port)
            visitor.cookies = dict(self.cookies)
            while time.monotonic() < end and not faults:
                fields = [(k, str(uuid4()) if k == "token" else v) for k, v in self.form]
                status, leads_to, _page = visitor.ask("POST", "/plans/new/", fields)
                if status != 302 or not re.fullmatch(r"/plans/\d+/", leads_to):
                    faults.append((status, leads_to))
                counts[which] += 1

        began = time.monotonic()
        threads = [threading.Thread(target=write, args=(which,)) for which in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise SystemExit(f"A write was refused: {faults[0]}")
        return sum(counts) / (time.monotonic() - began)

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


def measure(database: str, rounds: int, seconds: float) -> list[float]:
    """Print a row for 1 and for 8 clients; the two median ratios."""
    ratios = []
    with sides(database) as (on, off):
        for clients in (1, 8):
            for side in (on, off):
                side.slice(clients, 1.0)
            found, rates = [], ([], [])
            for number in range(rounds):
                order = (on, off) if number % 2 else (off, on)
                rate = {id(side): side.slice(clients, seconds) for side in order}
                found.append(rate[id(off)] / rate[id(on)])
                for kept, side in zip(rates, (on, off), strict=True):
                    kept.append(rate[id(side)])
            low, middle, high = statistics.quantiles(found, n=4)
            speeds = [statistics.median(kept) for kept in rates]
            print(
                f"{database:<11} {clients:>7} {speeds[0]:>10.1f} {speeds[1]:>10.1f} {middle:>8.3f}"
                f"  ({low:.3f} to {high:.3f})",
                flush=True,
            )
            ratios.append(middle)
        sealed = on.site.one("SELECT COUNT(*) FROM core_ledgerentry")
        print(
            f"{'':<11} {on.site.one('SELECT COUNT(*) FROM core_auditevent')} events, {sealed} sealed meanwhile"
        )
    return ratios


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--assert", action="store_true", dest="hold", help="exit 1 where a ratio is above 1.10"
    )
    parser.add_argument("--rounds", type=int, default=12, help="pairs of slices for each row (default: 12)")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a slice (default: 1)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only one of them")
    args = parser.parse_args()
    print(f"{'database':<11} {'clients':>7} {'on /s':>10} {'off /s':>10} {'on/off':>8}  quartiles")
    ratios = []
    for database in [args.database] if args.database else ["sqlite", "postgresql"]:
        if database == "postgresql" and postgres.programs() is None:
            print(f"Left out: {postgres.NEEDED}", file=sys.stderr)
            continue
        ratios += measure(database, args.rounds, args.seconds)
    return int(args.hold and max(ratios) > MOST)


if __name__ == "__main__":
    sys.exit(main())
