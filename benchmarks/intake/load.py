"""Devices that answer and people who read, from one process: what they sent and were told, and how long it took."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
import urllib.parse
from dataclasses import dataclass, field


@dataclass
class Told:
    """What devices were told: numbers of acknowledged answers, of all that were sent, and seconds an answer."""

    kept: list[int] = field(default_factory=list)
    sent: set[int] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    pages: list[float] = field(default_factory=list)
    page_failures: int = 0

    def p95(self) -> float:
        """Milliseconds within which 95 of 100 answers were acknowledged."""
        return sorted(self.seconds)[int(0.95 * len(self.seconds))] * 1000 if self.seconds else 0.0

    def pages_p95(self) -> float:
        """Milliseconds within which 95 of 100 pages came."""
        return sorted(self.pages)[int(0.95 * len(self.pages))] * 1000 if self.pages else 0.0


class Connection:
    """One kept connection that asks for one thing after another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and head of what is answered. Raises OSError."""
        if self.writer is None or self.reader is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        low = head.lower()
        at = low.find(b"content-length:")
        if at >= 0:
            await self.reader.readexactly(int(low[at + 15 : low.index(b"\r\n", at)]))
        elif b"transfer-encoding: chunked" in low:
            await self.reader.readuntil(b"0\r\n\r\n")
        return int(head[9:12]), low

    def end(self) -> None:
        """Hang up."""
        if self.writer:
            self.writer.close()


def page_request(path: str, cookie: str) -> bytes:
    """What a browser sends for a page."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nAccept-Encoding: gzip\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()


def answer_request(path: str, codes: dict[str, list[int]], ballot: int) -> bytes:
    """What a browser sends with the last button: every question answered."""
    fields = {"ballot": str(ballot), "who": "staff", "page": "7", "do": "send"}
    fields |= {f"q-{name}": str(random.choice(allowed)) for name, allowed in codes.items()}
    body = urllib.parse.urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def draw() -> int:
    """The number of a ballot."""
    return 1 + secrets.randbelow(2**62)


async def send(connection: Connection, told: Told, request: bytes, ballot: int, due: float) -> None:
    """Send one answer, which was due at `due`."""
    told.sent.add(ballot)
    try:
        status, head = await connection.ask(request)
    except (OSError, asyncio.IncompleteReadError):
        told.refused += 1
        connection.writer = None
        return
    told.seconds.append(time.perf_counter() - due)
    if status == 302 and b"/thanks/" in head:
        told.kept.append(ballot)
    else:
        told.refused += 1


async def steady(
    port: int, paths: list[str], codes: dict[str, list[int]], rate: float, seconds: float, told: Told
) -> None:
    """So many answers a second, whether earlier ones were acknowledged or not; of a hundred, two are sent twice."""
    free: list[Connection] = []
    running: set[asyncio.Task[None]] = set()
    began = time.perf_counter()

    async def one(due: float, number: int) -> None:
        connection = free.pop() if free else Connection(port)
        ballot = draw()
        request = answer_request(random.choice(paths), codes, ballot)
        for _click in range(2 if number % 50 == 0 else 1):
            await send(connection, told, request, ballot, due)
        free.append(connection)

    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(one(due, number))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    for connection in free:
        connection.end()


async def reading(
    port: int, cookie: str, pages: list[str], sessions: int, every: float, seconds: float, told: Told
) -> None:
    """People who open a page every so many seconds, each on a connection of their own."""
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        connection, turn = Connection(port), number
        await asyncio.sleep(every * number / sessions)
        while (began := time.perf_counter()) < end:
            try:
                status, _ = await connection.ask(page_request(pages[turn % len(pages)], cookie))
                told.pages.append(time.perf_counter() - began)
                told.page_failures += status != 200
            except (OSError, asyncio.IncompleteReadError):
                told.page_failures += 1
                connection.writer = None
            turn += 1
            await asyncio.sleep(max(0.0, began + every - time.perf_counter()))
        connection.end()

    await asyncio.gather(*(one(number) for number in range(sessions)))


async def flat_out(
    port: int, paths: list[str], codes: dict[str, list[int]], devices: int, seconds: float, told: Told
) -> None:
    """Devices that send one answer after another."""
    end = time.perf_counter() + seconds

    async def one() -> None:
        connection = Connection(port)
        while time.perf_counter() < end:
            ballot = draw()
            request = answer_request(random.choice(paths), codes, ballot)
            await send(connection, told, request, ballot, time.perf_counter())
        connection.end()

    await asyncio.gather(*(one() for _ in range(devices)))
